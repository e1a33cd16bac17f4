// The danger flags of policy's hold list that a case raises, when a person sends it by hand: those
// that its fields raise (`$Meta.danger` of the schema), and those that the person states.
//
// Pure; any thread.

#pragma once

#include <string>
#include <vector>

#include "agents/link/compose.h"
#include "policy/policy.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/exchange/exchange_type.h"
#include "schema/text/value.h"

namespace havenline {

// Of the exchange's hold list, in its order, each once. kInvalid if one of `stated` is not on it:
// a flag that nobody knows would be no danger in silence.
Result<std::vector<std::string>> FlagsOf(const Content& content, const policy::Policy& policy,
                                         const std::vector<std::string>& stated, TimePoint now);

// Those that this section's value raises, whatever policy lists. A truth raises its flag; a date of
// birth does of whoever is 18 by now.
std::vector<std::string> RaisedBy(const exchange::Field& field, const text::Value& value,
                                  Day today);

}  // namespace havenline
