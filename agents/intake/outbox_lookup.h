// Finding a message in the outbox by the reference that intake gave it.

#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "agents/link/outbox.h"

namespace havenline::intake {

inline std::optional<MessageId> OriginOf(const Outbox& outbox, const std::string& reference) {
  const auto found = std::ranges::find_if(
      outbox.messages(), [&](const auto& each) { return each.second.reference == reference; });
  if (found == outbox.messages().end()) return std::nullopt;
  return found->first;
}

}  // namespace havenline::intake
