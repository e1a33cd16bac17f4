// Reports that come by the local port: taken as a file of the folder is, beside it, and as often as
// anybody posts them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/intake/receipt.h"
#include "schema/text/json.h"
#include "tests/agents/intake/broken_files.h"
#include "tests/agents/intake/intake_fixture.h"

namespace havenline::intake {
namespace {

using testing::HasSubstr;
using text::Value;

class PostedTest : public IntakeTest {
 protected:
  void SetUp() override {
    IntakeTest::SetUp();
    Write("mapping.toml", kNightMapping);
  }
  Value Post(FileFormat format, const std::string& body) {
    const auto begun = intake_->BeginPosted(format, ToBytes(body));
    EXPECT_TRUE(begun.has_value()) << begun.error().detail;
    for (bool taken = !begun; !taken;) taken = intake_->TakePosted().value();
    auto report = intake_->FinishPosted();
    EXPECT_TRUE(report.has_value());
    return report.value_or(Value::Map());
  }
  static std::size_t CountOf(const Value& report, const char* key) {
    return report.Find(key)->items().size();
  }
  static std::string Night(FileFormat format) { return NightMaker(format).Good(); }
  static std::string JsonOf(const std::string& child, const std::string& urn) {
    return R"({"REF": "I9", "WHEN": "2026-11-20 21:05", "children": [{"CHILD": ")" + child +
           R"(", "URN": ")" + urn +
           R"(", "NAME": "TESTCASE", "BORN": "2015-03-04", "MOVED": "N"}]})";
  }
};

TEST_F(PostedTest, ANightIsOneNightInWhicheverFormatItComesAndHoweverOften) {
  Open();
  const Value first = Post(FileFormat::kCsv, Night(FileFormat::kCsv));
  EXPECT_EQ(CountOf(first, "notices"), static_cast<std::size_t>(kChildrenOfNight));
  for (const FileFormat format : {FileFormat::kJson, FileFormat::kXml, FileFormat::kCsv}) {
    const Value again = Post(format, Night(format));
    EXPECT_EQ(CountOf(again, "duplicates"), static_cast<std::size_t>(kChildrenOfNight));
    for (int i = 0; i < kChildrenOfNight; ++i) {
      const auto at = static_cast<std::size_t>(i);
      EXPECT_EQ(*again.Find("duplicates")->items()[at].Find("origin"),
                *first.Find("notices")->items()[at].Find("origin"));
    }
  }
  EXPECT_EQ(agent_.outbox().messages().size(), static_cast<std::size_t>(kChildrenOfNight));
}

TEST_F(PostedTest, TheSameNightByTheFolderIsTheSameAgain) {
  Open();
  Post(FileFormat::kJson, Night(FileFormat::kJson));
  Write("drop/IN/night.xml", Night(FileFormat::kXml));
  Run(6s);
  EXPECT_EQ(Place("night.xml"), "SENT");
  EXPECT_EQ(Count("duplicates"), kChildrenOfNight);
  EXPECT_EQ(agent_.outbox().messages().size(), static_cast<std::size_t>(kChildrenOfNight));
}

TEST_F(PostedTest, RowsToMendComeBackInTheFolderAndEndTheirAlarmFromThere) {
  Open();
  const std::string wrong = JsonOf("C1", "123456");
  const Value report = Post(FileFormat::kJson, wrong);
  ASSERT_EQ(CountOf(report, "quarantined"), 1U);
  const Value& row = report.Find("quarantined")->items()[0];
  EXPECT_EQ(row.Find("field")->text(), "URN");
  EXPECT_THAT(row.Find("reason")->text(), HasSubstr("child 1, field \"URN\": no establishment"));
  EXPECT_THAT(Words(AlarmKind::kRowQuarantined), HasSubstr("posted-"));
  const std::string name = report.Find("quarantine-file")->text();
  ASSERT_EQ(Place(name), "FAILED");
  // Posted again it is the same row, and what somebody may have open is left alone.
  const Value again = Post(FileFormat::kJson, wrong);
  EXPECT_EQ(*again.Find("quarantined")->items()[0].Find("number"), *row.Find("number"));
  EXPECT_EQ(again.Find("quarantine-file")->text(), name);
  std::ifstream file(scratch_ / "drop/FAILED" / name);
  std::string mended(std::istreambuf_iterator<char>(file), {});
  mended.replace(mended.find("123456"), 6, "106890");
  Write("drop/IN/" + name, mended);
  Run(6s);
  EXPECT_EQ(Count("notices"), 1);
  EXPECT_EQ(Words(AlarmKind::kRowQuarantined), "");
}

TEST_F(PostedTest, WhatCannotBeReadIsSaidAndTheRestGoes) {
  Open();
  const Value report = Post(FileFormat::kJson, "[" + JsonOf("C1", "106890") + ", {\"REF\": }]");
  EXPECT_EQ(CountOf(report, "notices"), 1U);
  EXPECT_THAT(report.Find("failed")->text(), HasSubstr("incident 2, line 1"));
}

TEST_F(PostedTest, ItWaitsForNoFileAndAFileInHandIsFoundAgainAfterACrash) {
  Open();
  std::string rows = "REF,WHEN,CHILD,URN,NAME,BORN,MOVED\r\n";
  for (int i = 0; i < 200; ++i)
    rows += "I2,2026-11-20 21:05,D" + std::to_string(i) + ",106890,TESTCASE,2015-03-04,N\r\n";
  Write("drop/IN/large.csv", rows);
  while (Count("notices") == 0) Run(500ms);
  ASSERT_EQ(Place("large.csv"), "IN");
  EXPECT_EQ(CountOf(Post(FileFormat::kJson, JsonOf("C1", "106890")), "notices"), 1U);
  ASSERT_EQ(Place("large.csv"), "IN");
  Reopen();
  while (Place("large.csv") == "IN") Run(500ms);
  EXPECT_EQ(Place("large.csv"), "SENT");
  EXPECT_EQ(Count("notices"), 201);
  EXPECT_EQ(agent_.outbox().messages().size(), 201U);
}

TEST_F(PostedTest, MoreThanThePortShouldWaitForIsRefusedWithTheWayRound) {
  Open();
  std::string rows = "REF,WHEN,CHILD,URN,NAME,BORN,MOVED\r\n";
  for (std::size_t i = 0; i <= kPostedRowsMax; ++i)
    rows += "I2,2026-11-20 21:05,D" + std::to_string(i) + ",106890,TESTCASE,2015-03-04,N\r\n";
  const auto begun = intake_->BeginPosted(FileFormat::kCsv, ToBytes(rows));
  ASSERT_FALSE(begun.has_value());
  EXPECT_THAT(begun.error().detail, HasSubstr("drop folder"));
  EXPECT_FALSE(intake_->TakePosted().has_value());
  EXPECT_TRUE(agent_.outbox().messages().empty());
}

TEST_F(PostedTest, WithoutAMappingNothingIsTaken) {
  Write("mapping.toml", "exchange = 1");
  Open();
  const auto begun = intake_->BeginPosted(FileFormat::kCsv, ToBytes(Night(FileFormat::kCsv)));
  ASSERT_FALSE(begun.has_value());
  EXPECT_EQ(begun.error().code, FaultCode::kUnavailable);
}

// Each broken report of each format, posted one after the other: whatever it was, each of the
// night's children goes once, and nobody else.
TEST_F(PostedTest, BrokenReportsNeverStopItNorSendAChildTwice) {
  Open();
  constexpr unsigned kEach = 200;
  std::size_t rows = 0;
  for (const FileFormat format : {FileFormat::kCsv, FileFormat::kXml, FileFormat::kJson}) {
    NightMaker night(format);
    for (unsigned seed = 0; seed < kEach; ++seed) {
      const BrokenFile broken = night.Break(seed);
      SCOPED_TRACE(broken.what);
      const Value report = Post(format, broken.bytes);
      const std::size_t gone = CountOf(report, "notices") + CountOf(report, "duplicates");
      EXPECT_GE(gone, broken.safe.size());
      EXPECT_EQ(report.Find("rows")->integer(),
                static_cast<std::int64_t>(gone + CountOf(report, "quarantined") +
                                          CountOf(report, "held")));
      rows += gone;
    }
  }
  EXPECT_GT(rows, 3 * kEach * kChildrenOfNight / 2);
  std::set<std::string> references;
  for (const auto& [origin, message] : agent_.outbox().messages())
    EXPECT_TRUE(references.insert(message.reference).second);
  EXPECT_GE(references.size(), static_cast<std::size_t>(kChildrenOfNight));
}

}  // namespace
}  // namespace havenline::intake
