#include "deploy/havenline/policy_words.h"

#include <algorithm>
#include <set>

#include "deploy/havenline/table.h"
#include "policy/basis.h"
#include "policy/time_text.h"
#include "schema/text/nearest.h"

namespace havenline {

using text::Value;
using tool::Join;

Value ListOf(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Add(text);
  return list;
}

std::vector<std::string> SplitJoined(std::string_view joined) {
  std::vector<std::string> words;
  while (!joined.empty()) {
    const auto end = joined.find('+');
    words.emplace_back(joined.substr(0, end));
    joined.remove_prefix(end == std::string_view::npos ? joined.size() : end + 1);
  }
  return words;
}

std::string BasisWords(std::string_view code) {
  const policy::Basis* const basis = policy::FindBasis(code);
  return std::string(basis == nullptr ? code : basis->words);
}

std::string EscalationWords(const policy::Cell& cell) {
  std::vector<std::string> words;
  for (const policy::Duty* const duty : cell.escalation)
    words.push_back(duty->title + " (" + duty->at.value() + ")");
  return Join(words);
}

std::string HeldWords(const policy::HeldShare& held) {
  const std::string& watched = held.watches.value();
  return held.kind == Condition::Kind::kUnable
             ? "released when it cannot reach " + watched
             : "released when nobody at " + watched + " acknowledges in time";
}

Result<const policy::Exchange*> FindExchange(const policy::Policy& policy,
                                             const std::string& name) {
  const policy::Exchange* const exchange = policy.Find(ExchangeName(name));
  if (exchange != nullptr) return exchange;
  std::vector<std::string> known;
  for (const policy::Exchange& each : policy.exchanges()) known.push_back(each.name.value());
  return Fail(FaultCode::kInvalid, "the policy has no exchange " + name + DidYouMean(name, known) +
                                       "; it has only " + Join(known));
}

ProfileSenders SendersOf(const policy::Policy& policy) {
  ProfileSenders senders;
  for (const auto& [sender, profile] : policy.profiles())
    senders[profile].push_back(sender.value());
  return senders;
}

std::vector<std::string> SendersIn(const ProfileSenders& senders, const std::string& profile) {
  const auto named = senders.find(profile);
  return named == senders.end() ? std::vector<std::string>{} : named->second;
}

std::string SenderWords(const Role& from, const std::string& profile,
                        const ProfileSenders& senders) {
  if (!profile.empty()) {
    return from.value() + ": " + Join(SendersIn(senders, profile)) + " (profile " + profile + ")";
  }
  return "any " + from.value() + (senders.empty() ? "" : " that no profile names");
}

std::string SenderWords(const policy::Saying& saying, const ProfileSenders& senders) {
  return SenderWords(saying.from, saying.profile, senders);
}

std::string RuleWhenWords(const policy::Rule& rule) {
  std::string words = policy::Words({rule.when.begin(), rule.when.end()});
  const auto add = [&words](const std::string& more) {
    words += (words.empty() ? "" : ", ") + more;
  };
  if (rule.starts) add("made from " + policy::TimeText(*rule.starts) + " on");
  if (rule.ends) add("made before " + policy::TimeText(*rule.ends));
  return words;
}

std::string CasesWords(const std::vector<policy::Case>& when) {
  std::vector<std::string> words;
  words.reserve(when.size());
  for (const policy::Case& each : when) words.push_back(policy::Words(each));
  return Join(words, "; or ");
}

Value CasesJson(const std::vector<policy::Case>& when) {
  Value list = Value::List();
  for (const policy::Case& each : when) {
    Value claims = Value::Map();
    for (const auto& [claim, values] : each) claims.Set(claim, ListOf(values));
    list.Add(std::move(claims));
  }
  return list;
}

std::vector<std::string> NamesOf(const std::vector<Role>& roles) {
  std::vector<std::string> names;
  for (const Role& role : roles) names.push_back(role.value());
  return names;
}

std::vector<Role> SendingRoles(const policy::Policy& policy, const ExchangeName& exchange) {
  std::set<Role> roles;
  for (const auto& place : policy.table()) {
    if (std::get<0>(place.first) == exchange) roles.insert(std::get<2>(place.first));
  }
  return {roles.begin(), roles.end()};
}

std::string DidYouMean(const std::string& wanted, const std::vector<std::string>& names) {
  text::Nearest nearest(wanted);
  for (const std::string& name : names) nearest.Offer(name);
  return nearest.Found() ? "; did you mean \"" + *nearest.Found() + "\"?" : "";
}

std::vector<std::string> RolesThatSee(const policy::Policy& policy, const ExchangeName& exchange,
                                      const std::string& claim) {
  std::set<std::string> roles;
  for (const auto& place : policy.table()) {
    const auto& [name, profile, from, to] = place.first;
    if (name != exchange) continue;
    const auto read = policy.ClaimsRead(name, from, to);
    if (std::ranges::find(read, claim) != read.end()) roles.insert(to.value());
  }
  return {roles.begin(), roles.end()};
}

}  // namespace havenline
