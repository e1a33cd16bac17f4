// The public test vectors of other projects. They lie beside the project, not in it; a test that
// needs them says plainly when they are absent.

#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "schema/base/bytes.h"

namespace havenline {

inline std::filesystem::path VectorsFolder() { return HAVENLINE_VECTORS; }

// The JSON of one file, or null after the test was told to skip.
inline nlohmann::json ReadVectors(const std::filesystem::path& name) {
  std::ifstream file(VectorsFolder() / name);
  if (!file) return nullptr;
  return nlohmann::json::parse(file);
}

#define VECTORS_OR_SKIP(variable, name)              \
  const nlohmann::json variable = ReadVectors(name); \
  if (variable.is_null()) GTEST_SKIP() << "VECTORS ABSENT: " << (VectorsFolder() / (name)).string()

inline Bytes FromHex(const nlohmann::json& text) {
  const auto bytes = HexDecode(text.get<std::string>());
  EXPECT_TRUE(bytes.has_value()) << "not hexadecimal";
  return bytes.value_or(Bytes{});
}

template <std::size_t kSize>
ByteArray<kSize> ArrayFromHex(const nlohmann::json& text) {
  const auto array = ToArray<kSize>(FromHex(text));
  EXPECT_TRUE(array.has_value()) << "not of the size expected";
  return array.value_or(ByteArray<kSize>{});
}

}  // namespace havenline
