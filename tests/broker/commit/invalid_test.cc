// What is turned away as invalid: seen in the log, and no way to fill it.

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const HostId kForce = TestPartnership::HostOf(kPolice);

class InvalidTest : public ::testing::Test {
 protected:
  CommitItem Rejected(const HostId& host, Code code = Code::kSignature) {
    Route route;
    route.host = host;
    route.reference = Reference(++reference_);
    return {route, RejectedWork{Invalid{code}}};
  }
  void Offer(const HostId& host, std::size_t count, Code code = Code::kSignature) {
    std::vector<CommitItem> items;
    for (std::size_t i = 0; i < count; ++i) items.push_back(Rejected(host, code));
    EXPECT_EQ(broker_.Commit(std::move(items)).answers.size(), count);
  }
  std::uint64_t entries() { return broker_.committer().head().size; }
  // What was entered since there were so many, as text.
  std::vector<std::string> PartsSince(std::uint64_t before) {
    std::vector<std::string> parts;
    for (const CommitBatch& batch : broker_.store().batches()) {
      for (const Entry& entry : batch.entries) {
        if (entry.position.index.value() < before) continue;
        for (const Part& part : entry.parts) {
          EXPECT_EQ(part.party, kPolice);
          parts.emplace_back(AsText(part.json));
        }
      }
    }
    return parts;
  }
  void EnterCounts() {
    broker_.committer().EnterCounts(broker_.now());
    ASSERT_TRUE(broker_.committer().Commit().has_value());
  }

  TestBroker broker_;
  std::uint64_t reference_ = 0;
};

TEST_F(InvalidTest, EachHasAnEntryUnderTheHostThatSentIt) {
  const std::uint64_t before = entries();
  Offer(kForce, 2);
  const auto parts = PartsSince(before);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_NE(parts[0].find("\"kind\":\"invalid\""), std::string::npos);
  EXPECT_NE(parts[0].find("\"code\":\"signature\""), std::string::npos);
  EXPECT_NE(parts[0].find("\"items\":1"), std::string::npos);
  EXPECT_NE(parts[0].find("\"host\":\"" + kForce.value() + "\""), std::string::npos);
}

TEST_F(InvalidTest, OfAFloodTheFirstSixtyAreEnteredAndOneEntryAMinuteCountsTheRest) {
  const std::uint64_t before = entries();
  for (int i = 0; i < 10; ++i) Offer(kForce, 500);
  EXPECT_EQ(entries(), before + limits::kInvalidEntriesMax);
  EnterCounts();
  EXPECT_EQ(entries(), before + limits::kInvalidEntriesMax) << "the minute is not over";
  broker_.Wait(minutes(1));
  EnterCounts();
  const auto parts = PartsSince(before);
  ASSERT_EQ(parts.size(), limits::kInvalidEntriesMax + 1);
  EXPECT_NE(parts.back().find("\"items\":4940"), std::string::npos) << parts.back();
  EXPECT_FALSE(broker_.committer().counting());
  // The next minute begins like the first.
  Offer(kForce, 1);
  EXPECT_EQ(entries(), before + limits::kInvalidEntriesMax + 2);
}

TEST_F(InvalidTest, CodesAndHostsAreCountedApart) {
  Offer(kForce, 200);
  const std::uint64_t before = entries();
  Offer(kForce, 1, Code::kMalformed);
  EXPECT_EQ(entries(), before + 1);
  EXPECT_EQ(PartsSince(before).size(), 1U);
  Offer(TestPartnership::HostOf(kSchoolA), 1);
  EXPECT_EQ(entries(), before + 2);
}

// An operator's link, say, with a policy that governance did not sign.
TEST_F(InvalidTest, AHostWithoutAgenciesIsEnteredUnderItsOwnName) {
  const std::uint64_t before = entries();
  Offer(HostId("host.operator"), 3, Code::kDocument);
  EXPECT_EQ(entries(), before + 3);
  const Entry& entry = broker_.store().batches().back().entries.at(0);
  EXPECT_EQ(entry.parts.at(0).party, AgencyId("host.operator"));
  EXPECT_NE(ToText(entry.parts[0].json).find("\"code\":\"document\""), std::string::npos);
}

// Nothing is forgotten while the minute of a count is not closed: what comes is added to it.
TEST_F(InvalidTest, EveryItemIsEnteredOnceOneWayOrTheOther) {
  const std::uint64_t before = entries();
  std::uint64_t sent = 0;
  for (int i = 0; i < 400; ++i) {
    const auto count = static_cast<std::size_t>(i % 70);
    Offer(kForce, count);
    sent += count;
    broker_.Wait(seconds(i % 11));
    if (i % 3 == 0) EnterCounts();
  }
  broker_.Wait(minutes(2));
  EnterCounts();
  std::uint64_t entered = 0;
  for (const std::string& part : PartsSince(before)) {
    const std::string word = "\"items\":";
    entered += std::stoull(part.substr(part.find(word) + word.size()));
  }
  EXPECT_EQ(entered, sent);
  EXPECT_LT(entries() - before, sent) << "the flood was no flood";
}

}  // namespace
}  // namespace havenline
