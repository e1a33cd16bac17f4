// Parts of a policy in words and as JSON, as all tools that show one say them. Pure.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "policy/compare.h"
#include "policy/policy.h"
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

// The senders that each profile names.
using ProfileSenders = std::map<std::string, std::vector<std::string>>;
ProfileSenders SendersOf(const policy::Policy& policy);
// None of a profile that names none, and of senders without one.
std::vector<std::string> SendersIn(const ProfileSenders& senders, const std::string& profile);
// "police: police.north (profile full)".
std::string SenderWords(const policy::Saying& saying, const ProfileSenders& senders);

std::string CasesWords(const std::vector<policy::Case>& when);
text::Value CasesJson(const std::vector<policy::Case>& when);

// The recipient roles to which a claim of the exchange is opened.
std::vector<std::string> RolesThatSee(const policy::Policy& policy, const ExchangeName& exchange,
                                      const std::string& claim);

}  // namespace havenline
