// What a broker has on its machine, opened and judged: store, mark, kept evidence, the keys of the
// log's epochs. A start does this, and so does the way back.

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/commit/committer.h"
#include "broker/commit/outflow.h"
#include "broker/commit/store_verdict.h"
#include "broker/configuration.h"
#include "broker/storage/broker_store.h"
#include "deploy/runtime/mark.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/seal/random.h"
#include "schema/seal/secret.h"
#include "schema/tlog/note.h"

namespace havenline {

// --- key files

Result<seal::Secret<32>> ReadKey(std::string_view kind, const std::filesystem::path& path);
Result<std::string> ReadNote(const std::filesystem::path& path);

// Where the key of an epoch's checkpoints lies: `log-<epoch>.key` beside the configured one, which
// is the first epoch's.
std::filesystem::path LogKeyPath(const BrokerConfiguration& configuration, std::uint64_t epoch);
// The signer of the epoch whose opening names `key`. kInvalid, with what to do, if no file holds
// it.
Result<tlog::NoteSigner> SignerFor(const BrokerConfiguration& configuration,
                                   const tlog::NoteKey& key);
// The keys of all files beside the configured one, by the epochs in their names: heads of epochs
// that a store has forgotten are known by them.
std::vector<tlog::NoteKey> OwnLogKeys(const BrokerConfiguration& configuration);

// --- evidence

// The checkpoint that an agency showed and the store did not contain; beside the mark, so that the
// next start knows of it.
std::filesystem::path EvidencePath(const BrokerConfiguration& configuration);
// Keeps the first one. A fault if it could not be made durable.
Result<void> KeepEvidence(const BrokerConfiguration& configuration, const std::string& checkpoint);

// The heads of the checkpoints in the folder of the log's files, of each of these keys' epochs.
std::vector<LogHead> PublishedHeads(const BrokerConfiguration& configuration,
                                    const std::vector<tlog::NoteKey>& keys);

// --- store and mark

struct OpenedStore {
  std::unique_ptr<BrokerStore> store;
  std::unique_ptr<Committer> committer;  // Recovered.
};
// Faults are those of BrokerStore::Open() and Committer::Recover(). `outflow` is the committer's.
Result<OpenedStore> OpenStore(const BrokerConfiguration& configuration, seal::RandomSource& random,
                              Outflow* outflow = nullptr);

// Holds the store against the mark, the kept evidence and the published files.
StoreVerdict Judge(const BrokerConfiguration& configuration, const OpenedStore& opened,
                   const MarkFile& mark);
// The head of the kept evidence, if there is any that can be read.
std::optional<LogHead> ReadEvidence(const BrokerConfiguration& configuration,
                                    const std::vector<tlog::NoteKey>& keys);

// A fault of opening store or mark, with the way back where that is what it takes.
Fault WithRemedy(Fault fault);

}  // namespace havenline
