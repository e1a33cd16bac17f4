// What makes a word the broker's (schema/model/word.h). Pure.

#pragma once

#include <optional>

#include "schema/directory/directory.h"
#include "schema/model/envelope.h"
#include "schema/model/word.h"

namespace havenline {

// Of this partnership, and signed with the directory's release key.
bool IsBrokers(const SignedWord& word, const Directory& directory);

// The release that a delivery of a held grant carries, if it frees exactly this grant to exactly
// this recipient.
std::optional<BrokersWord> ReleaseOf(const Delivery& delivery, const Directory& directory);

}  // namespace havenline
