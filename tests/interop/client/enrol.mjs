// Makes the keys of a host and its agencies, and what governance puts into the directory for them:
// docs/protocol.md, sections 2 and 15.
//
//   node client/enrol.mjs plan.json keys.json > directory-part.toml
//
// plan.json: { "host": "host.example", "operatedBy": "…", "agencies": [{ "name", "title", "roles": […] }] }
// keys.json is written with mode 0600 and never leaves the machine.
import fs from 'node:fs';
import { curveKeyPair } from 'zeromq';
import { pair, possession, PURPOSES } from './keys.mjs';

const quoted = (text) => JSON.stringify(text);  // A JSON string is a TOML one.

/** @returns {{ keys: any, toml: string }} */
export function enrol(plan) {
  const curve = curveKeyPair();
  const keys = { host: plan.host, curve, agencies: {} };
  const lines = ['[[host]]', `name = ${quoted(plan.host)}`, `operated-by = ${quoted(plan.operatedBy)}`,
    `curve = [${quoted(curve.publicKey)}]`, ''];
  for (const agency of plan.agencies) {
    lines.push('[[agency]]', `name = ${quoted(agency.name)}`, `title = ${quoted(agency.title)}`,
      `roles = [${agency.roles.map(quoted).join(', ')}]`, `host = ${quoted(plan.host)}`, '');
    keys.agencies[agency.name] = {};
    for (const purpose of PURPOSES) {
      const made = pair('Ed25519');
      keys.agencies[agency.name][purpose] = made.private.toString('base64');
      lines.push('[[agency.key]]', `purpose = ${quoted(purpose)}`, `public = ${quoted(made.public.toString('base64'))}`,
        `proof = ${quoted(possession(agency.name, purpose, made).toString('base64'))}`, '');
    }
  }
  return { keys, toml: lines.join('\n') };
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const { keys, toml } = enrol(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')));
  fs.writeFileSync(process.argv[3], JSON.stringify(keys), { mode: 0o600 });
  process.stdout.write(toml);
}
