// The agent whole: what comes waits for the documents that were announced.

#include "tests/agents/link/agent_fixture.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

// C2: who was away for days judges by what is in force today.
TEST_F(AgentTest, ADeliveryWaitsForTheNewerPolicyThatWelcomeAnnounced) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  broker_.Listen();
  EXPECT_TRUE(broker_.receipts.empty());
  Answer(partnership_.Sign(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kWithheld});
}

TEST_F(AgentTest, ADeliveryThatTheNewerPolicyAllowsIsShownOnceItIsThere) {
  const std::string next = partnership_.PolicyText(2, partnership_.policy().version().hash);
  ComeBackTo(VersionOf(next));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  Answer(partnership_.Sign(next));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kStored});
}

// D8: a document that does not come must not stop a notice.
TEST_F(AgentTest, ADeliveryWaitsNoLongerThanPatienceForAPolicyThatDoesNotCome) {
  ComeBackTo(VersionOf(Stricter()));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  clock_.Wait(Arrivals::kPatience - 5s);
  broker_.Listen();
  EXPECT_TRUE(broker_.receipts.empty());
  clock_.Wait(5s);
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kStored});
}

TEST_F(AgentTest, ADeliveryDoesNotWaitForAPolicyThatWasNotTaken) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  Answer(stricter);  // Nobody signed it.
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kStored});
  EXPECT_EQ(Alarms(AlarmKind::kDocuments), 1);
}

TEST_F(AgentTest, ADeliveryUnderThePolicyInForceDoesNotWait) {
  ComeBackTo(partnership_.policy().version());
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kStored});
  EXPECT_TRUE(broker_.fetches.empty());
}

// What a link cut short left waiting belongs to a session that is over: only a new delivery counts.
TEST_F(AgentTest, WhatWaitedInASessionThatEndedIsNotReceivedInTheNext) {
  ComeBackTo(VersionOf(Stricter()));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  broker_.Send(Rehello{Code::kStale, 0ms});
  ASSERT_TRUE(broker_.Until([&] { return broker_.hellos > 1; }));
  clock_.Wait(Arrivals::kPatience);
  broker_.Listen();
  EXPECT_TRUE(broker_.receipts.empty());
}

TEST_F(AgentTest, AFetchThatIsDeferredIsMadeAgainAfterThePause) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  broker_.Send(AnswerFrame{{{broker_.fetches[0].reference, Deferred{Code::kOverload, 3'000ms}}}});
  broker_.fetches.clear();
  broker_.Listen();
  EXPECT_TRUE(broker_.fetches.empty());
  clock_.Wait(4'000ms);
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  Answer(partnership_.Sign(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kWithheld});
}

// Four may be under way: unanswered ones must not be the end of all fetching.
TEST_F(AgentTest, AFetchThatNobodyAnswersIsMadeAgain) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  broker_.fetches.clear();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(broker_.fetches.empty());
    clock_.Wait(10s);
    broker_.Send(Credit{64, 1U << 20U, {}});  // The session lives.
    broker_.Listen();
  }
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  Answer(partnership_.Sign(stricter));
  ASSERT_TRUE(broker_.Until([&] { return Policy() == VersionOf(stricter); }));
}

TEST_F(AgentTest, WhatIsAnnouncedAgainAndAgainIsFetchedOnce) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  const std::string checkpoint =
      tlog::MakeCheckpoint(kTestPartnership, LogHead{1, 5, {}}, partnership_.log_signer());
  for (int i = 0; i < 5; ++i) {
    broker_.Send(
        Head{checkpoint, 0, {}, partnership_.directory().version(), VersionOf(stricter), 0});
    broker_.Poll();
  }
  broker_.Listen();
  Answer(partnership_.Sign(stricter));  // That there was one.
  ASSERT_TRUE(broker_.Until([&] { return Policy() == VersionOf(stricter); }));
}

}  // namespace
}  // namespace havenline
