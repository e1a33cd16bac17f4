// The store as a start would find it, and what it says of keys and mark. Opens it read-only, also
// beside a running broker; writes nothing, and takes no lock.

#pragma once

#include <sys/types.h>

#include <optional>

#include "broker/configuration.h"
#include "broker/doctor/finding.h"

namespace havenline::doctor {

// `broker`: the process that has the store open, if one has.
Findings CheckStore(const BrokerConfiguration& configuration, std::optional<pid_t> broker);

}  // namespace havenline::doctor
