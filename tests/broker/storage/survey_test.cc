// What an operator is told of the mailboxes, counted from the store.

#include <memory>

#include <gtest/gtest.h>

#include "broker/storage/broker_store.h"
#include "schema/base/check.h"
#include "schema/model/names.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

constexpr auto kLate = static_cast<std::size_t>(Lane::kNormal);
constexpr auto kSoon = static_cast<std::size_t>(Lane::kUrgent);

TimePoint At(int minutes) {
  return FromMilliseconds(1'795'000'000'000) + std::chrono::minutes(minutes);
}

class SurveyTest : public ::testing::Test {
 protected:
  SurveyTest() {
    auto opened = BrokerStore::Open({.path = folder_ / "store", .reserve_bytes = 0});
    CHECK(opened.has_value());
    store_ = *std::move(opened);
  }

  // A grant of a message that was written at that minute, in the school's mailbox.
  void PutGrant(const std::string& school, Lane lane, std::uint64_t number, int minute) {
    GrantRecord grant;
    grant.grant.fill(static_cast<std::uint8_t>(minute));
    grant.message = MakeMessageId(At(minute), ByteArray<10>{});
    MailboxRow row;
    row.place = {AgencyId(school), lane, number};
    row.grant = grant.grant;
    row.position = {1, LogIndex(static_cast<std::uint64_t>(minute))};
    batch_.grants.push_back(grant);
    batch_.mailbox_rows.push_back(row);
  }
  Survey Take(std::size_t rows_max = 100) {
    CHECK(store_->Apply(batch_).has_value());
    const auto survey = store_->TakeSurvey(At(60), rows_max);
    CHECK(survey.has_value());
    return *survey;
  }

  const ScratchDirectory folder_;
  std::unique_ptr<BrokerStore> store_;
  CommitBatch batch_;
};

TEST_F(SurveyTest, EmptyMailboxesHoldNothingAndNothingIsOld) {
  const Survey survey = Take();
  EXPECT_EQ(survey.lanes[kSoon].waiting, 0U);
  EXPECT_EQ(survey.lanes[kSoon].oldest, std::nullopt);
  EXPECT_TRUE(survey.whole);
  EXPECT_GT(survey.free_bytes, 0U);
  EXPECT_EQ(survey.at, At(60));
}

TEST_F(SurveyTest, LanesAreCountedApartAndTheOldestIsOfAllMailboxes) {
  PutGrant("school.2", Lane::kUrgent, 1, 20);
  PutGrant("school.1", Lane::kUrgent, 1, 30);
  PutGrant("school.3", Lane::kUrgent, 1, 10);
  PutGrant("school.1", Lane::kNormal, 1, 40);
  const Survey survey = Take();
  EXPECT_EQ(survey.lanes[kSoon].waiting, 3U);
  EXPECT_EQ(survey.lanes[kSoon].oldest, At(10));
  EXPECT_EQ(survey.lanes[kLate].waiting, 1U);
  EXPECT_EQ(survey.lanes[kLate].oldest, At(40));
}

// Receipts and voids wait for a sender's machine, not for a school: they are counted, and are no
// notice that somebody does not get.
TEST_F(SurveyTest, AReceiptThatWaitsIsNoOldNotice) {
  MailboxRow row;
  row.place = {AgencyId("police.1"), Lane::kUrgent, 1};
  row.kind = MailboxRow::Kind::kReceipt;
  row.bytes = Bytes(10);
  batch_.mailbox_rows.push_back(row);
  const Survey survey = Take();
  EXPECT_EQ(survey.lanes[kSoon].waiting, 1U);
  EXPECT_EQ(survey.lanes[kSoon].oldest, std::nullopt);
}

TEST_F(SurveyTest, ThereIsALimitAndItIsSaid) {
  for (int i = 1; i <= 5; ++i)
    PutGrant("school.1", Lane::kUrgent, static_cast<std::uint64_t>(i), i);
  EXPECT_TRUE(Take(5).whole);
  batch_ = {};
  const Survey survey = Take(4);
  EXPECT_FALSE(survey.whole);
  EXPECT_EQ(survey.lanes[kSoon].waiting, 4U);
}

}  // namespace
}  // namespace havenline
