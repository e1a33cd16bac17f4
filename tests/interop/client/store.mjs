// A journal: what must not be forgotten, one line each, synced before anything is said about it.
//
// An example's store. It is one file in clear; yours should be encrypted at rest, and not grow for ever.
import fs from 'node:fs';

function replacer(key, value) {
  const raw = this[key];
  if (raw instanceof Uint8Array) return { $bytes: Buffer.from(raw).toString('base64') };
  return typeof raw === 'bigint' ? { $integer: String(raw) } : value;
}
const reviver = (key, value) => (value && typeof value.$bytes === 'string' ? Buffer.from(value.$bytes, 'base64')
  : value && typeof value.$integer === 'string' ? BigInt(value.$integer) : value);

export class Store {
  /** @param {string} file */
  constructor(file) {
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);  // A line that a crash cut short was never spoken of.
    this.records = whole.split('\n').filter(Boolean).map((line) => JSON.parse(line, reviver));
    this.descriptor = fs.openSync(file, 'a', 0o600);
    if (whole.length !== text.length) fs.ftruncateSync(this.descriptor, Buffer.byteLength(whole));
  }

  /** On disk when it returns. @param {Record<string, unknown>} record */
  append(record) {
    fs.writeSync(this.descriptor, `${JSON.stringify(record, replacer)}\n`);
    fs.fdatasyncSync(this.descriptor);
  }
}
