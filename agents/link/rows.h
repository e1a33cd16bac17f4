// Small helpers for rows: the JSON values in which an agent's store keeps things. Private to
// agents.
//
// A row was written by this program, so one that does not read back is kCorrupt, never guessed at.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/base/bytes.h"
#include "schema/base/check.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/names.h"
#include "schema/model/position.h"
#include "schema/text/value.h"

namespace havenline::rows {

using text::Value;

inline std::string Encode(ByteView bytes) { return Base64Encode(bytes); }

// Reads members of one row; what is missing or of another kind is remembered in ok().
class RowView {
 public:
  explicit RowView(const Value& row) : row_(row) { ok_ = row.is(Value::Kind::kMap); }

  std::string Text(std::string_view key) {
    const Value* const value = Get(key, Value::Kind::kText);
    return value == nullptr ? std::string() : value->text();
  }
  std::int64_t Integer(std::string_view key) {
    const Value* const value = Get(key, Value::Kind::kInteger);
    return value == nullptr ? 0 : value->integer();
  }
  std::uint64_t Count(std::string_view key) { return static_cast<std::uint64_t>(Integer(key)); }
  bool Bool(std::string_view key) {
    const Value* const value = Get(key, Value::Kind::kBool);
    return value != nullptr && value->boolean();
  }
  Bytes Binary(std::string_view key) {
    auto bytes = Base64Decode(Text(key));
    ok_ = ok_ && bytes.has_value();
    return bytes.value_or(Bytes{});
  }
  template <std::size_t kSize>
  ByteArray<kSize> Array(std::string_view key) {
    const auto array = ToArray<kSize>(Binary(key));
    ok_ = ok_ && array.has_value();
    return array.value_or(ByteArray<kSize>{});
  }
  MessageId Message(std::string_view key) {
    const auto id = MessageIdFrom(Text(key));
    ok_ = ok_ && id.has_value();
    return id.value_or(MessageId());
  }
  TimePoint Time(std::string_view key) { return FromMilliseconds(Integer(key)); }
  std::optional<TimePoint> OptionalTime(std::string_view key) {
    if (!Has(key)) return std::nullopt;
    return Time(key);
  }
  bool Has(std::string_view key) const {
    return row_.is(Value::Kind::kMap) && row_.Find(key) != nullptr;
  }
  const Value::Items& List(std::string_view key) {
    static const Value::Items kNone;
    const Value* const value = Get(key, Value::Kind::kList);
    return value == nullptr ? kNone : value->items();
  }
  const Value::Members& Map(std::string_view key) {
    static const Value::Members kNone;
    const Value* const value = Get(key, Value::Kind::kMap);
    return value == nullptr ? kNone : value->members();
  }

  bool ok() const { return ok_; }

 private:
  const Value* Get(std::string_view key, Value::Kind kind) {
    const Value* const value = ok_ ? row_.Find(key) : nullptr;
    if (value == nullptr || !value->is(kind)) {
      ok_ = false;
      return nullptr;
    }
    return value;
  }

  const Value& row_;
  bool ok_ = true;
};

inline tl::unexpected<Fault> Corrupt(const char* what) {
  return Fail(FaultCode::kCorrupt, std::string("the agent's store holds a malformed ") + what);
}

}  // namespace havenline::rows
