// What agencies of the test partnership sign besides messages: receipts, voids, looks; and messages
// changed and made whole again, so that a test can break exactly one thing.

#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "schema/model/envelope.h"
#include "schema/model/look.h"
#include "schema/model/receipt.h"
#include "schema/seal/labels.h"
#include "tests/fakes/partnership.h"

namespace havenline {

// What the recipient of that grant would say of it. Not yet signed: a test may change it.
Receipt DraftReceipt(const Envelope& envelope, std::size_t grant, ReceiptKind kind, TimePoint time);
// Signed by the recipient it names, all under one signature; `key` is filled in.
std::vector<SignedReceipt> SignReceipts(const TestPartnership& partnership,
                                        std::vector<Receipt> drafts);
SignedReceipt SignReceipt(const TestPartnership& partnership, Receipt draft);

// "The numbers 1 to `last` were given; these were voided."
SignedVoid SignVoid(const TestPartnership& partnership, const AgencyId& sender,
                    const AgencyId& recipient, std::vector<std::uint64_t> voided);

// A look of the agency's at so many entries of epoch 1, signed under `label`.
Look DraftLook(const AgencyId& agency, const Role& role, std::uint64_t first, std::uint64_t count);
SignedLook SignLook(const TestPartnership& partnership, Look draft,
                    std::string_view label = seal::labels::kLook);

// An envelope whose fields a test changes, and which is then made to hold together again.
class Forge {
 public:
  explicit Forge(const Envelope& envelope);

  Envelope& envelope() { return envelope_; }
  Header& header() { return envelope_.header; }
  Grant& grant(std::size_t i) { return envelope_.grants.at(i); }

  // Writes the header's bytes from its fields and signs them; digests stay as they are.
  Envelope Signed(const TestPartnership& partnership,
                  seal::Purpose purpose = seal::Purpose::kEnvelope);
  // The same after computing every digest anew: whole but for what the test made of its meaning.
  Envelope Whole(const TestPartnership& partnership);

 private:
  void Rehash();

  Envelope envelope_;
  std::vector<Digest> fillers_;
};

// The bytes in which it is submitted.
Composed ComposedOf(Envelope envelope);

}  // namespace havenline
