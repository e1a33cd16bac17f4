#include "broker/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/metrics/accountant.h"
#include "deploy/runtime/files.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const TimePoint kNow = FromMilliseconds(1'795'000'000'500);

std::string TextOf(const SharedState& state) {
  return MetricsText(MetricsOf({kNow, kNow, 256U << 20U}, state));
}

TEST(MetricsTest, EveryAnswerIsCountedUnderItsKind) {
  SharedState state;
  state.accepted = 7;
  state.refused = 6;
  state.deferred = 5;
  state.invalid = 4;
  const std::string text = TextOf(state);
  EXPECT_THAT(text, HasSubstr("havenline_broker_answers_total{answer=\"accepted\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("havenline_broker_answers_total{answer=\"refused\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("havenline_broker_answers_total{answer=\"deferred\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("havenline_broker_answers_total{answer=\"invalid\"} 4\n"));
}

TEST(MetricsTest, RecoveryModeIsOne) {
  SharedState state;
  EXPECT_THAT(TextOf(state), HasSubstr("havenline_broker_recovery 0\n"));
  state.recovery = true;
  EXPECT_THAT(TextOf(state), HasSubstr("havenline_broker_recovery 1\n"));
}

TEST(MetricsTest, TheLogsFilesAreCountedWhereThereAreSome) {
  SharedState state;
  EXPECT_THAT(TextOf(state), Not(HasSubstr("log_files")));
  state.log_files = true;
  state.log_files_entries = 300;
  EXPECT_THAT(TextOf(state), HasSubstr("havenline_broker_log_files_entries 300\n"));
  EXPECT_THAT(TextOf(state), HasSubstr("havenline_broker_log_files_failing 0\n"));
  state.log_files_failing = true;
  EXPECT_THAT(TextOf(state), HasSubstr("havenline_broker_log_files_failing 1\n"));
}

TEST(MetricsTest, WhatWaitsHasItsAgeByLaneAndAClockAheadMakesNoneNegative) {
  SharedState state;
  EXPECT_THAT(TextOf(state), Not(HasSubstr("undelivered"))) << "nothing was counted yet";
  Survey survey;
  survey.lanes[0] = {3, kNow - std::chrono::seconds(90)};
  survey.lanes[1] = {2, kNow + std::chrono::seconds(5)};
  state.survey.Set(survey);
  const std::string text = TextOf(state);
  EXPECT_THAT(text, HasSubstr("havenline_broker_undelivered{lane=\"urgent\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("havenline_broker_oldest_undelivered_seconds{lane=\"urgent\"} 90\n"));
  EXPECT_THAT(text, HasSubstr("havenline_broker_oldest_undelivered_seconds{lane=\"normal\"} 0\n"));
}

// A file that nobody writes any more must not look like a broker at rest.
TEST(MetricsTest, TheFileSaysWhenItWasWritten) {
  EXPECT_THAT(TextOf(SharedState()), HasSubstr("havenline_broker_written_seconds 1795000000.5\n"));
}

TEST(AccountantTest, CountsForStatusAlsoWhereNoFileIsWanted) {
  const ScratchDirectory scratch;
  const auto store = BrokerStore::Open({.path = scratch / "store", .reserve_bytes = 0});
  ASSERT_TRUE(store);
  SharedState state;
  const SystemClock clock;
  Accountant accountant({**store, state, clock, std::chrono::seconds(1), 0, {}});
  accountant.Turn();
  ASSERT_TRUE(state.survey.Get());
  EXPECT_GT(state.survey.Get()->free_bytes, 0U);
}

TEST(AccountantTest, AFileThatCannotBeWrittenStopsNothing) {
  const ScratchDirectory scratch;
  const auto store = BrokerStore::Open({.path = scratch / "store", .reserve_bytes = 0});
  ASSERT_TRUE(store);
  SharedState state;
  const SystemClock clock;
  const auto file = scratch / "later" / "broker.prom";
  Accountant accountant({**store, state, clock, std::chrono::seconds(1), 0, file});
  accountant.Turn();
  ASSERT_TRUE(MakeDirectories(file.parent_path(), kPublicDirectory));
  accountant.Turn();
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(AccountantTest, StopsAtOnceAndNotAfterItsWait) {
  const ScratchDirectory scratch;
  const auto store = BrokerStore::Open({.path = scratch / "store", .reserve_bytes = 0});
  ASSERT_TRUE(store);
  SharedState state;
  const SystemClock clock;
  Accountant accountant({**store, state, clock, std::chrono::hours(1), 0, {}});
  const auto before = clock.Monotonic();
  accountant.Start();
  accountant.Stop();
  EXPECT_LT(clock.Monotonic() - before, std::chrono::seconds(30));
}

}  // namespace
}  // namespace havenline
