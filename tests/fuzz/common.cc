#include "tests/fuzz/common.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "schema/base/check.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/seal/joined.h"
#include "schema/tlog/checkpoint.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/signed_items.h"

namespace havenline::fuzz {
namespace {

// A policy lists up to 20 problems, each with the names that it is about.
constexpr std::size_t kFaultBytesMax = 64U << 10U;

bool MayStandInALog(char c) { return c == '\n' || (c != '\x7F' && (c < 0 || c >= ' ')); }

SignedRecall SignedRecallOf(const Envelope& envelope) {
  const seal::SigningKey& key = Partnership().Key(kPolice, seal::Purpose::kRecall);
  SignedRecall recall;
  recall.value = {.partnership = kTestPartnership,
                  .sender = kPolice,
                  .origin = envelope.header.origin,
                  .grants = {seal::GrantDigest(envelope.grants[0])},
                  .time = kNight,
                  .key = seal::KeyIdOf("recall", key.public_key())};
  recall.bytes = wire::EncodeRecall(recall.value);
  recall.signature =
      key.Sign(seal::Joined(seal::LabelOf(seal::Purpose::kRecall)).Add(recall.bytes).bytes());
  return recall;
}

// A school's second word on itself: with terms, holidays and a key that retires.
SignedStatement TermTimeStatement() {
  const SignedStatement first = Partnership().StatementOf(kSchoolB);
  const Day autumn(std::chrono::year(2026) / 9 / 2);
  AgencyStatement statement = first.statement;
  statement.counter = 2;
  statement.previous = seal::Sha256(first.bytes);
  statement.keys.front().state = RecipientKey::State::kRetiring;
  statement.calendar.terms = {{autumn, autumn + std::chrono::days(110)}};
  statement.calendar.closures = {{autumn + std::chrono::days(54), autumn + std::chrono::days(58)}};
  statement.alternate = kCouncil;
  return Partnership().SignStatementOf(std::move(statement));
}

}  // namespace

const TestPartnership& Partnership() {
  static const TestPartnership kPartnership;
  return kPartnership;
}

KeyLookup PartnershipKeys() {
  return [](const AgencyId& agency, seal::Purpose purpose,
            const KeyId& id) -> std::optional<seal::VerifyKey> {
    const AgencyKey* const key = Partnership().directory().FindKey(agency, purpose, id);
    if (key == nullptr) return std::nullopt;
    return key->key;
  };
}

const std::vector<Envelope>& GenuineEnvelopes() {
  static const std::vector<Envelope> kEnvelopes = [] {
    CountedRandom random(1);
    const std::vector<std::vector<Recipient>> all = {
        {{kSchoolA, kSchoolRole}},
        {{kSchoolA, kSchoolRole}, {kSchoolB, kSchoolRole}, {kCouncil, kServicesRole}}};
    std::vector<Envelope> envelopes;
    for (const auto& recipients : all)
      envelopes.push_back(Partnership().Compose(recipients, random, kNight).envelope);
    return envelopes;
  }();
  return kEnvelopes;
}

const Envelope* GenuineWith(ByteView header_bytes) {
  for (const Envelope& envelope : GenuineEnvelopes())
    if (Equal(envelope.header_bytes, header_bytes)) return &envelope;
  return nullptr;
}

const GenuineItems& Genuine() {
  static const GenuineItems kItems = [] {
    const Envelope& envelope = GenuineEnvelopes().back();
    GenuineItems items;
    std::vector<Receipt> drafts;
    for (const ReceiptKind kind : {ReceiptKind::kStored, ReceiptKind::kOpened}) {
      drafts.push_back(DraftReceipt(envelope, 0, kind, kNight));
      drafts.back().person = Pseudonym("p-1");
    }
    items.receipts = SignReceipts(Partnership(), drafts);
    items.receipts.push_back(
        SignReceipt(Partnership(), DraftReceipt(envelope, 1, ReceiptKind::kAcknowledged, kNight)));
    items.voids = {SignVoid(Partnership(), kPolice, kSchoolA, {1, 3, 4}),
                   SignVoid(Partnership(), kPolice, kSchoolB, {})};
    items.recalls = {SignedRecallOf(envelope)};
    items.statements = {Partnership().StatementOf(kSchoolA), TermTimeStatement()};
    items.looks = {SignLook(Partnership(), DraftLook(kCouncil, kServicesRole, 0, 100))};
    return items;
  }();
  return kItems;
}

bool IsGenuineItem(ByteView signed_bytes) {
  const auto is_among = [&](const auto& items) {
    return std::ranges::any_of(items,
                               [&](const auto& item) { return Equal(item.bytes, signed_bytes); });
  };
  return is_among(Genuine().receipts) || is_among(Genuine().voids) || is_among(Genuine().recalls) ||
         is_among(Genuine().statements) || is_among(Genuine().looks);
}

const std::vector<std::string>& GenuineNotes() {
  static const std::vector<std::string> kNotes = {
      tlog::MakeCheckpoint(kTestPartnership, {1, 8, Digest{3}}, Partnership().log_signer()),
      Partnership().OpeningNote(), Partnership().SuspensionNote(kSchoolA, 1, false),
      Partnership().SuspensionNote(kSchoolA, 2, true)};
  return kNotes;
}

void CheckFault(const Fault& fault) {
  CHECK(!fault.detail.empty() && fault.detail.size() <= kFaultBytesMax);
  CHECK(IsUtf8(fault.detail));
  CHECK(std::ranges::all_of(fault.detail, MayStandInALog));
}

std::string RepositoryFile(const std::string& path) {
  std::ifstream file(std::string(HAVENLINE_SOURCE) + "/" + path, std::ios::binary);
  CHECK(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace havenline::fuzz
