// Sealing a message: docs/protocol.md, section 8.
import { byBytes, hmac, isZero, messageId, random, sha256, zeros } from './bytes.mjs';
import { hpkeSeal } from './hpke.mjs';
import { keyId } from './keys.mjs';
import { BrokersPart, ClearPart, Envelope, Header } from './messages.mjs';
import {
  brokersDigest, claimDigest, coreOf, grantDigest, grantInfo, sealSection, sectionDigest,
} from './section.mjs';
import { signTree } from './tree.mjs';

export class NobodyMayBeTold extends Error {}

/**
 * Seals one message to those recipients whom policy lets have something of it.
 * @param {object} what
 * @param {string} what.partnership
 * @param {import('./documents.mjs').Directory} what.directory
 * @param {import('./documents.mjs').Policy} what.policy
 * @param {import('./content.mjs').Exchange} what.exchange
 * @param {string} what.sender
 * @param {string} what.role
 * @param {{ private: Buffer, public: Buffer }} what.key the sender's `envelope` key
 * @param {{ epoch: number, size: number, root: Buffer }} what.checkpoint
 * @param {Buffer | null} what.origin null in the first sealing
 * @param {Buffer} what.threadSecret
 * @param {Record<string, unknown>} what.sections values by name
 * @param {{ agency: string, role: string, statement: any, acknowledgeBy: (deadline?: string) => number,
 *   number: () => { series: bigint, n: number } }[]} what.recipients
 * @param {number} [what.now]
 */
export function seal(what) {
  const { policy, exchange, sender, role, sections, now = Date.now() } = what;
  const claims = exchange.claims(sections);
  const id = messageId(now);
  const header = {
    suite: 1, partnership: what.partnership, id, origin: what.origin ?? id, exchange: exchange.exchange,
    version: exchange.version, sender, role, key: keyId('envelope', what.key.public), created: now,
    policy: { version: policy.version, hash: policy.hash },
    directory: { version: what.directory.version, hash: what.directory.hash },
    threadMark: hmac(what.threadSecret, id), checkpoint: what.checkpoint,
  };
  const core = coreOf(header);

  // 8.3: every section of the exchange is sealed, empty ones too, each under a key of its own.
  const sealedAs = exchange.sections.map((name) => {
    const key = random(32);
    const { sealed, commit } = sealSection(header, core, name, key, exchange.write(name, sections[name]));
    const opening = { salt: random(32), name, size: sealed.length, sealedHash: sha256(sealed), commit };
    return { key, sealed, opening };
  });
  const claimOpenings = policy.claims(exchange.exchange)
    .map(({ name }) => ({ salt: random(32), name, value: claims[name] }));

  // 8.4: a grant for each recipient, with the keys of exactly the sections of its cell.
  const grants = [];
  const granted = [];
  for (const recipient of what.recipients) {
    const cell = policy.look(exchange.exchange, sender, role, recipient.role, claims, now);
    if (cell.sections.size === 0) continue;
    const openings = exchange.sections.filter((name) => cell.sections.has(name));
    const recipientKey = currentKey(recipient.statement, recipient.role);
    const number = recipient.number();
    const clearPart = ClearPart.write({
      recipient: recipient.agency, role: recipient.role, key: keyId('seal', recipientKey.key),
      statement: recipient.statement.counter, rule: cell.rule, openings, condition: { none: true },
      acknowledgeBy: recipient.acknowledgeBy(cell.acknowledge), number, salt: random(32),
    });
    const keys = sealedAs.filter(({ opening }) => cell.sections.has(opening.name)).map(({ key }) => key);
    const threadSecret = cell.thread === 'party' ? what.threadSecret : zeros(32);
    const plaintext = Buffer.concat([...keys, threadSecret]);
    const grant = { clearPart, ...hpkeSeal(recipientKey.key, grantInfo(core, clearPart), plaintext) };
    grants.push(grant);
    granted.push({ agency: recipient.agency, role: recipient.role, digest: grantDigest(grant), openings, number });
  }
  if (grants.length === 0) throw new NobodyMayBeTold('policy lets none of the recipients have anything of this');

  // What policy requires and this message leaves out; nobody stands in.
  const leftOut = policy.requiredRoles(exchange.exchange, sender, role, claims, now)
    .filter((required) => !granted.some((each) => each.role === required))
    .map((each) => ({ role: each, standIn: '' }));
  const brokersSalt = random(32);
  const brokersPart = BrokersPart.write({ leftOut });

  // 8.5: the header holds digests only; random fillers hide how many grants there are.
  const slots = policy.exchange(exchange.exchange).slots;
  const fillers = Array.from({ length: slots - grants.length }, () => random(32));
  const headerBytes = Header.write({
    ...header,
    sections: sealedAs.map(({ opening }) => sectionDigest(opening)),
    claims: claimOpenings.map(claimDigest),
    grants: [...granted.map(({ digest }) => digest), ...fillers].sort(byBytes),
    brokersPart: brokersDigest(brokersSalt, brokersPart),
  });

  // 8.6 and 8.7: signed alone, and exactly those sections that some grant opens go along.
  const [signature] = signTree('havenline/1/envelope', what.key.private, [headerBytes]);
  const opened = new Set(granted.flatMap(({ openings }) => openings));
  const bytes = Envelope.write({
    header: headerBytes, signature, sections: sealedAs.map(({ opening }) => opening), claims: claimOpenings,
    brokersSalt, brokersPart, grants,
    sealed: sealedAs.filter(({ opening }) => opened.has(opening.name))
      .map(({ opening, sealed }) => ({ name: opening.name, sealed })),
  });
  return { id, origin: header.origin, bytes, headerHash: sha256(headerBytes), grants: granted };
}

/** The key to seal to: of this role, `current`, of the highest epoch (section 14). */
export function currentKey(statement, role) {
  const keys = statement.keys.filter((key) => key.role === role && key.state === 'current' && !isZero(key.key));
  if (keys.length === 0) throw new NobodyMayBeTold(`${statement.agency} has stated no key for ${role}`);
  return keys.reduce((best, key) => (key.epoch > best.epoch ? key : best));
}
