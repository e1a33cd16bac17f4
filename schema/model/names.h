// What may be a name, and the words for our enumerations. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/base/clock.h"
#include "schema/model/answer.h"
#include "schema/model/ids.h"
#include "schema/model/look.h"
#include "schema/model/receipt.h"
#include "schema/model/word.h"

namespace havenline {

// 1 to 96 letters, digits, '.', '_', '-', '+', '/' (US-ASCII), where the name and each piece after
// a '/' begins with a letter or digit: safe in texts and log lines, and as a path that stays where
// it is put. Agencies, hosts, roles, rules, exchanges, sections, claims and their values are all
// such names.
bool IsName(std::string_view text);

// The words of the audit log and of `--json` outputs.
std::string_view NameOf(ReceiptKind kind);
std::optional<ReceiptKind> ReceiptKindNamed(std::string_view name);
std::string_view NameOf(Lane lane);
std::string_view NameOf(WordKind kind);
std::string_view NameOf(LookReason reason);
std::optional<LookReason> LookReasonNamed(std::string_view name);

// A message's id and its creation are one: RFC 9562 UUIDv7, whose first 48 bits are milliseconds.
std::optional<TimePoint> TimeOf(const MessageId& id);  // Nothing if it is not a version 7 UUID.
MessageId MakeMessageId(TimePoint time, const ByteArray<10>& random);  // CHECKs 1970 to 10889.
std::string ToText(const MessageId& id);                               // 32 hexadecimal digits.
std::optional<MessageId> MessageIdFrom(std::string_view text);

}  // namespace havenline
