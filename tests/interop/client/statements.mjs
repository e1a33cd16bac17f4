// What an agency says of itself: docs/protocol.md, section 14.
import { join, zeros } from './bytes.mjs';
import { keyId, pair, sign } from './keys.mjs';
import { AgencyStatement, Signed, VoidStatement } from './messages.mjs';

/**
 * The first statement of an agency, with a fresh recipient key for each role.
 * @returns {{ bytes: Buffer, keys: { role: string, private: Buffer, public: Buffer }[] }} a `Signed`; what to keep
 */
export function firstStatement({ partnership, agency, roles, telephone, calendar, key }) {
  const keys = roles.map((role) => ({ role, ...pair('X25519') }));
  const inner = AgencyStatement.write({
    partnership, agency, counter: 1, previous: zeros(32), time: Date.now(),
    keys: keys.map(({ role, public: bytes }) => ({ role, epoch: 1, key: bytes, state: 'current' })),
    telephone, calendar, alternate: '', key: keyId('statement', key.public),
  });
  return { bytes: signed('havenline/1/statement', key, inner), keys };
}

/** Numbers that will never come, since the message that had them was refused: section 12. */
export function voidOf({ partnership, sender, recipient, lane, series, lastGiven, voided, key }) {
  return signed('havenline/1/void', key, VoidStatement.write({
    partnership, sender, recipient, lane, series, lastGiven, voided, key: keyId('void', key.public),
  }));
}

/** Voids and statements are signed alone: section 8.6. */
function signed(label, key, bytes) {
  return Signed.write({ bytes, signature: sign(key.private, join(label, bytes)) });
}

