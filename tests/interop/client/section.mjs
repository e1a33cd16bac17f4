// One section, sealed and opened: docs/protocol.md, section 8.3.
import crypto from 'node:crypto';
import { hashOf, isZero, join, same, sha256, split, zeros } from './bytes.mjs';
import { aeadOpen, aeadSeal } from './hpke.mjs';

const NONCE = zeros(12);
const STEP = 256 * 1024;

export const coreOf = (header) => hashOf('havenline/1/core', header.partnership, header.id, header.sender,
  header.exchange, header.version, header.policy.hash);

export const sectionDigest = ({ salt, name, size, sealedHash, commit }) =>
  hashOf('havenline/1/section-digest', salt, name, size, sealedHash, commit);
export const claimDigest = ({ salt, name, value }) => hashOf('havenline/1/claim', salt, name, value);
export const brokersDigest = (salt, part) => hashOf('havenline/1/brokers-part', salt, part);
export const grantDigest = ({ clearPart, enc, ciphertext }) =>
  hashOf('havenline/1/grant-digest', clearPart, enc, ciphertext);
export const grantInfo = (core, clearPart) => hashOf('havenline/1/grant', core, clearPart);

/** The size that a plaintext of `length` bytes is filled to. */
function paddedSize(name, length) {
  if (name === 'exclusions') return length <= 1024 ? 1024 : 4096;
  let size = 256;
  while (size < length && size < STEP) size *= 2;
  return length <= size ? size : Math.ceil(length / STEP) * STEP;
}

function keysOf(header, core, name, sectionKey) {
  const info = join('havenline/1/section', core, name);
  const okm = Buffer.from(crypto.hkdfSync('sha256', sectionKey, header.id, info, 64));
  return { key: okm.subarray(0, 32), commit: okm.subarray(32) };
}

const outerOf = (header, name) => join(header.id, header.sender, header.exchange, header.version, name);

/** @returns {{ sealed: Buffer, commit: Buffer }} */
export function sealSection(header, core, name, sectionKey, content) {
  const { key, commit } = keysOf(header, core, name, sectionKey);
  const inner = join(outerOf(header, name), content);
  const plaintext = zeros(paddedSize(name, 4 + inner.length));
  plaintext.writeUInt32BE(inner.length);
  inner.copy(plaintext, 4);
  return { sealed: aeadSeal(key, NONCE, join(core, name), plaintext), commit };
}

/** The content, or null: step 11 of section 10. */
export function openSection(header, core, opening, sectionKey, sealed) {
  if (sealed.length !== opening.size || !same(sha256(sealed), opening.sealedHash)) return null;
  const { key, commit } = keysOf(header, core, opening.name, sectionKey);
  if (!same(commit, opening.commit)) return null;
  const plaintext = aeadOpen(key, NONCE, join(core, opening.name), sealed);
  if (plaintext === null || plaintext.length < 4) return null;
  const length = plaintext.readUInt32BE(0);
  if (4 + length > plaintext.length || plaintext.length !== paddedSize(opening.name, 4 + length)
    || !isZero(plaintext.subarray(4 + length))) return null;
  const fields = split(plaintext.subarray(4, 4 + length), 2);
  return fields !== null && fields[0].equals(outerOf(header, opening.name)) ? fields[1] : null;
}
