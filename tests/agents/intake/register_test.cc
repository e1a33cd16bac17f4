// The register of establishments while the agent runs: which newer one is taken, and which is not.

#include <unistd.h>

#include <gmock/gmock.h>

#include "tests/agents/intake/intake_fixture.h"

namespace havenline::intake {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t kOpenBefore = 100;

class RegisterTest : public IntakeTest {
 protected:
  void SetUp() override {
    IntakeTest::SetUp();
    configuration_.links.reset();
    Write("register.csv", Register(kOpenBefore));
    Open();
  }
  // So many open establishments, and one that is closed.
  static std::string Register(std::size_t open) {
    std::string text =
        "URN,LA (code),EstablishmentNumber,EstablishmentName,EstablishmentStatus (code)\n"
        "100000,999,1000,Ended School,2\n";
    for (std::size_t i = 0; i < open; ++i) {
      const std::string urn = std::to_string(106'890 + i);
      text += urn + ",999," + urn.substr(2) + ",School " + urn + ",1\n";
    }
    return text;
  }
  void Bring(const std::string& text) {
    Write("register.csv", text);
    Look();
  }
  void Look() {
    Run(3 * kRegisterWatchedEvery);
    for (int i = 0; i < 50; ++i) {  // It is read on a thread of its own.
      ::usleep(10'000);
      ASSERT_TRUE(intake_->Tick().has_value());
    }
  }
  std::int64_t InUse() const {
    const text::Value status = intake_->Status();
    const text::Value* const in_use = status.Find("register");
    return in_use == nullptr ? -1 : in_use->Find("open")->integer();
  }
  std::int64_t InDoubt() const {
    const text::Value status = intake_->Status();
    const text::Value* const doubt = status.Find("register-in-doubt");
    return doubt == nullptr ? -1 : doubt->Find("open")->integer();
  }
};

TEST_F(RegisterTest, OneThatLostATenthIsTakenAndOneThatLostMoreIsNot) {
  Bring(Register(90));
  EXPECT_EQ(InUse(), 90);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kDocuments), 0U);
  Bring(Register(80));
  EXPECT_EQ(InUse(), 90);
  EXPECT_EQ(InDoubt(), 80);
  EXPECT_THAT(Words(AlarmKind::kDocuments),
              AllOf(HasSubstr("has 80 open establishments, and the one before it had 90"),
                    HasSubstr("the older stays"), HasSubstr("confirm the number 80")));
}

TEST_F(RegisterTest, RowsGoOnByTheOlderRegisterMeanwhile) {
  Bring(Register(0));
  EXPECT_EQ(InDoubt(), 0);
  Drop("night.csv", Row(1));
  EXPECT_EQ(Count("notices"), 1);
}

TEST_F(RegisterTest, AWholeOneAfterItIsTakenAndTheAlarmEnds) {
  Bring(Register(50));
  Bring(Register(99));
  EXPECT_EQ(InUse(), 99);
  EXPECT_EQ(InDoubt(), -1);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kDocuments), 0U);
}

TEST_F(RegisterTest, TheAlarmSaysWhatIsWrongWithTheNewestOne) {
  Bring("nonsense\n1\n");
  EXPECT_THAT(Words(AlarmKind::kDocuments), HasSubstr("lacks the columns"));
  Bring(Register(50));
  EXPECT_THAT(Words(AlarmKind::kDocuments), HasSubstr("confirm the number 50"));
  Bring("nonsense\n1\n");
  EXPECT_THAT(Words(AlarmKind::kDocuments), HasSubstr("lacks the columns"));
  EXPECT_FALSE(intake_->ConfirmRegister(50, "keyadult").has_value());
}

TEST_F(RegisterTest, APersonConfirmsTheVeryNumber) {
  EXPECT_FALSE(intake_->ConfirmRegister(100, "keyadult").has_value());  // None waits.
  Bring(Register(50));
  EXPECT_FALSE(intake_->ConfirmRegister(51, "keyadult").has_value());
  EXPECT_EQ(InUse(), 100);
  ASSERT_TRUE(intake_->ConfirmRegister(50, "keyadult").has_value());
  Look();
  EXPECT_EQ(InUse(), 50);
  EXPECT_EQ(InDoubt(), -1);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kDocuments), 0U);
  const text::Value status = intake_->Status();
  EXPECT_EQ(status.Find("register")->Find("confirmed-by")->text(), "keyadult");
}

TEST_F(RegisterTest, ARestartDoesNotForgetWhatItIsHeldTo) {
  Bring(Register(50));
  Reopen();
  EXPECT_FALSE(intake_->Status().Find("running")->boolean());
  EXPECT_THAT(Words(AlarmKind::kDocuments),
              AllOf(HasSubstr("files wait in IN"), HasSubstr("confirm the number 50")));
  Reopen();
  EXPECT_EQ(InDoubt(), 50);
  ASSERT_TRUE(intake_->ConfirmRegister(50, "keyadult").has_value());
  Run(1s);
  EXPECT_EQ(InUse(), 50);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kDocuments), 0U);
  Reopen();
  EXPECT_EQ(InUse(), 50);
}

TEST_F(RegisterTest, AFewOfASmallOneMayCloseButNotAll) {
  EXPECT_FALSE(WhyTooFew(6, 1).has_value());
  EXPECT_TRUE(WhyTooFew(6, 0).has_value());
  EXPECT_FALSE(WhyTooFew(0, 0).has_value());
  EXPECT_FALSE(WhyTooFew(10, 1'000).has_value());
  EXPECT_FALSE(WhyTooFew(60, 54).has_value());
  EXPECT_TRUE(WhyTooFew(59, 53).has_value());
}

}  // namespace
}  // namespace havenline::intake
