#include "agents/link/agent.h"

#include <algorithm>

#include "agents/link/rows.h"
#include "deploy/runtime/log.h"
#include "schema/base/check.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

constexpr Milliseconds kTurn{50};
constexpr auto kTickEvery = std::chrono::milliseconds(250);
constexpr std::size_t kTasksMax = 4096;

}  // namespace

Agent::Agent(AgentOptions options, AgentStore& store, const Clock& clock,
             seal::RandomSource& random)
    : options_(std::move(options)),
      store_(store),
      clock_(clock),
      random_(random),
      tasks_(kTasksMax) {}

Agent::~Agent() { Stop(); }

Result<std::unique_ptr<Agent>> Agent::Load(AgentOptions options, AgentStore& store,
                                           const Clock& clock, seal::RandomSource& random) {
  std::unique_ptr<Agent> agent(new Agent(std::move(options), store, clock, random));
  Agent& a = *agent;
  RETURN_IF_FAULT(a.alarms_.Load(store));
  ASSIGN_OR_RETURN(a.documents_, Documents::Load(a.options_.documents, store));
  ASSIGN_OR_RETURN(a.keys_,
                   Keyring::Load(a.options_.session.partnership, a.options_.agencies, store));
  for (const OwnAgency& agency : a.options_.agencies) {
    ASSIGN_OR_RETURN(auto cosigner,
                     Cosigner::Load(a.options_.session.partnership, agency, *a.documents_, store));
    if (cosigner != nullptr) a.cosigners_.push_back(std::move(cosigner));
  }
  a.receipts_ = std::make_unique<ReceiptBook>(a.options_.session.partnership, *a.keys_, store);
  RETURN_IF_FAULT(a.receipts_->Load());
  ASSIGN_OR_RETURN(const auto reconciled, store.Get(Table::kMeta, kReconciledKey));
  if (reconciled) a.reconciled_epoch_ = rows::RowView(*reconciled).Count("epoch");
  a.outbox_ =
      std::make_unique<Outbox>(OutboxParts{store, *a.keys_, *a.documents_, a.alarms_, random});
  RETURN_IF_FAULT(a.outbox_->Load());
  a.inbox_ = std::make_unique<Inbox>(
      InboxParts{store, *a.keys_, *a.documents_, a.alarms_, *a.receipts_, a.options_.claims,
                 [&a](const Delivery& delivery) { a.heard_.Hear(delivery); }});
  RETURN_IF_FAULT(a.inbox_->Load());
  StoreBatch batch;
  RETURN_IF_FAULT(a.keys_->EnsureStated(clock.Now(), random, batch));
  if (!batch.empty()) RETURN_IF_FAULT(store.Commit(batch));
  ASSIGN_OR_RETURN(a.session_, Session::Open(a.options_.session, clock, random));
  return agent;
}

void Agent::Start() {
  started_ = final_expected_ = clock_.Now();
  thread_ = Thread("hl-agent", [this] { Run(); });
}

void Agent::Stop() {
  stopping_ = true;
  session_->Wake();
  thread_.Join();
  RunTasks();  // Nobody is left waiting for an answer.
}

void Agent::Post(std::function<void()> task) {
  tasks_.Push(std::move(task));
  session_->Wake();
}

void Agent::Run() {
  while (!stopping_) {
    session_->Turn(kTurn, documents_->checkpoint(), *this);
    RunTasks();
    if (clock_.Monotonic() - last_tick_ >= kTickEvery) Tick();
    if (session_->up()) Pump();
  }
}

void Agent::RunTasks() {
  for (auto& task : tasks_.TakeAll()) task();
}

void Agent::Must(const Result<void>& result) {
  if (result) return;
  options_.fatal(result.error());
  CHECK(false && "the agent must not go on after a fault of its store");
}

void Agent::Tick() {
  last_tick_ = clock_.Monotonic();
  const TimePoint now = clock_.Now();
  // The sender's clock first: it must run whatever else goes wrong (D6).
  Must(outbox_->Tick(now));
  Must(inbox_->Tick(now));
  TakeArrivals();
  CosignHead();
  WatchFinal(now);
  JudgeHeard(now);
  for (const auto& tick : ticks_) Must(tick(now));
  const TimePoint heard = std::max(started_, session_->last_up());
  if (!session_->up() && now - heard > options_.broker_silent) {
    RaiseNow(
        AlarmKind::kBrokerSilent, kBrokerSubject,
        "There has been no session with the broker for " +
            std::to_string(std::chrono::duration_cast<std::chrono::minutes>(now - heard).count()) +
            " minutes. Messages are kept and go when it is back; telephone what is urgent.");
  }
}

void Agent::RaiseNow(AlarmKind kind, const std::string& subject, const std::string& words) {
  StoreBatch batch;
  alarms_.Raise(kind, subject, words, clock_.Now(), batch);
  if (!batch.empty()) Must(store_.Commit(batch));
}

void Agent::SettleNow(AlarmKind kind, const std::string& subject) {
  StoreBatch batch;
  alarms_.Settle(kind, subject, clock_.Now(), batch);
  if (!batch.empty()) Must(store_.Commit(batch));
}

// --- the session

void Agent::Up(const Welcome& welcome) {
  LogEvent(LogLevel::kInfo, "session.up",
           {{"epoch", welcome.head.epoch}, {"entries", welcome.head.size}});
  sent_.clear();
  receipts_sent_ = apart_.receipts;
  voids_sent_ = apart_.voids;
  statements_sent_ = apart_.statements;
  fetches_.clear();
  drain_asked_.clear();
  for (const auto& cosigner : cosigners_) cosigner->SayAgain();
  paused_until_ = fetches_paused_until_ = TimePoint();
  SettleNow(AlarmKind::kBrokerSilent, kBrokerSubject);
  Meet(welcome);
}

void Agent::Down() {
  LogEvent(LogLevel::kInfo, "session.down");
  unbelieved_.reset();
  announced_.reset();
  parked_.clear();
  arrivals_.Forget();
}

void Agent::Refused(Code code) {
  LogEvent(LogLevel::kWarning, "session.refused", {{"code", static_cast<int>(code)}});
}

void Agent::Received(Frame frame) {
  const bool answers_fetch = std::holds_alternative<DocumentFrame>(frame.body);
  if (unbelieved_ && !answers_fetch) return Park(std::move(frame));
  if (const auto* answers = std::get_if<AnswerFrame>(&frame.body)) return OnAnswers(answers->items);
  if (const auto* receipted = std::get_if<Receipted>(&frame.body))
    return OnAnswers(receipted->items);
  if (auto* deliver = std::get_if<Deliver>(&frame.body)) {
    arrivals_.Push(std::move(deliver->items));
    return TakeArrivals();
  }
  if (const auto* receipts = std::get_if<ReceiptFrame>(&frame.body)) return OnReceipts(*receipts);
  if (const auto* voids = std::get_if<VoidFrame>(&frame.body)) return OnVoids(*voids);
  if (const auto* words = std::get_if<WordFrame>(&frame.body)) return OnWords(*words);
  if (const auto* head = std::get_if<Head>(&frame.body)) return OnHead(*head);
  if (const auto* document = std::get_if<DocumentFrame>(&frame.body)) return OnDocument(*document);
  if (const auto* alarm = std::get_if<AlarmFrame>(&frame.body)) {
    if (alarm->kind == AlarmFrame::Kind::kClock) {
      RaiseNow(AlarmKind::kClock, kBrokerSubject,
               "This machine's clock and the broker's differ by over five minutes. Correct the one "
               "that is wrong.");
    }
    if (alarm->kind == AlarmFrame::Kind::kBrokerEquivocates) OnToldOfContradiction(*alarm);
    return;
  }
  // What only agents send is not ours to receive; ignored.
}

Reference Agent::Remember(Sent sent) {
  const Reference reference(++last_reference_);
  sent_.emplace(reference, std::move(sent));
  return reference;
}

// --- what is in force

void Agent::OnHead(const Head& head) {
  TakeCheckpoint(head.checkpoint, head.from_size, head.consistency);
  Announce({head.directory, head.policy, head.statements});
  CosignHead();
}

void Agent::TakeCheckpoint(const std::string& note, std::uint64_t from_size,
                           const std::vector<Digest>& proof) {
  const auto taken = documents_->TakeCheckpoint(note, from_size, proof);
  if (!taken) {
    if (taken.error().code != FaultCode::kCorrupt)
      return Must(Result<void>(tl::unexpected<Fault>(taken.error())));
    return RaiseNow(AlarmKind::kBrokerEquivocates, kBrokerSubject,
                    "What the broker shows of its log does not hold: " + taken.error().detail +
                        ". Tell the auditor and governance at once.");
  }
  AskForProofs();
}

void Agent::Announce(const Documents::Announced& announced) {
  announced_ = announced;
  arrivals_.OnAnnounced(announced, clock_.Monotonic());
  for (Fetch& fetch : documents_->Wanted(announced)) {
    const bool is_statements = std::holds_alternative<Fetch::Statements>(fetch.what);
    if (is_statements && !options_.follow_statements) continue;
    Ask(std::move(fetch));
  }
}

void Agent::OnDocument(const DocumentFrame& document) {
  const auto at = sent_.find(document.reference);
  const auto* asked = at == sent_.end() ? nullptr : std::get_if<FetchSent>(&at->second);
  if (asked == nullptr) return;
  const FetchSent fetch = *asked;
  sent_.erase(at);
  bool changed = false;
  for (const DocumentFrame::Piece& piece : document.pieces) {
    if (piece.kind == DocumentKind::kLeaf) {
      heard_.OnLeaf(LogIndex(piece.index), tlog::LeafHash(piece.bytes));
      OnLeafOfEpoch(piece.bytes);
      continue;
    }
    if (piece.kind == DocumentKind::kProof) {
      std::vector<Digest> path;
      for (ByteView rest = piece.bytes; rest.size() >= 32; rest = rest.subspan(32))
        path.push_back(*ToArray<32>(rest.first(32)));
      heard_.OnProof(LogIndex(piece.index), fetch.head, path);
      Must(outbox_->OnProof(LogIndex(piece.index), fetch.head, path, clock_.Now()));
      continue;
    }
    const auto taken = documents_->Take(piece);
    if (!taken && taken.error().code == FaultCode::kIo)
      Must(Result<void>(tl::unexpected<Fault>(taken.error())));
    if (!taken) {
      RaiseNow(AlarmKind::kDocuments, "documents",
               "A document from the broker was not taken: " + taken.error().detail +
                   ". The old one stays in force.");
      const bool judged_by =
          piece.kind == DocumentKind::kDirectory || piece.kind == DocumentKind::kPolicy;
      if (judged_by) arrivals_.StopWaiting();
    }
    changed = changed || (taken && *taken);
  }
  if (document.more && std::holds_alternative<Fetch::Statements>(fetch.fetch.what)) {
    Ask({Reference(), Fetch::Statements{documents_->notices()}});
  }
  BeginIfBelieved();
  if (changed) {
    Must(inbox_->OnDocuments(clock_.Now()));
    outbox_->OnDocuments();
    TakeArrivals();
  }
  // More to prove than one answer held, or accepted since.
  if (std::holds_alternative<Fetch::Proofs>(fetch.fetch.what) && !document.pieces.empty())
    AskForProofs();
}

Result<void> Agent::RollKeys(const AgencyId& agency, bool compromised) {
  StoreBatch batch;
  if (compromised) {
    RETURN_IF_FAULT(keys_->ReplaceCompromised(agency, clock_.Now(), random_, batch));
  } else {
    RETURN_IF_FAULT(keys_->Roll(agency, clock_.Now(), random_, batch));
  }
  return store_.Commit(batch);
}

}  // namespace havenline
