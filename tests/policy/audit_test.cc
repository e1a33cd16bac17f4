// Who may look into the audit log: what the text may say, and what it then means.

#include <gtest/gtest.h>

#include "tests/policy/texts.h"

namespace havenline::policy {
namespace {

const Role kGp("gp");
const Role kSchool("school");
const ExchangeName kNotice("notice");
const ExchangeName kSecret("secret");

std::string Rule(const std::string& id, const std::string& by, const std::string& exchanges) {
  return "\n[[audit]]\nrule = \"" + id + "\"\nby = [" + by + "]\nexchanges = [" + exchanges +
         "]\nwhy = \"So that somebody looks.\"\n";
}
// The good text with an exchange whose existence is secret.
std::string Concealing(const std::string& more) {
  return With(R"(
[exchange.secret]
version = 1
slots = 8
concealed = true
consent = "not-required"
sections = ["exclusions", "name"]

[[share]]
rule = "X-1"
exchange = "secret"
from = ["police"]
to = ["services"]
sections = ["name"]
basis = "daa2021-s49a"
purpose = "care"
why = "So that it is known."
)" + more);
}
Policy Parsed(const std::string& text) {
  auto policy = Policy::Parse(text, "p.toml");
  EXPECT_TRUE(policy.has_value()) << policy.error().detail;
  return *std::move(policy);
}

TEST(AuditRuleTest, WithoutARuleNobodyLooks) {
  const Policy policy = Parsed(std::string(kGood));
  EXPECT_FALSE(policy.MayAudit(kGp, kNotice));
  EXPECT_EQ(policy.AuditRulesOf(kGp), "");
}

TEST(AuditRuleTest, EverythingIsWhatIsNotConcealed) {
  const Policy policy = Parsed(Concealing(Rule("A-1", "\"gp\"", "\"*\"")));
  EXPECT_TRUE(policy.MayAudit(kGp, kNotice));
  EXPECT_FALSE(policy.MayAudit(kGp, kSecret));
  EXPECT_FALSE(policy.MayAudit(kGp, ExchangeName("other"))) << "it may be a concealed one";
  EXPECT_FALSE(policy.MayAudit(kSchool, kNotice));
  EXPECT_EQ(policy.AuditRulesOf(kGp), "A-1");
  EXPECT_EQ(policy.AuditRulesOf(kSchool), "");
}

TEST(AuditRuleTest, AConcealedExchangeIsForARoleThatIsNamedWithIt) {
  const Policy policy = Parsed(
      Concealing(Rule("A-1", "\"gp\"", "\"*\"") + Rule("A-2", "\"school\", \"gp\"", "\"secret\"")));
  EXPECT_TRUE(policy.MayAudit(kGp, kSecret));
  EXPECT_TRUE(policy.MayAudit(kSchool, kSecret));
  EXPECT_FALSE(policy.MayAudit(kSchool, kNotice)) << "nothing but what its rule names";
  EXPECT_EQ(policy.AuditRulesOf(kGp), "A-1+A-2");
}

TEST(AuditRuleTest, WhatItNamesMustBeThere) {
  const auto refused = [](const std::string& rule, const std::string& words) {
    return IsRefused(Concealing(rule), "[[audit]]", words);
  };
  EXPECT_TRUE(refused(Rule("A-1", "\"gpp\"", "\"*\""), "there is no role gpp; did you mean"));
  EXPECT_TRUE(refused(Rule("A-1", "\"gp\"", "\"notise\""), "there is no [exchange.notise]; did"));
  EXPECT_TRUE(refused(Rule("A-1", "", "\"*\""), "names no role in `by`"));
  EXPECT_TRUE(refused(Rule("A-1", "\"gp\"", ""), "names no exchange"));
  const std::string longer(90, 'A');
  EXPECT_TRUE(
      IsRefused(Concealing(Rule(longer, "\"gp\"", "\"*\"") + Rule("A-10001", "\"gp\"", "\"*\"")),
                "[[audit]]\nrule = \"A-10001\"", "more than 96 letters together"));
  EXPECT_TRUE(refused(Rule("X-1", "\"gp\"", "\"*\""), "another rule has the same id"));
  EXPECT_TRUE(IsRefused(Concealing("\n[[audit]]\nrule = \"A-1\"\nby = [\"gp\"]\nwhy = \"So.\"\n"),
                        "[[audit]]", "\"exchanges\" is missing"));
}

}  // namespace
}  // namespace havenline::policy
