#include "schema/tlog/signature_memory.h"

#include <algorithm>

#include "schema/seal/hash.h"
#include "schema/tlog/signed_tree.h"

namespace havenline::tlog {

bool SignatureMemory::VerifyOneOf(const seal::VerifyKey& key, seal::Purpose purpose, ByteView text,
                                  const TreeSignature& signature) {
  if (signature.size == 1) return tlog::VerifyOneOf(key, purpose, text, signature);
  // The text that was signed begins with the purpose's label.
  const auto signed_text = SignedText(purpose, text, signature);
  if (!signed_text) return false;
  Bytes all = ToBytes(ByteView(key));
  Append(all, signature.signature);
  Append(all, *signed_text);  // Last: the others have fixed lengths.
  const Digest exact = seal::Sha256(all);
  if (Knows(exact)) return true;
  if (!seal::Verify(key, *signed_text, signature.signature)) return false;
  verified_.at(next_) = exact;
  next_ = (next_ + 1) % kRemembered;
  return true;
}

bool SignatureMemory::Knows(const Digest& verified) const {
  return std::ranges::find(verified_, verified) != verified_.end();
}

}  // namespace havenline::tlog
