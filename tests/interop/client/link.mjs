// The link to the broker: transport, sessions, heartbeats, credit. docs/protocol.md, sections 2, 4, 5 and 6.
import { EventEmitter } from 'node:events';
import { Dealer } from 'zeromq';
import { hex, isZero, random, zeros } from './bytes.mjs';
import { Frame, kindOf, noProof } from './messages.mjs';
import { Malformed } from './wire.mjs';

const NO_SESSION = zeros(16);
const HELLO_UNANSWERED = 5_000;
const HEARTBEAT = 5_000;
const SILENCE_MAX = 15_000;
const PAUSE_MAX = 30_000;
const FETCH_UNANSWERED = 30_000;
const FRAME_MOST = 4 * 1024 * 1024 + 33;

/** The session ended before the broker answered: what was asked is asked again in the next one. */
export class SessionEnded extends Error {}

/**
 * Emits, with the frame's body: `welcome`, `rehello`, `head`, `deliver`, `receipt`, `void`, `alarm`, `credit`;
 * and `down` (the session ended), `refused` (the handshake was), `malformed`.
 */
export class Link extends EventEmitter {
  #socket;
  #session = null;
  #connected = false;
  #closed = false;
  #attempt = 0;
  #timer = null;          // The next hello.
  #beat = null;
  #lastHeard = 0;
  #lastSent = 0;
  #reference = 0;
  #asked = new Map();     // Reference → { resolve, reject, kind }.
  #fetched = new Map();
  #fetches = Promise.resolve();
  #outgoing = [];         // { frame, session } in order.
  #sending = false;
  #credit = 0;
  #sentItems = 0;
  #waiting = [];          // Items that wait for credit.

  /**
   * @param {object} to
   * @param {string} to.address
   * @param {string} to.serverKey the broker's CURVE key, Z85, pinned
   * @param {{ publicKey: string, secretKey: string }} to.curve this host's, Z85
   * @param {string} to.partnership
   * @param {string[]} to.agencies
   * @param {() => string} to.checkpoint the newest that we have verified
   * @param {string} to.software
   * @param {number} [to.heartbeat] milliseconds, at most 5,000
   */
  constructor(to) {
    super();
    this.to = to;
    // Section 2. No routing id is set: a peer that chooses its own is not answered.
    this.#socket = new Dealer({
      curveServerKey: to.serverKey, curvePublicKey: to.curve.publicKey, curveSecretKey: to.curve.secretKey,
      immediate: true, linger: 0, maxMessageSize: FRAME_MOST, handshakeInterval: 10_000, reconnectInterval: 100,
      reconnectMaxInterval: 10_000, sendHighWaterMark: 256, receiveHighWaterMark: 256, sendTimeout: 5_000,
    });
  }

  start() {
    const { events } = this.#socket;
    events.on('handshake', () => { this.#connected = true; this.#attempt = 0; this.#hello(); });
    events.on('disconnect', () => { this.#connected = false; this.#end('the connection ended'); });
    for (const kind of ['handshake:error:auth', 'handshake:error:protocol', 'handshake:error:other']) {
      events.on(kind, () => this.emit('refused'));
    }
    this.#socket.connect(this.to.address);
    this.#beat = setInterval(() => this.#heartbeat(), 500);
    this.#receive();
  }

  close() {
    this.#closed = true;
    clearInterval(this.#beat);
    clearTimeout(this.#timer);
    this.#end('closed');
    this.#socket.close();
  }

  get up() { return this.#session !== null; }

  // --- asking

  /** @returns {Promise<any>} the answer: one of accepted, refused, deferred, invalid */
  submit(lane, bytes) { return this.#ask('submit', { bytes }, { lane }); }
  receipt(bytes) { return this.#ask('receipt', { bytes, proof: null }); }
  statement(bytes) { return this.#ask('statement', { bytes }); }
  voidNumbers(bytes) { return this.#ask('void', { bytes }); }

  /** Answers what the broker sent: receipts with `receipted`, voids with `answer`. */
  accept(kind, references) {
    const items = references.map((reference) =>
      ({ reference, answer: { accepted: { proof: noProof(), aheadOfTime: false } } }));
    if (this.#session) this.#push({ session: this.#session, [kind]: { items } });
  }

  /** Documents, leaves, proofs, …: all pieces, however many answers they take. One fetch at a time. */
  fetch(what) {
    const result = this.#fetches.then(() => this.#fetchAll(what));
    this.#fetches = result.catch(() => {});
    return result;
  }

  async #fetchAll(what) {
    const pieces = [];
    for (let body = what; ;) {
      const answer = await this.#fetchOnce(body);
      pieces.push(...answer.pieces);
      if (!answer.more || answer.pieces.length === 0) return pieces;
      body = after(body, answer.pieces);
    }
  }

  #fetchOnce(body) {
    if (!this.#session) return Promise.reject(new SessionEnded('there is no session'));
    const reference = ++this.#reference;
    return new Promise((resolve, reject) => {
      const again = setTimeout(() => this.#drop(reference), FETCH_UNANSWERED);
      this.#fetched.set(reference, {
        resolve: (value) => { clearTimeout(again); resolve(value); },
        reject: (error) => { clearTimeout(again); reject(error); },
      });
      this.#push({ session: this.#session, fetch: { reference, ...body } });
    });
  }

  #drop(reference) {
    this.#fetched.get(reference)?.reject(new SessionEnded('a fetch was not answered'));
    this.#fetched.delete(reference);
  }

  #ask(kind, item, more = {}) {
    if (!this.#session) return Promise.reject(new SessionEnded('there is no session'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kind, item, more, resolve, reject });
      this.#release();
    });
  }

  /** Sends what credit allows. Credit counts items since the session began, answered ones included. */
  #release() {
    while (this.#waiting.length > 0 && this.#sentItems < this.#credit) {
      const { kind, item, more, resolve, reject } = this.#waiting.shift();
      const reference = ++this.#reference;
      ++this.#sentItems;
      this.#asked.set(reference, { resolve, reject });
      this.#push({ session: this.#session, [kind]: { ...more, items: [{ reference, ...item }] } });
    }
  }

  // --- the session

  #hello() {
    clearTimeout(this.#timer);
    if (!this.#connected || this.#closed) return;
    const { partnership, agencies, checkpoint, software } = this.to;
    this.#push({
      session: NO_SESSION,
      hello: {
        minorLowest: 0, minorHighest: 0, partnership, agencies, checkpoint: checkpoint(), time: Date.now(), software,
      },
    });
    this.#helloAfter(HELLO_UNANSWERED);
  }

  #helloAfter(milliseconds) {
    clearTimeout(this.#timer);
    const pause = Math.random() * Math.min(PAUSE_MAX, 200 * 2 ** this.#attempt++);
    this.#timer = setTimeout(() => this.#hello(), milliseconds + pause);
  }

  #end(why) {
    const had = this.#session !== null;
    this.#session = null;
    this.#outgoing = this.#outgoing.filter((each) => isZero(each.session));
    const open = [...this.#asked.values(), ...this.#fetched.values(), ...this.#waiting];
    this.#asked.clear();
    this.#fetched.clear();
    this.#waiting = [];
    for (const { reject } of open) reject(new SessionEnded(why));
    if (had) this.emit('down', why);
  }

  #heartbeat() {
    if (!this.#session) return;
    const now = Date.now();
    if (now - this.#lastHeard > SILENCE_MAX) {
      this.#end('the broker is silent');
      this.#helloAfter(0);
    } else if (now - this.#lastSent >= (this.to.heartbeat ?? HEARTBEAT)) {
      const size = Math.random() < 1 / 8 ? 8192 : 64;
      this.#push({ session: this.#session, credit: { messages: 0, bytes: 0, padding: random(size) } });
    }
  }

  // --- frames

  #push(frame) {
    this.#outgoing.push({ session: frame.session, bytes: Frame.write(frame) });
    if (!this.#sending) this.#flush();
  }

  /** zeromq.js takes one message at a time. */
  async #flush() {
    this.#sending = true;
    while (this.#outgoing.length > 0 && !this.#closed) {
      const { bytes } = this.#outgoing.shift();
      try {
        await this.#socket.send(bytes);
        this.#lastSent = Date.now();
      } catch {
        this.#end('the link takes no more');
        if (this.#connected && !this.#closed) this.#helloAfter(0);
      }
    }
    this.#sending = false;
  }

  async #receive() {
    try {
      for await (const parts of this.#socket) {
        if (parts.length === 1) this.#take(parts[0]);
      }
    } catch (error) {
      if (!this.#closed) this.emit('error', error);
    }
  }

  #take(bytes) {
    let frame;
    try {
      frame = Frame.read(bytes);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      return this.emit('malformed', error.message);
    }
    const kind = kindOf(frame);
    const body = frame[kind];
    if (kind === 'rehello') return this.#rehello(body);
    if (kind === 'welcome') return this.#welcome(frame.session, body);
    // Nothing on a link counts but frames of its session.
    if (!this.#session || hex(frame.session) !== hex(this.#session)) return;
    this.#lastHeard = Date.now();
    if (kind === 'answer' || kind === 'receipted') this.#answered(body.items);
    else if (kind === 'document') this.#settle(this.#fetched, body.reference, body);
    else if (kind === 'credit') this.#raise(body);
    else if (['head', 'deliver', 'receipt', 'void', 'alarm'].includes(kind)) this.emit(kind, body);
  }

  #welcome(session, body) {
    if (isZero(session)) return;
    this.#end('a newer session');
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#session = session;
    this.#lastHeard = Date.now();
    this.#sentItems = 0;
    this.#credit = body.creditMessages;
    this.emit('welcome', body);
  }

  #rehello(body) {
    this.#end(`rehello, code ${body.code}`);
    this.emit('rehello', body);
    this.#helloAfter(body.retryAfter);
  }

  #answered(items) {
    for (const { reference, answer } of items) this.#settle(this.#asked, reference, answer);
  }

  #settle(open, reference, value) {
    open.get(reference)?.resolve(value);
    open.delete(reference);
  }

  /** Bytes are announced too, but not raised by this version, and so not waited for. */
  #raise(credit) {
    this.#credit = Math.max(this.#credit, credit.messages);  // A lower number never takes back a higher one.
    this.#release();
    this.emit('credit', credit);
  }
}

/** The fetch that continues after these pieces. */
function after(body, pieces) {
  const last = pieces[pieces.length - 1].index;
  if (body.leaves) {
    const taken = last + 1 - body.leaves.first;
    return { leaves: { ...body.leaves, first: last + 1, count: body.leaves.count - taken } };
  }
  if (body.statements) return { statements: { after: last } };
  if (body.proofs) {
    const left = body.proofs.indices.slice(body.proofs.indices.indexOf(last) + 1);
    return { proofs: { ...body.proofs, indices: left } };
  }
  throw new Error('this fetch cannot be continued');
}
