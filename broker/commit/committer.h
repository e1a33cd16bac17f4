// Committer: the one writer. Takes what was verified, in ticket order; decides, appends, and
// applies it all as one synced batch; only then does anyone hear of it.
//
// Owned by the commit thread. The same code runs for one item or five hundred, and after a crash.

#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <variant>
#include <vector>

#include "broker/commit/batch_builder.h"
#include "broker/commit/epoch_plan.h"
#include "broker/commit/invalid_book.h"
#include "broker/commit/outflow.h"
#include "broker/commit/parts.h"
#include "broker/commit/store.h"
#include "broker/commit/timer_waits.h"
#include "broker/decide/decide.h"
#include "broker/decide/standing.h"
#include "broker/verify/verified_envelope.h"
#include "broker/verify/verified_receipt.h"
#include "schema/base/result.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"
#include "schema/model/answer.h"
#include "schema/model/ids.h"
#include "schema/model/limits.h"
#include "schema/model/word.h"

namespace havenline {

// Where an answer goes. The session decides: an answer for one that is over is dropped, since the
// agent offers again in the next.
struct Route {
  LinkId link;
  SessionId session;
  HostId host;
  Reference reference;
  bool receipted = false;  // Answered in a `receipted` frame rather than an `answer`.
  std::size_t bytes = 0;   // Of the item: its sender may send as many again once it is answered.
};

struct SubmissionWork {
  VerifiedEnvelope message;
  Bytes bytes;
};
struct ReceiptWork {
  VerifiedReceipt receipt;
  Bytes bytes;
};
struct VoidWork {
  VerifiedVoid value;
  Bytes bytes;
};
struct StatementWork {
  VerifiedStatement statement;
  Bytes bytes;
};
struct LookWork {
  VerifiedLook look;
  Bytes bytes;
};
struct DocumentWork {
  DocumentKind kind = DocumentKind::kDirectory;
  std::string note;
};
// Rows that their host has taken for good: they leave the mailbox.
struct TakenWork {
  std::vector<MailboxPlace> places;
};
// A row that must not be handed out any more: the policy in force lets its recipient not have it.
struct ForbiddenWork {
  MailboxPlace place;
  Digest grant{};
};
// An agent has offered all that these agencies hold, in that epoch.
struct ReconciledWork {
  std::uint64_t epoch = 0;
  std::vector<AgencyId> agencies;
};
// What verify turned away; it keeps its place in the order.
struct RejectedWork {
  Answer answer;
};

struct CommitItem {
  Route route;
  std::variant<SubmissionWork, ReceiptWork, VoidWork, StatementWork, DocumentWork, TakenWork,
               RejectedWork, ReconciledWork, ForbiddenWork, LookWork>
      work;
};

struct Answered {
  Route route;
  Answer answer;
};

struct Overdue {
  AgencyId sender;
  MessageId message;
  Digest grant{};
};

// An auditor may read these entries' parts on this link, as far as policy lets its role.
struct LookTaken {
  LinkId link;
  SessionId session;
  AgencyId agency;
  Role role;
  Position first;
  std::uint64_t count = 0;
};

// What a synced batch lets others know. Only Committer makes one, so nothing can be answered before
// it is durable.
class Committed {
 public:
  std::vector<Answered> answers;
  std::vector<MailboxPlace> added;    // Rows that may be delivered now.
  std::vector<MailboxPlace> removed;  // Rows that must not be delivered any more.
  std::vector<Overdue> overdue;
  // To be put to these hosts: whether their receipts are drained (Credit in schema/model/frame.h).
  std::vector<TimerWaits::Question> questions;
  std::vector<LookTaken> looks;
  std::size_t released = 0;       // Held grants whose condition came true.
  std::size_t undeliverable = 0;  // Grants closed: a suspended recipient, or a later policy.
  LogHead head;
  bool standing_changed = false;  // Directory, policy, statements or suspensions.
  bool synced = false;            // There was something to keep, and it cost a sync.

 private:
  friend class Committer;
  Committed() = default;
};

struct CommitterOptions {
  PartnershipId partnership;
  // The wire's parse of a stored statement; stages do not know the wire.
  std::function<Result<SignedStatement>(ByteView)> parse_statement;
  // The wire's form of the broker's word, as it is signed.
  std::function<Bytes(const BrokersWord&)> encode_word = nullptr;
  // What is handed to links; null: nothing is. Must outlive the committer.
  Outflow* outflow = nullptr;
  // How long what is overdue waits for a host that may hold receipts.
  Milliseconds timer_grace{120'000};
  // Of epochs whose keys this broker has, whatever its store knows of them.
  std::vector<tlog::NoteKey> own_log_keys = {};
};

class Committer {
 public:
  // `store` and `random` must outlive it.
  Committer(Store& store, seal::RandomSource& random, CommitterOptions options);

  // Rebuilds tree, mailboxes and standing from the store and checks them against each other.
  // kCorrupt if the recomputed root is not the stored one. A new store is left empty: Found() it.
  Result<void> Recover();
  bool is_new() const { return ends_.tree.size() == 0; }
  // Begins epoch 1: entries for the opening, the directory and the policy. One synced batch.
  Result<void> Found(const std::string& opening, const std::string& directory,
                     const std::string& policy);
  // Begins a later epoch, in this store or in a new one: entry 0 holds the opening and what is
  // known of the log before, then the documents are logged again. One synced batch. kInvalid, with
  // nothing changed, if the plan does not hold.
  Result<void> BeginEpoch(const EpochPlan& plan, TimePoint now);
  // Whether BeginEpoch() would take it.
  Result<void> CheckPlan(const EpochPlan& plan) const;

  // Adds one item to the batch in the making.
  void Take(CommitItem item, TimePoint now);
  // Fires what is due, if anything: at most limits::kTimersPerBatchMax; true if more may fire now.
  // Whoever might have answered in time is asked first (timer_waits.h).
  bool FireTimers(TimePoint now, TimerWaits::Time monotonic);
  void HostReturned(const HostId& host, TimerWaits::Time now) { waits_.Returned(host, now); }
  void HostDrained(const HostId& host, std::uint64_t number) { waits_.Drained(host, number); }
  // Takes some more of a suspended agency's mailbox away, if there is one to go through. Into an
  // empty batch only.
  void Sweep(TimePoint now);
  bool sweeping() const { return !sweeps_.empty(); }
  // Enters what was turned away and only counted, of minutes that are over.
  void EnterCounts(TimePoint now);
  bool counting() const { return invalids_.counting(); }
  // True when the batch in the making should be applied before more is taken.
  bool full() const;
  bool empty() const;

  // One batch, one sync. After a fault the process must stop.
  Result<Committed> Commit();

  const Standing& standing() const { return standing_; }
  LogHead head() const { return {ends_.epoch, ends_.tree.size(), ends_.tree.root()}; }
  std::uint64_t notices() const { return ends_.notices; }
  // The key that signs this epoch's checkpoints, as its opening says.
  const tlog::NoteKey& log_key() const { return log_key_; }
  // Every key that checkpoints of this partnership may be signed with, of all epochs known here.
  std::vector<tlog::NoteKey> log_keys() const;
  // In an epoch after the first: who has offered all that it holds. Nobody else's older grants go.
  const std::shared_ptr<const std::set<AgencyId>>& reconciled() const { return reconciled_; }
  // Where the earlier epochs that this store holds ended.
  const std::vector<LogHead>& closed() const { return closed_; }

 private:
  void TakeSubmission(const Route& route, const SubmissionWork& work, TimePoint now);
  Answer Accept(const SubmissionWork& work, const Permit& permit, TimePoint now);
  bool WatchesFit(const VerifiedEnvelope& message);
  std::vector<GrantRecord> PutGrants(const SubmissionWork& work, const Permit& permit,
                                     const Entry& entry);
  Answer Refuse(const VerifiedEnvelope& message, const Denial& denial, TimePoint now);

  struct Signer {
    const AgencyId& agency;
    seal::Purpose purpose;
    const KeyId& key;
  };
  std::optional<Code> CheckSigner(const Route& route, const Signer& signer) const;
  void TakeReceipt(const Route& route, ReceiptWork work, TimePoint now);
  void FlushStored(const AgencyId& recipient, TimePoint now);
  void FlushAllStored(TimePoint now);
  struct PendingReceipt {
    Route route;
    ReceiptWork work;
    const Receipt& receipt() const { return work.receipt->receipt; }
  };
  using PendingReceipts = std::vector<PendingReceipt>;
  enum class ReceiptNews : std::uint8_t { kUnknown, kRepeat, kFresh };
  // `before`: how many fresh ones of the same grant stand before it in this batch.
  ReceiptNews NewsOf(const PendingReceipt& pending, std::size_t before);
  void CommitReceipts(PendingReceipts receipts, TimePoint now);
  std::vector<ExchangeName> ExchangesOf(const std::vector<const VerifiedReceipt*>& receipts);
  void EnterReceipts(const PendingReceipts& fresh, TimePoint now);
  void ApplyReceipt(const PendingReceipt& pending, const Entry& entry, std::size_t sender_part);
  void AnswerRepeat(const PendingReceipt& pending);

  void TakeReconciled(const Route& route, const ReconciledWork& work, TimePoint now);
  // Statements and suspensions may have been lost with what was before: a newer one is enough.
  bool reopened() const { return ends_.epoch > kFirstEpoch; }
  Result<void> CheckSuccession(const DocumentVersion& in_force, const Succession& next) const;
  Result<bool> ApplyStatement(const SignedStatement& statement);
  Result<void> ApplySuspension(const Suspension& suspension);
  struct NextEpoch;
  Result<NextEpoch> CheckEpoch(const EpochPlan& plan) const;
  Position AppendOpening(const Opening& opening, const EpochPlan& plan, TimePoint now);

  // held.cc
  // Whether it is to be released at once.
  bool Hold(GrantRecord& grant, const AnsweredKey& watched);
  void Release(GrantRecord grant, TimePoint now);
  void StandDown(GrantRecord grant, const WatchRecord& watch, TimePoint now);
  void CloseHeld(GrantRecord grant, const WatchRecord& watch);
  void AfterReceipt(const Receipt& receipt, TimePoint now);
  BrokersWord WordOn(const GrantRecord& grant, WordKind kind, const Position& position,
                     TimePoint now) const;
  void PutWord(BrokersWord word, const AgencyId& to, std::uint32_t part);

  // timers.cc
  std::optional<AnsweredKey> JudgedBy(const GrantRecord& grant);
  std::optional<HostId> HostToWaitFor(const TimerRecord& timer);
  void Fire(const TimerRecord& timer, TimePoint now);

  // suspensions.cc
  void BeginSweep(const AgencyId& agency, const Position& position);
  Result<bool> SweepBox(SweepRecord& sweep, Lane lane, TimePoint now);
  Result<bool> SweepHeld(const SweepRecord& sweep, TimePoint now);
  Result<bool> SweepWatches(const SweepRecord& sweep, TimePoint now);
  struct Closing {
    GrantRecord grant;
    bool may_arrive = false;
  };
  void Close(std::vector<Closing> closing, const parts::CloseCause& cause, TimePoint now);
  void EnterClosed(std::span<const Closing> closing, const parts::CloseCause& cause, TimePoint now);
  void TakeForbidden(const ForbiddenWork& work, TimePoint now);
  void RecoverSuspended(const Recovered& recovered);

  void TakeVoid(const Route& route, const VoidWork& work, TimePoint now);
  void TakeStatement(const Route& route, const StatementWork& work, TimePoint now);
  std::uint64_t SizeOf(std::uint64_t epoch) const;
  void TakeLook(const Route& route, const LookWork& work, TimePoint now);
  void TakeDocument(const Route& route, const DocumentWork& work);
  Result<Answer> PutDocument(const DocumentWork& work);
  Result<Answer> PutDirectory(const std::string& note);
  Result<Answer> PutPolicy(const std::string& note);
  Result<Answer> PutSuspension(const std::string& note);
  Position AppendDocument(DocumentKind kind, const std::string& name,
                          const DocumentVersion& version, const std::string& note);
  Result<void> RecoverDocuments(const Recovered& recovered);
  Result<void> RecoverSuspension(const NoticeRecord& notice,
                                 const std::vector<DocumentRecord>& documents);

  bool IsOf(const AgencyId& agency, const HostId& host) const;
  void Reply(const Route& route, Answer answer);
  void NoteInvalid(const HostId& host, Code code);
  void EnterInvalid(const InvalidBook::Count& invalid);
  void StartTurn();
  Committed Finish();

  Store& store_;
  seal::RandomSource& random_;
  CommitterOptions options_;
  Ends ends_;
  Standing standing_;
  Position policy_at_;  // Where the policy in force was entered.
  tlog::NoteKey log_key_;
  std::vector<tlog::NoteKey> opened_keys_;  // Of the openings in the store.
  std::shared_ptr<const std::set<AgencyId>> reconciled_ =
      std::make_shared<const std::set<AgencyId>>();
  std::vector<LogHead> closed_;
  InvalidBook invalids_;
  TimerWaits waits_;
  std::map<AgencyId, SweepRecord> sweeps_;
  std::optional<WatchRecord> swept_to_;  // Of the first sweep's watches.
  // Where mailboxes ended at the start: up to there rows may have been handed before it.
  std::map<std::pair<AgencyId, Lane>, std::uint64_t> ends_at_start_;

  // The batch in the making.
  std::optional<BatchBuilder> turn_;
  Committed committed_;
  std::map<AgencyId, PendingReceipts> stored_;  // `stored` receipts that will share entries.
  TimePoint turn_time_;
  std::size_t taken_ = 0;
  std::optional<bool> out_of_room_;  // Asked once, by the first item.
  std::vector<AgencyId> lifted_;     // By this batch.
};

}  // namespace havenline
