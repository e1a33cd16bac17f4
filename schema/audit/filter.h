// Which facts of the audit log somebody asks for. Pure; any thread.

#pragma once

#include <optional>
#include <string>

#include "schema/audit/event.h"

namespace havenline::audit {

// What is set must hold; nothing set: every fact.
struct Filter {
  std::optional<Act> act;
  std::string what;               // Event::what, or its beginning up to a '-': "receipt".
  std::optional<AgencyId> party;  // As sender, recipient, or who did it.
  std::optional<Role> role;
  std::optional<Pseudonym> person;
  std::optional<ExchangeName> exchange;
  std::string section;  // Released or withheld.
  std::string rule;     // One of those that decided.
  std::string code;
  std::optional<MessageId> message;  // The id of a sealing, or of the first.
  // By the broker's clock; what says no time may have been then.
  std::optional<TimePoint> since;  // From then on,
  std::optional<TimePoint> until;  // and before then.
};

bool Matches(const Event& event, const Filter& filter);

}  // namespace havenline::audit
