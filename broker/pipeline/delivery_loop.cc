#include "broker/pipeline/delivery_loop.h"

#include <algorithm>
#include <charconv>

#include "broker/commit/store_verdict.h"
#include "broker/pipeline/fetches.h"
#include "broker/pipeline/status.h"
#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/text/json.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/frame_codec.h"

namespace havenline {
namespace {

constexpr auto kTick = std::chrono::milliseconds(250);
constexpr auto kBlockedTick = std::chrono::milliseconds(5);
constexpr Milliseconds kRehelloRetry{5'000};
constexpr auto kClockSkewAlarm = std::chrono::minutes(5);

}  // namespace

void DeliveryLoop::Run() {
  bool more = false;
  while (true) {
    const auto wait = more ? kBlockedTick : kTick;
    auto events = parts_.in.PopAllUntil(parts_.clock.Monotonic() + wait);
    if (events.empty() && parts_.in.closed()) return;
    Turn(std::move(events));
    more = parts_.state.delivery_frames >= kFramesAheadMax;
  }
}

void DeliveryLoop::Turn(std::vector<DeliveryEvent> events) {
  for (DeliveryEvent& event : events) {
    std::visit([this](auto& each) { On(std::move(each)); }, event);
  }
  Pump();
  TellFinal();
  WatchQuorum();
  parts_.state.in_flight_bytes = shared_flow_.in_flight;
}

void DeliveryLoop::On(CommitNews event) {
  head_ = event.head;
  parts_.state.epoch = head_.epoch;
  parts_.state.entries = head_.size;
  parts_.state.overdue += event.overdue.size();
  if (event.published != nullptr) {
    published_ = std::move(event.published);
    board_.SetDirectory(published_->directory);
    ApplyStanding();
  }
  for (const MailboxPlace& place : event.added) {
    const auto link = link_of_agency_.find(place.agency);
    if (link != link_of_agency_.end())
      sessions_.at(link->second)->MarkReady(place.agency, place.lane);
  }
  for (const MailboxPlace& place : event.removed) {
    forbidden_.erase(place);
    const auto link = link_of_agency_.find(place.agency);
    if (link == link_of_agency_.end()) continue;
    DeliverySession& session = *sessions_.at(link->second);
    if (!session.flow().Released(place)) session.ForgetWaiting(place.agency, place.lane);
  }
  for (const Overdue& overdue : event.overdue) {
    const auto link = link_of_agency_.find(overdue.sender);
    if (link == link_of_agency_.end()) continue;
    Send(*sessions_.at(link->second),
         {{}, AlarmFrame{AlarmFrame::Kind::kOverdue, overdue.message, overdue.grant}});
  }
  for (const TimerWaits::Question& question : event.questions) Ask(question);
  parts_.gateway.Push(ReleaseTokens{event.tokens});
}

void DeliveryLoop::On(LookNews event) {
  for (LookTaken& look : event.looks) {
    const auto at = sessions_.find(look.link);
    if (at != sessions_.end() && at->second->session() == look.session)
      at->second->Allow(std::move(look));
  }
}

// Whether the host's receipts are drained. One that is not there now is asked when it comes back.
void DeliveryLoop::Ask(const TimerWaits::Question& question) {
  asked_.insert_or_assign(question.host, question.number);
  const auto link = link_of_host_.find(question.host);
  if (link != link_of_host_.end())
    Send(*sessions_.at(link->second), {{}, Credit{0, 0, {}, question.number}});
}

void DeliveryLoop::On(const LinkDrained& event) {
  const auto at = sessions_.find(event.link);
  HostDrained drained{{}, 0, event.tokens};
  if (at != sessions_.end() && at->second->session() == event.session) {
    drained.host = at->second->host();
    drained.number = event.number;
    const auto asked = asked_.find(drained.host);
    if (asked != asked_.end() && asked->second <= event.number) asked_.erase(asked);
  }
  parts_.commit.Push(std::move(drained));
}

// What changed holds from its entry on: nothing more is handed to whom it cut off, also not what is
// queued (C6), and whoever it let back is served again.
void DeliveryLoop::ApplyStanding() {
  std::vector<LinkId> gone;
  for (const auto& [link, session] : sessions_) {
    if (published_->directory->Find(session->host()) == nullptr ||
        published_->cut_off.contains(session->host()))
      gone.push_back(link);
    ServeAgencies(*session);
    session->ReadHeldBack();
  }
  for (const LinkId link : gone) EndSession(link);
}

void DeliveryLoop::ServeAgencies(DeliverySession& session) {
  for (const AgencyId& agency : session.claimed()) {
    const Agency* const known = published_->directory->Find(agency);
    const bool served = known != nullptr && known->host == session.host() &&
                        !published_->suspensions.IsSuspended(agency);
    if (served && !session.Serves(agency)) {
      session.Add(agency);
      link_of_agency_.insert_or_assign(agency, session.link());
    } else if (!served && session.Serves(agency)) {
      session.Remove(agency);
      const auto at = link_of_agency_.find(agency);
      if (at != link_of_agency_.end() && at->second == session.link()) link_of_agency_.erase(at);
    }
  }
}

void DeliveryLoop::On(CheckpointNews event) {
  if (parts_.publish != nullptr) parts_.publish->Offer(event);
  checkpoint_head_ = event.head;
  parts_.state.checkpoint_entries = checkpoint_head_.size;
  parts_.state.checkpoint_time = ToMilliseconds(parts_.clock.Now());
  checkpoint_ = std::move(event.note);
  board_.Publish(checkpoint_head_, checkpoint_);
  if (parts_.state.recovery) return;
  std::map<std::uint64_t, std::vector<Digest>> proofs;  // Most links are at the same size.
  for (const auto& [link, session] : sessions_) {
    auto proof = proofs.find(session->head().size);
    if (proof == proofs.end())
      proof = proofs.emplace(session->head().size, ConsistencyFrom(session->head())).first;
    Send(*session,
         {{},
          Head{checkpoint_, session->head().size, proof->second, published_->directory->version(),
               published_->policy->version(), published_->notices}});
    session->set_head(checkpoint_head_);
  }
}

std::vector<Digest> DeliveryLoop::ConsistencyFrom(const LogHead& from) const {
  if (from.epoch != checkpoint_head_.epoch || from.size > checkpoint_head_.size) return {};
  const tlog::NodeReader nodes = [&](const tlog::NodeId& id) {
    return parts_.reader.ReadNode(checkpoint_head_.epoch, id);
  };
  return tlog::ConsistencyProof(from.size, checkpoint_head_.size, nodes)
      .value_or(std::vector<Digest>{});
}

bool DeliveryLoop::Contains(const LogHead& head) const {
  if (head.epoch < head_.epoch) return true;  // An earlier epoch's: its end is in our first entry.
  if (head.epoch > head_.epoch || head.size > head_.size) return false;
  const auto root = RootOf(head.epoch, head.size);
  return root && *root == head.root;
}

std::optional<Digest> DeliveryLoop::RootOf(std::uint64_t epoch, std::uint64_t size) const {
  return tlog::RootOf(size,
                      [&](const tlog::NodeId& id) { return parts_.reader.ReadNode(epoch, id); });
}

// The head of a checkpoint that we signed, size 0 if it is of an earlier epoch whose key nobody
// here knows any more; nothing for what is no checkpoint of ours.
std::optional<LogHead> DeliveryLoop::HeadOf(const std::string& checkpoint) const {
  const auto opened = tlog::OpenCheckpoint(parts_.partnership, checkpoint, published_->log_keys);
  if (opened) return *opened;
  std::uint64_t epoch = head_.epoch;
  const std::string log = parts_.partnership.value() + "/log/";
  const char* const end = checkpoint.data() + checkpoint.size();
  if (checkpoint.starts_with(log)) std::from_chars(checkpoint.data() + log.size(), end, epoch);
  return epoch < head_.epoch ? std::optional(LogHead{}) : std::nullopt;
}

std::optional<Code> DeliveryLoop::CheckHello(const LinkHello& event) const {
  const Hello& hello = event.hello;
  if (published_ == nullptr) return Code::kOverload;  // We are still starting.
  if (checkpoint_.empty() && !parts_.state.recovery) return Code::kOverload;
  if (hello.partnership != parts_.partnership) return Code::kPartnership;
  if (hello.minor_lowest > kMinorHighest || hello.minor_highest < kMinorLowest)
    return Code::kUnsupported;
  if (published_->directory->Find(event.host) == nullptr ||
      published_->cut_off.contains(event.host))
    return Code::kSenderSuspended;
  for (const AgencyId& agency : hello.agencies) {
    const Agency* const known = published_->directory->Find(agency);
    if (known == nullptr || known->host != event.host) return Code::kForeignSender;
  }
  return std::nullopt;
}

void DeliveryLoop::On(LinkHello event) {
  parts_.gateway.Push(ReleaseTokens{event.tokens});
  if (const auto code = CheckHello(event)) {
    ++parts_.state.hellos_refused;
    parts_.observer.HelloRefused(static_cast<std::uint16_t>(*code));
    return Rehello(event.link, *code);
  }
  LogHead theirs;
  if (!event.hello.checkpoint.empty()) {
    const auto opened = HeadOf(event.hello.checkpoint);
    if (!opened) return Rehello(event.link, Code::kMalformed);
    theirs = *opened;
    if (!parts_.state.recovery && !Contains(theirs)) {
      // We signed a head that we do not contain: this store has forgotten something, perhaps a
      // recall.
      parts_.state.recovery = true;
      parts_.observer.HeadShown(event.hello.checkpoint);
      const auto verdict = JudgeStore(
          {head_, head_, {theirs}, [this](auto epoch, auto size) { return RootOf(epoch, size); }});
      parts_.observer.EnteredRecovery(verdict.found + ". " + verdict.remedy);
    }
  }
  const auto older = link_of_host_.find(event.host);
  if (older != link_of_host_.end()) EndSession(LinkId(older->second));
  EndSession(event.link);

  auto session = std::make_unique<DeliverySession>(
      DeliverySession::Ids{event.link, SessionId(parts_.random.Array<16>()), event.host,
                           event.hello.agencies},
      shared_flow_);
  session->set_head(checkpoint_head_);
  ServeAgencies(*session);
  link_of_host_.insert_or_assign(event.host, event.link);
  Welcome welcome{.minor = std::min(event.hello.minor_highest, kMinorHighest),
                  .head = head_,
                  .checkpoint = checkpoint_,
                  .consistency = theirs.size > 0 ? ConsistencyFrom(theirs) : std::vector<Digest>{},
                  .directory = published_->directory->version(),
                  .policy = published_->policy->version(),
                  .statements = published_->notices,
                  .time = parts_.clock.Now(),
                  .credit_messages = limits::kCreditMessages,
                  .credit_bytes = limits::kCreditBytes,
                  .recovery = parts_.state.recovery};
  const SessionId id = session->session();
  parts_.gateway.Push(
      StartSession{event.link, id, event.host, wire::EncodeFrame({id, std::move(welcome)})});
  const auto skew = parts_.clock.Now() - event.hello.time;
  clock_difference_.Heard(skew);
  parts_.state.clock_difference_ms = clock_difference_.middle().count();
  if (skew > kClockSkewAlarm || skew < -kClockSkewAlarm) {
    ++parts_.state.clock_alarms;
    Send(*session, {{}, AlarmFrame{AlarmFrame::Kind::kClock, {}, {}}});
  }
  const auto asked = asked_.find(event.host);
  if (asked != asked_.end()) Send(*session, {{}, Credit{0, 0, {}, asked->second}});
  sessions_.insert_or_assign(event.link, std::move(session));
  parts_.state.sessions = sessions_.size();
  parts_.commit.Push(HostReturned{event.host, event.hello.time, parts_.clock.Monotonic()});
  parts_.observer.SessionStarted();
}

void DeliveryLoop::Rehello(LinkId link, Code code) {
  parts_.gateway.Push(Outbound{
      link, SessionId(), wire::EncodeFrame({SessionId(), havenline::Rehello{code, kRehelloRetry}}),
      Tokens{}, false});
}

void DeliveryLoop::EndSession(LinkId link) {
  const auto at = sessions_.find(link);
  if (at == sessions_.end()) return;
  for (const AgencyId& agency : at->second->agencies()) {
    const auto of_agency = link_of_agency_.find(agency);
    if (of_agency != link_of_agency_.end() && of_agency->second == link)
      link_of_agency_.erase(of_agency);
  }
  link_of_host_.erase(at->second->host());
  sessions_.erase(at);
  parts_.state.sessions = sessions_.size();
  parts_.gateway.Push(havenline::EndSession{link});
  parts_.observer.SessionEnded();
}

void DeliveryLoop::On(LinkGone event) { EndSession(event.link); }

void DeliveryLoop::On(const LinkFetch& event) {
  parts_.gateway.Push(ReleaseTokens{event.tokens});
  const auto at = sessions_.find(event.link);
  if (at == sessions_.end() || at->second->session() != event.session) return;
  // Only what a checkpoint covers: a proof against anything newer could not be checked yet.
  const FetchParts fetch_parts{parts_.reader,       *published_,
                               at->second->host(),  checkpoint_head_,
                               at->second->looks(), [this] { return StatusJson(); }};
  Send(*at->second, {{}, AnswerFetch(event.fetch, fetch_parts)}, true);
}

// The host has receipts or voids for good: their rows go, with the next batch.
void DeliveryLoop::On(const LinkReceipted& event) {
  const auto at = sessions_.find(event.link);
  TakenRows taken{{}, event.tokens};
  if (at != sessions_.end() && at->second->session() == event.session) {
    for (const AnswerItem& answer : event.answers) {
      const auto place = at->second->flow().AnsweredRow(answer.reference);
      if (place && std::holds_alternative<Accepted>(answer.answer))
        taken.work.places.push_back(*place);
    }
  }
  parts_.commit.Push(std::move(taken));
}

void DeliveryLoop::Send(const DeliverySession& session, Frame frame, bool of_fetch) {
  frame.session = session.session();
  ++parts_.state.delivery_frames;
  parts_.gateway.Push(Outbound{session.link(), session.session(), wire::EncodeFrame(frame),
                               Tokens{}, true, of_fetch});
}

std::string DeliveryLoop::StatusJson() const {
  const auto uptime = std::chrono::duration_cast<Milliseconds>(parts_.clock.Monotonic() - started_);
  return text::ToJson(
      StatusValue({parts_.software, parts_.partnership.value(),
                   published_->directory->version().version, published_->policy->version().version,
                   uptime, published_->directory->quorum(), board_.standings()},
                  parts_.state));
}

}  // namespace havenline
