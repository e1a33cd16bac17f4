// docs/policy.md, "Exchanges that come with it": held to the exchanges that there are and to who
// sends and who is told by the reference policy that has them all.

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/havenline/policy_flows.h"
#include "deploy/havenline/policy_source.h"
#include "deploy/havenline/table.h"
#include "schema/exchange/exchange_type.h"

namespace havenline {
namespace {

using Row = std::vector<std::string>;

const std::string kSource = HAVENLINE_SOURCE;
constexpr std::string_view kSection = "# Exchanges that come with it\n";

std::string Trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" `");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" `") - begin + 1));
}

// The section's tables, one after another, each without its head.
std::vector<std::vector<Row>> TablesInGuide() {
  const std::ifstream file(kSource + "/docs/policy.md");
  std::ostringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  const auto begin = text.find(kSection);
  EXPECT_NE(begin, std::string::npos);
  const auto end = text.find("\n# ", begin);
  std::istringstream lines(text.substr(begin, end - begin));
  std::vector<std::vector<Row>> tables;
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('|')) {
      in_table = false;
      continue;
    }
    if (!in_table) tables.emplace_back();
    in_table = true;
    Row row;
    for (std::size_t at = 1; at < line.size();) {
      const auto bar = line.find('|', at);
      row.push_back(Trimmed(std::string_view(line).substr(at, bar - at)));
      at = bar + 1;
    }
    tables.back().push_back(std::move(row));
  }
  for (auto& table : tables) {
    EXPECT_GE(table.size(), 2U);
    table.erase(table.begin(), table.begin() + 2);
  }
  return tables;
}

class PolicyGuideTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto tables = TablesInGuide();
    ASSERT_EQ(tables.size(), 2U) << "the roles, then the exchanges";
    for (const Row& row : tables[0]) ASSERT_TRUE(words_.emplace(row.at(0), row.at(1)).second);
    rows_ = tables[1];
  }
  std::string WordsOf(const std::set<std::string>& roles) const {
    std::set<std::string> words;
    for (const std::string& role : roles) words.insert(words_.at(role));
    return tool::Join({words.begin(), words.end()});
  }

  std::map<std::string, std::string> words_;  // By role.
  std::vector<Row> rows_;
};

TEST_F(PolicyGuideTest, EveryExchangeThatComesWithItStandsInTheGuideOnceUnderItsTitle) {
  std::map<std::string, std::string> expected;
  for (const exchange::ExchangeType& type : exchange::AllExchanges())
    expected.emplace(type.name.value(), type.title);
  std::map<std::string, std::string> written;
  for (const Row& row : rows_)
    EXPECT_TRUE(written.emplace(row.at(0), row.at(1)).second) << row.at(0) << " stands twice";
  EXPECT_EQ(written, expected);
}

TEST_F(PolicyGuideTest, WhoSendsAndWhoIsToldIsAsTheReferencePolicyHasIt) {
  const auto loaded = LoadPolicy(kSource + "/policy/partnerships/rotherham");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().detail;
  const policy::Policy& policy = loaded->policy;
  for (const auto& [role, title] : policy.roles())
    ASSERT_TRUE(words_.contains(role)) << role << " has no words in the guide";
  EXPECT_EQ(words_.size(), policy.roles().size());
  std::map<std::string, std::pair<std::set<std::string>, std::set<std::string>>> parties;
  for (const Flow& flow : FlowsOf(policy, policy::SayingsOf(policy))) {
    auto& [from, to] = parties[flow.exchange->name.value()];
    from.insert(flow.from.value());
    to.insert(flow.to.value());
  }
  for (const Row& row : rows_) {
    const auto& [from, to] = parties[row.at(0)];
    EXPECT_EQ(row.at(2), WordsOf(from)) << row.at(0);
    EXPECT_EQ(row.at(3), WordsOf(to)) << row.at(0);
  }
}

}  // namespace
}  // namespace havenline
