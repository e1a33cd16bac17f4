// The broker's word: what the broker itself says of one grant to one party, signed with the
// directory's release key.
//
// A release travels with the delivery of the grant it frees; the other kinds travel alone. All of
// them are numbered in a series of the broker's own for each party and lane, so that one that was
// kept back leaves a gap, as a sender's would (D4).

#pragma once

#include <optional>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/model/answer.h"
#include "schema/model/envelope.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"

namespace havenline {

enum class WordKind : std::uint8_t {
  kReleased,       // To a held recipient: the condition of your grant came true.
  kStoodDown,      // To a released recipient: the one first asked has answered meanwhile.
  kUndeliverable,  // To a sender: this grant will never be delivered.
};

struct BrokersWord {
  PartnershipId partnership;
  AgencyId to;
  Lane lane = Lane::kUrgent;
  WordKind kind = WordKind::kReleased;
  MessageId message;
  MessageId origin;
  Digest grant{};           // The released one; at a sender the undeliverable one.
  std::optional<Code> why;  // kUndeliverable only.
  // kUndeliverable only: it had been handed to a link, or may have been, before this was entered.
  bool may_arrive = false;
  Position position;    // Of the entry that says so.
  SeriesNumber number;  // In the broker's series for `to` and `lane`; n from 1.
  TimePoint time;       // The broker's, of the entry.

  friend bool operator==(const BrokersWord&, const BrokersWord&) = default;
};

struct SignedWord {
  Bytes bytes;  // As carried and signed.
  BrokersWord word;
  Signature signature{};

  friend bool operator==(const SignedWord&, const SignedWord&) = default;
};

}  // namespace havenline
