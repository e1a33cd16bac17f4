// The golden envelope: every value of docs/protocol.md, section 19, made again here.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { hex, join, sha256, unhex } from '../client/bytes.mjs';
import { Exchange } from '../client/content.mjs';
import { hpkeOpen } from '../client/hpke.mjs';
import { keyId } from '../client/keys.mjs';
import { ClearPart, Delivery, Envelope, Header } from '../client/messages.mjs';
import { openDelivery, readDelivery } from '../client/open.mjs';
import { brokersDigest, claimDigest, coreOf, grantDigest, grantInfo, sectionDigest } from '../client/section.mjs';
import { leafHash, verifyTree } from '../client/tree.mjs';

const golden = JSON.parse(fs.readFileSync(new URL('../../golden/envelope.json', import.meta.url)));
const exchange = new Exchange(new URL('../generated/exchanges.request', import.meta.url).pathname);
const deliveryBytes = Buffer.from(golden.delivery, 'base64');
const senderKey = unhex(golden['sender envelope key']);
const recipient = { private: unhex(golden['recipient private key']), public: unhex(golden['recipient public key']) };

test('every value on the way is the one in the file', () => {
  const { header: headerBytes, signature, grant, sections } = Delivery.read(deliveryBytes);
  const header = Header.read(headerBytes);
  const clearPart = ClearPart.read(grant.clearPart);
  const core = coreOf(header);
  const found = {
    'header': headerBytes, 'header hash': sha256(headerBytes), 'leaf hash': leafHash(headerBytes),
    'signed text': join('havenline/1/envelope', 1, leafHash(headerBytes)), 'signature': signature.signature, core,
    'clear part': grant.clearPart, 'grant info': grantInfo(core, grant.clearPart), 'enc': grant.enc,
    'grant ciphertext': grant.ciphertext, 'grant digest': grantDigest(grant),
    'grant plaintext': hpkeOpen(recipient, grant.enc, grantInfo(core, grant.clearPart), grant.ciphertext),
    'recipient key id': keyId('seal', recipient.public), "broker's part digest": header.brokersPart,
  };
  for (const [name, value] of Object.entries(found)) assert.equal(hex(value), golden[name], name);
  assert.deepEqual(header.grants.map(hex), golden['header grants']);
  assert.deepEqual(header.claims.map(hex), golden.claims);
  assert.deepEqual(clearPart.openings, golden.sections.map(({ name }) => name));
  assert.deepEqual(sections.map((opening) => hex(sectionDigest(opening))), golden.sections.map(({ digest }) => digest));
  assert.deepEqual(sections.map(({ commit }) => hex(commit)), golden.sections.map(({ commit }) => commit));
  assert.ok(verifyTree('havenline/1/envelope', senderKey, headerBytes, signature));
});

test('the envelope is what the delivery was made of', () => {
  const envelope = Envelope.read(Buffer.from(golden.envelope, 'base64'));
  const header = Header.read(envelope.header);
  assert.equal(hex(brokersDigest(envelope.brokersSalt, envelope.brokersPart)), hex(header.brokersPart));
  assert.deepEqual(envelope.claims.map((claim) => hex(claimDigest(claim))), golden.claims);
});

// The file holds no policy and no directory: these stand for them.
const anything = {
  exchange: () => ({ version: 1 }), claimsRead: () => new Set(['childPart']),
  look: () => ({ sections: new Set(exchange.sections) }),
};
const place = {
  partnership: golden.partnership, named: anything, inForce: anything, exchange,
  directory: {
    key: (agency, purpose, id) => (id.equals(keyId('envelope', senderKey)) ? { key: senderKey } : undefined),
  },
  privateKey: (id) => (id.equals(keyId('seal', recipient.public)) ? recipient : undefined),
};
const open = (bytes) => openDelivery(readDelivery(bytes, golden.recipient, [golden.recipient]), place);

test('its contents come out byte for byte', () => {
  const { contents, claimsDiffer } = open(deliveryBytes);
  for (const { name, content } of golden.sections) assert.equal(hex(contents[name]), content, name);
  assert.deepEqual(claimsDiffer, []);
});

test('one flipped bit anywhere makes it fail or changes nothing that was read', () => {
  const { contents, claims } = open(deliveryBytes);
  const { clearPart } = readDelivery(deliveryBytes, golden.recipient, [golden.recipient]);
  let failed = 0;
  for (let at = 0; at < deliveryBytes.length; at += 61) {  // Every field many times.
    const flipped = Buffer.from(deliveryBytes);
    flipped[at] ^= 1 << (at % 8);
    let opened;
    try {
      opened = open(flipped);
    } catch {
      ++failed;
      continue;
    }
    assert.deepEqual([opened.contents, opened.claims], [contents, claims], `byte ${at}`);
    assert.deepEqual(readDelivery(flipped, golden.recipient, [golden.recipient]).clearPart, clearPart);
  }
  assert.ok(failed > deliveryBytes.length / 61 * 0.9, `only ${failed} failed`);
});
