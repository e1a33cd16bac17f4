// Bytes, joins and hashes: docs/protocol.md, sections 1 and 8.1.
import crypto from 'node:crypto';

/** @param {string} text */
export const utf8 = (text) => Buffer.from(text, 'utf8');

/** An integer in a join: 8 bytes, big-endian. @param {number | bigint} value */
export function integer(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/**
 * Fields joined as `‖` does: each field's length as 4 bytes, big-endian, then its bytes.
 * @param {...(string | Uint8Array | number | bigint)} fields
 */
export function join(...fields) {
  const pieces = [];
  for (const field of fields) {
    const bytes = typeof field === 'string' ? utf8(field)
      : field instanceof Uint8Array ? field : integer(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}

/** The fields that `join` made, or null if `bytes` are not exactly `count` of them. */
export function split(bytes, count) {
  const fields = [];
  let at = 0;
  while (at < bytes.length) {
    if (fields.length === count || at + 4 > bytes.length) return null;
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) return null;
    fields.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields.length === count ? fields : null;
}

/** SHA-256 of the pieces, one after the other (plain concatenation). @param {...Uint8Array} pieces */
export function sha256(...pieces) {
  const hash = crypto.createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** SHA-256(a ‖ b ‖ …). The first field is a label. @param {...(string | Uint8Array | number | bigint)} fields */
export const hashOf = (...fields) => sha256(join(...fields));

/** @param {Uint8Array} key @param {...Uint8Array} pieces */
export function hmac(key, ...pieces) {
  const mac = crypto.createHmac('sha256', key);
  for (const piece of pieces) mac.update(piece);
  return mac.digest();
}

/** Whether two byte strings are the same, in a time that does not say where they differ. */
export const same = (a, b) => a.length === b.length && crypto.timingSafeEqual(a, b);

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export const unhex = (text) => {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error('this is no lower-case hexadecimal');
  return Buffer.from(text, 'hex');
};

/** Base64 with padding; other spellings are refused. @param {string} text */
export function unbase64(text) {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Error('this is no base64');
  return bytes;
}

export const zeros = (size) => Buffer.alloc(size);
export const isZero = (bytes) => bytes.every((byte) => byte === 0);
export const random = (size) => crypto.randomBytes(size);

/** For sorting: as bytes, ascending. */
export const byBytes = (a, b) => Buffer.compare(a, b);

const TIME_MAX = 253402300799999;
/** @param {number} value */
export const isTime = (value) => Number.isSafeInteger(value) && value >= 0 && value <= TIME_MAX;

/** @param {string} text */
export const isName = (text) => text.length <= 96 && /^[A-Za-z0-9][\w.+-]*(\/[A-Za-z0-9][\w.+-]*)*$/.test(text);

/** A UUID version 7 whose time is `time`. @param {number} time */
export function messageId(time) {
  const id = random(16);
  id.writeUIntBE(time, 0, 6);
  id[6] = 0x70 | (id[6] & 0x0f);
  id[8] = 0x80 | (id[8] & 0x3f);
  return id;
}

/** The time in a message id, or null if it is no UUID version 7. @param {Uint8Array} id */
export function timeOfId(id) {
  if (id.length !== 16 || id[6] >> 4 !== 7 || id[8] >> 6 !== 2) return null;
  return Buffer.from(id).readUIntBE(0, 6);
}
