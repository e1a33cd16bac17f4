// The policies that come with Havenline, and the texts of docs/policy.md.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "deploy/havenline/policy_source.h"
#include "policy/policy.h"
#include "schema/exchange/exchange_type.h"
#include "tests/policy/agreement.h"

namespace havenline::policy {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(std::string(HAVENLINE_SOURCE) + "/" + path);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::string kPartnerships = std::string(HAVENLINE_SOURCE) + "/policy/partnerships/";

std::vector<ClaimOpening> Claims(std::string part, std::string risk) {
  return {{Salt{}, "childPart", std::move(part)}, {Salt{}, "risk", std::move(risk)}};
}

class RotherhamTest : public ::testing::Test {
 protected:
  RotherhamTest() : loaded_(LoadPolicy(kPartnerships + "rotherham")) {
    EXPECT_TRUE(loaded_.has_value()) << loaded_.error().detail;
  }
  std::vector<std::string> Told(const std::string& sender, const std::string& to,
                                const std::vector<ClaimOpening>& claims) const {
    const Cell& cell = loaded_->policy.Look(
        {notice_, AgencyId(sender), Role("police"), Role(to), claims, TimePoint()});
    return loaded_->policy.Find(notice_)->NamesOf(cell.sections);
  }
  static bool Has(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  }

  const ExchangeName notice_{"encompass-notice"};
  Result<LoadedPolicy> loaded_;
};

TEST_F(RotherhamTest, ItsExchangesAreTheSchemas) {
  for (const Exchange& exchange : loaded_->policy.exchanges()) {
    const auto* const type = exchange::FindExchange(exchange.name);
    ASSERT_NE(type, nullptr) << exchange.name.value();
    EXPECT_EQ(exchange.version, type->version);
    EXPECT_EQ(exchange.sections, type->SectionNames());
    ASSERT_EQ(exchange.claims.size(), type->claims.size());
    for (std::size_t i = 0; i < exchange.claims.size(); ++i) {
      EXPECT_EQ(exchange.claims[i].name, type->claims[i].name);
      std::vector<std::string> values;
      for (const auto& choice : type->claims[i].values) values.push_back(choice.name);
      EXPECT_EQ(exchange.claims[i].values, values);
    }
  }
}

TEST_F(RotherhamTest, ForcesOfFourFactsTellFourFacts) {
  const auto told = Told("police.lincolnshire", "school", Claims("household", "medium"));
  EXPECT_EQ(told,
            (std::vector<std::string>{"exclusions", "childName", "childBirth", "establishment",
                                      "incidentTime", "presence", "welfareCheck", "origin"}));
}

TEST_F(RotherhamTest, NoSchoolLearnsAnAddressAnAdultOrANumberWhateverTheClaims) {
  const Exchange& exchange = *loaded_->policy.Find(notice_);
  for (const std::string sender :
       {"police.lincolnshire", "police.south-yorkshire", "police.other"}) {
    for (const std::string& part : exchange.claims[0].values) {
      for (const std::string& risk : exchange.claims[1].values) {
        const auto told = Told(sender, "school", Claims(part, risk));
        for (const char* const section : {"location", "adults", "childAddress", "identifiers"})
          EXPECT_FALSE(Has(told, section)) << sender << part << risk << section;
        EXPECT_EQ(told.empty(), sender == "police.other") << "default deny";
      }
    }
  }
}

TEST_F(RotherhamTest, WhatOthersSaidOfAnAllegedSuspectIsNotForTheSchool) {
  for (const char* const section : {"voiceOfChild", "circumstances"}) {
    EXPECT_TRUE(Has(Told("police.south-yorkshire", "school", Claims("victim", "high")), section));
    EXPECT_FALSE(
        Has(Told("police.south-yorkshire", "school", Claims("allegedSuspect", "high")), section));
  }
}

TEST_F(RotherhamTest, ChildrensServicesAreToldOfHighRiskAlone) {
  EXPECT_TRUE(Told("police.other", "childrens-services", Claims("victim", "medium")).empty());
  EXPECT_TRUE(
      Has(Told("police.other", "childrens-services", Claims("victim", "high")), "circumstances"));
}

// Every policy that is in the tree stands, and says in each cell what the interpreter says.
TEST(ShippedPolicyTest, EachIsProvedAndAgreesWithTheInterpreterInEveryCell) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kPartnerships)) {
    const auto loaded = LoadPolicy(entry.path().string());
    ASSERT_TRUE(loaded.has_value()) << loaded.error().detail;
    EXPECT_EQ(WhyRefused(loaded->rules), std::nullopt);
    EXPECT_GT(ExpectAgreement(loaded->policy, loaded->rules), 30U) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 3);
}

// The examples of the page, put together, are a policy.
TEST(PolicyPageTest, ItsExamplesAreAPolicy) {
  const std::string page = Read("docs/policy.md");
  std::string text;
  std::size_t at = 0;
  while ((at = page.find("```toml\n", at)) != std::string::npos) {
    at += 8;
    const auto end = page.find("```", at);
    ASSERT_NE(end, std::string::npos);
    text += page.substr(at, end - at);
    at = end + 3;
  }
  const auto replace = [&](const std::string& what, const std::string& with) {
    const auto found = text.find(what);
    ASSERT_NE(found, std::string::npos) << what;
    text.replace(found, what.size(), with);
  };
  replace("5e…64 hexadecimal digits…", std::string(64, '5'));
  replace("\"…\"", "\"circumstances\", \"location\", \"risk\"");
  replace("profile = [\"full\"]", "profile = [\"four-facts\"]");
  const auto policy = Policy::Parse(text, "policy.md");
  EXPECT_TRUE(policy.has_value()) << policy.error().detail;
}

}  // namespace
}  // namespace havenline::policy
