#include "deploy/havenline/document_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "agents/daemon/daemon.h"
#include "deploy/havenline/key_files.h"
#include "deploy/havenline/policy_source.h"
#include "deploy/havenline/tool.h"
#include "schema/directory/suspension.h"
#include "schema/model/limits.h"
#include "schema/text/mark.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

constexpr std::array<std::pair<DocumentKind, std::string_view>, 4> kWords = {{
    {DocumentKind::kDirectory, "directory"},
    {DocumentKind::kPolicy, "policy"},
    {DocumentKind::kSuspension, "suspension"},
    {DocumentKind::kOpening, "opening"},
}};

// The key that a signature line names, as far as the line tells: its name and short id.
std::string_view KeyPart(std::string_view line) {
  // `— name base64(id || signature)`: the id is the first 4 bytes, so the first 5 characters and a
  // bit.
  const auto last_space = line.rfind(' ');
  constexpr std::size_t kIdCharacters = 5;
  return line.substr(0, std::min(line.size(), last_space + 1 + kIdCharacters));
}

Result<tlog::NoteSigner> ReadSigner(const std::string& path,
                                    const std::optional<AgencySigner>& agency) {
  auto of_governance = ReadNoteSigner(path);
  if (of_governance || !agency) return of_governance;
  const auto own = ReadKeyFile(seal::NameOf(seal::Purpose::kStatement), path);
  if (!own) return of_governance;
  std::string name = AgencyNoteName(agency->partnership, agency->agency);
  if (name.find('+') != std::string::npos) {
    return Fail(FaultCode::kInvalid,
                "an agency whose name has a '+' cannot sign its own suspension: "
                "a governance key can");
  }
  return tlog::NoteSigner(std::move(name), seal::SigningKey::FromSeed(own->ExposeSecret()));
}

}  // namespace

DocumentFile DocumentFrom(std::string bytes, std::string source) {
  DocumentFile file{std::move(source), std::move(bytes), {}, {}};
  const auto text = tlog::UnverifiedText(file.text);
  if (!text) return file;
  // The text ends before the empty line; one signature on each line after it.
  std::string_view lines = std::string_view(file.text).substr(text->size() + 1);
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    file.signature_lines.emplace_back(lines.substr(0, end + 1));
    lines.remove_prefix(end + 1);
  }
  file.text.resize(text->size());
  return file;
}

std::string Relocated(const DocumentFile& file, const std::string& problem) {
  const std::string start = file.source + ":";
  if (file.pieces.empty() || !problem.starts_with(start)) return problem;
  std::size_t line = 0;
  const char* const begin = problem.data() + start.size();
  const auto read = std::from_chars(begin, problem.data() + problem.size(), line);
  if (read.ec != std::errc()) return problem;
  const auto piece =
      std::ranges::find_if(file.pieces.rbegin(), file.pieces.rend(),
                           [&](const Piece& each) { return each.lines_before < line; });
  if (piece == file.pieces.rend()) return problem;
  return piece->path + ":" + std::to_string(line - piece->lines_before) +
         problem.substr(static_cast<std::size_t>(read.ptr - problem.data()));
}

Result<DocumentFile> ReadDocumentFile(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return JoinFolder(path);
  ASSIGN_OR_RETURN(std::string bytes, tool::ReadText(path, limits::kDocumentBytesMax));
  return DocumentFrom(std::move(bytes), path == "-" ? "standard input" : path.string());
}

Result<DocumentKind> KindOf(const DocumentFile& file) {
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(file.text, file.source));
  const text::Value* const document = value.Find("document");
  if (document != nullptr && document->is(text::Value::Kind::kText)) {
    for (const auto& [kind, word] : kWords) {
      if (document->text() == word) return kind;
    }
  }
  return Fail(FaultCode::kInvalid,
              text::Located(
                  file.source, document == nullptr ? text::Mark{1, 1} : document->mark(),
                  "`document` must say what this is: \"directory\", \"policy\", \"suspension\" or "
                  "\"opening\""));
}

std::string_view WordFor(DocumentKind kind) {
  const auto* const found = std::ranges::find(kWords, kind, &decltype(kWords)::value_type::first);
  return found == kWords.end() ? "document" : found->second;
}

Result<std::vector<tlog::NoteSigner>> ReadSigners(const std::vector<std::string>& paths,
                                                  const std::optional<AgencySigner>& agency) {
  std::vector<tlog::NoteSigner> signers;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(tlog::NoteSigner signer, ReadSigner(path, agency));
    const bool twice = std::ranges::any_of(
        signers, [&](const tlog::NoteSigner& each) { return each.key() == signer.key(); });
    if (twice) return Fail(FaultCode::kInvalid, path + " is given twice: one key signs once");
    signers.push_back(std::move(signer));
  }
  return signers;
}

Result<void> CheckSignable(const DocumentFile& file) {
  const auto at = [&](std::size_t offset, std::string_view what) {
    return Fail(FaultCode::kInvalid,
                text::Located(file.source, text::MarkAt(file.text, offset), what));
  };
  if (const auto offset = text::FindNotUtf8(file.text)) return at(*offset, "this is not UTF-8");
  for (std::size_t i = 0; i < file.text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(file.text[i]);
    if (byte == '\t') return at(i, "a tab: signed texts have none, use spaces");
    if (byte == '\r') return at(i, "a carriage return: save the file with line feeds alone");
    if (byte < 0x20 && byte != '\n') return at(i, "a control character: signed texts have none");
  }
  if (!file.text.ends_with('\n')) return at(file.text.size(), "the last line has no line end");
  return {};
}

Result<DocumentFile> Sign(DocumentFile file, const std::vector<tlog::NoteSigner>& signers) {
  RETURN_IF_FAULT(CheckSignable(file));
  for (const tlog::NoteSigner& signer : signers) {
    const std::string line = signer.SignatureLine(file.text);
    std::erase_if(file.signature_lines,
                  [&](const std::string& each) { return KeyPart(each) == KeyPart(line); });
    file.signature_lines.push_back(line);
  }
  return file;
}

}  // namespace havenline
