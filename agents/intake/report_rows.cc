#include "agents/intake/report_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "agents/intake/limits.h"
#include "agents/intake/quarantine_file.h"
#include "agents/intake/texts.h"

namespace havenline::intake {
namespace {

constexpr std::size_t kNameShownMax = 60;

// What a person wrote, short and on one line; a name of no field may be anything.
std::string Shown(const std::string& name) {
  if (name.size() > kNameShownMax || HasControl(name) || !IsUtf8(name)) return "a field";
  return "field \"" + name + "\"";
}

class RowsMaker {
 public:
  RowsMaker(FileFormat format, const Mapping& mapping) : format_(format) {
    rows_.table.header = mapping.Columns();
    rows_.table.header.emplace_back(kQuarantineColumn);
    for (std::size_t i = 0; i < rows_.table.header.size(); ++i)
      at_.emplace(Trimmed(rows_.table.header[i]), i);
    for (const std::string& column : mapping.exclusions) stated_.insert(column);
    for (const FlagRule& rule : mapping.flags)
      stated_.insert(rule.columns.begin(), rule.columns.end());
  }

  void Add(const ReportIncident& incident, std::size_t index) {
    const std::string words =
        format_ == FileFormat::kJson ? "incident " + std::to_string(incident.number) : "";
    for (std::size_t i = 0; i < incident.children.size(); ++i) {
      Begin({index, i, (words.empty() ? "" : words + ", ") + "child " + std::to_string(i + 1)},
            incident.children[i].line);
      TakeIncident(incident);
      for (const std::string& problem : incident.children[i].problems) Complain(problem);
      for (const ReportField& field : incident.children[i].fields) Take(field, "the child");
      CheckStated();
      End();
    }
    if (!incident.children.empty() || !incident.whole) return;
    Begin({index, std::nullopt, words.empty() ? "the incident" : words}, incident.line);
    TakeIncident(incident);
    Complain("it names no child: nobody would be told; name the children, or take it on");
    End();
  }

  ReportRows Finish() && { return std::move(rows_); }

 private:
  void Begin(RowSource source, std::size_t line) {
    row_ = {};
    row_.line = line;
    row_.fields.resize(rows_.table.header.size());
    problem_.clear();
    given_.clear();
    rows_.sources.push_back(std::move(source));
  }

  void End() {
    if (!problem_.empty())
      row_.problem = text::CsvProblem{0, rows_.sources.back().words + ": " + problem_};
    rows_.table.rows.push_back(std::move(row_));
  }

  void Complain(const std::string& what) { problem_ += (problem_.empty() ? "" : "; ") + what; }

  void TakeIncident(const ReportIncident& incident) {
    for (const std::string& problem : incident.problems) Complain(problem);
    for (const ReportField& field : incident.fields) Take(field, "the incident");
  }

  void Take(const ReportField& field, const std::string& whose) {
    const auto at = at_.find(field.name);
    if (at == at_.end()) return ComplainUnknown(field.name, whose);
    std::string& cell = row_.fields[at->second];
    if (!given_.insert(at->second).second) {
      cell.clear();
      return Complain(Shown(field.name) + " is there twice: keep one");
    }
    if (!field.problem.empty()) return Complain(Shown(field.name) + ": " + field.problem);
    if (field.text.size() > kFieldBytesMax) {
      return Complain(Shown(field.name) + " is longer than " + std::to_string(kFieldBytesMax) +
                      " bytes: shorten it");
    }
    if (field.text.find('\0') != std::string::npos)
      return Complain(Shown(field.name) + " holds a zero byte: take it away");
    cell = field.text;
  }

  void ComplainUnknown(const std::string& name, const std::string& whose) {
    const std::string once =
        name.ends_with(kTwice) ? name.substr(0, name.size() - kTwice.size()) : "";
    if (at_.contains(once)) {
      row_.fields[at_.at(once)].clear();
      return Complain(Shown(once) + " is there twice: keep one");
    }
    Complain(Shown(name) + " of " + whose +
             " is none that the mapping file names: correct its name, or leave it out");
  }

  void CheckStated() {
    for (const std::string& column : stated_) {
      if (!given_.contains(at_.at(std::string(Trimmed(column)))))
        Complain(Shown(column) +
                 " is missing: it says whether there is danger, so write it, empty if there is "
                 "nothing to say");
    }
  }

  FileFormat format_;
  ReportRows rows_;
  std::map<std::string, std::size_t, std::less<>> at_;
  std::set<std::string> stated_;
  // Of the row at hand.
  text::CsvRow row_;
  std::string problem_;
  std::set<std::size_t> given_;
};

}  // namespace

ReportRows RowsOf(const Report& report, FileFormat format, const Mapping& mapping) {
  RowsMaker maker(format, mapping);
  for (std::size_t i = 0; i < report.incidents.size(); ++i) maker.Add(report.incidents[i], i);
  return std::move(maker).Finish();
}

}  // namespace havenline::intake
