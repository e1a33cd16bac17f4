// FixedText: a text that stands in our source code. It can be made from a string literal at compile
// time and from nothing else, so that what is made of run-time data cannot get where only FixedText
// goes.

#pragma once

#include <cstddef>
#include <string_view>

namespace havenline {

// Lower-case letters, digits and ". _ -": nothing to escape anywhere. A value; its text lives for
// ever.
class FixedText {
 public:
  template <std::size_t kSize>
  // NOLINTNEXTLINE(google-explicit-constructor): a literal reads as one.
  consteval FixedText(const char (&literal)[kSize]) : text_(literal, kSize - 1) {
    if (kSize < 2) throw "a fixed text is not empty";
    for (const char c : text_) {
      const bool allowed =
          (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      if (!allowed) throw "a fixed text has lower-case letters, digits, '.', '_' and '-' only";
    }
  }

  constexpr std::string_view view() const { return text_; }

  friend constexpr bool operator==(FixedText, FixedText) = default;

 private:
  std::string_view text_;
};

}  // namespace havenline
