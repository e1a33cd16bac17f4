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
#include "policy/rules.h"
#include "schema/model/ids.h"

namespace havenline::policy {

// When something holds: claims with the values they may have. A claim that is not named may have
// any; so an empty case is "always".
using Case = std::vector<std::pair<std::string, std::vector<std::string>>>;
// What stands in a Case for when the message was made; its values are words such as "before
// 2026-11-07".
inline constexpr std::string_view kMade = "(made)";

// The claims, and before them when the message was made, as if that were one, if `turns` has any.
std::vector<Claim> ClaimsWithTime(const std::vector<TimePoint>& turns,
                                  const std::vector<Claim>& claims);

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
// To the same role in the same cases, on the same terms, whoever sends. Both of one policy.
bool SayTheSame(const Saying& a, const Saying& b);

// One difference that a new version makes.
struct Change {
  enum class Kind : std::uint8_t {
    kGains,             // `to` is told a section it was not told.
    kLoses,             // The reverse.
    kMustBeTold,        // C3 begins for `to`,
    kNeedNotBeTold,     // or ends.
    kMustBeDecided,     // Whether to tell it must be decided and recorded,
    kNeedNotBeDecided,  // or no longer.
    kGainsHeld,         // `to` may be told a section if a condition comes true,
    kLosesHeld,         // or not even then.
    kCondition,         // What it may be told under a condition has another one.
    kForbids,           // `rule` keeps a section from it, whether anything shares it or not,
    kNoLongerForbids,   // or no longer does.
    kShows,             // That a section is withheld may show,
    kNoLongerShows,     // or no longer may.
    // What it is told stays, and the terms differ: `before` and `after`.
    kBasis,
    kPurpose,
    kClock,
    kEscalation,
    kRetention,
    kThread,
    // CompareTexts(): of an exchange, `section` names what (none: the whole of it); of a name
    // declared, as "purpose support-child"; of a rule, "why" or its kind.
    kExchange,
    kDeclared,
    kRule,
  };
  Kind kind = Kind::kGains;
  ExchangeName exchange;
  Role from;
  Role to;
  std::string section;            // What is gained, lost, forbidden or shown; see kExchange.
  std::string rule;               // kForbids, kNoLongerForbids, kRule.
  std::string before;             // Of the terms and what follows them; empty: there was none,
  std::string after;              // or there is none now.
  bool every_sender = false;      // Whoever holds the role `from`; or
  bool other_senders = false;     // those that neither version's profiles name,
  std::vector<AgencyId> senders;  // and these.
  std::vector<Case> when;
  // The claims differ between the versions, so that cases cannot be told apart: it holds in some
  // case.
  bool in_some_case = false;
};

// What differs between the cells: sorted by exchange, roles, kind and section.
std::vector<Change> Compare(const Policy& before, const Policy& after);
// And beside them: exchanges, names, profiles, rules that came or went or are explained by other
// words, and what is kept from the broker, which has no cells.
std::vector<Change> CompareTexts(const Rules& before, const Rules& after);

// "by the recipient's ready-by time, never sooner than 20 minutes, …": all of it, so that two that
// differ have other words.
std::string ClockWords(const Deadline& deadline);

}  // namespace havenline::policy
