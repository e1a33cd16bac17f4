#include "tests/fakes/test_loops.h"

#include <algorithm>

#include "schema/base/check.h"

namespace havenline {
namespace {

tlog::NoteSigner SignerAfter(TestBroker& broker, const std::function<void(TestBroker&)>& before) {
  if (before) before(broker);
  const std::uint64_t epoch = broker.committer().head().epoch;
  if (epoch != kFirstEpoch) return LogSignerOf(epoch);
  const tlog::NoteSigner& first = broker.partnership().log_signer();
  return {first.key().name, seal::SigningKey::FromSeed(first.ExposeSeed())};
}

}  // namespace

TestLoops::TestLoops(bool recovery, std::size_t in_flight_pool,
                     const std::function<void(TestBroker&)>& before)
    : signer_(SignerAfter(broker_, before)),
      commit_({broker_.committer(), broker_.store(), mark_, signer_, clock_, state_, observer_,
               commit_in_, deliver_in_, gateway_, directory_, kTestPartnership}),
      delivery_({broker_.store(), clock_, broker_.random(), state_, observer_, deliver_in_,
                 commit_in_, gateway_, kTestPartnership, "test broker", gate_,
                 broker_.partnership().release_key(), in_flight_pool}) {
  state_.recovery = recovery;
  commit_.Announce();
  Settle();
}

void TestLoops::Settle() {
  for (bool moved = true; moved;) {
    auto to_commit = commit_in_.TakeAll();
    moved = !to_commit.empty();
    commit_.Turn(std::move(to_commit));
    auto to_deliver = deliver_in_.TakeAll();
    moved = !to_deliver.empty() || moved || broker_.committer().sweeping();
    delivery_.Turn(std::move(to_deliver));
    Collect();
  }
}

void TestLoops::Collect() {
  for (GatewayEvent& event : gateway_.TakeAll()) Hear(std::move(event));
}

void TestLoops::Hear(GatewayEvent event) {
  if (auto* start = std::get_if<StartSession>(&event)) {
    auto frame = wire::ParseFrame(start->welcome);
    CHECK(frame.has_value() && std::holds_alternative<Welcome>(frame->body));
    CHECK(frame->session == start->session);
    Link& link = links_[start->link.value()];
    link = {};
    link.session = start->session;
    link.welcome = std::get<Welcome>(std::move(frame->body));
  } else if (auto* out = std::get_if<Outbound>(&event)) {
    if (out->from_delivery) --state_.delivery_frames;
    auto frame = wire::ParseFrame(out->frame);
    CHECK(frame.has_value() && frame->session == out->session);
    Link& link = links_[out->link.value()];
    link.answered += out->answered;
    if (auto* rehello = std::get_if<Rehello>(&frame->body)) {
      link.rehello = *rehello;
    } else if (out->session == link.session && !link.ended) {  // As the gateway does.
      link.frames.push_back(*std::move(frame));
    }
  } else if (auto* end = std::get_if<EndSession>(&event)) {
    links_[end->link.value()].ended = true;
  } else if (auto* release = std::get_if<ReleaseTokens>(&event)) {
    released_ += release->tokens;
  } else {
    keys_ = std::get<KeysChanged>(std::move(event)).keys;
  }
}

Hello TestLoops::HelloOf(const std::vector<AgencyId>& agencies) {
  Hello hello;
  hello.partnership = kTestPartnership;
  hello.agencies = agencies;
  hello.time = kNight;
  hello.software = "test agent";
  return hello;
}

void TestLoops::SayHello(std::uint64_t link, const HostId& host, Hello hello) {
  deliver_in_.Push(LinkHello{LinkId(link), host, std::move(hello), {1, 10}});
  Settle();
}

void TestLoops::Offer(std::uint64_t link, CommitItem item, std::size_t bytes) {
  item.route.link = LinkId(link);
  item.route.session = links_[link].session;
  item.route.bytes = bytes;
  commit_in_.Push(Judged{Ticket(next_ticket_++), std::move(item), {1, bytes}});
  Settle();
}

void TestLoops::Answer(std::uint64_t link, std::vector<Reference> references,
                       havenline::Answer answer) {
  std::vector<AnswerItem> items;
  for (const Reference reference : references) items.push_back({reference, answer});
  deliver_in_.Push(LinkReceipted{LinkId(link), links_[link].session, std::move(items), {1, 10}});
  Settle();
}

void TestLoops::Cosign(std::uint64_t link, const std::string& note) {
  deliver_in_.Push(LinkCosign{LinkId(link), links_[link].session, note, {1, 10}});
  Settle();
}

void TestLoops::Alarm(std::uint64_t link, const AlarmFrame& alarm) {
  deliver_in_.Push(LinkAlarm{LinkId(link), links_[link].session, alarm, {1, 10}});
  Settle();
}

void TestLoops::Drain(std::uint64_t link) {
  std::uint64_t asked = 0;
  for (const Frame& frame : links_[link].frames) {
    if (const auto* credit = std::get_if<Credit>(&frame.body))
      asked = std::max(asked, credit->drained);
  }
  if (asked == 0) return;
  deliver_in_.Push(LinkDrained{LinkId(link), links_[link].session, asked, {1, 10}});
  Settle();
}

DocumentFrame TestLoops::Ask(std::uint64_t link, Fetch fetch) {
  fetch.reference = Reference(++last_reference_);
  deliver_in_.Push(LinkFetch{LinkId(link), links_[link].session, fetch, {1, 10}});
  Settle();
  for (const Frame& frame : links_[link].frames) {
    const auto* const document = std::get_if<DocumentFrame>(&frame.body);
    if (document != nullptr && document->reference == fetch.reference) return *document;
  }
  CHECK(false);
  return {};
}

}  // namespace havenline
