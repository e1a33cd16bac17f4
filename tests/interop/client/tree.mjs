// RFC 6962 trees: docs/protocol.md, sections 8.6 and 17.
import { join, same, sha256 } from './bytes.mjs';
import { sign, verify } from './keys.mjs';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);
/** @param {Uint8Array} text */
export const leafHash = (text) => sha256(LEAF, text);
const node = (left, right) => sha256(NODE, left, right);
const EMPTY_ROOT = sha256();

/** The root that a path leads to (RFC 9162, 2.1.3.2), or null if it cannot be this leaf's. */
export function rootOf(leaf, index, size, path) {
  if (index >= size) return null;
  let at = BigInt(index);
  let last = BigInt(size) - 1n;
  let root = leaf;
  for (const sibling of path) {
    if (last === 0n) return null;
    if ((at & 1n) === 1n || at === last) {
      root = node(sibling, root);
      while ((at & 1n) === 0n && at !== 0n) { at >>= 1n; last >>= 1n; }
    } else {
      root = node(root, sibling);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : null;
}

/** Whether the tree of `first` entries is the beginning of that of `second` (RFC 9162, 2.1.4.2). */
export function isConsistent(first, firstRoot, second, secondRoot, path) {
  if (first > second) return false;
  if (first === second) return path.length === 0 && same(firstRoot, secondRoot);
  if (first === 0) return path.length === 0;
  const hashes = [...path];
  let at = BigInt(first) - 1n;
  let last = BigInt(second) - 1n;
  while ((at & 1n) === 1n) { at >>= 1n; last >>= 1n; }
  // A first tree that is a perfect one is itself the first hash of the proof.
  let a = at === 0n ? firstRoot : hashes.shift();
  if (!a) return false;
  let b = a;
  for (const hash of hashes) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      a = node(hash, a);
      b = node(hash, b);
      while ((at & 1n) === 0n && at !== 0n) { at >>= 1n; last >>= 1n; }
    } else {
      b = node(b, hash);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && same(a, firstRoot) && same(b, secondRoot);
}

/** The roots and paths of a whole small tree of texts, for signing several at once. */
function build(leaves) {
  if (leaves.length === 1) return { root: leaves[0], paths: [[]] };
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  const a = build(leaves.slice(0, left));
  const b = build(leaves.slice(left));
  return {
    root: node(a.root, b.root),
    paths: [...a.paths.map((path) => [...path, b.root]), ...b.paths.map((path) => [...path, a.root])],
  };
}

/** The root of a tree of these texts. */
export const treeRoot = (texts) => (texts.length === 0 ? EMPTY_ROOT : build(texts.map(leafHash)).root);

/** Signs the texts as the leaves of one tree: a TreeSignature for each. */
export function signTree(label, seed, texts) {
  const { root, paths } = build(texts.map(leafHash));
  const signature = sign(seed, join(label, texts.length, root));
  return paths.map((path, index) => ({ size: texts.length, index, path, signature }));
}

/** Whether a TreeSignature of this text holds. */
export function verifyTree(label, key, text, { size, index, path, signature }) {
  const root = rootOf(leafHash(text), index, size, path);
  return root !== null && verify(key, join(label, size, root), signature);
}
