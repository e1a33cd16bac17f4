// What rules may not say together: found when the text is read, with the rule's line and the cell.

#include <gtest/gtest.h>

#include "tests/policy/texts.h"

namespace havenline::policy {
namespace {

// A rule to add at the end; `kind` is share, require or never.
std::string Rule(const std::string& kind, const std::string& id, const std::string& more) {
  return "[[" + kind + "]]\nrule = \"" + id + "\"\nexchange = \"notice\"\nfrom = [\"police\"]\n" +
         (kind == "never" ? "" : "basis = \"ca1989-s17\"\npurpose = \"care\"\n") +
         "why = \"For a test.\"\n" + more;
}

// Adds a rule, which is refused on its line, or where in it `where` stands.
::testing::AssertionResult AddedIsRefused(const std::string& rule, std::string_view words,
                                          std::string_view where = "") {
  const std::string text = With(rule);
  const auto at = text.find(where, kGood.size());
  EXPECT_NE(at, std::string::npos) << where;
  return IsRefusedAt(text, at, words);
}

TEST(PolicyCompileTest, ARuleNamesOnlyWhatIsThere) {
  EXPECT_TRUE(IsRefused(Changed("exchange = \"notice\"\nfrom", "exchange = \"other\"\nfrom"),
                        "exchange = \"other\"", "rule S-1: there is no [exchange.other]"));
  EXPECT_TRUE(AddedIsRefused(Rule("share", "X", "to = [\"gp\"]\nsections = [\"names\"]\n"),
                             "the exchange has no section names; did you mean \"name\"?",
                             "sections ="));
  EXPECT_TRUE(AddedIsRefused(Rule("share", "X", "to = [\"gp\"]\nsections = [\"*\", \"name\"]\n"),
                             "the exchange has no section *", "sections ="));
  EXPECT_TRUE(AddedIsRefused(Rule("share", "X", "to = [\"gp\"]\nsections = []\n"),
                             "names no section", "sections ="));
  EXPECT_TRUE(AddedIsRefused(
      Rule("share", "X", "to = [\"gp\"]\nsections = [\"name\"]\nprofile = [\"full\"]\n"),
      "there is no profile full", "profile ="));
  EXPECT_TRUE(AddedIsRefused(
      Rule("share", "X", "to = [\"gp\"]\nsections = [\"name\"]\nacknowledge = \"noon\"\n"),
      "there is no [deadline.noon]", "acknowledge ="));
  EXPECT_TRUE(AddedIsRefused(
      Rule("share", "X", "to = [\"gp\"]\nsections = [\"name\"]\nwhen = { rsk = [\"high\"] }\n"),
      "the exchange has no claim rsk; did you mean \"risk\"?", "when ="));
  EXPECT_TRUE(AddedIsRefused(
      Rule("share", "X", "to = [\"gp\"]\nsections = [\"name\"]\nwhen = { risk = [\"hihg\"] }\n"),
      "claim risk has no value hihg; did you mean \"high\"?", "when ="));
  EXPECT_TRUE(AddedIsRefused(
      Rule("share", "X", "to = [\"gp\"]\nsections = [\"name\"]\nwhen = { risk = [] }\n"),
      "claim risk needs at least one value", "when ="));
  EXPECT_TRUE(AddedIsRefused(Rule("share", "X", "to = []\nsections = [\"name\"]\n"),
                             "at least one role in `from` and in `to`"));
}

TEST(PolicyCompileTest, NoTwoRulesHaveOneIdAndNoTwoProfilesOneNameOrSender) {
  EXPECT_TRUE(AddedIsRefused(Rule("never", "S-1", "to = [\"gp\"]\nsections = [\"name\"]\n"),
                             "another rule has the same id", "rule = \"S-1\""));
  const auto fault = [](const std::string& more) {
    const auto policy = Policy::Parse(With(more), "p.toml");
    return policy ? std::string("taken") : policy.error().detail;
  };
  EXPECT_EQ(fault("[[profile]]\nname = \"brief\"\nsenders = [\"police.other\"]\n"),
            "p.toml: profile brief stands twice");
  EXPECT_EQ(fault("[[profile]]\nname = \"other\"\nsenders = [\"police.brief\"]\n"),
            "p.toml: profile other names a sender that another profile names");
}

TEST(PolicyCompileTest, WhatNeverLeavesARequiredRoleWithoutAnythingIsRefusedWithTheCell) {
  const std::string never = Rule(
      "never", "N-2",
      "to = [\"services\"]\nsections = [\"name\", \"place\"]\nwhen = { part = [\"victim\"] }\n");
  EXPECT_TRUE(
      IsRefused(With(never), "[[require]]",
                "rule R-1: must be told, yet `never` leaves it nothing: notice, with risk = "
                "high, with part = victim, from police to services"));
  // Something is left: both hold.
  const std::string part = Rule("never", "N-2", "to = [\"services\"]\nsections = [\"place\"]\n");
  EXPECT_TRUE(
      Policy::Parse(Replaced(With(part), "hold = ", "unshared = [\"place\"]\nhold = "), "p.toml")
          .has_value());
}

TEST(PolicyCompileTest, AShareThatCanNeverTakeEffectIsRefused) {
  EXPECT_TRUE(AddedIsRefused(Rule("share", "S-2",
                                  "to = [\"school\"]\nprofile = [\"brief\"]\nsections = "
                                  "[\"story\"]\nacknowledge = \"bell\"\n"),
                             "rule S-2: can never take effect"));
}

TEST(PolicyCompileTest, RulesThatMeetAgreeOnTheDeadlineAndTheThread) {
  EXPECT_TRUE(AddedIsRefused(
      Rule("share", "S-2", "to = [\"school\"]\nsections = [\"place\"]\nacknowledge = \"day\"\n"),
      "rule S-2: and rule S-1 differ in `acknowledge` or `thread`: notice, with risk = unknown, "
      "with part = "
      "unknown, from police to school"));
  EXPECT_TRUE(AddedIsRefused(Rule("share", "S-2", "to = [\"school\"]\nsections = [\"place\"]\n"),
                             "differ in"));
  EXPECT_TRUE(AddedIsRefused(Rule("share", "S-2",
                                  "to = [\"school\"]\nsections = [\"place\"]\nacknowledge = "
                                  "\"bell\"\nthread = \"party\"\n"),
                             "differ in"));
  EXPECT_TRUE(Policy::Parse(
                  With(Rule("share", "S-2",
                            "to = [\"school\"]\nsections = [\"place\"]\nacknowledge = \"bell\"\n")),
                  "p.toml")
                  .has_value());
}

TEST(PolicyCompileTest, NoMoreRolesAreToldThanTheSlotsHold) {
  const auto with = [](int roles) {
    std::string to;
    std::string declared;
    for (int i = 0; i < roles; ++i) {
      to += "\"r" + std::to_string(i) + "\", ";
      declared += "r" + std::to_string(i) + " = \"R\"\n";
    }
    return Policy::Parse(
        Replaced(With(Rule("share", "X", "to = [" + to + "]\nsections = [\"name\"]\n")),
                 "gp = ", declared + "gp = "),
        "p.toml");
  };
  // With school and services, seven of the eight are taken at high risk.
  EXPECT_TRUE(with(5).has_value());
  const auto full = with(6);
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().detail,
            "p.toml:28:1: exchange notice has too few slots: notice, with risk = high, with part = "
            "unknown, from police\n"
            "p.toml:28:1: exchange notice has too few slots: notice, with risk = high, with part = "
            "unknown, from police (profile brief)");
}

// Whoever must be told and is left out is named in one part of an entry.
TEST(PolicyCompileTest, TheNamesOfAllRequiredRolesFitAnEntry) {
  const auto with = [](int roles) {
    std::string to;
    std::string declared;
    for (int i = 0; i < roles; ++i) {
      const std::string name = std::to_string(10 + i) + std::string(94, 'r');
      to += "\"" + name + "\", ";
      declared += name + " = \"R\"\n";
    }
    std::string text =
        Replaced(With(Rule("require", "X", "to = [" + to + "]\nsections = [\"name\"]\n")),
                 "gp = ", declared + "gp = ");
    text.replace(text.find("slots = 8"), 9, "slots = 64");
    return Policy::Parse(text, "p.toml");
  };
  EXPECT_TRUE(with(21).has_value());
  const auto many = with(22);
  ASSERT_FALSE(many.has_value());
  EXPECT_NE(many.error().detail.find("required roles with more than 2048 letters together"),
            std::string::npos);
}

TEST(PolicyCompileTest, TheNamesOfAllRulesOfACellFitTheirPlace) {
  std::string rules;
  for (int i = 0; i < 3; ++i) {
    rules += Rule("share", std::to_string(i) + std::string(40, 'r'),
                  "to = [\"gp\"]\nsections = [\"name\"]\n");
  }
  const auto policy = Policy::Parse(With(rules), "p.toml");
  ASSERT_FALSE(policy.has_value());
  EXPECT_NE(
      policy.error().detail.find("too many rules meet in one cell: notice, with risk = unknown"),
      std::string::npos);
}

// Whoever is told anything is told who must not learn of it; and nobody is told that there is
// something of which he is told nothing.
TEST(PolicyCompileTest, ExclusionsGoWithEverythingAndNeverAlone) {
  EXPECT_TRUE(
      AddedIsRefused(Rule("never", "N-2", "to = [\"school\"]\nsections = [\"exclusions\"]\n"),
                     "rule N-2: cannot forbid exclusions", "sections ="));
  EXPECT_TRUE(AddedIsRefused(Rule("share", "S-2", "to = [\"gp\"]\nsections = [\"exclusions\"]\n"),
                             "rule S-2: can never take effect"));
  const auto policy = Policy::Parse(
      With(Rule("share", "S-2", "to = [\"gp\"]\nsections = [\"*\"]\n") +
           Rule("never", "N-2",
                "to = [\"gp\"]\nsections = [\"name\", \"birth\", \"place\", \"story\"]\nwhen = { "
                "part = [\"victim\"] }\n") +
           Rule("never", "N-3",
                "to = [\"gp\"]\nsections = [\"*\"]\nwhen = { risk = [\"high\"] }\n")),
      "p.toml");
  ASSERT_TRUE(policy.has_value()) << policy.error().detail;
  const auto sections = [&](const char* risk, const char* part) {
    return policy
        ->Look({ExchangeName("notice"),
                AgencyId("police.full"),
                Role("police"),
                Role("gp"),
                {{Salt{}, "risk", risk}, {Salt{}, "part", part}},
                kNow})
        .sections;
  };
  EXPECT_EQ(sections("standard", "unknown"), 0b11111U);
  EXPECT_EQ(sections("standard", "victim"), 0U);
  EXPECT_EQ(sections("high", "unknown"), 0U);
}

TEST(PolicyCompileTest, ManyProblemsAreCountedAndTwentyShown) {
  std::string rules;
  for (int i = 0; i < 30; ++i)
    rules += Rule("share", "X" + std::to_string(i), "to = [\"gp\"]\nsections = [\"none\"]\n");
  const auto policy = Policy::Parse(With(rules), "p.toml");
  ASSERT_FALSE(policy.has_value());
  EXPECT_EQ(std::ranges::count(policy.error().detail, '\n'), 20);
  EXPECT_TRUE(policy.error().detail.ends_with("\nand 10 more")) << policy.error().detail;
}

}  // namespace
}  // namespace havenline::policy
