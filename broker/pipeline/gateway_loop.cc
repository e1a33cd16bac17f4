#include "broker/pipeline/gateway_loop.h"

#include <utility>

#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/wire/frame_codec.h"

namespace havenline {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(100);
constexpr auto kDrainMax = std::chrono::seconds(10);
constexpr auto kStrangerMax = std::chrono::seconds(60);
constexpr std::size_t kFramesPerTurn = 256;
constexpr Milliseconds kOverloadRetry{1'000};
constexpr Milliseconds kDrainRetry{5'000};
constexpr Milliseconds kHelloRetry{2'000};

bool IsReceipted(JobKind kind) { return kind == JobKind::kReceipt; }

}  // namespace

GatewayLoop::GatewayLoop(GatewayParts parts)
    : parts_(parts),
      window_(limits::kAdmissionWindow, limits::kAdmissionBytes),
      hellos_(limits::kHellosPerSecond) {}

void GatewayLoop::Stop() {
  stopping_ = true;
  parts_.router.Wake();
}

void GatewayLoop::Run() {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  // What was announced before we ran comes first, the keys in force above all: agents knock while
  // we start, and the first Poll() would turn them all away.
  Turn({});
  while (true) {
    Turn(parts_.router.Poll(kPoll, kFramesPerTurn));
    if (!stopping_) continue;
    if (!deadline) deadline = parts_.clock.Monotonic() + kDrainMax;
    if (window_.empty() || parts_.clock.Monotonic() > *deadline) break;
  }
  Turn({});  // The last answers.
}

void GatewayLoop::Turn(std::vector<Inbound> inbound) {
  for (Inbound& message : inbound) OnFrame(std::move(message));
  for (GatewayEvent& event : parts_.in.TakeAll()) {
    std::visit([this](auto& each) { OnEvent(std::move(each)); }, event);
  }
  PumpFetches();
  HouseKeep();
  // Only now: until here the turn may hold references into the sessions it ends.
  for (const LinkId link : std::exchange(to_drop_, std::set<LinkId>())) Drop(link);
}

void GatewayLoop::OnFrame(Inbound inbound) {
  if (to_drop_.contains(inbound.link)) return;
  // Whatever it sends: a link that stays without a session is forgotten after a while.
  if (sessions_.Find(inbound.link) == nullptr)
    strangers_.emplace(inbound.link, parts_.clock.Monotonic());
  auto frame = wire::ParseFrame(inbound.payload);
  if (!frame) return Rehello(inbound.link, Code::kMalformed, kOverloadRetry);
  if (auto* hello = std::get_if<Hello>(&frame->body)) return OnHello(inbound, std::move(*hello));
  SessionState* const session =
      sessions_.Hear(inbound.link, frame->session, parts_.clock.Monotonic());
  if (session == nullptr) return Rehello(inbound.link, Code::kStale, Milliseconds(0));
  // The key is checked at the handshake, the host on every frame: a link may outlive its key.
  if (session->host != inbound.host) return Rehello(inbound.link, Code::kStale, Milliseconds(0));
  OnBody(*session, inbound, *std::move(frame));
}

void GatewayLoop::OnHello(const Inbound& inbound, Hello hello) {
  if (stopping_) return Rehello(inbound.link, Code::kDraining, kDrainRetry);
  const auto now = parts_.clock.Monotonic();
  // One host's hellos first: what is too much of them must not use up what all have together.
  auto& of_host = hellos_of_.try_emplace(inbound.host, limits::kHellosPerHost).first->second;
  if (!of_host.Allow(now) || !hellos_.Allow(now) || sessions_.size() >= limits::kSessionsMax) {
    return Rehello(inbound.link, Code::kOverload, kHelloRetry);
  }
  LinkHello event{inbound.link, inbound.host, std::move(hello), {1, inbound.payload.size()}};
  if (!AdmitEvent(std::move(event), inbound.payload.size()))
    Rehello(inbound.link, Code::kOverload, kHelloRetry);
}

void GatewayLoop::OnBody(SessionState& session, Inbound& inbound, Frame frame) {
  const LinkId link = inbound.link;
  const std::size_t size = inbound.payload.size();
  if (auto* submit = std::get_if<Submit>(&frame.body)) {
    AdmitItems(session, link, JobKind::kSubmit, std::move(submit->items));
  } else if (auto* receipts = std::get_if<ReceiptFrame>(&frame.body)) {
    std::vector<Item> items;
    for (ReceiptItem& item : receipts->items)
      items.push_back({item.reference, std::move(item.bytes)});
    AdmitItems(session, link, JobKind::kReceipt, std::move(items));
  } else if (auto* voids = std::get_if<VoidFrame>(&frame.body)) {
    AdmitItems(session, link, JobKind::kVoid, std::move(voids->items));
  } else if (auto* statements = std::get_if<StatementFrame>(&frame.body)) {
    AdmitItems(session, link, JobKind::kStatement, std::move(statements->items));
  } else if (auto* recalls = std::get_if<RecallFrame>(&frame.body)) {
    AdmitItems(session, link, JobKind::kRecall, std::move(recalls->items));
  } else if (auto* looks = std::get_if<LookFrame>(&frame.body)) {
    AdmitItems(session, link, JobKind::kLook, std::move(looks->items));
  } else if (auto* document = std::get_if<DocumentFrame>(&frame.body)) {
    AdmitDocument(session, link, std::move(*document));
  } else if (auto* reconciled = std::get_if<Reconciled>(&frame.body)) {
    VerifyJob job;
    job.route = {link, session.session, session.host, reconciled->reference, false};
    job.kind = JobKind::kReconciled;
    job.reconciled = std::move(*reconciled);
    Admit(session, std::move(job));
  } else if (auto* fetch = std::get_if<Fetch>(&frame.body)) {
    if (session.fetches.Add(std::move(*fetch))) fetching_.insert(link);  // Else asked again.
  } else if (auto* receipted = std::get_if<Receipted>(&frame.body)) {
    AdmitAnswers(session, link, std::move(receipted->items), size);
  } else if (auto* answers = std::get_if<AnswerFrame>(&frame.body)) {
    AdmitAnswers(session, link, std::move(answers->items), size);
  } else if (auto* cosign = std::get_if<Cosign>(&frame.body)) {
    // What is too much is dropped: a witness says the same again with the next head.
    if (session.cosign_frames.Allow(parts_.clock.Monotonic()))
      AdmitEvent(LinkCosign{link, session.session, std::move(cosign->cosignatures), {1, size}},
                 size);
  } else if (auto* alarm = std::get_if<AlarmFrame>(&frame.body)) {
    if (session.alarm_frames.Allow(parts_.clock.Monotonic()))
      AdmitEvent(LinkAlarm{link, session.session, *alarm, {1, size}}, size);
  } else if (auto* credit = std::get_if<Credit>(&frame.body)) {
    SendCredit(link, session, std::move(credit->padding));  // Our heartbeat, of the same size.
    if (credit->drained != 0)
      AdmitEvent(LinkDrained{link, session.session, credit->drained, {1, size}}, size);
  }
  // Whatever is not for a broker is ignored.
}

void GatewayLoop::AdmitItems(SessionState& session, LinkId link, JobKind kind,
                             std::vector<Item> items) {
  for (Item& item : items) {
    VerifyJob job;
    job.route = {link, session.session, session.host, item.reference, IsReceipted(kind)};
    job.kind = kind;
    job.bytes = std::move(item.bytes);
    Admit(session, std::move(job));
  }
}

void GatewayLoop::AdmitDocument(SessionState& session, LinkId link, DocumentFrame document) {
  for (DocumentFrame::Piece& piece : document.pieces) {
    VerifyJob job;
    job.route = {link, session.session, session.host, document.reference, false};
    job.kind = JobKind::kDocument;
    job.document = piece.kind;
    job.bytes = std::move(piece.bytes);
    Admit(session, std::move(job));
    return;  // One document a frame: its reference is answered once.
  }
}

void GatewayLoop::Admit(SessionState& session, VerifyJob job) {
  job.tokens = {1, job.bytes.size()};
  job.route.bytes = job.bytes.size();
  const Tokens inside = session.inside();
  session.sent += job.tokens;
  if (stopping_) return AnswerNow(session, job, Deferred{Code::kDraining, kDrainRetry});
  // Who sends beyond its credit, or finds the window full, is told when to come back; nothing is
  // kept.
  if (inside.items >= 2 * limits::kCreditMessages ||
      inside.bytes + job.tokens.bytes > 2 * limits::kCreditBytes ||
      !window_.Admit(job.tokens, inside))
    return AnswerNow(session, job, Deferred{Code::kOverload, kOverloadRetry});
  job.ticket = Ticket(next_ticket_++);
  parts_.verify.Push(std::move(job));
}

// Nobody says again that a row was taken: when there is no room to hear it, the session ends, and
// the next begins with the rows that stand in the mailboxes.
void GatewayLoop::AdmitAnswers(SessionState& session, LinkId link, std::vector<AnswerItem> items,
                               std::size_t bytes) {
  LinkReceipted event{link, session.session, std::move(items), {1, bytes}};
  if (session.answer_frames.Allow(parts_.clock.Monotonic()) && AdmitEvent(std::move(event), bytes))
    return;
  Rehello(link, Code::kOverload, kOverloadRetry);
  to_drop_.insert(link);
}

template <class Event>
bool GatewayLoop::AdmitEvent(Event event, std::size_t bytes) {
  if (!window_.Admit({1, bytes})) return false;
  parts_.deliver.Push(std::move(event));
  return true;
}

// Hands on the fetches whose answers may be made now. The rest wait until their hosts have read.
void GatewayLoop::PumpFetches() {
  for (auto at = fetching_.begin(); at != fetching_.end();) {
    SessionState* const session = sessions_.Find(*at);
    const std::size_t unread = parts_.router.Queued(*at);
    while (session != nullptr && session->fetches.Ready(unread) != nullptr &&
           window_.Admit({1, 0})) {
      parts_.deliver.Push(LinkFetch{*at, session->session, session->fetches.Take(), {1, 0}});
    }
    const bool waits = session != nullptr && session->fetches.waits();
    at = waits ? std::next(at) : fetching_.erase(at);
  }
}

void GatewayLoop::AnswerNow(SessionState& session, const VerifyJob& job, Answer answer) {
  session.answered += job.tokens;
  Frame frame{session.session, AnswerFrame{{{job.route.reference, answer}}}};
  if (job.route.receipted) frame.body = Receipted{{{job.route.reference, answer}}};
  if (parts_.router.Send(job.route.link, wire::EncodeFrame(frame)) != Sent::kYes)
    to_drop_.insert(job.route.link);
}

void GatewayLoop::Rehello(LinkId link, Code code, Milliseconds retry_after) {
  const Bytes frame = wire::EncodeFrame({SessionId(), havenline::Rehello{code, retry_after}});
  if (parts_.router.Send(link, frame) == Sent::kBlocked) parts_.router.Forget(link);
}

void GatewayLoop::OnEvent(Outbound event) {
  if (event.from_delivery) --parts_.state.delivery_frames;
  SessionState* const session = sessions_.Find(event.link);
  const bool stranger = event.session == SessionId();
  if (!stranger && (session == nullptr || session->session != event.session))
    return;  // Over: offered again.
  if (event.of_fetch && session != nullptr) session->fetches.Answered();
  if (parts_.router.Send(event.link, event.frame) != Sent::kYes) {
    to_drop_.insert(event.link);
    return;
  }
  if (session == nullptr || event.answered.items == 0) return;
  session->answered += event.answered;
  SendCredit(event.link, *session, {});
}

void GatewayLoop::OnEvent(StartSession event) {
  const auto now = parts_.clock.Monotonic();
  strangers_.erase(event.link);
  if (const auto older = sessions_.Start(event.link, event.session, event.host, now))
    strangers_.emplace(*older, now);
  if (parts_.router.Send(event.link, event.welcome) != Sent::kYes) to_drop_.insert(event.link);
}

void GatewayLoop::OnEvent(EndSession event) {
  sessions_.End(event.link);
  strangers_.emplace(event.link, parts_.clock.Monotonic());
}
void GatewayLoop::OnEvent(ReleaseTokens event) { window_.Release(event.tokens); }
void GatewayLoop::OnEvent(KeysChanged event) { parts_.router.SetKeys(std::move(event.keys)); }

void GatewayLoop::SendCredit(LinkId link, const SessionState& session, Bytes padding) {
  const Credit credit{session.answered.items + limits::kCreditMessages,
                      session.answered.bytes + limits::kCreditBytes, std::move(padding), 0};
  if (parts_.router.Send(link, wire::EncodeFrame({session.session, credit})) != Sent::kYes)
    to_drop_.insert(link);
}

// The link takes no more or is gone: its session is over. What it was owed is still in its
// mailboxes, and what it offered it will offer again.
void GatewayLoop::Drop(LinkId link) {
  sessions_.End(link);
  strangers_.erase(link);
  parts_.router.Forget(link);
  parts_.deliver.Push(LinkGone{link});
}

void GatewayLoop::Account() {
  SharedState& state = parts_.state;
  const RouterCounts& counts = parts_.router.counts();
  state.window_items = window_.inside().items;
  state.window_bytes = window_.inside().bytes;
  state.links = parts_.router.links();
  state.connections = counts.accepted;
  state.connections_refused = counts.failed_handshakes;
  state.frames_dropped = counts.dropped_frames;
}

void GatewayLoop::HouseKeep() {
  const auto now = parts_.clock.Monotonic();
  if (now - last_housekeeping_ < std::chrono::seconds(1)) return;
  last_housekeeping_ = now;
  Account();
  for (const LinkId link : sessions_.EndSilent(now)) Drop(link);
  std::erase_if(strangers_, [&](const auto& stranger) {
    const bool gone = now - stranger.second > kStrangerMax;
    if (gone) parts_.router.Forget(stranger.first);
    return gone;
  });
}

}  // namespace havenline
