#include "deploy/havenline/store_export.h"

#include <poll.h>

#include <algorithm>
#include <map>

#include "agents/daemon/daemon.h"
#include "deploy/havenline/table.h"
#include "schema/base/bytes.h"
#include "schema/exchange/content.h"

namespace havenline {
namespace {

using text::Value;

constexpr int kOpenAttempts = 5;
constexpr int kOpenPauseMilliseconds = 200;

// Of an inbox row by its key, so that its content can be read.
using Exchanges = std::map<std::string, std::string, std::less<>>;

std::string TextOf(const Value& row, std::string_view key) {
  const Value* const value = row.is(Value::Kind::kMap) ? row.Find(key) : nullptr;
  return value != nullptr && value->is(Value::Kind::kText) ? value->text() : "";
}

Result<Exchanges> ReadExchanges(const AgentStore& store) {
  Exchanges exchanges;
  RETURN_IF_FAULT(store.Scan(Table::kInbox, "", [&](std::string_view key, const Value& row) {
    exchanges.emplace(key, TextOf(row, "exchange"));
    return true;
  }));
  return exchanges;
}

// A payload's key is `in/<inbox key>`, perhaps with `|<message>`; a sender's row names its own
// exchange.
std::string ExchangeOf(const Exchanges& exchanges, std::string_view key, const Value& row) {
  if (const std::string own = TextOf(row, "exchange"); !own.empty()) return own;
  if (!key.starts_with("in/")) return "";
  key.remove_prefix(3);
  while (true) {
    const auto found = exchanges.find(key);
    if (found != exchanges.end()) return found->second;
    const auto bar = key.rfind('|');
    if (bar == std::string_view::npos) return "";
    key = key.substr(0, bar);
  }
}

// Null unless all of it reads.
Value ContentOf(const Value& row, const std::string& exchange) {
  const exchange::ExchangeType* type = nullptr;
  for (const exchange::ExchangeType& each : exchange::AllExchanges()) {
    if (each.name.value() == exchange) type = &each;
  }
  if (type == nullptr || !row.is(Value::Kind::kMap)) return {};
  // A sender's row has its sections below; a recipient's is nothing but sections.
  const Value* const below = row.Find("sections");
  const Value* const sections = below == nullptr ? &row : below;
  if (!sections->is(Value::Kind::kMap)) return {};
  Value content = Value::Map();
  for (const auto& [name, encoded] : sections->members()) {
    const auto bytes = encoded.is(Value::Kind::kText) ? Base64Decode(encoded.text()) : std::nullopt;
    if (!bytes || type->FindSection(name) == nullptr) return {};
    auto value = exchange::DecodeSection(*type, name, *bytes);
    if (!value) return {};
    content.Set(name, *std::move(value));
  }
  return content;
}

}  // namespace

std::vector<Table> ExportedTables() {
  std::vector<Table> tables;
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (static_cast<Table>(i) != Table::kKeys) tables.push_back(static_cast<Table>(i));
  }
  return tables;
}

Result<std::vector<Table>> TablesFrom(const std::string& names) {
  if (names.empty()) return ExportedTables();
  std::vector<Table> tables;
  std::string_view rest = names;
  while (true) {
    const auto comma = rest.find(',');
    const auto table = TableNamed(rest.substr(0, comma));
    if (table == Table::kKeys)
      return Fail(FaultCode::kInvalid, "keys holds private keys, which are never exported");
    if (!table) {
      std::vector<std::string> known;
      for (const Table each : ExportedTables()) known.emplace_back(NameOf(each));
      return Fail(FaultCode::kInvalid, "--rows takes, with commas between: " + tool::Join(known));
    }
    if (std::ranges::find(tables, *table) == tables.end()) tables.push_back(*table);
    if (comma == std::string_view::npos) return tables;
    rest.remove_prefix(comma + 1);
  }
}

Result<AgentStore> OpenForReading(const AgentConfiguration& configuration,
                                  seal::RandomSource& random) {
  ASSIGN_OR_RETURN(const seal::Secret<32> key,
                   ReadKeyFile("store", configuration.keys / "store.key"));
  for (int attempt = 1;; ++attempt) {
    auto store = AgentStore::Open({configuration.store, true},
                                  seal::LockedSecret<32>(key.ExposeSecret()), random);
    if (store || attempt == kOpenAttempts || store.error().code == FaultCode::kInvalid ||
        store.error().code == FaultCode::kMissing) {
      return store;
    }
    poll(nullptr, 0, kOpenPauseMilliseconds);
  }
}

Value ExportedRow(Table table, std::string_view key, const Value& row,
                  const std::string& exchange) {
  Value exported =
      Value::Map().Set("table", NameOf(table)).Set("key", std::string(key)).Set("row", row);
  if (table != Table::kPayload || exchange.empty()) return exported;
  Value content = ContentOf(row, exchange);
  if (!content.is(Value::Kind::kNull))
    exported.Set("exchange", exchange).Set("content", std::move(content));
  return exported;
}

Result<std::size_t> ExportRows(const AgentStore& store, const std::vector<Table>& tables,
                               const RowTaker& take) {
  ASSIGN_OR_RETURN(const Exchanges exchanges, ReadExchanges(store));
  std::size_t count = 0;
  bool go_on = true;
  for (const Table table : tables) {
    RETURN_IF_FAULT(store.Scan(table, "", [&](std::string_view key, const Value& row) {
      const std::string exchange = table == Table::kPayload ? ExchangeOf(exchanges, key, row) : "";
      go_on = take(ExportedRow(table, key, row, exchange));
      count += go_on ? 1U : 0U;
      return go_on;
    }));
    if (!go_on) break;
  }
  return count;
}

}  // namespace havenline
