// The parts of entries: what each party may know of a fact, as canonical JSON. docs/protocol.md
// lists the fields. Pure.

#pragma once

#include <span>
#include <string>

#include "broker/commit/invalid_book.h"
#include "broker/commit/store.h"
#include "broker/decide/decide.h"
#include "broker/verify/verified_envelope.h"
#include "broker/verify/verified_receipt.h"
#include "schema/base/bytes.h"
#include "schema/base/clock.h"

namespace havenline::parts {

Bytes AcceptedForSender(const VerifiedEnvelope& message, const Permit& permit, TimePoint now);
Bytes AcceptedForGrant(const VerifiedEnvelope& message, const GrantDecision& decision,
                       std::size_t index, TimePoint now);
Bytes Refused(const VerifiedEnvelope& message, const Denial& denial, TimePoint now);

// Receipts that share an entry; all of one recipient. At most limits::kReceiptsPerEntryMax.
Bytes Receipts(std::span<const VerifiedReceipt* const> receipts, TimePoint now);

// Items that were turned away as invalid: one, or so many in the minute that began then.
Bytes Invalid(const InvalidBook::Count& invalid, TimePoint now);

Bytes Overdue(const GrantRecord& grant, TimePoint now);
// A held grant's condition came true. Its sender is also told which grant it watched.
Bytes Released(const GrantRecord& grant, bool for_sender, TimePoint now);
// The one that a released grant watched has answered since.
Bytes StoodDown(const GrantRecord& grant, TimePoint now);

struct ClosedGrant {
  const GrantRecord* grant;
  bool may_arrive = false;
};
// Why, and the entry that says so: a suspension, or the policy that forbids it now.
struct CloseCause {
  Code why = Code::kRecipientSuspended;
  Position by;
};
// Of one sender and one recipient: at most limits::kReceiptsPerEntryMax.
Bytes Undeliverable(std::span<const ClosedGrant> closed, const CloseCause& cause, TimePoint now);

Bytes Voided(const VerifiedVoid& value, TimePoint now);
Bytes Stated(const VerifiedStatement& statement, TimePoint now);
// By which rules of the policy in force.
Bytes Looked(const VerifiedLook& look, const std::string& rules, TimePoint now);

}  // namespace havenline::parts
