#include "deploy/havenline/log_fetch.h"

#include <algorithm>
#include <set>

#include "deploy/havenline/document_file.h"
#include "deploy/havenline/fetched.h"
#include "schema/base/bytes.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"
#include "schema/model/limits.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

using text::Value;

tlog::Place PlaceOf(const LoggedDocument& document, const std::string& what) {
  return {"", document.index, "names a " + document.mark.document + ": " + what};
}

// Governance's word on the epoch in force, from its first entry; nothing if there is none that
// holds.
Result<std::optional<Opening>> FetchOpening(BrokerLink& link,
                                            const LinkConfiguration& configuration) {
  const std::uint64_t epoch = link.welcome().head.epoch;
  std::optional<tlog::DocumentMark> mark;
  RETURN_IF_FAULT(FetchLeaves(link, epoch, 0, 1, [&](std::uint64_t, std::string_view text) {
    if (const auto leaf = tlog::ParseLeaf(text)) mark = leaf->document;
    return false;
  }));
  if (!mark) return std::nullopt;
  ASSIGN_OR_RETURN(const auto note, FetchNote(link, DocumentKind::kOpening, mark->hash));
  if (!note) return std::nullopt;
  const auto opening = OpenOpening(*note, configuration.governance);
  if (!opening || opening->partnership != configuration.partnership || opening->epoch != epoch)
    return std::nullopt;
  return *opening;
}

}  // namespace

std::optional<DocumentKind> KindNamed(std::string_view word) {
  for (const DocumentKind kind : {DocumentKind::kDirectory, DocumentKind::kPolicy,
                                  DocumentKind::kSuspension, DocumentKind::kOpening}) {
    if (WordFor(kind) == word) return kind;
  }
  return std::nullopt;
}

std::optional<std::string> WrongWith(DocumentKind kind, const std::string& note,
                                     const LinkConfiguration& configuration) {
  if (kind == DocumentKind::kSuspension) return std::nullopt;
  if (kind == DocumentKind::kOpening) {
    const auto opening = OpenOpening(note, configuration.governance);
    if (!opening) return opening.error().detail;
    return std::nullopt;
  }
  const auto text = OpenByGovernance(note, configuration.governance);
  if (!text) return text.error().detail;
  return std::nullopt;
}

Result<SignedLog> OpenLog(BrokerLink& link, const LinkConfiguration& configuration) {
  ASSIGN_OR_RETURN(Directory directory, FetchDirectory(link, configuration));
  std::string note = link.welcome().checkpoint;
  if (note.empty())
    return Fail(FaultCode::kUnavailable, "the broker has signed no checkpoint yet: ask again soon");
  std::vector<tlog::NoteKey> keys(directory.log_keys().begin(), directory.log_keys().end());
  auto head = tlog::OpenCheckpoint(configuration.partnership, note, keys);
  if (!head && link.welcome().head.epoch > kFirstEpoch) {
    ASSIGN_OR_RETURN(const auto opened, FetchOpening(link, configuration));
    if (opened) keys.push_back(opened->log_key);
    head = tlog::OpenCheckpoint(configuration.partnership, note, keys);
  }
  if (!head) {
    return Fail(FaultCode::kCorrupt,
                "the broker's checkpoint is not signed by a log key of the directory, nor by one "
                "that governance opened: " +
                    head.error().detail);
  }
  return SignedLog{std::move(directory), std::move(keys), std::move(note), *head};
}

Result<void> FetchLeaves(BrokerLink& link, std::uint64_t epoch, std::uint64_t first,
                         std::uint64_t until, const LeafTaker& take) {
  while (first < until) {
    const auto count =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(limits::kItemsMax, until - first));
    ASSIGN_OR_RETURN(const DocumentFrame frame, link.Ask(Fetch::Leaves{epoch, first, count}));
    if (frame.pieces.empty()) return {};
    for (const DocumentFrame::Piece& piece : frame.pieces) {
      if (piece.kind != DocumentKind::kLeaf || piece.index != first || first >= until)
        return Fail(FaultCode::kCorrupt, "the broker gives its entries out of order");
      if (!take(first, AsText(piece.bytes))) return {};
      ++first;
    }
  }
  return {};
}

Value LeafJson(std::uint64_t index, std::string_view text) {
  Value json = Value::Map().Set("index", index).Set("leaf", Base64Encode(AsBytes(text)));
  const auto leaf = tlog::ParseLeaf(text);
  if (!leaf) return json;
  json.Set("digest", HexEncode(leaf->digest));
  if (leaf->document) {
    json.Set("document", Value::Map()
                             .Set("document", leaf->document->document)
                             .Set("version", leaf->document->version)
                             .Set("hash", HexEncode(leaf->document->hash)));
  }
  return json;
}

Result<std::vector<FetchedDocument>> FetchDocuments(BrokerLink& link,
                                                    const LinkConfiguration& configuration,
                                                    const std::vector<LoggedDocument>& documents,
                                                    tlog::Verdict& verdict) {
  std::vector<FetchedDocument> fetched;
  std::set<Digest> seen;
  for (const LoggedDocument& document : documents) {
    if (!seen.insert(document.mark.hash).second) continue;
    const auto kind = KindNamed(document.mark.document);
    if (!kind) {
      verdict.Missing(PlaceOf(document, "this version does not know such documents"));
      continue;
    }
    const auto note = FetchNote(link, *kind, document.mark.hash);
    if (!note && note.error().code != FaultCode::kCorrupt)
      return tl::unexpected<Fault>(note.error());
    const std::optional<std::string> text = note ? *note : std::nullopt;
    if (!note) verdict.Tampered(PlaceOf(document, note.error().detail));
    if (note && !text) verdict.Missing(PlaceOf(document, "the broker does not have it"));
    if (!text) continue;
    if (const auto wrong = WrongWith(*kind, *text, configuration))
      verdict.Tampered(PlaceOf(document, *wrong));
    fetched.push_back({document.mark, *text});
  }
  return fetched;
}

void CheckInForce(const Welcome& welcome, const std::vector<LoggedDocument>& documents,
                  tlog::Verdict& verdict) {
  for (const auto& [word, in_force] :
       {std::pair{"directory", welcome.directory}, std::pair{"policy", welcome.policy}}) {
    const LoggedDocument* last = nullptr;
    for (const LoggedDocument& each : documents) {
      if (each.mark.document == word) last = &each;
    }
    // The head may be ahead of the checkpoint: then what is in force is newer, and in no entry seen
    // here.
    if (last != nullptr && last->mark.version < in_force.version) continue;
    if (last == nullptr || last->mark.version != in_force.version ||
        last->mark.hash != in_force.hash) {
      verdict.Tampered({"", std::nullopt,
                        std::string("the broker says that ") + word + " version " +
                            std::to_string(in_force.version) +
                            " is in force, and the log says otherwise"});
    }
  }
}

}  // namespace havenline
