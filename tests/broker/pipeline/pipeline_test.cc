// All threads and real sockets: the way of a message, many at once, and an orderly end.

#include "broker/pipeline/pipeline.h"

#include <algorithm>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "schema/base/z85.h"
#include "schema/model/limits.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame_codec.h"
#include "schema/wire/statement_codec.h"
#include "tests/broker/pipeline/client.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

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
