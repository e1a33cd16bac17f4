// 10,000 random policies (fewer where a sanitizer watches), always the same ones: a text is taken
// if, and only if, nothing that the slow interpreter looks for is wrong with it, and then table and
// interpreter agree in every cell.

#include <algorithm>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

#include "tests/policy/agreement.h"
#include "tests/policy/interpreter.h"

namespace havenline::policy {
namespace {

constexpr std::size_t kTakenWanted = HAVENLINE_RANDOM_POLICIES;
constexpr std::uint64_t kSeed = 20261122;

const std::vector<std::string> kProfiles = {"brief"};
const std::vector<std::string> kRisks = {"unknown", "high"};
const std::vector<std::string> kConsents = {"not-asked", "given", "refused", "unsafe-to-ask",
                                            "cannot-consent"};
const std::vector<std::string> kTimes = {"2026-11-07", "2027-01-01T08:00:00Z"};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::size_t Below(std::size_t count) { return engine_() % count; }
  bool OneIn(std::size_t count) { return Below(count) == 0; }
  const std::string& Of(const std::vector<std::string>& all) { return all[Below(all.size())]; }
  std::vector<std::string> Some(const std::vector<std::string>& all) {
    std::vector<std::string> some;
    while (some.empty()) {
      for (const std::string& each : all)
        if (OneIn(2)) some.push_back(each);
    }
    return some;
  }

 private:
  std::mt19937_64 engine_;
};

std::string List(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "\"" : ", \"") + name + "\"";
  return "[" + list + "]";
}

struct AnyRule {
  std::string kind;
  std::string body;
};

std::string AnyWhen(Dice& dice, bool consent) {
  std::string when;
  if (dice.OneIn(3)) when += "when.risk = " + List(dice.Some(kRisks)) + "\n";
  if (consent && dice.OneIn(2)) when += "when.consent = " + List(dice.Some(kConsents)) + "\n";
  if (consent && dice.OneIn(3)) when += "when.consent = [\"given\"]\n";
  return when.find("consent") == when.rfind("consent") ? when : AnyWhen(dice, consent);
}

AnyRule AnyOf(Dice& dice, bool consent) {
  AnyRule rule;
  rule.kind = dice.Of({"share", "share", "share", "require", "never"});
  const bool held = rule.kind == "share" && dice.OneIn(5);
  const std::vector<std::string> to =
      held ? std::vector<std::string>{"council"}
           : dice.Some(rule.kind == "never" && dice.OneIn(6)
                           ? std::vector<std::string>{"broker"}
                           : std::vector<std::string>{"school", "council"});
  std::string& body = rule.body;
  body = "exchange = \"notice\"\nwhy = \"w\"\nfrom = [\"police\"]\nto = " + List(to) + "\n";
  if (dice.OneIn(4)) body += "profile = [\"brief\"]\n";
  body += AnyWhen(dice, consent);
  if (dice.OneIn(8))
    body += "starts = " + dice.Of(kTimes) + "\n";
  else if (dice.OneIn(8))
    body += "ends = " + dice.Of(kTimes) + "\n";
  body += "sections = " + (dice.OneIn(4) ? "[\"*\"]" : List(dice.Some({"name", "place", "story"})));
  body += "\n";
  if (rule.kind == "never") return rule;
  const bool by_consent = consent && dice.OneIn(4);
  body += by_consent ? "basis = \"ukgdpr-6-1-a\"\n"
                     : "basis = \"" + dice.Of({"ca2004-s10", "ca2004-s11"}) + "\"\n";
  body += "purpose = \"" + dice.Of({"care", "care", "other"}) + "\"\n";
  if (dice.OneIn(8)) body += "retention = \"" + dice.Of({"file", "record"}) + "\"\n";
  if (dice.OneIn(8)) body += "visible-when-withheld = [\"story\"]\n";
  if (!dice.OneIn(8)) {
    body += "acknowledge = \"bell\"\n";
    if (dice.OneIn(6)) body += "escalation = [\"" + dice.Of({"desk", "inspector"}) + "\"]\n";
  }
  if (held)
    body += "watches = \"school\"\nheld = \"" + dice.Of({"unacknowledged", "unable"}) + "\"\n";
  return rule;
}

struct AnyPolicy {
  std::string consent;
  std::vector<AnyRule> rules;
  std::vector<std::string> unshared;

  std::string Text() const {
    std::string text = R"(document = "policy"
partnership = "p"
version = 1
[roles]
police = "Police"
school = "School"
council = "Council"
[purposes]
care = "Care"
other = "Other"
[retentions]
file = "File"
record = "Record"
[duty.desk]
title = "Desk"
at = "police"
person = true
[duty.inspector]
title = "Inspector"
at = "police"
person = true
[deadline.bell]
due = "ready-by"
[exchange.notice]
version = 1
slots = 8
sections = ["exclusions", "name", "place", "story"]
)";
    text += "consent = \"" + consent + "\"\nunshared = " + List(unshared) +
            "\n[[exchange.notice.claim]]\nname = \"risk\"\nsource = \"name\"\nvalues = " +
            List(kRisks) + "\n";
    if (consent == "required") {
      text += "[[exchange.notice.claim]]\nname = \"consent\"\nsource = \"place\"\nvalues = " +
              List(kConsents) + "\n";
    }
    text += "[[profile]]\nname = \"brief\"\nsenders = [\"p.brief\"]\n";
    for (std::size_t i = 0; i < rules.size(); ++i)
      text += "[[" + rules[i].kind + "]]\nrule = \"r" + std::to_string(i) + "\"\n" + rules[i].body;
    return text;
  }
};

AnyPolicy AnyPolicyOf(Dice& dice) {
  AnyPolicy any;
  any.consent = dice.Of({"not-required", "must-not-ask", "required"});
  const std::size_t count = 1 + dice.Below(6);
  for (std::size_t i = 0; i < count; ++i)
    any.rules.push_back(AnyOf(dice, any.consent == "required"));
  return any;
}

// The policy's rules. Most often what the text leaves out on purpose is what it indeed leaves out.
Rules NameUnshared(Dice& dice, AnyPolicy& any) {
  any.unshared.clear();
  auto parsed = ParseRules(any.Text(), "p.toml");
  EXPECT_TRUE(parsed.has_value()) << parsed.error().detail << "\n" << any.Text();
  Rules rules = *std::move(parsed);
  if (dice.OneIn(20)) return rules;
  NameSet told;
  for (const std::string& profile : ProfileNames(rules)) {
    for (const OneCase& which : CasesOf(rules, rules.exchanges[0], profile, "police")) {
      for (const std::string& to : RecipientRoles(rules, rules.exchanges[0])) {
        Ruling ruling = Interpret(rules, which, to);
        told.merge(ruling.at_once.sections);
        told.merge(ruling.held.sections);
      }
    }
  }
  for (const std::string section : {"name", "place", "story"})
    if (!told.contains(section)) any.unshared.push_back(section);
  rules.exchanges[0].unshared = any.unshared;
  return rules;
}

struct Count {
  std::size_t taken = 0;
  std::map<std::string, std::size_t> refused;
};

// True if the text was taken. Whatever was refused is tried again with a rule less.
bool Try(const AnyPolicy& any, const Rules& rules, Count& count) {
  const std::string text = any.Text();
  const auto policy = Policy::Parse(text, "p.toml");
  const auto why = WhyRefused(rules);
  EXPECT_EQ(policy.has_value(), !why.has_value()) << (why ? *why : policy.error().detail) << "\n"
                                                  << text;
  if (policy) ++count.taken;
  if (why) ++count.refused[*why];
  if (policy) ExpectAgreement(*policy, rules);
  return policy.has_value();
}

TEST(PolicyPropertyTest, TableAndInterpreterAgreeOnEveryCellOfRandomPolicies) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread is there.
  const char* const given = std::getenv("HAVENLINE_SEED");
  Dice dice(given == nullptr ? kSeed : std::strtoull(given, nullptr, 10));
  Count count;
  while (count.taken < kTakenWanted && !HasFailure()) {
    AnyPolicy any = AnyPolicyOf(dice);
    Rules rules = NameUnshared(dice, any);
    while (!Try(any, rules, count) && any.rules.size() > 1 && !HasFailure()) {
      const auto at = static_cast<std::ptrdiff_t>(dice.Below(any.rules.size()));
      any.rules.erase(any.rules.begin() + at);
      rules = NameUnshared(dice, any);
    }
  }
  // Each promise was broken by many of them.
  for (const char* const why : {"nothing left", "disagree", "consent", "undecidable", "uncheckable",
                                "claim discloses", "broker", "unseen", "unreachable", "visible"})
    EXPECT_GT(count.refused[why], kTakenWanted / 1000) << why;
}

// Which rule was written first decides nothing but the order in which they are named.
TEST(PolicyPropertyTest, TheOrderOfRulesDecidesNothing) {
  Dice dice(kSeed + 1);
  for (int i = 0; i < 300; ++i) {
    AnyPolicy any = AnyPolicyOf(dice);
    NameUnshared(dice, any);
    const auto policy = Policy::Parse(any.Text(), "p.toml");
    std::ranges::reverse(any.rules);
    const auto reversed = Policy::Parse(any.Text(), "p.toml");
    ASSERT_EQ(policy.has_value(), reversed.has_value()) << any.Text();
    if (!policy) continue;
    for (const auto& [key, cells] : policy->table()) {
      const auto& others = reversed->table().at(key);
      for (std::size_t c = 0; c < cells.size(); ++c) {
        ASSERT_EQ(cells[c]->sections, others[c]->sections);
        ASSERT_EQ(cells[c]->required, others[c]->required);
        ASSERT_EQ(cells[c]->held == nullptr, others[c]->held == nullptr);
      }
    }
  }
}

// One more `never` rule only ever takes away.
TEST(PolicyPropertyTest, ANeverRuleOnlyTakesAway) {
  Dice dice(kSeed + 2);
  int compared = 0;
  for (int i = 0; i < 1'000; ++i) {
    AnyPolicy any = AnyPolicyOf(dice);
    NameUnshared(dice, any);
    const auto before = Policy::Parse(any.Text(), "p.toml");
    any.rules.push_back({"never", "exchange = \"notice\"\nwhy = \"w\"\nfrom = [\"police\"]\nto = " +
                                      List(dice.Some({"school", "council"})) + "\nsections = " +
                                      List(dice.Some({"name", "place", "story"})) + "\n"});
    NameUnshared(dice, any);
    const auto after = Policy::Parse(any.Text(), "p.toml");
    if (!before || !after) continue;
    ++compared;
    for (const auto& [key, cells] : before->table()) {
      const auto& others = after->table().at(key);
      for (std::size_t c = 0; c < cells.size(); ++c)
        ASSERT_EQ(others[c]->sections & ~cells[c]->sections, 0U);
    }
  }
  EXPECT_GT(compared, 30);
}

}  // namespace
}  // namespace havenline::policy
