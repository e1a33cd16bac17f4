// OutMessage to a row and back. Private to agents/link.

#pragma once

#include "agents/link/outbox.h"
#include "schema/text/value.h"

namespace havenline::rows {

text::Value ToRow(const OutMessage& message);
Result<OutMessage> OutMessageFrom(const text::Value& row);
text::Value ToRow(const Content& content);
Result<Content> ContentFrom(const text::Value& row);

}  // namespace havenline::rows
