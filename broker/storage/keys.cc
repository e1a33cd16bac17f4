#include "broker/storage/keys.h"

#include <algorithm>

#include "broker/storage/row.h"
#include "schema/model/names.h"

namespace havenline::storage {
namespace {

void AppendName(Bytes& key, std::string_view name) {
  Append(key, AsBytes(name));
  key.push_back(0);
}

// The name in front of `key`, which then begins behind it.
std::string TakeName(ByteView& key) {
  const auto end = std::ranges::find(key, std::uint8_t{0});
  const auto length = static_cast<std::size_t>(end - key.begin());
  const std::string name(AsText(key.first(length)));
  key = key.subspan(std::min(key.size(), length + 1));
  return name;
}

Result<Position> Corrupt(const char* what) {
  return Fail(FaultCode::kCorrupt, std::string("the store holds a malformed ") + what);
}

}  // namespace

std::vector<KeyValueFamily> AllFamilies() {
  return {{"meta", 0},     {"leaf", 8},        {"node", 12},    {"part", 8},
          {"outcome", 0},  {"grant", 0},       {"message", 8},  {"undelivered", 8},
          {"mailbox", 0},  {"mailbox-end", 0}, {"answered", 0}, {"timer", 0},
          {"document", 0}, {"document-at", 0}, {"notice", 0},   {"watch", 0},
          {"held", 0},     {"series", 0},      {"sweep", 0}};
}

Bytes PositionKey(const Position& position) {
  Bytes key;
  AppendU64(key, position.epoch);
  AppendU64(key, position.index.value());
  return key;
}

Bytes NodeKey(std::uint64_t epoch, const tlog::NodeId& id) {
  Bytes key;
  AppendU64(key, epoch);
  AppendU32(key, id.level);
  AppendU64(key, id.index);
  return key;
}

Bytes OutcomeKey(const AgencyId& sender, const MessageId& id) {
  Bytes key;
  AppendName(key, sender.value());
  Append(key, id.value());
  return key;
}

Bytes MailboxPrefix(const AgencyId& agency, Lane lane) {
  Bytes key;
  AppendName(key, agency.value());
  key.push_back(static_cast<std::uint8_t>(lane));
  return key;
}

Bytes MailboxKey(const MailboxPlace& place) {
  Bytes key = MailboxPrefix(place.agency, place.lane);
  AppendU64(key, place.sequence);
  return key;
}

Bytes AnsweredRowKey(const AnsweredKey& answered) {
  Bytes key;
  AppendName(key, answered.sender.value());
  AppendName(key, answered.recipient.value());
  AppendName(key, answered.role.value());
  Append(key, answered.origin.value());
  return key;
}

Bytes TimerKey(const TimerRecord& timer) {
  Bytes key;
  AppendU64(key, static_cast<std::uint64_t>(ToMilliseconds(timer.due)));
  Append(key, timer.grant);
  return key;
}

Bytes WatchesOnPrefix(const AgencyId& recipient) {
  Bytes key;
  AppendName(key, recipient.value());
  return key;
}

Bytes WatchesPrefix(const AnsweredKey& watched) {
  Bytes key = WatchesOnPrefix(watched.recipient);
  AppendName(key, watched.sender.value());
  AppendName(key, watched.role.value());
  Append(key, watched.origin.value());
  return key;
}

Bytes WatchKey(const WatchRecord& watch) {
  Bytes key = WatchesPrefix(watch.watched);
  Append(key, watch.held);
  return key;
}

Bytes HeldKey(const HeldRecord& held) {
  Bytes key = WatchesOnPrefix(held.recipient);
  Append(key, held.grant);
  return key;
}

Bytes NumberKey(std::uint64_t number) {
  Bytes key;
  AppendU64(key, number);
  return key;
}

Result<MailboxPlace> MailboxPlaceFrom(ByteView key) {
  const auto end = std::ranges::find(key, std::uint8_t{0});
  const auto length = static_cast<std::size_t>(end - key.begin());
  const ByteView rest = key.subspan(std::min(key.size(), length + 1));
  const std::string_view name = AsText(key.first(length));
  if (!IsName(name) || (rest.size() != 1 && rest.size() != 9) || rest[0] > 1) {
    return tl::unexpected<Fault>(Corrupt("mailbox key").error());
  }
  return MailboxPlace{AgencyId(std::string(name)), static_cast<Lane>(rest[0]),
                      rest.size() == 9 ? ReadU64(rest.subspan(1)) : 0};
}

Result<TimerRecord> TimerFrom(ByteView key) {
  RowReader reader(key);
  TimerRecord timer;
  timer.due = FromMilliseconds(static_cast<std::int64_t>(reader.U64()));
  timer.grant = reader.Array<32>();
  if (!reader.ok()) return tl::unexpected<Fault>(Corrupt("timer").error());
  return timer;
}

Result<WatchRecord> WatchFrom(ByteView key) {
  WatchRecord watch;
  watch.watched.recipient = AgencyId(TakeName(key));
  watch.watched.sender = AgencyId(TakeName(key));
  watch.watched.role = Role(TakeName(key));
  RowReader reader(key);
  watch.watched.origin = MessageId(reader.Array<16>());
  watch.held = reader.Array<32>();
  if (!reader.ok()) return tl::unexpected<Fault>(Corrupt("watch").error());
  return watch;
}

Result<HeldRecord> HeldFrom(ByteView key) {
  HeldRecord held;
  held.recipient = AgencyId(TakeName(key));
  RowReader reader(key);
  held.grant = reader.Array<32>();
  if (!reader.ok()) return tl::unexpected<Fault>(Corrupt("held grant").error());
  return held;
}

Result<Position> PositionFrom(ByteView key) {
  RowReader reader(key);
  const Position position = reader.At();
  if (!reader.ok()) return Corrupt("position");
  return position;
}

}  // namespace havenline::storage
