// What a sealing decided: by which claims and rules which roles were told which sections. Kept when
// the content is gone, so that an agency can see what another policy would have decided. Nothing of
// a person, and of those who were told their roles only. Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/envelope.h"
#include "schema/text/value.h"

namespace havenline {

// What one recipient role of a message was told. Agencies of a role that are told alike are one.
struct RecordedTelling {
  Role to;
  std::size_t agencies = 1;
  RuleId rule;
  std::vector<std::string> sections;
  bool held = false;  // Only if somebody else did not take it on.

  friend bool operator==(const RecordedTelling&, const RecordedTelling&) = default;
};

struct RecordedMessage {
  std::string message;  // Its origin.
  TimePoint made;
  AgencyId sender;
  ExchangeName exchange;
  Role from;
  std::map<std::string, std::string> claims;
  std::uint64_t version = 0;  // Of the policy that decided.
  std::vector<RecordedTelling> told;
  std::vector<Role> decided_against;  // By a person, where policy wants that recorded.

  friend bool operator==(const RecordedMessage&, const RecordedMessage&) = default;
};

RecordedMessage RecordedFrom(const Envelope& envelope, const std::vector<Role>& decided_against);

namespace rows {

// In the table of sealed messages, under the origin; each sealing replaces it.
std::string RecordKeyOf(const MessageId& origin);
text::Value ToRow(const RecordedMessage& message);
Result<RecordedMessage> RecordedMessageFrom(const text::Value& row);

}  // namespace rows
}  // namespace havenline
