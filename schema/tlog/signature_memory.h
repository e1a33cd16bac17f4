// SignatureMemory: tree signatures that verified a moment ago. Who signs many texts under one root
// sends them together, and one look at the signature answers for all of them.
//
// Only exact matches count: the same key, purpose, tree size, root and signature bytes. So what it
// says is what VerifyOneOf() would say, also after the key was retired or revoked, which is judged
// elsewhere. Of one worker; not thread-safe.

#pragma once

#include <array>
#include <cstddef>

#include "schema/base/bytes.h"
#include "schema/model/envelope.h"
#include "schema/seal/signing.h"

namespace havenline::tlog {

class SignatureMemory {
 public:
  // As tlog::VerifyOneOf(). Remembers what verified, unless the signature is of one text alone: it
  // does not come twice.
  bool VerifyOneOf(const seal::VerifyKey& key, seal::Purpose purpose, ByteView text,
                   const TreeSignature& signature);

 private:
  // Several hosts' frames at once; more would only make the search longer.
  static constexpr std::size_t kRemembered = 64;

  bool Knows(const Digest& verified) const;

  std::array<Digest, kRemembered> verified_{};  // Zeros are nobody's SHA-256.
  std::size_t next_ = 0;                        // The oldest goes.
};

}  // namespace havenline::tlog
