// What the broker answers to an item: exactly one of accepted, refused, deferred, invalid.

#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "schema/base/clock.h"
#include "schema/model/envelope.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"

namespace havenline {

// Every reason for a "no", in one list: docs/protocol.md gives cause and remedy of each. The
// numbers are the protocol's; new ones are added at the end of their group.
enum class Code : std::uint16_t {
  // Refused: final, stored under the id, an entry in the log. Only for what was validly signed.
  kPolicyDenies = 100,      // A section or recipient beyond policy.
  kRequiredMissing = 101,   // A role that policy says must be told is left out.
  kRecipientUnknown = 102,  // No such agency, or it does not hold the role.
  kRecipientSuspended = 103,
  kRecipientKey = 104,   // The key it is sealed to is unknown or compromised.
  kSenderRole = 105,     // The sender does not hold the role it names.
  kSenderKey = 106,      // The signing key is no longer good at acceptance.
  kPolicyUnknown = 107,  // The policy or directory version named is too old to judge by.
  kIdReused = 108,       // The same id with another header.
  kTooOld = 109,
  kTooFarAhead = 110,
  kShape = 111,      // Sections, claims or slots are not those of the exchange's version.
  kCondition = 112,  // A condition names no unheld grant of the same message.
  // Deferred: nothing stored; offer it again at the time given.
  kOverload = 200,
  kDiskFull = 201,
  kRecovery = 202,
  kDraining = 203,
  kVersionAhead = 204,  // It names a policy or directory that this broker has not yet.
  kUnsupported =
      205,       // Well formed, but of a part of the protocol this version does not carry out.
  kStale = 206,  // The session is not this one; say hello again.
  // Invalid: counted, nothing stored under the id.
  kMalformed = 300,
  kTooLarge = 301,
  kSignature = 302,
  kKeyUnknown = 303,
  kForeignSender = 304,  // Not an agency of this link's host.
  kPartnership = 305,
  kSuite = 306,
  kDigest = 307,  // An opening does not match the header.
  kSenderSuspended = 308,
  kDocument = 309,        // A document that does not parse, verify or follow the one in force.
  kReceiptUnknown = 310,  // A receipt for a grant this broker never accepted for that recipient.
  kNotEntitled = 311,     // Not yours, or not there: one answer for both.
};

std::string_view NameOf(Code code);

// One thing that stood in the way: which recipient and section, under which rule.
struct Objection {
  AgencyId recipient;
  Role role;
  std::string section;
  RuleId rule;

  friend bool operator==(const Objection&, const Objection&) = default;
};

struct Accepted {
  PartProof proof;             // The sender's own part of the entry, with its position.
  bool ahead_of_time = false;  // `created` was over 10 minutes ahead of the broker's clock.

  friend bool operator==(const Accepted&, const Accepted&) = default;
};

struct Refused {
  Code code = Code::kPolicyDenies;
  std::vector<Objection> objections;
  PartProof proof;

  friend bool operator==(const Refused&, const Refused&) = default;
};

struct Deferred {
  Code code = Code::kOverload;
  Milliseconds retry_after{0};

  friend bool operator==(const Deferred&, const Deferred&) = default;
};

struct Invalid {
  Code code = Code::kMalformed;

  friend bool operator==(const Invalid&, const Invalid&) = default;
};

using Answer = std::variant<Accepted, Refused, Deferred, Invalid>;

}  // namespace havenline
