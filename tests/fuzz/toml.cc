// What was read as TOML, written and read again, is the same.

#include "schema/text/toml.h"

#include "schema/base/check.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {

bool TryToml(ByteView input) {
  const auto map = text::ParseToml(AsText(input), "fuzzed");
  if (!map) {
    CheckFault(map.error());
    return false;
  }
  CHECK(map->is(text::Value::Kind::kMap) && map->Depth() <= text::kNestingMax);
  const auto again = text::ParseToml(text::ToToml(*map), "written");
  CHECK(again.has_value() && *again == *map);
  return true;
}

}  // namespace havenline::fuzz
