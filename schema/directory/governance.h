// Documents that governance signs, and what makes one the successor of another. Pure; any thread.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/model/position.h"

namespace havenline {

// The text of a note that at least `governance.threshold` of its keys signed.
Result<std::string> OpenByGovernance(std::string_view note, const Governance& governance);

// Where a document stands in its line: what succession is judged by.
struct Succession {
  DocumentVersion version;
  Digest previous{};
};

// At the log: the next version, naming the hash of the one in force. Anything else is a kInvalid
// fault that says what was expected.
Result<void> CheckFollows(const DocumentVersion& in_force, const Succession& next);

// At an agent, which may have missed versions: newer; and if it is the next one, naming ours.
Result<void> CheckNewer(const DocumentVersion& in_force, const Succession& next);

// A directory cannot (yet) change who governs: such a one is refused, at the log and at agents.
Result<void> CheckSameGovernance(const Governance& in_force, const Governance& next);

}  // namespace havenline
