// OutMessage to a row and back. For agents/link, and for reading a store beside its agent.

#pragma once

#include "agents/link/outbox.h"
#include "schema/text/value.h"

namespace havenline::rows {

text::Value ToRow(const OutMessage& message);
Result<OutMessage> OutMessageFrom(const text::Value& row);
// In the table of sealed messages, under the origin: a row for each receipt that is kept.
std::string KeyOf(const MessageId& origin, const SignedReceipt& receipt);
std::string ReceiptKeysOf(const MessageId& origin);  // What all of them begin with.
text::Value ToRow(const MessageId& origin, const KeptReceipt& kept);
Result<KeptReceipt> KeptReceiptFrom(const text::Value& row);
text::Value ToRow(const Content& content);
Result<Content> ContentFrom(const text::Value& row);

}  // namespace havenline::rows
