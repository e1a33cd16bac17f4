// Store: what the commit thread needs of a disk. broker/storage keeps it in RocksDB; tests/fakes
// keeps it in memory, with faults on demand. One conformance suite runs on both.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "broker/commit/entry.h"
#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/answer.h"
#include "schema/model/envelope.h"
#include "schema/model/frame.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/tlog/merkle.h"

namespace havenline {

// What became of a message, kept so that a repeat gets the original answer.
struct OutcomeRecord {
  AgencyId sender;
  MessageId id;
  Digest header_hash{};
  Answer answer;  // Accepted or Refused.

  friend bool operator==(const OutcomeRecord&, const OutcomeRecord&) = default;
};

// A place in an agency's queue. Sequences rise by one in each (agency, lane).
struct MailboxPlace {
  AgencyId agency;
  Lane lane = Lane::kUrgent;
  std::uint64_t sequence = 0;

  friend auto operator<=>(const MailboxPlace&, const MailboxPlace&) = default;
};

struct ReceiptSeen {
  Digest receipt{};  // SHA-256 of the receipt's bytes.
  Position position;

  friend bool operator==(const ReceiptSeen&, const ReceiptSeen&) = default;
};

// A grant that was accepted, for as long as its receipts may come.
//
//   accepted, no condition ──> kOpen ──────────── recipient suspended ─┐
//   accepted, a condition ──> kHeld ── it comes true ──> kReleased ────┴──> kClosed
//                               └── it never can, or recipient suspended ────^
struct GrantRecord {
  enum class Phase : std::uint8_t {
    kOpen,      // In the mailbox until receipted.
    kHeld,      // In no mailbox; its condition watches another grant of the message.
    kReleased,  // Its condition came true: in the mailbox until receipted.
    kClosed,    // Never handed to anybody from here on.
  };
  Digest grant{};
  Position position;        // Of the entry that accepted it, and of the message's body.
  std::uint32_t index = 0;  // In the envelope; its part of the entry is index + 1.
  AgencyId sender;
  MessageId message;
  MessageId origin;
  AgencyId recipient;
  Role role;
  MailboxPlace place;               // Sequence 0: never was in a mailbox.
  std::vector<std::string> claims;  // That the recipient gets.
  std::optional<TimePoint> acknowledge_by;
  bool stored = false;  // Receipted as stored: no longer in the mailbox.
  ExchangeName exchange;
  Condition condition;
  Phase phase = Phase::kOpen;
  bool stood_down = false;  // Released, and told since that the one watched has answered.
  std::vector<ReceiptSeen> receipts;

  friend bool operator==(const GrantRecord&, const GrantRecord&) = default;
};

// What waits in a mailbox: a grant of an accepted message, or something small that is carried
// whole.
struct MailboxRow {
  enum class Kind : std::uint8_t { kGrant, kReceipt, kVoid, kWord };
  MailboxPlace place;
  Kind kind = Kind::kGrant;
  Digest grant{};          // kGrant.
  Bytes bytes;             // As signed; the broker's word, also of a released grant, unsigned.
  Position position;       // Of the entry.
  std::uint32_t part = 0;  // The agency's part of that entry.

  friend bool operator==(const MailboxRow&, const MailboxRow&) = default;
};

// That a person at the recipient answered for a message, under whichever sealing of it.
struct AnsweredKey {
  AgencyId sender;
  MessageId origin;
  AgencyId recipient;
  Role role;

  friend auto operator<=>(const AnsweredKey&, const AnsweredKey&) = default;
};

// Whether anybody did; the stronger one stays.
enum class HowAnswered : std::uint8_t { kNo, kNotOurs, kAcknowledged };

struct AnsweredRecord {
  AnsweredKey key;
  HowAnswered answered = HowAnswered::kNo;

  friend bool operator==(const AnsweredRecord&, const AnsweredRecord&) = default;
};

// That a held grant watches this recipient of this message, under whichever sealing: kept until it
// is closed or stood down.
struct WatchRecord {
  AnsweredKey watched;
  Digest held{};

  friend bool operator==(const WatchRecord&, const WatchRecord&) = default;
  friend bool operator<(const WatchRecord& a, const WatchRecord& b) {
    const auto tied = [](const WatchRecord& watch) {
      const AnsweredKey& key = watch.watched;
      return std::tie(key.recipient, key.sender, key.role, key.origin, watch.held);
    };
    return tied(a) < tied(b);
  }
};

// A grant in phase kHeld, by its recipient.
struct HeldRecord {
  AgencyId recipient;
  Digest grant{};

  friend auto operator<=>(const HeldRecord&, const HeldRecord&) = default;
};

// Where the broker's words to one agency stand. Of another epoch: a new series begins.
struct SeriesRecord {
  AgencyId agency;
  Lane lane = Lane::kUrgent;
  std::uint64_t epoch = 0;
  SeriesNumber last;

  friend bool operator==(const SeriesRecord&, const SeriesRecord&) = default;
};

// An agency was suspended, and what waited for it is being taken out of its mailbox: up to these
// ends, batch by batch, also after a restart.
struct SweepRecord {
  struct Box {
    std::uint64_t end = 0;     // The last sequence at the suspension.
    std::uint64_t handed = 0;  // Up to here rows may have been handed to a link before.
    std::uint64_t swept = 0;   // Up to here the mailbox was gone through.

    friend bool operator==(const Box&, const Box&) = default;
  };
  AgencyId agency;
  Position position;         // Of the suspension's entry.
  std::array<Box, 2> boxes;  // By lane.

  friend bool operator==(const SweepRecord&, const SweepRecord&) = default;
};

struct TimerRecord {
  TimePoint due;
  Digest grant{};

  friend auto operator<=>(const TimerRecord&, const TimerRecord&) = default;
};

struct DocumentRecord {
  DocumentKind kind = DocumentKind::kDirectory;
  Digest hash{};
  std::string note;
  Position position;

  friend bool operator==(const DocumentRecord&, const DocumentRecord&) = default;
};

// A statement or a suspension, in the order in which they were taken.
struct NoticeRecord {
  std::uint64_t number = 0;  // From 1.
  DocumentKind kind = DocumentKind::kStatement;
  Bytes bytes;

  friend bool operator==(const NoticeRecord&, const NoticeRecord&) = default;
};

struct MessageRecord {
  Position position;
  Bytes bytes;                    // The envelope as submitted.
  std::uint32_t undelivered = 0;  // Grants not yet receipted as stored; at 0 the body goes.
};

// Everything one turn of the commit thread does, in one piece.
struct CommitBatch {
  std::vector<Entry> entries;
  std::vector<tlog::Node> nodes;
  LogHead head;
  std::vector<OutcomeRecord> outcomes;
  std::vector<GrantRecord> grants;      // New or changed.
  std::vector<MessageRecord> messages;  // New.
  std::vector<std::pair<Position, std::uint32_t>>
      undelivered;  // Changed counts; 0 removes the body.
  std::vector<MailboxRow> mailbox_rows;
  std::vector<MailboxPlace> mailbox_removed;
  std::vector<AnsweredRecord> answered;
  std::vector<WatchRecord> watches;
  std::vector<WatchRecord> watches_removed;
  std::vector<HeldRecord> held;
  std::vector<HeldRecord> held_removed;
  std::vector<SeriesRecord> series;
  std::vector<SweepRecord> sweeps;  // New or further.
  std::vector<AgencyId> sweeps_done;
  std::vector<TimerRecord> timers;
  std::vector<TimerRecord> timers_removed;
  std::vector<DocumentRecord> documents;
  std::vector<NoticeRecord> notices;
  std::optional<LogHead> closed;     // Where the epoch before ended: this batch begins a new one.
  std::vector<AgencyId> reconciled;  // Have offered all they hold, in the epoch of `head`.
};

// What a start finds.
struct Recovered {
  LogHead head;                           // Of the last batch; size 0 in a new store.
  std::vector<Digest> leaf_hashes;        // Recomputed from the leaves, in order.
  std::vector<DocumentRecord> documents;  // Openings, directories, policies, in log order.
  std::vector<NoticeRecord> notices;
  std::vector<MailboxPlace> mailbox_ends;  // The last sequence given in each mailbox.
  std::vector<LogHead> closed;             // The ends of earlier epochs that are here, in order.
  std::vector<AgencyId> reconciled;        // In the epoch of `head`.
  std::vector<SweepRecord> sweeps;         // Not done yet.
};

// Not thread-safe for writing: owned by the commit thread. Reads may run beside it (see
// broker/deliver).
class Store {
 public:
  virtual ~Store() = default;

  // All of `batch` or nothing, synced: when this returns, it survives a power cut. After a fault
  // the store must not be used again: the process stops, and a restart recovers the last synced
  // batch. The batch of the fault may then be there or not; repeats of its messages find out.
  virtual Result<void> Apply(const CommitBatch& batch) = 0;

  virtual Result<std::optional<OutcomeRecord>> FindOutcome(const AgencyId& sender,
                                                           const MessageId& id) const = 0;
  virtual Result<std::optional<GrantRecord>> FindGrant(const Digest& grant) const = 0;
  virtual Result<std::uint32_t> FindUndelivered(const Position& position) const = 0;
  virtual Result<HowAnswered> FindAnswered(const AnsweredKey& key) const = 0;
  // The oldest rows of a mailbox after `after`, at most `count_max`.
  virtual Result<std::vector<MailboxRow>> Rows(const MailboxPlace& after,
                                               std::size_t count_max) const = 0;
  // The watches on one recipient of one message; and all on one agency, after one of them.
  virtual Result<std::vector<WatchRecord>> FindWatches(const AnsweredKey& watched,
                                                       std::size_t count_max) const = 0;
  virtual Result<std::vector<WatchRecord>> WatchesOn(const AgencyId& recipient,
                                                     const std::optional<WatchRecord>& after,
                                                     std::size_t count_max) const = 0;
  virtual Result<std::vector<HeldRecord>> HeldFor(const AgencyId& recipient,
                                                  std::size_t count_max) const = 0;
  virtual Result<std::optional<SeriesRecord>> FindSeries(const AgencyId& agency,
                                                         Lane lane) const = 0;
  // The earliest timers due at `now`, at most `count_max`.
  virtual Result<std::vector<TimerRecord>> DueTimers(TimePoint now,
                                                     std::size_t count_max) const = 0;
  // When the next timer is due.
  virtual Result<std::optional<TimePoint>> NextTimer() const = 0;

  // True while there is room for `bytes` more and the reserve below it; asked before a batch is
  // built.
  virtual bool HasRoomFor(std::size_t bytes) const = 0;

  virtual Result<Recovered> Recover() const = 0;
};

}  // namespace havenline
