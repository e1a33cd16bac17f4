// Governance's documents as files: a TOML text that people write, or a note, which is such a text
// with signatures under it.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/model/frame.h"
#include "schema/model/ids.h"
#include "schema/tlog/note.h"

namespace havenline {

// Where one of several files begins in a text that was joined from them.
struct Piece {
  std::string path;
  std::size_t lines_before = 0;
};

struct DocumentFile {
  std::string source;  // For messages: the path.
  std::string text;    // What is signed.
  std::vector<std::string>
      signature_lines;             // Of a note, each with its line end; nobody verified them.
  std::vector<Piece> pieces = {};  // Of a folder's text.

  bool is_note() const { return !signature_lines.empty(); }
  std::string Note() const { return tlog::MakeNote(text, signature_lines); }
  Digest Hash() const { return tlog::NoteTextHash(text); }
};

// A file that is no note is taken for a text. "-" is stdin. A folder is a policy in several files
// (JoinFolder).
Result<DocumentFile> ReadDocumentFile(const std::filesystem::path& path);
DocumentFile DocumentFrom(std::string bytes, std::string source);

// "folder:30:1: what" as "folder/rules.toml:7:1: what", where the text was joined.
std::string Relocated(const DocumentFile& file, const std::string& problem);

// What its `document` key says it is; kInvalid, with line and column, if it says nothing we know.
Result<DocumentKind> KindOf(const DocumentFile& file);
std::string_view WordFor(DocumentKind kind);  // "directory"

// The key files' signers. One of kind `statement` signs as the agency, so it needs to know for
// whom.
struct AgencySigner {
  PartnershipId partnership;
  AgencyId agency;
};
Result<std::vector<tlog::NoteSigner>> ReadSigners(const std::vector<std::string>& paths,
                                                  const std::optional<AgencySigner>& agency);

// The file with these signatures added; a signature by the same key is replaced. kInvalid, with
// line and column, for a text that cannot be a note's: no line end at its end, or control
// characters.
Result<DocumentFile> Sign(DocumentFile file, const std::vector<tlog::NoteSigner>& signers);
Result<void> CheckSignable(const DocumentFile& file);

}  // namespace havenline
