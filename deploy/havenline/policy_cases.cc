#include "deploy/havenline/policy_cases.h"

#include <algorithm>
#include <map>
#include <set>

#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/cells.h"
#include "policy/time_text.h"
#include "schema/model/limits.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

using text::MapReader;
using text::Value;
using Names = std::vector<std::string>;

struct TestCase {
  std::string name;
  std::string exchange;
  std::string sender;
  std::string from;
  std::string to;
  std::map<std::string, std::string> claims;  // Of the others: each value.
  std::optional<TimePoint> made;              // Else: each time between the rules' turns.
  std::optional<Names> told;                  // Exactly these, the exclusions apart;
  Names includes;                             // at least these;
  Names withheld;                             // none of these.
  bool nothing = false;
  std::optional<bool> required;
  std::optional<bool> decision;
  std::optional<bool> held;
  std::string rule;
  std::string basis;
  std::string acknowledge;
};

TestCase ReadCase(MapReader& reader) {
  TestCase test;
  test.name = reader.Text("name");
  test.exchange = reader.Name("exchange");
  test.sender = reader.OptionalName("sender").value_or("");
  test.from = reader.Name("from");
  test.to = reader.Name("to");
  for (auto& [claim, value] : reader.OptionalTextMap("claims")) test.claims.emplace(claim, value);
  if (const auto made = reader.OptionalText("made")) {
    test.made = policy::TimeFrom(*made);
    if (!test.made)
      reader.Problem("made", "must be a day (2026-11-07) or a time in UTC (2026-11-07T08:00:00Z)");
  }
  if (reader.Has("told")) test.told = reader.NameList("told");
  test.includes = reader.OptionalNameList("includes");
  test.withheld = reader.OptionalNameList("withheld");
  test.nothing = reader.OptionalBool("nothing").value_or(false);
  test.required = reader.OptionalBool("required");
  test.decision = reader.OptionalBool("decision-required");
  test.held = reader.OptionalBool("held");
  test.rule = reader.OptionalName("rule").value_or("");
  test.basis = reader.OptionalName("basis").value_or("");
  test.acknowledge = reader.OptionalName("acknowledge").value_or("");
  if (!test.told && test.includes.empty() && test.withheld.empty() && !test.nothing)
    reader.Problem("must say what is `told`, `includes`, `withheld`, or `nothing = true`");
  return test;
}

Result<std::vector<TestCase>> ReadCases(const std::string& path, const PartnershipId& partnership) {
  ASSIGN_OR_RETURN(const std::string text, tool::ReadText(path, limits::kDocumentBytesMax));
  ASSIGN_OR_RETURN(const Value value, text::ParseToml(text, path));
  MapReader top(value, path);
  if (top.Name("document") != "policy-cases") top.Problem("document", "must be \"policy-cases\"");
  if (top.Name("partnership") != partnership.value())
    top.Problem("partnership", "is not the policy's");
  std::vector<TestCase> cases;
  for (MapReader& reader : top.OptionalMapList("case")) cases.push_back(ReadCase(reader));
  RETURN_IF_FAULT(top.Finish());
  return cases;
}

// One case against each cell that it is about.
class Tester {
 public:
  explicit Tester(const policy::Policy& policy) : policy_(policy) {}

  // What differs in the first cell in which anything does; empty if nothing does.
  std::string Test(const TestCase& test) {
    const policy::Exchange* const exchange = policy_.Find(ExchangeName(test.exchange));
    if (exchange == nullptr) return "the policy has no exchange " + test.exchange;
    if (const std::string unknown = Unknown(test, *exchange); !unknown.empty()) return unknown;
    const policy::CaseSpace space(*exchange);
    for (std::size_t i = 0; i < space.count(); ++i) {
      std::vector<ClaimOpening> claims;
      bool is_about = true;
      for (std::size_t c = 0; c < exchange->claims.size(); ++c) {
        claims.push_back({{}, exchange->claims[c].name, space.ValueNameAt(c, i)});
        const auto given = test.claims.find(claims.back().name);
        is_about = is_about && (given == test.claims.end() || given->second == claims.back().value);
      }
      const std::size_t period = space.PeriodAt(i);
      if (test.made) is_about = is_about && exchange->PeriodOf(*test.made) == period;
      if (!is_about) continue;
      const TimePoint made = period == 0 ? TimePoint::min() : exchange->turns[period - 1];
      const policy::Cell& cell = policy_.Look(
          {exchange->name, AgencyId(test.sender), Role(test.from), Role(test.to), claims, made});
      Record(test, cell, *exchange);
      const std::string differs = Difference(test, cell, *exchange);
      if (!differs.empty()) return differs + ": " + space.Words(i);
    }
    return "";
  }

  const std::set<std::string>& tested() const { return tested_; }

 private:
  // A case about what is not there would pass whatever the policy says.
  std::string Unknown(const TestCase& test, const policy::Exchange& exchange) const {
    for (const std::string& role : {test.from, test.to}) {
      if (!policy_.roles().contains(role)) return "the policy has no role " + role;
    }
    for (const auto& [name, value] : test.claims) {
      const auto claim = std::ranges::find(exchange.claims, name, &policy::Claim::name);
      if (claim == exchange.claims.end()) return "the exchange has no claim " + name;
      if (std::ranges::find(claim->values, value) == claim->values.end())
        return "the claim " + name + " has no value " + value;
    }
    for (const Names& names : {test.told.value_or(Names{}), test.includes, test.withheld}) {
      for (const std::string& section : names) {
        if (!exchange.SetOf({section})) return "the exchange has no section " + section;
      }
    }
    return "";
  }

  // What it may be told: at once, or held.
  static const policy::Cell& SharesOf(const policy::Cell& cell) {
    const policy::HeldShare* const held = cell.held.get();
    return held != nullptr ? held->cell : cell;
  }

  // A rule counts as tested where a case says something of what it does.
  void Record(const TestCase& test, const policy::Cell& cell, const policy::Exchange& exchange) {
    const policy::Cell& shares = SharesOf(cell);
    if (test.told || !test.includes.empty()) {
      for (std::string& rule : SplitJoined(shares.rule.value())) tested_.insert(std::move(rule));
    }
    const policy::SectionSet said =
        test.told || test.nothing ? ~policy::SectionSet{0} : *exchange.SetOf(test.withheld);
    for (const policy::Forbidden& forbidden : cell.forbidden) {
      if ((forbidden.sections & said) != 0) tested_.insert(forbidden.rule.value());
    }
  }

  static std::string Difference(const TestCase& test, const policy::Cell& cell,
                                const policy::Exchange& exchange) {
    const bool held = cell.held != nullptr;
    const policy::Cell& shares = SharesOf(cell);
    Names told = exchange.NamesOf(shares.sections);
    std::erase(told, policy::kExclusions);
    if (held != test.held.value_or(false) && (held || test.held))
      return held ? "it is held" : "it is not held";
    if (test.nothing && !told.empty()) return "it is told " + tool::Join(told);
    if (test.told &&
        std::set(told.begin(), told.end()) != std::set(test.told->begin(), test.told->end()))
      return "it is told " + (told.empty() ? "nothing" : tool::Join(told));
    for (const std::string& section : test.includes) {
      if (std::ranges::find(told, section) == told.end()) return "it is not told " + section;
    }
    for (const std::string& section : test.withheld) {
      if (std::ranges::find(told, section) != told.end()) return "it is told " + section;
    }
    if (test.required && shares.required != *test.required)
      return shares.required ? "it must be told" : "it need not be told";
    if (test.decision && shares.decision_required != *test.decision)
      return shares.decision_required ? "it is to be decided" : "nothing is to be decided";
    if (!test.rule.empty() && shares.rule.value() != test.rule)
      return "the rule is " + shares.rule.value();
    if (!test.basis.empty() && shares.basis != test.basis) return "the basis is " + shares.basis;
    const std::string clock = shares.deadline == nullptr ? "none" : shares.deadline->name;
    if (!test.acknowledge.empty() && clock != test.acknowledge) return "the clock is " + clock;
    return "";
  }

  const policy::Policy& policy_;
  std::set<std::string> tested_;
};

}  // namespace

Result<std::vector<std::string>> CasesIn(const std::filesystem::path& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().ends_with("cases.toml"))
      paths.push_back(entry.path().string());
  }
  if (error) return Fail(FaultCode::kIo, folder.string() + ": " + error.message());
  if (paths.empty())
    return Fail(FaultCode::kInvalid, folder.string() + ": there is no file of cases in it");
  std::ranges::sort(paths);
  return paths;
}

Result<tool::Answer> TestCases(const LoadedPolicy& loaded, const std::vector<std::string>& paths) {
  std::vector<TestCase> cases;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(auto of_file, ReadCases(path, loaded.policy.partnership()));
    std::ranges::move(of_file, std::back_inserter(cases));
  }
  Tester tester(loaded.policy);
  tool::Answer answer;
  Value results = Value::List();
  std::size_t failed = 0;
  for (const TestCase& test : cases) {
    const std::string differs = tester.Test(test);
    if (!differs.empty()) ++failed;
    answer.words += (differs.empty() ? "holds  " : "FAILS  ") + tool::Plain(test.name) + "\n" +
                    (differs.empty() ? "" : "       " + tool::Plain(differs) + "\n");
    results.Add(
        Value::Map().Set("name", test.name).Set("holds", differs.empty()).Set("differs", differs));
  }
  Names untested;
  for (const policy::Rule& rule : loaded.rules.rules) {
    const bool of_broker = std::ranges::find(rule.to, Role(std::string(policy::kBrokerRole))) !=
                           rule.to.end();  // Proved of every message; there is no cell to ask.
    if (!of_broker && !tester.tested().contains(rule.id.value()))
      untested.push_back(rule.id.value());
  }
  if (!untested.empty()) answer.words += "no case tests " + tool::Join(untested) + "\n";
  answer.words += tool::Count(cases.size(), "case", "cases") + ", " +
                  (failed == 0 ? "all hold" : tool::Count(failed, "fails", "fail")) + "\n";
  answer.json = Value::Map()
                    .Set("cases", std::move(results))
                    .Set("failed", failed)
                    .Set("untested-rules", ListOf(untested));
  answer.code = failed == 0 && untested.empty() ? ExitCode::kOk : ExitCode::kData;
  return answer;
}

}  // namespace havenline
