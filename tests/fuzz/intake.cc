// A dropped file, in each format: each row becomes a notice that can be sealed, or has a problem
// that can be told; nothing of a cell is in what is told; and the rows that come back as a
// quarantined file are the same rows.

#include <algorithm>
#include <array>

#include "agents/intake/draft.h"
#include "agents/intake/file_rows.h"
#include "agents/intake/limits.h"
#include "agents/intake/quarantine_file.h"
#include "agents/intake/quarantine_report.h"
#include "schema/base/check.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

using namespace intake;  // NOLINT(google-build-using-namespace): all of this is about it.

constexpr std::size_t kRowsTried = 32;

struct Force {
  Mapping mapping;
  AgencyId sender;
};

const std::vector<std::string>& HoldFlags() {
  static const std::vector<std::string> kFlags =
      Partnership().policy().Find(kNoticeExchange)->hold_flags;
  return kFlags;
}

const Mapping& MappingAt(std::uint8_t choice) {
  static const auto kMappings = [] {
    std::vector<Mapping> mappings;
    for (const std::string force : {"south-yorkshire", "lincolnshire"}) {
      auto mapping = Mapping::Parse(RepositoryFile("deploy/examples/" + force + ".mapping.toml"),
                                    force, HoldFlags());
      CHECK(mapping.has_value());
      mappings.push_back(*std::move(mapping));
    }
    return mappings;
  }();
  return kMappings[choice % kMappings.size()];
}

const Establishments& Register() {
  static const Establishments kRegister = [] {
    const std::string schools = RepositoryFile("tests/agents/intake/data/register.csv");
    const std::string links = RepositoryFile("tests/agents/intake/data/links.csv");
    auto read = Establishments::Parse({"register.csv", AsBytes(schools)},
                                      RegisterFile{"links.csv", AsBytes(links)});
    CHECK(read.has_value());
    return *std::move(read);
  }();
  return kRegister;
}

const LocalZone& London() {
  static const LocalZone kZone{"Europe/London", *Zone::Named("Europe/London")};
  return kZone;
}

// What people are told goes into logs and notices too (C5).
void CheckWords(const std::string& words) {
  CheckFault({FaultCode::kInvalid, words});
  CHECK(words.find(kCanary) == std::string::npos);
}

// Whether a column or field is called so. Where something is wrong is told by their names.
bool IsInAName(std::string_view word, const FileRows& rows) {
  const auto names_it = [&](const std::string& name) {
    return name.find(word) != std::string::npos;
  };
  const auto one_names_it = [&](const std::vector<ReportField>& fields) {
    return std::ranges::any_of(fields, names_it, &ReportField::name);
  };
  return std::ranges::any_of(rows.table.header, names_it) ||
         std::ranges::any_of(rows.report.incidents, [&](const ReportIncident& incident) {
           return one_names_it(incident.fields) ||
                  std::ranges::any_of(incident.children, one_names_it, &ReportChild::fields);
         });
}

void CheckRoute(const NoticeDraft& draft) {
  const auto nobody_is_suspended = [](const AgencyId&) { return false; };
  const auto routing = RouteNotice(draft, {Partnership().directory(),
                                           Partnership().policy(),
                                           nobody_is_suspended,
                                           kPolice,
                                           kPoliceRole,
                                           {},
                                           TimePoint()});
  if (const auto* const why = std::get_if<std::string>(&routing)) return CheckWords(*why);
  const auto& routed = std::get<Routed>(routing);
  CHECK(!routed.recipients.empty());
  for (const Recipient& recipient : routed.recipients)
    CHECK(Partnership().directory().Find(recipient.agency)->Holds(recipient.role));
}

// True if it became a notice.
bool CheckFacts(RowFacts facts, const Mapping& mapping) {
  for (const std::string& note : facts.notes) CheckWords(note);
  std::optional<Placed> placed;
  if (!facts.home_educated) {
    if (!facts.school.given()) return false;
    const Placing placing =
        Register().Place(facts.school, std::chrono::floor<std::chrono::days>(kNight));
    if (const auto* const why = std::get_if<std::string>(&placing)) {
      CheckWords(*why);
      return false;
    }
    placed = std::get<Placed>(placing);
    CHECK(placed->stated != nullptr && placed->now != nullptr);
  }
  const NoticeDraft draft = MakeDraft(std::move(facts), placed, mapping.force, HoldFlags());
  CHECK(IdentityOf(draft).SameNotice(IdentityOf(draft)));
  CHECK(ContentOf(draft.sections, kPolice, kPoliceRole).has_value());
  CheckRoute(draft);
  return true;
}

// True if it became a notice.
bool TryRow(const FileRows& rows, const text::CsvRow& row, const Mapping& mapping) {
  if (row.problem) {
    CheckFault({FaultCode::kInvalid, row.problem->text});
    if (!IsInAName(kCanary, rows)) CheckWords(row.problem->text);
    return false;
  }
  auto reading = rows.reader->Read(row.fields, kNight);
  if (auto* const facts = std::get_if<RowFacts>(&reading))
    return CheckFacts(std::move(*facts), mapping);
  const auto& problem = std::get<RowProblem>(reading);
  CheckWords(problem.reason);
  CHECK(problem.column <= row.fields.size());
  const PartialFacts partly = rows.reader->ReadPartly(row.fields, kNight);
  const RowIdentity identity = IdentityOf(partly, std::nullopt, mapping.force);
  CHECK(partly.which_child || identity.child.empty());
  return false;
}

// What could be split comes back cell for cell; what could not, comes last.
void CheckComesBack(ByteView bytes, const FileRows& rows, const Mapping& mapping) {
  std::vector<QuarantinedLine> lines;
  std::vector<Digest> digests;
  for (std::size_t i = 0; i < std::min(rows.table.rows.size(), kRowsTried); ++i) {
    lines.push_back({&rows.table.rows[i], i + 1, "why"});
    if (!rows.table.rows[i].problem) digests.push_back(DigestOfRow(bytes, rows, i));
  }
  const std::string file = QuarantineFile(bytes, rows.table, mapping.delimiter, lines);
  const FileRows again = SplitFile(AsBytes(file), FileFormat::kCsv, mapping, London());
  CHECK(again.reader.has_value() && again.table.rows.size() >= digests.size());
  for (std::size_t i = 0; i < digests.size(); ++i) {
    CHECK(!again.table.rows[i].problem);
    CHECK(again.reader->QuarantineNumber(again.table.rows[i].fields).has_value());
    CHECK(DigestOfRow(AsBytes(file), again, i) == digests[i]);
  }
}

// Each child comes back with all that was said of it; what was none at all, beside its reason.
void CheckReportComesBack(const FileRows& rows, const Mapping& mapping) {
  std::vector<QuarantinedChild> children;
  for (std::size_t i = 0; i < std::min(rows.table.rows.size(), kRowsTried); ++i)
    children.push_back({i, i + 1, "why"});
  const std::string file = QuarantineReport(rows, children);
  const FileRows again = SplitFile(AsBytes(file), rows.format, mapping, London());
  CHECK(again.failed.empty() && again.reader && again.table.rows.size() == children.size());
  for (std::size_t i = 0; i < children.size(); ++i) {
    CHECK(again.reader->QuarantineNumber(again.table.rows[i].fields) == i + 1);
    const RowSource& source = rows.sources[i];
    const ReportIncident& incident = rows.report.incidents[source.incident];
    if (!source.child || !incident.children[*source.child].problems.empty()) continue;
    CHECK(DigestOfRow({}, again, i) == DigestOfRow({}, rows, i));
    CHECK(again.table.rows[i].problem.has_value() == rows.table.rows[i].problem.has_value());
  }
}

}  // namespace

bool TryIntake(ByteView input) {
  if (input.empty()) return false;
  const Mapping& mapping = MappingAt(input.front());
  const ByteView bytes = input.subspan(1);
  // The first byte chooses: two bits the format, the rest the mapping.
  const FileFormat format = input.front() >= 0xC0   ? FileFormat::kXml
                            : input.front() >= 0x80 ? FileFormat::kJson
                                                    : FileFormat::kCsv;
  const FileRows rows = SplitFile(bytes, format, mapping, London());
  if (!rows.failed.empty()) CheckWords(rows.failed);
  CHECK(rows.reader.has_value() || rows.table.rows.empty());
  if (!rows.reader) return false;
  bool notice = false;
  for (std::size_t i = 0; i < std::min(rows.table.rows.size(), kRowsTried); ++i)
    notice = TryRow(rows, rows.table.rows[i], mapping) || notice;
  if (rows.table.rows.empty()) return false;
  if (format == FileFormat::kCsv) {
    CheckComesBack(bytes, rows, mapping);
  } else {
    CheckReportComesBack(rows, mapping);
  }
  return notice;
}

}  // namespace havenline::fuzz
