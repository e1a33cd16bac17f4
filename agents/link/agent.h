// Agent: the client library put together. One loop thread owns the link, the store and everything
// that changes; others ask it through Call().

#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "agents/link/alarms.h"
#include "agents/link/arrivals.h"
#include "agents/link/cosigner.h"
#include "agents/link/documents.h"
#include "agents/link/heard_heads.h"
#include "agents/link/inbox.h"
#include "agents/link/keyring.h"
#include "agents/link/outbox.h"
#include "agents/link/receipt_book.h"
#include "agents/link/session.h"
#include "agents/store/agent_store.h"
#include "schema/base/channel.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/base/thread.h"

namespace havenline {

struct AgentOptions {
  SessionOptions session;
  DocumentsOptions documents;
  std::vector<OwnAgency> agencies;
  ClaimsCheck claims;
  bool follow_statements = true;        // Off for an agent that only receives.
  Milliseconds broker_silent{600'000};  // Without a session for so long: alarm.
  // The store or a bug stopped the agent: the process must end without destructors.
  std::function<void(const Fault&)> fatal;
};

class Agent final : private SessionOwner {
 public:
  // Loads everything; nothing runs yet. `store`, `clock` and `random` must outlive it.
  static Result<std::unique_ptr<Agent>> Load(AgentOptions options, AgentStore& store,
                                             const Clock& clock, seal::RandomSource& random);
  ~Agent() override;

  // Called on the loop's thread about four times a second, each that was given: intake, for one. A
  // fault is one of the store and ends the agent.
  void OnTick(std::function<Result<void>(TimePoint now)> tick) {
    ticks_.push_back(std::move(tick));
  }

  void Start();
  void Stop();  // Idempotent. What is on its way is simply offered again after the next start.

  // Runs `ask` on the loop's thread and returns what it returns. Any thread but the loop's own.
  template <class Ask>
  auto Call(Ask ask) -> std::invoke_result_t<Ask> {
    std::packaged_task<std::invoke_result_t<Ask>()> task(std::move(ask));
    auto answer = task.get_future();
    Post([&task] { task(); });
    return answer.get();
  }

  // For the loop's thread, and for others inside Call().
  Outbox& outbox() { return *outbox_; }
  Inbox& inbox() { return *inbox_; }
  Alarms& alarms() { return alarms_; }
  Documents& documents() { return *documents_; }
  Keyring& keys() { return *keys_; }
  // Of the agencies of this host that are witnesses.
  const std::vector<std::unique_ptr<Cosigner>>& cosigners() const { return cosigners_; }
  AgentStore& store() { return store_; }
  const Clock& clock() const { return clock_; }
  seal::RandomSource& random() { return random_; }
  bool up() const { return session_->up(); }
  TimePoint last_up() const { return session_->last_up(); }
  // Says what changed of our own keys, and sends it.
  Result<void> RollKeys(const AgencyId& agency, bool compromised);

 private:
  Agent(AgentOptions options, AgentStore& store, const Clock& clock, seal::RandomSource& random);

  // What a reference of this session stands for, until it is answered.
  struct OfferSent {
    MessageId message;
  };
  struct ReceiptSent {
    std::uint64_t number = 0;
  };
  struct VoidSent {
    std::string key;
  };
  struct StatementSent {
    AgencyId agency;
    std::uint64_t counter = 0;
  };
  struct FetchSent {
    Fetch fetch;
    LogHead head;  // That a proof is asked against.
    std::chrono::steady_clock::time_point at;
  };
  // What another signed, offered to a log that may have lost it.
  struct HeldSent {
    DocumentFrame::Piece piece;
  };
  struct ReconciledSent {
    std::uint64_t epoch = 0;
  };
  using Sent = std::variant<OfferSent, ReceiptSent, VoidSent, StatementSent, FetchSent, HeldSent,
                            ReconciledSent>;

  void Post(std::function<void()> task);
  void Run();
  void RunTasks();
  void Tick();
  void Pump();
  void PumpOneByOne();
  void PumpItems();
  bool RoomForItem() const { return items_left_ > 0 && session_->items_free() > 0; }
  void CountItem();
  void PumpOffers();
  void PumpReceipts();
  void PumpVoids();
  void PumpStatements();
  void PumpFetches(std::size_t at_once);
  void PumpDrained();
  bool Outstanding() const;
  void PumpHeld();
  void PumpReconciled();

  void Meet(const Welcome& welcome);
  void Begin(const Welcome& welcome);
  void BeginReconciling(const Welcome& welcome);
  void OnLeafOfEpoch(ByteView leaf);
  void BeginIfBelieved();
  void Park(Frame frame);
  void OnReconciled(const ReconciledSent& sent, bool accepted);

  void Up(const Welcome& welcome) override;
  void Down() override;
  void Received(Frame frame) override;
  void Refused(Code code) override;
  void Unreadable() override;
  void AskedToDrain(std::uint64_t number) override;

  Reference Remember(Sent sent);
  void SetApart(const Sent& sent);
  static std::string SubjectOf(const Sent& sent);
  AlarmPlace PlaceOf(const Sent& sent) const;
  void OnAnswers(const std::vector<AnswerItem>& items);
  void OnAnswer(const Sent& sent, const Answer& answer);
  void OnDeferred(const Sent& sent, const Deferred& deferred);
  void OnReceipts(const ReceiptFrame& frame);
  void OnVoids(const VoidFrame& frame);
  void OnWords(const WordFrame& frame);
  void CheckWordProof(const SignedWord& word, const PartProof* proof);
  void TakeArrivals();
  void OnHead(const Head& head);
  void OnDocument(const DocumentFrame& document);
  void Announce(const Documents::Announced& announced);
  void TakeCheckpoint(const std::string& note, std::uint64_t from_size,
                      const std::vector<Digest>& proof);
  void CosignHead();
  void WatchFinal(TimePoint now);
  void JudgeHeard(TimePoint now);
  void KeepContradiction(const HeardHeads::Heard& heard);
  void OnToldOfContradiction(const AlarmFrame& alarm);
  void Ask(Fetch fetch);
  void AskForProofs();
  void RaiseNow(AlarmKind kind, const std::string& subject, const std::string& words);
  void SettleNow(AlarmKind kind, const std::string& subject);

  static constexpr const char* kBrokerSubject = "broker";
  static constexpr const char* kReconciledKey = "reconciled";

  // After a fault of the store nothing may go on.
  void Must(const Result<void>& result);
  template <class T>
  T Must(Result<T> result) {
    if (!result) Must(Result<void>(tl::unexpected<Fault>(result.error())));
    return *std::move(result);
  }

  AgentOptions options_;
  AgentStore& store_;
  const Clock& clock_;
  seal::RandomSource& random_;
  Alarms alarms_;
  std::unique_ptr<Keyring> keys_;
  std::unique_ptr<Documents> documents_;
  std::unique_ptr<ReceiptBook> receipts_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<Inbox> inbox_;
  std::vector<std::unique_ptr<Cosigner>> cosigners_;
  HeardHeads heard_;
  TimePoint heard_asked_;
  std::unique_ptr<Session> session_;
  std::vector<std::function<Result<void>(TimePoint)>> ticks_;

  // An unreadable frame names no item. After one, what waits is sent item by item, each answered
  // before the next; what is alone in a frame that cannot be read is set apart, and the rest goes
  // on.
  bool one_by_one_ = false;
  std::size_t items_left_ = 0;  // Of the turn.
  struct Apart {                // Not sent again by this run.
    std::set<MessageId> offers;
    std::set<std::uint64_t> receipts;
    std::set<std::string> voids;
    std::set<std::pair<AgencyId, std::uint64_t>> statements;
    std::set<Bytes> held;
    bool reconciled = false;
  };
  Apart apart_;

  // Of this session.
  std::map<Reference, Sent> sent_;
  std::uint64_t last_reference_ = 0;
  std::set<std::uint64_t> receipts_sent_;
  std::set<std::string> voids_sent_;
  std::set<std::pair<AgencyId, std::uint64_t>> statements_sent_;
  std::deque<Fetch> fetches_;
  // The broker's questions, rising, with the last receipt that was signed when each was read.
  std::map<std::uint64_t, std::uint64_t> drain_asked_;
  Arrivals arrivals_;
  std::optional<Documents::Announced> announced_;
  // Of an epoch that no opening vouches for yet: nothing is sent or taken until one does.
  std::optional<Welcome> unbelieved_;
  std::deque<Frame> parked_;
  bool reconciling_ = false;  // All that we hold is being offered again.
  std::deque<DocumentFrame::Piece> held_;
  TimePoint paused_until_;
  TimePoint fetches_paused_until_;

  std::uint64_t reconciled_epoch_ = 0;  // The last in which the broker heard that all was offered.

  std::chrono::steady_clock::time_point last_tick_{};
  TimePoint started_;
  TimePoint final_expected_;  // Since when, if none was shown.
  Channel<std::function<void()>> tasks_;
  std::atomic<bool> stopping_{false};
  Thread thread_;
};

}  // namespace havenline
