#include "schema/text/xml_guard.h"

#include <algorithm>
#include <array>
#include <optional>

#include "schema/text/mark.h"
#include "schema/text/windows_1252.h"
#include "schema/text/xml.h"

namespace havenline::text {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::size_t kDeclarationBytesMax = 200;

std::string LineText(std::string_view text, std::size_t offset) {
  return "line " + std::to_string(MarkAt(text, std::min(offset, text.size())).line) + ": ";
}

char SmallLetter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// What the declaration says, in small letters; empty if it says nothing.
std::string DeclaredEncoding(std::string_view text) {
  if (!text.starts_with("<?xml")) return {};
  text = text.substr(0, std::min(text.find("?>"), kDeclarationBytesMax));
  const std::size_t key = text.find("encoding");
  if (key == std::string_view::npos) return {};
  const std::size_t open = text.find_first_of("\"'", key);
  if (open == std::string_view::npos) return {};
  const std::size_t close = text.find(text[open], open + 1);
  if (close == std::string_view::npos) return {};
  std::string name(text.substr(open + 1, close - open - 1));
  std::ranges::transform(name, name.begin(), SmallLetter);
  return name;
}

// Walks from markup to markup as XML's grammar has it. Where the text is not XML, it may lose its
// way, and libxml2 stops there.
class MarkupWalk {
 public:
  explicit MarkupWalk(std::string_view text) : text_(text) {}

  // The offset of what is refused, if anything is; why() says why.
  std::optional<std::size_t> FindRefused() {
    for (std::size_t at = text_.find('<'); at < text_.size(); at = text_.find('<', at)) {
      const std::string_view rest = text_.substr(at);
      std::size_t end = 0;
      if (rest.starts_with("<!--")) {
        end = text_.find("-->", at + 4);
      } else if (rest.starts_with("<![CDATA[")) {
        end = text_.find("]]>", at);
      } else if (rest.starts_with("<?")) {
        end = text_.find("?>", at);
      } else if (rest.starts_with("<!")) {
        why_ = "a document type or an entity is declared: leave <!DOCTYPE …> and <!ENTITY …> out";
        return at;
      } else {
        end = TagEnd(at);
        if (end - at > kXmlTagBytesMax) {
          why_ = "a tag is longer than " + std::to_string(kXmlTagBytesMax) +
                 " bytes: is a quote or a \">\" missing? If not, put what it says into elements";
          return at;
        }
      }
      if (end == std::string_view::npos) break;
      at = end;
    }
    return std::nullopt;
  }
  const std::string& why() const { return why_; }

 private:
  // Of its '>'; or of where it cannot be a tag any more.
  std::size_t TagEnd(std::size_t at) const {
    char quote = 0;
    for (++at; at < text_.size(); ++at) {
      const char c = text_[at];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>' || c == '<') {
        break;
      }
    }
    return at;
  }

  std::string_view text_;
  std::string why_;
};

}  // namespace

XmlGuarded GuardXml(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
    return {{}, "line 1: the file is UTF-16: save it as UTF-8"};
  if (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
  constexpr auto kUtf8Names = std::to_array<std::string_view>({"", "utf-8", "utf8", "us-ascii"});
  constexpr auto k1252Names =
      std::to_array<std::string_view>({"windows-1252", "cp1252", "iso-8859-1", "latin1"});
  const std::string encoding = DeclaredEncoding(bytes);
  XmlGuarded guarded;
  if (std::ranges::find(kUtf8Names, encoding) != kUtf8Names.end()) {
    guarded.text = bytes;
    if (const auto bad = FindNotUtf8(bytes)) {
      guarded.problem = LineText(bytes, *bad) +
                        "a byte is not UTF-8: save the file as UTF-8, or let its first line say "
                        "encoding=\"windows-1252\" if that is what it is";
      guarded.text.resize(*bad);
    }
  } else if (std::ranges::find(k1252Names, encoding) != k1252Names.end()) {
    guarded.text = FromWindows1252ForPeople(bytes);
  } else {
    return {{}, "line 1: its encoding is none that is read here: save it as UTF-8"};
  }
  if (const auto zero = guarded.text.find('\0'); zero != std::string::npos) {
    guarded.problem = LineText(guarded.text, zero) + "a zero byte is not XML: save it as UTF-8";
    guarded.text.resize(zero);
  }
  MarkupWalk walk(guarded.text);
  if (const auto refused = walk.FindRefused()) {
    guarded.problem = LineText(guarded.text, *refused) + walk.why();
    guarded.text.resize(*refused);
  }
  return guarded;
}

}  // namespace havenline::text
