// Later epochs of the test partnership: the key of each, and governance's opening.

#pragma once

#include <string>

#include "schema/directory/opening.h"
#include "schema/tlog/checkpoint.h"
#include "tests/fakes/partnership.h"

namespace havenline {

inline tlog::NoteSigner LogSignerOf(std::uint64_t epoch) {
  return {tlog::OriginOf(kTestPartnership, epoch),
          seal::SigningKey::FromSeed(ByteArray<32>{static_cast<std::uint8_t>(epoch), 77})};
}

inline std::string OpeningNoteOf(const TestPartnership& partnership, std::uint64_t epoch) {
  return partnership.Sign(OpeningText({kTestPartnership, epoch, LogSignerOf(epoch).key()}));
}

}  // namespace havenline
