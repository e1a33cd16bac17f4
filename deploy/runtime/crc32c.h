// CRC-32C (RFC 3720, appendix B.4): finds torn and flipped bytes. Keeps out accidents, not
// attackers. Pure.

#pragma once

#include <cstdint>

#include "schema/base/bytes.h"

namespace havenline {

std::uint32_t Crc32c(ByteView bytes);

}  // namespace havenline
