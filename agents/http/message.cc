#include "agents/http/message.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace havenline {
namespace {

// Decided by the server from what is sent; a second opinion would let the two disagree.
constexpr std::array<std::string_view, 6> kServersOwn = {
    "Connection", "Content-Length", "Content-Type", "Server", "Trailer", "Transfer-Encoding"};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void AppendJsonString(std::string& to, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  to += '"';
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte < 0x20) {
      to += "\\u00";
      to += kDigits[byte >> 4U];
      to += kDigits[byte & 15U];
      continue;
    }
    if (c == '"' || c == '\\') to += '\\';
    to += c;
  }
  to += '"';
}

}  // namespace

std::optional<std::string_view> FindHeader(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [known, value] : headers) {
    if (EqualIgnoringCase(known, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> HttpRequest::Header(std::string_view name) const {
  return FindHeader(headers, name);
}

std::optional<std::string_view> HttpRequest::Query(std::string_view name) const {
  for (const auto& [known, value] : query) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> HttpResponse::Header(std::string_view name) const {
  return FindHeader(headers, name);
}

HttpResponse ErrorResponse(int status, std::string_view error, std::string_view what) {
  HttpResponse response;
  response.status = status;
  response.body = "{\"error\":";
  AppendJsonString(response.body, error);
  response.body += ",\"what\":";
  AppendJsonString(response.body, what);
  response.body += "}\n";
  return response;
}

bool IsSendable(const HttpResponse& response) {
  if (response.status < 200 || response.status > 599) return false;
  if (!IsHeaderValue(response.content_type)) return false;
  return std::ranges::all_of(response.headers, [](const auto& header) {
    const bool ours = std::ranges::any_of(
        kServersOwn, [&](std::string_view own) { return EqualIgnoringCase(header.first, own); });
    return !ours && IsHttpToken(header.first) && IsHeaderValue(header.second);
  });
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, Lower, Lower);
}

bool IsHttpToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool IsHeaderValue(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return c == '\t' || (static_cast<std::uint8_t>(c) >= 0x20 && c != '\x7F');
  });
}

}  // namespace havenline
