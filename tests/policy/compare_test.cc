#include "policy/compare.h"

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

// One line for each change, to be compared as a whole.
std::vector<std::string> Lines(const std::vector<Change>& changes) {
  std::vector<std::string> lines;
  for (const Change& change : changes) {
    std::string line = change.to.value() + " " + std::to_string(static_cast<int>(change.kind)) +
                       " " + change.section;
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
  EXPECT_THAT(Lines(Compare(less, more)), ElementsAre("school 0 story every []"));
  EXPECT_THAT(Lines(Compare(more, less)), ElementsAre("school 1 story every []"));
}

TEST(CompareTest, NamesTheClaimsUnderWhichItChanges) {
  const Policy before = Parsed(Share("R-1", "\"name\""));
  const Policy after = Parsed(Share("R-1", "\"name\"") +
                              Share("R-2", "\"story\"", "when = { risk = [\"high\"] }\n"));
  EXPECT_THAT(Lines(Compare(before, after)),
              ElementsAre("school 0 story every [when risk is high]"));
}

TEST(CompareTest, NamesTheSendersOfAProfileApartFromTheOthers) {
  const Policy before = Parsed(Share("R-1", "\"name\""));
  const Policy full =
      Parsed(Share("R-1", "\"name\"") + Share("R-2", "\"story\"", "profile = [\"full\"]\n"));
  EXPECT_THAT(Lines(Compare(before, full)), ElementsAre("school 0 story police.north []"));
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
  EXPECT_THAT(Lines(Compare(*before, *after)), ElementsAre("school 1 story police.south []"));
}

TEST(CompareTest, ANeverRuleTakesAwayWhatItForbids) {
  const std::string never =
      "[[never]]\nrule = \"R-9\"\nexchange = \"notice\"\nfrom = [\"police\"]\nto = [\"school\"]\n"
      "when = { part = [\"suspect\"] }\nsections = [\"story\"]\nwhy = \"Because.\"\n";
  const Policy before = Parsed(Share("R-1", "\"name\", \"story\""));
  const Policy after = Parsed(Share("R-1", "\"name\", \"story\"") + never);
  EXPECT_THAT(Lines(Compare(before, after)),
              ElementsAre("school 1 story every [when part is suspect]"));
}

TEST(CompareTest, ADutyToTellAndAnotherClockAreChanges) {
  const Policy share = Parsed(Share("R-1", "\"name\"", "acknowledge = \"bell\"\n"));
  const Policy require =
      Parsed(Rule("[[require]]\nrule = \"R-1\"\n", "\"name\"", "acknowledge = \"day\"\n"));
  EXPECT_THAT(Lines(Compare(share, require)),
              ElementsAre("school 2  every []", "school 4  every []"));
  EXPECT_THAT(Lines(Compare(require, share)),
              ElementsAre("school 3  every []", "school 4  every []"));
}

TEST(CompareTest, OtherClaimsAreComparedOverAllCasesAndSaySo) {
  const Policy before = Parsed(Share("R-1", "\"name\""));
  std::string claims = kHead;
  claims.replace(claims.find("[\"unknown\", \"high\"]"), 19, "[\"unknown\", \"low\", \"high\"]");
  auto after = Policy::Parse(claims + Share("R-1", "\"name\", \"story\""), "test");
  ASSERT_TRUE(after.has_value());
  EXPECT_THAT(Lines(Compare(before, *after)), ElementsAre("school 0 story every [] in-some-case"));
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
              ElementsAre("police 0 exclusions every []", "police 0 note every []"));
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
