#include "schema/text/toml_limits.h"

#include <algorithm>
#include <vector>

#include "schema/text/value.h"

namespace havenline::text {
namespace {

constexpr std::size_t kDepthMax = 2 * kNestingMax;  // Generous: the tree itself is measured later.
constexpr std::size_t kPathsMax = 150'000;          // Headers and dots.
constexpr std::size_t kFence = 3;                   // Quotes around a string of several lines;
constexpr std::size_t kClosingMax = 5;              // two more may stand inside before its end.

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<TomlOverrun> Run() {
    while (at_ < text_.size()) {
      Step(text_[at_]);
      if (inside_ + dots_ > kDepthMax) return Overrun("nested too deep");
      if (values_ > kValuesMax)
        return Overrun("more than " + std::to_string(kValuesMax) + " values");
      if (paths_ > kPathsMax) {
        return Overrun("more than " + std::to_string(kPathsMax) + " table headers and dotted keys");
      }
    }
    return std::nullopt;
  }

 private:
  void Step(char c) {
    switch (c) {
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size());
        return;
      case '"':
      case '\'':
        SkipString(c);
        return;
      case '[':
      case '{':
        Open();
        break;
      case ']':
      case '}':
        Close();
        break;
      case '.':
        ++dots_;
        ++paths_;
        break;
      case '=':
        ++values_;
        after_equals_ = true;
        break;
      case ',':
        ++values_;
        dots_ = 0;
        break;
      case '\n':
        dots_ = 0;
        if (open_.empty()) after_equals_ = false;
        break;
      default:
        break;
    }
    ++at_;
  }

  // Each bracket nests by itself and by the dotted key before it.
  void Open() {
    if (open_.empty() && !after_equals_) ++paths_;
    ++values_;
    open_.push_back(dots_ + 1);
    inside_ += open_.back();
    dots_ = 0;
  }

  void Close() {
    dots_ = 0;
    if (open_.empty()) return;
    inside_ -= open_.back();
    open_.pop_back();
  }

  void SkipString(char quote) {
    if (QuotesHere(quote) < kFence) return SkipLineString(quote);
    at_ += kFence;
    while (at_ < text_.size()) {
      const std::size_t quotes = QuotesHere(quote);
      at_ += quotes > 0 ? quotes : CharacterLength(quote);
      if (quotes >= kFence) return;
    }
  }

  // Stops before a line end: there toml++ stops as well.
  void SkipLineString(char quote) {
    ++at_;
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (text_[at_] == quote) {
        ++at_;
        return;
      }
      at_ += CharacterLength(quote);
    }
  }

  // Counts no further than needed: a long run would else be counted again and again.
  std::size_t QuotesHere(char quote) const {
    const std::string_view here = text_.substr(at_, kClosingMax);
    return std::min(here.find_first_not_of(quote), here.size());
  }

  // In double quotes a backslash takes the next character with it.
  std::size_t CharacterLength(char quote) const {
    return quote == '"' && text_[at_] == '\\' ? 2 : 1;
  }

  TomlOverrun Overrun(std::string what) const {
    return {std::min(at_, text_.size()), std::move(what)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  std::size_t paths_ = 0;
  std::size_t dots_ = 0;           // Of the key, or number, here.
  std::vector<std::size_t> open_;  // What each open bracket adds to the depth;
  std::size_t inside_ = 0;         // the sum of them.
  bool after_equals_ = false;      // A bracket here begins a value, not a header.
};

}  // namespace

std::optional<TomlOverrun> FindTomlOverrun(std::string_view text) { return Scanner(text).Run(); }

}  // namespace havenline::text
