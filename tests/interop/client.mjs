// A whole Havenline client: one host, any number of agencies, sender and recipient.
//
//   node client.mjs config.json
//
// It takes orders as lines of JSON on its standard input, and says what happens as lines of JSON on its standard
// output. docs/protocol.md is what it was written from; each file of client/ names its sections.
//
//   {"do":"send","from":"police.x","role":"police","exchange":"encompass-notice","to":[{"agency":…,"role":…}],
//    "sections":{…}}
//   {"do":"notices"}, {"do":"audit"}, {"do":"parts","position":{"epoch":1,"index":7}}
//   {"do":"opened","number":1,"person":"p-1"}    and acknowledged, toldByVoice, notOurs
//
// config.json: partnership, software, broker { address, curve }, governance { keys, threshold }, keys (made by
// client/enrol.mjs), store, agencies { name: { receives, telephone, calendar } }; and, if wanted, notes { directory,
// policy }: files to begin with, before the broker is asked.
import fs from 'node:fs';
import readline from 'node:readline';
import { Exchange } from './client/content.mjs';
import { hex, join } from './client/bytes.mjs';
import { Inbox } from './client/inbox.mjs';
import { keyId, pair, verify } from './client/keys.mjs';
import { Library } from './client/library.mjs';
import { Link, SessionEnded } from './client/link.mjs';
import { Log } from './client/log.mjs';
import { Signed, VoidStatement } from './client/messages.mjs';
import { Outbox } from './client/outbox.mjs';
import { firstStatement } from './client/statements.mjs';
import { Store } from './client/store.mjs';

const config = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const hostKeys = JSON.parse(fs.readFileSync(config.keys, 'utf8'));
const { partnership } = config;
const agencies = Object.keys(config.agencies);
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
/** For tests: the power goes off here. */
const crashPoint = (place) => { if (process.env.CRASH_AT === place) process.kill(process.pid, 'SIGKILL'); };

const store = new Store(config.store);
const exchange = new Exchange(new URL('./generated/exchanges.request', import.meta.url).pathname);
const library = new Library({
  partnership, governance: config.governance, say,
  keep: (document) => store.append({ record: 'document', ...document }),
  notes: [
    ...Object.entries(config.notes ?? {}).map(([kind, file]) => ({ kind, note: fs.readFileSync(file, 'utf8') })),
    ...store.records.filter(({ record }) => record === 'document'),
  ],
});
// The newest checkpoint that was verified: verified when it was stored.
const log = new Log(partnership, store.records.filter(({ record }) => record === 'checkpoint').pop()?.checkpoint);

const made = new Map();
/** An agency's own Ed25519 key for a purpose. */
function keys(agency, purpose) {
  const name = `${agency} ${purpose}`;
  if (!made.has(name)) made.set(name, pair('Ed25519', Buffer.from(hostKeys.agencies[agency][purpose], 'base64')));
  return made.get(name);
}

// --- section 14: each agency that receives states its keys once; the private halves are stored before that.

const statements = new Map(
  store.records.filter(({ record }) => record === 'statement').map((each) => [each.agency, each]));
for (const [agency, { receives, telephone, calendar }] of Object.entries(config.agencies)) {
  if (!receives?.length || statements.has(agency)) continue;
  const statement = firstStatement({
    partnership, agency, roles: receives, telephone, calendar, key: keys(agency, 'statement'),
  });
  const record = { record: 'statement', agency, ...statement };
  store.append(record);
  statements.set(agency, record);
}
const privateKey = (id, agency, role) => statements.get(agency)?.keys
  .find((key) => key.role === role && keyId('seal', key.public).equals(id));

// --- section 17: what is in an entry is proven once a verified checkpoint covers it.

const unproven = [];
function prove(leaf, position, then) {
  unproven.push({ leaf, position, then });
  proveAll();
}
async function proveAll() {
  const head = log.newest;
  const ready = unproven.filter(({ position }) => head && position.epoch === head.epoch && position.index < head.size);
  if (ready.length === 0 || !link.up || proveAll.busy) return;
  proveAll.busy = true;
  try {
    const indices = [...new Set(ready.map(({ position }) => position.index))].slice(0, 512);
    const pieces = await link.fetch({ proofs: { epoch: head.epoch, size: head.size, indices } });
    for (const each of ready) {
      const piece = pieces.find(({ index }) => index === each.position.index);
      if (!piece) continue;
      const path = Array.from({ length: piece.bytes.length / 32 }, (_, i) => piece.bytes.subarray(32 * i, 32 * i + 32));
      unproven.splice(unproven.indexOf(each), 1);
      if (log.newest.size === head.size && log.includes(each.leaf, each.position.index, path)) each.then();
      else if (log.newest.size !== head.size) unproven.push(each);  // A newer checkpoint came: ask again.
      else say({ event: 'alarm', words: `entry ${each.position.index} is not in the log that was signed` });
    }
  } catch (error) {
    if (!(error instanceof SessionEnded)) throw error;
  } finally {
    proveAll.busy = false;
  }
  if (unproven.some(({ position }) => log.newest.size > Math.max(position.index, head.size))) await proveAll();
}

const own = { partnership, agencies, keys, privateKey, library, log, store, exchange, say, prove, crashPoint };
const inbox = new Inbox(own);
const outbox = new Outbox(own);
const link = new Link({
  address: config.broker.address, serverKey: config.broker.curve, curve: hostKeys.curve, partnership, agencies,
  checkpoint: () => log.newest?.note ?? '', software: config.software,
  heartbeat: config.heartbeat,
});

// --- section 4: what a session brings

/** From `welcome` and `head` alike: documents first, since they say whose signature a checkpoint has. */
async function news({ checkpoint, consistency, ...announced }) {
  const before = library.revision;
  await library.follow(link, announced);
  if (checkpoint !== '' && log.take(checkpoint, consistency, library.directory.logKeys)) {
    store.append({ record: 'checkpoint', checkpoint: log.newest });
    say({ event: 'checkpoint', size: log.newest.size });
  }
  if (library.revision !== before) outbox.documentsChanged(link);
  await proveAll();
}

const guarded = (work) => async (body) => {
  try {
    await work(body);
  } catch (error) {
    if (!(error instanceof SessionEnded)) say({ event: 'alarm', words: error.stack });
  }
};

link.on('welcome', guarded(async (welcome) => {
  say({ event: 'up', head: welcome.head.size, credit: welcome.creditMessages, recovery: welcome.recovery });
  for (const { agency, bytes } of statements.values()) state(agency, bytes);
  outbox.newSession(link);
  inbox.newSession(link);
  await news(welcome);
}));
link.on('head', guarded(news));
link.on('deliver', ({ items }) => inbox.take(link, items));
// Without a directory nobody's signature can be checked: what is not answered comes again in the next session.
link.on('receipt', ({ items }) => { if (library.isReady) outbox.takeReceipts(link, items); });
link.on('void', ({ items }) => {
  if (!library.isReady) return;
  for (const { bytes } of items) takeVoid(bytes);
  link.accept('answer', items.map(({ reference }) => reference));
});
link.on('alarm', ({ kind, message }) => say({ event: 'broker-alarm', kind, message: hex(message) }));
link.on('rehello', ({ code, retryAfter }) => say({ event: 'rehello', code, retryAfter }));
link.on('credit', (credit) => say({ event: 'credit', messages: credit.messages, padding: credit.padding.length }));
link.on('down', (why) => say({ event: 'down', why }));
link.on('malformed', (why) => say({ event: 'malformed', why }));
link.on('refused', () => say({ event: 'handshake-refused' }));

/** Offered in every session: the last one again is accepted, without an entry. */
async function state(agency, bytes) {
  const answer = await link.statement(bytes).catch(() => null);
  if (answer) say({ event: 'stated', agency, answer: Object.keys(answer)[0], code: answer.invalid?.code });
}

function takeVoid(bytes) {
  try {
    const signed = Signed.read(bytes);
    const found = VoidStatement.read(signed.bytes);
    const key = library.directory.key(found.sender, 'void', found.key);
    const holds = key && verify(key.key, join('havenline/1/void', signed.bytes), signed.signature);
    if (holds && found.partnership === partnership && agencies.includes(found.recipient)) inbox.voided(found);
    say({ event: 'void', holds, from: found.sender, numbers: found.voided.length });
  } catch (error) {
    say({ event: 'alarm', words: error.message });
  }
}

// --- orders

const ACTS = ['opened', 'acknowledged', 'toldByVoice', 'notOurs'];

async function obey(order) {
  if (order.do === 'send') say({ event: 'taken', task: outbox.send(link, order), tag: order.tag });
  else if (order.do === 'audit') say({ event: 'audited', tag: order.tag, ...await log.audit(link) });
  else if (order.do === 'parts') say({ event: 'parts', tag: order.tag, parts: await log.parts(link, order.position) });
  else if (order.do === 'notices') say({ event: 'notices', tag: order.tag, notices: inbox.list() });
  else if (ACTS.includes(order.do)) {
    inbox.act(link, order.number, order.do, order.person);
    say({ event: 'acted', kind: order.do, number: order.number });
  } else throw new Error(`no such order: ${order.do}`);
}

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  try {
    await obey(JSON.parse(line));
  } catch (error) {
    say({ event: 'not-done', why: error.message });
  }
}).on('close', () => { link.close(); process.exit(0); });
link.start();
