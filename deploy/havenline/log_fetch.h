// The audit log as a broker gives it, page by page, and the checkpoint it is held to.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deploy/havenline/broker_link.h"
#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/log_audit.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/text/value.h"

namespace havenline {

// The newest checkpoint of the broker's welcome, its signature verified with a log key of the
// directory in force or of the epoch's opening, which governance signed.
struct SignedLog {
  Directory directory;
  std::vector<tlog::NoteKey> keys;  // The directory's, and that of the epoch's opening.
  std::string checkpoint;           // The note as it came.
  LogHead head;
};
// kUnavailable: it has signed none yet. kCorrupt: what the broker gives does not verify.
Result<SignedLog> OpenLog(BrokerLink& link, const LinkConfiguration& configuration);

// Calls `take` with the leaves from `first` on, in order, as far as the broker gives them below
// `until` or until `take` returns false.
using LeafTaker = std::function<bool(std::uint64_t index, std::string_view text)>;
Result<void> FetchLeaves(BrokerLink& link, std::uint64_t epoch, std::uint64_t first,
                         std::uint64_t until, const LeafTaker& take);

// {"index", "leaf": base64, "digest", "document"}: a leaf for other programs.
text::Value LeafJson(std::uint64_t index, std::string_view text);

// Each document that the log names, fetched by its hash; directories, policies and the opening held
// to governance's signatures. What does not hold, or is not there, goes into `verdict`. By hash,
// each once.
struct FetchedDocument {
  tlog::DocumentMark mark;
  std::string note;
};
Result<std::vector<FetchedDocument>> FetchDocuments(BrokerLink& link,
                                                    const LinkConfiguration& configuration,
                                                    const std::vector<LoggedDocument>& documents,
                                                    tlog::Verdict& verdict);

// What is wrong with a document beside the log; nothing if nothing is. A suspension was judged by
// the directory of its time: of it the hash is held to the log and no more.
std::optional<std::string> WrongWith(DocumentKind kind, const std::string& note,
                                     const LinkConfiguration& configuration);
// The kind that a leaf's word names.
std::optional<DocumentKind> KindNamed(std::string_view word);

// What the log says is in force must be what the broker says is in force.
void CheckInForce(const Welcome& welcome, const std::vector<LoggedDocument>& documents,
                  tlog::Verdict& verdict);

}  // namespace havenline
