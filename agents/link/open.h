// OpenDelivery(): everything that must hold before a recipient believes a message, in the order of
// docs/protocol.md. Pure but for the private key it is lent.

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "policy/policy.h"
#include "schema/directory/directory.h"
#include "schema/model/envelope.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/secret.h"

namespace havenline {

// What a recipient holds a message against.
struct ReceiverView {
  const Directory& directory;
  const policy::Policy& policy;  // In force.
  // The policy of a version the header may name; null if it is not at hand.
  std::function<const policy::Policy*(const DocumentVersion&)> policy_named;
  // The private key of one of our agencies' roles, by its id; null if it is not ours (any more).
  std::function<const seal::SealKey*(const AgencyId&, const Role&, const KeyId&)> key;
};

// A message that may be shown: each section's content, still as its exchange's message.
struct Opened {
  std::map<std::string, seal::SecretBytes> sections;
  bool party_to_thread = false;
  // Sections that it does not open and whose being withheld may show, by the policy it names and by
  // the one in force here. Of any other nothing may show, not even that there is one.
  std::vector<std::string> may_show;
  // What the policy that it names says of its clock: how long before it is late people are warned,
  // and whom it is taken to. Nothing without a clock.
  std::optional<std::chrono::minutes> warn;
  std::vector<policy::Duty> escalation;
  // Of a grant that was released: the clock that runs from then, if the clear part states no time.
  std::optional<policy::Deadline> clock;
};

// Why a message is not shown. What is wrong before opening is one answer to the sender; `detail` is
// for the agent's own tests and counts.
enum class Unshown : std::uint8_t {
  kUnreadable,   // A check up to opening failed.
  kNotReleased,  // Likewise: it was held back, and comes without the broker's word that it may go.
  kWithheld,     // The policy in force here forbids what the header's allowed.
  kWaitsPolicy,  // The header's policy is not at hand yet: fetch it and try again.
};

struct NotOpened {
  Unshown why = Unshown::kUnreadable;
  std::string detail;
};

// For the person who must look: what happened to a message of `sender`, and what comes next.
std::string WordsOn(const NotOpened& not_opened, const AgencyId& sender);

std::variant<Opened, NotOpened> OpenDelivery(const Delivery& delivery, const ReceiverView& view);

}  // namespace havenline
