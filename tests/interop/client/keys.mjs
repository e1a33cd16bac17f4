// Keys: docs/protocol.md, sections 8 (primitives), 8.2 (key ids) and 15 (possession).
import crypto from 'node:crypto';
import { hashOf, join, random } from './bytes.mjs';

/** The purposes of an agency's Ed25519 keys. A recipient's X25519 key has the purpose `seal`. */
export const PURPOSES = ['envelope', 'receipt', 'void', 'recall', 'statement'];

/** @param {string} purpose @param {Uint8Array} publicKey */
export const keyId = (purpose, publicKey) => hashOf('havenline/1/key', purpose, publicKey).subarray(0, 8);

// A private key of RFC 8410: this much in front of 32 bytes.
const PKCS8 = {
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
};
const privateKey = (curve, bytes) =>
  crypto.createPrivateKey({ key: Buffer.concat([PKCS8[curve], bytes]), format: 'der', type: 'pkcs8' });
const publicKey = (curve, bytes) => crypto.createPublicKey({
  key: { kty: 'OKP', crv: curve, x: Buffer.from(bytes).toString('base64url') }, format: 'jwk',
});
const rawPublic = (key) => Buffer.from(crypto.createPublicKey(key).export({ format: 'jwk' }).x, 'base64url');

/** A pair of 32 random bytes or of the bytes given: { private, public }, both raw. */
export function pair(curve, bytes = random(32)) {
  return { private: Buffer.from(bytes), public: rawPublic(privateKey(curve, bytes)) };
}

/** @param {Uint8Array} seed @param {Uint8Array} message */
export const sign = (seed, message) => crypto.sign(null, message, privateKey('Ed25519', seed));

/** @param {Uint8Array} key @param {Uint8Array} message @param {Uint8Array} signature */
export const verify = (key, message, signature) =>
  isSound(key) && crypto.verify(null, message, publicKey('Ed25519', key), signature);

/** X25519; throws if the result is all zeros. */
export function agree(ownPrivate, otherPublic) {
  const secret = crypto.diffieHellman({
    privateKey: privateKey('X25519', ownPrivate), publicKey: publicKey('X25519', otherPublic),
  });
  if (secret.every((byte) => byte === 0)) throw new Error('an X25519 result of zeros');
  return secret;
}

/** What an agency shows governance with each key: that it holds the private half. */
export const possession = (agency, purpose, keys) =>
  sign(keys.private, join('havenline/1/possession', agency, purpose, keys.public));
export const holdsPossession = (agency, purpose, key, proof) =>
  verify(key, join('havenline/1/possession', agency, purpose, key), proof);

// --- Ed25519 keys must be canonical encodings of points of the main subgroup: RFC 8032, 5.1.3, and [L]P = 0.

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a) => ((a % P) + P) % P;
function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = (b * b) % P) if (e & 1n) result = (result * b) % P;
  return result;
}
const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

function decodePoint(bytes) {
  const encoded = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) === mod(-u)) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(v * x * x) !== u) return null;
  const odd = encoded >> 255n;
  if (x === 0n && odd === 1n) return null;
  if ((x & 1n) !== odd) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function addPoints([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * D * t1 * t2);
  const d = mod(2n * z1 * z2);
  return [mod((b - a) * (d - c)), mod((d + c) * (b + a)), mod((d - c) * (d + c)), mod((b - a) * (b + a))];
}

const sound = new Map();  // What was found of keys that were asked before.
function isSound(key) {
  const known = Buffer.from(key).toString('hex');
  if (!sound.has(known)) {
    const point = decodePoint(key);
    let sum = [0n, 1n, 1n, 0n];
    if (point) for (let bit = 252n; bit >= 0n; --bit) {
      sum = addPoints(sum, sum);
      if ((L >> bit) & 1n) sum = addPoints(sum, point);
    }
    const neutral = mod(sum[0]) === 0n && mod(sum[1] - sum[2]) === 0n;
    sound.set(known, point !== null && !(point[0] === 0n) && neutral);
  }
  return sound.get(known);
}
