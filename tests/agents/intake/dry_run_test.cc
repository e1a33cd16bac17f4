#include "agents/intake/dry_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agents/intake/broken_files.h"
#include "tests/agents/intake/intake_fixture.h"

namespace havenline::intake {
namespace {

using testing::HasSubstr;
using text::Value;

class DryRunTest : public IntakeTest {
 protected:
  void SetUp() override {
    IntakeTest::SetUp();
    Write("mapping.toml", kNightMapping);
  }
  RouteView Route() const {
    return {agent_.documents().directory(),
            agent_.documents().policy(),
            [](const AgencyId&) { return false; },
            configuration_.agency,
            configuration_.role,
            configuration_.agencies,
            clock_.Now()};
  }
  static std::size_t CountOf(const Value& report, const char* key) {
    return report.Find(key)->items().size();
  }
};

TEST_F(DryRunTest, SaysWhatWouldBecomeOfEachRowAndDoesNothing) {
  Open();
  const std::string header = "REF,WHEN,CHILD,URN,NAME,BORN,MOVED\r\n";
  Write("drop/IN/first.csv", header + "I1,2026-11-20 21:05,C1,106890,TESTCASE,2015-03-04,N\r\n");
  Run(6s);
  ASSERT_EQ(Count("notices"), 1);
  const std::string night = header +
                            "I1,2026-11-20 21:05,C1,106890,TESTCASE,2015-03-04,N\r\n"
                            "I1,2026-11-20 21:05,C2,106890,TESTCASE,2015-03-04,N\r\n"
                            "I1,2026-11-20 21:05,C2,106890,TESTCASE,2015-03-04,N\r\n"
                            "I1,2026-11-20 21:05,C3,106890,TESTCASE,2015-03-04,Y\r\n"
                            "I1,2026-11-20 21:05,C4,106890,TESTCASE,soon,N\r\n"
                            "I1,2026-11-20 21:05,C5,123456,TESTCASE,2015-03-04,N\r\n";
  const auto setup = Setup::Load(configuration_, TestHoldFlags());
  ASSERT_TRUE(setup.has_value());
  Ledger ledger(agent_.store());
  ASSERT_TRUE(ledger.Load().has_value());
  DryRun dry_run(**setup, Route(), ledger, clock_.Now());
  const Value report = dry_run.Read("night.csv", FileFormat::kCsv, AsBytes(night));
  EXPECT_EQ(CountOf(report, "notices"), 1U);
  EXPECT_EQ(CountOf(report, "duplicates"), 2U);  // One that went, and one that is there twice.
  ASSERT_EQ(CountOf(report, "held"), 1U);
  EXPECT_EQ(report.Find("held")->items()[0].Find("number"), nullptr);
  ASSERT_EQ(CountOf(report, "quarantined"), 2U);
  EXPECT_THAT(report.Find("quarantined")->items()[0].Find("reason")->text(),
              HasSubstr("column 6 (\"BORN\")"));
  EXPECT_EQ(report.Find("quarantined")->items()[1].Find("field")->text(), "URN");
  // Nothing came of it.
  EXPECT_EQ(agent_.outbox().messages().size(), 1U);
  EXPECT_EQ(Words(AlarmKind::kRowQuarantined), "");
  Reopen();
  Write("drop/IN/night.csv", night);
  Run(6s);
  EXPECT_EQ(Count("notices"), 2);
  EXPECT_EQ(Count("quarantined"), 2);
}

}  // namespace
}  // namespace havenline::intake
