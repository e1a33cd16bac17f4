#include "deploy/havenline/fetched.h"

#include "deploy/runtime/files.h"
#include "schema/directory/governance.h"
#include "schema/model/limits.h"
#include "schema/tlog/note.h"

namespace havenline {

Result<std::optional<std::string>> FetchNote(BrokerLink& link, DocumentKind kind,
                                             const Digest& hash) {
  ASSIGN_OR_RETURN(const DocumentFrame frame, link.Ask(Fetch::Document{hash}));
  if (frame.pieces.empty()) return std::nullopt;
  const DocumentFrame::Piece& piece = frame.pieces.front();
  std::string note = ToText(piece.bytes);
  const auto text = tlog::UnverifiedText(note);
  if (piece.kind != kind || !text || tlog::NoteTextHash(*text) != hash) {
    return Fail(FaultCode::kCorrupt,
                "the broker gave another document than the one of hash " + HexEncode(hash));
  }
  return note;
}

Result<Directory> FetchDirectory(BrokerLink& link, const LinkConfiguration& configuration) {
  const DocumentVersion& in_force = link.welcome().directory;
  ASSIGN_OR_RETURN(const auto note, FetchNote(link, DocumentKind::kDirectory, in_force.hash));
  if (!note)
    return Fail(FaultCode::kCorrupt, "the broker does not have the directory it says is in force");
  ASSIGN_OR_RETURN(const std::string text, OpenByGovernance(*note, configuration.governance));
  ASSIGN_OR_RETURN(Directory directory, Directory::Parse(text, "the directory in force"));
  if (directory.partnership() != configuration.partnership)
    return Fail(FaultCode::kCorrupt, "the broker's directory is of another partnership");

  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(configuration.directory, limits::kDocumentBytesMax));
  const std::string given_note = ToText(bytes);
  const auto given_text = OpenByGovernance(given_note, configuration.governance);
  if (!given_text) {
    return Fail(FaultCode::kInvalid,
                configuration.directory.string() + ": " + given_text.error().detail);
  }
  ASSIGN_OR_RETURN(const Directory given,
                   Directory::Parse(*given_text, configuration.directory.string()));
  const bool same_version = directory.version().version == given.version().version;
  if (directory.version().version < given.version().version ||
      (same_version && directory.version().hash != given.version().hash)) {
    return Fail(FaultCode::kCorrupt,
                "the broker says that directory version " +
                    std::to_string(directory.version().version) + " is in force, and " +
                    configuration.directory.string() + " holds version " +
                    std::to_string(given.version().version) +
                    ", signed by governance: the broker has forgotten something, or is not the "
                    "right one");
  }
  return directory;
}

Result<SuspensionState> FetchSuspensionState(BrokerLink& link, const AgencyId& agency) {
  SuspensionState state;
  std::uint64_t after = 0;
  while (true) {
    ASSIGN_OR_RETURN(const DocumentFrame frame, link.Ask(Fetch::Statements{after}));
    for (const DocumentFrame::Piece& piece : frame.pieces) {
      if (piece.index <= after)
        return Fail(FaultCode::kCorrupt, "the broker's list of statements is out of order");
      after = piece.index;
      if (piece.kind != DocumentKind::kSuspension) continue;
      // The key that signed it may have left the directory since; that it stands is the broker's
      // word.
      const auto suspension = ReadKeptSuspension(AsText(piece.bytes));
      if (!suspension || suspension->agency != agency) continue;
      state.next_number = suspension->number + 1;
      state.suspended = !suspension->lifted;
    }
    if (!frame.more || frame.pieces.empty()) return state;
  }
}

}  // namespace havenline
