// The table: what is looked up, by whom, and that whatever it does not know is denied (C2).

#include <memory>
#include <type_traits>

#include <gtest/gtest.h>

#include "tests/policy/texts.h"

namespace havenline::policy {
namespace {

static_assert(!std::is_copy_constructible_v<Policy>,
              "a copy's cells would point to the original's deadlines");

class PolicyTableTest : public ::testing::Test {
 protected:
  PolicyTableTest() {
    auto parsed = Policy::Parse(kGood, "p.toml");
    EXPECT_TRUE(parsed.has_value());
    policy_ = std::make_unique<Policy>(*std::move(parsed));
  }

  static std::vector<ClaimOpening> Claims(std::string risk, std::string part) {
    return {{Salt{}, "risk", std::move(risk)}, {Salt{}, "part", std::move(part)}};
  }
  const Cell& Look(const std::string& sender, const std::string& to,
                   const std::vector<ClaimOpening>& claims) const {
    return policy_->Look({notice_, AgencyId(sender), police_, Role(to), claims, kNow});
  }
  std::vector<std::string> SectionsOf(const Cell& cell) const {
    return policy_->Find(notice_)->NamesOf(cell.sections);
  }

  const ExchangeName notice_{"notice"};
  const Role police_{"police"};
  const std::vector<ClaimOpening> plain_ = Claims("unknown", "unknown");
  std::unique_ptr<Policy> policy_;
};

using Names = std::vector<std::string>;

TEST_F(PolicyTableTest, ACellHasWhatItsRulesSay) {
  const Cell& cell = Look("police.full", "school", plain_);
  EXPECT_EQ(SectionsOf(cell), (Names{"exclusions", "name", "birth", "story"}));
  EXPECT_EQ(cell.rule, RuleId("S-1"));
  EXPECT_EQ(cell.basis, "daa2021-s49a");
  EXPECT_EQ(cell.purpose, "care");
  EXPECT_EQ(cell.why, "Schools are told.");
  EXPECT_FALSE(cell.required);
  EXPECT_FALSE(cell.thread_party);
  ASSERT_NE(cell.deadline, nullptr);
  EXPECT_TRUE(cell.deadline->before_ready);
  EXPECT_EQ(cell.deadline->warn.count(), 30);
  EXPECT_EQ(cell.deadline->default_ready.count(), 8 * 60 + 15);
}

TEST_F(PolicyTableTest, AProfileHoldsForItsSendersAlone) {
  EXPECT_EQ(policy_->ProfileOf(AgencyId("police.brief")), "brief");
  EXPECT_EQ(policy_->ProfileOf(AgencyId("police.full")), "");
  EXPECT_EQ(SectionsOf(Look("police.brief", "school", plain_)),
            (Names{"exclusions", "name", "birth"}));
  EXPECT_EQ(SectionsOf(Look("police.brief2", "school", plain_)),
            (Names{"exclusions", "name", "birth", "story"}));
}

TEST_F(PolicyTableTest, ARequiredRoleIsRequiredUnderItsClaimsAlone) {
  EXPECT_EQ(Look("police.full", "services", plain_).sections, 0U);
  EXPECT_FALSE(Look("police.full", "services", plain_).required);
  for (const char* const part : {"unknown", "victim"}) {
    const Cell& cell = Look("police.full", "services", Claims("high", part));
    EXPECT_TRUE(cell.required);
    EXPECT_EQ(SectionsOf(cell), (Names{"exclusions", "name", "place"}));
    EXPECT_EQ(cell.deadline, nullptr);
  }
}

TEST_F(PolicyTableTest, RulesThatMeetAddTheirSectionsAndAreNamedTogether) {
  const auto policy = Policy::Parse(
      With("[[require]]\nrule = \"R-2\"\nexchange = \"notice\"\nfrom = [\"police\"]\nto = "
           "[\"services\"]\nsections = [\"birth\"]\nbasis = \"ca2004-s11\"\npurpose = "
           "\"care\"\nwhy = \"More.\"\n"
           "[[share]]\nrule = \"S-2\"\nexchange = \"notice\"\nfrom = [\"police\"]\nto = "
           "[\"services\"]\nsections = [\"story\"]\nbasis = \"ca2004-s10\"\npurpose = "
           "\"other-care\"\nwhy = \"Story.\"\n"),
      "p.toml");
  ASSERT_TRUE(policy.has_value()) << policy.error().detail;
  const auto claims = Claims("high", "victim");
  const Cell& cell =
      policy->Look({notice_, AgencyId("police.full"), police_, Role("services"), claims, kNow});
  EXPECT_EQ(cell.rule, RuleId("S-2+R-1+R-2"));
  EXPECT_EQ(cell.basis, "ca2004-s10+ca2004-s11") << "each once";
  EXPECT_EQ(cell.purpose, "other-care+care") << "none lost as a part of another";
  EXPECT_EQ(cell.why, "Story. Services must be told of high risk. More.");
  EXPECT_EQ(cell.sections, 0b11111U);
  EXPECT_TRUE(cell.required);
}

TEST_F(PolicyTableTest, WhatItDoesNotKnowIsDenied) {
  const AgencyId sender("police.full");
  const auto denied = [&](const ExchangeName& exchange, const Role& from, const Role& to,
                          const std::vector<ClaimOpening>& claims) {
    const Cell& cell = policy_->Look({exchange, sender, from, to, claims, kNow});
    return cell.sections == 0 && cell.rule.value().empty() && !cell.required &&
           cell.deadline == nullptr;
  };
  const Role school("school");
  EXPECT_FALSE(denied(notice_, police_, school, plain_));
  EXPECT_TRUE(denied(ExchangeName("Notice"), police_, school, plain_));
  EXPECT_TRUE(denied(notice_, Role("polic"), school, plain_));
  EXPECT_TRUE(denied(notice_, school, police_, plain_));
  EXPECT_TRUE(denied(notice_, police_, Role("schoo"), plain_));
  EXPECT_TRUE(denied(notice_, police_, Role(), plain_));
  EXPECT_TRUE(denied(notice_, police_, school, {}));
  EXPECT_TRUE(denied(notice_, police_, school, Claims("low", "unknown")));
  EXPECT_TRUE(denied(notice_, police_, school, Claims("", "unknown")));
  std::vector<ClaimOpening> claims = plain_;
  std::swap(claims[0], claims[1]);
  EXPECT_TRUE(denied(notice_, police_, school, claims)) << "in another order";
  claims = plain_;
  claims.push_back(claims.back());
  EXPECT_TRUE(denied(notice_, police_, school, claims)) << "one too many";
  claims = plain_;
  claims[1] = claims[0];
  EXPECT_TRUE(denied(notice_, police_, school, claims)) << "one twice";
}

TEST_F(PolicyTableTest, RowsAreAllRolesThatAnyRuleNamesForTheSenderRole) {
  const auto rows = policy_->RowsFor({notice_, AgencyId("police.full"), police_, plain_, kNow});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].to, Role("school"));
  EXPECT_EQ(rows[0].cell, &Look("police.full", "school", plain_));
  EXPECT_EQ(rows[1].to, Role("services"));
  EXPECT_EQ(rows[1].cell->sections, 0U);
  const AgencyId sender("police.full");
  EXPECT_TRUE(policy_->RowsFor({ExchangeName("other"), sender, police_, plain_, kNow}).empty());
  EXPECT_TRUE(policy_->RowsFor({notice_, sender, Role("school"), plain_, kNow}).empty());
  EXPECT_TRUE(policy_->RowsFor({notice_, sender, police_, {}, kNow}).empty());
}

TEST_F(PolicyTableTest, ARecipientGetsTheClaimsThatItsRulesReadAndNoOthers) {
  EXPECT_EQ(policy_->ClaimsRead(notice_, police_, Role("services")), Names{"risk"});
  EXPECT_EQ(policy_->ClaimsRead(notice_, police_, Role("school")), Names{});
  EXPECT_EQ(policy_->ClaimsRead(notice_, Role("school"), Role("services")), Names{});
  const auto policy = Policy::Parse(
      With("[[never]]\nrule = \"N-2\"\nexchange = \"notice\"\nfrom = [\"police\"]\nto = "
           "[\"services\"]\nwhen = { part = [\"victim\"] }\nsections = [\"story\"]\nwhy = "
           "\"No.\"\n"),
      "p.toml");
  ASSERT_TRUE(policy.has_value()) << policy.error().detail;
  // In the exchange's order, whatever the order of the rules; a `never` rule reads as well.
  EXPECT_EQ(std::set<std::string>({"risk", "part"}), [&] {
    const auto read = policy->ClaimsRead(notice_, police_, Role("services"));
    return std::set<std::string>(read.begin(), read.end());
  }());
}

TEST_F(PolicyTableTest, SetsOfSectionsAreTheirNames) {
  const Exchange& exchange = *policy_->Find(notice_);
  EXPECT_EQ(exchange.SetOf({}), SectionSet{0});
  EXPECT_EQ(exchange.SetOf({"story", "exclusions"}), SectionSet{0b10001});
  EXPECT_EQ(exchange.SetOf({"story", "stories"}), std::nullopt);
  EXPECT_EQ(exchange.NamesOf(0b10001), (Names{"exclusions", "story"}));
  EXPECT_EQ(exchange.NamesOf(~SectionSet{0}), exchange.sections);
}

// The cells point to deadlines of the same policy: also after it was moved.
TEST_F(PolicyTableTest, ADeadlineOutlivesAMove) {
  Policy moved = std::move(*policy_);
  policy_.reset();
  const Cell& cell =
      moved.Look({notice_, AgencyId("police.full"), police_, Role("school"), plain_, kNow});
  ASSERT_NE(cell.deadline, nullptr);
  EXPECT_EQ(cell.deadline->name, "bell");
}

TEST(PolicyTableLimitTest, AnExchangeOf32SectionsSharesThemAll) {
  std::string sections;
  for (int i = 0; i < 27; ++i) sections += ", \"s" + std::to_string(i) + "\"";
  std::string text = Changed("\"story\"]\nhold", "\"story\"" + sections + "]\nhold");
  const std::string_view shared = "sections = [\"name\", \"birth\", \"story\"]";
  text.replace(text.find(shared), shared.size(), "sections = [\"*\"]");
  const auto policy = Policy::Parse(text, "p.toml");
  ASSERT_TRUE(policy.has_value()) << policy.error().detail;
  const std::vector<ClaimOpening> claims = {{Salt{}, "risk", "high"}, {Salt{}, "part", "victim"}};
  EXPECT_EQ(policy
                ->Look({ExchangeName("notice"), AgencyId("police.full"), Role("police"),
                        Role("school"), claims, kNow})
                .sections,
            ~SectionSet{0});
}

}  // namespace
}  // namespace havenline::policy
