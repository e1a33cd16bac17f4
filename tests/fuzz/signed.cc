// Receipts, voids, recalls, statements and looks: read again they are the same, nothing verifies
// but what was signed, and a statement that its agency did sign spoils neither the book nor a
// deadline.

#include <algorithm>

#include "agents/link/deadline.h"
#include "broker/verify/verified_receipt.h"
#include "schema/base/check.h"
#include "schema/wire/statement_codec.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

template <class T, class Parse, class Encode>
std::optional<T> ReadTwice(ByteView input, Parse parse, Encode encode) {
  Result<T> value = parse(input);
  if (!value) {
    CheckFault(value.error());
    return std::nullopt;
  }
  const Result<T> again = parse(encode(*value));
  CHECK(again.has_value() && *again == *value);
  return *std::move(value);
}

// Only seeds were ever signed.
template <class T>
bool VerifiesOnlyIfGenuine(const T& value) {
  const auto verified = VerifySigned(value, kTestPartnership, PartnershipKeys());
  if (std::holds_alternative<Invalid>(verified)) return false;
  CHECK(IsGenuineItem(value.bytes));
  return true;
}

void CheckDeadlines(const Calendar& calendar) {
  for (const bool before_ready : {false, true}) {
    policy::Deadline deadline;
    deadline.before_ready = before_ready;
    deadline.after = std::chrono::minutes(60);
    deadline.move_max = std::chrono::days(50);
    const auto stated = DeadlineFor(deadline, &calendar, kNight);
    const auto usual = DeadlineFor(deadline, nullptr, kNight);
    CHECK(usual.has_value());
    if (!stated) {
      CheckFault(stated.error());
      continue;
    }
    CHECK(*stated > kNight);
    // A weekend more, since its zone may be a day ahead of ours or behind.
    CHECK(*stated <= *usual + deadline.move_max + std::chrono::days(4));
  }
}

void TrySignedAnew(AgencyStatement statement) {
  static const std::vector<AgencyId> kAgencies = {kPolice, kSchoolA, kSchoolB, kSchoolC, kCouncil};
  if (std::ranges::find(kAgencies, statement.agency) == kAgencies.end()) return;
  const SignedStatement anew = Partnership().SignStatementOf(std::move(statement));
  const auto verified = VerifySigned(anew, kTestPartnership, PartnershipKeys());
  if (std::holds_alternative<Invalid>(verified)) return;
  StatementBook book = Partnership().statements();
  const auto taken = book.Apply(anew);
  if (!taken) {
    CheckFault(taken.error());
    book.ApplyNewer(anew);
  }
  const AgencyStatement* const now = book.Find(anew.statement.agency);
  CHECK(now != nullptr);
  for (const RecipientKey& key : now->keys) {
    const auto recipient = book.RecipientOf(now->agency, key.role);
    if (!recipient) continue;
    const auto state = book.StateOf(now->agency, key.role, recipient->id);
    CHECK(state == RecipientKey::State::kCurrent && recipient->statement == now->counter);
  }
  CheckDeadlines(anew.statement.calendar);
}

}  // namespace

bool TrySigned(ByteView input) {
  if (const auto receipt =
          ReadTwice<SignedReceipt>(input, wire::ParseSignedReceipt, wire::EncodeSignedReceipt)) {
    if (VerifiesOnlyIfGenuine(*receipt)) return true;
  }
  if (const auto value =
          ReadTwice<SignedVoid>(input, wire::ParseSignedVoid, wire::EncodeSignedVoid)) {
    if (VerifiesOnlyIfGenuine(*value)) return true;
  }
  const auto recall =
      ReadTwice<SignedRecall>(input, wire::ParseSignedRecall, wire::EncodeSignedRecall);
  if (recall && IsGenuineItem(recall->bytes)) return true;
  if (const auto statement = ReadTwice<SignedStatement>(input, wire::ParseSignedStatement,
                                                        wire::EncodeSignedStatement)) {
    TrySignedAnew(statement->statement);
    if (VerifiesOnlyIfGenuine(*statement)) return true;
  }
  const auto look = ReadTwice<SignedLook>(input, wire::ParseSignedLook, wire::EncodeSignedLook);
  return look && VerifiesOnlyIfGenuine(*look);
}

}  // namespace havenline::fuzz
