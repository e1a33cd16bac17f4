// The log as files, checked with nothing but governance's keys: the checkpoint's key out of the
// opening that governance signed, every entry and every tile against the checkpoint, every document
// against the entry that names it. Pure: the files come out of functions, the verdict is data.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "deploy/havenline/audit_state.h"
#include "deploy/havenline/link_configuration.h"
#include "schema/base/result.h"
#include "schema/model/position.h"
#include "schema/tlog/note.h"
#include "schema/tlog/verdict.h"

namespace havenline {

// Names are as published: "1/tile/0/000". A fault of read(): the file cannot be had; kMissing, it
// is not there; kInvalid, it is larger than any of its kind. list(): the names of the files in a
// folder, at most so many.
struct LogFiles {
  std::function<Result<Bytes>(const std::string& name, std::size_t bytes_max)> read;
  std::function<std::vector<std::string>(const std::string& folder, std::size_t count_max)> list;
};

// Whom the checker trusts, and which epoch is asked about.
struct FilesTrust {
  const LinkConfiguration& configuration;  // Partnership and governance.
  std::vector<tlog::NoteKey> keys;         // Of the directory that the checker holds.
  std::uint64_t epoch = 0;
};

// The checkpoint, its signature verified; or what is wrong with it, or missing.
struct OpenedFiles {
  tlog::Verdict verdict;
  std::optional<LogHead> head;
  std::string checkpoint;
  std::vector<tlog::NoteKey> keys;
};
OpenedFiles OpenFiles(const LogFiles& files, const FilesTrust& trust);

struct FilesRun {
  std::optional<LogHead> remembered;
  std::optional<AuditProgress> from;  // To go on from, if it still fits.
  // Told now and then how far it is.
  std::function<void(const AuditProgress& progress, std::uint64_t next)> tell;
};
struct FilesFindings {
  tlog::Verdict verdict;
  std::uint64_t entries_before = 0;  // Not looked at again.
  std::size_t documents = 0;
  std::optional<AuditProgress> progress;  // For the next run, if all was sound.
};
// `opened` has a head. Constant memory but for the documents' names.
FilesFindings AuditFiles(const LogFiles& files, const FilesTrust& trust, const OpenedFiles& opened,
                         const FilesRun& run);

}  // namespace havenline
