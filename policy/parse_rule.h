// One rule of the text. Private to policy.

#pragma once

#include "policy/rules.h"
#include "schema/text/reader.h"
#include "schema/text/value.h"

namespace havenline::policy {

// `table`: what `reader` reads, for where things stand.
Rule ReadRule(text::MapReader& reader, Effect effect, const text::Value& table);

// `["*"]`, or names: what is neither is named in no error, since errors may stand in a log.
std::vector<std::string> NamesOrAll(text::MapReader& reader, std::string_view key);

}  // namespace havenline::policy
