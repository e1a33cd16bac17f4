// What is inside a section: the exchange's struct with one field set. docs/protocol.md, sections 8.3 and 16 (end).
//
// Nothing here knows Operation Encompass: fields, labels, lengths and formats come from the exchange's own description,
// which `capnp compile` made of schema/exchange (../generate).
import fs from 'node:fs';
import * as capnp from 'capnp-es';
import * as schema from 'capnp-es/capnp/schema';
import * as encompass from '../generated/exchange/encompass_notice.js';
import { checkFraming, Malformed } from './wire.mjs';

const ANNOTATION = {  // Ids of schema/exchange/meta.capnp.
  exchange: 0xf09c6b2e71a4d8e1n, version: 0xf09c6b2e71a4d8e2n, label: 0xf09c6b2e71a4d8e3n,
  maxLength: 0xf09c6b2e71a4d8e6n, format: 0xf09c6b2e71a4d8e7n, claim: 0xf09c6b2e71a4d8e8n,
};
const CONTENT_MOST = 1024 * 1024;
const EXCLUSIONS_MOST = 2048;
const LISTED_TEXT_MOST = 96;
const most = (section) => (section === 'exclusions' ? EXCLUSIONS_MOST : CONTENT_MOST);

const all = (list) => Array.from({ length: list.length }, (_, i) => list.get(i));

function annotations(node) {
  const found = {};
  for (const annotation of all(node.annotations)) {
    for (const [name, id] of Object.entries(ANNOTATION)) {
      if (annotation.id !== id) continue;
      const value = annotation.value;
      found[name] = name === 'version' ? value.uint16 : name === 'maxLength' ? value.uint32 : value.text;
    }
  }
  return found;
}

function typeOf(type) {
  const { Type } = schema;
  switch (type.which()) {
    case Type.TEXT: return { kind: 'text' };
    case Type.BOOL: return { kind: 'bool' };
    case Type.INT64: return { kind: 'int64' };
    case Type.ENUM: return { kind: 'enum', id: type.enum.typeId };
    case Type.STRUCT: return { kind: 'struct', id: type.struct.typeId };
    case Type.LIST: return { kind: 'list', of: typeOf(type.list.elementType) };
    default: throw new Error('a type that no exchange has');
  }
}

/** Every struct and enumeration of the description, and the exchange among them. */
function describe(request) {
  const nodes = new Map();
  let root = null;
  for (const node of all(request.nodes)) {
    if (node._isStruct) {
      const fields = all(node.struct.fields).sort((a, b) => a.codeOrder - b.codeOrder).map((field) => ({
        name: field.name, offset: field.slot.offset, type: typeOf(field.slot.type), ...annotations(field),
      }));
      nodes.set(node.id, { fields });
      const marks = annotations(node);
      if (marks.exchange) root = { ...marks, fields, struct: node.displayName.split(':')[1] };
    } else if (node._isEnum) {
      nodes.set(node.id, { values: all(node.enum.enumerants).map((value) => value.name) });
    }
  }
  return { ...root, nodes };
}

const formats = {
  date: (text) => {
    const found = /^((?:19|20)[0-9]{2}|2100)-([0-9]{2})-([0-9]{2})$/.exec(text);
    const day = found && new Date(Date.UTC(+found[1], +found[2] - 1, +found[3]));
    return Boolean(day) && day.toISOString().startsWith(text);
  },
  'local-time': (text) => formats.date(text.slice(0, 10)) && /^ ([01][0-9]|2[0-3]):[0-5][0-9]$/.test(text.slice(10)),
  urn: (text) => /^[1-9][0-9]{5}$/.test(text),
  // The check letter is the remainder of the weighted sum, among the letters without I, O and S.
  upn: (text) => {
    const LETTERS = 'ABCDEFGHJKLMNPQRTUVWXYZ';
    if (!/^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$/.test(text)) return false;
    const sum = [...text.slice(1)].reduce((total, character, i) =>
      total + (i + 2) * (/[0-9]/.test(character) ? Number(character) : LETTERS.indexOf(character)), 0);
    return LETTERS[sum % 23] === text[0];
  },
  'nhs-number': (text) => {
    if (!/^[0-9]{10}$/.test(text)) return false;
    const sum = [...text.slice(0, 9)].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
    return (11 - (sum % 11)) % 11 === Number(text[9]);
  },
};

function checkText(text, field, where) {
  if (text.includes('\0')) throw new Malformed(`${where} has a NUL`);
  if (Buffer.byteLength(text) > (field.maxLength ?? Infinity)) throw new Malformed(`${where} is too long`);
  const fits = formats[field.format] ?? (() => true);
  if (text !== '' && !fits(text)) throw new Malformed(`${where} is not a ${field.format}`);
  return text;
}

const method = (name, start) => start + name[0].toUpperCase() + name.slice(1);

export class Exchange {
  /** @param {string} file made by ../generate */
  constructor(file) {
    const bytes = fs.readFileSync(file);
    Object.assign(this, describe(new capnp.Message(bytes, false).getRoot(schema.CodeGeneratorRequest)));
    this.Struct = encompass[this.struct];
    this.sections = this.fields.map((field) => field.name);
  }

  /** The claims of a message with these sections: { childPart: 'household', … }. What is not set is the first value. */
  claims(sections, fields = this.fields) {
    const claims = {};
    for (const field of fields) {
      if (field.claim) claims[field.claim] = sections[field.name] ?? this.nodes.get(field.type.id).values[0];
      if (field.type.kind !== 'struct') continue;
      for (const inner of this.nodes.get(field.type.id).fields.filter((each) => each.claim)) {
        claims[inner.claim] = sections[field.name]?.[inner.name] ?? this.nodes.get(inner.type.id).values[0];
      }
    }
    return claims;
  }

  /** The names of the claims that are made from this section. */
  claimsOf(section) { return Object.keys(this.claims({}, [this.#field(section)])); }

  /** The bytes of one section. @param {string} section @param {unknown} value undefined: the section is empty */
  write(section, value) {
    const message = new capnp.Message();
    const root = message.initRoot(this.Struct);
    if (value !== undefined) this.#set(root, this.#field(section), value, section);
    const bytes = Buffer.from(message.toArrayBuffer());
    if (bytes.length > most(section)) throw new Malformed(`${section} is too long`);
    return bytes;
  }

  /** The value of one section, read as strictly as a frame is. Another section that is set is refused. */
  read(section, bytes) {
    checkFraming(bytes, { segments: 1, most: most(section) });
    let values;
    try {
      const root = new capnp.Message(bytes, false).getRoot(this.Struct);
      values = this.#getStruct(root, this.fields, '');
    } catch (error) {
      throw error instanceof Malformed ? error : new Malformed(`capnp: ${error.message}`);
    }
    for (const other of Object.keys(values)) if (other !== section) throw new Malformed(`it also sets ${other}`);
    return values[section];
  }

  #field(section) {
    const field = this.fields.find((each) => each.name === section);
    if (!field) throw new Malformed(`there is no section ${section}`);
    return field;
  }

  #set(struct, field, value, where) {
    const { type, name } = field;
    if (type.kind === 'text') struct[name] = checkText(String(value), field, where);
    else if (type.kind === 'bool') struct[name] = Boolean(value);
    else if (type.kind === 'int64') struct[name] = BigInt(value);
    else if (type.kind === 'enum') {
      const at = this.nodes.get(type.id).values.indexOf(value);
      if (at < 0) throw new Malformed(`${where} cannot be ${value}`);
      struct[name] = at;
    } else if (type.kind === 'struct') {
      this.#setStruct(struct[method(name, '_init')](), type.id, value, where);
    } else {
      if (value.length > (field.maxLength ?? Infinity)) throw new Malformed(`${where} has too many items`);
      const list = struct[method(name, '_init')](value.length);
      value.forEach((each, i) => {
        if (type.of.kind === 'text') list.set(i, checkText(each, { maxLength: LISTED_TEXT_MOST }, where));
        else this.#setStruct(list.get(i), type.of.id, each, where);
      });
    }
  }

  #setStruct(struct, id, value, where) {
    const { fields } = this.nodes.get(id);
    for (const [name, each] of Object.entries(value)) {
      const field = fields.find((known) => known.name === name);
      if (!field) throw new Malformed(`${where} has no ${name}`);
      this.#set(struct, field, each, `${where}.${name}`);
    }
  }

  /** Only what differs from its default: an empty text, false, 0 and the first enumerant are "not stated". */
  #getStruct(struct, fields, where) {
    const values = {};
    for (const field of fields) {
      const value = this.#get(struct, field, where ? `${where}.${field.name}` : field.name);
      if (value !== undefined) values[field.name] = value;
    }
    return values;
  }

  #get(struct, field, where) {
    const { type, name } = field;
    if (type.kind === 'text') return checkText(this.#text(struct, field.offset), field, where) || undefined;
    if (type.kind === 'bool') return struct[name] || undefined;
    if (type.kind === 'int64') return struct[name] === 0n ? undefined : Number(struct[name]);
    if (type.kind === 'enum') {
      const value = this.nodes.get(type.id).values[struct[name]];
      if (value === undefined) throw new Malformed(`${where} has a value that this version does not know`);
      return struct[name] === 0 ? undefined : value;
    }
    if (!struct[method(name, '_has')]()) return undefined;
    if (type.kind === 'struct') return this.#getStruct(struct[name], this.nodes.get(type.id).fields, where);
    const list = struct[name];
    if (list.length > (field.maxLength ?? Infinity)) throw new Malformed(`${where} has too many items`);
    return all(list).map((each) => (type.of.kind === 'text'
      ? checkText(each, { maxLength: LISTED_TEXT_MOST }, where)
      : this.#getStruct(each, this.nodes.get(type.of.id).fields, where)));
  }

  /** capnp-es replaces what is not UTF-8; here it is refused. */
  #text(struct, offset) {
    const text = capnp.Text.fromPointer(capnp.utils.getPointer(offset, struct));
    const bytes = new Uint8Array(text.length > 0 ? capnp.utils.getData(offset, struct).toUint8Array() : []);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, -1));
    } catch {
      throw new Malformed('a text that is not UTF-8');
    }
  }
}
