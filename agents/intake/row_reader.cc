#include "agents/intake/row_reader.h"

#include <algorithm>
#include <array>

#include "agents/intake/limits.h"
#include "agents/intake/quarantine_file.h"
#include "agents/intake/texts.h"
#include "schema/base/check.h"

namespace havenline::intake {
namespace {

using text::Value;

constexpr std::size_t kIncidentBytesMax = 60;  // As the notice's field has it.
constexpr std::size_t kChildBytesMax = 200;
constexpr std::string_view kLostCharacter = "\uFFFD";
constexpr char kReferenceSeparator = '|';  // Between the parts of a notice's reference.

Result<Day> DayOf(std::string_view text, const std::vector<DayForm>& forms) {
  std::string words;
  for (const DayForm form : forms) {
    auto day = ParseDay(text, form);
    if (day) return day;
    if (words.find(day.error().detail) != std::string::npos) continue;
    words += (words.empty() ? "" : ", or ") + day.error().detail;
  }
  return Fail(FaultCode::kInvalid, words + ": correct it");
}

Result<Milliseconds> ClockOf(std::string_view text, const std::vector<ClockForm>& forms) {
  std::string words;
  for (const ClockForm form : forms) {
    std::string clock(text);
    if (form == ClockForm::kDigits) {
      words += std::string(words.empty() ? "" : ", or ") + "not a time of day written as hhmm";
      if (clock.size() != 4 || !IsDigits(clock)) continue;
      clock.insert(2, ":");
    } else {
      words += std::string(words.empty() ? "" : ", or ") + "not a time of day written as hh:mm";
    }
    if (auto time = ParseTimeOfDay(clock)) return time;
  }
  return Fail(FaultCode::kInvalid, words + ": correct it");
}

}  // namespace

// One row while it is read.
class RowReader::OneRow {
 public:
  OneRow(const RowReader& reader, const std::vector<std::string>& fields, TimePoint now)
      : reader_(reader),
        mapping_(*reader.mapping_),
        fields_(fields),
        now_(now),
        today_(ToLocal(reader.zone_.zone, now).day) {}

  RowReading Read() {
    ReadAll();
    if (problem_) return *std::move(problem_);
    return std::move(facts_);
  }

  PartialFacts ReadPartly() {
    ReadAll();
    return {std::move(facts_), !bad_[kReferences], !bad_[kSchool], !bad_[kContent]};
  }

 private:
  enum Part : std::uint8_t { kReferences, kSchool, kContent };

  void ReadAll() {
    ReadExclusions();
    reading_ = kReferences;
    ReadReferences();
    reading_ = kContent;
    for (const ColumnRule& rule : mapping_.rules) ReadRule(rule);
    ReadTime();
    reading_ = kSchool;
    ReadSchool();
    reading_ = kContent;
    FinishSections();
    CheckChild();
    ReadFlags();
  }

  void Complain(const std::string& column, std::string_view what) {
    bad_[reading_] = true;
    std::string words = reader_.PlaceOf(column) + ": ";
    words += what;
    if (!problem_) {
      problem_ = RowProblem{reader_.NumberOf(column), std::move(words), column};
    } else {
      problem_->reason += "; " + words;
    }
  }
  void Note(const std::string& column, std::string_view what) {
    facts_.notes.push_back(reader_.PlaceOf(column) + ": " + std::string(what));
  }

  std::string Cell(const std::string& column) const {
    std::string_view cell = fields_[reader_.At(column)];
    if (reader_.cells_protected_) cell = Unprotected(cell);
    return std::string(Trimmed(cell));
  }

  void ReadExclusions() {
    for (const std::string& column : mapping_.exclusions) {
      if (Cell(column).empty()) continue;
      Complain(
          column,
          "somebody must not learn of this, and exclusions cannot be sent yet: tell the school by "
          "telephone, and take this row on");
    }
  }

  void ReadReferences() {
    facts_.incident = ReferenceIn({mapping_.incident}, kIncidentBytesMax);
    facts_.child = ReferenceIn(mapping_.child, kChildBytesMax);
  }

  std::string ReferenceIn(const std::vector<std::string>& columns, std::size_t bytes_max) {
    std::string reference;
    for (const std::string& column : columns) {
      const std::string cell = Cell(column);
      if (cell.empty()) {
        Complain(column, "is empty: without it the same notice could go twice; fill it in");
      } else if (HasControl(cell) || cell.find(kReferenceSeparator) != std::string::npos) {
        Complain(column,
                 "holds a '|' or a control character, which no reference may: take it away");
      } else if (cell.size() + reference.size() > bytes_max) {
        Complain(column, "is too long: shorten it to " + std::to_string(bytes_max) + " bytes");
      }
      reference += (reference.empty() ? "" : "/") + cell;
    }
    return reference;
  }

  void ReadRule(const ColumnRule& rule) {
    auto value = ValueOf(rule);
    if (value) return builder_.Put(rule.to, *std::move(value));
    if (!rule.leave_out_if_wrong) return Complain(rule.columns.front(), value.error().detail);
    Note(rule.columns.front(), "left out: " + value.error().detail);
  }

  Result<Value> ValueOf(const ColumnRule& rule) {
    std::string content;
    for (const std::string& column : rule.columns) {
      const std::string cell = Cell(column);
      if (!cell.empty()) content += (content.empty() ? "" : rule.join) + cell;
    }
    if (content.find(kLostCharacter) != std::string::npos) {
      if (rule.to.section == kNameSection)
        return Fail(FaultCode::kInvalid,
                    "holds a character that another system has lost: correct the name");
      Note(rule.columns.front(), "holds a character that another system has lost");
    }
    if (content.empty() && rule.required)
      return Fail(FaultCode::kInvalid, "is empty, and is needed: fill it in");
    if (!rule.codes.empty()) {
      const auto code = rule.codes.find(Lower(content));
      if (code != rule.codes.end()) return ValueFor(*rule.to.field, code->second);
      if (content.empty()) return Value();
      return Fail(FaultCode::kInvalid,
                  "holds a code that the mapping file does not list: write one that it lists, or "
                  "add it there");
    }
    if (!content.empty() && rule.to.field->format == "date") {
      ASSIGN_OR_RETURN(const Day day, DayOf(content, mapping_.days));
      content = FormatDay(day);
    }
    return ValueFor(*rule.to.field, content);
  }

  void ReadTime() {
    const bool one = !mapping_.at.empty();
    const std::string& day_column = one ? mapping_.at : mapping_.day;
    const std::string& time_column = one ? mapping_.at : mapping_.time;
    std::string day_text = Cell(day_column);
    std::string time_text = Cell(time_column);
    if (one) {
      const std::size_t between = std::min(day_text.find_first_of(" T"), day_text.size());
      time_text =
          Trimmed(std::string_view(day_text).substr(std::min(between + 1, day_text.size())));
      day_text.resize(between);
    }
    const auto day = DayOf(day_text, mapping_.days);
    if (!day) Complain(day_column, day.error().detail);
    const auto clock = ClockOf(time_text, mapping_.clocks);
    if (!clock) Complain(time_column, clock.error().detail);
    if (!day || !clock) return;
    const auto moment = FromLocal(reader_.zone_.zone, *day, *clock);
    CHECK(moment.has_value());  // A clock's time is from 00:00 to 23:59:59.
    if (moment->time > now_ + kAheadMax)
      Complain(day_column, "the incident lies in the future: correct the day or the time");
    if (moment->time < now_ - kIncidentAgeMax) {
      Complain(
          day_column,
          "the incident is over " + std::to_string(kIncidentAgeMax.count()) +
              " days old: too old to tell whether it was sent before, so a person must send it");
    }
    PutTime(*moment, FormatDay(*day) + " " + FormatUtc(TimePoint(*clock)).substr(11, 5),
            time_column);
  }

  void PutTime(const Moment& moment, const std::string& local, const std::string& column) {
    Value time = Value::Map()
                     .Set("utc", ToMilliseconds(moment.time))
                     .Set("local", local)
                     .Set("zone", reader_.zone_.name);
    if (moment.ambiguous) {
      time.Set("ambiguous", true);
      Note(column, "the clocks went back that night: this time came twice, and the first is taken");
    }
    if (moment.nonexistent) {
      time.Set("nonexistent", true);
      Note(column,
           "the clocks went forward that night: this time never was; the end of the hour is taken");
    }
    time_ = std::move(time);
  }

  std::string SchoolCell(const std::string& column) {
    if (column.empty()) return {};
    std::string cell = Cell(column);
    const std::string lower = Lower(cell);
    const bool marks_home = facts_.home_educated && mapping_.home_educated_values.contains(lower);
    if (cell.empty() || marks_home || mapping_.school_not_known.contains(lower)) return {};
    if (facts_.school.field.empty()) facts_.school.field = column;
    return cell;
  }

  void ReadSchool() {
    facts_.home_educated =
        !mapping_.home_educated.empty() &&
        mapping_.home_educated_values.contains(Lower(Cell(mapping_.home_educated)));
    facts_.school.urn = SchoolCell(mapping_.urn);
    facts_.school.laestab = SchoolCell(mapping_.laestab);
    facts_.school.name = SchoolCell(mapping_.school_name);
    if (facts_.home_educated && facts_.school.given()) {
      Complain(mapping_.home_educated,
               "the child is marked as home-educated, and a school is named: correct one of them");
    }
    if (facts_.home_educated || facts_.school.given()) return;
    const std::string& column = !mapping_.urn.empty()       ? mapping_.urn
                                : !mapping_.laestab.empty() ? mapping_.laestab
                                                            : mapping_.school_name;
    Complain(column, "no school is given: ask which school the child goes to");
  }

  void FinishSections() {
    for (const auto& [field, value] : mapping_.constants) builder_.Put(field, value);
    facts_.sections = std::move(builder_).Finish();
    facts_.sections[kReferenceSection] =
        Value::Map().Set("force", mapping_.force_name).Set("incident", facts_.incident);
    if (time_) facts_.sections[kTimeSection] = *std::move(time_);
  }

  void CheckChild() {
    const auto column_of = [&](const char* section) -> const std::string* {
      const auto rule = std::ranges::find_if(
          mapping_.rules, [&](const ColumnRule& each) { return each.to.section == section; });
      return rule == mapping_.rules.end() ? nullptr : &rule->columns.front();
    };
    const auto name = facts_.sections.find(kNameSection);
    if (name == facts_.sections.end() ||
        (name->second.Find("given") == nullptr && name->second.Find("family") == nullptr)) {
      Complain(*column_of(kNameSection),
               "the child has no name: nobody could find the child by this; fill it in");
    }
    const std::string* const birth_column = column_of(kBirthSection);
    if (birth_column == nullptr) return;
    const auto part = facts_.sections.find(kPartSection);
    const bool unborn = part != facts_.sections.end() && part->second == Value(kUnborn);
    const auto birth = facts_.sections.find(kBirthSection);
    if (birth == facts_.sections.end()) {
      facts_.turned_18 = !unborn;
      if (!unborn)
        Note(*birth_column, "no date of birth: whether the child has turned 18 cannot be told");
      return;
    }
    if (unborn) {
      return Complain(
          *birth_column,
          "an unborn child has no date of birth: leave it empty, or correct the child's part");
    }
    const auto day = ParseDay(birth->second.text(), DayForm::kIso);
    CHECK(day.has_value());  // Its field's format.
    if (*day > today_)
      return Complain(*birth_column, "the date of birth lies in the future: correct it");
    facts_.turned_18 = today_ >= EighteenOn(*day);
  }

  void ReadFlags() {
    for (const FlagRule& rule : mapping_.flags) {
      for (const std::string& column : rule.columns) {
        const std::string cell = Lower(Cell(column));
        if (cell.empty() || rule.clear.contains(cell)) continue;
        const bool listed = rule.raised.contains(cell);
        const bool contained = std::ranges::any_of(rule.contains, [&](const std::string& part) {
          return cell.find(part) != std::string::npos;
        });
        if (rule.raised.empty() && !contained) continue;
        facts_.flags.insert(rule.flag);
        if (!listed && !contained)
          Note(column,
               "holds a value that the mapping file does not list, which counts as " + rule.flag);
      }
    }
  }

  const RowReader& reader_;
  const Mapping& mapping_;
  const std::vector<std::string>& fields_;
  TimePoint now_;
  Day today_;
  RowFacts facts_;
  SectionsBuilder builder_;
  std::optional<Value> time_;
  std::optional<RowProblem> problem_;
  Part reading_ = kContent;
  std::array<bool, 3> bad_{};
};

Result<RowReader> RowReader::For(const Mapping& mapping, const std::vector<std::string>& header,
                                 LocalZone zone, RowWords words) {
  RowReader reader(mapping, std::move(zone), words);
  CHECK(reader.type_ != nullptr);
  const std::vector<std::string> wanted = mapping.Columns();
  const auto is_ours = [](const std::string& name) { return Trimmed(name) == kQuarantineColumn; };
  // A column's name may be what a spreadsheet would run, too.
  reader.cells_protected_ = words == RowWords::kColumns && std::ranges::any_of(header, is_ours);
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string name(
        Trimmed(reader.cells_protected_ ? Unprotected(header[i]) : std::string_view(header[i])));
    if (name == kQuarantineColumn) {
      reader.quarantine_column_ = i;
    } else if (std::ranges::find(wanted, name) == wanted.end()) {
      reader.unused_.push_back(name);
    } else if (!reader.at_.emplace(name, i).second) {
      return Fail(FaultCode::kInvalid, "two columns are named \"" + name + "\" but for blanks");
    }
  }
  std::string missing;
  for (const std::string& column : wanted) {
    if (reader.at_.contains(column)) continue;
    missing += (missing.empty() ? "\"" : ", \"") + column + "\"";
  }
  if (missing.empty()) return reader;
  return Fail(
      FaultCode::kInvalid,
      "the first line must name the columns, and lacks: " + missing +
          ". Was another report dropped, or has the export changed? The mapping file says what "
          "is expected");
}

std::string RowReader::PlaceOf(const std::string& column) const {
  const std::string quoted = "\"" + column + "\"";
  if (words_ == RowWords::kFields) return "field " + quoted;
  return "column " + std::to_string(NumberOf(column)) + " (" + quoted + ")";
}

RowReading RowReader::Read(const std::vector<std::string>& fields, TimePoint now) const {
  return OneRow(*this, fields, now).Read();
}

PartialFacts RowReader::ReadPartly(const std::vector<std::string>& fields, TimePoint now) const {
  return OneRow(*this, fields, now).ReadPartly();
}

std::optional<std::uint64_t> RowReader::QuarantineNumber(
    const std::vector<std::string>& fields) const {
  if (!quarantine_column_) return std::nullopt;
  const std::string& cell = fields[*quarantine_column_];
  return QuarantineNumberIn(Trimmed(cells_protected_ ? Unprotected(cell) : cell));
}

}  // namespace havenline::intake
