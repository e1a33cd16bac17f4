// The sender: custody of what was handed to it until every recipient has ended. docs/protocol.md, section 13.
import { hex, random, sha256, zeros } from './bytes.mjs';
import { acknowledgeBy } from './deadline.mjs';
import { SessionEnded } from './link.mjs';
import { openPart } from './log.mjs';
import { openReceipt } from './receipts.mjs';
import { NobodyMayBeTold, seal } from './seal.mjs';
import { voidOf } from './statements.mjs';

const SEALINGS_MAX = 8;
const ENDS = ['acknowledged', 'toldByVoice'];
const SEAL_AGAIN = ['unreadable', 'withheld'];
const sleep = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export class Outbox {
  #messages = new Map();     // By origin, or by a number of our own until it is sealed.
  #receipts = new Set();     // Hashes of those that came.
  #lastOf = new Map();       // By recipient and sender: the hash of its last receipt.
  #given = new Map();        // Numbers given: by recipient and lane. New series whenever we start.

  /** @param {{ partnership, keys, library, log, store, exchange, say, prove, crashPoint }} own */
  constructor(own) {
    this.own = own;
    for (const record of own.store.records) {
      if (record.record === 'message') this.#messages.set(record.message.task, record.message);
      if (record.record === 'receipt') this.#applyReceipt(record);
    }
  }

  /** Stored when this returns. @param {{ from, role, exchange, to: { agency, role }[], sections }} order */
  send(link, order) {
    const message = {
      task: hex(random(8)), order, state: 'unsealed', sealings: 0, threadSecret: random(32), receipts: [], revision: -1,
    };
    this.#keep(message);
    this.#seal(link, message);
    return message.task;
  }

  #keep(message) {
    this.#messages.set(message.task, message);
    this.own.store.append({ record: 'message', message });
  }

  // --- sealing

  #seal(link, message) {
    const { own } = this;
    const { library } = own;
    const { order } = message;
    if (!library.isReady) return own.say({ event: 'unsealed', task: message.task, why: 'there is no policy yet' });
    if (message.revision === library.revision || message.sealings >= SEALINGS_MAX) return;
    const revision = library.revision;
    const policy = library.policy;
    const exchange = policy.exchange(order.exchange);
    const lane = exchange.urgent ? 0 : 1;
    const now = Date.now();
    const mayBeTold = ({ agency, role }) => {
      const statement = library.statement(agency);
      return library.directory.holdsRole(agency, role) && !library.isSuspended(agency)
        && statement?.keys.some((key) => key.role === role && key.state === 'current');
    };
    try {
      const sealed = seal({
        partnership: own.partnership, directory: library.directory, policy, exchange: own.exchange,
        sender: order.from, role: order.role, key: own.keys(order.from, 'envelope'), checkpoint: own.log.head(),
        origin: message.origin ?? null, threadSecret: message.threadSecret, sections: order.sections, now,
        recipients: order.to.filter(mayBeTold).map(({ agency, role }) => ({
          agency, role, statement: library.statement(agency), number: () => this.#number(order.from, agency, lane),
          acknowledgeBy: (deadline) =>
            acknowledgeBy(policy.deadlines[deadline], library.statement(agency).calendar, now),
        })),
      });
      // Content, sealed bytes, ids and numbers in one line, before anything is sent.
      Object.assign(message, {
        state: 'sealed', sealings: message.sealings + 1, revision, lane, id: sealed.id, origin: sealed.origin,
        bytes: sealed.bytes, grants: sealed.grants, position: null,
      });
      this.#keep(message);
      own.say({
        event: 'sealed', task: message.task, origin: hex(message.origin), message: hex(message.id),
        policy: policy.version,
      });
      this.#offer(link, message);
    } catch (error) {
      if (!(error instanceof NobodyMayBeTold)) throw error;
      own.say({ event: 'unsealed', task: message.task, why: error.message });
    }
  }

  #number(sender, recipient, lane) {
    const key = [sender, recipient, lane].join('\n');
    const given = this.#given.get(key) ?? { series: random(8).readBigUInt64BE() >> 1n, n: 0 };
    this.#given.set(key, given);
    return { series: given.series, n: ++given.n };
  }

  // --- offering

  /** Once in each session: what is sealed or accepted, byte for byte; and what may now be sealed. */
  newSession(link) {
    for (const message of this.#messages.values()) {
      if (message.state === 'sealed' || message.state === 'accepted') this.#offer(link, message);
    }
    this.documentsChanged(link);
  }

  /** A directory, policy or statement changed: what was refused may go now. */
  documentsChanged(link) {
    for (const message of this.#messages.values()) {
      if (message.state === 'unsealed' || message.state === 'refused') this.#seal(link, message);
    }
  }

  async #offer(link, message) {
    const { own } = this;
    const { id, bytes, lane } = message;
    try {
      if (!link.up) return;
      own.say({ event: 'offered', task: message.task, message: hex(id), sha256: hex(sha256(bytes)) });
      const answer = await link.submit(lane, bytes);
      if (!id.equals(message.id)) return;  // Sealed again meanwhile.
      own.crashPoint('answered');
      if (answer.accepted) this.#accepted(message, answer.accepted);
      else if (answer.refused) this.#refused(link, message, answer.refused);
      else if (answer.invalid) this.#invalid(message, answer.invalid);
      else {
        own.say({ event: 'deferred', task: message.task, ...answer.deferred });
        await sleep(answer.deferred.retryAfter);
        await this.#offer(link, message);
      }
    } catch (error) {
      if (!(error instanceof SessionEnded)) throw error;  // Offered again in the next session.
    }
  }

  #accepted(message, { proof }) {
    const opened = openPart(proof);
    if (opened?.part.kind !== 'accepted' || opened.part.message !== hex(message.id)) {
      return this.own.say({ event: 'alarm', words: 'the broker accepted a message and does not prove it' });
    }
    if (message.state === 'sealed') {
      Object.assign(message, { state: 'accepted', position: proof.position });
      this.#keep(message);
    }
    this.own.say({
      event: 'accepted', task: message.task, message: hex(message.id), ...proof.position, part: opened.part,
    });
    this.own.prove(opened.leaf, proof.position, () => {
      if (message.state !== 'accepted') return;
      message.state = 'kept';
      this.#keep(message);
      this.own.say({ event: 'kept', task: message.task, ...proof.position });
    });
  }

  #refused(link, message, { code, objections, proof }) {
    message.state = 'refused';
    this.#keep(message);
    this.own.say({ event: 'refused', task: message.task, code, objections, part: openPart(proof)?.part ?? null });
    this.#voidNumbers(link, message);
    this.#seal(link, message);  // At once if something changed since it was sealed, else when it does.
  }

  #invalid(message, { code }) {
    message.state = 'invalid';
    this.#keep(message);
    this.own.say({ event: 'alarm', words: `a message of ours is not one: code ${code}`, task: message.task, code });
  }

  /** The numbers of a refused sealing will never come. */
  async #voidNumbers(link, { order, lane, grants }) {
    const { own } = this;
    try {
      for (const { agency, number } of grants) {
        const given = this.#given.get([order.from, agency, lane].join('\n'));
        const lastGiven = given?.series === number.series ? given.n : number.n;
        const answer = await link.voidNumbers(voidOf({
          partnership: own.partnership, sender: order.from, recipient: agency, lane, series: number.series, lastGiven,
          voided: [number.n], key: own.keys(order.from, 'void'),
        }));
        own.say({ event: 'voided', recipient: agency, accepted: Boolean(answer.accepted) });
      }
    } catch (error) {
      if (!(error instanceof SessionEnded)) throw error;
    }
  }

  // --- receipts

  /** Receipts that came; each is answered, whatever we think of it, so that our mailbox moves on. */
  takeReceipts(link, items) {
    for (const { bytes, proof } of items) {
      try {
        const { partnership, library } = this.own;
        const { receipt, hash, proven } = openReceipt(bytes, proof, { partnership, directory: library.directory });
        this.#takeReceipt(link, receipt, hash, proven);
      } catch (error) {
        this.own.say({ event: 'alarm', words: error.message });
      }
    }
    link.accept('receipted', items.map(({ reference }) => reference));
  }

  #takeReceipt(link, receipt, hash, proven) {
    if (this.#receipts.has(hex(hash))) return;
    const message = [...this.#messages.values()].find(({ origin }) => origin?.equals(receipt.origin));
    const last = this.#lastOf.get(`${receipt.recipient}\n${receipt.sender}`) ?? zeros(32);
    const chained = receipt.previous.equals(last);
    const ours = message?.grants.some(({ digest }) => digest.equals(receipt.grant)) ?? false;
    const record = { record: 'receipt', task: message?.task, receipt, hash };
    this.own.store.append(record);
    this.#applyReceipt(record);
    this.own.say({
      event: 'receipt', task: message?.task, from: receipt.recipient, kind: receipt.kind, person: receipt.person,
      chained, ours, proven,
    });
    if (message && SEAL_AGAIN.includes(receipt.kind)) {
      message.state = 'refused';
      this.#seal(link, message);
    }
    if (message && this.#ended(message)) this.own.say({ event: 'ended', task: message.task });
  }

  #applyReceipt({ task, receipt, hash }) {
    this.#receipts.add(hex(hash));
    this.#lastOf.set(`${receipt.recipient}\n${receipt.sender}`, hash);
    this.#messages.get(task)?.receipts.push({ recipient: receipt.recipient, role: receipt.role, kind: receipt.kind });
  }

  #ended({ order, receipts }) {
    return order.to.every(({ agency, role }) => receipts.some((receipt) =>
      receipt.recipient === agency && receipt.role === role && ENDS.includes(receipt.kind)));
  }
}
