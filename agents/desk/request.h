// What somebody asks an agent to send, as JSON: the body of POST /v1/send. docs/integration.md has
// the form.
//
// Pure; any thread. A kInvalid fault names the field that is wrong by its path, never what it held.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agents/link/addressing.h"
#include "agents/link/outbox.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/exchange/exchange_type.h"
#include "schema/text/value.h"

namespace havenline {

// The sender's own name for a message: an id of its case, not a text.
inline constexpr std::size_t kReferenceBytesMax = 200;

// Read and checked, as far as that needs no directory and no policy.
struct SendRequest {
  std::optional<AgencyId> from;
  std::optional<Role> role;
  std::vector<WantedRecipient> to;
  std::string reference;
  std::vector<Role> decided_against;
  std::vector<std::string> flags;  // Dangers that whoever sends it states.
  Content content;                 // Without sender and role.
};
Result<SendRequest> ReadSendRequest(const text::Value& body);

// What the agent knows that completes it.
struct SendingFrom {
  std::vector<AgencyId> agencies;  // This agent's own.
  const Addressing& addressing;
  TimePoint now;
};
Result<Outbox::Request> Complete(SendRequest request, const SendingFrom& from);

}  // namespace havenline
