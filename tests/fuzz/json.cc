// What was read as JSON, written and read again, is the same, and its canonical form is its own; as
// a part of the audit log it is taken or refused.

#include "schema/text/json.h"

#include <algorithm>

#include "schema/audit/event.h"
#include "schema/base/check.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

using text::JsonLayout;
using text::Value;

bool HoldsReal(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kReal:
      return true;
    case Value::Kind::kList:
      return std::ranges::any_of(value.items(), HoldsReal);
    case Value::Kind::kMap:
      return std::ranges::any_of(value.members(),
                                 [](const auto& member) { return HoldsReal(member.second); });
    default:
      return false;
  }
}

// An auditor reads parts that a broker gives it.
void TryPart(ByteView input) {
  const auto events = audit::EventsOf(AgencyId(), input);
  if (!events) return CheckFault(events.error());
  CHECK(!events->empty() && audit::Merged(*events).size() <= events->size());
}

}  // namespace

bool TryJson(ByteView input) {
  const auto value = text::ParseJson(AsText(input), "fuzzed");
  if (!value) {
    CheckFault(value.error());
    return false;
  }
  CHECK(value->Depth() <= text::kNestingMax);
  for (const JsonLayout layout : {JsonLayout::kOneLine, JsonLayout::kIndented}) {
    const auto again = text::ParseJson(text::ToJson(*value, layout), "written");
    CHECK(again.has_value() && *again == *value);
  }
  if (HoldsReal(*value)) return true;
  const std::string canonical = text::CanonicalJson(*value);
  const auto again = text::ParseJson(canonical, "canonical");
  CHECK(again.has_value() && *again == *value);
  CHECK(text::CanonicalJson(*again) == canonical);
  CHECK(text::ParseCanonicalJson(AsText(input), "fuzzed").has_value() ==
        (canonical == AsText(input)));
  TryPart(input);
  return true;
}

}  // namespace havenline::fuzz
