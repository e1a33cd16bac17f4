// The structs of schema/wire, field by field, with what docs/protocol.md, sections 3 and 18, let them hold.
import * as e from '../generated/wire/envelope.js';
import * as f from '../generated/wire/frame.js';
import * as s from '../generated/wire/statement.js';
import {
  atMost, count, enumeration, exactly, flag, list, message, name, nameOrNone, number, oneOf, optional, shape, text,
  time, wide,
} from './wire.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const id = exactly(16);
const keyId = exactly(8);
const digest = exactly(32);
const signature = exactly(64);
const lane = oneOf(0, 1);
const ITEMS_MAX = 512;
const SECTIONS_MAX = 32;
const CLAIMS_MAX = 16;
const GRANTS_MAX = 63;
const PROOF_MAX = 64;
const ENVELOPE_MOST = 3 * MIB;
const DELIVERY_MOST = 3 * MIB + 16 * KIB;
const SEALED_MOST = 2 * MIB;  // Of 1 MiB of content, with its padding and more than enough beside it.
const CODES = [
  ...[100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112],
  ...[200, 201, 202, 203, 204, 205, 206],
  ...[300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 310, 311],
];
const code = oneOf(...CODES);

// --- envelope.capnp

const documentVersion = shape({ version: count, hash: digest });
const logHead = shape({ epoch: count, size: count, root: digest });

export const Header = message(e.Header, shape({
  suite: number, partnership: name, id, origin: id, exchange: name, version: number, sender: name, role: name,
  key: keyId, created: time, policy: documentVersion, directory: documentVersion, threadMark: digest,
  checkpoint: logHead, sections: list(digest, SECTIONS_MAX), claims: list(digest, CLAIMS_MAX),
  grants: list(digest, 64), brokersPart: digest,
}), { most: 16 * KIB });

const treeSignature = shape({ size: count, index: count, path: list(digest, PROOF_MAX), signature });
const sectionOpening = shape({ salt: digest, name, size: number, sealedHash: digest, commit: digest });
const claimOpening = shape({ salt: digest, name, value: name });
const sealedSection = shape({ name, sealed: atMost(SEALED_MOST) });
const grant = shape({ clearPart: atMost(4 * KIB), enc: digest, ciphertext: atMost(2 * KIB) });
const condition = shape({}, {
  none: null, unacknowledged: shape({ grant: digest, by: time }), unable: shape({ grant: digest }),
});
const seriesNumber = shape({ series: wide, n: count });

export const ClearPart = message(e.ClearPart, shape({
  recipient: name, role: name, key: keyId, statement: count, rule: name, openings: list(name, SECTIONS_MAX), condition,
  acknowledgeBy: time, number: seriesNumber, salt: digest,
}), { most: 4 * KIB });

export const BrokersPart = message(e.BrokersPart, shape({
  leftOut: list(shape({ role: name, standIn: nameOrNone }), 64),
}), { most: 16 * KIB });

export const Envelope = message(e.Envelope, shape({
  header: atMost(16 * KIB), signature: treeSignature, sections: list(sectionOpening, SECTIONS_MAX),
  claims: list(claimOpening, CLAIMS_MAX), brokersSalt: digest, brokersPart: atMost(16 * KIB),
  grants: list(grant, GRANTS_MAX), sealed: list(sealedSection, SECTIONS_MAX),
}), { segments: 8, most: ENVELOPE_MOST });

const position = shape({ epoch: count, index: count });
const partProof = shape({ position, salt: digest, part: atMost(4096), digests: list(digest, 64) });
export const PartProof = message(e.PartProof, partProof, { most: 16 * KIB });
/** A proof of nothing. */
export const noProof = () => ({
  position: { epoch: 0, index: 0 }, salt: Buffer.alloc(32), part: Buffer.alloc(0), digests: [],
});

export const Delivery = message(e.Delivery, shape({
  header: atMost(16 * KIB), signature: treeSignature, grant, sections: list(sectionOpening, SECTIONS_MAX),
  claims: list(claimOpening, CLAIMS_MAX), sealed: list(sealedSection, SECTIONS_MAX),
  release: optional(shape({ grant: digest, position, number: seriesNumber, signature })), proof: partProof,
  confirmByTelephone: flag,
}), { segments: 8, most: DELIVERY_MOST });

// --- statement.capnp

const RECEIPT_KINDS = [
  'stored', 'opened', 'acknowledged', 'toldByVoice', 'notOurs', 'unreadable', 'claimsDiffer', 'withheld', 'recalled',
];

export const Receipt = message(s.Receipt, shape({
  partnership: name, recipient: name, role: name, sender: name, origin: id, message: id, grant: digest,
  kind: enumeration(...RECEIPT_KINDS), time, person: nameOrNone, previous: digest, key: keyId,
}), { most: 16 * KIB });
export const SignedReceipt = message(s.SignedReceipt, shape({
  receipt: atMost(16 * KIB), signature: treeSignature,
}), { most: 16 * KIB });

export const VoidStatement = message(s.VoidStatement, shape({
  partnership: name, sender: name, recipient: name, lane, series: wide, lastGiven: count, voided: list(count, 1024),
  key: keyId,
}), { most: 16 * KIB });

const days = list(shape({ first: number, last: number }), 400);
export const AgencyStatement = message(s.AgencyStatement, shape({
  partnership: name, agency: name, counter: count, previous: digest, time,
  keys: list(shape({
    role: name, epoch: number, key: digest, state: enumeration('current', 'retiring', 'compromised'),
  }), 64),
  telephone: text(96),
  calendar: shape({ zone: name, readyBy: number, weekdays: number, terms: days, closures: days }),
  alternate: nameOrNone, key: keyId,
}), { most: 64 * KIB });
export const Signed = message(s.Signed, shape({ bytes: atMost(64 * KIB), signature }), { most: 64 * KIB });

// --- frame.capnp

const note = text(16 * KIB);
const item = shape({ reference: count, bytes: atMost(ENVELOPE_MOST) });
const items = (of) => shape({ items: list(of, ITEMS_MAX) });
const answer = shape({}, {
  accepted: shape({ proof: partProof, aheadOfTime: flag }),
  refused: shape({
    code, proof: partProof,
    objections: list(shape({ recipient: name, role: name, section: nameOrNone, rule: nameOrNone }), 256),
  }),
  deferred: shape({ code, retryAfter: number }),
  invalid: shape({ code }),
});
const answers = items(shape({ reference: count, answer }));
const DOCUMENT_KINDS = [
  'directory', 'policy', 'suspension', 'opening', 'statement', 'leaf', 'proof', 'part', 'status',
];

export const Frame = message(f.Frame, shape({ session: id }, {
  hello: shape({
    minorLowest: number, minorHighest: number, partnership: name, agencies: list(name, 2048), checkpoint: note, time,
    software: text(96),
  }),
  welcome: shape({
    minor: number, head: logHead, checkpoint: note, consistency: list(digest, PROOF_MAX), directory: documentVersion,
    policy: documentVersion, statements: count, time, creditMessages: count, creditBytes: count, recovery: flag,
  }),
  rehello: shape({ code, retryAfter: number }),
  submit: shape({ lane, items: list(item, ITEMS_MAX) }),
  answer: answers,
  deliver: items(shape({ reference: count, agency: name, lane, bytes: atMost(DELIVERY_MOST) })),
  receipt: items(shape({ reference: count, bytes: atMost(16 * KIB), proof: optional(partProof) })),
  receipted: answers,
  recall: items(item),
  void: items(item),
  statement: items(item),
  head: shape({
    checkpoint: note, fromSize: count, consistency: list(digest, PROOF_MAX), directory: documentVersion,
    policy: documentVersion, statements: count,
  }),
  cosign: shape({ cosignatures: note }),
  credit: shape({ messages: count, bytes: count, padding: atMost(16 * KIB) }),
  fetch: shape({ reference: count }, {
    document: shape({ hash: digest }),
    leaves: shape({ epoch: count, first: count, count: number }),
    proofs: shape({ epoch: count, size: count, indices: list(count, ITEMS_MAX) }),
    parts: shape({ position }),
    statements: shape({ after: count }),
    status: null,
  }),
  document: shape({
    reference: count, more: flag,
    pieces: list(shape({ kind: enumeration(...DOCUMENT_KINDS), index: count, bytes: atMost(2 * MIB) }), ITEMS_MAX),
  }),
  alarm: shape({
    kind: enumeration('overdue', 'brokerEquivocates', 'clock', 'checkpointLate'), message: id, grant: digest,
  }),
}), { segments: 8, most: 4 * MIB });
/** The kind of a frame that was read. */
export const kindOf = (frame) => Object.keys(frame).find((key) => key !== 'session');
