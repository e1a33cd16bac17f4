// What a policy's text may not say. Each is refused on its line, in words that help to mend it.

#include <gtest/gtest.h>

#include "tests/policy/texts.h"

namespace havenline::policy {
namespace {

// Spoils the first `from` of the good text; refused on its line.
::testing::AssertionResult Spoilt(std::string_view from, std::string_view to,
                                  std::string_view words) {
  return IsRefused(Changed(from, to), to, words);
}

std::string Names(std::string_view prefix, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i)
    list += (i == 0 ? "\"" : ", \"") + std::string(prefix) + std::to_string(i) + "\"";
  return list;
}

TEST(PolicyTextTest, TheGoodTextIsTaken) {
  const auto policy = Policy::Parse(kGood, "p.toml");
  ASSERT_TRUE(policy.has_value()) << policy.error().detail;
  EXPECT_EQ(policy->partnership(), PartnershipId("testshire"));
  EXPECT_EQ(policy->version().version, 1U);
  EXPECT_EQ(policy->previous(), Digest{});
  ASSERT_EQ(policy->exchanges().size(), 1U);
  const Exchange& exchange = policy->exchanges().front();
  EXPECT_EQ(exchange.slots, 8U);
  EXPECT_TRUE(exchange.urgent);
  EXPECT_FALSE(exchange.strict);
  EXPECT_EQ(exchange.hold_flags, std::vector<std::string>{"relocated"});
}

TEST(PolicyTextTest, TheTopSaysWhatItIs) {
  EXPECT_TRUE(Spoilt("document = \"policy\"", "document = \"directory\"", "must be \"policy\""));
  EXPECT_TRUE(Spoilt("partnership = \"testshire\"", "partnership = \"../x\"", "must be a name"));
  EXPECT_TRUE(Spoilt("version = 1\n", "version = 0\n", "whole number from 1"));
  EXPECT_TRUE(IsRefused(Changed("version = 1\n", "version = 1\nvresion = 2\n"), "vresion",
                        "unknown key \"vresion\""));
  EXPECT_TRUE(Spoilt("document = \"policy\"\n", "\n", "\"document\" is missing"));
}

TEST(PolicyTextTest, EveryVersionButTheFirstNamesTheOneBefore) {
  const std::string hash(64, 'a');
  EXPECT_TRUE(IsRefused(Changed("version = 1\n", "version = 2\n"), "document", "`previous`"));
  EXPECT_TRUE(IsRefused(Changed("version = 1\n", "version = 1\nprevious = \"" + hash + "\"\n"),
                        "document", "`previous`"));
  EXPECT_TRUE(IsRefused(Changed("version = 1\n", "version = 2\nprevious = \"abc\"\n"),
                        "previous =", "64 hexadecimal"));
  const auto second = Policy::Parse(
      Changed("version = 1\n", "version = 2\nprevious = \"" + hash + "\"\n"), "p.toml");
  ASSERT_TRUE(second.has_value()) << second.error().detail;
  EXPECT_EQ(second->previous().front(), 0xAA);
}

TEST(PolicyTextTest, ADeadlineIsByTheBellOrAfterSoLong) {
  EXPECT_TRUE(Spoilt("due = \"ready-by\"", "due = \"soon\"", "must be one of"));
  EXPECT_TRUE(IsRefused(Changed("due = \"ready-by\"", "due = \"ready-by\"\nminutes = 5"),
                        "[deadline.bell]", "`due = \"ready-by\"` has none"));
  EXPECT_TRUE(IsRefused(Changed("minutes = 1440\n", ""), "[deadline.day]", "needs `minutes`"));
  EXPECT_TRUE(
      IsRefused(Changed("minutes = 1440\n", "minutes = 0\n"), "[deadline.day]", "needs `minutes`"));
  EXPECT_TRUE(Spoilt("minutes = 1440", "minutes = 43201", "0 to 43200"));
  EXPECT_TRUE(IsRefused(Changed("minutes = 1440", "minutes = 1440\nwarn-minutes = -1"), "warn-",
                        "0 to 43200"));
  EXPECT_TRUE(IsRefused(Changed("minutes = 1440", "minutes = 1440\ncalendar-days-max = 121"),
                        "calendar-", "0 to 120"));
  EXPECT_TRUE(
      IsRefused(Changed("minutes = 1440", "minutes = 1440\ndefault-ready-minute-of-day = 1440"),
                "default-ready", "0 to 1439"));
  EXPECT_TRUE(IsRefused(Changed("[deadline.bell]", "[deadline.\"the bell\"]"),
                        "[deadline.\"the bell\"]", "must be a name"));
}

TEST(PolicyTextTest, AnExchangeHasAVersionSlotsAndSections) {
  EXPECT_TRUE(IsRefused(Changed("version = 1\nslots", "version = 65536\nslots"), "version = 65536",
                        "1 to 65535"));
  EXPECT_TRUE(Spoilt("slots = 8", "slots = 9", "must be 8, 16 or 64"));
  EXPECT_TRUE(Spoilt("slots = 8", "slots = 65", "8 to 64"));
  EXPECT_TRUE(Spoilt("urgent = true", "urgent = \"yes\"", "must be true or false"));
  EXPECT_TRUE(IsRefused(Changed("urgent = true", "urgent = true\nstrict = true"),
                        "strict =", "no exchange is both urgent and strict"));
  EXPECT_TRUE(Spoilt("[\"exclusions\", \"name\"", "[\"name\"", "must contain \"exclusions\""));
  EXPECT_TRUE(Spoilt("\"story\"]\nhold", "\"name\"]\nhold", "names a section twice"));
  EXPECT_TRUE(Spoilt("\"story\"]\nhold", "\"the story\"]\nhold", "must be a name"));
  EXPECT_TRUE(Spoilt("\"story\"]\nhold", Names("s", 28) + ", \"story\"]\nhold", "at most 32"));
  EXPECT_TRUE(IsRefused(Changed("[exchange.notice]", "[exchange.\"no\\ttice\"]"), "[exchange.\"no",
                        "must be a name"));
  // What is no name stands in no error.
  EXPECT_TRUE(Spoilt("sections = [\"name\"", "sections = [\"na\\tme\"", "must be names"));
}

TEST(PolicyTextTest, TheNamesOfAllSectionsFitAClearPartAndAnEntry) {
  // 21 names of 96 letters are 2016; with the others 2043, and one of 8 more is too long.
  std::string longest;
  for (char c = 'a'; c < 'a' + 21; ++c) longest += ", \"" + std::string(96, c) + "\"";
  const std::string text = Changed("\"story\"]\nhold", "\"story\"" + longest + "]\nunshared = [" +
                                                           longest.substr(2) + "]\nhold");
  EXPECT_TRUE(Policy::Parse(text, "p.toml").has_value());
  EXPECT_TRUE(Spoilt("\"story\"]\nhold", "\"story\", \"another1\"" + longest + "]\nhold",
                     "more than 2048 letters"));
}

TEST(PolicyTextTest, AClaimHasAFewValuesThatDiffer) {
  EXPECT_TRUE(Spoilt("name = \"part\"", "name = \"risk\" ", "a claim has one entry"));
  EXPECT_TRUE(Spoilt("values = [\"unknown\", \"victim\"]", "values = [ ]", "at least one value"));
  EXPECT_TRUE(Spoilt("\"unknown\", \"victim\"", "\"victim\", \"victim\"", "names a value twice"));
  EXPECT_TRUE(Spoilt("\"unknown\", \"victim\"", "\"unknown\", 7", "must be a name"));
  std::string claims;
  for (int i = 0; i < 17; ++i)
    claims +=
        "[[exchange.notice.claim]]\nname = \"c" + std::to_string(i) + "\"\nvalues = [\"u\"]\n";
  EXPECT_FALSE(Policy::Parse(Changed("[[profile]]", claims + "[[profile]]"), "p.toml").has_value());
}

TEST(PolicyTextTest, ATableOfMoreThan4096CombinationsIsRefused) {
  const auto with = [](std::size_t values) {
    return Changed("\"unknown\", \"victim\"", Names("v", values));
  };
  EXPECT_TRUE(Policy::Parse(with(1365), "p.toml").has_value());
  EXPECT_TRUE(IsRefused(with(1366), "[[exchange.notice.claim]]\nname = \"part\"", "at most 4096"));
}

TEST(PolicyTextTest, ARuleSaysWhoWhatAndWhy) {
  EXPECT_TRUE(Spoilt("rule = \"S-1\"", "rule = \"S 1\"", "must be a name"));
  EXPECT_TRUE(Spoilt("rule = \"S-1\"", "rule = \"S+1\"", "must not contain '+'"));
  EXPECT_TRUE(
      Spoilt("basis = \"daa2021-s49a\"", "basis = \"daa2021+s49a\"", "must not contain '+'"));
  EXPECT_TRUE(
      IsRefused(Changed("basis = \"daa2021-s49a\"\n", ""), "[[share]]", "\"basis\" is missing"));
  EXPECT_TRUE(
      IsRefused(Changed("why = \"Schools are told.\"\n", ""), "[[share]]", "\"why\" is missing"));
  EXPECT_TRUE(IsRefused(Changed("to = [\"school\"]\n", ""), "[[share]]", "\"to\" is missing"));
  EXPECT_TRUE(Spoilt("acknowledge = \"bell\"", "thread = \"all\"", "must be one of"));
  EXPECT_TRUE(Spoilt("acknowledge = \"bell\"", "profiles = [\"brief\"]",
                     "unknown key \"profiles\"; did you mean \"profile\"?"));
}

// A `never` rule gives nothing: what belongs to giving is not read in it, and so is refused.
TEST(PolicyTextTest, ANeverRuleHasNoBasisDeadlineOrThread) {
  for (const std::string key :
       {"basis = \"ca1989-s17\"", "acknowledge = \"day\"", "thread = \"party\""})
    EXPECT_TRUE(IsRefused(With(key + "\n"), key, "unknown key")) << key;
}

// A value that is left unread would make a `never` rule forbid less than it says.
TEST(PolicyTextTest, EveryConditionIsRead) {
  const std::string_view good = "when = { risk = [\"high\"] }";
  EXPECT_TRUE(Spoilt(good, "when = \"risk\"", "\"when\" must be a table"));
  EXPECT_TRUE(Spoilt(good, "when = { risk = \"high\" }", "must be a list of names"));
  EXPECT_TRUE(Spoilt(good, "when = { risk = [\"high\", 3] }", "item 2 of \"risk\""));
  EXPECT_TRUE(Spoilt(good, "when = { risk = [\"high\", [\"standard\"]] }", "item 2 of \"risk\""));
}

TEST(PolicyTextTest, AllProblemsAreNamedAtOnceAndNoValueIsQuoted) {
  std::string text = Changed("slots = 8", "slots = 9");
  text.replace(text.find("rule = \"R-1\""), 12, "rule = \"Jessie Testcase\"");
  const auto policy = Policy::Parse(text, "p.toml");
  ASSERT_FALSE(policy.has_value());
  EXPECT_NE(policy.error().detail.find("\"slots\""), std::string::npos);
  EXPECT_NE(policy.error().detail.find("\"rule\""), std::string::npos);
  EXPECT_EQ(policy.error().detail.find("Jessie"), std::string::npos) << policy.error().detail;
}

}  // namespace
}  // namespace havenline::policy
