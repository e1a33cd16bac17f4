#include "agents/intake/register_reader.h"

#include <algorithm>
#include <utility>

#include "agents/intake/limits.h"
#include "agents/intake/texts.h"
#include "deploy/runtime/calendar_text.h"
#include "schema/exchange/formats.h"

namespace havenline::intake {
namespace {

enum School : std::uint8_t { kUrn, kAuthority, kNumber, kName, kStatus, kOpened, kClosed };
constexpr std::array<std::string_view, 7> kSchoolColumns = {"URN",
                                                            "LA (code)",
                                                            "EstablishmentNumber",
                                                            "EstablishmentName",
                                                            "EstablishmentStatus (code)",
                                                            "OpenDate",
                                                            "CloseDate"};
constexpr std::size_t kSchoolRequired = 5;

enum Link : std::uint8_t { kFrom, kTo, kType };
constexpr std::array<std::string_view, 3> kLinkColumns = {"URN", "LinkURN", "LinkType"};
constexpr std::string_view kSuccessor =
    "Successor";  // Also "Successor - amalgamated", "… - Split School".

// Finds the columns once; afterwards does nothing.
template <class Columns, std::size_t kCount>
void Locate(const text::CsvTable& table, const std::array<std::string_view, kCount>& names,
            Columns& columns) {
  if (columns.known) return;
  for (std::size_t i = 0; i < kCount; ++i) columns.at[i] = table.Column(names[i]);
  columns.known = true;
}

template <std::size_t kCount>
Result<void> CheckColumns(const text::CsvTable& table, const std::string& file,
                          const std::array<std::string_view, kCount>& names, std::size_t required) {
  std::string missing;
  for (std::size_t i = 0; i < required; ++i) {
    if (table.Column(names[i])) continue;
    missing += (missing.empty() ? "" : ", ") + std::string(names[i]);
  }
  if (missing.empty()) return {};
  return Fail(FaultCode::kInvalid, file + ":1: lacks the columns: " + missing);
}

template <class Columns>
std::string_view Cell(const text::CsvRow& row, const Columns& columns, std::size_t which) {
  const auto& column = columns.at[which];
  return column ? Trimmed(row.fields[*column]) : std::string_view();
}

Establishment::Status StatusOf(std::string_view code) {
  if (code == "1" || code == "3") return Establishment::Status::kOpen;  // 3: proposed to close.
  if (code == "2") return Establishment::Status::kClosed;
  if (code == "4") return Establishment::Status::kProposed;
  return Establishment::Status::kOther;
}

// The register writes dd-mm-yyyy.
Result<std::optional<Day>> DayOf(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string day(text);
  if (day.size() == 10 && day[2] == '-' && day[5] == '-') day[2] = day[5] = '/';
  const DayForm form = day.find('/') == std::string::npos ? DayForm::kIso : DayForm::kDayMonthYear;
  ASSIGN_OR_RETURN(const Day read, ParseDay(day, form));
  return read;
}

tl::unexpected<Fault> FailAt(const text::CsvRow& row, std::string_view column,
                             std::string_view what) {
  return Fail(FaultCode::kInvalid, std::to_string(row.line) + ": column \"" + std::string(column) +
                                       "\": " + std::string(what));
}

// Reads a file row by row; the first fault of a row stops it.
template <class Add>
Result<void> Visit(const RegisterFile& file, const Add& add, text::CsvTable& table) {
  text::CsvOptions options;
  options.bytes_max = kRegisterBytesMax;
  options.rows_max = kRegisterRowsMax;
  Result<void> added;
  auto read = text::VisitCsv(file.bytes, options,
                             [&](const text::CsvTable& header, const text::CsvRow& row) {
                               if (added) added = add(header, row);
                             });
  if (!read) return Fail(FaultCode::kInvalid, file.name + ": " + read.error().detail);
  if (!added) return Fail(FaultCode::kInvalid, file.name + ":" + added.error().detail);
  if (read->unclosed) {
    return Fail(FaultCode::kInvalid,
                file.name + ": a quote never closes: the file was cut short while it was copied");
  }
  table = *std::move(read);
  return {};
}

}  // namespace

Result<void> RegisterReader::ReadSchools(const RegisterFile& file) {
  text::CsvTable table;
  RETURN_IF_FAULT(Visit(
      file,
      [this](const text::CsvTable& header, const text::CsvRow& row) {
        return AddSchool(header, row);
      },
      table));
  return CheckColumns(table, file.name, kSchoolColumns, kSchoolRequired);
}

Result<void> RegisterReader::ReadLinks(const RegisterFile& file) {
  text::CsvTable table;
  RETURN_IF_FAULT(Visit(
      file,
      [this](const text::CsvTable& header, const text::CsvRow& row) {
        return AddLink(header, row);
      },
      table));
  return CheckColumns(table, file.name, kLinkColumns, kLinkColumns.size());
}

Result<void> RegisterReader::AddSchool(const text::CsvTable& table, const text::CsvRow& row) {
  Locate(table, kSchoolColumns, school_columns_);
  for (std::size_t i = 0; i < kSchoolRequired; ++i) {
    if (!school_columns_.at[i]) return {};  // Said once, at the end.
  }
  if (row.problem || !exchange::IsUrn(Cell(row, school_columns_, kUrn))) {
    ++read_.unreadable_rows_;
    return {};
  }
  Establishment school;
  school.urn = Cell(row, school_columns_, kUrn);
  school.name = Cell(row, school_columns_, kName);
  school.status = StatusOf(Cell(row, school_columns_, kStatus));
  const std::string_view authority = Cell(row, school_columns_, kAuthority);
  const std::string_view number = Cell(row, school_columns_, kNumber);
  if (IsDigits(authority) && authority.size() == 3 && IsDigits(number) && number.size() == 4)
    school.laestab = std::string(authority) + std::string(number);
  auto opened = DayOf(Cell(row, school_columns_, kOpened));
  if (!opened) return FailAt(row, kSchoolColumns[kOpened], opened.error().detail);
  school.opened = *opened;
  auto closed = DayOf(Cell(row, school_columns_, kClosed));
  if (!closed) return FailAt(row, kSchoolColumns[kClosed], closed.error().detail);
  school.closed = *closed;
  const auto [at, is_new] = read_.by_urn_.emplace(school.urn, school);
  if (!is_new)
    return FailAt(row, kSchoolColumns[kUrn], "is there twice; use the register as published");
  return {};
}

Result<void> RegisterReader::AddLink(const text::CsvTable& table, const text::CsvRow& row) {
  Locate(table, kLinkColumns, link_columns_);
  for (const auto& column : link_columns_.at) {
    if (!column) return {};
  }
  if (row.problem) {
    ++read_.unreadable_rows_;
    return {};
  }
  if (!Cell(row, link_columns_, kType).starts_with(kSuccessor)) return {};
  auto& successors = read_.successors_[std::string(Cell(row, link_columns_, kFrom))];
  std::string to(Cell(row, link_columns_, kTo));
  if (std::ranges::find(successors, to) == successors.end()) successors.push_back(std::move(to));
  return {};
}

Establishments RegisterReader::Finish() {
  for (const auto& [urn, school] : read_.by_urn_) {
    if (school.status == Establishment::Status::kOpen) ++read_.open_count_;
    if (!school.laestab.empty()) read_.by_laestab_[school.laestab].push_back(&school);
    const std::string folded = FoldedName(school.name);
    if (!folded.empty()) read_.by_name_[folded].push_back(&school);
  }
  return std::move(read_);
}

}  // namespace havenline::intake
