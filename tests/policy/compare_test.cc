#include "policy/compare.h"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace havenline::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<Claim> kTwoClaims = {{"part", {"unknown", "victim", "suspect"}, "", "", ""},
                                       {"risk", {"unknown", "high"}, "", "", ""}};

// What is the same in every policy here; the rules differ.
constexpr const char* kHead = R"(document = "policy"
partnership = "rotherham"
version = 1
[roles]
police = "Police"
school = "School"
idva = "Adviser"
[purposes]
care = "Care"
order = "Order"
[retentions]
file = "On the file"
[duty.head]
title = "head"
at = "school"
person = true
[deadline.bell]
due = "ready-by"
[deadline.day]
due = "after"
minutes = 1440
[exchange.notice]
version = 1
slots = 8
consent = "not-required"
sections = ["exclusions", "name", "story"]
[[exchange.notice.claim]]
name = "part"
source = "name"
values = ["unknown", "victim", "suspect"]
[[exchange.notice.claim]]
name = "risk"
source = "name"
values = ["unknown", "high"]
[[profile]]
name = "full"
senders = ["police.north"]
)";

std::string Rule(const std::string& head, const std::string& sections,
                 const std::string& more = "") {
  return head + "exchange = \"notice\"\nfrom = [\"police\"]\nto = [\"school\"]\nsections = [" +
         sections + "]\nbasis = \"ca2004-s11\"\npurpose = \"care\"\nwhy = \"Because.\"\n" + more;
}
std::string Share(const std::string& id, const std::string& sections,
                  const std::string& more = "") {
  return Rule("[[share]]\nrule = \"" + id + "\"\n", sections, more);
}

std::string Never(const std::string& sections, const std::string& more = "") {
  return "[[never]]\nrule = \"R-9\"\nexchange = \"notice\"\nfrom = [\"police\"]\nto = "
         "[\"school\"]\n"
         "sections = [" +
         sections + "]\nwhy = \"Because.\"\n" + more;
}

// What no rule of `rules` shares is meant to be unshared.
std::string Whole(std::string head, const std::string& rules) {
  const bool story = rules.find("sections = [\"name\", \"story\"]") != std::string::npos ||
                     rules.find("rule = \"R-2\"") != std::string::npos;
  if (!story) head.replace(head.find("consent ="), 0, "unshared = [\"story\"]\n");
  return head + rules;
}

Policy Parsed(const std::string& rules) {
  auto policy = Policy::Parse(Whole(kHead, rules), "test");
  EXPECT_TRUE(policy.has_value()) << policy.error().detail;
  return *std::move(policy);
}

std::string NameOf(Change::Kind kind) {
  using Kind = Change::Kind;
  static const std::map<Kind, std::string> kNames = {{Kind::kGains, "gains"},
                                                     {Kind::kLoses, "loses"},
                                                     {Kind::kMustBeTold, "must"},
                                                     {Kind::kNeedNotBeTold, "need-not"},
                                                     {Kind::kMustBeDecided, "must-decide"},
                                                     {Kind::kNeedNotBeDecided, "need-not-decide"},
                                                     {Kind::kGainsHeld, "gains-held"},
                                                     {Kind::kLosesHeld, "loses-held"},
                                                     {Kind::kCondition, "condition"},
                                                     {Kind::kForbids, "forbids"},
                                                     {Kind::kNoLongerForbids, "no-longer-forbids"},
                                                     {Kind::kShows, "shows"},
                                                     {Kind::kNoLongerShows, "no-longer-shows"},
                                                     {Kind::kBasis, "basis"},
                                                     {Kind::kPurpose, "purpose"},
                                                     {Kind::kClock, "clock"},
                                                     {Kind::kEscalation, "escalation"},
                                                     {Kind::kRetention, "label"},
                                                     {Kind::kThread, "thread"},
                                                     {Kind::kExchange, "exchange"},
                                                     {Kind::kDeclared, "declared"},
                                                     {Kind::kRule, "rule"}};
  return kNames.at(kind);
}

// One line for each change, to be compared as a whole.
std::vector<std::string> Lines(const std::vector<Change>& changes) {
  std::vector<std::string> lines;
  for (const Change& change : changes) {
    std::string line = change.to.value() + " " + NameOf(change.kind) + " " + change.section;
    if (!change.rule.empty()) line += " by " + change.rule;
    if (!change.before.empty() || !change.after.empty())
      line += " (" + change.before + " -> " + change.after + ")";
    if (change.every_sender) line += " every";
    if (change.other_senders) line += " others";
    for (const AgencyId& sender : change.senders) line += " " + sender.value();
    for (const Case& each : change.when) line += " [" + Words(each) + "]";
    if (change.in_some_case) line += " in-some-case";
    lines.push_back(line);
  }
  return lines;
}

TEST(CasesOfTest, NoneIsNoCaseAndAllIsOneWithoutCondition) {
  EXPECT_THAT(CasesOf(kTwoClaims, std::vector<std::uint8_t>(6, 0)), IsEmpty());
  EXPECT_THAT(CasesOf(kTwoClaims, std::vector<std::uint8_t>(6, 1)), ElementsAre(Case{}));
  EXPECT_THAT(CasesOf({}, std::vector<std::uint8_t>{1}), ElementsAre(Case{}));
}

TEST(CasesOfTest, AClaimThatDoesNotMatterIsNotNamed) {
  EXPECT_THAT(CasesOf(kTwoClaims, std::vector<std::uint8_t>{0, 0, 1, 1, 0, 0}),
              ElementsAre(Case{{"part", {"victim"}}}));
  EXPECT_THAT(CasesOf(kTwoClaims, std::vector<std::uint8_t>{0, 1, 0, 1, 0, 1}),
              ElementsAre(Case{{"risk", {"high"}}}));
}

// Every subset of six indices: the cases cover it exactly.
TEST(CasesOfTest, CoversExactlyWhatHolds) {
  for (unsigned subset = 0; subset < 64; ++subset) {
    std::vector<std::uint8_t> holds(6);
    for (unsigned i = 0; i < 6; ++i) holds[i] = (subset >> i & 1U) != 0 ? 1 : 0;
    const auto cases = CasesOf(kTwoClaims, holds);
    for (unsigned i = 0; i < 6; ++i) {
      const std::vector<std::pair<std::string, std::string>> values = {
          {"part", kTwoClaims[0].values[i / 2]}, {"risk", kTwoClaims[1].values[i % 2]}};
      const bool covered = std::ranges::any_of(cases, [&](const Case& each) {
        return std::ranges::all_of(each, [&](const auto& condition) {
          const auto& value = condition.first == "part" ? values[0].second : values[1].second;
          return std::ranges::find(condition.second, value) != condition.second.end();
        });
      });
      EXPECT_EQ(covered, holds[i] == 1) << "subset " << subset << " index " << i;
    }
  }
}

TEST(CompareTest, TheSamePolicyChangesNothing) {
  const Policy policy = Parsed(Share("R-1", "\"name\""));
  EXPECT_THAT(Compare(policy, policy), IsEmpty());
}

TEST(CompareTest, ASectionMoreIsAGainAndItsReverseALoss) {
  const Policy less = Parsed(Share("R-1", "\"name\""));
  const Policy more = Parsed(Share("R-1", "\"name\", \"story\""));
  EXPECT_THAT(Lines(Compare(less, more)), ElementsAre("school gains story every []"));
  EXPECT_THAT(Lines(Compare(more, less)), ElementsAre("school loses story every []"));
}

TEST(CompareTest, NamesTheClaimsUnderWhichItChanges) {
  const Policy before = Parsed(Share("R-1", "\"name\""));
  const Policy after = Parsed(Share("R-1", "\"name\"") +
                              Share("R-2", "\"story\"", "when = { risk = [\"high\"] }\n"));
  EXPECT_THAT(Lines(Compare(before, after)),
              ElementsAre("school gains story every [when risk is high]"));
}

TEST(CompareTest, NamesTheSendersOfAProfileApartFromTheOthers) {
  const Policy before = Parsed(Share("R-1", "\"name\""));
  const Policy full =
      Parsed(Share("R-1", "\"name\"") + Share("R-2", "\"story\"", "profile = [\"full\"]\n"));
  EXPECT_THAT(Lines(Compare(before, full)), ElementsAre("school gains story police.north []"));
}

TEST(CompareTest, ASenderThatMovesToAnotherProfileGainsByThat) {
  const std::string rules =
      Share("R-1", "\"name\"") + Share("R-2", "\"story\"", "profile = [\"full\"]\n");
  auto after = Policy::Parse(
      kHead + std::string("[[profile]]\nname = \"none\"\nsenders = [\"police.south\"]\n") + rules,
      "test");
  std::string moved = kHead;
  moved.replace(moved.find("[\"police.north\"]"), 16, "[\"police.north\", \"police.south\"]");
  auto before = Policy::Parse(moved + rules, "test");
  ASSERT_TRUE(before && after);
  EXPECT_THAT(Lines(Compare(*before, *after)), ElementsAre("school loses story police.south []"));
}

TEST(CompareTest, ANeverRuleTakesAwayWhatItForbids) {
  const std::string never =
      "[[never]]\nrule = \"R-9\"\nexchange = \"notice\"\nfrom = [\"police\"]\nto = [\"school\"]\n"
      "when = { part = [\"suspect\"] }\nsections = [\"story\"]\nwhy = \"Because.\"\n";
  const Policy before = Parsed(Share("R-1", "\"name\", \"story\""));
  const Policy after = Parsed(Share("R-1", "\"name\", \"story\"") + never);
  EXPECT_THAT(Lines(Compare(before, after)),
              ElementsAre("school loses story every [when part is suspect]",
                          "school forbids story by R-9 every [when part is suspect]"));
  EXPECT_THAT(Lines(Compare(after, before)),
              ElementsAre("school gains story every [when part is suspect]",
                          "school no-longer-forbids story by R-9 every [when part is suspect]"));
}

TEST(CompareTest, ADutyToTellAndAnotherClockAreChanges) {
  const Policy share = Parsed(Share("R-1", "\"name\"", "acknowledge = \"bell\"\n"));
  const Policy require =
      Parsed(Rule("[[require]]\nrule = \"R-1\"\n", "\"name\"", "acknowledge = \"day\"\n"));
  const std::string bell =
      "by the recipient's ready-by time, warned 30 minutes before, moved at most 0 days, and by "
      "08:15 where no calendar is stated";
  const std::string day = "within 1440 minutes, warned 30 minutes before";
  EXPECT_THAT(
      Lines(Compare(share, require)),
      ElementsAre("school must  every []", "school clock  (" + bell + " -> " + day + ") every []"));
  EXPECT_THAT(Lines(Compare(require, share)),
              ElementsAre("school need-not  every []",
                          "school clock  (" + day + " -> " + bell + ") every []"));
}

TEST(CompareTest, OtherClaimsAreComparedOverAllCasesAndSaySo) {
  const Policy before = Parsed(Share("R-1", "\"name\""));
  std::string claims = kHead;
  claims.replace(claims.find("[\"unknown\", \"high\"]"), 19, "[\"unknown\", \"low\", \"high\"]");
  auto after = Policy::Parse(claims + Share("R-1", "\"name\", \"story\""), "test");
  ASSERT_TRUE(after.has_value());
  EXPECT_THAT(Lines(Compare(before, *after)),
              ElementsAre("school gains story every [] in-some-case"));
}

TEST(CompareTest, ANewExchangeIsAllGains) {
  const Policy before = Parsed(Share("R-1", "\"name\""));
  const std::string other =
      "[exchange.other]\nversion = 1\nslots = 8\nconsent = \"must-not-ask\"\nsections = "
      "[\"exclusions\", \"note\"]\n"
      "[[share]]\nrule = \"O-1\"\nexchange = \"other\"\nfrom = [\"idva\"]\nto = [\"police\"]\n"
      "sections = [\"note\"]\nbasis = \"ca2004-s11\"\npurpose = \"care\"\nwhy = \"Because.\"\n";
  const Policy after = Parsed(Share("R-1", "\"name\"") + other);
  EXPECT_THAT(Lines(Compare(before, after)),
              ElementsAre("police gains exclusions every []", "police gains note every []"));
}

// Nothing is shared against it today; tomorrow a rule may.
TEST(CompareTest, ANeverRuleThatGoesIsAChangeThoughNothingIsSharedAgainstIt) {
  const Policy before = Parsed(Share("R-1", "\"name\"") + Never("\"story\""));
  const Policy after = Parsed(Share("R-1", "\"name\""));
  EXPECT_THAT(Lines(Compare(before, after)),
              ElementsAre("school no-longer-forbids story by R-9 every []"));
  EXPECT_THAT(Lines(Compare(after, before)), ElementsAre("school forbids story by R-9 every []"));
}

TEST(CompareTest, ANeverRuleThatIsNarrowedNamesTheCasesThatAreFree) {
  const Policy before = Parsed(Share("R-1", "\"name\"") + Never("\"story\""));
  const Policy after =
      Parsed(Share("R-1", "\"name\"") + Never("\"story\"", "when = { risk = [\"high\"] }\n"));
  EXPECT_THAT(Lines(Compare(before, after)),
              ElementsAre("school no-longer-forbids story by R-9 every [when risk is unknown]"));
}

// What is told stays: on what terms does not.
TEST(CompareTest, EachTermThatDiffersIsAChangeWithWhatItWasAndIs) {
  const auto changed = [](const std::string& more, const std::string& what,
                          const std::string& with) {
    std::string rule =
        Share("R-1", "\"name\"", "acknowledge = \"bell\"\nretention = \"file\"\n" + more);
    const Policy before = Parsed(rule);
    rule.replace(rule.find(what), what.size(), with);
    return Lines(Compare(before, Parsed(rule)));
  };
  EXPECT_THAT(changed("", "ca2004-s11", "ukgdpr-6-1-f"),
              ElementsAre("school basis  (ca2004-s11 -> ukgdpr-6-1-f) every []"));
  EXPECT_THAT(changed("", "purpose = \"care\"", "purpose = \"order\""),
              ElementsAre("school purpose  (care -> order) every []"));
  EXPECT_THAT(changed("", "retention = \"file\"\n", ""),
              ElementsAre("school label  (file -> none) every []"));
  EXPECT_THAT(changed("escalation = [\"head\"]\n", "escalation = [\"head\"]\n", ""),
              ElementsAre("school escalation  (head (school, at every hour) -> nobody) every []"));
  EXPECT_THAT(changed("thread = \"party\"\n", "thread = \"party\"\n", ""),
              ElementsAre("school thread  (yes -> no) every []"));
  EXPECT_THAT(
      changed("visible-when-withheld = [\"story\"]\n", "visible-when-withheld = [\"story\"]\n", ""),
      ElementsAre("school no-longer-shows story every []"));
}

TEST(CompareTest, ATermThatDiffersInOneCaseNamesIt) {
  const auto with = [](const std::string& basis) {
    std::string high = Share("R-3", "\"name\"", "when = { risk = [\"high\"] }\n");
    high.replace(high.find("ca2004-s11"), 10, basis);
    return Parsed(Share("R-1", "\"name\"", "when = { risk = [\"unknown\"] }\n") + high);
  };
  EXPECT_THAT(Lines(Compare(with("ca2004-s11"), with("ca1989-s17"))),
              ElementsAre("school basis  (ca2004-s11 -> ca1989-s17) every [when risk is high]"));
}

// --- texts

std::vector<std::string> TextLines(const std::string& before, const std::string& after) {
  const auto old_rules = ParseRules(before, "before");
  const auto new_rules = ParseRules(after, "after");
  EXPECT_TRUE(old_rules && new_rules);
  return Lines(CompareTexts(*old_rules, *new_rules));
}
std::string With(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(CompareTextsTest, OneTextChangesNothing) {
  const std::string text = Whole(kHead, Share("R-1", "\"name\"") + Never("\"story\""));
  EXPECT_THAT(TextLines(text, text), IsEmpty());
}

TEST(CompareTextsTest, EachFactOfAnExchangeIsAChange) {
  const std::string text = Whole(kHead, Share("R-1", "\"name\""));
  const auto changed = [&](const std::string& more) {
    return TextLines(text, With(text, "slots = 8\n", more));
  };
  EXPECT_THAT(changed("slots = 16\n"), ElementsAre(" exchange slots (8 -> 16) every"));
  EXPECT_THAT(changed("slots = 8\nurgent = true\n"),
              ElementsAre(" exchange urgent (no -> yes) every"));
  EXPECT_THAT(changed("slots = 8\nstrict = true\n"),
              ElementsAre(" exchange strict (no -> yes) every"));
  EXPECT_THAT(changed("slots = 8\nconcealed = true\n"),
              ElementsAre(" exchange concealed (no -> yes) every"));
  EXPECT_THAT(changed("slots = 8\nhold = [\"covert\"]\n"),
              ElementsAre(" exchange hold ( -> covert) every"));
  EXPECT_THAT(TextLines(text, With(text, "\"not-required\"", "\"must-not-ask\"")),
              ElementsAre(" exchange consent (not-required -> must-not-ask) every"));
}

TEST(CompareTextsTest, NamesProfilesAndRulesThatCameWentOrAreExplainedOtherwise) {
  const std::string text = Whole(kHead, Share("R-1", "\"name\""));
  EXPECT_THAT(TextLines(text, With(text, "care = \"Care\"", "care = \"Anything\"")),
              ElementsAre(" declared purpose care (Care -> Anything) every"));
  EXPECT_THAT(TextLines(text, With(text, "[\"police.north\"]", "[\"police.south\"]")),
              ElementsAre(" declared profile full (police.north -> police.south) every"));
  EXPECT_THAT(TextLines(text, With(text, "Because.", "Why not.")),
              ElementsAre(" rule why by R-1 (Because. -> Why not.) every"));
  EXPECT_THAT(TextLines(text, text + Never("\"story\"")),
              ElementsAre(" rule  by R-9 ( -> never) every"));
  EXPECT_THAT(TextLines(text, With(text, "[[share]]", "[[require]]")),
              ElementsAre(" rule  by R-1 (share -> require) every"));
}

TEST(CompareTextsTest, WhoMayLookIntoTheAuditLogIsAChange) {
  const std::string text = Whole(kHead, Share("R-1", "\"name\""));
  const std::string audit =
      "[[audit]]\nrule = \"A-1\"\nby = [\"police\"]\nexchanges = [\"*\"]\nwhy = \"To look.\"\n";
  EXPECT_THAT(TextLines(text, text + audit),
              ElementsAre(" declared audit rule A-1 ( -> police may read of all exchanges that are "
                          "not concealed: To look.) every"));
  EXPECT_THAT(TextLines(text + audit, text + With(audit, "\"*\"", "\"notice\"")),
              ElementsAre(" declared audit rule A-1 (police may read of all exchanges that are not "
                          "concealed: To look. -> police may read of notice: To look.) every"));
}

// The broker has no cells, and sees every claim.
TEST(CompareTextsTest, WhatIsNoLongerKeptFromTheBrokerIsAChange) {
  const std::string text = Whole(kHead, Share("R-1", "\"name\""));
  const std::string kept =
      text + With(Never("\"story\""), "to = [\"school\"]", "to = [\"broker\"]");
  EXPECT_THAT(TextLines(kept, text), ElementsAre("broker no-longer-forbids story by R-9 every []",
                                                 " rule  by R-9 (never -> ) every"));
}

TEST(SayingsOfTest, GathersTheCasesThatSayTheSame) {
  const Policy policy = Parsed(Share("R-1", "\"name\"", "when = { risk = [\"high\"] }\n"));
  const auto sayings = SayingsOf(policy);
  ASSERT_EQ(sayings.size(), 2U);  // For any sender, and for the profile's.
  EXPECT_EQ(sayings[0].profile, "");
  EXPECT_EQ(sayings[1].profile, "full");
  EXPECT_THAT(sayings[0].when, ElementsAre(Case{{"risk", {"high"}}}));
  EXPECT_EQ(sayings[0].cell->rule.value(), "R-1");
}

TEST(WordsTest, JoinsValuesAndClaims) {
  EXPECT_EQ(Words({}), "");
  EXPECT_EQ(Words({{"risk", {"high"}}}), "when risk is high");
  EXPECT_EQ(Words({{"part", {"a", "b", "c"}}, {"risk", {"high"}}}),
            "when part is a, b or c, and risk is high");
}

}  // namespace
}  // namespace havenline::policy
