// InMessage to a row and back. For agents/link, and for reading a store beside its agent.

#pragma once

#include "agents/link/inbox.h"
#include "schema/text/value.h"

namespace havenline::rows {

text::Value ToRow(const InMessage& message);
Result<InMessage> InMessageFrom(const text::Value& row);

}  // namespace havenline::rows
