#include "schema/seal/digests.h"

#include "schema/seal/hash.h"
#include "schema/seal/joined.h"
#include "schema/seal/labels.h"

namespace havenline::seal {

Digest SectionDigest(const SectionOpening& opening) {
  return Sha256(Joined(labels::kSectionDigest)
                    .Add(ByteView(opening.salt))
                    .Add(opening.name)
                    .Add(std::uint64_t{opening.size})
                    .Add(ByteView(opening.sealed_hash))
                    .Add(ByteView(opening.commit))
                    .bytes());
}

Digest ClaimDigest(const ClaimOpening& opening) {
  return Sha256(Joined(labels::kClaim)
                    .Add(ByteView(opening.salt))
                    .Add(opening.name)
                    .Add(opening.value)
                    .bytes());
}

Digest BrokersPartDigest(const Salt& salt, ByteView brokers_bytes) {
  return Sha256(Joined(labels::kBrokersPart).Add(ByteView(salt)).Add(brokers_bytes).bytes());
}

Digest GrantInfo(const Digest& core, ByteView clear_bytes) {
  return Sha256(Joined(labels::kGrant).Add(ByteView(core)).Add(clear_bytes).bytes());
}

Digest GrantDigest(const Grant& grant) {
  return Sha256(Joined(labels::kGrantDigest)
                    .Add(grant.clear_bytes)
                    .Add(ByteView(grant.enc))
                    .Add(grant.ciphertext)
                    .bytes());
}

Digest PartDigest(const Salt& salt, ByteView part) {
  return Sha256(Joined(labels::kPart).Add(ByteView(salt)).Add(part).bytes());
}

Digest EntryDigest(const std::vector<Digest>& sorted_parts) {
  Joined joined(labels::kEntry);
  for (const Digest& part : sorted_parts) joined.Add(ByteView(part));
  return Sha256(joined.bytes());
}

Digest ThreadMark(ByteView thread_secret, const MessageId& id) {
  return HmacSha256(thread_secret, id.value());
}

}  // namespace havenline::seal
