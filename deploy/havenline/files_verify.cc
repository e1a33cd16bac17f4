#include "deploy/havenline/files_verify.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>
#include <vector>

#include "deploy/havenline/audit_report.h"
#include "deploy/havenline/audit_state.h"
#include "deploy/havenline/files_audit.h"
#include "deploy/runtime/files.h"
#include "schema/directory/directory.h"
#include "schema/directory/governance.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kEpochsMax = 10'000;

// What is larger than it can be is no file of the log; what we may not read is only missing.
Result<Bytes> ReadLogFile(const Path& path, std::size_t bytes_max) {
  auto bytes = ReadFile(path, bytes_max);
  if (bytes || bytes.error().code != FaultCode::kInvalid) return bytes;
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  const bool too_large = !error && size > bytes_max;
  return Fail(too_large ? FaultCode::kInvalid : FaultCode::kUnavailable, bytes.error().detail);
}

LogFiles FilesIn(const Path& folder) {
  LogFiles files;
  files.read = [folder](const std::string& name, std::size_t bytes_max) {
    return ReadLogFile(folder / name, bytes_max);
  };
  files.list = [folder](const std::string& name, std::size_t count_max) {
    std::vector<std::string> names;
    const auto listing = ListDirectory(folder / name, count_max);
    if (!listing) return names;
    for (const DirectoryEntry& entry : listing->entries) {
      if (entry.kind == DirectoryEntry::Kind::kFile) names.push_back(entry.name);
    }
    return names;
  };
  return files;
}

Result<std::uint64_t> NewestEpoch(const Path& folder) {
  ASSIGN_OR_RETURN(const DirectoryListing listing, ListDirectory(folder, kEpochsMax));
  std::uint64_t newest = 0;
  for (const DirectoryEntry& entry : listing.entries) {
    std::uint64_t epoch = 0;
    const char* const end = entry.name.data() + entry.name.size();
    const auto read = std::from_chars(entry.name.data(), end, epoch);
    if (read.ec == std::errc() && read.ptr == end && std::to_string(epoch) == entry.name)
      newest = std::max(newest, epoch);
  }
  if (newest > 0) return newest;
  return Fail(FaultCode::kMissing, folder.string() +
                                       " holds no epoch of a log: give the folder that has the "
                                       "folder `1` in it");
}

// The keys that the directory of this machine names; none if it cannot be read or governance did
// not sign it: the opening among the files says the same.
std::vector<tlog::NoteKey> KeysOf(const LinkConfiguration& configuration) {
  const auto note = ReadFile(configuration.directory, limits::kDocumentBytesMax);
  if (!note) return {};
  const auto text = OpenByGovernance(AsText(*note), configuration.governance);
  if (!text) return {};
  const auto directory = Directory::Parse(*text, configuration.directory.string());
  if (!directory || directory->partnership() != configuration.partnership) return {};
  return {directory->log_keys().begin(), directory->log_keys().end()};
}

void TellProgress(std::uint64_t next, std::uint64_t size) {
  tool::Tell(std::to_string(next) + " of " + std::to_string(size) + " entries");
}

}  // namespace

Result<tool::Answer> VerifyFiles(const LinkConfiguration& configuration,
                                 const FilesRequest& request) {
  std::uint64_t epoch = 0;
  if (request.epoch) {
    epoch = *request.epoch;
  } else {
    ASSIGN_OR_RETURN(epoch, NewestEpoch(request.folder));
  }
  const LogFiles files = FilesIn(request.folder);
  const FilesTrust trust{configuration, KeysOf(configuration), epoch};
  const OpenedFiles opened = OpenFiles(files, trust);
  AuditReport report;
  report.partnership = configuration.partnership;
  report.head = opened.head;
  report.checkpoint = opened.checkpoint;
  report.verdict = opened.verdict;
  if (!opened.head) return AnswerOf(report);

  FilesRun run;
  ASSIGN_OR_RETURN(run.remembered,
                   ReadState(request.state, configuration.partnership, opened.keys));
  if (request.resume) run.from = ReadProgress(request.state);
  run.tell = [&](const AuditProgress& progress, std::uint64_t next) {
    TellProgress(next, opened.head->size);
    // An interrupted run loses no more than this; a disk that does not take it is no verdict.
    static_cast<void>(KeepProgress(request.state, progress));
  };
  const FilesFindings findings = AuditFiles(files, trust, opened, run);
  report.entries = opened.head->size;
  report.entries_before = findings.entries_before;
  report.documents = findings.documents;
  report.remembered = run.remembered;
  report.verdict.Add(findings.verdict);
  const bool good = report.verdict.is() == tlog::Verdict::Is::kValid;
  if (good && findings.progress) RETURN_IF_FAULT(KeepProgress(request.state, *findings.progress));
  if (good || (report.remembered && report.verdict.is() == tlog::Verdict::Is::kTampered))
    RETURN_IF_FAULT(KeepCheckpoint(request.state, opened.checkpoint, good));
  return AnswerOf(report);
}

}  // namespace havenline
