#include "tests/policy/agreement.h"

namespace havenline::policy {
namespace {

NameSet Names(const Exchange& exchange, SectionSet sections) {
  const auto names = exchange.NamesOf(sections);
  return {names.begin(), names.end()};
}

std::string ValueOf(const Rule* rule, std::string Rule::*what) {
  return rule == nullptr ? "" : rule->*what;
}

// What of a cell differs from what the interpreter says; empty if nothing does.
std::string Difference(const Exchange& exchange, const Cell& cell, const Telling& telling) {
  if (Names(exchange, cell.sections) != telling.sections) return "sections";
  if (cell.rule.value() != telling.RuleIds()) return "rule";
  if (cell.basis != telling.Joined(&Rule::basis)) return "basis";
  if (cell.purpose != telling.Joined(&Rule::purpose)) return "purpose";
  if (cell.required != telling.MustTell(exchange)) return "required";
  if (cell.decision_required != telling.MustDecide(exchange)) return "decision required";
  if (Names(exchange, cell.visible) != telling.visible) return "visible";
  if ((cell.deadline == nullptr ? "" : cell.deadline->name) !=
      ValueOf(telling.With(&Rule::deadline), &Rule::deadline))
    return "deadline";
  if (cell.retention != ValueOf(telling.With(&Rule::retention), &Rule::retention))
    return "retention";
  std::vector<std::string> escalation;
  for (const Rule* const rule : telling.rules) {
    if (!rule->escalation.empty()) escalation = rule->escalation;
  }
  std::vector<std::string> names;
  for (const Duty* const duty : cell.escalation) names.push_back(duty->name);
  return names == escalation ? "" : "escalation";
}

std::string Difference(const Exchange& exchange, const Cell& cell, const Ruling& ruling) {
  if (const auto differs = Difference(exchange, cell, ruling.at_once); !differs.empty())
    return differs;
  SectionSet never = 0;
  for (const Forbidden& forbidden : cell.forbidden) never |= forbidden.sections;
  if (Names(exchange, never) != ruling.never) return "never";
  if ((cell.held == nullptr) != ruling.held.rules.empty()) return "held";
  if (cell.held == nullptr) return "";
  const Rule& rule = *ruling.held.rules.front();
  if (cell.held->kind != rule.held || cell.held->watches != rule.watches) return "condition";
  return Difference(exchange, cell.held->cell, ruling.held);
}

AgencyId SenderOf(const Policy& policy, const std::string& profile) {
  for (const auto& [agency, of] : policy.profiles())
    if (of == profile) return agency;
  return AgencyId("of.no.profile");
}

}  // namespace

std::size_t ExpectAgreement(const Policy& policy, const Rules& rules) {
  std::size_t cells = 0;
  for (const Exchange& exchange : rules.exchanges) {
    for (const std::string& profile : ProfileNames(rules)) {
      const AgencyId sender = SenderOf(policy, profile);
      for (const std::string& from : SenderRoles(rules, exchange)) {
        for (const OneCase& which : CasesOf(rules, exchange, profile, from)) {
          std::vector<ClaimOpening> claims;
          for (const Claim& claim : exchange.claims)
            claims.push_back({{}, claim.name, which.claims.at(claim.name)});
          for (const std::string& to : RecipientRoles(rules, exchange)) {
            ++cells;
            const Cell& cell =
                policy.Look({exchange.name, sender, Role(from), Role(to), claims, which.created});
            const std::string differs = Difference(exchange, cell, Interpret(rules, which, to));
            if (differs.empty()) continue;
            ADD_FAILURE() << differs << " differ in cell " << cells << " to " << to;
            return cells;
          }
        }
      }
    }
  }
  return cells;
}

}  // namespace havenline::policy
