// What a link brings, believed only once governance's signatures hold.

#pragma once

#include <optional>
#include <string>

#include "deploy/havenline/broker_link.h"
#include "deploy/havenline/link_configuration.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/directory/suspension.h"

namespace havenline {

// The document of that kind and hash beside the log; nothing if the broker has none. kCorrupt if
// what came hashes to something else.
Result<std::optional<std::string>> FetchNote(BrokerLink& link, DocumentKind kind,
                                             const Digest& hash);

// The directory in force, by the broker's word, signed by the governance that `configuration` pins.
// kCorrupt if it is older than the one this machine was given: then the broker has forgotten, or is
// not the one.
Result<Directory> FetchDirectory(BrokerLink& link, const LinkConfiguration& configuration);

// The number that this agency's next suspension or lifting must have, and whether it is suspended
// now.
struct SuspensionState {
  std::uint64_t next_number = 1;
  bool suspended = false;
};
Result<SuspensionState> FetchSuspensionState(BrokerLink& link, const AgencyId& agency);

}  // namespace havenline
