// Files that the tests of intake read, and small helpers around them.

#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "agents/intake/establishments.h"
#include "agents/intake/mapping.h"
#include "schema/base/bytes.h"

namespace havenline::intake {

inline std::string SourceFile(const std::string& path) {
  std::ifstream file(std::string(HAVENLINE_SOURCE) + "/" + path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The synthetic register: whom each number stands for is said in establishments_test.cc.
inline Establishments TestRegister() {
  const std::string schools = SourceFile("tests/agents/intake/data/register.csv");
  const std::string links = SourceFile("tests/agents/intake/data/links.csv");
  auto read = Establishments::Parse({"register.csv", AsBytes(schools)},
                                    RegisterFile{"links.csv", AsBytes(links)});
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().detail);
  return *std::move(read);
}

inline const std::vector<std::string>& TestHoldFlags() {
  static const std::vector<std::string> kFlags = {"works-in-education", "works-in-police",
                                                  "covert-operation",   "relocated",
                                                  "turned-18",          "exempt"};
  return kFlags;
}

inline Mapping ParsedMapping(const std::string& text) {
  auto mapping = Mapping::Parse(text, "mapping.toml", TestHoldFlags());
  EXPECT_TRUE(mapping.has_value()) << (mapping ? "" : mapping.error().detail);
  return mapping ? *std::move(mapping) : Mapping{};
}

inline Mapping ExampleMapping(const std::string& force) {
  return ParsedMapping(SourceFile("deploy/examples/" + force + ".mapping.toml"));
}

}  // namespace havenline::intake
