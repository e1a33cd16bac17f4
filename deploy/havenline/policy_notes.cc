#include "deploy/havenline/policy_notes.h"

#include <algorithm>
#include <map>

#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/cells.h"
#include "schema/base/check.h"

namespace havenline {
namespace {

using text::Value;
using tool::Join;

// What is forbidden in every case in which a rule holds, whoever of its senders it is from.
class Forbidding {
 public:
  explicit Forbidding(policy::SectionSet sections) : always_(sections) {}

  void Add(const policy::Cell& cell) {
    policy::SectionSet here = 0;
    for (const policy::Forbidden& forbidden : cell.forbidden) {
      here |= forbidden.sections;
      by_[forbidden.rule.value()] |= forbidden.sections;
    }
    always_ &= here;
  }
  policy::SectionSet always() const { return always_; }
  std::vector<std::string> RulesFor(policy::SectionSet section) const {
    std::vector<std::string> rules;
    for (const auto& [rule, sections] : by_) {
      if ((sections & section) != 0) rules.push_back(rule);
    }
    return rules;
  }

 private:
  policy::SectionSet always_;
  std::map<std::string, policy::SectionSet> by_;
};

void AddNotes(const LoadedPolicy& loaded, const policy::Rule& rule,
              const policy::Exchange& exchange, std::vector<PolicyNote>& notes) {
  const std::vector<bool> holds = policy::CaseSpace(exchange).HeldBy(rule);
  const bool listed = rule.sections.front() != "*";
  for (const Role& to : rule.to) {
    Forbidding forbidding(policy::SectionsOf(rule, exchange));
    for (const auto& [key, cells] : loaded.policy.table()) {
      const auto& [name, profile, from, role] = key;
      if (name != exchange.name || role != to) continue;
      if (!policy::IsAbout(rule, {exchange, profile, from, to})) continue;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (holds[i]) forbidding.Add(*cells[i]);
      }
    }
    std::map<std::vector<std::string>, std::vector<std::string>> by_rules;
    for (const std::string& section : exchange.NamesOf(forbidding.always()))
      by_rules[forbidding.RulesFor(*exchange.SetOf({section}))].push_back(section);
    for (auto& [never, sections] : by_rules)
      notes.push_back({rule.id.value(), to.value(), sections, never, listed});
  }
}

}  // namespace

std::vector<PolicyNote> NotesOf(const LoadedPolicy& loaded) {
  std::vector<PolicyNote> notes;
  for (const policy::Rule& rule : loaded.rules.rules) {
    if (rule.effect == policy::Effect::kNever) continue;
    const policy::Exchange* const exchange = loaded.policy.Find(rule.exchange);
    CHECK(exchange != nullptr);
    AddNotes(loaded, rule, *exchange, notes);
  }
  return notes;
}

std::string WordsOf(const std::vector<PolicyNote>& notes) {
  std::string words;
  for (const PolicyNote& note : notes) {
    const std::string sections = Join(note.sections);
    const std::string never = Join(note.never, " and ");
    const std::string forbid = note.never.size() == 1 ? " always forbids" : " always forbid";
    words += note.listed ? "WARNING: " + note.rule + " lists " + sections + " for " + note.to +
                               ", which " + never + forbid +
                               ": it is never told; take it out of the one or of the other\n"
                         : "note: " + note.rule + " shares \"*\" with " + note.to + ", all but " +
                               sections + ", which " + never + forbid + "\n";
  }
  return words;
}

std::string CountOfWarnings(const std::vector<PolicyNote>& notes) {
  const auto count = std::ranges::count(notes, true, &PolicyNote::listed);
  return count == 0 ? ""
                    : ", " + tool::Count(static_cast<std::size_t>(count), "warning", "warnings");
}

Value JsonOf(const std::vector<PolicyNote>& notes) {
  Value list = Value::List();
  for (const PolicyNote& note : notes) {
    list.Add(Value::Map()
                 .Set("rule", note.rule)
                 .Set("to", note.to)
                 .Set("sections", ListOf(note.sections))
                 .Set("never", ListOf(note.never))
                 .Set("listed", note.listed));
  }
  return list;
}

}  // namespace havenline
