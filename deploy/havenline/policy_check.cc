#include "deploy/havenline/policy_check.h"

#include <algorithm>

#include "deploy/havenline/table.h"
#include "policy/promises.h"

namespace havenline {
namespace {

using text::Value;
using tool::Count;

std::string_view WordFor(policy::Effect effect) {
  switch (effect) {
    case policy::Effect::kShare:
      return "share";
    case policy::Effect::kRequire:
      return "require";
    case policy::Effect::kNever:
      return "never";
  }
  return "";
}

bool IsOfTheBroker(const policy::Rule& rule) {
  return std::ranges::find(rule.to, Role(std::string(policy::kBrokerRole))) != rule.to.end();
}

std::string TookWords(std::chrono::microseconds took) {
  return std::to_string(took.count() / 1000) + "." + std::to_string(took.count() / 100 % 10) +
         " ms";
}

}  // namespace

std::string ProofWords(const LoadedPolicy& loaded) {
  const auto uses = UsesOf(loaded.rules, loaded.policy);
  std::string words = "proved in " + TookWords(loaded.took) + ": " +
                      Count(CellsOf(loaded.policy), "cell", "cells") + ", " +
                      Count(uses.size(), "rule", "rules") + ", " +
                      Count(loaded.policy.exchanges().size(), "exchange", "exchanges") + "\n";
  for (const std::string_view promise : policy::kPromises)
    words += "  " + std::string(promise) + "\n";
  tool::Table table({"rule", "", "exchange", "takes part in"});
  for (const RuleUse& use : uses) {
    const std::string cells = Count(use.cells, "cell", "cells");
    table.Add({use.rule->id.value(), std::string(WordFor(use.rule->effect)),
               use.rule->exchange.value(),
               use.cells == 0 && IsOfTheBroker(*use.rule) ? "every message" : cells});
  }
  return words + table.Text();
}

void AddProof(const LoadedPolicy& loaded, Value& json) {
  Value promises = Value::List();
  for (const std::string_view promise : policy::kPromises) promises.Add(promise);
  Value rules = Value::List();
  for (const RuleUse& use : UsesOf(loaded.rules, loaded.policy)) {
    rules.Add(Value::Map()
                  .Set("rule", use.rule->id.value())
                  .Set("effect", WordFor(use.rule->effect))
                  .Set("exchange", use.rule->exchange.value())
                  .Set("cells", use.cells));
  }
  json.Set("cells", CellsOf(loaded.policy))
      .Set("microseconds", loaded.took.count())
      .Set("proved", std::move(promises))
      .Set("rules", std::move(rules));
}

}  // namespace havenline
