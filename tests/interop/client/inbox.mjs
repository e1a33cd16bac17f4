// The recipient: deliveries become notices, people's acts become receipts. docs/protocol.md, sections 10 to 12.
import { hex, same } from './bytes.mjs';
import { openPart } from './log.mjs';
import { NotOurs, openDelivery, readDelivery, Unreadable, Withheld } from './open.mjs';
import { signReceipts } from './receipts.mjs';
import { SessionEnded } from './link.mjs';

const PATIENCE = 10_000;  // For documents that were announced and are on their way.
const GAP_PATIENCE = 60_000;

const keyOfNotice = ({ recipient, role, sender, origin }) => [recipient, role, sender, hex(origin)].join('\n');
const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export class Inbox {
  #notices = new Map();   // By keyOfNotice.
  #byNumber = [];
  #chains = new Map();    // By agency: Map of sender → hash of the last receipt.
  #pending = [];          // Receipts that the broker has not taken: { bytes }, in order.
  #seen = new Map();      // Numbers: by agency, sender, lane and series.
  #queue = Promise.resolve();

  /** @param {{ partnership, agencies, keys, privateKey, library, log, store, exchange, say, prove, crashPoint }} own */
  constructor(own) {
    this.own = own;
    for (const record of own.store.records) {
      if (record.record === 'notice') this.#apply(record);
      if (record.record === 'receipted') this.#forget(record.bytes);
      if (record.record === 'voided') this.#note(record);
    }
  }

  /** The store's line is the act: `#apply` alone changes what is here, now and after a restart. */
  #apply({ notice, receipts, agency, chain, numbers }) {
    if (numbers) this.#note(numbers);
    if (notice) {
      const key = keyOfNotice(notice);
      const known = this.#notices.get(key);
      const entry = { ...known, ...notice, number: known?.number ?? this.#byNumber.length + 1 };
      this.#notices.set(key, entry);
      this.#byNumber[entry.number - 1] = key;
    }
    this.#chains.set(agency, new Map(chain));
    this.#pending.push(...receipts.map((bytes) => ({ bytes, sent: false })));
  }

  #forget(bytes) { this.#pending = this.#pending.filter((each) => !same(each.bytes, bytes)); }

  /** A frame of deliveries; they are taken in order. */
  take(link, items) {
    for (const item of items) {
      this.#queue = this.#queue.then(() => this.#takeOne(link, item)).catch((error) => {
        // Nothing was receipted: the broker delivers it again in the next session.
        if (!(error instanceof SessionEnded)) this.own.say({ event: 'alarm', words: error.stack });
      });
    }
  }

  async #takeOne(link, item) {
    const { say, library } = this.own;
    let read;
    try {
      read = readDelivery(item.bytes, item.agency, this.own.agencies);
    } catch (error) {
      if (!(error instanceof NotOurs)) throw error;
      return say({ event: 'dropped', why: error.message });
    }
    const { header, clearPart } = read;
    const numbers = {
      sender: header.sender, recipient: clearPart.recipient, lane: item.lane, series: clearPart.number.series,
      numbers: [clearPart.number.n],
    };
    this.#note(numbers);
    const known = this.#notices.get(keyOfNotice(named(read)));
    if (known?.shown && known.sealings.some((id) => same(id, header.id))) {
      say({ event: 'again', number: known.number });
      return this.sendReceipts(link);  // Its receipts are signed and on their way.
    }
    // Judged by today's policy: what was announced is waited for, but never for long.
    for (let waited = 0; !library.isCurrent && waited < PATIENCE; waited += 100) await sleep(100);
    const policy = library.isReady && await library.policyNamed(link, header.policy);
    if (!policy) return say({ event: 'waits', why: 'its policy is not to be had' });
    this.#judge(read, policy, known, numbers);
    this.#proveEntry(read);
    this.sendReceipts(link);
  }

  /** Opens it, and puts content and receipts into the store in one line, before anything is said. */
  #judge(read, policy, known, numbers) {
    const { own } = this;
    const base = named(read);
    let opened = null;
    let kinds = ['stored'];
    let why;
    try {
      opened = openDelivery(read, {
        partnership: own.partnership, directory: own.library.directory, named: policy, inForce: own.library.policy,
        exchange: own.exchange, privateKey: own.privateKey,
      });
      if (opened.claimsDiffer.length > 0) kinds.push('claimsDiffer');
    } catch (error) {
      if (!(error instanceof Unreadable || error instanceof Withheld)) throw error;
      why = error.message;
      kinds = [error instanceof Withheld ? 'withheld' : 'unreadable'];
    }
    const shown = known?.shown ?? false;
    if (shown) {
      // Another sealing of what people have seen: receipted, and not shown a second time.
      const differs = opened && Object.entries(opened.contents).some(([name, bytes]) =>
        known.contents[name] && !same(known.contents[name], bytes));
      if (differs) own.say({ event: 'alarm', words: `sealing ${hex(base.message)} says something else` });
      const other = differs ? [{ message: base.message, contents: opened.contents }] : [];
      const notice = {
        ...known, sealings: [...known.sealings, base.message], others: [...(known.others ?? []), ...other],
      };
      return this.#record({ notice, base, kinds, numbers });
    }
    const notice = opened
      ? { ...base, shown: true, sealings: [base.message], sections: opened.sections, contents: opened.contents,
        claims: opened.claims, differs: opened.claimsDiffer, rule: read.clearPart.rule,
        acknowledgeBy: read.clearPart.acknowledgeBy, created: read.header.created,
        position: read.delivery.proof.position, policy: read.header.policy.version }
      : { ...base, shown: false };
    this.#record({ notice, base, kinds, numbers });
    const entry = this.#notices.get(keyOfNotice(base));
    if (opened) own.say({ event: 'notice', ...presentable(entry) });
    else own.say({ event: 'not-shown', number: entry.number, kind: kinds[0], why });
  }

  /** Step 15: the delivery's proof names the grant and leads to a leaf; later, that leaf is in the signed log. */
  #proveEntry(read) {
    const proof = openPart(read.delivery.proof);
    const names = proof && proof.part.kind === 'accepted' && proof.part.message === hex(read.header.id)
      && proof.part.grant === hex(read.grant);
    if (!names) return this.own.say({ event: 'alarm', words: 'the entry of a delivery does not name its grant' });
    const entry = this.#notices.get(keyOfNotice(named(read)));
    this.own.prove(proof.leaf, read.delivery.proof.position, () => this.own.say({
      event: 'proven', number: entry.number, index: read.delivery.proof.position.index, released: proof.part.released,
      withheld: proof.part.withheld,
    }));
  }

  /** What people may see, in the order of its arrival; also after a restart. */
  list() {
    return this.#byNumber.map((key) => this.#notices.get(key)).filter(({ shown }) => shown)
      .map((entry) => ({ ...presentable(entry), acts: entry.acts ?? [] }));
  }

  /** A person's act: signed, stored, then sent. @param {'opened' | 'acknowledged' | 'toldByVoice' | 'notOurs'} kind */
  act(link, number, kind, person) {
    const entry = this.#notices.get(this.#byNumber[number - 1]);
    if (!entry?.shown) throw new Error('there is no such notice');
    if (entry.acts?.includes(kind)) return;
    if (kind === 'notOurs' && entry.acts?.includes('acknowledged')) throw new Error('it has been acknowledged here');
    this.#record({ notice: { ...entry, acts: [...(entry.acts ?? []), kind] }, base: entry, kinds: [kind], person });
    this.sendReceipts(link);
  }

  #record({ notice, base, kinds, numbers, person = '' }) {
    const { own } = this;
    const chain = new Map(this.#chains.get(base.recipient));
    const receipts = signReceipts(own.keys(base.recipient, 'receipt'), chain, kinds.map((kind) => ({
      partnership: own.partnership, recipient: base.recipient, role: base.role, sender: base.sender,
      origin: base.origin, message: base.message, grant: base.grant, kind, time: Date.now(), person,
    })));
    const record = { record: 'notice', notice, agency: base.recipient, chain: [...chain], receipts, numbers };
    own.store.append(record);
    this.#apply(record);
    own.crashPoint('stored');
  }

  /** All receipts of the new session: what the broker has not taken is sent again, in order. */
  newSession(link) {
    for (const each of this.#pending) each.sent = false;
    this.sendReceipts(link);
  }

  sendReceipts(link) {
    for (const each of this.#pending.filter(({ sent }) => !sent)) {
      each.sent = true;
      this.#send(link, each);
    }
  }

  async #send(link, each) {
    try {
      const answer = await link.receipt(each.bytes);
      if (answer.deferred) {
        await sleep(answer.deferred.retryAfter);
        return this.#send(link, each);
      }
      if (answer.invalid) this.own.say({ event: 'receipt-not-taken', code: answer.invalid.code });
      this.own.store.append({ record: 'receipted', bytes: each.bytes });
      this.#forget(each.bytes);
      this.own.say({ event: 'receipted', left: this.#pending.length });
    } catch (error) {
      if (!(error instanceof SessionEnded)) throw error;
      each.sent = false;
    }
  }

  // --- numbers: section 12

  /** Notes numbers that came, shown or not, or that a void says will never come. */
  #note({ sender, recipient, lane, series, numbers }) {
    const key = [sender, recipient, lane, series].join('\n');
    const seen = this.#seen.get(key) ?? { all: new Set(), highest: 0 };
    this.#seen.set(key, seen);
    for (const n of numbers) {
      seen.all.add(n);
      seen.highest = Math.max(seen.highest, n);
    }
    const missing = () => seen.highest - seen.all.size;  // None is above the highest.
    if (missing() === 0 || seen.watched) return;
    seen.watched = setTimeout(() => {
      seen.watched = null;
      if (missing() > 0) this.own.say({ event: 'alarm', words: `${missing()} messages of ${sender} are missing` });
    }, GAP_PATIENCE);
    seen.watched.unref();
  }

  voided({ sender, recipient, lane, series, voided }) {
    const record = { record: 'voided', sender, recipient, lane, series, numbers: voided };
    this.own.store.append(record);
    this.#note(record);
  }
}

const named = ({ header, clearPart, grant }) => ({
  recipient: clearPart.recipient, role: clearPart.role, sender: header.sender, origin: header.origin,
  message: header.id, grant,
});

const presentable = ({
  number, recipient, role, sender, origin, sections, contents, claims, differs, rule, policy, acknowledgeBy, created,
  position,
}) => ({
  number, recipient, role, sender, origin: hex(origin), sections, given: Object.keys(contents), claims, differs, rule,
  policy, acknowledgeBy, created, index: position.index,
});
