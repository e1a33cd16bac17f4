// HPKE (RFC 9180), base mode, single shot, as spelt out in docs/protocol.md, section 8.4.
import crypto from 'node:crypto';
import { hmac, utf8, zeros } from './bytes.mjs';
import { agree, pair } from './keys.mjs';

const KEM = Buffer.concat([utf8('KEM'), Buffer.from('0020', 'hex')]);
const SUITE = Buffer.concat([utf8('HPKE'), Buffer.from('002000010002', 'hex')]);
const NOTHING = Buffer.alloc(0);

/** HKDF-Extract: an empty salt is 32 zero bytes. */
const extract = (suite, salt, label, ikm) =>
  hmac(salt.length ? salt : zeros(32), utf8('HPKE-v1'), suite, utf8(label), ikm);

function expand(suite, key, label, info, length) {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(length);
  const full = Buffer.concat([size, utf8('HPKE-v1'), suite, utf8(label), info]);
  let block = NOTHING;
  let out = NOTHING;
  for (let i = 1; out.length < length; ++i) {
    block = hmac(key, block, full, Buffer.from([i]));
    out = Buffer.concat([out, block]);
  }
  return out.subarray(0, length);
}

/** Key and nonce from what both sides know. */
function schedule(dh, enc, recipientPublic, info) {
  const sharedSecret = expand(KEM, extract(KEM, NOTHING, 'eae_prk', dh), 'shared_secret',
    Buffer.concat([enc, recipientPublic]), 32);
  const context = Buffer.concat([Buffer.from([0]), extract(SUITE, NOTHING, 'psk_id_hash', NOTHING),
    extract(SUITE, NOTHING, 'info_hash', info)]);
  const secret = extract(SUITE, sharedSecret, 'secret', NOTHING);
  return {
    sharedSecret,
    key: expand(SUITE, secret, 'key', context, 32),
    nonce: expand(SUITE, secret, 'base_nonce', context, 12),
  };
}

/** AES-256-GCM, the tag last. */
export function aeadSeal(key, nonce, aad, plaintext) {
  const cipher = crypto.createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext, or null if it does not open. */
export function aeadOpen(key, nonce, aad, sealed) {
  if (sealed.length < 16) return null;
  const cipher = crypto.createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(aad);
  cipher.setAuthTag(sealed.subarray(sealed.length - 16));
  try {
    return Buffer.concat([cipher.update(sealed.subarray(0, sealed.length - 16)), cipher.final()]);
  } catch {
    return null;
  }
}

/** @returns {{ enc: Buffer, ciphertext: Buffer }} */
export function hpkeSeal(recipientPublic, info, plaintext) {
  const once = pair('X25519');
  const { key, nonce } = schedule(agree(once.private, recipientPublic), once.public, recipientPublic, info);
  return { enc: once.public, ciphertext: aeadSeal(key, nonce, NOTHING, plaintext) };
}

/** The plaintext, or null. */
export function hpkeOpen(recipient, enc, info, ciphertext) {
  let dh;
  try {
    dh = agree(recipient.private, enc);
  } catch {
    return null;  // A point of low order.
  }
  const { key, nonce } = schedule(dh, enc, recipient.public, info);
  return aeadOpen(key, nonce, NOTHING, ciphertext);
}
