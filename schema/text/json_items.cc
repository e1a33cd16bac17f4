// A list's text, taken apart.

#include <algorithm>

#include "schema/text/json.h"

namespace havenline::text {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view WithoutBlanks(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

class Splitter {
 public:
  // The list's bracket is the byte `at`.
  Splitter(std::string_view text, std::size_t at) : text_(text), at_(at + 1) {}

  JsonItems Split() && {
    split_.list = true;
    if (text_.substr(std::min(text_.find_first_not_of(kBlanks, at_), text_.size()))
            .starts_with(']')) {
      at_ = text_.find(']', at_) + 1;
    } else {
      while (TakeItem()) {
      }
    }
    if (split_.problem.empty() && !WithoutBlanks(text_.substr(at_)).empty())
      split_.problem = "line " + LineText(at_) + ": the file goes on after its list has ended";
    return std::move(split_);
  }

 private:
  // False after the last one.
  bool TakeItem() {
    const std::size_t first = at_;
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        SkipText();
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if (depth > 0 && (c == '}' || c == ']')) {
        --depth;
      } else if (depth == 0 && (c == ',' || c == ']')) {
        Add(text_.substr(first, at_ - first));
        ++at_;
        return c == ',';
      }
    }
    split_.problem = "line " + LineText(std::min(text_.find_first_not_of(kBlanks, first), at_)) +
                     ": what begins here never ends: the file was cut short, or a quote or a "
                     "bracket is missing";
    return false;
  }

  // To the quote that closes the text, or the end.
  void SkipText() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_, text_.size() - 1);
  }

  void Add(std::string_view item) {
    const std::string_view bare = WithoutBlanks(item);
    const auto offset = static_cast<std::size_t>(bare.data() - text_.data());
    split_.items.push_back({bare, LineOf(offset)});
  }

  std::uint32_t LineOf(std::size_t offset) { return marks_.To(offset).line; }
  std::string LineText(std::size_t offset) { return std::to_string(LineOf(offset)); }

  std::string_view text_;
  MarkCounter marks_{text_};
  std::size_t at_;
  JsonItems split_;
};

}  // namespace

JsonItems SplitJson(std::string_view text) {
  std::size_t first = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  first = std::min(text.find_first_not_of(kBlanks, first), text.size());
  if (text.substr(first).starts_with('[')) return Splitter(text, first).Split();
  JsonItems one;
  one.items.push_back({text, 1});
  return one;
}

}  // namespace havenline::text
