// Receipts, voids, recalls, statements and looks whose signature holds for the key they name.
// Pure; runs on any number of workers at once, each with a memory of its own.

#pragma once

#include <variant>

#include "broker/verify/verified_envelope.h"
#include "schema/model/answer.h"
#include "schema/model/look.h"
#include "schema/model/receipt.h"
#include "schema/model/statement.h"
#include "schema/tlog/signature_memory.h"

namespace havenline {

// A value whose signature was checked. Only the functions below make one.
template <class Signed>
class Verified {
 public:
  const Signed& operator*() const { return value_; }
  const Signed* operator->() const { return &value_; }

 private:
  explicit Verified(Signed value) : value_(std::move(value)) {}

  template <class T>
  friend std::variant<Verified<T>, Invalid> VerifySigned(T value, const PartnershipId& partnership,
                                                         const KeyLookup& keys,
                                                         tlog::SignatureMemory& memory);

  Signed value_;
};

using VerifiedReceipt = Verified<SignedReceipt>;
using VerifiedVoid = Verified<SignedVoid>;
using VerifiedStatement = Verified<SignedStatement>;
using VerifiedLook = Verified<SignedLook>;

namespace verify_detail {
std::optional<Code> Check(const SignedReceipt& value, const PartnershipId& partnership,
                          const KeyLookup& keys, tlog::SignatureMemory& memory);
std::optional<Code> Check(const SignedVoid& value, const PartnershipId& partnership,
                          const KeyLookup& keys, tlog::SignatureMemory& memory);
std::optional<Code> Check(const SignedStatement& value, const PartnershipId& partnership,
                          const KeyLookup& keys, tlog::SignatureMemory& memory);
std::optional<Code> Check(const SignedLook& value, const PartnershipId& partnership,
                          const KeyLookup& keys, tlog::SignatureMemory& memory);
}  // namespace verify_detail

template <class T>
std::variant<Verified<T>, Invalid> VerifySigned(T value, const PartnershipId& partnership,
                                                const KeyLookup& keys,
                                                tlog::SignatureMemory& memory) {
  if (const auto complaint = verify_detail::Check(value, partnership, keys, memory))
    return Invalid{*complaint};
  return Verified<T>(std::move(value));
}

// One alone.
template <class T>
std::variant<Verified<T>, Invalid> VerifySigned(T value, const PartnershipId& partnership,
                                                const KeyLookup& keys) {
  tlog::SignatureMemory memory;
  return VerifySigned(std::move(value), partnership, keys, memory);
}

}  // namespace havenline
