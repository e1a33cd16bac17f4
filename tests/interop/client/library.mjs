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

  /**
   * @param {object} from
   * @param {string} from.partnership
   * @param {{ keys: string[], threshold: number }} from.governance pinned: what every document is held to
   * @param {{ kind: string, note: string }[]} from.notes to begin with; there may be none, the broker has them
   * @param {(document: { kind: string, note: string }) => void} from.keep puts a new one into the store
   * @param {(event: object) => void} from.say
   */
  constructor(from) {
    this.from = from;
    this.directory = null;
    this.policy = null;
    this.revision = 0;      // Rises with everything that may let a refused message go.
    this.announced = { directory: 0, policy: 0 };
    for (const { kind, note } of from.notes) this.#take(kind, this.#open(kind, note));
  }

  /** Once there are a directory and a policy. */
  get isReady() { return this.directory !== null && this.policy !== null; }

  #open(kind, note) {
    const Kind = kind === 'directory' ? Directory : Policy;
    return new Kind(note, this.from.governance, this.from.partnership);
  }

  /** Never goes back to an older one. */
  #take(kind, document) {
    if (kind === 'policy') this.#policies.set(hex(document.hash), document);
    if (document.version > (this[kind]?.version ?? 0)) this[kind] = document;
    ++this.revision;
  }

  statement(agency) { return this.#statements.get(agency); }
  isSuspended(agency) { return this.#suspensions.get(agency)?.suspended ?? false; }
  /** Nothing newer was announced than is here. */
  get isCurrent() {
    return this.isReady && this.directory.version >= this.announced.directory
      && this.policy.version >= this.announced.policy;
  }

  /** Fetches what `welcome` or `head` say is in force and is not here. One after the other. */
  follow(link, { directory, policy, statements }) {
    this.announced = { directory: directory.version, policy: policy.version };
    this.#following = this.#following.then(async () => {
      await this.#fetchDocument(link, 'directory', directory);
      await this.#fetchDocument(link, 'policy', policy);
      if (statements > this.#taken) await this.#fetchStatements(link);
    });
    const result = this.#following;
    this.#following = result.catch(() => {});
    return result;
  }

  async #fetchDocument(link, kind, { version, hash }) {
    if (version <= (this[kind]?.version ?? 0)) return;
    const [piece] = await link.fetch({ document: { hash } });
    if (!piece) throw new Error(`the broker does not have the ${kind} that it announces`);
    const note = piece.bytes.toString('utf8');
    const document = this.#open(kind, note);
    if (!document.hash.equals(hash) || document.version !== version) {
      throw new Error(`the ${kind} is not the one that was announced`);
    }
    this.from.keep({ kind, note });
    this.#take(kind, document);
    this.from.say({ event: 'in-force', kind, version });
  }

  /** The policy that a header names; null if nobody has it. */
  async policyNamed(link, { version, hash }) {
    if (!this.#policies.has(hex(hash))) {
      const [piece] = await link.fetch({ document: { hash } });
      if (!piece || piece.kind !== 'policy') return null;
      const policy = this.#open('policy', piece.bytes.toString('utf8'));
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
        this.from.say({ event: 'alarm', words: `statement ${piece.index} does not verify: ${error.message}` });
      }
      this.#taken = piece.index;
      ++this.revision;
    }
    this.from.say({ event: 'statements', taken: this.#taken });
  }

  #takeSuspension(note) {
    const found = openSuspension(note, this.from.governance, this.directory, this.from.partnership);
    if (found.number > (this.#suspensions.get(found.agency)?.number ?? 0)) this.#suspensions.set(found.agency, found);
  }

  #takeStatement(bytes) {
    const signed = Signed.read(bytes);
    const statement = AgencyStatement.read(signed.bytes);
    const key = this.directory.key(statement.agency, 'statement', statement.key);
    if (statement.partnership !== this.from.partnership || !key
      || !verify(key.key, join('havenline/1/statement', signed.bytes), signed.signature)) {
      throw new Error('not signed by the agency');
    }
    const known = this.#statements.get(statement.agency);
    if (!known || statement.counter > known.counter) {
      this.#statements.set(statement.agency, statement);
    }
  }
}
