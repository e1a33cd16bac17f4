// Receipts: docs/protocol.md, section 11.
import { hex, sha256, zeros } from './bytes.mjs';
import { keyId } from './keys.mjs';
import { Receipt, SignedReceipt } from './messages.mjs';
import { openPart } from './log.mjs';
import { signTree, verifyTree } from './tree.mjs';

const LABEL = 'havenline/1/receipt';

/**
 * Signs receipts of one agency together, as one tree.
 * @param {{ private: Buffer, public: Buffer }} key the agency's `receipt` key
 * @param {Map<string, Buffer>} chain by sender: the hash of the agency's last receipt to it; moved on
 * @param {any[]} texts all but `previous` and `key`
 * @returns {Buffer[]} `SignedReceipt` messages
 */
export function signReceipts(key, chain, texts) {
  const receipts = texts.map((text) => {
    const bytes = Receipt.write({
      ...text, previous: chain.get(text.sender) ?? zeros(32), key: keyId('receipt', key.public),
    });
    chain.set(text.sender, sha256(bytes));
    return bytes;
  });
  return signTree(LABEL, key.private, receipts)
    .map((signature, i) => SignedReceipt.write({ receipt: receipts[i], signature }));
}

/**
 * A receipt that came to a sender. Throws if the recipient did not sign it.
 * @returns {{ receipt: any, hash: Buffer, proven: boolean }} proven: the part with it names it, and leads to a leaf
 */
export function openReceipt(bytes, proof, { partnership, directory }) {
  const signed = SignedReceipt.read(bytes);
  const receipt = Receipt.read(signed.receipt);
  const key = directory.key(receipt.recipient, 'receipt', receipt.key);
  if (receipt.partnership !== partnership || !key || key.state === 'compromised'
    || !verifyTree(LABEL, key.key, signed.receipt, signed.signature)) {
    throw new Error('a receipt that its recipient did not sign');
  }
  const hash = sha256(signed.receipt);
  const opened = proof && openPart(proof);
  const proven = opened?.part.kind === 'receipts' && opened.part.from === receipt.recipient
    && opened.part.receipts.some(({ digest }) => digest === hex(hash));
  return { receipt, hash, proven: Boolean(proven) };
}
