// InMessage to a row and back. For agents/link, and for reading a store beside its agent.

#pragma once

#include <string>

#include "agents/link/inbox.h"
#include "schema/text/value.h"

namespace havenline::rows {

// Of the message in each table that has something of it; also what its alarms are about.
std::string RowKey(const InKey& key);
text::Value ToRow(const InMessage& message);
Result<InMessage> InMessageFrom(const text::Value& row);

}  // namespace havenline::rows
