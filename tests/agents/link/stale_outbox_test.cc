// What policy marks strict is not sealed while nobody vouches for the directory's age; all else is.

#include "schema/model/limits.h"
#include "tests/agents/link/witness_fixture.h"

namespace havenline {
namespace {

class StaleOutboxTest : public WitnessFixture {
 protected:
  void SetUp() override { school_.StateTo(agent_); }

  // The notice as policy version 2 has it: strict, and so not urgent.
  void MakeStrict() {
    agent_.Document(DocumentKind::kPolicy,
                    partnership_.Sign(TestPartnership::Replace(
                        partnership_.PolicyText(2, partnership_.policy().version().hash),
                        "urgent = true", "strict = true")));
  }
  MessageId Send(TimePoint now = kNight) {
    const auto origin = agent_.outbox().Take(
        {partnership_.MakeContent(partnership_.NoticeContent()), {{kSchoolA, kSchoolRole}}, ""},
        now);
    EXPECT_TRUE(origin.has_value()) << (origin ? "" : origin.error().detail);
    return *origin;
  }
  OutState StateOf(const MessageId& origin) { return agent_.outbox().messages().at(origin).state; }
  void Tick(TimePoint now) { ASSERT_TRUE(agent_.outbox().Tick(now).has_value()); }

  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
};

TEST_F(StaleOutboxTest, AStrictMessageWaitsForAQuorumsWordAndGoesByItself) {
  MakeStrict();
  const MessageId origin = Send();
  EXPECT_EQ(StateOf(origin), OutState::kUnsealed);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kStale), 1U);
  EXPECT_FALSE(agent_.outbox().NextOffer(3U << 20U).value().has_value());
  agent_.Reopen();
  EXPECT_EQ(StateOf(origin), OutState::kUnsealed) << "it is in custody";
  ASSERT_TRUE(Show(5, {kPolice, kCouncil}).value());
  Tick(kNight + std::chrono::seconds(6));
  EXPECT_EQ(StateOf(origin), OutState::kSealed);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kStale), 0U);
  EXPECT_TRUE(agent_.outbox().NextOffer(3U << 20U).value().has_value());
}

TEST_F(StaleOutboxTest, AWordIsGoodForADay) {
  MakeStrict();
  ASSERT_TRUE(Show(5, {kPolice, kCouncil}).value());
  EXPECT_EQ(StateOf(Send(kNight + limits::kDirectoryStale)), OutState::kSealed);
  EXPECT_EQ(StateOf(Send(kNight + limits::kDirectoryStale + std::chrono::seconds(1))),
            OutState::kUnsealed);
}

// D8.
TEST_F(StaleOutboxTest, AnUrgentMessageGoesWhateverWitnessesSay) {
  EXPECT_TRUE(documents().IsStale(kNight));
  EXPECT_EQ(StateOf(Send()), OutState::kSealed);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kStale), 0U);
}

TEST_F(StaleOutboxTest, WithoutWitnessesNothingIsStale) {
  TestAgent other(partnership_, kPolice, {});
  EXPECT_FALSE(other.documents().IsStale(kNight + std::chrono::hours(9999)));
}

}  // namespace
}  // namespace havenline
