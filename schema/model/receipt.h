// Receipts, voids and recalls: the small signed statements that travel beside messages.

#pragma once

#include <optional>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/model/envelope.h"
#include "schema/model/ids.h"

namespace havenline {

enum class ReceiptKind : std::uint8_t {
  kStored,        // Durable at the recipient; nobody has seen it.
  kOpened,        // A person there read it.
  kAcknowledged,  // A person there took it on. Ends the message for this recipient (D5).
  kToldByVoice,   // A person at the sender told them; ends it too.
  kNotOurs,       // A person there says it is not for them.
  kUnreadable,    // Failed between parsing and opening: one code for all failures before opening.
  kClaimsDiffer,  // Opened, but a claim is not what the section says.
  kWithheld,      // The recipient's current policy forbids what the header's allowed.
  kRecalled,      // A recall was carried out here.
};

struct Receipt {
  PartnershipId partnership;
  AgencyId recipient;
  Role role;
  AgencyId sender;
  MessageId origin;
  MessageId message;
  Digest grant{};
  ReceiptKind kind = ReceiptKind::kStored;
  TimePoint time;
  std::optional<Pseudonym> person;  // Who acted, where a person did.
  Digest previous{};  // Hash of the recipient's previous receipt to this sender; zeros first.
  KeyId key;

  friend bool operator==(const Receipt&, const Receipt&) = default;
};

struct SignedReceipt {
  Bytes bytes;  // As carried and signed.
  Receipt receipt;
  TreeSignature signature;

  friend bool operator==(const SignedReceipt&, const SignedReceipt&) = default;
};

// "These numbers you will never see": so a refused message leaves no gap, and a lost tail shows.
struct Void {
  PartnershipId partnership;
  AgencyId sender;
  AgencyId recipient;
  Lane lane = Lane::kUrgent;
  SeriesId series;
  std::uint64_t last_given = 0;
  std::vector<std::uint64_t> voided;
  KeyId key;

  friend bool operator==(const Void&, const Void&) = default;
};

struct SignedVoid {
  Bytes bytes;
  Void value;
  Signature signature{};

  friend bool operator==(const SignedVoid&, const SignedVoid&) = default;
};

// A sender's request that recipients stop showing a message. A statement, not a proof of deletion.
struct Recall {
  PartnershipId partnership;
  AgencyId sender;
  MessageId origin;
  std::vector<Digest> grants;
  TimePoint time;
  KeyId key;

  friend bool operator==(const Recall&, const Recall&) = default;
};

struct SignedRecall {
  Bytes bytes;
  Recall value;
  Signature signature{};

  friend bool operator==(const SignedRecall&, const SignedRecall&) = default;
};

}  // namespace havenline
