#include "schema/text/toml.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "schema/base/bytes.h"
#include "schema/text/toml_limits.h"

namespace havenline::text {
namespace {

Mark MarkOf(const toml::source_position& position) { return {position.line, position.column}; }

std::size_t CodePoints(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned>(c) & 0xC0U) != 0x80U; }));
}

// It quotes whole words of the text where it expected another one. A single character, which is
// most often a missing quote or bracket, stays.
std::string_view WithoutWordSeen(std::string_view description) {
  constexpr std::string_view kSaw = ", saw '";
  const auto saw = description.rfind(kSaw);
  if (saw == std::string_view::npos) return description;
  const std::string_view seen = description.substr(saw + kSaw.size());
  return CodePoints(seen) > 2 ? description.substr(0, saw) : description;  // With its last quote.
}

// toml++'s own words; a number or word that it quotes is left out.
std::string WordsOf(std::string_view description) {
  constexpr std::string_view kQuote = ": '";
  const auto quote = description.find(kQuote);
  const auto end = description.rfind("' ");
  if (quote == std::string_view::npos || end == std::string_view::npos || end <= quote)
    return "not valid TOML: " + std::string(WithoutWordSeen(description));
  return "not valid TOML: " + std::string(description.substr(0, quote)) + ": the number" +
         std::string(description.substr(end + 1));
}

// toml++'s tree as ours.
class Converter {
 public:
  explicit Converter(std::string_view source_name) : source_name_(source_name) {}

  Result<Value> Table(const toml::table& table, std::size_t depth) const {
    if (depth > kNestingMax) return FailAt(table, TooDeep());
    Value::Members members;
    members.reserve(table.size());
    for (const auto& [key, node] : AsWritten(table)) {
      if (!IsUtf8(key->str())) return FailAt(*node, "a key is not UTF-8");
      ASSIGN_OR_RETURN(auto value, Node(*node, depth));
      members.emplace_back(key->str(), std::move(value));
    }
    return Marked(Value::Map(std::move(members)), table);
  }

 private:
  using Members = std::vector<std::pair<const toml::key*, const toml::node*>>;

  // toml++ keeps a table sorted by name; its keys know where they stand.
  static Members AsWritten(const toml::table& table) {
    Members members;
    members.reserve(table.size());
    for (auto&& [key, node] : table) members.emplace_back(&key, &node);
    std::ranges::sort(members, {},
                      [](const auto& member) { return MarkOf(member.first->source().begin); });
    return members;
  }

  Result<Value> Node(const toml::node& node, std::size_t depth) const {
    switch (node.type()) {
      case toml::node_type::table:
        return Table(*node.as_table(), depth + 1);
      case toml::node_type::array:
        return Array(*node.as_array(), depth + 1);
      case toml::node_type::string:
        return Text(node);
      case toml::node_type::integer:
        return Marked(Value(**node.as_integer()), node);
      case toml::node_type::floating_point:
        return Real(node);
      case toml::node_type::boolean:
        return Marked(Value(**node.as_boolean()), node);
      case toml::node_type::date:
        return Marked(Value(Iso(**node.as_date())), node);
      case toml::node_type::time:
        return Marked(Value(Iso(**node.as_time())), node);
      case toml::node_type::date_time:
        return Marked(Value(Iso(**node.as_date_time())), node);
      case toml::node_type::none:
        break;
    }
    return FailAt(node, "a value of unknown type");
  }

  Result<Value> Array(const toml::array& array, std::size_t depth) const {
    if (depth > kNestingMax) return FailAt(array, TooDeep());
    Value::Items items;
    items.reserve(array.size());
    for (const toml::node& node : array) {
      ASSIGN_OR_RETURN(auto value, Node(node, depth));
      items.push_back(std::move(value));
    }
    return Marked(Value::List(std::move(items)), array);
  }

  Result<Value> Text(const toml::node& node) const {
    const std::string& text = **node.as_string();
    if (!IsUtf8(text)) return FailAt(node, "a text is not UTF-8");
    return Marked(Value(text), node);
  }

  Result<Value> Real(const toml::node& node) const {
    const double number = **node.as_floating_point();
    if (!std::isfinite(number)) return FailAt(node, "nan and infinity are not numbers here");
    return Marked(Value(number), node);
  }

  template <class DateOrTime>
  static std::string Iso(const DateOrTime& when) {
    std::ostringstream text;
    text << when;
    return text.str();
  }

  static Value Marked(Value value, const toml::node& node) {
    value.set_mark(MarkOf(node.source().begin));
    return value;
  }

  static std::string TooDeep() {
    return "nested more than " + std::to_string(kNestingMax) + " deep";
  }

  tl::unexpected<Fault> FailAt(const toml::node& node, std::string_view what) const {
    return Fail(FaultCode::kInvalid, Located(source_name_, MarkOf(node.source().begin), what));
  }

  std::string_view source_name_;
};

// What a word processor makes of quotes, where the line that cannot be read has any.
std::string CurlyQuotes(std::string_view text, Mark at) {
  for (std::uint32_t line = 1; line < at.line && !text.empty(); ++line) {
    const auto end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  for (const std::string_view curly : {"\u201C", "\u201D", "\u2018", "\u2019"}) {
    if (line.find(curly) != std::string_view::npos) {
      return "; the line has curly quotes, as word processors make them: write straight ones (\")";
    }
  }
  return "";
}

// What toml++ would let pass, choke on, or not say well.
std::optional<std::string> Unreadable(std::string_view text, std::string_view source_name,
                                      std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return Located(source_name, {}, "larger than " + std::to_string(bytes_max) + " bytes");
  }
  if (const auto bad = FindNotUtf8(text)) {
    return Located(source_name, MarkAt(text, *bad), "not UTF-8: save the file as UTF-8");
  }
  if (const auto overrun = FindTomlOverrun(text)) {
    return Located(source_name, MarkAt(text, overrun->offset), overrun->what);
  }
  return std::nullopt;
}

}  // namespace

Result<Value> ParseToml(std::string_view text, std::string_view source_name,
                        std::size_t bytes_max) {
  if (auto problem = Unreadable(text, source_name, bytes_max)) {
    return Fail(FaultCode::kInvalid, *std::move(problem));
  }
  try {
    return Converter(source_name).Table(toml::parse(text), 1);
  } catch (const toml::parse_error& error) {
    const Mark at = MarkOf(error.source().begin);
    return Fail(FaultCode::kInvalid,
                Located(source_name, at, WordsOf(error.description()) + CurlyQuotes(text, at)));
  }
}

}  // namespace havenline::text
