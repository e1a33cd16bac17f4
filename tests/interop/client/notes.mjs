// Signed notes and checkpoints: docs/protocol.md, sections 15 and 17.
import { sha256, unbase64, utf8 } from './bytes.mjs';
import { verify } from './keys.mjs';

const noteKeyId = (name, key) => sha256(utf8(name), Buffer.from([0x0a, 0x01]), key).subarray(0, 4);

/** A note key `<name>+<8 hex digits>+<base64 of 01 || key>`. @param {string} text */
export function noteKey(text) {
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text);
  if (!found) throw new Error('this is no note key');
  const bytes = unbase64(found[3]);
  const key = bytes.subarray(1);
  const id = noteKeyId(found[1], key);
  if (bytes.length !== 33 || bytes[0] !== 1 || id.toString('hex') !== found[2]) throw new Error('this is no note key');
  return { name: found[1], id, key };
}

/**
 * The text of a note, and which of the keys signed it. Signatures of other keys are ignored; one of a known name and
 * id that does not hold refuses the note.
 * @param {string} note @param {ReturnType<typeof noteKey>[]} keys
 */
export function openNote(note, keys) {
  const at = note.lastIndexOf('\n\n');
  const text = note.slice(0, at + 1);
  const lines = note.slice(at + 2);
  if (at < 0 || !lines.endsWith('\n') || /[\x00-\x09\x0b-\x1f\x7f]/.test(note)) {
    throw new Error('this is no signed note');
  }
  const signatures = lines.slice(0, -1).split('\n');
  if (signatures.length > 100) throw new Error('a note with more than 100 signatures');
  const signers = new Set();
  for (const line of signatures) {
    const found = /^— (\S+) (\S+)$/.exec(line);
    if (!found) throw new Error('this is no signature line');
    const bytes = unbase64(found[2]);
    const key = keys.find((known) => known.name === found[1] && known.id.equals(bytes.subarray(0, 4)));
    if (!key) continue;
    if (bytes.length !== 68 || !verify(key.key, utf8(text), bytes.subarray(4))) {
      throw new Error(`the signature of ${key.name} does not hold`);
    }
    signers.add(key);
  }
  return { text, hash: sha256(utf8(text)), signers: [...signers] };
}

/** A checkpoint: the note as it came, and what it says. Throws unless one of these log keys signed it. */
export function openCheckpoint(note, partnership, logKeys) {
  const { text, signers } = openNote(note, logKeys);
  const lines = text.split('\n');
  const origin = new RegExp(`^${partnership.replace(/[.+/]/g, '\\$&')}/log/([1-9][0-9]*)$`).exec(lines[0]);
  const size = /^(0|[1-9][0-9]*)$/.test(lines[1]) ? Number(lines[1]) : NaN;
  const root = unbase64(lines[2] ?? '');
  if (lines.length !== 4 || !origin || !Number.isSafeInteger(size) || root.length !== 32) {
    throw new Error('this is no checkpoint');
  }
  if (!signers.some((key) => key.name === lines[0])) throw new Error('no key of this epoch signed the checkpoint');
  return { note, epoch: Number(origin[1]), size, root };
}
