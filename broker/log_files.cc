#include "broker/log_files.h"

#include "broker/pipeline/log_publisher.h"
#include "broker/published_folder.h"
#include "broker/start.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

// Takes writes and removals without carrying them out.
class FolderAsItIs final : public LogFolder {
 public:
  explicit FolderAsItIs(const LogFolder& folder) : folder_(folder) {}
  Result<std::optional<Bytes>> Read(const std::string& name, std::size_t bytes_max) const override {
    return folder_.Read(name, bytes_max);
  }
  Result<std::optional<std::uint64_t>> SizeOf(const std::string& name) const override {
    return folder_.SizeOf(name);
  }
  Result<void> Write(const std::string&, ByteView) override { return {}; }
  Result<void> RemoveFolder(const std::string&) override { return {}; }

 private:
  const LogFolder& folder_;
};

struct OpenedLog {
  std::unique_ptr<BrokerStore> store;
  std::uint64_t epoch = 0;
  tlog::NoteKey log_key;
};

Result<OpenedLog> OpenLog(const BrokerConfiguration& configuration, bool rebuild) {
  OpenedLog log;
  ASSIGN_OR_RETURN(log.store,
                   BrokerStore::Open({configuration.store, configuration.reserve_bytes, !rebuild}));
  seal::SystemRandom random;
  Committer committer(
      *log.store, random,
      {.partnership = configuration.partnership, .parse_statement = wire::ParseSignedStatement});
  RETURN_IF_FAULT(committer.Recover());
  if (committer.is_new()) return Fail(FaultCode::kMissing, "the store holds no log yet");
  log.epoch = committer.head().epoch;
  log.log_key = committer.log_key();
  return log;
}

}  // namespace

Result<LogFilesFound> LookAtLogFiles(const BrokerConfiguration& configuration, bool rebuild) {
  if (configuration.log_files.empty())
    return Fail(FaultCode::kInvalid, "broker.toml names no folder `log-files`");
  ASSIGN_OR_RETURN(const OpenedLog log, OpenLog(configuration, rebuild));
  PublishedFolder folder(configuration.log_files);
  FolderAsItIs as_it_is(folder);
  LogFolder& written = rebuild ? static_cast<LogFolder&>(folder) : as_it_is;
  LogPublisher publisher({*log.store, written, configuration.partnership, log.log_key},
                         LogPublisher::Look::kWhole);
  LogFilesFound found{log.epoch, 0, {}};
  ASSIGN_OR_RETURN(const auto checkpoint, publisher.Found(log.epoch));
  if (!checkpoint) return found;
  found.entries = checkpoint->head.size;
  for (bool done = false; !done;) {
    ASSIGN_OR_RETURN(done, publisher.Step(*checkpoint));
  }
  found.differs = publisher.mended();
  return found;
}

}  // namespace havenline
