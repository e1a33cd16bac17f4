// A partnership on paper: one governance key, a police force and a school whose keys the test holds, one policy.
import { hashOf, sha256, utf8 } from '../client/bytes.mjs';
import { Exchange } from '../client/content.mjs';
import { Directory, Policy } from '../client/documents.mjs';
import { enrol } from '../client/enrol.mjs';
import { keyId, pair, sign } from '../client/keys.mjs';
import { Delivery, Envelope, Header, noProof } from '../client/messages.mjs';
import { seal } from '../client/seal.mjs';

export const PARTNERSHIP = 'testshire';
export const POLICE = 'police.testshire';
export const SCHOOL = 'school.107999';
export const exchange = new Exchange(new URL('../generated/exchanges.request', import.meta.url).pathname);

const governanceKey = pair('Ed25519');
const NAME = 'testshire/governance/1';
const noteId = (name, key) => sha256(utf8(name), Buffer.from([0x0a, 1]), key).subarray(0, 4);
const noteText = (key) => `${NAME}+${noteId(NAME, key).toString('hex')}`
  + `+${Buffer.concat([Buffer.from([1]), key]).toString('base64')}`;
export const governance = { keys: [noteText(governanceKey.public)], threshold: 1 };

export function signNote(text, keys = governanceKey, name = NAME) {
  const signature = Buffer.concat([noteId(name, keys.public), sign(keys.private, utf8(text))]);
  return `${text}\n— ${name} ${signature.toString('base64')}\n`;
}

const host = enrol({
  host: 'host.testshire', operatedBy: 'Nobody (test)',
  agencies: [{ name: POLICE, title: 'Police (test)', roles: ['police'] },
    { name: SCHOOL, title: 'Oak Hill Primary School', roles: ['school'] }],
});
export const directoryText = `document = "directory"\npartnership = "${PARTNERSHIP}"\nversion = 1\nminimum-suite = 1\n
[governance]\nkeys = ["${governance.keys[0]}"]\nthreshold = 1\n
[broker]\ncurve = "of the broker"\nrelease = ""\nlog-keys = []\n\n${host.toml}`;
export const directory = new Directory(signNote(directoryText), governance, PARTNERSHIP);
export const keyOf = (agency, purpose) => pair('Ed25519', Buffer.from(host.keys.agencies[agency][purpose], 'base64'));

const list = (names) => `[${names.map((name) => `"${name}"`).join(', ')}]`;
/** A policy under which a school is told everything but these sections. */
export function policyWithout(...forbidden) {
  const text = `document = "policy"\npartnership = "${PARTNERSHIP}"\nversion = 1\n
[roles]\npolice = "Police"\nschool = "School"\n\n[purposes]\nsupport-child = "Support"\n
[exchange.encompass-notice]\nversion = 1\nslots = 8\nurgent = true\nconsent = "not-required"\nsections = ${list(exchange.sections)}\n
[[exchange.encompass-notice.claim]]\nname = "childPart"\nsource = "childPart"
values = ["unknown", "household", "victim", "allegedSuspect", "unborn"]
[[exchange.encompass-notice.claim]]\nname = "risk"\nsource = "risk.grade"\nvalues = ["unknown", "standard", "medium", "high"]\n
[[share]]\nrule = "T-1"\nexchange = "encompass-notice"\nfrom = ["police"]\nto = ["school"]\nsections = ["*"]
when = { childPart = ["unknown", "household", "victim"] }\nbasis = "daa2021-s49a"\npurpose = "support-child"\nwhy = "Test."
${forbidden.length === 0 ? '' : `[[never]]\nrule = "T-2"\nexchange = "encompass-notice"\nfrom = ["police"]
to = ["school"]\nsections = ${list(forbidden)}\nwhy = "Test."\n`}`;
  return new Policy(signNote(text), governance, PARTNERSHIP);
}

const schoolKey = pair('X25519');
export const NOTICE = {
  childName: { given: 'Jessie', family: 'Testcase' }, childBirth: '2015-03-04', childPart: 'household',
  circumstances: 'Shouting heard by a neighbour.', risk: { grade: 'medium', tool: 'DASH 2009' },
};

/** Seals NOTICE, with `changes` to what `seal` is given. */
export function sealed(policy, changes = {}) {
  return seal({
    partnership: PARTNERSHIP, directory, policy, exchange, sender: POLICE, role: 'police',
    key: keyOf(POLICE, 'envelope'), checkpoint: { epoch: 0, size: 0, root: Buffer.alloc(32) }, origin: null,
    threadSecret: hashOf('a secret'), sections: NOTICE,
    recipients: [{
      agency: SCHOOL, role: 'school', acknowledgeBy: () => 0, number: () => ({ series: 7n, n: 1 }),
      statement: {
        agency: SCHOOL, counter: 1, keys: [{ role: 'school', epoch: 1, key: schoolKey.public, state: 'current' }],
      },
    }],
    ...changes,
  });
}

/** What a broker would deliver of an envelope to its first recipient, changed by `spoil` before it is written. */
export function delivered(bytes, claims, spoil = () => {}) {
  const envelope = Envelope.read(bytes);
  const delivery = {
    header: envelope.header, signature: envelope.signature, grant: envelope.grants[0], sections: envelope.sections,
    claims: envelope.claims.filter(({ name }) => claims.includes(name)), sealed: envelope.sealed, release: null,
    proof: noProof(), confirmByTelephone: false,
  };
  spoil(delivery, Header.read(envelope.header));
  return Delivery.write(delivery);
}

export const here = (named, inForce = named) => ({
  partnership: PARTNERSHIP, directory, named, inForce, exchange,
  privateKey: (id) => (id.equals(keyId('seal', schoolKey.public)) ? schoolKey : undefined),
});
