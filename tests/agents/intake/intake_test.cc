#include "agents/intake/intake.h"

#include <unistd.h>

#include <gmock/gmock.h>

#include "tests/agents/intake/intake_fixture.h"

namespace havenline::intake {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(IntakeTest, RowsOfAFileGoAndTheFileIsSent) {
  Open();
  Drop("night.csv", Row(1) + Row(2, "106891"));
  EXPECT_EQ(Place("night.csv"), "SENT");
  EXPECT_EQ(Place("night.csv.receipt.json"), "SENT");
  EXPECT_EQ(agent_.outbox().messages().size(), 2U);
  EXPECT_EQ(Count("notices"), 2);
}

// Whom policy tells only if the school does not take it on: named with it, and never in its way.
TEST_F(IntakeTest, ASmallFileIsTakenAndDoneInOneTurn) {
  Open();
  Write("drop/IN/night.csv", kHeader + Row(1));
  clock_.Pass(kScanEvery);
  ASSERT_TRUE(intake_->Tick().has_value());
  ASSERT_EQ(Place("night.csv"), "IN") << "it may still be written";
  clock_.Pass(kStillFor);
  ASSERT_TRUE(intake_->Tick().has_value());
  EXPECT_EQ(Place("night.csv"), "SENT");
  EXPECT_EQ(Count("notices"), 1);
}

TEST_F(IntakeTest, WhoIsToldInTheSchoolsPlaceIsNamedAndWantedByNobodyElse) {
  agent_.Document(
      DocumentKind::kPolicy,
      partnership_.Sign(partnership_.PolicyText(2, partnership_.policy().version().hash) +
                        R"(
[[share]]
rule = "ENC-9"
exchange = "encompass-notice"
from = ["police"]
to = ["childrens-services"]
when = { risk = ["unknown"] }
sections = ["reference"]
basis = "ca2004-s11"
purpose = "safeguard-child"
held = "unacknowledged"
watches = "school"
why = "Somebody must see to it."
)"));
  Open();
  Drop("night.csv", Row(1));
  ASSERT_EQ(agent_.outbox().messages().size(), 1U);
  const auto& both = agent_.outbox().messages().begin()->second.recipients;
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].recipient, (Recipient{kSchoolA, kSchoolRole}));
  EXPECT_EQ(both[1].recipient, (Recipient{kCouncil, kServicesRole}));
  agent_.Notice(DocumentKind::kSuspension,
                ToBytes(partnership_.SuspensionNote(kCouncil, 1, false)));
  Drop("morning.csv", Row(2));
  ASSERT_EQ(agent_.outbox().messages().size(), 2U);
  EXPECT_EQ(agent_.outbox().messages().rbegin()->second.recipients.size(), 1U);
}

TEST_F(IntakeTest, AHeldRowIsAlarmedAgainWhenItHasWaitedTooLong) {
  configuration_.held_for = std::chrono::minutes(30);
  Open();
  Drop("night.csv", Row(1, "106890", "Y"));
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowHeld), 1U);
  EXPECT_TRUE(agent_.outbox().messages().empty());
  clock_.Pass(29min);
  Run(1s);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowHeld), 1U);
  clock_.Pass(1min);
  Run(1s);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowHeld), 2U);
  EXPECT_THAT(Words(AlarmKind::kRowHeld), HasSubstr("A supervisor must release or reject it now"));
  Reopen();
  Run(1s);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowHeld), 2U);
  EXPECT_TRUE(intake_->Release(1, "sergeant").has_value());
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowHeld), 0U);
  EXPECT_EQ(agent_.outbox().messages().size(), 1U);
}

TEST_F(IntakeTest, OnlyNamedSupervisorsDecideWhereAnyAreNamed) {
  Open();
  EXPECT_TRUE(intake_->MayDecide("anybody"));
  configuration_.supervisors = {"sergeant"};
  Open();
  EXPECT_TRUE(intake_->MayDecide("sergeant"));
  EXPECT_FALSE(intake_->MayDecide("anybody"));
}

TEST_F(IntakeTest, AMappingThatCannotBeUsedStopsIntakeAndNothingElse) {
  Write("mapping.toml", "exchange = 1\n");
  Open();
  EXPECT_THAT(Words(AlarmKind::kDocuments),
              AllOf(HasSubstr("Intake does not run"), HasSubstr("mapping.toml:1")));
  EXPECT_FALSE(intake_->Status().Find("running")->boolean());
  std::filesystem::create_directories(scratch_ / "drop" / "IN");
  Drop("night.csv", Row(1));
  EXPECT_EQ(Place("night.csv"), "IN");
  Write("mapping.toml", kMapping);
  Run(70s);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kDocuments), 0U);
  EXPECT_EQ(Place("night.csv"), "SENT");
}

TEST_F(IntakeTest, ADangerThatANewPolicyListsStopsIntakeUntilTheMappingKnowsIt) {
  Open();
  agent_.Document(DocumentKind::kPolicy,
                  partnership_.Sign(TestPartnership::Replace(
                      partnership_.PolicyText(2, partnership_.policy().version().hash),
                      "\"turned-18\", ", "\"turned-18\", \"witness-protection\", ")));
  Drop("night.csv", Row(1));
  EXPECT_EQ(Place("night.csv"), "IN");
  EXPECT_THAT(Words(AlarmKind::kDocuments), HasSubstr("witness-protection"));
}

TEST_F(IntakeTest, AnAgencyWithoutItsKeyHereCannotSend) {
  configuration_.agency = kSchoolA;
  configuration_.role = kSchoolRole;
  Open();
  EXPECT_THAT(Words(AlarmKind::kDocuments), HasSubstr("has no envelope key"));
}

TEST_F(IntakeTest, ANewerRegisterIsTakenUpAndABrokenOneLeavesTheOlder) {
  Open();
  Drop("a.csv", Row(1, "900999"));
  EXPECT_EQ(Count("quarantined"), 1);
  const std::string older = SourceFile("tests/agents/intake/data/register.csv");
  const auto bring = [&](const std::string& text) {
    Write("register.csv", text);
    Run(3 * kRegisterWatchedEvery);
    for (int i = 0; i < 100; ++i) {  // It is read on a thread of its own.
      ::usleep(10'000);
      ASSERT_TRUE(intake_->Tick().has_value());
    }
  };
  const std::string cut = older.substr(0, older.find('\n', 1'000) + 1) + "\"1000";
  for (const std::string& broken : {cut, std::string("nonsense\n1\n")}) {
    bring(broken);
    EXPECT_THAT(Words(AlarmKind::kDocuments), HasSubstr("the older stays"));
    EXPECT_EQ(intake_->Status().Find("register")->Find("establishments")->integer(), 22);
  }
  bring(older + R"("900999","999","T","2999","New School","","","1","","","","","","","")" + "\n");
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kDocuments), 0U);
  EXPECT_EQ(intake_->Status().Find("register")->Find("establishments")->integer(), 23);
  Drop("b.csv", Row(1, "900999"));
  EXPECT_THAT(intake_->Quarantined().items().at(0).Find("reason")->text(),
              HasSubstr("has not joined"));
}

TEST_F(IntakeTest, AFolderThatCannotBeWrittenLosesNothingAndRecoversByItself) {
  Open();
  // Nothing can be written into what is no folder, whoever asks.
  std::filesystem::remove(scratch_ / "drop" / "SENT");
  Write("drop/SENT", "");
  Drop("night.csv", Row(1));
  EXPECT_EQ(agent_.outbox().messages().size(), 1U);
  EXPECT_EQ(Place("night.csv"), "IN");
  EXPECT_THAT(Words(AlarmKind::kFileFailed), HasSubstr("The drop folder cannot be used"));
  Reopen();
  Run(20s);
  EXPECT_EQ(Place("night.csv"), "IN");
  std::filesystem::remove(scratch_ / "drop" / "SENT");
  std::filesystem::create_directory(scratch_ / "drop" / "SENT");
  Run(20s);
  EXPECT_EQ(Place("night.csv"), "SENT");
  EXPECT_EQ(agent_.outbox().messages().size(), 1U);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kFileFailed), 0U);
}

TEST_F(IntakeTest, AlarmsOfOneFileAreBoundedAndItsReceiptListsAll) {
  Open();
  std::string rows;
  for (std::size_t i = 0; i < kRowAlarmsPerFile + 50; ++i)
    rows += Row(static_cast<int>(i), "123456");
  Drop("night.csv", rows);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowQuarantined), kRowAlarmsPerFile + 1);
  EXPECT_EQ(intake_->Quarantined().items().size(), kRowAlarmsPerFile + 50);
}

TEST_F(IntakeTest, TheSameBadRowEveryNightIsOneEntryAndOneAlarm) {
  Open();
  Drop("monday.csv", Row(1, "123456"));
  Drop("tuesday.csv", Row(1, "123456") + Row(2));
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowQuarantined), 1U);
  EXPECT_EQ(intake_->Quarantined().items().size(), 1U);
  EXPECT_EQ(intake_->Quarantined().items()[0].Find("file")->text(), "tuesday.csv");
}

TEST_F(IntakeTest, WhatIsNotTakenIsAskedAboutUntilItIsGone) {
  Open();
  Write("drop/IN/note.txt", "x");
  Run(kLeftLyingAfter + 2s);
  EXPECT_THAT(Words(AlarmKind::kFileFailed), HasSubstr("note.txt in IN is not taken"));
  std::filesystem::remove(scratch_ / "drop" / "IN" / "note.txt");
  Run(2s);
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kFileFailed), 0U);
}

TEST_F(IntakeTest, AFileTakenAwayInTheMiddleIsSaidWithWhatWentOfIt) {
  Open();
  std::string rows;
  for (int i = 0; i < 300; ++i) rows += Row(i);
  Write("drop/IN/night.csv", kHeader + rows);
  while (Count("notices") == 0) Run(500ms);
  const auto taken = Count("notices");
  ASSERT_LT(taken, 300);
  std::filesystem::remove(scratch_ / "drop" / "IN" / "night.csv");
  Reopen();
  Run(5s);
  EXPECT_EQ(Count("notices"), taken);
  EXPECT_EQ(agent_.outbox().messages().size(), static_cast<std::size_t>(taken));
  EXPECT_THAT(Words(AlarmKind::kFileFailed), HasSubstr("night.csv"));
}

// Files out of an archive have times of two seconds each, and a correction is soon as long.
class ReplacedFileTest : public IntakeTest {
 protected:
  // Puts other rows in place of a file, as long and as old as it is.
  void Replace(const std::string& path, const std::string& rows) const {
    const auto file = scratch_ / "drop" / path;
    const auto time = std::filesystem::last_write_time(file);
    const auto size = std::filesystem::file_size(file);
    Write("drop/.other", kHeader + rows);
    std::filesystem::last_write_time(scratch_ / "drop" / ".other", time);
    std::filesystem::rename(scratch_ / "drop" / ".other", file);
    ASSERT_EQ(std::filesystem::file_size(file), size);
  }
  // So many good rows of children from `first` on; each as long as any other.
  static std::string Rows(int first, int count) {
    std::string rows;
    for (int i = first; i < first + count; ++i) rows += Row(1'000 + i);
    return rows;
  }
};

TEST_F(ReplacedFileTest, AnotherFileUnderTheSameNameIsTakenToo) {
  Open();
  Write("drop/IN/night.csv", kHeader + Rows(0, 300));
  while (Count("notices") == 0) Run(500ms);
  ASSERT_LT(Count("notices"), 300);
  Replace("IN/night.csv", Rows(500, 300));
  Run(60s);
  EXPECT_EQ(Count("notices"), 600);
}

TEST_F(ReplacedFileTest, AnotherFileThatWasMovedInItsPlaceComesBackAndIsTaken) {
  Open();
  Write("drop/IN/night.csv", kHeader + Rows(0, 2));
  while (Place("night.csv") != "SENT") Run(500ms);
  Replace("SENT/night.csv", Rows(500, 2));
  Run(10s);
  EXPECT_EQ(Count("notices"), 4);
  EXPECT_EQ(Place("night.2.csv"), "SENT");  // The receipt of the first has the name.
}

TEST_F(IntakeTest, LimitsHoldForTheWorstFileOfTheirSize) {
  Open();
  std::string rows;
  while (rows.size() < kFileBytesMax / 4) rows += Row(static_cast<int>(rows.size()), "123456");
  Write("drop/IN/night.csv", kHeader + rows);
  const auto count = std::ranges::count(rows, '\n');
  ASSERT_GT(count, static_cast<std::ptrdiff_t>(kRowsMax));
  Run(10s);
  EXPECT_EQ(Place("night.csv"), "FAILED");
  EXPECT_THAT(Words(AlarmKind::kFileFailed), HasSubstr("night.csv is in FAILED"));
}

}  // namespace
}  // namespace havenline::intake
