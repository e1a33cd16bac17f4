#include "schema/seal/random.h"

#include <openssl/rand.h>

#include "schema/base/check.h"
#include "schema/model/names.h"

namespace havenline::seal {

void SystemRandom::Fill(std::span<std::uint8_t> bytes) {
  // Without randomness nothing we would seal is safe: stop rather than go on.
  CHECK(RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

MessageId NewMessageId(RandomSource& random, TimePoint time) {
  return MakeMessageId(time, random.Array<10>());
}

}  // namespace havenline::seal
