#include "agents/store/agent_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "schema/base/check.h"
#include "schema/seal/aead.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::string_view kFormatKey = "format";
constexpr std::size_t kRowBytesMax = 16U << 20U;

constexpr std::array<const char*, kTableCount> kTables = {
    "meta",   "outbox", "sealed",    "series", "inbox",  "payload", "receipts",
    "chains", "gaps",   "documents", "keys",   "alarms", "journal", "intake"};

std::vector<KeyValueFamily> AllFamilies() {
  std::vector<KeyValueFamily> families;
  for (const char* const name : kTables) families.push_back({name, 0});
  return families;
}

Family FamilyOf(Table table) { return Family(static_cast<std::uint32_t>(table)); }

Bytes ContextOf(Table table, std::string_view key) {
  return ToBytes(std::string(NameOf(table)) + "/" + std::string(key));
}

}  // namespace

std::string_view NameOf(Table table) { return kTables[static_cast<std::size_t>(table)]; }

std::optional<Table> TableNamed(std::string_view name) {
  const auto found = std::ranges::find(kTables, name);
  if (found == kTables.end()) return std::nullopt;
  return static_cast<Table>(found - kTables.begin());
}

void StoreBatch::Put(Table table, std::string key, text::Value row) {
  changes_.push_back({table, std::move(key), std::move(row)});
}

void StoreBatch::Delete(Table table, std::string key) {
  changes_.push_back({table, std::move(key), std::nullopt});
}

AgentStore::AgentStore(KeyValueStore store, seal::LockedSecret<32> key, seal::RandomSource& random)
    : store_(std::move(store)), key_(std::move(key)), random_(&random) {}

Result<AgentStore> AgentStore::Open(const AgentStoreOptions& options, seal::LockedSecret<32> key,
                                    seal::RandomSource& random) {
  KeyValueStoreOptions store_options;
  store_options.path = options.path;
  store_options.families = AllFamilies();
  store_options.read_only = options.read_only;
  store_options.write_buffer_bytes = 16U << 20U;
  store_options.cache_bytes = 8U << 20U;
  ASSIGN_OR_RETURN(KeyValueStore opened, KeyValueStore::Open(store_options));
  AgentStore store(std::move(opened), std::move(key), random);
  ASSIGN_OR_RETURN(const auto format, store.Get(Table::kMeta, kFormatKey));
  if (format) {
    const bool known = format->is(text::Value::Kind::kInteger) && format->integer() == kFormat;
    if (!known)
      return Fail(FaultCode::kInvalid,
                  "the store at " + options.path.string() + " has a newer format");
    return store;
  }
  if (options.read_only)
    return Fail(FaultCode::kMissing, "the store at " + options.path.string() + " is empty");
  StoreBatch batch;
  batch.Put(Table::kMeta, std::string(kFormatKey), kFormat);
  RETURN_IF_FAULT(store.Commit(batch));
  return store;
}

Result<void> AgentStore::Commit(const StoreBatch& batch) {
  KeyValueBatch rows;
  for (const StoreBatch::Change& change : batch.changes_) {
    if (!change.row) {
      rows.Delete(FamilyOf(change.table), AsBytes(change.key));
      continue;
    }
    const std::string json = text::ToJson(*change.row);
    CHECK(json.size() <= kRowBytesMax);
    rows.Put(FamilyOf(change.table), AsBytes(change.key),
             seal::SealStored(key_, random_->Array<12>(), ContextOf(change.table, change.key),
                              AsBytes(json)));
  }
  return store_.Write(rows);
}

Result<text::Value> AgentStore::Decode(Table table, std::string_view key, ByteView row) const {
  const auto opened = seal::OpenStored(key_, ContextOf(table, key), row);
  if (!opened) {
    return Fail(FaultCode::kCorrupt,
                "a row of the agent's store does not decrypt: is the store key the one it was "
                "written with?");
  }
  return text::ParseJson(AsText(opened->ExposeSecret()), "stored row", kRowBytesMax);
}

Result<std::optional<text::Value>> AgentStore::Get(Table table, std::string_view key) const {
  ASSIGN_OR_RETURN(const auto row, store_.Get(FamilyOf(table), AsBytes(key)));
  if (!row) return std::nullopt;
  ASSIGN_OR_RETURN(text::Value value, Decode(table, key, *row));
  return value;
}

Result<void> AgentStore::Scan(Table table, std::string_view prefix, const Visitor& visit) const {
  Result<void> decoded;
  RETURN_IF_FAULT(store_.Scan(FamilyOf(table), KeyRange::Prefix(AsBytes(prefix)),
                              [&](ByteView key, ByteView row) {
                                auto value = Decode(table, AsText(key), row);
                                if (!value) {
                                  decoded = tl::unexpected<Fault>(std::move(value).error());
                                  return false;
                                }
                                return visit(AsText(key), *value);
                              }));
  return decoded;
}

std::string NumberText(std::uint64_t number) {
  const std::string text = std::to_string(number);
  return std::string(20 - text.size(), '0') + text;
}

}  // namespace havenline
