// TOML 1.0, which people write: configuration, policy, directories. Pure; any thread.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline::text {

inline constexpr std::size_t kTomlBytesMax = 16U << 20U;

// kInvalid "source:line:column: what" for anything but a TOML document, and for nan and infinity,
// nesting beyond kNestingMax, more than `bytes_max` bytes, kValuesMax values or 150,000 table
// headers and dots in keys. The fault quotes keys, never values.
//
// A date or time, local or with an offset, becomes text as ISO 8601 writes it:
// "2026-11-22T08:15:00Z", "2026-11-22", "08:15:00". Whoever wants a time reads that text, whichever
// way it was written.
Result<Value> ParseToml(std::string_view text, std::string_view source_name,
                        std::size_t bytes_max = kTomlBytesMax);

// The document of which ParseToml() makes an equal `map`; the same for equal maps in the same
// order. A map's tables come after its other members, as TOML wants. CHECKs that `map` is a map,
// that nothing in it is null (TOML has none), and nesting.
std::string ToToml(const Value& map);

}  // namespace havenline::text
