// Receipts, voids, recalls and statements whose signature holds for the key they name.
// Pure; runs on any number of workers at once.

#pragma once

#include <variant>

#include "broker/verify/verified_envelope.h"
#include "schema/model/answer.h"
#include "schema/model/receipt.h"
#include "schema/model/statement.h"

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
                                                         const KeyLookup& keys);

  Signed value_;
};

using VerifiedReceipt = Verified<SignedReceipt>;
using VerifiedVoid = Verified<SignedVoid>;
using VerifiedStatement = Verified<SignedStatement>;

namespace verify_detail {
std::optional<Code> Check(const SignedReceipt& value, const PartnershipId& partnership,
                          const KeyLookup& keys);
std::optional<Code> Check(const SignedVoid& value, const PartnershipId& partnership,
                          const KeyLookup& keys);
std::optional<Code> Check(const SignedStatement& value, const PartnershipId& partnership,
                          const KeyLookup& keys);
}  // namespace verify_detail

template <class T>
std::variant<Verified<T>, Invalid> VerifySigned(T value, const PartnershipId& partnership,
                                                const KeyLookup& keys) {
  if (const auto complaint = verify_detail::Check(value, partnership, keys))
    return Invalid{*complaint};
  return Verified<T>(std::move(value));
}

}  // namespace havenline
