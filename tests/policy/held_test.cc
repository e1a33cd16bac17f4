// What a role may be told only if another does not take it on.

#include <gtest/gtest.h>

#include "policy/compare.h"
#include "tests/policy/texts.h"

namespace havenline::policy {
namespace {

// The council's team gets a pointer when nobody at the school acknowledges by the bell; at high
// risk it is told at once, as R-1 of the good text says.
constexpr std::string_view kPointer = R"(
[[share]]
rule = "H-1"
exchange = "notice"
from = ["police"]
to = ["services"]
sections = ["name"]
basis = "ca1989-s17"
purpose = "care"
held = "unacknowledged"
watches = "school"
acknowledge = "day"
why = "Somebody must act before the bell."
)";

Policy Parsed(const std::string& text) {
  auto parsed = Policy::Parse(text, "p.toml");
  EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
  return *std::move(parsed);
}

const Cell& Look(const Policy& policy, const std::string& risk) {
  static const ExchangeName kNotice("notice");
  static const AgencyId kSender("police.full");
  const std::vector<ClaimOpening> claims = {{Salt{}, "risk", risk}, {Salt{}, "part", "unknown"}};
  return policy.Look({kNotice, kSender, Role("police"), Role("services"), claims, kNow});
}

TEST(HeldShareTest, NothingOfItMayGoAtOnce) {
  const Policy policy = Parsed(With(kPointer));
  const Cell& cell = Look(policy, "unknown");
  EXPECT_EQ(cell.sections, 0U);
  EXPECT_TRUE(cell.rule.value().empty());
  ASSERT_NE(cell.held, nullptr);
  EXPECT_EQ(cell.held->kind, Condition::Kind::kUnacknowledged);
  EXPECT_EQ(cell.held->watches, Role("school"));
  EXPECT_EQ(policy.exchanges()[0].NamesOf(cell.held->cell.sections),
            (std::vector<std::string>{"exclusions", "name"}));
  EXPECT_EQ(cell.held->cell.rule, RuleId("H-1"));
  ASSERT_NE(cell.held->cell.deadline, nullptr);
  EXPECT_EQ(cell.held->cell.deadline->name, "day");
}

TEST(HeldShareTest, WhereTheRoleIsToldAtOnceNothingIsHeld) {
  const Policy policy = Parsed(With(kPointer));
  EXPECT_EQ(Look(policy, "high").held, nullptr);
  EXPECT_EQ(Look(policy, "high").rule, RuleId("R-1"));
}

TEST(HeldShareTest, WhatNeverForbidsIsNotHeldEither) {
  const Policy policy = Parsed(With(kPointer) + R"(
[[never]]
rule = "N-2"
exchange = "notice"
from = ["police"]
to = ["services"]
when = { risk = ["standard"] }
sections = ["name"]
why = "Not at standard risk."
)");
  EXPECT_EQ(Look(policy, "standard").held, nullptr);
  EXPECT_NE(Look(policy, "unknown").held, nullptr);
}

TEST(HeldShareTest, WatchingARoleThatIsToldNothingIsRefused) {
  EXPECT_TRUE(IsRefused(Replaced(With(kPointer), "watches = \"school\"", "watches = \"gp\""),
                        "[[share]]\nrule = \"H-1\"", "can never take effect"));
}

TEST(HeldShareTest, UnacknowledgedNeedsADeadlineOfTheOneWatchedAndUnableDoesNot) {
  const std::string without = Replaced(With(kPointer), "acknowledge = \"bell\"\n", "");
  EXPECT_FALSE(Policy::Parse(without, "p.toml").has_value());
  const Policy policy = Parsed(Replaced(without, "unacknowledged", "unable"));
  ASSERT_NE(Look(policy, "unknown").held, nullptr);
  EXPECT_EQ(Look(policy, "unknown").held->kind, Condition::Kind::kUnable);
}

TEST(HeldShareTest, ConditionAndRoleStandTogetherAndOnAnotherRole) {
  EXPECT_FALSE(
      Policy::Parse(Replaced(With(kPointer), "watches = \"school\"\n", ""), "p").has_value());
  EXPECT_FALSE(
      Policy::Parse(Replaced(With(kPointer), "held = \"unacknowledged\"\n", ""), "p").has_value());
  EXPECT_FALSE(Policy::Parse(Replaced(With(kPointer), "\"school\"\nacknowledge = \"day\"",
                                      "\"services\"\nacknowledge = \"day\""),
                             "p")
                   .has_value());
}

TEST(HeldShareTest, ARoleThatMustBeToldCannotBeToldPerhaps) {
  std::string text(kPointer);
  text = Replaced(text, "[[share]]", "[[require]]");
  EXPECT_FALSE(Policy::Parse(With(text), "p").has_value());
}

TEST(HeldShareTest, RulesThatMeetAgreeOnTheCondition) {
  const std::string second =
      Replaced(Replaced(Replaced(std::string(kPointer), "H-1", "H-2"), "unacknowledged", "unable"),
               "[\"name\"]", "[\"birth\"]");
  EXPECT_TRUE(IsRefused(With(kPointer) + second, "[[share]]\nrule = \"H-2\"",
                        "differ in `held` or `watches`"));
}

TEST(HeldShareTest, ComparingNamesWhatIsHeldApart) {
  const Policy before = Parsed(std::string(kGood));
  const Policy after = Parsed(With(kPointer));
  const Policy other = Parsed(Replaced(With(kPointer), "unacknowledged", "unable"));
  const auto kinds = [](const std::vector<Change>& changes) {
    std::vector<Change::Kind> all;
    for (const Change& change : changes) all.push_back(change.kind);
    return all;
  };
  using Kind = Change::Kind;
  EXPECT_EQ(kinds(Compare(before, after)), (std::vector{Kind::kGainsHeld, Kind::kGainsHeld}));
  EXPECT_EQ(kinds(Compare(after, before)), (std::vector{Kind::kLosesHeld, Kind::kLosesHeld}));
  EXPECT_EQ(kinds(Compare(after, other)), (std::vector{Kind::kCondition}));
}

TEST(HeldShareTest, IsSaidApartFromWhatIsSharedAtOnce) {
  const Policy policy = Parsed(With(kPointer));
  std::size_t held = 0;
  for (const Saying& saying : SayingsOf(policy)) {
    if (saying.held == nullptr) continue;
    ++held;
    EXPECT_EQ(saying.cell, &saying.held->cell);
    EXPECT_EQ(Words(saying.when.at(0)), "when risk is unknown or standard");
  }
  EXPECT_EQ(held, 2U);  // Of the profile and of everybody else.
}

}  // namespace
}  // namespace havenline::policy
