// What a report is written as. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace havenline::intake {

enum class FileFormat : std::uint8_t { kCsv, kXml, kJson };

// By the end of a file's name, whatever its capitals.
std::optional<FileFormat> FormatOfName(std::string_view name);
// By what an HTTP request says of its body: text/csv, application/xml, text/xml, application/json.
std::optional<FileFormat> FormatOfMediaType(std::string_view media_type);

std::string_view SuffixOf(FileFormat format);  // ".csv".
std::string_view NameOf(FileFormat format);    // "CSV", for people.

}  // namespace havenline::intake
