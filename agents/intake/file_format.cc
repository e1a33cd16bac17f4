#include "agents/intake/file_format.h"

#include <algorithm>
#include <array>

#include "agents/intake/texts.h"

namespace havenline::intake {
namespace {

struct Known {
  FileFormat format;
  std::string_view suffix;
  std::string_view name;
};
constexpr std::array<Known, 3> kKnown = {{{FileFormat::kCsv, ".csv", "CSV"},
                                          {FileFormat::kXml, ".xml", "XML"},
                                          {FileFormat::kJson, ".json", "JSON"}}};

}  // namespace

std::optional<FileFormat> FormatOfName(std::string_view name) {
  const std::string lower = Lower(name);
  const auto at =
      std::ranges::find_if(kKnown, [&](const Known& each) { return lower.ends_with(each.suffix); });
  if (at == kKnown.end()) return std::nullopt;
  return at->format;
}

std::optional<FileFormat> FormatOfMediaType(std::string_view media_type) {
  const std::string type = Lower(Trimmed(media_type.substr(0, media_type.find(';'))));
  if (type == "text/csv") return FileFormat::kCsv;
  if (type == "application/xml" || type == "text/xml") return FileFormat::kXml;
  if (type == "application/json") return FileFormat::kJson;
  return std::nullopt;
}

std::string_view SuffixOf(FileFormat format) {
  return kKnown.at(static_cast<std::size_t>(format)).suffix;
}
std::string_view NameOf(FileFormat format) {
  return kKnown.at(static_cast<std::size_t>(format)).name;
}

}  // namespace havenline::intake
