// Governance's documents: docs/protocol.md, section 15.
import { parse as parseToml } from 'smol-toml';
import { isName, same, sha256, unbase64, utf8 } from './bytes.mjs';
import { holdsPossession, keyId, PURPOSES } from './keys.mjs';
import { noteKey, openNote } from './notes.mjs';

const must = (holds, what) => { if (!holds) throw new Error(what); };
/** Keys that this version does not know are refused: a rule that nobody reads must not be there. */
export function only(table, keys) {
  for (const key of Object.keys(table)) must(keys.includes(key), `unknown key ${key}`);
  return table;
}

/**
 * What is signed by governance's threshold: text and hash.
 * @param {string} note @param {{ keys: string[], threshold: number }} governance pinned in our own configuration
 */
function openGoverned(note, governance) {
  const opened = openNote(note, governance.keys.map(noteKey));
  must(opened.signers.length >= governance.threshold, 'too few of the governance keys signed this');
  return opened;
}

export class Directory {
  /** @param {string} note @param {{ keys: string[], threshold: number }} governance @param {string} partnership */
  constructor(note, governance, partnership) {
    const { text, hash } = openGoverned(note, governance);
    const toml = only(parseToml(text), ['document', 'partnership', 'version', 'previous', 'minimum-suite', 'governance',
      'broker', 'host', 'agency']);
    must(toml.document === 'directory' && toml.partnership === partnership, 'this is not our directory');
    must(toml['minimum-suite'] === 1, 'a suite that this client does not know');
    this.note = note;
    this.version = toml.version;
    this.hash = hash;
    this.logKeys = toml.broker['log-keys'].map(noteKey);
    this.hosts = new Map(toml.host.map((host) => [host.name, host]));
    this.agencies = new Map();
    const seen = new Set([toml.broker.curve, ...toml.host.flatMap((host) => host.curve)]);
    must(seen.size === 1 + toml.host.flatMap((host) => host.curve).length, 'a CURVE key stands twice');
    must(this.hosts.size === toml.host.length, 'a host stands twice');
    for (const agency of toml.agency) this.#add(agency, seen);
  }

  #add(agency, seen) {
    only(agency, ['name', 'title', 'roles', 'host', 'areas', 'key']);
    must(isName(agency.name) && !this.agencies.has(agency.name), 'an agency stands twice');
    must(this.hosts.has(agency.host), 'an agency on no host');
    const keys = (agency.key ?? []).map((key) => {
      only(key, ['purpose', 'public', 'proof', 'state']);
      const bytes = unbase64(key.public);
      must(PURPOSES.includes(key.purpose) && !seen.has(key.public), 'a key stands twice, or is for nothing');
      seen.add(key.public);
      const proof = unbase64(key.proof);
      must(holdsPossession(agency.name, key.purpose, bytes, proof), 'a proof of possession does not hold');
      return { purpose: key.purpose, key: bytes, id: keyId(key.purpose, bytes), state: key.state ?? 'current' };
    });
    for (const purpose of PURPOSES) {
      must(keys.filter((key) => key.purpose === purpose && key.state === 'current').length < 2, 'two current keys');
    }
    this.agencies.set(agency.name, { name: agency.name, roles: agency.roles, host: agency.host, keys });
  }

  holdsRole(agency, role) { return this.agencies.get(agency)?.roles.includes(role) ?? false; }

  /** The key of an agency by purpose and id, in whatever state, or undefined. */
  key(agency, purpose, id) {
    return this.agencies.get(agency)?.keys.find((key) => key.purpose === purpose && same(key.id, id));
  }

  currentKey(agency, purpose) {
    return this.agencies.get(agency)?.keys.find((key) => key.purpose === purpose && key.state === 'current');
  }
}

/** A suspension or lifting: { agency, number, suspended, hash }. Throws unless those who may signed it. */
export function openSuspension(note, governance, directory, partnership) {
  const governors = governance.keys.map(noteKey);
  // Which agency's key may sign it, the text says itself: read first, and believed once the note has opened.
  const { agency } = parseToml(note.slice(0, note.lastIndexOf('\n\n') + 1));
  const own = agency && directory.currentKey(agency, 'statement');
  const ownName = `${partnership}/agency/${agency}`;
  const ownKey = own && {
    name: ownName, key: own.key, id: sha256(utf8(ownName), Buffer.from([0x0a, 0x01]), own.key).subarray(0, 4),
  };
  const { text, hash, signers } = openNote(note, ownKey ? [...governors, ownKey] : governors);
  const found = only(parseToml(text), ['document', 'partnership', 'agency', 'number', 'state']);
  must(found.document === 'suspension' && found.partnership === partnership && found.agency === agency
    && Number.isSafeInteger(found.number) && ['suspended', 'lifted'].includes(found.state), 'no suspension of ours');
  const suspended = found.state === 'suspended';
  const byGovernance = signers.filter((key) => key !== ownKey).length;
  must(suspended ? signers.length > 0 : byGovernance >= governance.threshold, 'too few signed this suspension');
  return { agency, number: found.number, suspended, hash };
}

export class Policy {
  /** @param {string} note @param {{ keys: string[], threshold: number }} governance @param {string} partnership */
  constructor(note, governance, partnership) {
    const { text, hash } = openGoverned(note, governance);
    const toml = only(parseToml(text), ['document', 'partnership', 'version', 'previous', 'roles', 'purposes',
      'retentions', 'duty', 'deadline', 'exchange', 'profile', 'share', 'require', 'never']);
    must(toml.document === 'policy' && toml.partnership === partnership, 'this is not our policy');
    this.note = note;
    this.version = toml.version;
    this.hash = hash;
    this.deadlines = toml.deadline ?? {};
    this.exchanges = toml.exchange;
    this.profiles = toml.profile ?? [];
    // In this order they name a cell's rule: `share`, then `require`, each as in the text.
    this.rules = ['share', 'require', 'never'].flatMap((kind) => (toml[kind] ?? []).map((rule) => ({ ...rule, kind })));
    for (const rule of this.rules) {
      only(rule, ['kind', 'rule', 'exchange', 'from', 'to', 'profile', 'when', 'starts', 'ends', 'sections', 'basis',
        'purpose', 'acknowledge', 'escalation', 'retention', 'visible-when-withheld', 'thread', 'why']);
    }
  }

  /** The exchange's table, or undefined. */
  exchange(name) { return this.exchanges[name]; }
  claims(exchange) { return this.exchanges[exchange].claim ?? []; }

  #profile(sender) { return this.profiles.find((profile) => profile.senders.includes(sender))?.name ?? ''; }

  #between(exchange, senderRole, recipientRole) {
    return this.rules.filter((rule) => rule.exchange === exchange && rule.from.includes(senderRole)
      && rule.to.includes(recipientRole));
  }

  /** The names of the claims that any rule between these roles reads: section 16. */
  claimsRead(exchange, senderRole, recipientRole) {
    return new Set(this.#between(exchange, senderRole, recipientRole)
      .flatMap((rule) => Object.keys(rule.when ?? {})));
  }

  /**
   * One cell: section 16.
   * @param {Record<string, string>} claims all the exchange's; one that was not delivered may be left out, and counts
   *   as the first value
   * @param {number | bigint} created the header's, in milliseconds since 1970
   * @returns {{ sections: Set<string>, rule: string, basis: string, required: boolean, acknowledge?: string,
   *   thread: string }} no sections: nothing may be sent
   */
  look(exchange, sender, senderRole, recipientRole, claims, created) {
    const nothing = { sections: new Set(), rule: '', basis: '', required: false, thread: 'none' };
    const table = this.exchange(exchange);
    if (!table) return nothing;
    const values = {};
    for (const claim of this.claims(exchange)) {
      values[claim.name] = claims[claim.name] ?? claim.values[0];
      if (!claim.values.includes(values[claim.name])) return nothing;
    }
    const profile = this.#profile(sender);
    const applying = this.#between(exchange, senderRole, recipientRole).filter((rule) =>
      (!rule.profile || rule.profile.includes(profile))
      && (!rule.starts || Number(created) >= rule.starts.getTime())
      && (!rule.ends || Number(created) < rule.ends.getTime())
      && Object.entries(rule.when ?? {}).every(([claim, allowed]) => allowed.includes(values[claim])));
    const all = table.sections;
    const of = (rule) => (rule.sections.includes('*') ? all : rule.sections);
    const never = new Set(applying.filter((rule) => rule.kind === 'never').flatMap(of));
    const sections = new Set();
    const adding = applying.filter((rule) => {
      const left = rule.kind === 'never' ? [] : of(rule).filter((section) => !never.has(section));
      left.forEach((section) => sections.add(section));
      return left.length > 0;
    });
    if (sections.size === 0) return nothing;
    sections.add('exclusions');
    return {
      sections,
      rule: adding.map((rule) => rule.rule).join('+'),
      basis: [...new Set(adding.map((rule) => rule.basis))].join('+'),
      required: table.consent !== 'required' && adding.some((rule) => rule.kind === 'require'),
      acknowledge: adding.find((rule) => rule.acknowledge)?.acknowledge,
      thread: adding.find((rule) => rule.thread)?.thread ?? 'none',
    };
  }

  /** The recipient roles that a message with these claims must reach. */
  requiredRoles(exchange, sender, senderRole, claims, created) {
    const roles = new Set(this.rules.filter((rule) => rule.kind === 'require').flatMap((rule) => rule.to));
    return [...roles].filter((role) => this.look(exchange, sender, senderRole, role, claims, created).required);
  }
}

