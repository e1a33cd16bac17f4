// What a recipient must refuse, on messages made here: docs/protocol.md, section 10.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';
import { join, random, sha256, utf8, zeros } from '../client/bytes.mjs';
import { Directory } from '../client/documents.mjs';
import { aeadSeal } from '../client/hpke.mjs';
import { pair } from '../client/keys.mjs';
import { Delivery } from '../client/messages.mjs';
import { NotOurs, openDelivery, readDelivery, Unreadable, Withheld } from '../client/open.mjs';
import { coreOf, openSection } from '../client/section.mjs';
import {
  delivered, directoryText, exchange, governance, here, keyOf, NOTICE, PARTNERSHIP, POLICE, policyWithout, SCHOOL,
  sealed, signNote,
} from './partnership.mjs';

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
test('a flipped bit of a sealed section is refused',
  () => refused((delivery) => flip(delivery.sealed[3].sealed), /does not open/));
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

test('what the policy it names forbids is unreadable, what the policy in force forbids is withheld', () => {
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
  const header = { partnership: PARTNERSHIP, id: random(16), sender: POLICE, exchange: 'encompass-notice', version: 1,
    policy: { hash: random(32) } };
  const core = coreOf(header);
  const name = 'circumstances';
  const key = random(32);
  const okm = Buffer.from(crypto.hkdfSync('sha256', key, header.id, join('havenline/1/section', core, name), 64));
  const opens = (size, spoil = () => {}) => {
    const inner = join(join(header.id, header.sender, header.exchange, header.version, name), utf8('content'));
    const plaintext = Buffer.concat([join(inner), zeros(size - 4 - inner.length)]);
    spoil(plaintext);
    const sealed = aeadSeal(okm.subarray(0, 32), zeros(12), join(core, name), plaintext);
    const opening = { name, size: sealed.length, sealedHash: sha256(sealed), commit: okm.subarray(32) };
    return openSection(header, core, opening, key, sealed)?.toString() ?? null;
  };
  assert.equal(opens(256), 'content');
  assert.equal(opens(512), null);
  assert.equal(opens(255), null);
  assert.equal(opens(256, (plaintext) => { plaintext[255] = 1; }), null);
  assert.equal(opens(256, (plaintext) => { plaintext[3] += 1; }), null);
});

test('a frame whose pointers lead to the same words, or too deep, is refused', () => {
  const bytes = delivered(sealed(policyWithout()).bytes, ['childPart']);
  assert.ok(Delivery.read(bytes));
  // The root's first two pointers: the second is made to lead where the first does, one word nearer.
  const root = 8 + 8;
  const words = bytes.readUInt32LE(root - 8 + 4) & 0xffff;
  const pointer = root + 8 * words;
  const twice = Buffer.from(bytes);
  twice.writeInt32LE(twice.readInt32LE(pointer + 8 * 3) - 4, pointer + 8 * 4);
  twice.writeUInt32LE(twice.readUInt32LE(pointer + 8 * 3 + 4), pointer + 8 * 4 + 4);
  assert.throws(() => Delivery.read(twice), /same words/);
  const deep = Buffer.alloc(8 + 8 * 40);
  deep.writeUInt32LE(40, 4);
  // Each word is a pointer to a struct that is the next word: a pointer again.
  for (let word = 0; word < 39; ++word) deep.writeUInt32LE(0x10000, 8 + 8 * word + 4);
  assert.throws(() => Delivery.read(deep), /too deeply/);
});

test('a directory is refused that governance did not sign, or that claims a key without its proof', () => {
  assert.throws(() => new Directory(signNote(directoryText, pair('Ed25519')), governance, PARTNERSHIP), /too few/);
  const note = signNote(directoryText);
  assert.throws(() => new Directory(note.replace('Oak Hill', 'Oak Mill'), governance, PARTNERSHIP), /does not hold/);
  const stolen = directoryText.replace(/proof = "(.)/, (_, first) => `proof = "${first === 'A' ? 'B' : 'A'}`);
  assert.throws(() => new Directory(signNote(stolen), governance, PARTNERSHIP), /possession/);
});
