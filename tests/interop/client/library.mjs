// What a client knows of the partnership: directory, policies, agencies' statements, suspensions.
// docs/protocol.md, sections 14 to 16.
import { hex, join } from './bytes.mjs';
import { Directory, openSuspension, Policy } from './documents.mjs';
import { verify } from './keys.mjs';
import { AgencyStatement, Signed } from './messages.mjs';

export class Library {
  #following = Promise.resolve();
  #policies = new Map();    // By hash.
  #statements = new Map();  // The newest of each agency.
  #suspensions = new Map();
  #taken = 0;               // Statements and suspensions fetched so far.

  /** @param {{ partnership: string, governance: any, directory: string, policy: string, say: Function }} from notes to begin with */
  constructor(from) {
    Object.assign(this, { partnership: from.partnership, governance: from.governance, say: from.say });
    this.directory = new Directory(from.directory, from.governance, from.partnership);
    this.policy = new Policy(from.policy, from.governance, from.partnership);
    this.#policies.set(hex(this.policy.hash), this.policy);
    this.revision = 0;      // Rises with everything that may let a refused message go.
    this.announced = { directory: 0, policy: 0 };
  }

  statement(agency) { return this.#statements.get(agency); }
  isSuspended(agency) { return this.#suspensions.get(agency)?.suspended ?? false; }
  /** Nothing newer was announced than is here. */
  get isCurrent() {
    return this.directory.version >= this.announced.directory && this.policy.version >= this.announced.policy;
  }

  /** Fetches what `welcome` or `head` say is in force and is not here. One after the other. */
  follow(link, { directory, policy, statements }) {
    this.announced = { directory: directory.version, policy: policy.version };
    this.#following = this.#following.then(async () => {
      if (directory.version > this.directory.version) {
        const note = await this.#document(link, directory.hash);
        this.#accept('directory', directory, new Directory(note, this.governance, this.partnership));
      }
      if (policy.version > this.policy.version) {
        const note = await this.#document(link, policy.hash);
        this.#accept('policy', policy, new Policy(note, this.governance, this.partnership));
        this.#policies.set(hex(this.policy.hash), this.policy);
      }
      if (statements > this.#taken) await this.#fetchStatements(link);
    });
    const result = this.#following;
    this.#following = result.catch(() => {});
    return result;
  }

  async #document(link, hash) {
    const [piece] = await link.fetch({ document: { hash } });
    if (!piece) throw new Error('the broker does not have a document that it announces');
    return piece.bytes.toString('utf8');
  }

  #accept(kind, announced, document) {
    if (!document.hash.equals(announced.hash) || document.version !== announced.version) {
      throw new Error(`the ${kind} is not the one that was announced`);
    }
    this[kind] = document;
    ++this.revision;
    this.say({ event: 'in-force', kind, version: document.version });
  }

  /** The policy that a header names; null if nobody has it. */
  async policyNamed(link, { version, hash }) {
    if (!this.#policies.has(hex(hash))) {
      const [piece] = await link.fetch({ document: { hash } });
      if (!piece || piece.kind !== 'policy') return null;
      const policy = new Policy(piece.bytes.toString('utf8'), this.governance, this.partnership);
      if (!policy.hash.equals(hash)) return null;
      this.#policies.set(hex(hash), policy);
    }
    const policy = this.#policies.get(hex(hash));
    return policy.version === version ? policy : null;
  }

  async #fetchStatements(link) {
    for (const piece of await link.fetch({ statements: { after: this.#taken } })) {
      try {
        if (piece.kind === 'suspension') this.#takeSuspension(piece.bytes.toString('utf8'));
        else this.#takeStatement(piece.bytes);
      } catch (error) {
        // Counted all the same, so that it does not stand in the way of those behind it.
        this.say({ event: 'alarm', words: `statement ${piece.index} does not verify: ${error.message}` });
      }
      this.#taken = piece.index;
      ++this.revision;
    }
    this.say({ event: 'statements', taken: this.#taken });
  }

  #takeSuspension(note) {
    const found = openSuspension(note, this.governance, this.directory, this.partnership);
    if (found.number > (this.#suspensions.get(found.agency)?.number ?? 0)) this.#suspensions.set(found.agency, found);
  }

  #takeStatement(bytes) {
    const signed = Signed.read(bytes);
    const statement = AgencyStatement.read(signed.bytes);
    const key = this.directory.key(statement.agency, 'statement', statement.key);
    if (statement.partnership !== this.partnership || !key
      || !verify(key.key, join('havenline/1/statement', signed.bytes), signed.signature)) {
      throw new Error('not signed by the agency');
    }
    const known = this.#statements.get(statement.agency);
    if (!known || statement.counter > known.counter) {
      this.#statements.set(statement.agency, statement);
    }
  }
}
