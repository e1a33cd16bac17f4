// Cap'n Proto messages, read as strictly as docs/protocol.md, section 3, asks, and written with one segment.
//
// capnp-es turns bytes into objects. What it does not do stands here: it follows any pointer as often as it likes,
// and knows nothing of names, times, and byte strings of a fixed length. Each struct of the protocol is described
// once, as a *shape* (messages.mjs); `read` makes a plain object of a message and throws Malformed, `write` goes back.
import * as capnp from 'capnp-es';
import { Item } from '../generated/wire/frame.js';
import { isName, isTime } from './bytes.mjs';

export class Malformed extends Error {}

const NESTING_MAX = 16;
const must = (holds, what) => { if (!holds) throw new Malformed(what); };

/**
 * The message's framing and its pointers: sizes, segments, nesting, and that nothing is read twice.
 * @param {Buffer} bytes
 * @param {{ segments: number, most: number }} limits
 */
export function checkFraming(bytes, { segments: segmentsMax, most }) {
  must(bytes.length % 8 === 0 && bytes.length >= 16 && bytes.length <= most, 'a size that no message has');
  const count = bytes.readUInt32LE(0) + 1;
  must(count <= segmentsMax, 'more segments than allowed');
  let at = Math.ceil((1 + count) / 2) * 8;
  must(at <= bytes.length, 'the segment table is cut short');
  const segments = [];
  for (let i = 0; i < count; ++i) {
    const size = bytes.readUInt32LE(4 + 4 * i) * 8;
    must(at + size <= bytes.length, 'a segment is cut short');
    segments.push(bytes.subarray(at, at + size));
    at += size;
  }
  must(at === bytes.length, 'bytes after the last segment');
  must(segments[0].length >= 8, 'there is no root');
  new Walk(segments).pointer(segments[0], 0, NESTING_MAX);
}

/** Follows every pointer once, and counts the words: no more may be visited than the message has. */
class Walk {
  constructor(segments) {
    this.segments = segments;
    this.left = segments.reduce((sum, segment) => sum + segment.length / 8, 0);
  }

  take(segment, word, words) {
    must(word >= 0 && (word + words) * 8 <= segment.length, 'a pointer leads out of its segment');
    must((this.left -= words) >= 0, 'pointers lead to the same words');
  }

  /** @param {Buffer} segment @param {number} at word of the pointer @param {number} depth levels left below it */
  pointer(segment, at, depth) {
    const low = segment.readUInt32LE(at * 8);
    const high = segment.readUInt32LE(at * 8 + 4);
    if (low === 0 && high === 0) return;
    must((low & 3) !== 3, 'a capability');
    if ((low & 3) === 2) return this.far(low, high, depth);
    this.target(segment, at + 1 + (low >> 2), low, high, depth);
  }

  target(segment, start, low, high, depth) {
    must(depth > 0, 'nested too deeply');
    if ((low & 3) === 0) {
      const data = high & 0xffff;
      const pointers = high >>> 16;
      this.take(segment, start, data + pointers);
      for (let i = 0; i < pointers; ++i) this.pointer(segment, start + data + i, depth - 1);
      return;
    }
    const count = high >>> 3;
    const kind = high & 7;
    if (kind < 6) {
      this.take(segment, start, Math.ceil(count * [0, 1, 8, 16, 32, 64][kind] / 64));
    } else if (kind === 6) {
      this.take(segment, start, count);
      for (let i = 0; i < count; ++i) this.pointer(segment, start + i, depth - 1);
    } else {
      this.structs(segment, start, count, depth);
    }
  }

  structs(segment, start, words, depth) {
    this.take(segment, start, words + 1);
    const count = segment.readUInt32LE(start * 8) >>> 2;
    const size = segment.readUInt32LE(start * 8 + 4);
    const data = size & 0xffff;
    const pointers = size >>> 16;
    must((segment.readUInt32LE(start * 8) & 3) === 0 && count * (data + pointers) <= words, 'a list that is none');
    // Elements of no words cost nothing to write and something to read.
    if (data + pointers === 0) must((this.left -= count) >= 0, 'a list of nothing');
    for (let i = 0; i < count; ++i) {
      for (let p = 0; p < pointers; ++p) {
        this.pointer(segment, start + 1 + i * (data + pointers) + data + p, depth - 1);
      }
    }
  }

  far(low, high, depth) {
    const segment = this.segments[high];
    must(segment !== undefined, 'a pointer to no segment');
    const pad = low >>> 3;
    if ((low & 4) === 0) {
      this.take(segment, pad, 1);
      must((segment.readUInt32LE(pad * 8) & 3) < 2, 'a far pointer to another');
      return this.pointer(segment, pad, depth);
    }
    this.take(segment, pad, 2);
    const far = segment.readUInt32LE(pad * 8);
    const content = this.segments[segment.readUInt32LE(pad * 8 + 4)];
    const tag = segment.readUInt32LE(pad * 8 + 8);
    must((far & 7) === 2 && content !== undefined && tag >>> 2 === 0 && (tag & 3) < 2, 'a far pointer to nothing');
    this.target(content, far >>> 3, tag, segment.readUInt32LE(pad * 8 + 12), depth);
  }
}

// --- what fields may hold: each kind reads a value from what capnp-es has, and writes one field of a struct

const method = (name, start) => start + name[0].toUpperCase() + name.slice(1);
const plain = (check) => ({
  read: (value) => check(value),
  write: (struct, name, value) => { struct[name] = value; },
});

export const number = plain((value) => value);
export const flag = plain((value) => value);
/** 64 bits that count something: a JavaScript number. */
export const count = {
  read(value) {
    must(value <= BigInt(Number.MAX_SAFE_INTEGER), 'a count beyond all counting');
    return Number(value);
  },
  write: (struct, name, value) => { struct[name] = BigInt(value); },
  element: (list, i, value) => list.set(i, BigInt(value)),
};
/** 64 bits that mean nothing by themselves: a series. */
export const wide = plain((value) => value);
export const time = {
  read(value) {
    must(isTime(Number(value)), 'a time out of range');
    return Number(value);
  },
  write: (struct, name, value) => { struct[name] = BigInt(value); },
};
export const oneOf = (...values) => plain((value) => {
  must(values.includes(value), 'a value that this version does not know');
  return value;
});

/** A name; with `mayBeEmpty` an empty text stands for none. */
const named = (mayBeEmpty) => ({
  read(value) {
    must((mayBeEmpty && value === '') || isName(value), 'a name that is none');
    return value;
  },
  write: (struct, name, value) => { struct[name] = value; },
  element: (list, i, value) => list.set(i, value),
});
export const name = named(false);
export const nameOrNone = named(true);

/** UTF-8 without NUL, of at most so many bytes. capnp-es puts U+FFFD where the bytes are no UTF-8. */
export const text = (most) => plain((value) => {
  must(!/[\0\ufffd]/.test(value) && Buffer.byteLength(value) <= most, 'a text that is none, or too long');
  return value;
});

const bytesOf = (value) => Buffer.from(value.toUint8Array());
function dataKind(check) {
  return {
    read(value) {
      const bytes = bytesOf(value);
      must(check(bytes.length), 'bytes of another length than they must have');
      return bytes;
    },
    write(struct, name, value) { struct[method(name, '_init')](value.length).copyBuffer(value); },
    element(list, i, value) {
      const holder = new capnp.Message().initRoot(Item);
      holder._initBytes(value.length).copyBuffer(value);
      list.set(i, holder.bytes);
    },
  };
}
export const exactly = (length) => dataKind((found) => found === length);
export const atMost = (length) => dataKind((found) => found <= length);

/** A list of at most so many. */
export const list = (kind, most) => ({
  read(values) {
    must(values.length <= most, 'a list that is too long');
    const read = [];
    for (let i = 0; i < values.length; ++i) read.push(kind.read(values.get(i)));
    return read;
  },
  write(struct, name, values) {
    const written = struct[method(name, '_init')](values.length);
    values.forEach((value, i) => kind.element(written, i, value));
  },
});

/** An enumeration, as the names of its enumerants. */
export const enumeration = (...names) => ({
  read(value) {
    must(value < names.length, 'a value that this version does not know');
    return names[value];
  },
  write(struct, name, value) {
    must(names.includes(value), `no such value: ${value}`);
    struct[name] = names.indexOf(value);
  },
});

/** A struct that may be absent: null. */
export const optional = (shape) => ({
  whenAbsent: null,
  read: (value) => shape.read(value),
  write: (struct, name, value) => { if (value) shape.write(struct, name, value); },
});

/**
 * A struct whose fields have these kinds. `members`, if any, are the kinds of its union, in its order: exactly one of
 * them stands in the object, under its name.
 */
export function shape(fields, members = null) {
  const unionNames = members && Object.keys(members);
  const self = {
    read(struct) {
      const value = {};
      for (const [name, kind] of Object.entries(fields)) {
        const absent = 'whenAbsent' in kind && !struct[method(name, '_has')]();
        value[name] = absent ? kind.whenAbsent : kind.read(struct[name]);
      }
      if (members) {
        const chosen = unionNames[struct.which()];
        must(chosen !== undefined, 'a member that this version does not know');
        value[chosen] = members[chosen] === null ? true : members[chosen].read(struct[chosen]);
      }
      return value;
    },
    fill(struct, value) {
      for (const [name, kind] of Object.entries(fields)) kind.write(struct, name, value[name]);
      if (!members) return;
      const chosen = unionNames.find((name) => name in value);
      must(chosen !== undefined, 'no member of the union is given');
      if (members[chosen] === null) struct[chosen] = true;
      else members[chosen].write(struct, chosen, value[chosen]);
    },
    write(struct, name, value) { self.fill(struct[method(name, '_init')](), value); },
    element(list, i, value) { self.fill(list.get(i), value); },
  };
  return self;
}

/** A message: the struct of the schema, its shape, and its limits. */
export function message(Struct, fields, { segments = 1, most }) {
  return {
    /** @param {Uint8Array} bytes */
    read(bytes) {
      const copy = Buffer.from(bytes);
      checkFraming(copy, { segments, most });
      try {
        return fields.read(new capnp.Message(copy, false).getRoot(Struct));
      } catch (error) {
        if (error instanceof Malformed) throw error;
        throw new Malformed(`capnp: ${error.message}`);
      }
    },
    /** One segment, unpacked. These bytes are what is hashed and signed: keep them, never write them anew. */
    write(value) {
      const built = new capnp.Message();
      fields.fill(built.initRoot(Struct), value);
      const bytes = Buffer.from(built.toArrayBuffer());
      must(bytes.length <= most, 'a message that is too large');
      return bytes;
    },
  };
}
