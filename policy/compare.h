// Policies for people: a table's cells gathered into what they say, and two versions compared as
// "who gains, who loses". Pure; any thread.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/policy.h"
#include "schema/model/ids.h"

namespace havenline::policy {

// When something holds: claims with the values they may have. A claim that is not named may have
// any; so an empty case is "always".
using Case = std::vector<std::pair<std::string, std::vector<std::string>>>;
// What stands in a Case for when the message was made; its values are words such as "before
// 2026-11-07".
inline constexpr std::string_view kMade = "(made)";

// The cases that together cover exactly the indices of the table at which `holds` is not 0. CHECKs
// that it has one element for each combination of the claims' values.
std::vector<Case> CasesOf(const std::vector<Claim>& claims, std::span<const std::uint8_t> holds);

// "when risk is high or medium, and childPart is victim"; empty for the empty case.
std::string Words(const Case& when);

// What a policy says to one recipient role in some cases. Only what shares something is listed.
struct Saying {
  ExchangeName exchange;
  std::string profile;  // "": senders that no profile names.
  Role from;
  Role to;
  std::vector<Case> when;
  const Cell* cell;       // In the policy.
  const HeldShare* held;  // Whose cell it is, if it says so under a condition; else null.
};
std::vector<Saying> SayingsOf(const Policy& policy);

// One difference that a new version makes.
struct Change {
  enum class Kind : std::uint8_t {
    kGains,          // `to` is told a section it was not told.
    kLoses,          // The reverse.
    kMustBeTold,     // C3 begins for `to`,
    kNeedNotBeTold,  // or ends.
    kClock,          // It is to acknowledge by another clock.
    kGainsHeld,      // `to` may be told a section if a condition comes true,
    kLosesHeld,      // or not even then.
    kCondition,      // What it may be told under a condition has another one.
  };
  Kind kind = Kind::kGains;
  ExchangeName exchange;
  Role from;
  Role to;
  std::string section;            // kGains, kLoses and these of what is held.
  bool every_sender = false;      // Whoever holds the role `from`; or
  bool other_senders = false;     // those that neither version's profiles name,
  std::vector<AgencyId> senders;  // and these.
  std::vector<Case> when;
  // The claims differ between the versions, so that cases cannot be told apart: it holds in some
  // case.
  bool in_some_case = false;
};

// Sorted by exchange, roles, kind and section.
std::vector<Change> Compare(const Policy& before, const Policy& after);

}  // namespace havenline::policy
