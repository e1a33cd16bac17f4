// Opens the golden envelope with nothing but docs/protocol.md in hand; numbers in comments are its sections.
// Node 18 or later, no packages. An example for whoever writes another client, and a test that the page suffices.
//   node open.mjs envelope.json               compares every value of the file, one line each; 0 if all agree
//   node open.mjs envelope.json --self-test   what is altered must be refused: see selfTest() below
//   node open.mjs envelope.json --flip N      flips bit N of the delivery (bit N % 8 of byte N / 8, lowest first): it
//                                             must be refused or open to the same; `all` instead of N: each in turn
// It reads messages of one segment, which is what this version writes; a client must take up to eight (3).
import * as crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
const KiB = 1024, MiB = 1024 * KiB;
let golden, uncompared, part, quiet = false, comparing = true, checks = 0;
class Refusal extends Error {}
function need(what, ok) {  // Checks of mere shape use it alone: they have no lines of their own.
  if (!ok) throw new Refusal(`${part}: ${what}`);
}
function attempt(what, work) {  // For what throws when bytes are not what they should be.
  try { return work(); } catch { throw new Refusal(`${part}: ${what}`); }
}
function say(line) {
  if (!quiet) console.log(line);
}
function check(what, ok, value = '') {
  need(what, ok);
  checks += 1;
  say(`ok  ${part}: ${what}${value && ` = ${value.length > 40 ? `${value.slice(0, 40)}...` : value}`}`);
}
const plain = (value) => JSON.stringify(value, (_, v) => (v?.type === 'Buffer' ? Buffer.from(v).toString('hex')
  : typeof v === 'bigint' ? String(v) : v));
function same(ours, file = golden, whose = 'file') {  // Compares each of our values with the file's of that name.
  for (const [field, value] of comparing ? Object.entries(ours) : []) {
    check(`${whose}: ${field}`, plain(value) === plain(file?.[field]), Buffer.isBuffer(value) ? plain(value) : '');
    if (file === golden) uncompared.delete(field);
  }
  return ours;
}
const concat = (...parts) => Buffer.concat(parts.map((bytes) => Buffer.from(bytes)));
const sha256 = (...parts) => crypto.createHash('sha256').update(concat(...parts)).digest();
const hmac = (key, ...parts) => crypto.createHmac('sha256', key).update(concat(...parts)).digest();
const isZero = (bytes) => bytes.every((byte) => byte === 0);
// --- 1: joins ----------------------------------------------------------------------------------------------------
const bigEndian = (value, bytes) => Buffer.from(BigInt(value).toString(16).padStart(2 * bytes, '0'), 'hex');
const join = (...fields) => concat(...fields.flatMap((field) => {
  const bytes = ['number', 'bigint'].includes(typeof field) ? bigEndian(field, 8) : Buffer.from(field);
  return [bigEndian(bytes.length, 4), bytes];
}));
const digest = (...fields) => sha256(join(...fields));
// --- 3: Cap'n Proto, one segment, unpacked -----------------------------------------------------------------------
// A struct is {m, at, data, pointers, depth}: its message, its place there, bytes of data, number of pointers.
// An element of a list of pointers is a struct of one pointer.
function root(bytes, limit) {
  need('size', bytes.length % 8 === 0 && bytes.length >= 16 && bytes.length <= limit);
  need('segments', bytes.readUInt32LE(0) === 0 && bytes.readUInt32LE(4) * 8 === bytes.length - 8);
  const m = { bytes: bytes.subarray(8), left: bytes.length / 2 + 64 };  // left: words that may still be visited
  return structAt({ m, at: 0, data: 0, pointers: 1, depth: 0 }, 0);
}
function follow(s, p, kind) {  // Where pointer p of a struct leads and its upper half, or nothing if it is null.
  const at = s.at + s.data + p * 8;
  if (p >= s.pointers || s.m.bytes.readBigUInt64LE(at) === 0n) return null;
  const low = s.m.bytes.readInt32LE(at);
  need('pointer', (low & 3) === kind && s.depth < 16);
  return { to: at + 8 + (low >> 2) * 8, high: s.m.bytes.readUInt32LE(at + 4) };
}
function visit(m, at, words) {
  m.left -= words;
  need('bounds', at >= 0 && at + words * 8 <= m.bytes.length && m.left >= 0);
}
function structAt(s, p) {
  const { to, high } = follow(s, p, 0) ?? { to: 0, high: 0 };
  visit(s.m, to, (high & 0xffff) + (high >>> 16));
  return { m: s.m, at: to, data: (high & 0xffff) * 8, pointers: high >>> 16, depth: s.depth + 1 };
}
function listAt(s, p, most) {
  const { to, high } = follow(s, p, 1) ?? { to: 0, high: 6 }, words = high >>> 3, structs = (high & 7) === 7, { m } = s;
  visit(m, to, words + (structs ? 1 : 0));  // The word in front of structs says how many and of what size.
  const [count, data, pointers] = structs ? [m.bytes.readUInt32LE(to) >>> 2, m.bytes.readUInt16LE(to + 4) * 8,
    m.bytes.readUInt16LE(to + 6)] : [words, 0, 1];
  need('list', (high & 7) >= 6 && !(structs && m.bytes[to] & 3) && count * (data / 8 + pointers) === words);
  need('length of a list', count <= most);
  return Array.from({ length: count }, (_, i) =>
    ({ m, at: to + (structs ? 8 : 0) + i * (data + pointers * 8), data, pointers, depth: s.depth + 1 }));
}
// Readers of one field: integers by byte and length, the others by the number of their pointer.
const read = (s, type) => (typeof type === 'function' ? type(s)
  : Object.fromEntries(Object.entries(type).map(([field, reader]) => [field, reader(s)])));
const uint = (at, bytes) => (s) => (at + bytes > s.data ? uint(0, bytes)(zeros)
  : bytes < 8 ? s.m.bytes.readUIntLE(s.at + at, bytes) : s.m.bytes.readBigUInt64LE(s.at + at));
const zeros = { m: { bytes: Buffer.alloc(8) }, at: 0, data: 8 };
const time = (at) => (s) => need('time', uint(at, 8)(s) <= 253402300799999n) ?? Number(uint(at, 8)(s));
const data = (p, length) => (s) => {
  const { to, high } = follow(s, p, 1) ?? { to: 0, high: 2 }, bytes = high >>> 3;
  need('Data', (high & 7) === 2 && bytes === (length ?? bytes));
  visit(s.m, to, Math.ceil(bytes / 8));
  return s.m.bytes.subarray(to, to + bytes);
};
const hash = (p) => data(p, 32);
const text = (p, form = /^/) => (s) => {
  const bytes = data(p)(s);
  const value = attempt('UTF-8', () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    .decode(bytes.subarray(0, -1)));
  need('text', !bytes[bytes.length - 1] && form.test(value));
  return value;
};
const name = (p) => text(p, /^[A-Za-z0-9][A-Za-z0-9._+\/-]{0,95}$/);
const absent = (p) => (s) => p >= s.pointers || s.m.bytes.readBigUInt64LE(s.at + s.data + p * 8) === 0n;
const struct = (p, type) => (s) => read(structAt(s, p), type);
const list = (p, most, type) => (s) => listAt(s, p, most).map((item) => read(item, type));
function values(s) {  // Of a struct whose schema we do not have: all words and texts that are not zero or empty.
  const words = Array.from({ length: s.data / 8 }, (_, i) => uint(8 * i, 8)(s)).filter((word) => word);
  return words.concat(...Array.from({ length: s.pointers }, (_, p) => {
    const at = s.at + s.data + p * 8, kind = s.m.bytes[at] & 3;
    if (s.m.bytes.readBigUInt64LE(at) === 0n) return [];
    if (kind === 1) return (s.m.bytes[at + 4] & 7) === 2 ? [text(p)(s)] : listAt(s, p, 512).flatMap(values);
    return values(structAt(s, p));
  }));
}
// --- schema/wire/envelope.capnp ----------------------------------------------------------------------------------
const DocumentVersion = { version: uint(0, 8), hash: hash(0) };
const Header = {
  suite: uint(0, 2), version: uint(2, 2), created: time(8), partnership: name(0), id: data(1, 16), origin: data(2, 16),
  exchange: name(3), sender: name(4), role: name(5), key: data(6, 8), policy: struct(7, DocumentVersion),
  directory: struct(8, DocumentVersion), threadMark: hash(9),
  checkpoint: struct(10, { epoch: uint(0, 8), size: uint(8, 8), root: hash(0) }),
  sections: list(11, 32, hash(0)), claims: list(12, 16, hash(0)), grants: list(13, 64, hash(0)), brokersPart: hash(14),
};
const TreeSignature = { size: uint(0, 8), index: uint(8, 8), path: list(0, 64, hash(0)), signature: data(1, 64) };
const SectionOpening = { size: uint(0, 4), salt: hash(0), name: name(1), sealedHash: hash(2), commit: hash(3) };
const ClaimOpening = { salt: hash(0), name: name(1), value: name(2) };
const SealedSection = { name: name(0), sealed: data(1) };
const ClearPart = {
  statement: uint(0, 8), acknowledgeBy: time(8), recipient: name(0), role: name(1), key: data(2, 8), rule: name(3),
  openings: list(4, 32, name(0)), condition: struct(5, { which: uint(0, 2) }),
  number: struct(6, { series: uint(0, 8), n: uint(8, 8) }), salt: hash(7),
};
const Grant = { clearPart: data(0), enc: hash(1), ciphertext: data(2) };
const BrokersPart = { leftOut: list(0, 64, { role: name(0), standIn: (s) => (absent(1)(s) ? null : name(1)(s)) }) };
const Envelope = {
  header: data(0), signature: struct(1, TreeSignature), sections: list(2, 32, SectionOpening),
  claims: list(3, 16, ClaimOpening), brokersSalt: hash(4), brokersPart: data(5), grants: list(6, 63, Grant),
  sealed: list(7, 32, SealedSection),
};
const PartProof = {
  position: struct(0, { epoch: uint(0, 8), index: uint(8, 8) }), salt: hash(1), part: data(2),
  digests: list(3, 64, hash(0)),
};
const Delivery = {
  header: data(0), signature: struct(1, TreeSignature), grant: struct(2, Grant), sections: list(3, 32, SectionOpening),
  claims: list(4, 16, ClaimOpening), sealed: list(5, 32, SealedSection), held: (s) => !absent(6)(s),
  proof: struct(7, PartProof), confirmByTelephone: (s) => (uint(0, 1)(s) & 1) === 1,
};
// --- 8: sealing --------------------------------------------------------------------------------------------------
function aesOpen(key, nonce, aad, sealed) {
  const cipher = crypto.createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(aad).setAuthTag(sealed.subarray(-16));
  return attempt('AES-GCM opens', () => Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]));
}
const publicKey = (crv, key) =>
  crypto.createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv, x: key.toString('base64url') } });
const privateKey = (key) => crypto.createPrivateKey({  // PKCS #8 around an X25519 key
  format: 'der', type: 'pkcs8', key: Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), key]) });
const keyId = (purpose, key) => digest('havenline/1/key', purpose, key).subarray(0, 8);
const sectionDigest = (o) => digest('havenline/1/section-digest', o.salt, o.name, o.size, o.sealedHash, o.commit);
const claimDigest = (o) => digest('havenline/1/claim', o.salt, o.name, o.value);
const grantDigest = (g) => digest('havenline/1/grant-digest', g.clearPart, g.enc, g.ciphertext);
function treeRoot(leaf, index, size, path) {  // RFC 6962: the left half has the largest power of two below size
  if (size <= 1n) return size === 1n && index === 0n && path.length === 0 ? leaf : null;
  const half = 1n << BigInt((size - 1n).toString(2).length - 1), left = index < half, sibling = path.at(-1);
  const below = sibling && treeRoot(leaf, left ? index : index - half, left ? half : size - half, path.slice(0, -1));
  return below && (left ? sha256(Buffer.of(1), below, sibling) : sha256(Buffer.of(1), sibling, below));
}
function hpkeOpen(skR, pkR, { enc, ciphertext }, info) {
  const [kem, suite] = ['KEM\0\x20', 'HPKE\0\x20\0\x01\0\x02'];
  const extract = (s, salt, label, ikm) => hmac(salt || Buffer.alloc(32), 'HPKE-v1', s, label, ikm);
  const expand = (s, prk, label, of, length) =>  // HKDF-Expand of at most 32 bytes
    hmac(prk, bigEndian(length, 2), 'HPKE-v1', s, label, of, Buffer.of(1)).subarray(0, length);
  const dh = attempt('X25519', () =>
    crypto.diffieHellman({ privateKey: privateKey(skR), publicKey: publicKey('X25519', enc) }));
  check('HPKE: the X25519 result is not zero', !isZero(dh));
  const shared = expand(kem, extract(kem, '', 'eae_prk', dh), 'shared_secret', concat(enc, pkR), 32);
  const context = concat(Buffer.of(0), extract(suite, '', 'psk_id_hash', ''), extract(suite, '', 'info_hash', info));
  const prk = extract(suite, shared, 'secret', '');
  const [key, nonce] = [expand(suite, prk, 'key', context, 32), expand(suite, prk, 'base_nonce', context, 12)];
  same({ 'shared secret': shared, 'hpke key': key, 'hpke base nonce': nonce });
  return aesOpen(key, nonce, '', ciphertext);
}
function padded(section, size) {
  if (section === 'exclusions') return size <= 1024 ? 1024 : 4096;
  return size > 262144 ? Math.ceil(size / 262144) * 262144 : Math.max(256, 2 ** Math.ceil(Math.log2(size)));
}
// --- 9 and 10: what can be checked without directory, policy and log ---------------------------------------------
function given(field, as = 'hex', length = null) {
  const bytes = Buffer.from(golden[field], as);
  need(`file: ${field} is ${as}`, bytes.toString(as) === golden[field] && [null, bytes.length].includes(length));
  uncompared.delete(field);
  return bytes;
}
const ascend = (digests, all) => digests.map((one) => all.findIndex((other) => other.equals(one)))
  .every((place, i, places) => place >= 0 && (i === 0 || places[i - 1] < place));  // in `all`, in its order
const names = (items) => items.map((item) => item.name);
function checkHeader({ header, signature }) {
  const senderKey = given('sender envelope key', 'hex', 32);
  const h = read(root(header, 16 * KiB), Header), isUuid7 = (id) => id[6] >> 4 === 7 && id[8] >> 6 === 2;
  check('suite 1', h.suite === 1);
  check('our partnership', h.partnership === golden.partnership);
  check('id and origin are UUIDs of version 7', isUuid7(h.id) && isUuid7(h.origin));
  check('created is the time in the id', h.created === h.id.readUIntBE(0, 6));
  check('8, 16 or 64 grant digests, ascending', [8, 16, 64].includes(h.grants.length) &&
    h.grants.every((g, i) => i === 0 || Buffer.compare(h.grants[i - 1], g) < 0));
  check("key is the id of the sender's envelope key", keyId('envelope', senderKey).equals(h.key));
  const { size, index, path } = signature, leaf = sha256(Buffer.of(0), header), top = treeRoot(leaf, index, size, path);
  check('the path of the signature leads to a root', top);
  const signed = join('havenline/1/envelope', size, top);
  check('the signature holds', crypto.verify(null, signed, publicKey('Ed25519', senderKey), signature.signature));
  h.core = digest('havenline/1/core', h.partnership, h.id, h.sender, h.exchange, h.version, h.policy.hash);
  same({ partnership: h.partnership, header, 'header hash': sha256(header), 'leaf hash': leaf, 'signed text': signed,
    signature: signature.signature, core: h.core, 'header grants': h.grants, claims: h.claims,
    "broker's part digest": h.brokersPart });
  return h;
}
function checkGrant(grant, h) {
  const clear = read(root(grant.clearPart, 4 * KiB), ClearPart), { openings } = clear;
  const whom = `grant to ${clear.recipient}, ${clear.role}`;
  check(`${whom}: its digest is in the header`, ascend([grantDigest(grant)], h.grants));
  check(`${whom}: not held, and so with a number`, clear.condition.which === 0 && clear.number.n > 0n);
  check(`${whom}: openings, none twice`, openings.length > 0 && new Set(openings).size === openings.length);
  check(`${whom}: length of the ciphertext`, grant.ciphertext.length === 32 * (openings.length + 1) + 16);
  return clear;
}
function checkOpenings({ sections, claims, sealed }, opened, h) {
  check("sections: digests are the header's, in its order", ascend(sections.map(sectionDigest), h.sections));
  check("claims: digests are the header's, in its order", ascend(claims.map(claimDigest), h.claims));
  const wanted = sections.filter((o) => opened.includes(o.name));
  check('sealed: the sections that are opened, in order', plain(names(sealed)) === plain(names(wanted)));
  wanted.forEach((o, i) => check(`${o.name}: sealed size and hash`, sealed[i].sealed.length === o.size &&
    padded(o.name, o.size - 16) === o.size - 16 && sha256(sealed[i].sealed).equals(o.sealedHash)));
}
function openSection(opening, sealed, key, h) {
  const { name: section, size, sealedHash, commit } = opening;
  const okm = Buffer.from(crypto.hkdfSync('sha256', key, h.id, join('havenline/1/section', h.core, section), 64));
  check(`${section}: commitment`, crypto.timingSafeEqual(okm.subarray(32), commit));
  const plaintext = aesOpen(okm.subarray(0, 32), Buffer.alloc(12), join(h.core, section), sealed);
  const end = 4 + plaintext.readUInt32BE(0), inner = plaintext.subarray(4, end);
  check(`${section}: AES-GCM opens, and the padding is the only one possible`,
    padded(section, end) === plaintext.length && isZero(plaintext.subarray(end)));
  const outer = join(h.id, h.sender, h.exchange, h.version, section);  // one field of inner; content is the other
  const content = inner.subarray(4 + outer.length + 4);
  check(`${section}: inner header equals outer`, inner.equals(join(outer, content)));
  need('content', root(content, section === 'exclusions' ? 2 * KiB : MiB));
  return same({ name: section, 'section key': key, okm, commit, 'sealed hash': sealedHash, 'sealed size': size,
    digest: sectionDigest(opening), content }, golden.sections.find((one) => one.name === section), section);
}
function openDelivery(bytes) {
  part = 'delivery';
  const secretKey = given('recipient private key', 'hex', 32);
  const delivery = read(root(bytes, 3 * MiB), Delivery), { grant, sections, sealed, claims, proof } = delivery;
  const h = checkHeader(delivery), clear = checkGrant(grant, h), { openings } = clear;
  check('the grant is for us', clear.recipient === golden.recipient && clear.role === 'school');
  check('not held, and no telephone call asked for', !delivery.held && !delivery.confirmByTelephone);
  check('proof: empty, as 19 says', plain(proof) === plain({ position: { epoch: 0n, index: 0n }, salt: Buffer.alloc(32),
    part: Buffer.alloc(0), digests: [] }));
  checkOpenings(delivery, openings, h);
  check('sections: those of the grant, no other', plain(names(sections).sort()) === plain([...openings].sort()));
  check('claims: childPart, no other', plain(names(claims)) === '["childPart"]');  // 19: what policy reads here
  const ourKey = Buffer.from(crypto.createPublicKey(privateKey(secretKey)).export({ format: 'jwk' }).x, 'base64url');
  check('clear part: key is the id of our key', keyId('seal', ourKey).equals(clear.key));
  const info = digest('havenline/1/grant', h.core, grant.clearPart), keys = hpkeOpen(secretKey, ourKey, grant, info);
  check('HPKE opens to a key for each opening, and 32 bytes', keys.length === 32 * (openings.length + 1));
  const [thread, mark] = [keys.subarray(-32), h.threadMark];
  check('thread secret: zeros, or it makes the thread mark', isZero(thread) || hmac(thread, h.id).equals(mark));
  same({ recipient: clear.recipient, 'recipient public key': ourKey, 'recipient key id': clear.key,
    'clear part': grant.clearPart, 'grant info': info, enc: grant.enc, 'grant ciphertext': grant.ciphertext,
    'grant plaintext': keys, 'grant digest': grantDigest(grant) });
  const opened = openings.map((section, i) => {
    const at = names(sections).indexOf(section);
    return openSection(sections[at], sealed[at].sealed, keys.subarray(32 * i, 32 * i + 32), h);
  });
  return { delivery, opened: same({ sections: opened }).sections };
}
function checkEnvelope(bytes) {
  part = 'envelope';
  const envelope = read(root(bytes, 3 * MiB), Envelope), { sections, claims, grants, brokersPart } = envelope;
  const h = checkHeader(envelope), clears = grants.map((grant) => checkGrant(grant, h));
  check('grants: at least one, fewer than slots', grants.length > 0 && grants.length < h.grants.length);
  check('grants: nobody twice', new Set(clears.map((c) => `${c.recipient} ${c.role}`)).size === grants.length);
  checkOpenings(envelope, clears.flatMap((clear) => clear.openings), h);
  check('all sections and claims', sections.length === h.sections.length && claims.length === h.claims.length);
  read(root(brokersPart, 16 * KiB), BrokersPart);
  check("broker's part: its digest is the header's",
    digest('havenline/1/brokers-part', envelope.brokersSalt, brokersPart).equals(h.brokersPart));
  return envelope;
}
function openFile(file) {
  golden = file;
  uncompared = new Set(Object.keys(golden));
  part = 'file';
  const { delivery, opened } = openDelivery(given('delivery', 'base64'));
  const known = { childName: 'Jessie Testcase', childBirth: '2015-03-04', presence: '1 upstairs' };
  for (const { name: section, content } of opened) {
    const words = values(root(content, MiB)).join(' ');
    say(`    ${section} says: ${words || '(nothing)'}`);
    if (known[section]) check(`${section} says what was sent`, words === known[section]);
  }
  const envelope = checkEnvelope(given('envelope', 'base64'));
  check('the first grant is the one delivered', plain(envelope.grants[0]) === plain(delivery.grant));
  part = 'file';
  check('no value was left out', [...uncompared].join() === 'about');
}
// --- Do the checks bite? -----------------------------------------------------------------------------------------
function refuses(work) {  // Only a Refusal counts: an error of another kind is one of this script.
  try { work(); } catch (error) {
    if (error instanceof Refusal) return true;
    throw error;
  }
  return false;
}
function flipBits(what, open, bits) {  // Each is refused, or what is read stays as it was to the last bit.
  const bytes = given(what, 'base64'), expected = plain(open(bytes));
  const refused = bits(bytes.length * 8).filter((bit) => {
    if (!(bit >= 0 && bit < bytes.length * 8)) throw new Error(`the ${what} has no bit ${bit}`);
    comparing = false;  // The protocol's own checks must notice it, not the comparison with the file.
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    return refuses(() => {
      const found = plain(open(flipped));
      if (found !== expected) throw new Error(`${what}: bit ${bit} flipped, and something else was read`);
    });
  }).length;
  comparing = true;
  const all = bits(bytes.length * 8).length;
  console.log(`${what}: ${all} bits flipped, ${refused} refused, ${all - refused} changed nothing that was read`);
}
const oneInEachWord = (size) => Array.from({ length: size / 64 }, (_, i) => 64 * i + (37 * i) % 64);
function alterations(value) {  // Of a value of the file: a copy for each text in it, one character altered.
  if (typeof value !== 'object') {
    const at = String(value).length >> 1, character = String(value)[at];
    const altered = [String(value).slice(0, at), character === '1' ? '2' : '1', String(value).slice(at + 1)].join('');
    return [typeof value === 'number' ? Number(altered) : altered];
  }
  return Object.keys(value).filter((key) => key !== 'about').flatMap((key) => alterations(value[key]).map((altered) =>
    Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [key]: altered })));
}
function selfTest(file) {
  flipBits('delivery', openDelivery, oneInEachWord);
  flipBits('envelope', checkEnvelope, oneInEachWord);
  const files = alterations(file), missed = files.filter((altered) => !refuses(() => openFile(altered)));
  if (missed.length > 0) throw new Error(`${missed.length} of ${files.length} altered values were not noticed`);
  console.log(`file: ${files.length} values altered one by one, each refused`);
}
try {
  const [path, option, bit] = process.argv.slice(2), known = [undefined, '--self-test'].includes(option) ||
    (option === '--flip' && /^(\d+|all)$/.test(bit));
  if (!path || !known) throw new Error('usage: node open.mjs envelope.json [--self-test | --flip N | --flip all]');
  const file = JSON.parse(readFileSync(path));
  quiet = option !== undefined;
  openFile(file);
  const chosen = (size) => (bit === 'all' ? [...Array(size).keys()] : [Number(bit)]);
  if (option === '--self-test') selfTest(file);
  else if (option === '--flip') flipBits('delivery', openDelivery, chosen);
  else console.log(`golden envelope opened: ${checks} checks, all values agree`);
} catch (error) {
  console.log(`FAILED  ${error instanceof Refusal || error.constructor === Error ? error.message : error.stack}`);
  process.exitCode = 1;
}
