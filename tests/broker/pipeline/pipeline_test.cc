// All threads and real sockets: the way of a message, many at once, and an orderly end.

#include "broker/pipeline/pipeline.h"

#include <algorithm>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "agents/link/dealer.h"
#include "schema/base/z85.h"
#include "schema/model/limits.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame_codec.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

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

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() {
    const seal::SealKey& key = broker_.partnership().CurveKeyOf("broker");
    auto bound = Router::Bind({.endpoint = "tcp://127.0.0.1:*",
                               .public_key = Z85Encode(key.public_key()),
                               .secret_key = Z85Encode(key.ExposePrivate())});
    CHECK(bound.has_value());
    router_ = *std::move(bound);
    for (int i = 0; i < 40; ++i) notices_.push_back(broker_.Notice());
    pipeline_ =
        std::make_unique<Pipeline>(PipelineParts{.router = *router_,
                                                 .committer = broker_.committer(),
                                                 .store = broker_.store(),
                                                 .reader = broker_.store(),
                                                 .mark = mark_,
                                                 .signer = broker_.partnership().log_signer(),
                                                 .clock = clock_,
                                                 .random = random_,
                                                 .observer = observer_,
                                                 .partnership = kTestPartnership,
                                                 .software = "test broker",
                                                 .gate = gate_,
                                                 .release_key = broker_.partnership().release_key(),
                                                 .verify_workers = 3});
    pipeline_->Start();
  }
  std::unique_ptr<Client> Join(const AgencyId& agency) {
    auto client = std::make_unique<Client>(broker_.partnership(), agency, router_->endpoint());
    CHECK(client->Hello());
    return client;
  }

  HandGate gate_;
  TestBroker broker_{&gate_};
  RunningClock clock_;
  FakeMark mark_;
  CountingObserver observer_;
  seal::SystemRandom random_;
  std::vector<Composed> notices_;  // Made before the threads begin: they share the broker's random.
  std::unique_ptr<Router> router_;
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(PipelineTest, ANoticeGoesToItsSchoolAndItsReceiptBack) {
  const auto police = Join(kPolice);
  const auto school = Join(kSchoolA);
  ASSERT_TRUE(police->Send(Submit{Lane::kUrgent, {{Reference(1), notices_[0].bytes}}}));
  ASSERT_TRUE(police->Until([&] { return !police->answers.empty(); }));
  EXPECT_TRUE(IsAccepted(police->answers[0].answer));
  ASSERT_TRUE(school->Until([&] { return !school->delivered.empty(); }));
  const auto delivery = wire::ParseDelivery(school->delivered[0].bytes);
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->header.id, notices_[0].envelope.header.id);
  const SignedReceipt receipt = SignReceipt(
      broker_.partnership(), DraftReceipt(notices_[0].envelope, 0, ReceiptKind::kStored, kNight));
  ASSERT_TRUE(school->Send(ReceiptFrame{{{Reference(7), wire::EncodeSignedReceipt(receipt), {}}}}));
  ASSERT_TRUE(school->Until([&] { return !school->answers.empty(); }));
  EXPECT_TRUE(IsAccepted(school->answers[0].answer));
  ASSERT_TRUE(police->Until([&] { return !police->receipts.empty(); }));
  const Reference reference = police->receipts[0].reference;
  ASSERT_TRUE(police->Send(Receipted{{{reference, Accepted{}}}}));
  EXPECT_TRUE(police->Until([&] { return broker_.store().mailbox_size() == 0; }));
  pipeline_->Stop();
  EXPECT_EQ(mark_.marked.epoch, 1U);
}

// Three workers finish in any order; the answers, and the entries, come in the order of arrival.
TEST_F(PipelineTest, ManyAtOnceAreEnteredInTheOrderInWhichTheyCame) {
  const auto police = Join(kPolice);
  std::vector<Item> items;
  for (std::size_t i = 0; i < notices_.size(); ++i) {
    items.push_back({Reference(2 * i), notices_[i].bytes});
    items.push_back({Reference(2 * i + 1), Bytes(5, 0xEE)});
  }
  const std::size_t count = items.size();
  ASSERT_TRUE(police->Send(Submit{Lane::kUrgent, std::move(items)}));
  ASSERT_TRUE(police->Until([&] { return police->answers.size() == count; }));
  Position last;
  for (std::size_t i = 0; i < count; ++i) {
    const AnswerItem& answer = police->answers[i];
    EXPECT_EQ(answer.reference, Reference(i));
    if (i % 2 == 1) {
      EXPECT_EQ(CodeOf(answer.answer), Code::kMalformed);
      continue;
    }
    const auto* const accepted = std::get_if<Accepted>(&answer.answer);
    ASSERT_NE(accepted, nullptr);
    EXPECT_LT(last, accepted->proof.position);
    last = accepted->proof.position;
  }
}

TEST_F(PipelineTest, StopsWithoutWaitingWhenNothingIsInside) {
  const auto police = Join(kPolice);
  const auto before = std::chrono::steady_clock::now();
  pipeline_->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
  pipeline_->Stop();  // Once more is nothing.
}

// D1 at an orderly end: what was answered is in the store, and what was taken in is answered.
TEST_F(PipelineTest, WhatIsInsideIsAnsweredBeforeTheEnd) {
  const auto police = Join(kPolice);
  const std::uint64_t before = broker_.committer().head().size;
  std::vector<Item> items;
  for (std::size_t i = 0; i < notices_.size(); ++i)
    items.push_back({Reference(i), notices_[i].bytes});
  ASSERT_TRUE(police->Send(Submit{Lane::kUrgent, std::move(items)}));
  ASSERT_TRUE(police->Until([&] { return !police->answers.empty(); }));
  pipeline_->Stop();
  EXPECT_TRUE(police->Until([&] { return police->answers.size() == notices_.size(); }));
  const auto accepted = std::ranges::count_if(
      police->answers, [](const AnswerItem& item) { return IsAccepted(item.answer); });
  EXPECT_EQ(broker_.committer().head().size - before, static_cast<std::uint64_t>(accepted));
}

}  // namespace
}  // namespace havenline
