// Z85 (ZeroMQ RFC 32): how CURVE keys stand in texts. Pure; any thread.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/base/bytes.h"

namespace havenline {

std::string Z85Encode(const ByteArray<32>& key);  // 40 characters.
std::optional<ByteArray<32>> Z85Decode(
    std::string_view text);  // Nothing unless it is 40 that decode.

}  // namespace havenline
