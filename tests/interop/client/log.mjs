// The audit log as a client sees it: its own parts of entries, and checkpoints. docs/protocol.md, section 17.
import { byBytes, hashOf, hex, utf8 } from './bytes.mjs';
import { PartProof } from './messages.mjs';
import { openCheckpoint } from './notes.mjs';
import { isConsistent, leafHash, rootOf, treeRoot } from './tree.mjs';

const SLOTS = [8, 16, 64];

/**
 * What a PartProof proves by itself: the part, and the leaf that it leads to. Null if it leads to none.
 * @returns {{ part: any, leaf: Buffer } | null} the hash of the leaf
 */
export function openPart({ position, salt, part, digests }) {
  const own = hashOf('havenline/1/part', salt, part);
  const ascending = digests.every((digest, i) => i === 0 || byBytes(digests[i - 1], digest) < 0);
  if (!SLOTS.includes(digests.length) || !ascending || !digests.some((digest) => digest.equals(own))) return null;
  const entry = hashOf('havenline/1/entry', ...digests);
  const leaf = leafHash(utf8(`{"d":"${hex(entry)}","n":${position.index},"v":1}`));
  try {
    return { part: JSON.parse(part.toString('utf8')), leaf };
  } catch {
    return null;
  }
}

/** The newest checkpoint that was verified, and how a newer one takes its place. */
export class Log {
  constructor(partnership, newest) {
    this.partnership = partnership;
    this.newest = newest ?? null;
  }

  /**
   * Takes a checkpoint if it is newer than ours and grows from it; says whether it did. Throws if it does not verify:
   * two heads that contradict each other are evidence, and a person must hear of it.
   */
  take(note, consistency, logKeys) {
    const next = openCheckpoint(note, this.partnership, logKeys);
    if (this.newest && next.epoch === this.newest.epoch) {
      const { size, root } = this.newest;
      if (next.size < size) return false;  // An older one proves nothing; a later answer will.
      if (!isConsistent(size, root, next.size, next.root, consistency)) {
        throw new Error('two heads of the log contradict each other');
      }
      if (next.size === size) return false;
    }
    this.newest = next;
    return true;
  }

  /** Whether this leaf is in the log of our checkpoint, by its inclusion proof. */
  includes(leaf, index, path) {
    const root = this.newest && rootOf(leaf, index, this.newest.size, path);
    return root !== null && root.equals(this.newest.root);
  }

  /**
   * Fetches every leaf that our checkpoint covers, and makes the root of them again.
   * @returns {Promise<{ size: number, whole: boolean, documents: any[] }>} documents: what came into force, in order
   */
  async audit(link) {
    const { epoch, size, root } = this.newest;
    const leaves = await link.fetch({ leaves: { epoch, first: 0, count: size } });
    const entries = leaves.map(({ bytes }) => JSON.parse(bytes.toString('utf8')));
    const inOrder = leaves.length === size && leaves.every(({ index }, i) => index === i && entries[i].n === i);
    return {
      size, whole: inOrder && treeRoot(leaves.map(({ bytes }) => bytes)).equals(root),
      documents: entries.filter(({ g }) => g).map(({ g }) => g),
    };
  }

  /** Our agencies' parts of one entry, each proven to be in it. */
  async parts(link, position) {
    const pieces = await link.fetch({ parts: { position } });
    return pieces.map(({ bytes }) => openPart(PartProof.read(bytes))?.part ?? null);
  }

  /** For a header: our last verified head, or zeros. */
  head() {
    return this.newest
      ? { epoch: this.newest.epoch, size: this.newest.size, root: this.newest.root }
      : { epoch: 0, size: 0, root: Buffer.alloc(32) };
  }
}
