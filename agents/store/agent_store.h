// AgentStore: everything an agent keeps, in tables of rows. A row is one JSON value, encrypted
// under the agent's own store key and bound to its table and key, so that a stolen disk shows who
// exchanged how much with whom and nothing more.
//
// Commit() from the agent's loop only; reads from any thread.

#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "deploy/runtime/key_value_store.h"
#include "schema/base/result.h"
#include "schema/seal/random.h"
#include "schema/seal/secret.h"
#include "schema/text/value.h"

namespace havenline {

enum class Table : std::uint8_t {
  kMeta,       // format, the last checkpoint, counters
  kOutbox,     // origin                           a message this agent sends
  kSealed,     // message id                       its sealed bytes, as submitted
  kSeries,     // sender/recipient/lane/series     numbers given
  kInbox,      // agency/role/sender/origin        a message received
  kPayload,    // the same                         what it said
  kReceipts,   // number                           receipts signed here, not yet taken by the broker
  kChains,     // agency/sender, desk              the last hash of each chain
  kGaps,       // agency/sender/lane/series        numbers seen
  kDocuments,  // name                             directory, policies, statements in force
  kKeys,       // agency/role/epoch                recipient keys
  kAlarms,     // number                           what a person must look at
  kJournal,    // number                           reads at the desk, chained
  kIntake,     // kind/key                         files, rows held and quarantined, notices made
};

inline constexpr std::size_t kTableCount = 14;

// "outbox": also what rows are bound to, so a name never changes.
std::string_view NameOf(Table table);
std::optional<Table> TableNamed(std::string_view name);

// Rows that are written together or not at all.
class StoreBatch {
 public:
  void Put(Table table, std::string key, text::Value row);
  void Delete(Table table, std::string key);
  bool empty() const { return changes_.empty(); }

 private:
  friend class AgentStore;
  struct Change {
    Table table;
    std::string key;
    std::optional<text::Value> row;  // Nothing: delete.
  };
  std::vector<Change> changes_;
};

struct AgentStoreOptions {
  std::filesystem::path path;
  bool read_only = false;
};

class AgentStore {
 public:
  // `random` must outlive it.
  static Result<AgentStore> Open(const AgentStoreOptions& options, seal::LockedSecret<32> key,
                                 seal::RandomSource& random);

  // All of `batch`, synced, or nothing. After a fault the process must stop.
  Result<void> Commit(const StoreBatch& batch);

  // kCorrupt if the row does not decrypt: another key, or a row that was moved.
  Result<std::optional<text::Value>> Get(Table table, std::string_view key) const;

  // Rows whose key starts with `prefix`, in the order of their keys, until `visit` returns false.
  using Visitor = std::function<bool(std::string_view key, const text::Value& row)>;
  Result<void> Scan(Table table, std::string_view prefix, const Visitor& visit) const;

 private:
  AgentStore(KeyValueStore store, seal::LockedSecret<32> key, seal::RandomSource& random);
  Result<text::Value> Decode(Table table, std::string_view key, ByteView row) const;

  KeyValueStore store_;
  seal::LockedSecret<32> key_;
  seal::RandomSource* random_;
};

// A number as a key: so that keys sort as numbers do.
std::string NumberText(std::uint64_t number);

}  // namespace havenline
