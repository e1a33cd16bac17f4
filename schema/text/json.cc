#include "schema/text/json.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "schema/text/writing.h"

namespace havenline::text {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Reads the text and tells how far the parser has come, which its events do not say.
struct CountingIterator {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  reference operator*() const { return *at; }
  CountingIterator& operator++() {
    ++at;
    ++*consumed;
    return *this;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at == b.at;
  }

  std::string_view::const_iterator at;
  std::size_t* consumed;
};

// nlohmann's own words without what it quotes from the text ("; last read: '…'").
std::string WordsOf(const nlohmann::detail::exception& error) {
  constexpr int kNumberOverflow = 406;
  if (error.id == kNumberOverflow) return "a number is too large: it must fit a 64-bit double";
  std::string_view words = error.what();
  words = words.substr(0, words.find("; last read: '"));
  const auto start = words.find("syntax error");
  if (start == std::string_view::npos) return "not valid JSON";
  return "not valid JSON: " + std::string(words.substr(start));
}

// A decimal that is not zero and yet was read as 0 is too small for a double.
bool Underflowed(double number, std::string_view token) {
  const auto mantissa = token.substr(0, token.find_first_of("eE"));
  return number == 0 && mantissa.find_first_of("123456789") != std::string_view::npos;
}

// Builds the tree from the parser's events. An event that returns false ends the parse; fault()
// then says why. The functions' names are nlohmann's.
class TreeBuilder {
 public:
  TreeBuilder(std::string_view text, std::string_view source_name, const JsonOptions& options)
      : text_(text), source_name_(source_name), options_(options), marks_(text) {}

  std::size_t* consumed() { return &consumed_; }
  Value TakeRoot() { return std::move(root_); }
  Fault TakeFault() { return {FaultCode::kInvalid, std::move(problem_)}; }

  bool null() { return Put(Value()); }
  bool boolean(bool truth) { return Put(Value(truth)); }
  bool number_integer(std::int64_t number) { return Put(Value(number)); }
  bool number_unsigned(std::uint64_t number) {
    if (!std::in_range<std::int64_t>(number)) return FailNumber();
    return Put(Value(number));
  }
  bool number_float(double number, const std::string& token) {
    if (token.find_first_of(".eE") == std::string::npos) return FailNumber();
    if (Underflowed(number, token))
      return FailHere("a number is too small: it must fit a 64-bit double");
    return Put(Value(number));
  }
  bool string(std::string& text) { return Put(Value(std::move(text))); }
  bool binary(nlohmann::json::binary_t& /*bytes*/) { return FailHere("binary is not JSON"); }

  bool start_object(std::size_t /*size*/) { return Open(Value::Kind::kMap); }
  bool start_array(std::size_t /*size*/) { return Open(Value::Kind::kList); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }

  bool key(std::string& key) {
    Level& level = levels_.back();
    if (!level.keys.insert(key).second && !IsKeptTwice(level.keys, key)) {
      std::string quoted;
      AppendQuoted(quoted, key, DeleteCharacter::kEscaped);
      return FailHere("the key " + quoted + " is there twice");
    }
    EndToken();
    level.members.emplace_back(std::move(key), Value());
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) {
    const std::size_t offset = std::min(position == 0 ? 0 : position - 1, text_.size());
    problem_ = Located(source_name_, Placed(MarkAt(text_, offset)), WordsOf(error));
    return false;
  }

 private:
  struct Level {
    Value::Kind kind;
    Mark mark;
    Value::Items items;
    Value::Members members;  // The last one waits for its value after key().
    std::set<std::string> keys;
  };

  // Also renames it. A key that is there three times is refused all the same.
  bool IsKeptTwice(std::set<std::string>& keys, std::string& key) const {
    if (options_.twice_suffix.empty()) return false;
    const std::string renamed = key + std::string(options_.twice_suffix);
    if (!keys.insert(renamed).second) return false;
    key = renamed;
    return true;
  }

  bool Put(Value value) {
    value.set_mark(StartToken());
    EndToken();
    return Attach(std::move(value));
  }

  bool Open(Value::Kind kind) {
    if (levels_.size() == kNestingMax) {
      return FailHere("nested more than " + std::to_string(kNestingMax) + " deep");
    }
    levels_.push_back({kind, StartToken(), {}, {}, {}});
    EndToken();
    return true;
  }

  bool Close() {
    EndToken();
    Level level = std::move(levels_.back());
    levels_.pop_back();
    Value value = level.kind == Value::Kind::kMap ? Value::Map(std::move(level.members))
                                                  : Value::List(std::move(level.items));
    value.set_mark(level.mark);
    return Attach(std::move(value));
  }

  bool Attach(Value value) {
    if (++values_ > kValuesMax) {
      return FailHere("more than " + std::to_string(kValuesMax) + " values");
    }
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (levels_.back().kind == Value::Kind::kMap) {
      levels_.back().members.back().second = std::move(value);
    } else {
      levels_.back().items.push_back(std::move(value));
    }
    return true;
  }

  // A token starts after the one before it and what may stand between. (After a number the parser
  // has consumed one character more: one of these, or the closing bracket that is the next event.)
  Mark StartToken() {
    const auto start = text_.find_first_not_of(" \t\r\n,:", token_end_);
    return Placed(marks_.To(std::min(start, text_.size())));
  }
  Mark Placed(Mark mark) const {
    mark.line += options_.first_line - 1;
    return mark;
  }
  void EndToken() { token_end_ = consumed_; }

  bool FailHere(std::string_view what) {
    problem_ = Located(source_name_, StartToken(), what);
    return false;
  }
  bool FailNumber() {
    return FailHere("a whole number is out of range: it must fit 64 bits with a sign");
  }

  std::string_view text_;
  std::string_view source_name_;
  const JsonOptions& options_;
  MarkCounter marks_;
  std::size_t consumed_ = 0;   // Bytes that the parser has taken.
  std::size_t token_end_ = 0;  // Where the last token ended.
  std::size_t values_ = 0;
  std::vector<Level> levels_;
  Value root_;
  std::string problem_;
};

// What the parser would let pass, or not say well.
std::optional<std::string> Unreadable(std::string_view text, std::string_view source_name,
                                      const JsonOptions& options) {
  const auto at = [&](std::size_t offset, std::string_view what) {
    Mark mark = MarkAt(text, offset);
    mark.line += options.first_line - 1;
    return Located(source_name, mark, what);
  };
  if (text.size() > options.bytes_max) {
    return Located(source_name, {}, "larger than " + std::to_string(options.bytes_max) + " bytes");
  }
  if (const auto bad = FindNotUtf8(text)) return at(*bad, "not UTF-8: save the text as UTF-8");
  // nlohmann takes a zero byte for the end of the text, whatever follows.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos)
    return at(zero, "a zero byte is not JSON");
  return std::nullopt;
}

// Of a value that was parsed, so no deeper than kNestingMax.
bool HasReal(const Value& value) {  // NOLINT(misc-no-recursion): bounded by the parser.
  if (value.is(Value::Kind::kReal)) return true;
  if (value.is(Value::Kind::kList)) return std::ranges::any_of(value.items(), HasReal);
  return value.is(Value::Kind::kMap) &&
         std::ranges::any_of(value.members(),
                             [](const auto& member) { return HasReal(member.second); });
}

}  // namespace

Result<Value> ParseJson(std::string_view text, std::string_view source_name,
                        std::size_t bytes_max) {
  JsonOptions options;
  options.bytes_max = bytes_max;
  return ParseJson(text, source_name, options);
}

Result<Value> ParseJson(std::string_view text, std::string_view source_name,
                        const JsonOptions& options) {
  if (auto problem = Unreadable(text, source_name, options))
    return Fail(FaultCode::kInvalid, *std::move(problem));
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  TreeBuilder builder(text, source_name, options);
  const CountingIterator first{text.begin(), builder.consumed()};
  const CountingIterator last{text.end(), builder.consumed()};
  if (!nlohmann::json::sax_parse(first, last, &builder)) return tl::unexpected(builder.TakeFault());
  return builder.TakeRoot();
}

Result<Value> ParseCanonicalJson(std::string_view text, std::string_view source_name,
                                 std::size_t bytes_max) {
  ASSIGN_OR_RETURN(Value value, ParseJson(text, source_name, bytes_max));
  if (HasReal(value) || CanonicalJson(value) != text)
    return Fail(FaultCode::kInvalid, Located(source_name, {}, "not the one text for what it says"));
  return value;
}

}  // namespace havenline::text
