// Opening a delivery: docs/protocol.md, section 10, step by step.
import { hmac, isZero, same, timeOfId } from './bytes.mjs';
import { hpkeOpen } from './hpke.mjs';
import { ClearPart, Delivery, Header } from './messages.mjs';
import { claimDigest, coreOf, grantDigest, grantInfo, openSection, sectionDigest } from './section.mjs';
import { verifyTree } from './tree.mjs';
import { Malformed } from './wire.mjs';

/** Not for us, or no delivery at all: dropped and counted, since nobody here could sign for it. */
export class NotOurs extends Error {}
/** A check up to opening failed: receipt `unreadable`, nothing is shown. */
export class Unreadable extends Error {}
/** The policy in force here forbids it: receipt `withheld`, nothing is shown. */
export class Withheld extends Error {}

const must = (holds, why) => { if (!holds) throw new Unreadable(why); };

/** Step 1. @param {Buffer} bytes @param {string} agency the item's */
export function readDelivery(bytes, agency, ownAgencies) {
  let delivery, header, clearPart;
  try {
    delivery = Delivery.read(bytes);
    header = Header.read(delivery.header);
    clearPart = ClearPart.read(delivery.grant.clearPart);
  } catch (error) {
    throw error instanceof Malformed ? new NotOurs(error.message) : error;
  }
  if (clearPart.recipient !== agency || !ownAgencies.includes(agency)) throw new NotOurs('it is for another agency');
  return { delivery, header, clearPart, grant: grantDigest(delivery.grant) };
}

/**
 * Steps 3 to 13, all but 6: the policies are at hand.
 * @param {ReturnType<typeof readDelivery>} read
 * @param {object} here
 * @param {string} here.partnership
 * @param {import('./documents.mjs').Directory} here.directory
 * @param {import('./documents.mjs').Policy} here.named the policy that the header names
 * @param {import('./documents.mjs').Policy} here.inForce
 * @param {import('./content.mjs').Exchange} here.exchange
 * @param {(keyId: Buffer, agency: string, role: string) => any} here.privateKey the pair with this id, or undefined
 * @returns {{ sections: Record<string, unknown>, contents: Record<string, Buffer>, claimsDiffer: string[],
 *   claims: Record<string, string>, threadSecret: Buffer | null }}
 */
export function openDelivery(read, here) {
  const { delivery, header, clearPart, grant } = read;
  // 3, 4: whose it is.
  must(header.suite === 1 && header.partnership === here.partnership, 'another suite or partnership');
  must(timeOfId(header.id) === header.created, 'its time is not the one in its id');
  const sender = here.directory.key(header.sender, 'envelope', header.key);
  must(sender, 'no such key of the sender');
  const signed = verifyTree('havenline/1/envelope', sender.key, delivery.header, delivery.signature);
  must(signed, 'the signature does not hold');
  // 5: all that is here is what was signed.
  const within = (digests, digest) => digests.some((each) => same(each, digest));
  for (const opening of delivery.sections) {
    must(within(header.sections, sectionDigest(opening)), `${opening.name} is not a section of the header`);
  }
  for (const opening of delivery.claims) {
    must(within(header.claims, claimDigest(opening)), `${opening.name} is not a claim of the header`);
  }
  must(within(header.grants, grant), 'the grant is not one of the header');
  must('none' in clearPart.condition, 'a held grant');
  // 7, 8: what both policies allow.
  const claims = Object.fromEntries(delivery.claims.map(({ name, value }) => [name, value]));
  must(allows(here.named, read, claims), 'the policy that it names does not allow this');
  if (!allows(here.inForce, read, claims)) throw new Withheld('the policy in force does not allow this');
  // 9, 10: the grant opens.
  const own = here.privateKey(clearPart.key, clearPart.recipient, clearPart.role);
  must(own, 'it is sealed to a key that is not here');
  const core = coreOf(header);
  const keys = hpkeOpen(own, delivery.grant.enc, grantInfo(core, delivery.grant.clearPart), delivery.grant.ciphertext);
  must(keys !== null && keys.length === 32 * (clearPart.openings.length + 1), 'the grant does not open');
  // 11: each section opens.
  const contents = {};
  clearPart.openings.forEach((name, i) => {
    const opening = delivery.sections.find((each) => each.name === name);
    const sealed = delivery.sealed.find((each) => each.name === name);
    must(opening && sealed, `${name} is not there`);
    contents[name] = openSection(header, core, opening, keys.subarray(32 * i, 32 * i + 32), sealed.sealed);
    must(contents[name] !== null, `${name} does not open`);
  });
  // 12: the thread secret, if it was given.
  const last = keys.subarray(32 * clearPart.openings.length);
  const threadSecret = isZero(last) ? null : Buffer.from(last);
  must(threadSecret === null || same(hmac(threadSecret, header.id), header.threadMark), 'the thread mark is another');
  // 13: the content says what the claims say.
  const { sections, differ } = readContents(here.exchange, contents, claims);
  return { sections, contents, claims, claimsDiffer: differ, threadSecret };
}

/** Steps 7 and 8, for one policy. */
function allows(policy, { header, clearPart }, claims) {
  const exchange = policy.exchange(header.exchange);
  if (!exchange || exchange.version !== header.version) return false;
  // Every claim that its rules read must be here; only those count, the rest takes its first value.
  const counted = {};
  for (const name of policy.claimsRead(header.exchange, header.role, clearPart.role)) {
    if (!(name in claims)) return false;
    counted[name] = claims[name];
  }
  const cell = policy.look(header.exchange, header.sender, header.role, clearPart.role, counted,
    header.created);
  return clearPart.openings.length > 0 && new Set(clearPart.openings).size === clearPart.openings.length
    && clearPart.openings.every((name) => cell.sections.has(name));
}

function readContents(exchange, contents, claims) {
  const sections = {};
  const differ = [];
  for (const [name, bytes] of Object.entries(contents)) {
    try {
      const value = exchange.read(name, bytes);
      if (value !== undefined) sections[name] = value;
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      differ.push(name);
    }
  }
  const made = exchange.claims(sections);
  for (const [name, value] of Object.entries(claims)) {
    const from = exchange.sections.find((section) => exchange.claimsOf(section).includes(name));
    if (from in contents && !differ.includes(from) && made[name] !== value) differ.push(name);
  }
  return { sections, differ };
}
