// Nothing opens but what the sender sealed, whatever was changed on the way and whoever signed it.

#include <algorithm>
#include <array>

#include "agents/link/open.h"
#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/seal/digests.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/envelope_codec.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

using Contents = std::map<std::string, Bytes>;

Contents ContentsOf(const Opened& opened) {
  Contents contents;
  for (const auto& [name, content] : opened.sections)
    contents.emplace(name, ToBytes(content.ExposeSecret()));
  return contents;
}

// What one grant of a genuine message opens.
struct Sealed {
  Delivery delivery;
  Contents contents;
};

const std::vector<Sealed>& EverythingSealed() {
  static const std::vector<Sealed> kAll = [] {
    std::vector<Sealed> all;
    for (const Envelope& envelope : GenuineEnvelopes()) {
      for (std::size_t i = 0; i < envelope.grants.size(); ++i) {
        Delivery delivery = Partnership().DeliveryOf(envelope, i);
        const auto opened = OpenDelivery(delivery, Partnership().ReceiverViewOf());
        all.push_back({std::move(delivery), ContentsOf(std::get<Opened>(opened))});
      }
    }
    return all;
  }();
  return kAll;
}

const Sealed& SealedAs(const Grant& grant) {
  const auto found = std::ranges::find_if(
      EverythingSealed(), [&](const Sealed& sealed) { return sealed.delivery.grant == grant; });
  CHECK(found != EverythingSealed().end());
  return *found;
}

// What opens is what was sealed: the same grant with the same contents, under a header that says of
// them what the sealing binds.
bool OpensOnlyWhatWasSealed(const Delivery& delivery) {
  const auto opened = OpenDelivery(delivery, Partnership().ReceiverViewOf());
  if (!std::holds_alternative<Opened>(opened)) return false;
  const Sealed& sealed = SealedAs(delivery.grant);
  CHECK(ContentsOf(std::get<Opened>(opened)) == sealed.contents);
  const Header& header = delivery.header;
  const Header& was = sealed.delivery.header;
  CHECK(header.partnership == was.partnership && header.id == was.id);
  CHECK(header.sender == was.sender && header.exchange == was.exchange);
  CHECK(header.version == was.version && header.policy == was.policy);
  return true;
}

// Signed by a sender that says of the parts whatever they are: the digests are no hindrance then.
Delivery SignedAnew(Delivery delivery) {
  Header& header = delivery.header;
  for (const SectionOpening& opening : delivery.sections)
    if (header.sections.size() < limits::kSectionsMax)
      header.sections.push_back(seal::SectionDigest(opening));
  for (const ClaimOpening& claim : delivery.claims)
    if (header.claims.size() < limits::kClaimsMax)
      header.claims.push_back(seal::ClaimDigest(claim));
  header.grants = {seal::GrantDigest(delivery.grant)};
  delivery.header_bytes = wire::EncodeHeader(header);
  delivery.signature =
      tlog::SignTogether(Partnership().Key(kPolice, seal::Purpose::kEnvelope),
                         seal::Purpose::kEnvelope, std::array{delivery.header_bytes})
          .front();
  return delivery;
}

}  // namespace

bool TryDelivery(ByteView input) {
  const auto delivery = wire::ParseDelivery(input);
  if (!delivery) {
    CheckFault(delivery.error());
    return false;
  }
  const auto again = wire::ParseDelivery(wire::EncodeDelivery(*delivery));
  CHECK(again.has_value() && *again == *delivery);
  const bool opens = OpensOnlyWhatWasSealed(*delivery);
  if (opens) CHECK(GenuineWith(delivery->header_bytes) != nullptr);
  OpensOnlyWhatWasSealed(SignedAnew(*delivery));
  return opens;
}

}  // namespace havenline::fuzz
