// Voids at random: a number now and then is never given, so that a void says nothing of a refusal.

#include <gtest/gtest.h>

#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

constexpr int kMessages = 60;

class OutboxVoidsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    police_.set_void_one_in(4);
    police_.Reopen();
    school_.StateTo(police_);
    for (int i = 0; i < kMessages; ++i) {
      const auto origin = police_.outbox().Take(
          {partnership_.MakeContent(partnership_.NoticeContent()), {{kSchoolA, kSchoolRole}}, ""},
          kNight + std::chrono::seconds(i));
      ASSERT_TRUE(origin.has_value());
      given_.insert(police_.outbox().messages().at(*origin).recipients[0].number->n);
    }
  }
  std::vector<SignedVoid> Voids() {
    std::vector<SignedVoid> voids;
    for (const auto& [key, bytes] : police_.outbox().voids())
      voids.push_back(wire::ParseSignedVoid(bytes).value());
    return voids;
  }

  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  std::set<std::uint64_t> given_;
};

TEST_F(OutboxVoidsTest, WhatIsVoidedIsNeverGivenAndBothTogetherLeaveNoGap) {
  std::set<std::uint64_t> all = given_;
  const auto voids = Voids();
  EXPECT_GT(voids.size(), 0U);  // None of 60 is one run in thirty million.
  EXPECT_LT(voids.size(), given_.size() / 2);
  for (const SignedVoid& voided : voids) {
    ASSERT_EQ(voided.value.voided.size(), 1U);
    EXPECT_GE(voided.value.last_given, voided.value.voided[0]);
    EXPECT_TRUE(all.insert(voided.value.voided[0]).second) << "given and voided";
  }
  EXPECT_EQ(*all.begin(), 1U);
  EXPECT_EQ(*all.rbegin(), all.size());
}

TEST_F(OutboxVoidsTest, TheyAreKeptUntilTheBrokerHasThemAndTheRecipientTakesThem) {
  const std::size_t count = Voids().size();
  police_.Reopen();
  EXPECT_EQ(Voids().size(), count);
  for (const SignedVoid& voided : Voids())
    EXPECT_TRUE(school_.inbox().OnVoid(voided, kNight).value());
}

}  // namespace
}  // namespace havenline
