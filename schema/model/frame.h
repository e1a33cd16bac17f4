// Frames: what one payload frame of a link says. docs/protocol.md is the reference.

#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "schema/model/answer.h"
#include "schema/model/envelope.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/model/receipt.h"

namespace havenline {

inline constexpr std::uint16_t kMinorLowest = 0;
inline constexpr std::uint16_t kMinorHighest = 0;

// An item of a list: opaque bytes, answered by its reference.
struct Item {
  Reference reference;
  Bytes bytes;

  friend bool operator==(const Item&, const Item&) = default;
};

struct Hello {
  std::uint16_t minor_lowest = kMinorLowest;
  std::uint16_t minor_highest = kMinorHighest;
  PartnershipId partnership;
  std::vector<AgencyId> agencies;
  std::string checkpoint;  // The last note this host verified; empty at first.
  TimePoint time;
  std::string software;  // Name and version, for the operator's status.

  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Welcome {
  std::uint16_t minor = 0;
  LogHead head;                     // Synced; may be ahead of the checkpoint.
  std::string checkpoint;           // The newest note.
  std::vector<Digest> consistency;  // From hello's checkpoint to this one.
  DocumentVersion directory;
  DocumentVersion policy;
  std::uint64_t statements = 0;  // How many statements and suspensions the broker has taken.
  TimePoint time;
  std::uint64_t credit_messages = 0;
  std::uint64_t credit_bytes = 0;
  bool recovery = false;

  friend bool operator==(const Welcome&, const Welcome&) = default;
};

struct Rehello {
  Code code = Code::kStale;
  Milliseconds retry_after{0};

  friend bool operator==(const Rehello&, const Rehello&) = default;
};

struct Submit {
  Lane lane = Lane::kUrgent;
  std::vector<Item> items;  // Envelopes.

  friend bool operator==(const Submit&, const Submit&) = default;
};

struct AnswerItem {
  Reference reference;
  Answer answer;

  friend bool operator==(const AnswerItem&, const AnswerItem&) = default;
};

struct AnswerFrame {
  std::vector<AnswerItem> items;

  friend bool operator==(const AnswerFrame&, const AnswerFrame&) = default;
};

struct DeliverItem {
  Reference reference;
  AgencyId agency;
  Lane lane = Lane::kUrgent;
  Bytes bytes;  // A Delivery.

  friend bool operator==(const DeliverItem&, const DeliverItem&) = default;
};

struct Deliver {
  std::vector<DeliverItem> items;

  friend bool operator==(const Deliver&, const Deliver&) = default;
};

// A signed receipt: from the recipient to the broker, and from the broker to the sender.
struct ReceiptItem {
  Reference reference;
  Bytes bytes;
  std::vector<PartProof>
      proof;  // Broker to sender: its part of the entry; else empty. At most one.

  friend bool operator==(const ReceiptItem&, const ReceiptItem&) = default;
};

struct ReceiptFrame {
  std::vector<ReceiptItem> items;

  friend bool operator==(const ReceiptFrame&, const ReceiptFrame&) = default;
};

struct Receipted {
  std::vector<AnswerItem> items;

  friend bool operator==(const Receipted&, const Receipted&) = default;
};

struct RecallFrame {
  std::vector<Item> items;  // SignedRecall.

  friend bool operator==(const RecallFrame&, const RecallFrame&) = default;
};

struct VoidFrame {
  std::vector<Item> items;  // SignedVoid.

  friend bool operator==(const VoidFrame&, const VoidFrame&) = default;
};

struct StatementFrame {
  std::vector<Item> items;  // SignedStatement.

  friend bool operator==(const StatementFrame&, const StatementFrame&) = default;
};

struct Head {
  std::string checkpoint;
  std::uint64_t from_size = 0;
  std::vector<Digest> consistency;
  DocumentVersion directory;
  DocumentVersion policy;
  std::uint64_t statements = 0;

  friend bool operator==(const Head&, const Head&) = default;
};

// A witness's word on a checkpoint that it was shown: a note of that checkpoint's text, with the
// witness's cosignature in the place of the log's signature.
struct Cosign {
  std::string cosignatures;

  friend bool operator==(const Cosign&, const Cosign&) = default;
};

// Also the heartbeat, both ways. Cumulative in a session.
struct Credit {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  Bytes padding;  // Ignored: an idle link sends frames of the size of a small delivery.
  // From the broker a question: say this number back once every receipt that you had signed when
  // you read it has been answered. From an agent: the number. 0: none.
  std::uint64_t drained = 0;

  friend bool operator==(const Credit&, const Credit&) = default;
};

struct Fetch {
  struct Document {
    Digest hash;

    friend bool operator==(const Document&, const Document&) = default;
  };
  struct Leaves {
    std::uint64_t epoch = 0;
    std::uint64_t first = 0;
    std::uint32_t count = 0;

    friend bool operator==(const Leaves&, const Leaves&) = default;
  };
  struct Proofs {
    std::uint64_t epoch = 0;
    std::uint64_t size = 0;
    std::vector<LogIndex> indices;

    friend bool operator==(const Proofs&, const Proofs&) = default;
  };
  struct Parts {
    Position position;
    std::uint32_t count = 1;  // Of entries from there on.

    friend bool operator==(const Parts&, const Parts&) = default;
  };
  struct Statements {
    std::uint64_t after = 0;  // How many this host has.

    friend bool operator==(const Statements&, const Statements&) = default;
  };
  struct Status {
    friend bool operator==(const Status&, const Status&) = default;
  };

  Reference reference;
  std::variant<Document, Leaves, Proofs, Parts, Statements, Status> what;

  friend bool operator==(const Fetch&, const Fetch&) = default;
};

enum class DocumentKind : std::uint8_t {
  kDirectory,   // A signed note.
  kPolicy,      // A signed note.
  kSuspension,  // A signed note.
  kOpening,     // A signed note: a new epoch.
  kStatement,   // A SignedStatement.
  kLeaf,        // One leaf of the log.
  kProof,       // Concatenated hashes of one inclusion proof.
  kPart,        // A PartProof.
  kStatus,      // JSON.
};

// The answer to a fetch, and how a governance document comes to the broker.
struct DocumentFrame {
  struct Piece {
    DocumentKind kind = DocumentKind::kDirectory;
    std::uint64_t index = 0;  // Of the leaf, proof or statement.
    Bytes bytes;

    friend bool operator==(const Piece&, const Piece&) = default;
  };
  Reference reference;  // The fetch's; in a publication, its own.
  std::vector<Piece> pieces;
  bool more = false;  // Of a fetch: ask again after the last index.

  friend bool operator==(const DocumentFrame&, const DocumentFrame&) = default;
};

struct AlarmFrame {
  enum class Kind : std::uint8_t {
    kOverdue,            // Acknowledge-by has passed by the broker's clock.
    kBrokerEquivocates,  // An agent: two heads that are not consistent.
    kClock,              // Clocks differ by over five minutes.
    kCheckpointLate,
  };
  Kind kind = Kind::kOverdue;
  MessageId message;
  Digest grant{};

  friend bool operator==(const AlarmFrame&, const AlarmFrame&) = default;
};

// An agent, in an epoch after the first: these agencies have offered all that they hold and nobody
// has settled, and it was answered.
struct Reconciled {
  Reference reference;
  std::uint64_t epoch = 0;
  std::vector<AgencyId> agencies;

  friend bool operator==(const Reconciled&, const Reconciled&) = default;
};

// From the broker: its signed words. Answered as voids are, once kept for good.
struct WordFrame {
  std::vector<ReceiptItem> items;  // SignedWord.

  friend bool operator==(const WordFrame&, const WordFrame&) = default;
};

// From an auditor, before it fetches parts that are not its own.
struct LookFrame {
  std::vector<Item> items;  // SignedLook.

  friend bool operator==(const LookFrame&, const LookFrame&) = default;
};

struct Frame {
  SessionId session;  // Zeros in hello and in rehello.
  std::variant<Hello, Welcome, Rehello, Submit, AnswerFrame, Deliver, ReceiptFrame, Receipted,
               RecallFrame, VoidFrame, StatementFrame, Head, Cosign, Credit, Fetch, DocumentFrame,
               AlarmFrame, Reconciled, WordFrame, LookFrame>
      body;

  friend bool operator==(const Frame&, const Frame&) = default;
};

}  // namespace havenline
