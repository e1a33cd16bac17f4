// Folders, key files and founding notes: there, readable, the broker's alone.

#pragma once

#include <sys/types.h>

#include "broker/configuration.h"
#include "broker/doctor/finding.h"

namespace havenline::doctor {

// The user that the broker runs as: whoever owns its store, or else its keys, or else we ourselves.
uid_t UserOf(const BrokerConfiguration& configuration);

Findings CheckFolders(const BrokerConfiguration& configuration, uid_t user);

// Key files and founding notes by themselves. Whether they are the right ones, the store tells.
Findings CheckFiles(const BrokerConfiguration& configuration, uid_t user);

}  // namespace havenline::doctor
