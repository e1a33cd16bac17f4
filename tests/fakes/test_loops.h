// The commit and delivery threads without threads: the loops of a broker in a test's hand, turned
// until nothing moves. What they tell the gateway is kept, parsed, by link.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "broker/pipeline/commit_loop.h"
#include "broker/pipeline/delivery_loop.h"
#include "schema/wire/frame_codec.h"
#include "tests/fakes/openings.h"
#include "tests/fakes/test_broker.h"

namespace havenline {

// Moved by the test alone.
class ManualClock final : public Clock {
 public:
  TimePoint Now() const override { return now_; }
  std::chrono::steady_clock::time_point Monotonic() const override { return monotonic_; }
  void Wait(Milliseconds time) {
    now_ += time;
    monotonic_ += time;
  }
  // The wall clock alone.
  void Step(Milliseconds by) { now_ += by; }

 private:
  TimePoint now_ = kNight;
  std::chrono::steady_clock::time_point monotonic_{std::chrono::hours(1)};
};

// Keeps the last mark; may be told to fail.
class FakeMark final : public Mark {
 public:
  Result<void> Advance(const LogHead& head) override {
    if (fails) return Fail(FaultCode::kIo, "the mark's disk failed, as it was told to");
    marked = head;
    return {};
  }
  LogHead marked;
  bool fails = false;
};

// What a program would do by ending.
struct Stopped {
  Fault fault;
};

class CountingObserver final : public Observer {
 public:
  void SessionStarted() override { ++started; }
  void SessionEnded() override { ++ended; }
  void HelloRefused(std::uint16_t) override { ++refused; }
  void EnteredRecovery(const std::string& why) override { recovery = why; }
  void HeadShown(const std::string& checkpoint) override { shown = checkpoint; }
  void DocumentInForce(std::uint64_t, std::uint64_t) override {}
  void Overdue(std::size_t count) override { overdue += count; }
  void Released(std::size_t count) override { released += count; }
  void Undeliverable(std::size_t count) override { undeliverable += count; }
  void ClockDoubted(bool now) override { clock_doubted = now; }
  void Contradicted() override { ++contradicted; }
  void QuorumLate(bool late) override { ++(late ? quorum_late : quorum_back); }
  [[noreturn]] void Fatal(const Fault& fault) override { throw Stopped{fault}; }

  int started = 0;
  int ended = 0;
  int refused = 0;
  std::size_t overdue = 0;
  std::size_t released = 0;
  std::size_t undeliverable = 0;
  bool clock_doubted = false;
  int contradicted = 0;
  int quorum_late = 0;
  int quorum_back = 0;
  std::string recovery;
  std::string shown;
};

class TestLoops {
 public:
  // What the gateway was told about one link.
  struct Link {
    SessionId session;
    std::optional<Welcome> welcome;
    std::optional<Rehello> rehello;
    bool ended = false;
    std::vector<Frame> frames;  // After the welcome.
    Tokens answered;
  };

  // `before` is done to the broker before its loops begin.
  explicit TestLoops(bool recovery = false, std::size_t in_flight_pool = limits::kInFlightPool,
                     const std::function<void(TestBroker&)>& before = {});

  TestBroker& broker() { return broker_; }
  ManualClock& clock() { return clock_; }
  FakeMark& mark() { return mark_; }
  CountingObserver& observer() { return observer_; }
  SharedState& state() { return state_; }
  DeliveryLoop& delivery() { return delivery_; }
  CommitLoop& commit() { return commit_; }
  Link& link(std::uint64_t number) { return links_[number]; }
  const Tokens& released() const { return released_; }
  const std::map<std::string, HostId>& keys() const { return keys_; }

  // Turns both loops until nothing moves.
  void Settle();
  // Takes what the gateway was told. Settle() does; a test does after the program would have ended.
  void Collect();

  // The host of the first agency says hello for all of them.
  static Hello HelloOf(const std::vector<AgencyId>& agencies);
  void SayHello(std::uint64_t link, const HostId& host, Hello hello);
  void SayHello(std::uint64_t link, const std::vector<AgencyId>& agencies) {
    SayHello(link, TestPartnership::HostOf(agencies.front()), HelloOf(agencies));
  }
  // Commits this as if it had come on that link, and settles. Each holds one token and so many
  // bytes.
  void Offer(std::uint64_t link, CommitItem item, std::size_t bytes = 100);
  void Answer(std::uint64_t link, std::vector<Reference> references, havenline::Answer answer);
  // What an agent says of the broker.
  void Alarm(std::uint64_t link, const AlarmFrame& alarm);
  // A witness's word on a checkpoint, from that link.
  void Cosign(std::uint64_t link, const std::string& note);
  // Says that the receipts of this link's host are drained, if it was asked.
  void Drain(std::uint64_t link);
  DocumentFrame Ask(std::uint64_t link, Fetch fetch);

  // What this link was sent so far, of all frames.
  std::vector<DeliverItem> Delivered(std::uint64_t link) { return All(link, &Deliver::items); }
  std::vector<ReceiptItem> Receipts(std::uint64_t link) { return All(link, &ReceiptFrame::items); }
  std::vector<AnswerItem> Answers(std::uint64_t link) { return All(link, &AnswerFrame::items); }
  void ForgetFrames(std::uint64_t link) { links_[link].frames.clear(); }

 private:
  template <class Body, class Item>
  std::vector<Item> All(std::uint64_t link, std::vector<Item> Body::*of_body) {
    std::vector<Item> items;
    for (const Frame& frame : links_[link].frames) {
      if (const auto* body = std::get_if<Body>(&frame.body))
        items.insert(items.end(), (body->*of_body).begin(), (body->*of_body).end());
    }
    return items;
  }
  void Hear(GatewayEvent event);

  HandGate gate_;
  TestBroker broker_{&gate_};
  tlog::NoteSigner signer_;  // Of the epoch in force.
  ManualClock clock_;
  FakeMark mark_;
  CountingObserver observer_;
  SharedState state_;
  DirectoryHolder directory_;
  Channel<CommitEvent> commit_in_{100'000};
  Channel<DeliveryEvent> deliver_in_{100'000};
  GatewayChannel gateway_{100'000, [] {}};
  CommitLoop commit_;
  DeliveryLoop delivery_;
  std::map<std::uint64_t, Link> links_;
  std::map<std::string, HostId> keys_;
  Tokens released_;
  std::uint64_t next_ticket_ = 0;
  std::uint64_t last_reference_ = 0;
};

}  // namespace havenline
