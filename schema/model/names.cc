#include "schema/model/names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "schema/base/check.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

constexpr std::array<std::pair<ReceiptKind, std::string_view>, 9> kReceiptKinds = {{
    {ReceiptKind::kStored, "stored"},
    {ReceiptKind::kOpened, "opened"},
    {ReceiptKind::kAcknowledged, "acknowledged"},
    {ReceiptKind::kToldByVoice, "told-by-voice"},
    {ReceiptKind::kNotOurs, "not-ours"},
    {ReceiptKind::kUnreadable, "unreadable"},
    {ReceiptKind::kClaimsDiffer, "claims-differ"},
    {ReceiptKind::kWithheld, "withheld"},
    {ReceiptKind::kRecalled, "recalled"},
}};

// In the order of LookReason.
constexpr std::array<std::string_view, 6> kLookReasons = {
    "routine", "sample", "complaint", "subject-request", "breach", "inspection"};

}  // namespace

bool IsName(std::string_view text) {
  constexpr std::string_view kMarks = "._-+";
  if (text.empty() || text.size() > limits::kNameBytesMax) return false;
  bool begins = true;  // Each piece between slashes begins as the name does, so that none is "..".
  for (const char c : text) {
    const bool inside = c == '/' || kMarks.find(c) != std::string_view::npos;
    if (!IsAlphanumeric(c) && (begins || !inside)) return false;
    begins = c == '/';
  }
  return !begins;
}

std::string_view NameOf(ReceiptKind kind) {
  for (const auto& [value, name] : kReceiptKinds) {
    if (value == kind) return name;
  }
  return "unknown";
}

std::optional<ReceiptKind> ReceiptKindNamed(std::string_view name) {
  for (const auto& [value, known] : kReceiptKinds) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string_view NameOf(LookReason reason) {
  return kLookReasons.at(static_cast<std::size_t>(reason));
}

std::optional<LookReason> LookReasonNamed(std::string_view name) {
  const auto* const found = std::ranges::find(kLookReasons, name);
  if (found == kLookReasons.end()) return std::nullopt;
  return static_cast<LookReason>(found - kLookReasons.begin());
}

std::string_view NameOf(Lane lane) { return lane == Lane::kUrgent ? "urgent" : "normal"; }

std::string_view NameOf(WordKind kind) {
  switch (kind) {
    case WordKind::kReleased:
      return "released";
    case WordKind::kStoodDown:
      return "stood-down";
    case WordKind::kUndeliverable:
      return "undeliverable";
  }
  return "unknown";
}

// A switch, so that the compiler misses a new code here. NOLINTNEXTLINE(readability-function-size)
std::string_view NameOf(Code code) {
  switch (code) {
    case Code::kPolicyDenies:
      return "policy-denies";
    case Code::kRequiredMissing:
      return "required-missing";
    case Code::kRecipientUnknown:
      return "recipient-unknown";
    case Code::kRecipientSuspended:
      return "recipient-suspended";
    case Code::kRecipientKey:
      return "recipient-key";
    case Code::kSenderRole:
      return "sender-role";
    case Code::kSenderKey:
      return "sender-key";
    case Code::kPolicyUnknown:
      return "policy-unknown";
    case Code::kIdReused:
      return "id-reused";
    case Code::kTooOld:
      return "too-old";
    case Code::kTooFarAhead:
      return "too-far-ahead";
    case Code::kShape:
      return "shape";
    case Code::kCondition:
      return "condition";
    case Code::kOverload:
      return "overload";
    case Code::kDiskFull:
      return "disk-full";
    case Code::kRecovery:
      return "recovery";
    case Code::kDraining:
      return "draining";
    case Code::kVersionAhead:
      return "version-ahead";
    case Code::kUnsupported:
      return "unsupported";
    case Code::kStale:
      return "stale-session";
    case Code::kMalformed:
      return "malformed";
    case Code::kTooLarge:
      return "too-large";
    case Code::kSignature:
      return "signature";
    case Code::kKeyUnknown:
      return "key-unknown";
    case Code::kForeignSender:
      return "foreign-sender";
    case Code::kPartnership:
      return "partnership";
    case Code::kSuite:
      return "suite";
    case Code::kDigest:
      return "digest";
    case Code::kSenderSuspended:
      return "sender-suspended";
    case Code::kDocument:
      return "document";
    case Code::kReceiptUnknown:
      return "receipt-unknown";
    case Code::kNotEntitled:
      return "not-entitled";
  }
  return "unknown";
}

std::optional<TimePoint> TimeOf(const MessageId& id) {
  const auto& bytes = id.value();
  if (bytes[6] >> 4U != 7U || bytes[8] >> 6U != 2U) return std::nullopt;
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8U | bytes[i];
  return FromMilliseconds(milliseconds);
}

MessageId MakeMessageId(TimePoint time, const ByteArray<10>& random) {
  const auto milliseconds = static_cast<std::uint64_t>(ToMilliseconds(time));
  CHECK(milliseconds >> 48U == 0);  // It would be another time.
  ByteArray<16> bytes{};
  for (std::size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40U - 8U * i));
  }
  std::ranges::copy(random, bytes.begin() + 6);
  bytes[6] = static_cast<std::uint8_t>(0x70U | (bytes[6] & 0x0FU));
  bytes[8] = static_cast<std::uint8_t>(0x80U | (bytes[8] & 0x3FU));
  return MessageId(bytes);
}

std::string ToText(const MessageId& id) { return HexEncode(id.value()); }

std::optional<MessageId> MessageIdFrom(std::string_view text) {
  const auto bytes = HexDecode(text);
  if (!bytes) return std::nullopt;
  const auto array = ToArray<16>(*bytes);
  if (!array) return std::nullopt;
  return MessageId(*array);
}

}  // namespace havenline
