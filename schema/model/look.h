// A look into the audit log: whoever reads parts that are not its own says so first, and that is an
// entry.

#pragma once

#include <cstdint>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/model/ids.h"

namespace havenline {

// What for. A closed list, so that nobody writes a name here.
enum class LookReason : std::uint8_t {
  kRoutine,         // The auditor's own rounds.
  kSample,          // A sample was drawn.
  kComplaint,       // Somebody complained.
  kSubjectRequest,  // A person asked what is held about them.
  kBreach,          // Something may have been seen that should not have been.
  kInspection,      // A regulator or a court asks.
};

// "I, of this role, will read of these entries what policy lets me."
struct Look {
  PartnershipId partnership;
  AgencyId agency;
  Role role;
  Pseudonym person;
  LookReason reason = LookReason::kRoutine;
  std::uint64_t epoch = 0;
  std::uint64_t first = 0;
  std::uint64_t count = 0;  // At least 1.
  TimePoint time;
  KeyId key;  // The agency's receipt key, which signs looks under a label of their own.

  friend bool operator==(const Look&, const Look&) = default;
};

struct SignedLook {
  Bytes bytes;
  Look look;
  Signature signature{};

  friend bool operator==(const SignedLook&, const SignedLook&) = default;
};

}  // namespace havenline
