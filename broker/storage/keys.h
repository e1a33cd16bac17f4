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

inline constexpr std::uint32_t kFormat = 1;

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
inline constexpr Family kAnswered{10};   // sender 0 recipient 0 role 0 origin   -
inline constexpr Family kTimer{11};      // due digest                           -
inline constexpr Family kDocument{12};   // epoch index                          kind, hash, note
inline constexpr Family kDocumentAt{13};  // hash                                 epoch index
inline constexpr Family kNotice{14};      // number                               kind, bytes

std::vector<KeyValueFamily> AllFamilies();

Bytes PositionKey(const Position& position);
Bytes NodeKey(std::uint64_t epoch, const tlog::NodeId& id);
Bytes OutcomeKey(const AgencyId& sender, const MessageId& id);
Bytes MailboxPrefix(const AgencyId& agency, Lane lane);
Bytes MailboxKey(const MailboxPlace& place);
Bytes AnsweredRowKey(const AnsweredKey& answered);
Bytes TimerKey(const TimerRecord& timer);
Bytes NumberKey(std::uint64_t number);

// The way back, for scans.
Result<MailboxPlace> MailboxPlaceFrom(
    ByteView key);  // Of a kMailbox or (sequence 0) kMailboxEnd key.
Result<TimerRecord> TimerFrom(ByteView key);
Result<Position> PositionFrom(ByteView key);

}  // namespace havenline::storage
