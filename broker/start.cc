#include "broker/start.h"

#include <charconv>
#include <utility>

#include "deploy/runtime/files.h"
#include "schema/model/limits.h"
#include "schema/seal/key_text.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/statement_codec.h"
#include "schema/wire/word_codec.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kKeyFileMax = 1024;
constexpr std::size_t kCheckpointMax = 64U << 10U;
constexpr std::size_t kKeyFilesMax = 1000;
constexpr std::string_view kKeyPrefix = "log-";
constexpr std::string_view kKeySuffix = ".key";

Result<tlog::NoteSigner> ReadSigner(const BrokerConfiguration& configuration, const Path& path,
                                    std::uint64_t epoch) {
  ASSIGN_OR_RETURN(const seal::Secret<32> secret, ReadKey("note", path));
  return tlog::NoteSigner(tlog::OriginOf(configuration.partnership, epoch),
                          seal::SigningKey::FromSeed(secret.ExposeSecret()));
}

// The epoch in the name of a key file; 0 for another file.
std::uint64_t EpochIn(std::string_view name) {
  if (!name.starts_with(kKeyPrefix) || !name.ends_with(kKeySuffix)) return 0;
  const char* const end = name.data() + name.size() - kKeySuffix.size();
  std::uint64_t epoch = 0;
  const auto read = std::from_chars(name.data() + kKeyPrefix.size(), end, epoch);
  return read.ptr == end ? epoch : 0;
}

// The epoch that a log key is named after.
std::uint64_t EpochOf(const tlog::NoteKey& key) {
  const std::size_t slash = key.name.rfind('/');
  std::uint64_t epoch = 0;
  std::from_chars(key.name.data() + slash + 1, key.name.data() + key.name.size(), epoch);
  return epoch;
}

}  // namespace

Result<seal::Secret<32>> ReadKey(std::string_view kind, const Path& path) {
  ASSIGN_OR_RETURN(Bytes bytes, ReadSecretFile(path, kKeyFileMax));
  const seal::SecretBytes wiped(std::move(bytes));
  auto key = seal::KeyFromText(kind, AsText(wiped.ExposeSecret()));
  if (!key) return Fail(FaultCode::kInvalid, path.string() + ": " + key.error().detail);
  return key;
}

Result<std::string> ReadNote(const Path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, limits::kDocumentBytesMax));
  return ToText(bytes);
}

Path LogKeyPath(const BrokerConfiguration& configuration, std::uint64_t epoch) {
  return configuration.log_key.parent_path() /
         (std::string(kKeyPrefix) + std::to_string(epoch) + std::string(kKeySuffix));
}

Result<tlog::NoteSigner> SignerFor(const BrokerConfiguration& configuration,
                                   const tlog::NoteKey& key) {
  const std::uint64_t epoch = EpochOf(key);
  const Path own = LogKeyPath(configuration, epoch);
  for (const Path& path : {own, configuration.log_key}) {
    auto signer = ReadSigner(configuration, path, epoch);
    if (!signer && signer.error().code == FaultCode::kMissing) continue;
    if (!signer) return signer;
    if (signer->key() == key) return signer;
  }
  return Fail(FaultCode::kInvalid,
              "neither " + own.string() + " nor " + configuration.log_key.string() +
                  " is the key that the opening of epoch " + std::to_string(epoch) +
                  " names: put the key that was made with that opening at " + own.string());
}

std::vector<tlog::NoteKey> OwnLogKeys(const BrokerConfiguration& configuration) {
  std::vector<tlog::NoteKey> keys;
  const auto listing = ListDirectory(configuration.log_key.parent_path(), kKeyFilesMax);
  if (!listing) return keys;
  for (const DirectoryEntry& entry : listing->entries) {
    const std::uint64_t epoch = EpochIn(entry.name);
    if (epoch == 0) continue;
    const auto signer = ReadSigner(configuration, LogKeyPath(configuration, epoch), epoch);
    if (signer) keys.push_back(signer->key());  // One that cannot be read is found when it is used.
  }
  return keys;
}

Path EvidencePath(const BrokerConfiguration& configuration) {
  return configuration.mark / "shown.checkpoint";
}

Result<void> KeepEvidence(const BrokerConfiguration& configuration, const std::string& checkpoint) {
  const Path path = EvidencePath(configuration);
  if (std::filesystem::exists(path)) return {};
  return WriteFileDurably(path, AsBytes(checkpoint), kPrivateFile);
}

std::optional<LogHead> ReadEvidence(const BrokerConfiguration& configuration,
                                    const std::vector<tlog::NoteKey>& keys) {
  const auto bytes = ReadFile(EvidencePath(configuration), kCheckpointMax);
  if (!bytes) return std::nullopt;
  const auto head = tlog::OpenCheckpoint(configuration.partnership, AsText(*bytes), keys);
  return head ? std::optional(*head) : std::nullopt;
}

std::vector<LogHead> PublishedHeads(const BrokerConfiguration& configuration,
                                    const std::vector<tlog::NoteKey>& keys) {
  std::vector<LogHead> heads;
  if (configuration.log_files.empty()) return heads;
  for (const tlog::NoteKey& key : keys) {
    const auto bytes = ReadFile(
        configuration.log_files / std::to_string(EpochOf(key)) / "checkpoint", kCheckpointMax);
    if (!bytes) continue;  // None yet; or spoiled: it is written again.
    const auto head = tlog::OpenCheckpoint(configuration.partnership, AsText(*bytes), keys);
    if (head) heads.push_back(*head);
  }
  return heads;
}

Result<OpenedStore> OpenStore(const BrokerConfiguration& configuration, seal::RandomSource& random,
                              Outflow* outflow) {
  OpenedStore opened;
  RETURN_IF_FAULT(MakeDirectories(configuration.store.parent_path(), kPrivateDirectory));
  ASSIGN_OR_RETURN(opened.store,
                   BrokerStore::Open({configuration.store, configuration.reserve_bytes, false}));
  CommitterOptions options{.partnership = configuration.partnership,
                           .parse_statement = wire::ParseSignedStatement,
                           .encode_word = wire::EncodeWord,
                           .outflow = outflow};
  options.own_log_keys = OwnLogKeys(configuration);
  opened.committer = std::make_unique<Committer>(*opened.store, random, std::move(options));
  RETURN_IF_FAULT(opened.committer->Recover());
  return opened;
}

StoreVerdict Judge(const BrokerConfiguration& configuration, const OpenedStore& opened,
                   const MarkFile& mark) {
  const Committer& committer = *opened.committer;
  StoreFacts facts{committer.head(), mark.newest(), {}, {}, {}};
  const auto keys = committer.is_new() ? OwnLogKeys(configuration) : committer.log_keys();
  if (const auto shown = ReadEvidence(configuration, keys)) facts.shown.push_back(*shown);
  facts.published = PublishedHeads(configuration, keys);
  facts.root_of = [&](std::uint64_t epoch, std::uint64_t size) {
    return tlog::RootOf(size,
                        [&](const tlog::NodeId& id) { return opened.store->ReadNode(epoch, id); });
  };
  return JudgeStore(facts);
}

Fault WithRemedy(Fault fault) {
  if (fault.code == FaultCode::kCorrupt) fault.detail += ". " + JudgeUnreadable(fault).remedy;
  return fault;
}

}  // namespace havenline
