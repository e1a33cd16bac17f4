// What an agency says of itself: encryption keys per role and epoch, contacts, calendar.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/model/ids.h"

namespace havenline {

using SealPublicKey = ByteArray<32>;  // X25519.

struct RecipientKey {
  enum class State : std::uint8_t {
    kCurrent,      // Senders seal to it.
    kRetiring,     // Replaced; what was sealed to it is still accepted and opened.
    kCompromised,  // From the position of this statement on, nothing sealed to it is accepted.
  };
  Role role;
  std::uint32_t epoch = 0;  // Rises with each roll.
  SealPublicKey key{};
  State state = State::kCurrent;

  friend bool operator==(const RecipientKey&, const RecipientKey&) = default;
};

// A day of the Gregorian calendar, as days since 1970-01-01.
using Day = std::chrono::sys_days;

struct DayRange {
  Day first;
  Day last;  // Inclusive.

  friend bool operator==(const DayRange&, const DayRange&) = default;
};

// When an establishment has children on site. Policy caps how far this may move a deadline.
struct Calendar {
  std::string zone = "Europe/London";
  std::chrono::minutes ready_by{8 * 60 + 15};  // Local time of day when the first child is on site.
  std::uint8_t weekdays = 0b0011111;           // Bit 0 is Monday.
  std::vector<DayRange> terms;                 // None: every week.
  std::vector<DayRange> closures;              // Holidays, INSET days.

  friend bool operator==(const Calendar&, const Calendar&) = default;
};

struct AgencyStatement {
  PartnershipId partnership;
  AgencyId agency;
  std::uint64_t counter = 0;  // From 1, no gaps.
  Digest previous{};          // Hash of the statement before; zeros first.
  TimePoint time;
  std::vector<RecipientKey> keys;
  std::string telephone;  // For "confirm by telephone" and "told by voice".
  Calendar calendar;
  std::optional<AgencyId> alternate;
  KeyId key;

  friend bool operator==(const AgencyStatement&, const AgencyStatement&) = default;
};

struct SignedStatement {
  Bytes bytes;
  AgencyStatement statement;
  Signature signature{};

  friend bool operator==(const SignedStatement&, const SignedStatement&) = default;
};

}  // namespace havenline
