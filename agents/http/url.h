// The few parts of URLs that the local port needs. Pure and strict: nothing is repaired, and what
// decodes to something other than printable UTF-8 is refused, so that no later reader sees it
// otherwise.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace havenline {

// All but RFC 3986's unreserved characters as %XX: fit for a path's segment or a query's value.
std::string PercentEncode(std::string_view text);

// Nothing if a "%" is not followed by two hexadecimal digits, if a character may not stand in a URL
// unencoded, or if the result is not UTF-8 or has a control character (line breaks and NUL
// included).
std::optional<std::string> PercentDecode(std::string_view text);

// "name=value&name=value" as forms write it: "+" is a space. A name without "=" has the value "".
// Nothing if a part does not decode, a name is empty or occurs twice. An empty query has no pairs.
std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view query);

// The segments between the slashes of `path`, decoded; "/" has one, which is empty. Nothing if it
// does not begin with "/", a segment does not decode, or decodes to "." or "..".
std::optional<std::vector<std::string>> ParsePath(std::string_view path);

struct Target {
  std::string path;  // As written; ParsePath takes it.
  std::vector<std::pair<std::string, std::string>> query;
};

// What stands in a request's first line: a path and perhaps "?" and a query. The forms for proxies
// ("http://...", "*", "host:port") are refused, and so is a fragment.
std::optional<Target> ParseTarget(std::string_view target);

struct BaseUrl {
  std::string host;  // A name, an IPv4 address, or an IPv6 address without brackets.
  std::uint16_t port = 80;
  std::string authority;  // Host and port as a Host header has them: "[::1]:7101".
};

// "http://127.0.0.1:7101", perhaps with a "/" at its end; no user, path, query or other scheme.
std::optional<BaseUrl> ParseBaseUrl(std::string_view url);

}  // namespace havenline
