// An agent's end of a real link, in a test's hand, and a clock for what runs on threads.

#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "agents/link/dealer.h"
#include "schema/base/z85.h"
#include "schema/wire/frame_codec.h"
#include "tests/fakes/test_loops.h"

namespace havenline {

// Begins in the test's night and runs.
class RunningClock final : public Clock {
 public:
  TimePoint Now() const override {
    return kNight + std::chrono::duration_cast<Milliseconds>(Monotonic() - start_);
  }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::now();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// An agent's end of a link.
class Client {
 public:
  Client(const TestPartnership& partnership, const AgencyId& agency, const std::string& endpoint)
      : agency_(agency) {
    const seal::SealKey& key = partnership.CurveKeyOf("host." + agency.value());
    auto opened =
        Dealer::Open({.endpoint = endpoint,
                      .broker_key = Z85Encode(partnership.CurveKeyOf("broker").public_key()),
                      .public_key = Z85Encode(key.public_key()),
                      .secret_key = Z85Encode(key.ExposePrivate())});
    CHECK(opened.has_value());
    dealer_ = *std::move(opened);
  }

  bool Until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      for (const Bytes& bytes : dealer_->Poll(Milliseconds(10), 100).frames) {
        auto frame = wire::ParseFrame(bytes);
        CHECK(frame.has_value());
        Hear(*std::move(frame));
      }
    }
    return true;
  }
  template <class Body>
  bool Send(Body body) {
    const Bytes bytes = wire::EncodeFrame({session_, std::move(body)});
    return Until([&] { return dealer_->Send(bytes); });
  }
  bool Hello() {
    session_ = SessionId();
    return Send(TestLoops::HelloOf({agency_})) && Until([&] { return session_ != SessionId(); });
  }

  std::vector<AnswerItem> answers;
  std::vector<DeliverItem> delivered;
  std::vector<ReceiptItem> receipts;

 private:
  void Hear(Frame frame) {
    if (std::holds_alternative<Welcome>(frame.body)) session_ = frame.session;
    const auto take = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
    };
    if (auto* body = std::get_if<AnswerFrame>(&frame.body)) take(answers, body->items);
    if (auto* body = std::get_if<Receipted>(&frame.body)) take(answers, body->items);
    if (auto* body = std::get_if<Deliver>(&frame.body)) take(delivered, body->items);
    if (auto* body = std::get_if<ReceiptFrame>(&frame.body)) take(receipts, body->items);
  }

  AgencyId agency_;
  std::unique_ptr<Dealer> dealer_;
  SessionId session_;
};

}  // namespace havenline
