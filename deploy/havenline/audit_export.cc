#include "deploy/havenline/audit_export.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "deploy/havenline/audit_report.h"
#include "deploy/havenline/log_fetch.h"
#include "deploy/havenline/table.h"
#include "deploy/runtime/files.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

using text::Value;
using Path = std::filesystem::path;

Result<void> MakeEmpty(const Path& into) {
  RETURN_IF_FAULT(MakeDirectories(into, kPublicDirectory));
  ASSIGN_OR_RETURN(const DirectoryListing listing, ListDirectory(into, 1));
  if (!listing.entries.empty())
    return Fail(FaultCode::kInvalid, into.string() + " is not empty: choose a new folder");
  return {};
}

// Line by line: a log may be larger than memory.
Result<void> WriteLeaves(BrokerLink& link, LogAudit& audit, const Path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "we"),
                                                             std::fclose);
  if (!file) return Fail(FaultCode::kIo, "cannot write " + path.string());
  bool written = true;
  const LogHead& head = audit.head();
  RETURN_IF_FAULT(
      FetchLeaves(link, head.epoch, 0, head.size, [&](std::uint64_t index, std::string_view text) {
        audit.Add(text);
        const std::string line = text::ToJson(LeafJson(index, text)) + "\n";
        written = std::fwrite(line.data(), 1, line.size(), file.get()) == line.size();
        return written;
      }));
  if (!written || std::fflush(file.get()) != 0)
    return Fail(FaultCode::kIo, "cannot write " + path.string());
  return {};
}

}  // namespace

Result<tool::Answer> ExportLog(const LinkConfiguration& configuration, const Path& into) {
  RETURN_IF_FAULT(MakeEmpty(into));
  ASSIGN_OR_RETURN(const auto link, BrokerLink::Open(configuration));
  ASSIGN_OR_RETURN(const SignedLog log, OpenLog(*link, configuration));
  RETURN_IF_FAULT(tool::WriteText(into / "checkpoint.txt", log.checkpoint));
  std::string keys;
  for (const tlog::NoteKey& key : log.keys) keys += tlog::NoteKeyToText(key) + "\n";
  RETURN_IF_FAULT(tool::WriteText(into / "log-keys.txt", keys));

  LogAudit audit(log.head, std::nullopt);
  RETURN_IF_FAULT(WriteLeaves(*link, audit, into / "leaves.jsonl"));
  tlog::Verdict verdict = audit.Judge();
  ASSIGN_OR_RETURN(const auto documents,
                   FetchDocuments(*link, configuration, audit.documents(), verdict));
  RETURN_IF_FAULT(MakeDirectories(into / "documents", kPublicDirectory));
  for (const FetchedDocument& document : documents) {
    RETURN_IF_FAULT(tool::WriteText(into / "documents" / (HexEncode(document.mark.hash) + ".note"),
                                    document.note));
  }

  std::string words = into.string() + ": " + tool::Count(audit.next(), "entry", "entries") +
                      " of epoch " + std::to_string(log.head.epoch) + ", " +
                      tool::Count(documents.size(), "document", "documents") + "\n";
  Value list = Value::List();
  for (const auto& places : {verdict.tampered(), verdict.missing()}) {
    for (const tlog::Place& place : places) {
      words += "  " + WordsOf(place) + "\n";
      list.Add(WordsOf(place));
    }
  }
  return tool::Answer{std::move(words),
                      Value::Map()
                          .Set("into", into.string())
                          .Set("epoch", log.head.epoch)
                          .Set("size", log.head.size)
                          .Set("root", HexEncode(log.head.root))
                          .Set("entries", audit.next())
                          .Set("documents", documents.size())
                          .Set("problems", std::move(list)),
                      CodeFor(verdict.is())};
}

}  // namespace havenline
