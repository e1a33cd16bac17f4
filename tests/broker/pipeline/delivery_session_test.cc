// Which mailbox of a session is read next: urgent ones first, each agency in turn.

#include "broker/pipeline/delivery_session.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace havenline {
namespace {

const AgencyId kA("school.a");
const AgencyId kB("school.b");

class DeliverySessionTest : public ::testing::Test {
 protected:
  DeliverySessionTest()
      : session_({LinkId(1), SessionId(), HostId("host.desk"), {kA, kB}}, shared_) {}

  // The next boxes, as "u:a" or "n:b".
  std::vector<std::string> Next(int count) {
    std::vector<std::string> boxes;
    for (int i = 0; i < count; ++i) {
      const auto place = session_.NextReady();
      boxes.push_back(!place ? "-"
                             : std::string(place->lane == Lane::kUrgent ? "u:" : "n:") +
                                   place->agency.value().back());
    }
    return boxes;
  }
  using Boxes = std::vector<std::string>;

  SharedFlow shared_;
  DeliverySession session_;
};

TEST_F(DeliverySessionTest, UrgentMailboxesComeFirstAndAgenciesInTurn) {
  session_.Add(kA);
  session_.Add(kB);
  EXPECT_EQ(Next(4), (Boxes{"u:a", "u:b", "u:a", "u:b"}));
  session_.MarkDrained(kA, Lane::kUrgent);
  EXPECT_EQ(Next(2), (Boxes{"u:b", "u:b"}));
  session_.MarkDrained(kB, Lane::kUrgent);
  EXPECT_EQ(Next(3), (Boxes{"n:a", "n:b", "n:a"}));
}

TEST_F(DeliverySessionTest, WhatIsUrgentOvertakesWhatIsNot) {
  session_.Add(kA);
  session_.MarkDrained(kA, Lane::kUrgent);
  EXPECT_EQ(Next(1), Boxes{"n:a"});
  session_.MarkReady(kA, Lane::kUrgent);
  session_.MarkReady(kA, Lane::kUrgent);  // Twice is once.
  EXPECT_EQ(Next(1), Boxes{"u:a"});
  session_.MarkDrained(kA, Lane::kUrgent);
  EXPECT_EQ(Next(1), Boxes{"n:a"});
}

TEST_F(DeliverySessionTest, ADrainedMailboxIsNotReadUntilSomethingComes) {
  session_.Add(kA);
  for (const Lane lane : {Lane::kUrgent, Lane::kNormal}) session_.MarkDrained(kA, lane);
  EXPECT_EQ(Next(1), Boxes{"-"});
  session_.MarkReady(kA, Lane::kNormal);
  EXPECT_EQ(Next(1), Boxes{"n:a"});
}

TEST_F(DeliverySessionTest, OnlyServedAgenciesBecomeReady) {
  session_.MarkReady(kA, Lane::kUrgent);
  EXPECT_EQ(Next(1), Boxes{"-"});
  session_.Add(kA);
  session_.Remove(kA);
  session_.MarkReady(kA, Lane::kUrgent);
  EXPECT_EQ(Next(1), Boxes{"-"});
}

TEST_F(DeliverySessionTest, AMailboxIsReadOnFromWhereItWas) {
  session_.Add(kA);
  session_.Advance({kA, Lane::kUrgent, 7});
  EXPECT_EQ(session_.NextReady()->sequence, 7U);
}

// What waits for other links' claims does not hold up what goes within this one's own share.
TEST_F(DeliverySessionTest, AMailboxThatIsPassedOverLetsTheOthersGoFirstUntilTheNextTurn) {
  session_.Add(kA);
  session_.Add(kB);
  EXPECT_TRUE(session_.PassOver({kA, Lane::kUrgent, 0}));
  EXPECT_EQ(Next(2), (Boxes{"u:b", "u:b"}));
  EXPECT_TRUE(session_.PassOver({kB, Lane::kUrgent, 0}));
  EXPECT_EQ(Next(2), (Boxes{"n:a", "n:b"}));
  session_.StartTurn();
  EXPECT_EQ(Next(2), (Boxes{"u:a", "u:b"}));
}

TEST_F(DeliverySessionTest, WhatARowWaitsForIsKnownUntilItGoesOrAnotherIsNext) {
  const MailboxPlace place{kA, Lane::kUrgent, 7};
  session_.Add(kA);
  session_.SetWaiting(place, 500);
  EXPECT_EQ(session_.WaitingOf({kA, Lane::kUrgent, 3}), 500U);
  EXPECT_EQ(session_.WaitingOf({kA, Lane::kNormal, 3}), std::nullopt);
  session_.Advance(place);
  EXPECT_EQ(session_.WaitingOf(place), std::nullopt);
  session_.SetWaiting(place, 500);
  session_.ForgetWaiting(kA, Lane::kUrgent);
  EXPECT_EQ(session_.WaitingOf(place), std::nullopt);
  session_.SetWaiting(place, 500);
  session_.Remove(kA);
  EXPECT_EQ(session_.WaitingOf(place), std::nullopt);
}

// What was in flight when it was cut off was dropped there unopened: it is handed again.
TEST_F(DeliverySessionTest, AnAgencyServedAgainIsReadFromTheBeginning) {
  session_.Add(kA);
  session_.Advance({kA, Lane::kUrgent, 7});
  session_.flow().Handed({kA, Lane::kUrgent, 7}, 50, LinkFlow::Ends::kByReceipt, {});
  session_.Remove(kA);
  EXPECT_EQ(shared_.in_flight, 0U);
  session_.Add(kA);
  EXPECT_EQ(session_.NextReady()->sequence, 0U);
}

}  // namespace
}  // namespace havenline
