#include "policy/policy.h"

#include <algorithm>

#include "policy/rules.h"

namespace havenline::policy {
namespace {

// A key of the table that copies nothing.
using PlaceView = std::tuple<const ExchangeName&, std::string_view, const Role&, const Role&>;

}  // namespace

std::optional<SectionSet> Exchange::SetOf(const std::vector<std::string>& names) const {
  SectionSet set = 0;
  for (const std::string& section : names) {
    const auto at = std::ranges::find(sections, section);
    if (at == sections.end()) return std::nullopt;
    set |= SectionSet{1} << static_cast<unsigned>(at - sections.begin());
  }
  return set;
}

std::size_t Exchange::CombinationsOfClaims() const {
  std::size_t count = 1;
  for (const Claim& claim : claims) count *= claim.values.size();
  return count;
}

std::size_t Exchange::PeriodOf(TimePoint created) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(turns, created) - turns.begin());
}

std::vector<std::string> Exchange::NamesOf(SectionSet set) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if ((set >> i & 1U) != 0) names.push_back(sections[i]);
  }
  return names;
}

Result<Policy> Policy::Parse(std::string_view text, const std::string& source_name) {
  ASSIGN_OR_RETURN(Rules rules, ParseRules(text, source_name));
  return Compile(std::move(rules), source_name);
}

const Exchange* Policy::Find(const ExchangeName& name) const {
  const auto at = std::ranges::find(exchanges_, name, &Exchange::name);
  return at == exchanges_.end() ? nullptr : &*at;
}

std::string_view Policy::ProfileOf(const AgencyId& sender) const {
  const auto at = profile_of_.find(sender);
  return at == profile_of_.end() ? std::string_view() : at->second;
}

std::optional<std::size_t> Policy::IndexOf(const Exchange& exchange,
                                           const std::vector<ClaimOpening>& claims,
                                           TimePoint created) {
  if (claims.size() != exchange.claims.size()) return std::nullopt;
  std::size_t index = exchange.PeriodOf(created);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Claim& known = exchange.claims[i];
    const auto value = std::ranges::find(known.values, claims[i].value);
    if (claims[i].name != known.name || value == known.values.end()) return std::nullopt;
    index = index * known.values.size() + static_cast<std::size_t>(value - known.values.begin());
  }
  return index;
}

const Cell& Policy::Look(const Question& question) const {
  const Exchange* const exchange = Find(question.exchange);
  if (exchange == nullptr) return nothing_;
  const auto index = IndexOf(*exchange, question.claims, question.created);
  if (!index) return nothing_;
  const auto at = table_.find(
      PlaceView(question.exchange, ProfileOf(question.sender), question.from, question.to));
  return at == table_.end() ? nothing_ : *at->second[*index];
}

std::vector<Policy::Row> Policy::RowsFor(const Sending& sending) const {
  std::vector<Row> rows;
  const Exchange* const known = Find(sending.exchange);
  const auto index =
      known == nullptr ? std::nullopt : IndexOf(*known, sending.claims, sending.created);
  if (!index) return rows;
  const Role first;
  const std::string_view profile = ProfileOf(sending.sender);
  auto at = table_.lower_bound(PlaceView(sending.exchange, profile, sending.from, first));
  for (; at != table_.end(); ++at) {
    const auto& [in_exchange, in_profile, from, to] = at->first;
    if (in_exchange != sending.exchange || in_profile != profile || from != sending.from) break;
    rows.push_back({to, at->second[*index]});
  }
  return rows;
}

std::vector<std::string> Policy::ClaimsRead(const ExchangeName& exchange, const Role& from,
                                            const Role& to) const {
  const auto at = claims_read_.find({exchange, from, to});
  return at == claims_read_.end() ? std::vector<std::string>{} : at->second;
}

std::string Policy::AuditRulesOf(const Role& role) const {
  std::string rules;
  for (const AuditRule& rule : audit_rules_) {
    if (std::ranges::find(rule.by, role) == rule.by.end()) continue;
    rules += (rules.empty() ? "" : "+") + rule.id.value();
  }
  return rules;
}

bool Policy::MayAudit(const Role& role, const ExchangeName& exchange) const {
  const Exchange* const known = Find(exchange);
  return known != nullptr && std::ranges::any_of(audit_rules_, [&](const AuditRule& rule) {
           const bool by = std::ranges::find(rule.by, role) != rule.by.end();
           const bool named = std::ranges::find(rule.exchanges, exchange) != rule.exchanges.end();
           return by && (named || (rule.unconcealed && !known->concealed));
         });
}

}  // namespace havenline::policy
