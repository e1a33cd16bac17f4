// What every agent makes of the witnesses: which verified head is final, and since when.

#include "tests/agents/link/witness_fixture.h"

namespace havenline {
namespace {

class FinalHeadTest : public WitnessFixture {};

TEST_F(FinalHeadTest, AHeadThatAQuorumCosignedIsFinalAndKept) {
  ASSERT_TRUE(Show(5).value());
  EXPECT_FALSE(documents().final_head().has_value());
  ASSERT_TRUE(Show(5, {kPolice, kCouncil}).value());
  for (int life = 0; life < 2; ++life) {
    ASSERT_TRUE(documents().final_head().has_value());
    EXPECT_EQ(documents().final_head()->head, log_.HeadAt(5));
    EXPECT_EQ(documents().final_head()->time, kNight);
    agent_.Reopen();
  }
}

TEST_F(FinalHeadTest, OneVoiceTooFewIsNotFinal) {
  ASSERT_TRUE(Show(5, {kPolice}).value());
  EXPECT_FALSE(documents().final_head().has_value());
}

TEST_F(FinalHeadTest, AnOlderHeadThatWasVerifiedMayBecomeFinalLater) {
  ASSERT_TRUE(Show(5).value());
  ASSERT_TRUE(Show(9).value());
  ASSERT_TRUE(Show(5, {kPolice, kCouncil}).value());
  EXPECT_EQ(documents().final_head()->head, log_.HeadAt(5));
  EXPECT_EQ(documents().head(), log_.HeadAt(9));
}

TEST_F(FinalHeadTest, AHeadThatThisAgentDidNotVerifyIsNotFinalWhoeverCosignedIt) {
  ASSERT_TRUE(Show(9).value());
  ASSERT_TRUE(Show(5, Three()).has_value());
  EXPECT_FALSE(documents().final_head().has_value());
}

TEST_F(FinalHeadTest, FinalNeverGoesBack) {
  ASSERT_TRUE(Show(5).value());
  ASSERT_TRUE(Show(9, {kPolice, kCouncil}).value());
  ASSERT_TRUE(Show(5, Three(), kNight + std::chrono::hours(1)).has_value());
  EXPECT_EQ(documents().final_head()->head, log_.HeadAt(9));
}

TEST_F(FinalHeadTest, TheSameHeadCosignedAgainIsFinalAnew) {
  ASSERT_TRUE(Show(5, Three()).value());
  ASSERT_TRUE(Show(5, Three(), kNight + std::chrono::minutes(1)).value());
  EXPECT_EQ(documents().final_head()->time, kNight + std::chrono::minutes(1));
  EXPECT_FALSE(Show(5, Three()).value()) << "an older word again is no news";
}

TEST_F(FinalHeadTest, ACosignatureThatDoesNotHoldRefusesTheWholeHead) {
  const std::string foreign =
      TestPartnership::WitnessOf(kCouncil)
          .Cosign(tlog::CheckpointText(kTestPartnership, log_.HeadAt(6)), kNight)
          .line;
  const auto taken = documents().TakeCheckpoint(log_.Checkpoint(partnership_, 5) + foreign, 0, {});
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, FaultCode::kCorrupt);
  EXPECT_EQ(documents().head().size, 0U);
}

// Each was shown after a newer one: nothing asks for a proof, and yet both cannot be.
TEST_F(FinalHeadTest, ASecondRootOfASizeThatWasVerifiedBeforeIsEvidence) {
  ASSERT_TRUE(Show(5).value());
  ASSERT_TRUE(Show(9).value());
  const auto shown = Show(5, {}, kNight, TestLog(7, 3));
  ASSERT_FALSE(shown.has_value());
  EXPECT_EQ(shown.error().code, FaultCode::kCorrupt);
  EXPECT_TRUE(agent_.store().Get(Table::kDocuments, "evidence/" + NumberText(5))->has_value());
}

}  // namespace
}  // namespace havenline
