#include "agents/link/word_check.h"

#include "schema/seal/digests.h"
#include "schema/seal/word.h"
#include "schema/wire/word_codec.h"

namespace havenline {

bool IsBrokers(const SignedWord& word, const Directory& directory) {
  return word.word.partnership == directory.partnership() &&
         seal::WordHolds(directory.broker_release_key(), word.bytes, word.signature);
}

std::optional<BrokersWord> ReleaseOf(const Delivery& delivery, const Directory& directory) {
  const auto signed_word = wire::ParseSignedWord(delivery.release);
  if (!signed_word || !IsBrokers(*signed_word, directory)) return std::nullopt;
  const BrokersWord& word = signed_word->word;
  const bool fits = word.kind == WordKind::kReleased && word.to == delivery.grant.clear.recipient &&
                    word.message == delivery.header.id && word.origin == delivery.header.origin &&
                    word.grant == seal::GrantDigest(delivery.grant);
  return fits ? std::optional(word) : std::nullopt;
}

}  // namespace havenline
