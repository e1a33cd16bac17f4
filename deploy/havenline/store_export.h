// An agent's rows, read beside the agent: for checkers of their own, and for leaving.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agents/daemon/configuration.h"
#include "agents/store/agent_store.h"
#include "schema/base/result.h"
#include "schema/seal/random.h"
#include "schema/text/value.h"

namespace havenline {

// The tables that are exported where none are named: all but `keys`, whose private keys never
// leave.
std::vector<Table> ExportedTables();
// kInvalid for a name that is none, and for `keys`. "inbox,outbox".
Result<std::vector<Table>> TablesFrom(const std::string& names);

// The store as it is at this moment, read only and without a lock: its agent may run and write on.
// It is opened again some times, since the writer may be replacing a file right then.
Result<AgentStore> OpenForReading(const AgentConfiguration& configuration,
                                  seal::RandomSource& random);

// One row as it is exported: {"table", "key", "row"}, and where the row is a content that this
// version can read, {"content": {section: value}}.
text::Value ExportedRow(Table table, std::string_view key, const text::Value& row,
                        const std::string& exchange);

// Gives `take` each row of the tables, in the order of table and key, until it returns false. The
// count.
using RowTaker = std::function<bool(const text::Value& exported)>;
Result<std::size_t> ExportRows(const AgentStore& store, const std::vector<Table>& tables,
                               const RowTaker& take);

}  // namespace havenline
