#include "agents/intake/texts.h"

#include <algorithm>
#include <array>

namespace havenline::intake {
namespace {

constexpr std::array<std::string_view, 3> kBlanks = {" ", "\t", "\u00A0"};
// Of any kind, since each system writes its own: ' ' ` ´ and their like.
constexpr std::array<std::string_view, 9> kDropped = {".",      ",",      "'",      "\"",    "`",
                                                      "\u2018", "\u2019", "\u00B4", "\u02BC"};

char LowerOf(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The length of the first of `words` with which `text` begins, or 0.
template <std::size_t kCount>
std::size_t Leading(std::string_view text, const std::array<std::string_view, kCount>& words) {
  for (const std::string_view word : words) {
    if (text.starts_with(word)) return word.size();
  }
  return 0;
}

// U+00C0 to U+00DE are the capitals of U+00E0 to U+00FE; U+00D7 is the multiplication sign.
bool IsLatin1Capital(std::string_view text) {
  if (text.size() < 2 || text[0] != '\xC3') return false;
  const auto second = static_cast<unsigned char>(text[1]);
  return second >= 0x80 && second <= 0x9E && second != 0x97;
}

}  // namespace

std::string_view Trimmed(std::string_view text) {
  while (const std::size_t length = Leading(text, kBlanks)) text.remove_prefix(length);
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view blank : kBlanks) {
      if (!text.ends_with(blank)) continue;
      text.remove_suffix(blank.size());
      again = true;
    }
  }
  return text;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), LowerOf);
  return lower;
}

std::string FoldedName(std::string_view name) {
  std::string folded;
  bool space = false;
  const auto add = [&](std::string_view letters) {
    if (space && !folded.empty()) folded += ' ';
    space = false;
    folded += letters;
  };
  while (!name.empty()) {
    if (const std::size_t blank = Leading(name, kBlanks); blank > 0) {
      space = true;
      name.remove_prefix(blank);
    } else if (const std::size_t dropped = Leading(name, kDropped); dropped > 0) {
      name.remove_prefix(dropped);
    } else if (name[0] == '&') {
      space = true;
      add("and");
      space = true;
      name.remove_prefix(1);
    } else if (IsLatin1Capital(name)) {
      add("\xC3");
      folded += static_cast<char>(name[1] + 0x20);
      name.remove_prefix(2);
    } else {
      const char letter = LowerOf(name[0]);
      add({&letter, 1});
      name.remove_prefix(1);
    }
  }
  return folded;
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace havenline::intake
