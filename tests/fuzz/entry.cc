// libFuzzer's way into one target: each program of the preset `fuzz` is this file, compiled for it.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  havenline::fuzz::HAVENLINE_FUZZ_TARGET({data, size});
  return 0;
}
