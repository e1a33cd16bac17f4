#include "agents/intake/mapping.h"

#include <algorithm>
#include <array>

#include "agents/intake/limits.h"
#include "agents/intake/texts.h"
#include "schema/base/check.h"
#include "schema/model/names.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"

namespace havenline::intake {
namespace {

using text::MapReader;
using text::Value;

// Sections that no column may feed, and where what they need is said instead.
struct Reserved {
  std::string_view section;
  std::string_view instead;
};
constexpr std::array<Reserved, 4> kReserved = {
    {{kExclusionsSection, "name its columns in [exclusions]: what they say cannot be sent yet"},
     {kEstablishmentSection, "name the school's columns in [school]; the register gives the rest"},
     {kReferenceSection, "it is made of force-name and the reference in [incident]"},
     {kTimeSection, "name its columns in [incident]"}}};

std::set<std::string> LowerSet(const std::vector<std::string>& words) {
  std::set<std::string> lower;
  for (const std::string& word : words) lower.insert(Lower(Trimmed(word)));
  return lower;
}

class MappingReader {
 public:
  MappingReader(const Value& value, const std::string& source_name)
      : top_(value, source_name), type_(*exchange::FindExchange(kNoticeExchange)) {}

  Result<Mapping> Read(const std::vector<std::string>& hold_flags) {
    if (top_.Name("exchange") != kNoticeExchange.value())
      top_.Problem("exchange", "must be \"" + kNoticeExchange.value() + "\"");
    mapping_.force = top_.Name("force");
    mapping_.force_name = top_.Text("force-name");
    CheckFieldText("reference.force", "force-name", mapping_.force_name);
    if (auto file = top_.OptionalMap("file")) ReadFile(*file);
    ReadForms(top_.Map("forms"));
    ReadIncident(top_.Map("incident"));
    mapping_.child = ColumnNames(top_.Map("child"), "reference");
    ReadSchool(top_.Map("school"));
    if (auto home = top_.OptionalMap("home-educated")) ReadHomeEducated(*home);
    if (auto exclusions = top_.OptionalMap("exclusions"))
      mapping_.exclusions = ColumnNames(*exclusions, "columns");
    ReadConstants();
    for (MapReader& column : top_.MapList("column")) ReadColumn(column);
    ReadFlags(hold_flags);
    if (!fed_.contains("childName.given") && !fed_.contains("childName.family"))
      top_.Problem(
          "column",
          "must feed childName.given or childName.family: nobody can find a child without");
    RETURN_IF_FAULT(top_.Finish());
    return std::move(mapping_);
  }

 private:
  // A list of one or more texts.
  static std::vector<std::string> ColumnNames(MapReader reader, std::string_view key) {
    std::vector<std::string> names = reader.TextList(key);
    if (names.empty() && reader.good()) reader.Problem(key, "must name at least one column");
    return names;
  }

  void ReadFile(MapReader& file) {
    constexpr auto kEncodings =
        std::to_array<std::string_view>({"detect", "utf-8", "windows-1252"});
    constexpr auto kDelimiters = std::to_array<std::string_view>({"comma", "semicolon", "tab"});
    constexpr auto kEnds = std::to_array<std::string_view>({"optional", "required"});
    mapping_.encoding =
        static_cast<text::CsvEncoding>(file.OptionalChoice("encoding", kEncodings).value_or(0));
    mapping_.delimiter = ",;\t"[file.OptionalChoice("delimiter", kDelimiters).value_or(0)];
    mapping_.last_line_end_required = file.OptionalChoice("last-line-end", kEnds).value_or(0) == 1;
  }

  void ReadForms(MapReader forms) {
    for (const std::string& day : forms.TextList("days")) {
      if (day == "yyyy-mm-dd") {
        mapping_.days.push_back(DayForm::kIso);
      } else if (day == "dd/mm/yyyy") {
        mapping_.days.push_back(DayForm::kDayMonthYear);
      } else {
        forms.Problem("days", "must hold \"dd/mm/yyyy\" or \"yyyy-mm-dd\" or both");
      }
    }
    for (const std::string& clock : forms.TextList("clock")) {
      if (clock == "hh:mm") {
        mapping_.clocks.push_back(ClockForm::kColon);
      } else if (clock == "hhmm") {
        mapping_.clocks.push_back(ClockForm::kDigits);
      } else {
        forms.Problem("clock", "must hold \"hh:mm\" (with or without seconds) or \"hhmm\" or both");
      }
    }
    if (mapping_.days.empty() && forms.good()) forms.Problem("days", "must hold at least one form");
    if (mapping_.clocks.empty() && forms.good())
      forms.Problem("clock", "must hold at least one form");
  }

  void ReadIncident(MapReader incident) {
    mapping_.incident = incident.Text("reference");
    mapping_.at = incident.OptionalText("at").value_or("");
    mapping_.day = incident.OptionalText("day").value_or("");
    mapping_.time = incident.OptionalText("time").value_or("");
    const bool two = !mapping_.day.empty() && !mapping_.time.empty();
    const bool one = !mapping_.at.empty();
    if (one == two || (one && (!mapping_.day.empty() || !mapping_.time.empty())))
      incident.Problem("must name either the column `at`, or the columns `day` and `time`");
  }

  void ReadSchool(MapReader school) {
    mapping_.urn = school.OptionalText("urn").value_or("");
    mapping_.laestab = school.OptionalText("laestab").value_or("");
    mapping_.school_name = school.OptionalText("name").value_or("");
    mapping_.school_not_known = LowerSet(school.OptionalTextList("not-known"));
    if (mapping_.urn.empty() && mapping_.laestab.empty() && mapping_.school_name.empty())
      school.Problem("must name at least one of the columns `urn`, `laestab` and `name`");
  }

  void ReadHomeEducated(MapReader& home) {
    mapping_.home_educated = home.Text("column");
    mapping_.home_educated_values = LowerSet(home.TextList("values"));
  }

  // Nothing, and a problem, if it may not be fed; else it counts as fed.
  std::optional<NoticeField> Target(MapReader& reader, std::string_view key,
                                    const std::string& path) {
    auto found = FindNoticeField(type_, path);
    if (!found) {
      reader.Problem(key, found.error().detail);
      return std::nullopt;
    }
    const auto reserved = std::ranges::find(kReserved, found->section, &Reserved::section);
    if (reserved != kReserved.end()) {
      reader.Problem(key, "cannot be fed: " + std::string(reserved->instead));
      return std::nullopt;
    }
    if (!fed_.insert(path).second) {
      reader.Problem(key, "is fed twice: join the columns in one rule");
      return std::nullopt;
    }
    return *std::move(found);
  }

  void CheckFieldText(std::string_view path, std::string_view key, const std::string& content) {
    const auto found = FindNoticeField(type_, path);
    CHECK(found.has_value());
    if (auto value = ValueFor(*found->field, content); !value)
      top_.Problem(key, value.error().detail);
  }

  void ReadConstants() {
    auto constants = top_.OptionalMap("constant");
    for (const auto& [path, content] : top_.OptionalTextMap("constant")) {
      // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
      auto target = Target(*constants, path, path);
      if (!target) continue;
      auto value = ValueFor(*target->field, content);
      if (!value) {
        // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
        constants->Problem(path, value.error().detail);
      } else if (target->item) {
        // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
        constants->Problem(
            path, "cannot be constant: each row would get an item of which it says nothing");
      } else {
        mapping_.constants.emplace_back(*std::move(target), *std::move(value));
      }
    }
  }

  void ReadColumn(MapReader& column) {
    constexpr auto kIfWrong = std::to_array<std::string_view>({"quarantine", "leave-out"});
    ColumnRule rule;
    rule.columns = ColumnNames(column, "columns");
    rule.join = column.OptionalText("join").value_or(" ");
    rule.required = column.OptionalBool("required").value_or(false);
    const auto if_wrong = column.OptionalChoice("if-wrong", kIfWrong);
    auto codes = column.OptionalTextMap("codes");
    const std::string path = column.Text("to");
    if (path.empty()) return;
    auto target = Target(column, "to", path);
    if (!target) return;
    rule.to = *std::move(target);
    // A school finds the child by name and date of birth: a mistyped number keeps no notice back.
    rule.leave_out_if_wrong = if_wrong ? *if_wrong == 1 : rule.to.section == kIdentifiersSection;
    for (const auto& [code, content] : codes) {
      if (auto value = ValueFor(*rule.to.field, content); !value)
        column.Problem("codes", "give \"" + code + "\" a meaning that " + value.error().detail);
      if (!rule.codes.emplace(Lower(Trimmed(code)), content).second)
        column.Problem("codes",
                       "hold \"" + code + "\" twice: capital and small letters are the same");
    }
    const bool text = rule.to.field->kind == exchange::Field::Kind::kText;
    if (!text && rule.columns.size() > 1)
      column.Problem("columns", "must name one column: only texts can be joined");
    if (rule.to.field->kind == exchange::Field::Kind::kBool && codes.empty())
      column.Problem("codes are needed, as in codes = { Y = \"yes\", N = \"no\" }");
    mapping_.rules.push_back(std::move(rule));
  }

  void ReadFlags(const std::vector<std::string>& hold_flags) {
    std::string known;
    for (const std::string& flag : hold_flags) known += (known.empty() ? "" : ", ") + flag;
    const auto check = [&](MapReader& reader, std::string_view key, const std::string& flag) {
      if (!flag.empty() && std::ranges::find(hold_flags, flag) == hold_flags.end())
        reader.Problem(key, "is no flag of the policy's hold list, which has: " + known);
    };
    for (std::string& flag : top_.OptionalNameList("flags-not-recorded")) {
      check(top_, "flags-not-recorded", flag);
      mapping_.flags_not_recorded.insert(std::move(flag));
    }
    for (MapReader& reader : top_.OptionalMapList("flag")) {
      FlagRule rule;
      rule.flag = reader.Name("flag");
      check(reader, "flag", rule.flag);
      rule.columns = ColumnNames(reader, "columns");
      rule.raised = LowerSet(reader.OptionalTextList("raised"));
      rule.clear = LowerSet(reader.OptionalTextList("clear"));
      for (const std::string& part : reader.OptionalTextList("contains"))
        rule.contains.push_back(Lower(part));
      if (rule.raised.empty() == rule.contains.empty())
        reader.Problem(
            "needs either `raised` with `clear` (whole cells), or `contains` (parts of a text)");
      if (!rule.raised.empty() && rule.clear.empty())
        reader.Problem(
            "needs `clear`: which cells mean that there is no danger; any other cell raises the "
            "flag");
      mapping_.flags.push_back(std::move(rule));
    }
    for (const std::string& flag : mapping_.Uncovered(hold_flags)) {
      top_.Problem(
          "the policy holds rows for \"" + flag +
          "\", and no [[flag]] raises it; if the records system does not record it, say so in "
          "flags-not-recorded");
    }
  }

  MapReader top_;
  const exchange::ExchangeType& type_;
  Mapping mapping_;
  std::set<std::string> fed_;
};

}  // namespace

Result<Mapping> Mapping::Parse(std::string_view text, const std::string& source_name,
                               const std::vector<std::string>& hold_flags) {
  ASSIGN_OR_RETURN(const Value value, text::ParseToml(text, source_name, kMappingBytesMax));
  return MappingReader(value, source_name).Read(hold_flags);
}

std::vector<std::string> Mapping::Uncovered(const std::vector<std::string>& hold_flags) const {
  std::vector<std::string> uncovered;
  for (const std::string& flag : hold_flags) {
    const bool computed =
        flag == kTurned18 && std::ranges::any_of(rules, [](const ColumnRule& rule) {
          return rule.to.section == kBirthSection;
        });
    const bool raised = std::ranges::find(flags, flag, &FlagRule::flag) != flags.end();
    if (!computed && !raised && !flags_not_recorded.contains(flag)) uncovered.push_back(flag);
  }
  return uncovered;
}

std::vector<std::string> Mapping::Columns() const {
  std::vector<std::string> columns;
  const auto add = [&](const std::string& column) {
    if (!column.empty() && std::ranges::find(columns, column) == columns.end())
      columns.push_back(column);
  };
  for (const std::string* const column :
       {&incident, &at, &day, &time, &urn, &laestab, &school_name, &home_educated})
    add(*column);
  for (const std::string& column : child) add(column);
  for (const std::string& column : exclusions) add(column);
  for (const ColumnRule& rule : rules) {
    for (const std::string& column : rule.columns) add(column);
  }
  for (const FlagRule& rule : flags) {
    for (const std::string& column : rule.columns) add(column);
  }
  return columns;
}

}  // namespace havenline::intake
