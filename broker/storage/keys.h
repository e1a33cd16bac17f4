// Where everything lies in the broker's store: families and keys. A change here is a new format
// number. Integers are big-endian, so that keys sort as numbers do; names end in a zero byte, which
// none contains.

#pragma once

#include <string_view>

#include "broker/commit/store.h"
#include "deploy/runtime/key_value_store.h"
#include "schema/base/bytes.h"
#include "schema/tlog/merkle.h"

namespace havenline::storage {

inline constexpr std::uint32_t kFormat = 3;

//   family        key                                  value
// "format"; "head"; "closed/" epoch: its last head; "reconciled/" agency: in which epoch.
inline constexpr Family kMeta{0};
inline constexpr Family kLeaf{1};     // epoch index                          the leaf's text
inline constexpr Family kNode{2};     // epoch level index                    hash
inline constexpr Family kPart{3};     // epoch index                          parts and digests
inline constexpr Family kOutcome{4};  // sender 0 id                          header hash, answer
inline constexpr Family kGrant{5};    // digest                               GrantRecord
inline constexpr Family kMessage{
    6};  // epoch index                          the envelope as submitted
inline constexpr Family kUndelivered{7};  // epoch index                          count
inline constexpr Family kMailbox{8};      // agency 0 lane sequence               MailboxRow
inline constexpr Family kMailboxEnd{9};  // agency 0 lane                        last sequence given
inline constexpr Family kAnswered{10};   // sender 0 recipient 0 role 0 origin   how
inline constexpr Family kTimer{11};      // due digest                           -
inline constexpr Family kDocument{12};   // epoch index                          kind, hash, note
inline constexpr Family kDocumentAt{13};  // hash                                 epoch index
inline constexpr Family kNotice{14};      // number                               kind, bytes
inline constexpr Family kWatch{15};       // recipient 0 sender 0 role 0 origin held      -
inline constexpr Family kHeld{16};        // recipient 0 digest                           -
inline constexpr Family kSeries{17};  // agency 0 lane                                SeriesRecord
inline constexpr Family kSweep{18};   // agency                                       SweepRecord

std::vector<KeyValueFamily> AllFamilies();

Bytes PositionKey(const Position& position);
Bytes NodeKey(std::uint64_t epoch, const tlog::NodeId& id);
Bytes OutcomeKey(const AgencyId& sender, const MessageId& id);
Bytes MailboxPrefix(const AgencyId& agency, Lane lane);
Bytes MailboxKey(const MailboxPlace& place);
Bytes AnsweredRowKey(const AnsweredKey& answered);
Bytes TimerKey(const TimerRecord& timer);
Bytes WatchesOnPrefix(const AgencyId& recipient);
Bytes WatchesPrefix(const AnsweredKey& watched);
Bytes WatchKey(const WatchRecord& watch);
Bytes HeldKey(const HeldRecord& held);
Bytes NumberKey(std::uint64_t number);

// The way back, for scans.
Result<MailboxPlace> MailboxPlaceFrom(
    ByteView key);  // Of a kMailbox or (sequence 0) kMailboxEnd key.
Result<TimerRecord> TimerFrom(ByteView key);
Result<WatchRecord> WatchFrom(ByteView key);
Result<HeldRecord> HeldFrom(ByteView key);
Result<Position> PositionFrom(ByteView key);

}  // namespace havenline::storage
