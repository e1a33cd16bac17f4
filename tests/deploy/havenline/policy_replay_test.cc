// What an agent records of its decisions, and what becomes of them under another version.

#include "deploy/havenline/policy_replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/link/recorded_message.h"
#include "schema/model/names.h"
#include "schema/text/json.h"
#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Recipient kToA{kSchoolA, kSchoolRole};
const Recipient kToB{kSchoolB, kSchoolRole};

class PolicyReplayTest : public ::testing::Test {
 protected:
  // A version of the policy with one text replaced by another.
  policy::Policy With(const std::string& what, const std::string& with) const {
    std::string text = partnership_.PolicyText();
    if (!what.empty()) text = TestPartnership::Replace(text, what, with);
    auto parsed = policy::Policy::Parse(text, "policy");
    EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
    return *std::move(parsed);
  }
  policy::Policy Same() const { return With("", ""); }
  // ENC-1, and not the rules that name the same sections, without the grade of the risk.
  policy::Policy WithoutRisk() const {
    return With("\"handling\", \"risk\",\n            \"origin\"]", "\"handling\",\n \"origin\"]");
  }
  static RecordedMessage Told(const std::string& rule, std::vector<std::string> sections) {
    return {"019a",      kNight,
            kPolice,     ExchangeName("encompass-notice"),
            kPoliceRole, {{"childPart", "victim"}, {"risk", "medium"}},
            1,           {{kSchoolRole, 1, RuleId(rule), std::move(sections), false}},
            {}};
  }
  // All that the school is told by ENC-1 as it is.
  std::vector<std::string> ToldNow() const {
    const policy::Policy policy = Same();
    const std::vector<ClaimOpening> claims = {{{}, "childPart", "victim"}, {{}, "risk", "medium"}};
    const ExchangeName name("encompass-notice");
    return policy.Find(name)->NamesOf(
        policy.Look({name, kPolice, kPoliceRole, kSchoolRole, claims, kNight}).sections);
  }
  static tool::Answer Replayed(const RecordedMessage& message, const policy::Policy& policy) {
    return Replay({{message}, 0, {}}, policy, {});
  }

  TestPartnership partnership_;
};

std::string ResultOf(const tool::Answer& answer) {
  return answer.json.Find("decisions")->items().at(0).Find("result")->text();
}

TEST_F(PolicyReplayTest, TheSamePolicyDecidesTheSame) {
  const tool::Answer answer = Replayed(Told("ENC-1", ToldNow()), Same());
  EXPECT_EQ(ResultOf(answer), "same");
  EXPECT_THAT(
      answer.words,
      AllOf(HasSubstr("1 message, made 2026-11-2"), HasSubstr("under version 1, now held"),
            HasSubstr("same, 1 decision: encompass-notice from police to school, childPart "
                      "= victim, risk = medium\n  rule    ENC-1, before and now\n"),
            HasSubstr("1 decision: 1 the same, 0 gain, 0 lose, 0 gain and lose, 0 cannot")));
  EXPECT_EQ(answer.code, ExitCode::kOk);
}

TEST_F(PolicyReplayTest, WhatIsLostAndGainedIsNamedWithTheRuleBeforeAndNow) {
  const tool::Answer loses = Replayed(Told("ENC-1", ToldNow()), WithoutRisk());
  EXPECT_EQ(ResultOf(loses), "loses");
  EXPECT_THAT(loses.words, AllOf(HasSubstr("  loses   risk\n"), Not(HasSubstr("gains   ")),
                                 HasSubstr("0 the same, 0 gain, 1 lose")));
  std::vector<std::string> sections = ToldNow();
  std::erase(sections, "circumstances");
  const tool::Answer gains = Replayed(Told("ENC-0", sections), Same());
  EXPECT_EQ(ResultOf(gains), "gains");
  EXPECT_THAT(gains.words,
              HasSubstr("  gains   circumstances\n  rule    ENC-0 before, ENC-1 now\n"));
  const tool::Answer both = Replayed(Told("ENC-0", sections), WithoutRisk());
  EXPECT_EQ(ResultOf(both), "gains-and-loses");
  const tool::Answer nothing =
      Replayed(Told("ENC-1", ToldNow()),
               With("senders = [\"police.south-yorkshire\"]", "senders = [\"police.elsewhere\"]"));
  EXPECT_EQ(ResultOf(nothing), "loses");
  EXPECT_THAT(nothing.words, HasSubstr("rule    ENC-1 before, none now"));
}

TEST_F(PolicyReplayTest, ClaimsDecideAsTheyWereRecorded) {
  RecordedMessage message = Told("ENC-1", ToldNow());
  message.claims["childPart"] = "allegedSuspect";
  EXPECT_THAT(Replayed(message, Same()).words, HasSubstr("loses   voiceOfChild, circumstances\n"));
}

TEST_F(PolicyReplayTest, WhatThePolicyAsksAndNobodyRecordedIsNotJudged) {
  RecordedMessage message = Told("ENC-1", ToldNow());
  message.claims.erase("risk");
  const tool::Answer missing = Replayed(message, Same());
  EXPECT_EQ(ResultOf(missing), "not-judged");
  EXPECT_THAT(missing.words, HasSubstr("because no claim risk was recorded"));
  message.claims["risk"] = "extreme";
  EXPECT_THAT(Replayed(message, Same()).words, HasSubstr("claim risk can no longer be extreme"));
  // An exchange that is gone shares nothing, which can be judged.
  message.exchange = ExchangeName("gone");
  EXPECT_EQ(ResultOf(Replayed(message, Same())), "loses");
}

TEST_F(PolicyReplayTest, ARoleThatMustNowBeToldAndWasNotIsNamed) {
  const policy::Policy next = With("[[share]]\nrule = \"ENC-4\"", "[[require]]\nrule = \"ENC-4\"");
  RecordedMessage message = Told("ENC-1", ToldNow());
  EXPECT_THAT(Replayed(message, next).words, Not(HasSubstr("must now be told")));
  message.claims["risk"] = "high";
  const tool::Answer answer = Replayed(message, next);
  EXPECT_THAT(answer.words, HasSubstr("1 message: childrens-services must now be told or decided "
                                      "about, and was not: encompass-notice from police"));
  EXPECT_EQ(answer.json.Find("owed")->items().at(0).Find("rule")->text(), "ENC-4");
  message.told.push_back({Role("childrens-services"), 1, RuleId("ENC-4"), {"childName"}, false});
  EXPECT_TRUE(Replayed(message, next).json.Find("owed")->items().empty());
}

TEST_F(PolicyReplayTest, WhatWasHeldAndNowGoesAtOnceGains) {
  RecordedMessage message = Told("ENC-1", ToldNow());
  message.told[0].held = true;
  const tool::Answer answer = Replayed(message, Same());
  EXPECT_EQ(ResultOf(answer), "gains");
  EXPECT_THAT(answer.words, HasSubstr("was told only if somebody else did not take it on, now at"));
}

TEST_F(PolicyReplayTest, WhatWentAtOnceAndNowIsHeldLoses) {
  const policy::Policy next =
      With("why = \"Children's services are told of incidents",
           "profile = [\"full\", \"four-facts\"]\nheld = \"unacknowledged\"\nwatches = \"school\"\n"
           "why = \"Children's services are told of incidents");
  RecordedMessage message = Told("ENC-4", {"exclusions", "childName"});
  message.claims["risk"] = "high";
  message.told[0].to = Role("childrens-services");
  const tool::Answer both = Replayed(message, next);
  EXPECT_EQ(ResultOf(both), "gains-and-loses");
  EXPECT_THAT(both.words, HasSubstr("was told at once, now only if somebody else does not take"));
  EXPECT_EQ(ResultOf(Replayed(message, Same())), "gains");
}

TEST_F(PolicyReplayTest, ARuleThatBeginsLaterIsJudgedByTheTimeAskedFor) {
  const policy::Policy next = With("rule = \"ENC-5\"\n", "rule = \"ENC-5\"\nstarts = 2027-01-01\n");
  RecordedMessage message = Told("ENC-1", ToldNow());
  message.claims["childPart"] = "allegedSuspect";
  EXPECT_EQ(ResultOf(Replayed(message, next)), "same");
  const TimePoint later = kNight + std::chrono::hours(24 * 365);
  const tool::Answer answer = Replay({{message}, 0, {}}, next, {.made = later});
  EXPECT_EQ(ResultOf(answer), "loses");
  EXPECT_THAT(answer.words, HasSubstr("as if made 2027-11"));
}

// The record says by which rule, and the version of then on what terms.
TEST_F(PolicyReplayTest, OtherGroundsPurposesAndClocksAreFoundWithTheVersionOfThen) {
  const policy::Policy old = Same();
  const RecordedMessage message = Told("ENC-1", ToldNow());
  const auto replayed = [&](const std::string& what, const std::string& with) {
    return Replay({{message}, 0, {}}, With(what, with), {.before = {&old}});
  };
  const tool::Answer basis = replayed("basis = \"daa2021-s49a\"", "basis = \"ukgdpr-6-1-f\"");
  EXPECT_EQ(ResultOf(basis), "other-terms");
  EXPECT_THAT(basis.words, AllOf(HasSubstr("  basis   daa2021-s49a before, ukgdpr-6-1-f now\n"),
                                 HasSubstr("0 the same, "), HasSubstr("1 the same on other terms"),
                                 Not(HasSubstr("was not compared"))));
  EXPECT_THAT(replayed("purpose = \"support-child\"", "purpose = \"safeguard-child\"").words,
              HasSubstr("  purpose support-child before, safeguard-child now\n"));
  EXPECT_THAT(replayed("at-least-minutes = 20", "at-least-minutes = 40").words,
              AllOf(HasSubstr("  clock   by the"), HasSubstr("sooner than 40 minutes")));
  EXPECT_EQ(ResultOf(Replay({{message}, 0, {}}, Same(), {.before = {&old}})), "same");
  EXPECT_THAT(Replayed(message, Same()).words,
              HasSubstr("was not compared for 1 decision: --old names the version"));
}

TEST_F(PolicyReplayTest, OnlyTheTimeAskedForIsJudged) {
  RecordedMessage later = Told("ENC-1", ToldNow());
  later.made = kNight + std::chrono::hours(48);
  const DecisionRecord record = {{Told("ENC-1", ToldNow()), later}, 0, {}};
  const TimePoint between = kNight + std::chrono::hours(24);
  EXPECT_THAT(Replay(record, Same(), {.from = between}).words, HasSubstr("1 message of 2, made"));
  EXPECT_THAT(Replay(record, Same(), {.until = between}).words, HasSubstr("1 message of 2, made"));
  EXPECT_THAT(Replay(record, Same(), {.from = later.made}).words, HasSubstr("1 message of 2"));
  EXPECT_THAT(Replay(record, Same(), {.until = kNight}).words,
              HasSubstr("no decision is recorded of the time asked for"));
}

TEST_F(PolicyReplayTest, ARecordOfAnotherPartnershipIsWarnedOf) {
  const RecordedMessage message = Told("ENC-1", ToldNow());
  EXPECT_THAT(Replay({{message}, 0, {"lincolnshire"}}, Same(), {}).words,
              StartsWith("WARNING: the record is of lincolnshire, the policy of rotherham"));
  EXPECT_THAT(Replay({{message}, 0, {"rotherham"}}, Same(), {}).words, Not(HasSubstr("WARNING")));
  RecordedMessage gone = message;
  gone.exchange = ExchangeName("gone");
  EXPECT_THAT(Replayed(gone, Same()).words, StartsWith("WARNING: the policy has none of the"));
  text::Value line = JsonOf(message);
  line.Set("partnership", "lincolnshire");
  const auto read = ParseDecisions(text::ToJson(line) + "\n", "record");
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->partnerships, std::set<std::string>{"lincolnshire"});
}

TEST_F(PolicyReplayTest, WhatIsWrongInARecordIsNamedWithItsLine) {
  const std::string good = text::ToJson(JsonOf(Told("ENC-1", {"childName"}))) + "\n";
  const auto two = ParseDecisions(good + "\n" + good, "record");
  ASSERT_TRUE(two.has_value()) << two.error().detail;
  EXPECT_EQ(two->messages.size(), 2U);
  EXPECT_EQ(text::ToJson(JsonOf(two->messages[1])) + "\n", good);
  for (const auto& [what, with, words] :
       {std::tuple("\"made\":\"2", "\"made\":\"x2", "must be a time in UTC"),
        std::tuple("\"rule\"", "\"rlue\"", "rule"), std::tuple("{", "[{", "record:2:")}) {
    const auto bad = ParseDecisions(good + TestPartnership::Replace(good, what, with), "record");
    ASSERT_FALSE(bad.has_value()) << with;
    EXPECT_THAT(bad.error().detail, AllOf(StartsWith("record:2:"), HasSubstr(words)));
  }
}

// --- what the agent keeps

class DecisionsInTest : public PolicyReplayTest {
 protected:
  void SetUp() override {
    for (TestAgent* const school : {&school_, &other_}) school->StateTo(police_);
    const auto taken = police_.outbox().Take(
        {partnership_.MakeContent(partnership_.NoticeContent()), {kToA, kToB}, "SY/2026/000123"},
        kNight);
    ASSERT_TRUE(taken.has_value());
    origin_ = *taken;
  }
  DecisionRecord Record() {
    auto record = DecisionsIn(police_.store());
    EXPECT_TRUE(record.has_value());
    return *std::move(record);
  }

  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  TestAgent other_{partnership_, kSchoolB, {kSchoolRole}};
  MessageId origin_;
};

TEST_F(DecisionsInTest, WhatWasDecidedStaysWhenTheContentIsGone) {
  for (const Recipient& to : {kToA, kToB})
    ASSERT_TRUE(police_.outbox().TakeOn(origin_, to, true, kNight).has_value());
  ASSERT_FALSE(police_.store().Get(Table::kPayload, "out/" + ToText(origin_)).value().has_value());
  police_.Reopen();
  const DecisionRecord record = Record();
  ASSERT_EQ(record.messages.size(), 1U);
  const RecordedMessage& message = record.messages[0];
  EXPECT_EQ(message.made, kNight);
  EXPECT_EQ(message.from, kPoliceRole);
  EXPECT_EQ(message.claims.size(), 2U);
  EXPECT_EQ(message.version, 1U);
  ASSERT_EQ(message.told.size(), 1U) << "two schools are told as one";
  EXPECT_EQ(message.told[0].agencies, 2U);
  EXPECT_EQ(message.told[0].rule, RuleId("ENC-1"));
  EXPECT_THAT(message.told[0].sections, ::testing::Contains("circumstances"));
  EXPECT_THAT(message.told[0].sections, Not(::testing::Contains("location")));
  EXPECT_EQ(ResultOf(Replay(record, Same(), {})), "same");
  EXPECT_EQ(ResultOf(Replay(record, WithoutRisk(), {})), "loses");
}

TEST_F(DecisionsInTest, NothingOfAPersonAndNoSchoolIsInTheRecord) {
  const std::string line = text::ToJson(JsonOf(Record().messages.at(0)));
  EXPECT_THAT(line, HasSubstr("\"to\":\"school\""));
  for (const char* const word : {"Jessie", "Testcase", "106890", "school.", "SY/2026", "Shouting"})
    EXPECT_THAT(line, Not(HasSubstr(word)));
}

TEST_F(DecisionsInTest, WhatAnOlderVersionSentIsCountedAndNotGuessedAt) {
  StoreBatch batch;
  batch.Delete(Table::kSealed, rows::RecordKeyOf(origin_));
  ASSERT_TRUE(police_.store().Commit(batch).has_value());
  const DecisionRecord record = Record();
  EXPECT_TRUE(record.messages.empty());
  EXPECT_EQ(record.without_claims, 1U);
  EXPECT_THAT(Replay(record, Same(), {}).words,
              AllOf(HasSubstr("no decision is recorded"), HasSubstr("1 message is not in it")));
}

}  // namespace
}  // namespace havenline
