#include "schema/seal/word.h"

#include "schema/seal/joined.h"
#include "schema/seal/labels.h"

namespace havenline::seal {

Signature SignWord(const SigningKey& release_key, ByteView word_bytes) {
  return release_key.Sign(Joined(labels::kRelease).Add(word_bytes).bytes());
}

bool WordHolds(const VerifyKey& release_key, ByteView word_bytes, const Signature& signature) {
  return Verify(release_key, Joined(labels::kRelease).Add(word_bytes).bytes(), signature);
}

}  // namespace havenline::seal
