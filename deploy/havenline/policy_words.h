// Parts of a policy in words and as JSON, as all tools that show one say them. Pure.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "policy/compare.h"
#include "policy/policy.h"
#include "policy/rules.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline {

text::Value ListOf(const std::vector<std::string>& texts);

// "a+b" as a and b.
std::vector<std::string> SplitJoined(std::string_view joined);
// The law's words for a basis; the code itself if there is none.
std::string BasisWords(std::string_view code);
// "deputy key adult (school), head of the school (school)".
std::string EscalationWords(const policy::Cell& cell);
// "released when nobody at school acknowledges in time".
std::string HeldWords(const policy::HeldShare& held);

// kInvalid with the names that there are.
Result<const policy::Exchange*> FindExchange(const policy::Policy& policy, const std::string& name);

// The senders that each profile names.
using ProfileSenders = std::map<std::string, std::vector<std::string>>;
ProfileSenders SendersOf(const policy::Policy& policy);
// None of a profile that names none, and of senders without one.
std::vector<std::string> SendersIn(const ProfileSenders& senders, const std::string& profile);
// "police: police.north (profile full)"; "any police that no profile names", and where there are no
// profiles "any police". All tools say it so.
std::string SenderWords(const Role& from, const std::string& profile,
                        const ProfileSenders& senders);
std::string SenderWords(const policy::Saying& saying, const ProfileSenders& senders);

// "when risk is high, made from 2026-11-07 on": of a rule; empty for one that always holds.
std::string RuleWhenWords(const policy::Rule& rule);

std::string CasesWords(const std::vector<policy::Case>& when);
text::Value CasesJson(const std::vector<policy::Case>& when);

std::vector<std::string> NamesOf(const std::vector<Role>& roles);
// The roles that some rule lets send it, in their order.
std::vector<Role> SendingRoles(const policy::Policy& policy, const ExchangeName& exchange);
// "; did you mean \"school\"?", or nothing.
std::string DidYouMean(const std::string& wanted, const std::vector<std::string>& names);

// The recipient roles to which a claim of the exchange is opened.
std::vector<std::string> RolesThatSee(const policy::Policy& policy, const ExchangeName& exchange,
                                      const std::string& claim);

}  // namespace havenline
