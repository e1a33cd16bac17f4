// What a recipient must refuse, on messages made here: docs/protocol.md, section 10.
import assert from 'node:assert/strict';
import test from 'node:test';
import { hashOf, utf8 } from '../client/bytes.mjs';
import { pair } from '../client/keys.mjs';
import { NotOurs, openDelivery, readDelivery, Unreadable, Withheld } from '../client/open.mjs';
import {
  delivered, exchange, here, keyOf, NOTICE, policyWithout, SCHOOL, sealed, signNote, directoryText, governance,
  PARTNERSHIP, POLICE,
} from './partnership.mjs';
import { coreOf, sealSection, sectionDigest } from '../client/section.mjs';
import { Header } from '../client/messages.mjs';
import { Directory } from '../client/documents.mjs';
import { signTree } from '../client/tree.mjs';
import { sha256 } from '../client/bytes.mjs';

const open = (bytes, place) => openDelivery(readDelivery(bytes, SCHOOL, [SCHOOL]), place);
const flip = (bytes) => { bytes[bytes.length >> 1] ^= 1; };
const refused = (spoil, why) => {
  const policy = policyWithout();
  assert.throws(() => open(delivered(sealed(policy).bytes, ['childPart'], spoil), here(policy)),
    (error) => error instanceof Unreadable && why.test(error.message));
};

test('what was sealed opens, with every section that policy gives', () => {
  const policy = policyWithout('location');
  const opened = open(delivered(sealed(policy).bytes, ['childPart']), here(policy));
  assert.deepEqual(opened.sections, NOTICE);
  assert.deepEqual(opened.claimsDiffer, []);
  assert.equal(Object.keys(opened.contents).length, exchange.sections.length - 1);
  assert.ok(!('location' in opened.contents));
});

test('a wrong signature is refused', () => refused((delivery) => flip(delivery.signature.signature), /signature/));
test('a signature by another key of the sender is refused', () => {
  const policy = policyWithout();
  const { bytes } = sealed(policy, { key: keyOf(POLICE, 'receipt') });
  assert.throws(() => open(delivered(bytes, ['childPart']), here(policy)), /no such key/);
});
test('a flipped bit of a sealed section is refused', () => refused((delivery) => flip(delivery.sealed[3].sealed), /does not open/));
test('a flipped bit of the grant is refused', () => refused((delivery) => flip(delivery.grant.ciphertext), /grant/));
test('a claim that was not signed is refused',
  () => refused((delivery) => { delivery.claims[0].value = 'victim'; }, /claim/));
test('a claim that policy reads and that was kept back is refused',
  () => refused((delivery) => { delivery.claims = []; }, /policy/));
test('a section that is not there is refused', () => refused((delivery) => { delivery.sealed.pop(); }, /not there/));
test('sections put in each other\'s place are refused', () => refused((delivery) => {
  const [a, b] = delivery.sealed;
  [a.sealed, b.sealed] = [b.sealed, a.sealed];
}, /does not open/));

test('a section that the policy it names forbids is unreadable, one that the policy in force forbids is withheld', () => {
  const generous = policyWithout();
  const strict = policyWithout('circumstances');
  const bytes = delivered(sealed(generous).bytes, ['childPart']);
  assert.throws(() => open(bytes, here(strict, generous)), Unreadable);
  assert.throws(() => open(bytes, here(generous, strict)), Withheld);
});

test('a delivery for another agency is not ours', () => {
  const bytes = delivered(sealed(policyWithout()).bytes, ['childPart']);
  assert.throws(() => readDelivery(bytes, 'school.1', ['school.1']), NotOurs);
  assert.throws(() => readDelivery(bytes.subarray(0, bytes.length - 8), SCHOOL, [SCHOOL]), NotOurs);
});

test('a section that says another thing than its claim is shown with a warning', () => {
  const policy = policyWithout();
  // A sender that lies to policy: it seals childPart = victim and claims household.
  const honest = exchange.claims;
  exchange.claims = (...args) => ({ ...honest.apply(exchange, args), childPart: 'household' });
  const { bytes } = sealed(policy, { sections: { ...NOTICE, childPart: 'victim' } });
  exchange.claims = honest;
  const opened = open(delivered(bytes, ['childPart']), here(policy));
  assert.deepEqual(opened.claimsDiffer, ['childPart']);
  assert.equal(opened.sections.childPart, 'victim');
});

test('padding that is not zeros, or more than needed, is refused', () => {
  const policy = policyWithout();
  const { bytes } = sealed(policy);
  assert.throws(() => open(delivered(bytes, ['childPart'], (delivery, header) => {
    // Sealed by a sender who holds all keys and pads in another way: sealSection's own content, one size up.
    const name = 'circumstances';
    const key = hashOf('a key');
    const { sealed: other, commit } = sealSection(header, coreOf(header), name, key, exchange.write(name, 'x'.repeat(300)));
    const at = delivery.sections.findIndex((opening) => opening.name === name);
    delivery.sections[at] = { ...delivery.sections[at], size: other.length, sealedHash: sha256(other), commit };
    delivery.sealed.find((each) => each.name === name).sealed = other;
    header.sections[at] = sectionDigest(delivery.sections[at]);
    delivery.header = Header.write(header);
    [delivery.signature] = signTree('havenline/1/envelope', keyOf(POLICE, 'envelope').private, [delivery.header]);
  }), here(policy)), /circumstances does not open/);
});

test('a directory is refused that governance did not sign, or that claims a key without its proof', () => {
  assert.throws(() => new Directory(signNote(directoryText, pair('Ed25519')), governance, PARTNERSHIP), /too few/);
  const note = signNote(directoryText);
  assert.throws(() => new Directory(note.replace('Oak Hill', 'Oak Mill'), governance, PARTNERSHIP), /does not hold/);
  const stolen = directoryText.replace(/proof = "(.)/, (_, first) => `proof = "${first === 'A' ? 'B' : 'A'}`);
  assert.throws(() => new Directory(signNote(stolen), governance, PARTNERSHIP), /possession/);
  assert.ok(utf8(note).length > 0);
});
