#include "agents/http/bearer.h"

#include <algorithm>
#include <cstddef>

#include "agents/http/message.h"

namespace havenline {

std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!EqualIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) return {};
  authorization.remove_prefix(
      std::min(authorization.find_first_not_of(' ', kScheme.size()), authorization.size()));
  return IsBearerToken(authorization) ? authorization : std::string_view();
}

bool IsBearerToken(std::string_view text) {
  constexpr std::string_view kMarks = "-._~+/";
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool SecretEqual(std::string_view a, std::string_view b) {
  if (a.empty() || a.size() != b.size()) return false;
  // Volatile, so that no compiler turns the loop into one that stops at the first difference.
  volatile unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

}  // namespace havenline
