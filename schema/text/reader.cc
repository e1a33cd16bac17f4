#include "schema/text/reader.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "schema/base/check.h"
#include "schema/model/names.h"
#include "schema/text/nearest.h"
#include "schema/text/writing.h"

namespace havenline::text {
namespace {

constexpr std::size_t kErrorsShown = 20;
constexpr std::size_t kKeysShown = 12;

constexpr std::string_view kNameWords = "a name (letters, digits and . _ - + /, at most 96)";

// Keys are the writer's: one with a line end must not begin a line of its own in a log.
std::string Quoted(std::string_view text) {
  std::string quoted;
  AppendQuoted(quoted, text, DeleteCharacter::kEscaped);
  return quoted;
}

std::string QuotedList(std::span<const std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + Quoted(word);
  return list;
}

std::string RangeWords(std::int64_t min, std::int64_t max) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (min == Limits::min() && max == Limits::max()) return "a whole number";
  return "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
}

std::string RangeWords(double min, double max) {
  return "a number from " + RealText(min) + " to " + RealText(max);
}

std::string UnknownKeyWords(const std::string& key,
                            const std::set<std::string, std::less<>>& known) {
  Nearest nearest(key);
  std::vector<std::string_view> shown;
  for (const std::string& candidate : known) {
    if (shown.size() < kKeysShown) shown.push_back(candidate);
    nearest.Offer(candidate);
  }
  const std::string words = "unknown key " + Quoted(key);
  if (nearest.Found()) return words + "; did you mean " + Quoted(*nearest.Found()) + "?";
  if (known.empty()) return words + "; no key is known here";
  return words + "; known here: " + QuotedList(shown) +
         (known.size() > shown.size() ? " and others" : "");
}

}  // namespace

struct MapReader::Table {
  const Value* map = nullptr;  // nullptr: not there, which has been said already.
  std::string path;            // Empty at the top.
  std::set<std::string, std::less<>> asked;
};

struct MapReader::Document {
  struct Error {
    Mark mark;
    std::string what;
  };

  std::string source_name;
  std::vector<Error> errors;
  std::map<const Value*, Table> tables;  // One for each map, however often it is opened.
};

MapReader::MapReader(const Value& map, std::string source_name)
    : document_(std::make_shared<Document>(Document{std::move(source_name), {}, {}})),
      table_(nullptr) {
  table_ = Open(map.is(Value::Kind::kMap) ? &map : nullptr, "").table_;
  if (table_->map == nullptr) {
    Complain(map.mark(), "a table was expected, not " + std::string(NameOf(map.kind())));
  }
}

MapReader::MapReader(std::shared_ptr<Document> document, Table* table)
    : document_(std::move(document)), table_(table) {}

MapReader MapReader::Open(const Value* map, const std::string& path) const {
  const auto [entry, added] = document_->tables.try_emplace(map);
  if (added) entry->second = Table{map, path, {}};
  return {document_, &entry->second};
}

std::string MapReader::Text(std::string_view key) {
  Require(key, "text");
  return OptionalText(key).value_or("");
}

std::string MapReader::Name(std::string_view key) {
  Require(key, kNameWords);
  return OptionalName(key).value_or("");
}

std::int64_t MapReader::Integer(std::string_view key, std::int64_t min, std::int64_t max) {
  Require(key, RangeWords(min, max));
  return OptionalInteger(key, min, max).value_or(min);
}

double MapReader::Real(std::string_view key, double min, double max) {
  Require(key, RangeWords(min, max));
  return OptionalReal(key, min, max).value_or(min);
}

bool MapReader::Bool(std::string_view key) {
  Require(key, NameOf(Value::Kind::kBool));
  return OptionalBool(key).value_or(false);
}

std::size_t MapReader::Choice(std::string_view key, std::span<const std::string_view> words) {
  Require(key, "one of " + QuotedList(words));
  return OptionalChoice(key, words).value_or(0);
}

std::vector<std::string> MapReader::TextList(std::string_view key) {
  return TextsOf(key, Require(key, "a list of texts"), Texts::kAny);
}

std::vector<std::string> MapReader::NameList(std::string_view key) {
  return TextsOf(key, Require(key, "a list of names"), Texts::kNames);
}

MapReader MapReader::Map(std::string_view key) {
  Require(key, NameOf(Value::Kind::kMap));
  return OptionalMap(key).value_or(Open(nullptr, ""));
}

std::vector<MapReader> MapReader::MapList(std::string_view key) {
  return MapsOf(key, Require(key, "a list of tables"));
}

std::optional<std::string> MapReader::OptionalText(std::string_view key) {
  const Value* value = Find(key);
  if (value == nullptr || !IsText(*value, Quoted(key), Texts::kAny)) return std::nullopt;
  return value->text();
}

std::optional<std::string> MapReader::OptionalName(std::string_view key) {
  const Value* value = Find(key);
  if (value == nullptr || !IsText(*value, Quoted(key), Texts::kNames)) return std::nullopt;
  return value->text();
}

std::optional<std::int64_t> MapReader::OptionalInteger(std::string_view key, std::int64_t min,
                                                       std::int64_t max) {
  CHECK(min <= max);
  const Value* value = Find(key);
  if (value == nullptr || !Is(Value::Kind::kInteger, *value, Quoted(key), RangeWords(min, max))) {
    return std::nullopt;
  }
  if (value->integer() >= min && value->integer() <= max) return value->integer();
  Problem(key, "must be " + RangeWords(min, max));
  return std::nullopt;
}

std::optional<double> MapReader::OptionalReal(std::string_view key, double min, double max) {
  CHECK(min <= max);
  const Value* value = Find(key);
  if (value == nullptr) return std::nullopt;
  const bool whole = value->is(Value::Kind::kInteger);
  if (!whole && !Is(Value::Kind::kReal, *value, Quoted(key), RangeWords(min, max)))
    return std::nullopt;
  const double number = whole ? static_cast<double>(value->integer()) : value->real();
  if (number >= min && number <= max) return number;
  Problem(key, "must be " + RangeWords(min, max));
  return std::nullopt;
}

std::optional<bool> MapReader::OptionalBool(std::string_view key) {
  const Value* value = Find(key);
  const std::string_view wanted = NameOf(Value::Kind::kBool);
  if (value == nullptr || !Is(Value::Kind::kBool, *value, Quoted(key), wanted)) return std::nullopt;
  return value->boolean();
}

std::optional<std::size_t> MapReader::OptionalChoice(std::string_view key,
                                                     std::span<const std::string_view> words) {
  CHECK(!words.empty());
  const Value* value = Find(key);
  const std::string wanted = "one of " + QuotedList(words);
  if (value == nullptr || !Is(Value::Kind::kText, *value, Quoted(key), wanted)) return std::nullopt;
  const auto word = std::ranges::find(words, value->text());
  if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  Problem(key, "must be " + wanted);
  return std::nullopt;
}

std::vector<std::string> MapReader::OptionalTextList(std::string_view key) {
  return TextsOf(key, Find(key), Texts::kAny);
}

std::vector<std::string> MapReader::OptionalNameList(std::string_view key) {
  return TextsOf(key, Find(key), Texts::kNames);
}

std::optional<MapReader> MapReader::OptionalMap(std::string_view key) {
  const Value* value = Find(key);
  if (value == nullptr) return std::nullopt;
  const bool map = Is(Value::Kind::kMap, *value, Quoted(key), NameOf(Value::Kind::kMap));
  return Open(map ? value : nullptr, PathOf(key));
}

std::vector<MapReader> MapReader::OptionalMapList(std::string_view key) {
  return MapsOf(key, Find(key));
}

std::vector<std::pair<std::string, std::string>> MapReader::OptionalTextMap(std::string_view key) {
  std::vector<std::pair<std::string, std::string>> texts;
  auto map = OptionalMap(key);
  if (!map || map->table_->map == nullptr) return texts;
  for (const auto& [name, value] : map->table_->map->members()) {
    map->table_->asked.insert(name);
    if (map->IsText(value, Quoted(name), Texts::kAny)) texts.emplace_back(name, value.text());
  }
  return texts;
}

std::vector<std::pair<std::string, MapReader>> MapReader::OptionalMapsByName(std::string_view key) {
  std::vector<std::pair<std::string, MapReader>> maps;
  auto map = OptionalMap(key);
  if (!map || map->table_->map == nullptr) return maps;
  for (const auto& [name, value] : map->table_->map->members()) {
    map->table_->asked.insert(name);
    if (!map->Is(Value::Kind::kMap, value, Quoted(name), NameOf(Value::Kind::kMap))) continue;
    if (!IsName(name)) map->Complain(value.mark(), "each key must be " + std::string(kNameWords));
    maps.emplace_back(name, map->Open(&value, map->PathOf(name)));
  }
  return maps;
}

const Value* MapReader::Raw(std::string_view key) { return Find(key); }

bool MapReader::Has(std::string_view key) { return Find(key) != nullptr; }

void MapReader::Problem(std::string_view key, std::string_view what) {
  const Value* value = Find(key);
  if (value == nullptr) return Problem(Quoted(key).append(" ").append(what));
  Complain(value->mark(), Quoted(key).append(" ").append(what));
}

void MapReader::Problem(std::string_view what) {
  if (table_->map != nullptr) Complain(table_->map->mark(), std::string(what));
}

bool MapReader::good() const { return document_->errors.empty(); }

Result<void> MapReader::Finish() {
  auto errors = document_->errors;
  for (const auto& [map, table] : document_->tables) {
    if (map == nullptr) continue;
    const std::string place = table.path.empty() ? "" : "in [" + table.path + "]: ";
    for (const auto& [key, value] : map->members()) {
      if (table.asked.contains(key)) continue;
      errors.push_back({value.mark(), place + UnknownKeyWords(key, table.asked)});
    }
  }
  if (errors.empty()) return {};
  std::ranges::sort(errors, {}, [](const auto& error) { return std::tie(error.mark, error.what); });
  std::string detail;
  for (std::size_t i = 0; i < std::min(errors.size(), kErrorsShown); ++i) {
    if (i > 0) detail += '\n';
    detail += Located(document_->source_name, errors[i].mark, errors[i].what);
  }
  if (errors.size() > kErrorsShown) {
    detail += "\nand " + std::to_string(errors.size() - kErrorsShown) + " more";
  }
  return Fail(FaultCode::kInvalid, std::move(detail));
}

// The value of `key`, which from now on is a known key.
const Value* MapReader::Find(std::string_view key) {
  table_->asked.emplace(key);
  return table_->map == nullptr ? nullptr : table_->map->Find(key);
}

const Value* MapReader::Require(std::string_view key, std::string_view wanted) {
  const Value* value = Find(key);
  if (value == nullptr) Problem(Quoted(key).append(" is missing; it must be ").append(wanted));
  return value;
}

// `what` is "the key" or an item of it.
bool MapReader::Is(Value::Kind kind, const Value& value, const std::string& what,
                   std::string_view wanted) {
  if (value.is(kind)) return true;
  std::string words = what + " must be ";
  words.append(wanted).append(", not ").append(NameOf(value.kind()));
  Complain(value.mark(), words);
  return false;
}

bool MapReader::IsText(const Value& value, const std::string& what, Texts texts) {
  const std::string_view wanted = texts == Texts::kNames ? kNameWords : "text";
  if (!Is(Value::Kind::kText, value, what, wanted)) return false;
  const bool empty = value.text().empty();
  if (!empty && (texts == Texts::kAny || IsName(value.text()))) return true;
  Complain(value.mark(),
           empty ? what + " must not be empty" : what + " must be " + std::string(wanted));
  return false;
}

std::vector<std::string> MapReader::TextsOf(std::string_view key, const Value* list, Texts texts) {
  const std::string_view wanted = texts == Texts::kNames ? "a list of names" : "a list of texts";
  std::vector<std::string> values;
  if (list == nullptr || !Is(Value::Kind::kList, *list, Quoted(key), wanted)) return values;
  for (const Value& item : list->items()) {
    const auto number = &item - list->items().data() + 1;
    if (!IsText(item, "item " + std::to_string(number) + " of " + Quoted(key), texts)) continue;
    values.push_back(item.text());
  }
  return values;
}

std::vector<MapReader> MapReader::MapsOf(std::string_view key, const Value* list) {
  std::vector<MapReader> maps;
  if (list == nullptr || !Is(Value::Kind::kList, *list, Quoted(key), "a list of tables"))
    return maps;
  for (const Value& item : list->items()) {
    const std::string number = std::to_string(&item - list->items().data() + 1);
    if (!Is(Value::Kind::kMap, item, "item " + number + " of " + Quoted(key), "a table")) continue;
    maps.push_back(Open(&item, PathOf(key) + " #" + number));
  }
  return maps;
}

void MapReader::Complain(Mark mark, const std::string& what) {
  const std::string place = table_->path.empty() ? "" : "in [" + table_->path + "]: ";
  document_->errors.push_back({mark, place + what});
}

std::string MapReader::PathOf(std::string_view key) const {
  return table_->path.empty() ? KeyText(key) : table_->path + '.' + KeyText(key);
}

}  // namespace havenline::text
