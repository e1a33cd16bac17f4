// MapReader: reads a table that people wrote (configuration, policy, directory) field by field, and
// says everything that is wrong with it at once, in words that help to mend it.
//
//   MapReader reader(value, "broker.toml");
//   config.bind = reader.Text("bind");
//   config.backlog = reader.OptionalInteger("backlog", 1, 4096).value_or(100);
//   for (MapReader& agency : reader.MapList("agency")) config.agencies.push_back(Read(agency));
//   RETURN_IF_FAULT(reader.Finish());
//
// After something wrong a getter returns a default (empty, or the smallest number allowed) so that
// the reading code stays straight; what it made must not be used before Finish() has said yes.
// Finish() of the first reader covers all readers made from it. A key that no getter asked for is
// an error: a misspelt "exclude" must not mean "nothing excluded".
//
// Errors name keys, types and ranges, never values, which may be about persons.
//
// The value must outlive the readers and whatever Raw() returned. Pure; one thread at a time for
// all readers of one value. Copies of a reader are the same reader.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline::text {

class MapReader {
 public:
  MapReader(const Value& map, std::string source_name);
  MapReader(Value&& map, std::string source_name) = delete;

  // Required: without the key, an error. Text must not be empty; a name is as IsName() wants it.
  std::string Text(std::string_view key);
  std::string Name(std::string_view key);
  std::int64_t Integer(std::string_view key, std::int64_t min, std::int64_t max);
  double Real(std::string_view key, double min, double max);  // Takes a whole number as well.
  bool Bool(std::string_view key);
  // The index of one of `words`.
  std::size_t Choice(std::string_view key, std::span<const std::string_view> words);
  std::vector<std::string> TextList(std::string_view key);
  std::vector<std::string> NameList(std::string_view key);
  MapReader Map(std::string_view key);
  std::vector<MapReader> MapList(std::string_view key);

  // Optional: nothing, or empty, without the key; checked in the same way if it is there.
  std::optional<std::string> OptionalText(std::string_view key);
  std::optional<std::string> OptionalName(std::string_view key);
  std::optional<std::int64_t> OptionalInteger(std::string_view key, std::int64_t min,
                                              std::int64_t max);
  std::optional<double> OptionalReal(std::string_view key, double min, double max);
  std::optional<bool> OptionalBool(std::string_view key);
  std::optional<std::size_t> OptionalChoice(std::string_view key,
                                            std::span<const std::string_view> words);
  std::vector<std::string> OptionalTextList(std::string_view key);
  std::vector<std::string> OptionalNameList(std::string_view key);
  std::optional<MapReader> OptionalMap(std::string_view key);
  std::vector<MapReader> OptionalMapList(std::string_view key);
  std::vector<std::pair<std::string, std::string>> OptionalTextMap(std::string_view key);
  // A table of tables, whose keys are names that the writer chose: [agency."school.106890"]. A key
  // that IsName() does not take is an error.
  std::vector<std::pair<std::string, MapReader>> OptionalMapsByName(std::string_view key);

  // The value itself, which then is the caller's to check; nullptr without the key.
  const Value* Raw(std::string_view key);

  // Asking counts as knowing the key.
  bool Has(std::string_view key);

  // Adds an error of the caller's: `what` follows the quoted key ("must be later than …") and
  // stands where its value does. Problem(what) is about the table as a whole.
  void Problem(std::string_view key, std::string_view what);
  void Problem(std::string_view what);

  // True while nothing is wrong: for a caller whose next step needs good values.
  bool good() const;

  // kInvalid with one line for each error, "source:line:column: in [table]: what", in the order of
  // the text and at most 20 of them. Finds the unknown keys, so call it last; calling it again
  // changes nothing.
  [[nodiscard]] Result<void> Finish();

 private:
  struct Table;
  struct Document;

  enum class Texts : std::uint8_t { kAny, kNames };

  MapReader(std::shared_ptr<Document> document, Table* table);
  MapReader Open(const Value* map, const std::string& path) const;

  const Value* Find(std::string_view key);
  const Value* Require(std::string_view key, std::string_view wanted);
  bool IsText(const Value& value, const std::string& what, Texts texts);
  std::vector<std::string> TextsOf(std::string_view key, const Value* list, Texts texts);
  std::vector<MapReader> MapsOf(std::string_view key, const Value* list);
  bool Is(Value::Kind kind, const Value& value, const std::string& what, std::string_view wanted);
  void Complain(Mark mark, const std::string& what);
  std::string PathOf(std::string_view key) const;

  std::shared_ptr<Document> document_;
  Table* table_;  // In document_.
};

}  // namespace havenline::text
