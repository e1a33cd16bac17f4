// What rules mean that speak of consent, time, escalation and what may show: cell by cell.

#include <gtest/gtest.h>

#include "policy/basis.h"
#include "policy/compare.h"
#include "tests/policy/texts.h"

namespace havenline::policy {
namespace {

constexpr std::string_view kReferral = R"(document = "policy"
partnership = "testshire"
version = 1

[roles]
police = "Police force"
idva = "Adviser"

[purposes]
protect = "Protect the victim"

[retentions]
case-file = "On the case file"

[duty.deputy]
title = "deputy"
at = "idva"

[duty.inspector]
title = "duty inspector"
at = "police"
person = true

[deadline.day]
due = "after"
minutes = 1440

[exchange.referral]
title = "a referral"
version = 1
slots = 8
consent = "required"
sections = ["exclusions", "consent", "story", "address"]

[[exchange.referral.claim]]
name = "consent"
source = "consent"
values = ["not-asked", "given", "refused", "unsafe-to-ask", "cannot-consent"]

[[require]]
rule = "R-1"
exchange = "referral"
from = ["police"]
to = ["idva"]
when = { consent = ["given", "unsafe-to-ask", "cannot-consent"] }
sections = ["consent", "story"]
basis = "dpa2018-sch1-18"
purpose = "protect"
acknowledge = "day"
escalation = ["deputy", "inspector"]
retention = "case-file"
visible-when-withheld = ["address", "story"]
why = "Must be decided."

[[share]]
rule = "S-1"
exchange = "referral"
from = ["police"]
to = ["idva"]
when = { consent = ["given"] }
starts = 2026-11-07
ends = 2027-01-01T08:00:00Z
sections = ["address"]
basis = "ukgdpr-6-1-a"
purpose = "protect"
acknowledge = "day"
why = "With her consent, for a time."

[[never]]
rule = "N-1"
exchange = "referral"
from = ["police"]
to = ["idva"]
ends = 2026-11-01
sections = ["story"]
why = "Not yet."
)";

TimePoint At(int year, unsigned month, unsigned day, int hours = 0) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) /
                               static_cast<int>(day)) +
         std::chrono::hours(hours);
}

class PolicyLanguageTest : public ::testing::Test {
 protected:
  static Policy Parsed(const std::string& text) {
    auto policy = Policy::Parse(text, "p.toml");
    EXPECT_TRUE(policy.has_value()) << policy.error().detail;
    return *std::move(policy);
  }
  const Cell& Look(const std::string& consent, TimePoint created) const {
    const std::vector<ClaimOpening> claims = {{Salt{}, "consent", consent}};
    return policy_.Look({referral_, sender_, police_, idva_, claims, created});
  }
  std::vector<std::string> Told(const std::string& consent, TimePoint created) const {
    return policy_.Find(referral_)->NamesOf(Look(consent, created).sections);
  }

  const ExchangeName referral_{"referral"};
  const AgencyId sender_{"police.test"};
  const Role police_{"police"};
  const Role idva_{"idva"};
  const Policy policy_ = Parsed(std::string(kReferral));
};

using Names = std::vector<std::string>;

TEST_F(PolicyLanguageTest, NothingIsSharedWithoutConsentThatIsNeeded) {
  for (const char* const consent : {"not-asked", "refused"}) {
    const Cell& cell = Look(consent, At(2026, 11, 22));
    EXPECT_EQ(cell.sections, 0U) << consent;
    EXPECT_FALSE(cell.decision_required) << consent;
  }
  EXPECT_EQ(Told("unsafe-to-ask", At(2026, 11, 22)), (Names{"exclusions", "consent", "story"}));
  EXPECT_EQ(Told("given", At(2026, 11, 22)), (Names{"exclusions", "consent", "story", "address"}));
}

TEST_F(PolicyLanguageTest, WhereConsentIsNeededRequireCompelsADecisionAndNoSharing) {
  EXPECT_TRUE(Look("given", At(2026, 11, 22)).decision_required);
  EXPECT_FALSE(Look("given", At(2026, 11, 22)).required);
  // The same rule where none is needed.
  const Policy other = Parsed(Replaced(
      Replaced(std::string(kReferral), "consent = \"required\"", "consent = \"not-required\""),
      "starts =", "starts ="));
  const std::vector<ClaimOpening> claims = {{Salt{}, "consent", "given"}};
  const Cell& cell = other.Look({referral_, sender_, police_, idva_, claims, At(2026, 11, 22)});
  EXPECT_TRUE(cell.required);
  EXPECT_FALSE(cell.decision_required);
}

TEST_F(PolicyLanguageTest, ARuleHoldsFromItsStartUntilBeforeItsEnd) {
  const Milliseconds moment(1);
  EXPECT_EQ(Told("given", At(2026, 11, 7) - moment).size(), 3U);
  EXPECT_EQ(Told("given", At(2026, 11, 7)).size(), 4U);
  EXPECT_EQ(Told("given", At(2027, 1, 1, 8) - moment).size(), 4U);
  EXPECT_EQ(Told("given", At(2027, 1, 1, 8)).size(), 3U);
  EXPECT_EQ(Look("given", At(2026, 11, 7)).rule, RuleId("S-1+R-1"));
  EXPECT_EQ(Look("given", At(2027, 1, 1, 8)).rule, RuleId("R-1"));
  // A `never` rule likewise.
  EXPECT_EQ(Told("given", At(2026, 11, 1) - moment), (Names{"exclusions", "consent"}));
  EXPECT_EQ(Told("given", At(2026, 11, 1)), (Names{"exclusions", "consent", "story"}));
  EXPECT_EQ(Told("given", TimePoint::min()).size(), 2U);
  EXPECT_EQ(Told("given", TimePoint::max()).size(), 3U);
}

TEST_F(PolicyLanguageTest, RowsAreThoseOfTheMessagesTime) {
  const std::vector<ClaimOpening> claims = {{Salt{}, "consent", "given"}};
  for (const TimePoint created : {At(2026, 10, 1), At(2026, 11, 22), At(2027, 6, 1)}) {
    const auto rows = policy_.RowsFor({referral_, sender_, police_, claims, created});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].cell, &Look("given", created));
  }
}

TEST_F(PolicyLanguageTest, ACellSaysWhatIsForbiddenAndByWhichRule) {
  const Cell& cell = Look("given", At(2026, 10, 1));
  ASSERT_EQ(cell.forbidden.size(), 1U);
  EXPECT_EQ(cell.forbidden[0].rule, RuleId("N-1"));
  EXPECT_EQ(cell.forbidden[0].why, "Not yet.");
  EXPECT_EQ(policy_.Find(referral_)->NamesOf(cell.forbidden[0].sections), Names{"story"});
  EXPECT_TRUE(Look("given", At(2026, 11, 22)).forbidden.empty());
}

TEST_F(PolicyLanguageTest, WhatMayShowIsWhatIsWithheldHere) {
  const auto visible = [&](const std::string& consent, TimePoint created) {
    return policy_.Find(referral_)->NamesOf(Look(consent, created).visible);
  };
  EXPECT_EQ(visible("given", At(2026, 10, 1)), (Names{"story", "address"}));
  EXPECT_EQ(visible("unsafe-to-ask", At(2026, 11, 22)), Names{"address"});
  EXPECT_EQ(visible("given", At(2026, 11, 22)), Names{});
  EXPECT_EQ(visible("refused", At(2026, 11, 22)), Names{}) << "who is told nothing sees nothing";
}

TEST_F(PolicyLanguageTest, ACellHasItsEscalationPurposeAndLabelAlsoAfterAMove) {
  Policy first = Parsed(std::string(kReferral));
  const Policy moved = std::move(first);
  const std::vector<ClaimOpening> claims = {{Salt{}, "consent", "given"}};
  const Cell& cell = moved.Look({referral_, sender_, police_, idva_, claims, At(2026, 11, 22)});
  ASSERT_EQ(cell.escalation.size(), 2U);
  EXPECT_EQ(cell.escalation[0]->title, "deputy");
  EXPECT_TRUE(cell.escalation[1]->person);
  EXPECT_EQ(cell.purpose, "protect");
  EXPECT_EQ(cell.retention, "case-file");
}

TEST_F(PolicyLanguageTest, SayingsAndChangesNameTheTime) {
  std::vector<std::string> words;
  for (const Saying& saying : SayingsOf(policy_))
    for (const Case& each : saying.when) words.push_back(Words(each));
  EXPECT_NE(std::ranges::find(words,
                              "when made from 2026-11-07 until before 2027-01-01T08:00:00Z, "
                              "and consent is given"),
            words.end());
  const Policy later =
      Parsed(Replaced(std::string(kReferral), "ends = 2027-01-01T08:00:00Z", "ends = 2028-01-01"));
  const auto changes = Compare(policy_, later);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].section, "address");
  EXPECT_EQ(changes[0].kind, Change::Kind::kGains);
  // What is told is no longer withheld; and the rule that goes on has a basis of its own.
  EXPECT_EQ(changes[1].kind, Change::Kind::kNoLongerShows);
  EXPECT_EQ(changes[2].kind, Change::Kind::kBasis);
  EXPECT_EQ(changes[2].when, changes[0].when);
  EXPECT_EQ(Words(changes[0].when.at(0)),
            "when made from 2027-01-01T08:00:00Z until before 2028-01-01, and consent is given");
}

TEST_F(PolicyLanguageTest, ATimeIsADayOrATimeInUtc) {
  for (const char* const bad : {"\"soon\"", "2026-11-07T08:00:00+01:00", "2026-11-07T08:00:00",
                                "\"2026-02-30\"", "\"1999-01-01\"", "\"2026-11-07T24:00:00Z\""}) {
    EXPECT_TRUE(
        IsRefused(Replaced(std::string(kReferral), "2026-11-07", bad), bad, "must be a day"))
        << bad;
  }
}

TEST_F(PolicyLanguageTest, ATableHasALimit) {
  std::string text = Replaced(std::string(kReferral), "[[require]]", R"([[exchange.referral.claim]]
name = "many"
source = "story"
values = [VALUES]
[[require]])");
  std::string values;
  for (int i = 0; i < 800; ++i) values += (i == 0 ? "\"v" : ", \"v") + std::to_string(i) + "\"";
  text = Replaced(text, "VALUES", values);
  std::string profiles;
  for (int i = 0; i < 130; ++i) {
    const std::string n = std::to_string(i);
    profiles += "[[profile]]\nname = \"p" + n + "\"\nsenders = [\"s" + n + "\"]\n";
  }
  EXPECT_TRUE(IsRefused(text + profiles, "[exchange.referral]", "more than 2000000 cells"));
}

TEST(BasisTest, EachHasWordsAndACodeOfItsOwn) {
  std::set<std::string_view> codes;
  for (const Basis& basis : AllBases()) {
    EXPECT_TRUE(codes.insert(basis.code).second) << basis.code;
    EXPECT_FALSE(basis.words.empty()) << basis.code;
    EXPECT_EQ(FindBasis(basis.code), &basis);
  }
  EXPECT_EQ(FindBasis(""), nullptr);
  // Clare's Law and protection orders rest on the Act, not on whoever is asked.
  for (const char* const code : {"daa2021-s77", "daa2021-pt3"}) {
    ASSERT_NE(FindBasis(code), nullptr) << code;
    EXPECT_FALSE(FindBasis(code)->rests_on_consent) << code;
  }
}

}  // namespace
}  // namespace havenline::policy
