// What the targets share: one partnership, whose messages and documents are the only genuine ones,
// and what holds of every fault.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "broker/verify/verified_envelope.h"
#include "schema/base/result.h"
#include "schema/model/envelope.h"
#include "schema/model/look.h"
#include "schema/model/receipt.h"
#include "schema/model/statement.h"
#include "tests/fakes/partnership.h"

namespace havenline::fuzz {

// Words that seeds put where persons' data stands: they must never come out in words for logs.
inline constexpr std::string_view kCanary = "Zq7Canary";

// Made once, the same in every run.
const TestPartnership& Partnership();
KeyLookup PartnershipKeys();

// Every message that the partnership's police ever sent. Whatever else verifies is forged.
const std::vector<Envelope>& GenuineEnvelopes();
// The one with that header, or nullptr.
const Envelope* GenuineWith(ByteView header_bytes);

// Everything else that was ever signed: what a receipt, void, recall or statement signs.
struct GenuineItems {
  std::vector<SignedReceipt> receipts;
  std::vector<SignedVoid> voids;
  std::vector<SignedRecall> recalls;
  std::vector<SignedStatement> statements;
  std::vector<SignedLook> looks;
};
const GenuineItems& Genuine();
bool IsGenuineItem(ByteView signed_bytes);

// Every note that its governance and its log ever signed.
const std::vector<std::string>& GenuineNotes();

// CHECKs that a fault may stand in a log: not empty, bounded, UTF-8, and no control character but
// line ends.
void CheckFault(const Fault& fault);

std::string RepositoryFile(const std::string& path);

}  // namespace havenline::fuzz
