// Rows that could not be sent: which later row ends the alarm of which entry, and which does not.

#include <gmock/gmock.h>

#include "agents/intake/receipt.h"
#include "schema/text/json.h"
#include "tests/agents/intake/intake_fixture.h"

namespace havenline::intake {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kOak = "106890";
constexpr const char* kMaud = "106891";
constexpr const char* kNoSchool = "";
constexpr const char* kNoSuchSchool = "123456";
constexpr const char* kNotJoined = "900109";

struct Cells {
  std::string incident = "I1";
  std::string child = "C1";
  std::string urn = kOak;
  std::string name = "TESTCASE";
  std::string moved = "N";
  std::string when = "2026-11-20 21:05";
};

std::string RowOf(const Cells& cells) {
  return cells.incident + "," + cells.when + "," + cells.child + "," + cells.urn + "," +
         cells.name + "," + cells.moved + "\n";
}

class QuarantineTest : public IntakeTest {
 protected:
  void SetUp() override {
    IntakeTest::SetUp();
    Open();
  }
  // The numbers of the entries that wait, oldest first; each has its alarm.
  std::vector<std::int64_t> Waiting() const {
    std::vector<std::int64_t> numbers;
    const text::Value shown = intake_->Quarantined();
    for (const text::Value& row : shown.items()) numbers.push_back(row.Find("number")->integer());
    EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowQuarantined), numbers.size());
    return numbers;
  }
  void DropRows(const std::string& name, const std::vector<Cells>& rows) {
    std::string text;
    for (const Cells& cells : rows) text += RowOf(cells);
    Drop(name, text);
  }
  // As a file of quarantined rows comes back: each row with the number in its last column.
  void DropMended(const std::string& name,
                  const std::vector<std::pair<Cells, std::uint64_t>>& rows) {
    std::string text = "REF,WHEN,CHILD,URN,NAME,MOVED,havenline-quarantine\n";
    for (const auto& [cells, number] : rows) {
      std::string row = RowOf(cells);
      row.pop_back();
      text += row + "," + std::to_string(number) + ": why\n";
    }
    Write("drop/IN/" + name, text);
    Run(6s);
    EXPECT_EQ(Place(name), "SENT");
  }
  // What a file's receipt notes of its rows.
  std::string Notes(const std::string& name) const {
    const std::string path = scratch_ / "drop" / "SENT" / (name + kReceiptSuffix);
    std::ifstream file(path);
    std::ostringstream read;
    read << file.rdbuf();
    const auto receipt = text::ParseJson(read.str(), path);
    EXPECT_TRUE(receipt.has_value()) << path;
    return text::CanonicalJson(*receipt->Find("notes"));
  }
};

// --- the records system is corrected, and its next export has the row

TEST_F(QuarantineTest, AnAlarmEndsWhenALaterExportHasTheRowMended) {
  DropRows("monday.csv", {{.name = ""}, {.child = "C2", .name = ""}});
  EXPECT_THAT(Waiting(), ElementsAre(1, 2));
  DropRows("tuesday.csv", {{.name = "TESTCASE"}});
  EXPECT_THAT(Waiting(), ElementsAre(2));  // The sibling's stays.
  EXPECT_EQ(agent_.outbox().messages().size(), 1U);
  Reopen();
  DropRows("wednesday.csv", {{.child = "C2", .name = "TESTCASE"}});
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(QuarantineTest, ARowThatIsHeldWhenItComesMendedHasTheHeldRowsAlarmInstead) {
  DropRows("monday.csv", {{.name = ""}});
  DropRows("tuesday.csv", {{.moved = "Y"}});
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowHeld), 1U);
}

TEST_F(QuarantineTest, ASuccessorIsTheSchoolThatWasNamedBefore) {
  DropRows("monday.csv", {{.urn = "900101", .name = ""}});
  EXPECT_THAT(Waiting(), ElementsAre(1));
  DropRows("tuesday.csv", {{.urn = kOak}});
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(QuarantineTest, EveryBadFormInWhichARowCameEndsWithTheGoodOne) {
  DropRows("monday.csv", {{.name = ""}});
  DropRows("tuesday.csv", {{.name = "", .when = "2026-11-20 25:00"}});
  EXPECT_THAT(Waiting(), ElementsAre(1, 2));
  DropRows("wednesday.csv", {{}});
  EXPECT_THAT(Waiting(), IsEmpty());
}

TEST_F(QuarantineTest, NoOtherRowEndsAnAlarm) {
  DropRows("monday.csv", {{.name = ""}});
  const std::vector<Cells> others = {
      {.incident = "I2"}, {.child = "C2"}, {.urn = kMaud}, {.child = "C11"}, {.incident = "I"}};
  for (std::size_t i = 0; i < others.size(); ++i) {
    DropRows("other-" + std::to_string(i) + ".csv", {others[i]});
    EXPECT_THAT(Waiting(), ElementsAre(1)) << i;
  }
  EXPECT_EQ(agent_.outbox().messages().size(), others.size());
}

TEST_F(QuarantineTest, ASecondRowOfTheSameFileMendsNothing) {
  DropRows("monday.csv", {{.name = ""}, {}});
  EXPECT_THAT(Waiting(), ElementsAre(1));
  // Nor when the pair comes again: it is what it was.
  DropRows("tuesday.csv", {{.name = ""}, {}});
  EXPECT_THAT(Waiting(), ElementsAre(1));
}

TEST_F(QuarantineTest, ACorrectionOfWhatWentIsEndedByAPersonAlone) {
  DropRows("monday.csv", {{}});
  DropRows("tuesday.csv", {{.name = "OTHERNAME"}});
  EXPECT_THAT(Waiting(), ElementsAre(1));
  DropRows("wednesday.csv", {{}});  // Taken back; the school may have been told by telephone.
  EXPECT_THAT(Waiting(), ElementsAre(1));
}

TEST_F(QuarantineTest, ARowWhoseSchoolWasNotKnownIsTheSameIfNothingElseChanged) {
  for (const char* const school : {kNoSchool, kNoSuchSchool}) {
    const std::string incident = std::string("I-") + school;
    DropRows("monday.csv", {{.incident = incident, .urn = school}});
    EXPECT_EQ(Waiting().size(), 1U);
    DropRows("tuesday.csv", {{.incident = incident, .urn = kMaud}});
    EXPECT_THAT(Waiting(), IsEmpty()) << school;
  }
}

TEST_F(QuarantineTest, ARowWhoseSchoolWasNotKnownStaysIfMoreChangedOrItIsNotTheOnlyOne) {
  DropRows("monday.csv", {{.urn = kNoSchool}});
  DropRows("tuesday.csv", {{.name = "OTHERNAME"}});
  EXPECT_THAT(Waiting(), ElementsAre(1));
  DropRows("monday-2.csv",
           {{.incident = "I2", .urn = kNoSchool}, {.incident = "I2", .urn = kNoSuchSchool}});
  DropRows("tuesday-2.csv", {{.incident = "I2"}});
  EXPECT_THAT(Waiting(), ElementsAre(1, 2, 3));
}

// A child of two schools: one has not joined, of the other nobody knows which it is.
TEST_F(QuarantineTest, WhatIsKnownAsAnotherEntrysRowEndsNotTheOneOfUnknownSchool) {
  DropRows("monday.csv", {{.urn = kNoSchool}, {.urn = kMaud, .name = ""}});
  EXPECT_THAT(Waiting(), ElementsAre(1, 2));
  ASSERT_TRUE(intake_->TakeOn(2, "keyadult").has_value());
  DropRows("tuesday.csv", {{.urn = kMaud}});
  EXPECT_THAT(Waiting(), ElementsAre(1));
}

TEST_F(QuarantineTest, ASchoolThatHasNotJoinedIsNotMendedByAnother) {
  DropRows("monday.csv", {{.urn = kNotJoined}});
  DropRows("tuesday.csv", {{.urn = kMaud}});
  EXPECT_THAT(Waiting(), ElementsAre(1));
}

// --- words

TEST_F(QuarantineTest, AnAlarmSaysWhereTheRowCameLastAndWhatIsWrongWithItNow) {
  DropRows("monday.csv", {{.urn = "900999"}});
  EXPECT_THAT(Words(AlarmKind::kRowQuarantined), HasSubstr("line 2 of monday.csv"));
  DropRows("tuesday.csv", {{.incident = "I2"}, {.urn = "900999"}});
  EXPECT_THAT(Words(AlarmKind::kRowQuarantined),
              AllOf(HasSubstr("line 3 of tuesday.csv"), Not(HasSubstr("monday"))));
  DropMended("mended.csv", {{{.urn = "900999", .name = ""}, 1}});
  EXPECT_THAT(Words(AlarmKind::kRowQuarantined),
              AllOf(HasSubstr("line 2 of mended.csv"), HasSubstr("\"NAME\"")));
  EXPECT_THAT(Waiting(), ElementsAre(1));
}

TEST_F(QuarantineTest, TheAlarmForAllTheRestCountsDownAndEnds) {
  const auto rows = [](const std::string& name) {
    std::vector<Cells> made;
    for (std::size_t i = 0; i < kRowAlarmsPerFile + 3; ++i)
      made.push_back({.child = "C" + std::to_string(i), .name = name});
    return made;
  };
  DropRows("monday.csv", rows(""));
  EXPECT_THAT(Words(AlarmKind::kRowQuarantined), HasSubstr("monday.csv were not sent, and 3 of"));
  ASSERT_TRUE(intake_->TakeOn(kRowAlarmsPerFile + 1, "keyadult").has_value());
  EXPECT_THAT(Words(AlarmKind::kRowQuarantined), HasSubstr("and 2 of"));
  Reopen();
  auto good = rows("TESTCASE");
  const Cells last = good.back();
  good.pop_back();
  DropRows("tuesday.csv", good);
  EXPECT_THAT(Words(AlarmKind::kRowQuarantined), HasSubstr("and 1 of"));
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowQuarantined), 1U);
  DropRows("wednesday.csv", {last});
  EXPECT_EQ(agent_.AlarmsOf(AlarmKind::kRowQuarantined), 0U);
}

// --- the file of quarantined rows comes back

TEST_F(QuarantineTest, ARowMendedInItsFileEndsTheAlarmOfItsNumber) {
  DropRows("monday.csv", {{.name = ""}, {.child = "C2", .urn = kNoSchool}});
  DropMended("mended.csv", {{{}, 1}, {{.child = "C2", .urn = kMaud, .name = "OTHERNAME"}, 2}});
  EXPECT_THAT(Waiting(), IsEmpty());
  EXPECT_EQ(Notes("mended.csv"), "[]");
}

TEST_F(QuarantineTest, ANumberOfAnotherRowEndsNoAlarmAndTheReceiptSaysSo) {
  DropRows("monday.csv", {{.child = "C1", .urn = kNoSchool}, {.child = "C2", .urn = kNoSchool}});
  EXPECT_THAT(Waiting(), ElementsAre(1, 2));
  // The second row was copied over the first, but for the last column.
  DropMended("mended.csv", {{{.child = "C2", .urn = kMaud}, 1}});
  EXPECT_THAT(Waiting(), ElementsAre(1, 2));
  EXPECT_THAT(Notes("mended.csv"), AllOf(HasSubstr("names the quarantined row 1"),
                                         HasSubstr("1 stays open"), HasSubstr("\"row\":2")));
  EXPECT_EQ(agent_.outbox().messages().size(), 1U);
}

TEST_F(QuarantineTest, NumbersThatASpreadsheetShiftedEndTheAlarmsOfTheRowsTheyStandBeside) {
  DropRows("monday.csv",
           {{.child = "C1", .name = ""}, {.child = "C2", .name = ""}, {.child = "C3", .name = ""}});
  DropMended("mended.csv", {{{.child = "C1"}, 2}, {{.child = "C2"}, 3}});
  EXPECT_THAT(Waiting(), ElementsAre(3));
  EXPECT_THAT(Notes("mended.csv"), AllOf(HasSubstr("row 2, and"), HasSubstr("row 3, and")));
}

TEST_F(QuarantineTest, ABadRowWithAnotherRowsNumberTakesNotItsPlace) {
  DropRows("monday.csv", {{.child = "C1", .name = ""}});
  DropMended("mended.csv", {{{.child = "C2", .name = ""}, 1}});
  EXPECT_THAT(Waiting(), ElementsAre(1, 2));
  EXPECT_THAT(Words(AlarmKind::kRowQuarantined), HasSubstr("line 2 of monday.csv"));
  EXPECT_THAT(Notes("mended.csv"), HasSubstr("1 stays open"));
}

// Of one child with two schools, the rows differ in the school alone.
TEST_F(QuarantineTest, ANumberOfTheChildsOtherSchoolEndsNoAlarm) {
  DropRows("monday.csv", {{.urn = kNoSchool}, {.urn = kMaud, .name = ""}});
  DropMended("mended.csv", {{{.urn = kMaud}, 1}});
  EXPECT_THAT(Waiting(), ElementsAre(1));  // 2 was mended, whatever number stood beside it.
  EXPECT_THAT(Notes("mended.csv"), HasSubstr("1 stays open"));
  DropRows("monday-2.csv", {{.incident = "I2", .urn = kNotJoined}});
  DropMended("mended-2.csv", {{{.incident = "I2", .urn = kOak}, 3}});
  EXPECT_THAT(Waiting(), ElementsAre(1, 3));
}

TEST_F(QuarantineTest, ACopyOfWhatWentBeforeEndsNoAlarm) {
  DropRows("monday.csv", {{.urn = kMaud}, {.urn = kNoSchool}});
  DropMended("mended.csv", {{{.urn = kMaud}, 1}});
  EXPECT_THAT(Waiting(), ElementsAre(1));
  EXPECT_EQ(Count("duplicates"), 1);
  EXPECT_THAT(Notes("mended.csv"), HasSubstr("1 stays open"));
}

TEST_F(QuarantineTest, WhereTheReferenceItselfWasMissingAPersonLooks) {
  DropRows("monday.csv", {{.incident = ""}});
  DropMended("mended.csv", {{{}, 1}});
  EXPECT_EQ(agent_.outbox().messages().size(), 1U);
  EXPECT_THAT(Waiting(), ElementsAre(1));
  EXPECT_THAT(Notes("mended.csv"), HasSubstr("1 stays open"));
}

TEST_F(QuarantineTest, ANumberThatIsOverOrNeverWasIsNoDoubt) {
  DropRows("monday.csv", {{.name = ""}});
  DropMended("mended.csv", {{{}, 1}});
  DropMended("again.csv", {{{}, 1}, {{.child = "C2"}, 77}});
  EXPECT_EQ(Notes("again.csv"), "[]");
}

}  // namespace
}  // namespace havenline::intake
