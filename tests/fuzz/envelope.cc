// Nothing verifies but what the sender signed, and whatever a hostile sender does sign, the broker
// and a recipient say the same of it.

#include <algorithm>
#include <memory>

#include "agents/link/open.h"
#include "broker/decide/decide.h"
#include "schema/base/check.h"
#include "schema/wire/envelope_codec.h"
#include "tests/fakes/signed_items.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

const Standing& InForce() {
  static const Standing kStanding = [] {
    Standing standing;
    standing.directory = std::make_shared<const Directory>(Partnership().directory());
    // The partnership's own, and outlived by it.
    standing.policy = {std::shared_ptr<void>(), &Partnership().policy()};
    standing.statements = Partnership().statements();
    return standing;
  }();
  return kStanding;
}

std::variant<VerifiedEnvelope, Invalid> Verify(const Envelope& envelope) {
  return VerifiedEnvelope::Verify(envelope, kTestPartnership, PartnershipKeys());
}

// Nobody but us has the key: what verifies is a message of ours, and nothing read of it is changed.
bool VerifiesOnlyIfGenuine(const Envelope& envelope) {
  const auto verified = Verify(envelope);
  if (!std::holds_alternative<VerifiedEnvelope>(verified)) return false;
  const Envelope* const genuine = GenuineWith(envelope.header_bytes);
  CHECK(genuine != nullptr && envelope == *genuine);
  return true;
}

// What the broker permits, its recipient must not find to be beyond the policy or mis-signed: it
// may only find that it does not open, since nobody knows the keys inside.
void CheckAtRecipient(const Envelope& envelope, std::size_t grant) {
  const auto opened =
      OpenDelivery(Partnership().DeliveryOf(envelope, grant), Partnership().ReceiverViewOf());
  if (const auto* const no = std::get_if<NotOpened>(&opened))
    CHECK(no->why == Unshown::kUnreadable && no->detail == "opening");
}

// Default deny (C2), looked up again for each grant.
void CheckPermit(const VerifiedEnvelope& message, const Permit& permit) {
  const Header& header = message->header;
  const policy::Exchange* const exchange = InForce().policy->Find(header.exchange);
  CHECK(exchange != nullptr && permit.grants.size() == message->grants.size());
  for (std::size_t i = 0; i < permit.grants.size(); ++i) {
    const ClearPart& clear = message->grants[i].clear;
    // A held one is judged by what is shared under its condition, and opens only with the broker's
    // word of its release.
    if (clear.condition.kind != Condition::Kind::kNone) continue;
    const policy::Cell& cell = InForce().policy->Look(
        {header.exchange, header.sender, header.role, clear.role, message->claims, header.created});
    const auto opened = exchange->SetOf(clear.openings);
    CHECK(opened.has_value() && (*opened & ~cell.sections) == 0);
    CHECK(permit.grants[i].rule == cell.rule);
    CHECK(permit.grants[i].released.size() == clear.openings.size());
    CheckAtRecipient(*message, i);
  }
}

}  // namespace

bool TryEnvelope(ByteView input) {
  const auto envelope = wire::ParseEnvelope(input);
  if (!envelope) {
    CheckFault(envelope.error());
    return false;
  }
  const auto again = wire::ParseEnvelope(wire::EncodeEnvelope(*envelope));
  CHECK(again.has_value() && *again == *envelope);
  const bool genuine = VerifiesOnlyIfGenuine(*envelope);

  const Envelope forged = Forge(*envelope).Whole(Partnership());
  const auto reread = wire::ParseEnvelope(wire::EncodeEnvelope(forged));
  if (!reread) return false;  // Put together from what each could be read, it has grown too large.
  CHECK(*reread == forged);
  const auto verified = Verify(forged);
  const auto* const message = std::get_if<VerifiedEnvelope>(&verified);
  if (message == nullptr) {
    CHECK(std::get<Invalid>(verified).code != Code::kDigest || !genuine);
    return false;
  }
  const Decision decision = Decide(*message, InForce(), kNight + std::chrono::seconds(1));
  const auto* const permit = std::get_if<Permit>(&decision);
  if (permit != nullptr) CheckPermit(*message, *permit);
  return genuine && permit != nullptr;
}

}  // namespace havenline::fuzz
