#include "agents/http/url.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "schema/base/bytes.h"

namespace havenline {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool IsUnreserved(char c) {
  constexpr std::string_view kMarks = "-._~";
  return IsAlphanumeric(c) || kMarks.find(c) != std::string_view::npos;
}

// What a segment or a query may hold unencoded, apart from what separates them.
bool IsUrlCharacter(char c) {
  constexpr std::string_view kDelimiters = "!$&'()*+,;=:@/?";
  return IsUnreserved(c) || kDelimiters.find(c) != std::string_view::npos;
}

bool IsControl(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == '\x7F'; }

std::optional<char> HexByte(std::string_view two_digits) {
  std::uint8_t value = 0;
  const auto [last, error] =
      std::from_chars(two_digits.data(), two_digits.data() + two_digits.size(), value, 16);
  if (error != std::errc() || last != two_digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

std::optional<std::string> DecodeFormPart(std::string_view part) {
  std::string text;
  for (const char c : part) text += c == '+' ? "%20" : std::string(1, c);
  return PercentDecode(text);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool IsHost(std::string_view host, bool bracketed) {
  return !host.empty() && std::ranges::all_of(host, [&](char c) {
    return IsAlphanumeric(c) || c == '.' || (bracketed ? c == ':' : c == '-');
  });
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && last == text.data() + text.size();
  if (!whole || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4U];
    encoded += kDigits[byte & 15U];
  }
  return encoded;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (!IsUrlCharacter(text[i])) return std::nullopt;
      decoded += text[i];
      continue;
    }
    const auto byte = HexByte(text.substr(i + 1, 2));
    if (!byte) return std::nullopt;
    decoded += *byte;
    i += 2;
  }
  if (!IsUtf8(decoded) || std::ranges::any_of(decoded, IsControl)) return std::nullopt;
  return decoded;
}

std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (query.empty()) return pairs;
  for (const std::string_view part : Split(query, '&')) {
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = DecodeFormPart(part.substr(0, equals));
    auto value = DecodeFormPart(part.substr(std::min(equals + 1, part.size())));
    if (!name || !value || name->empty()) return std::nullopt;
    const bool twice =
        std::ranges::any_of(pairs, [&](const auto& pair) { return pair.first == *name; });
    if (twice) return std::nullopt;
    pairs.emplace_back(*std::move(name), *std::move(value));
  }
  return pairs;
}

std::optional<std::vector<std::string>> ParsePath(std::string_view path) {
  if (!path.starts_with('/') || path.find('?') != std::string_view::npos) return std::nullopt;
  std::vector<std::string> segments;
  for (const std::string_view part : Split(path.substr(1), '/')) {
    auto segment = PercentDecode(part);
    if (!segment || *segment == "." || *segment == "..") return std::nullopt;
    segments.push_back(*std::move(segment));
  }
  return segments;
}

std::optional<Target> ParseTarget(std::string_view target) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  auto query = ParseQuery(target.substr(std::min(mark + 1, target.size())));
  if (!ParsePath(path) || !query) return std::nullopt;
  return Target{std::string(path), *std::move(query)};
}

std::optional<BaseUrl> ParseBaseUrl(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  constexpr std::uint16_t kHttpPort = 80;
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  const bool bracketed = url.starts_with('[');
  const std::size_t host_end = bracketed ? url.find(']') : std::min(url.find(':'), url.size());
  if (host_end == std::string_view::npos) return std::nullopt;
  const std::string_view host = bracketed ? url.substr(1, host_end - 1) : url.substr(0, host_end);
  if (!IsHost(host, bracketed)) return std::nullopt;
  BaseUrl base{.host = std::string(host), .port = kHttpPort, .authority = std::string(host)};
  if (bracketed) base.authority = "[" + base.host + "]";
  url.remove_prefix(bracketed ? host_end + 1 : host_end);
  if (url.empty()) return base;
  const auto port = url.starts_with(':') ? ParsePort(url.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  base.port = *port;
  base.authority += ":" + std::to_string(*port);
  return base;
}

}  // namespace havenline
