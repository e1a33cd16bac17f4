#include "deploy/havenline/audit_report.h"

#include <vector>

#include "deploy/havenline/table.h"
#include "schema/base/bytes.h"

namespace havenline {
namespace {

using text::Value;
using tlog::Place;
using tlog::Verdict;

constexpr const char* kWhatToDo =
    "Keep everything as it is, tell governance and the other agencies, and compare with the "
    "checkpoints they hold.\n";
constexpr const char* kWhatToGet =
    "This accuses nobody: get what is missing and ask again. The broker writes missing files again "
    "at its next start.\n";

Value PlacesValue(const std::vector<Place>& places) {
  Value list = Value::List();
  for (const Place& place : places) {
    Value value = Value::Map();
    if (!place.file.empty()) value.Set("file", place.file);
    if (place.index) value.Set("index", place.index->value());
    list.Add(std::move(value.Set("what", place.what)));
  }
  return list;
}

std::string PlacesWords(const std::vector<Place>& places, std::uint64_t in_all) {
  std::string words;
  for (const Place& place : places) words += "  " + WordsOf(place) + "\n";
  if (in_all > places.size())
    words += "  and " + tool::Count(in_all - places.size(), "more place", "more places") + "\n";
  return words;
}

std::string WordsOfValid(const AuditReport& report) {
  const LogHead& head = *report.head;
  std::string words = "the log of " + report.partnership.value() +
                      " holds: " + tool::Count(head.size, "entry", "entries") + " of epoch " +
                      std::to_string(head.epoch) + ", " +
                      tool::Count(report.documents, "document", "documents") +
                      " beside them, root " + HexEncode(head.root) + "\n";
  if (report.entries_before > 0) {
    words += "of these, " + tool::Count(report.entries_before, "entry was", "entries were") +
             " recomputed by an earlier run and not again\n";
  }
  if (report.remembered && report.remembered->epoch == head.epoch) {
    words += "it contains the " + tool::Count(report.remembered->size, "entry", "entries") +
             " verified before\n";
  } else if (report.remembered) {
    words += "it is a new epoch; the one verified before was epoch " +
             std::to_string(report.remembered->epoch) + "\n";
  }
  return words;
}

std::string Words(const AuditReport& report) {
  const Verdict& verdict = report.verdict;
  if (verdict.is() == Verdict::Is::kValid) return WordsOfValid(report);
  const std::string log = "the log of " + report.partnership.value();
  std::string words;
  if (verdict.is() == Verdict::Is::kTampered) {
    words = log + " does NOT hold:\n" + PlacesWords(verdict.tampered(), verdict.tampered_in_all()) +
            kWhatToDo;
    if (verdict.missing_in_all() == 0) return words;
    return words + "Besides, this is missing:\n" +
           PlacesWords(verdict.missing(), verdict.missing_in_all());
  }
  return log +
         " could NOT be verified. Nothing in it contradicts what was signed, but this is "
         "missing:\n" +
         PlacesWords(verdict.missing(), verdict.missing_in_all()) + kWhatToGet;
}

}  // namespace

std::string WordsOf(const Place& place) {
  const std::string entry = place.index ? "entry " + std::to_string(place.index->value()) : "";
  if (place.file.empty()) return entry.empty() ? place.what : entry + " " + place.what;
  return place.file + (entry.empty() ? "" : ", " + entry) + ": " + place.what;
}

std::string_view WordFor(Verdict::Is is) {
  switch (is) {
    case Verdict::Is::kValid:
      return "valid";
    case Verdict::Is::kTampered:
      return "tampered";
    case Verdict::Is::kUnverifiable:
      return "unverifiable";
  }
  return "unverifiable";
}

ExitCode CodeFor(Verdict::Is is) {
  switch (is) {
    case Verdict::Is::kValid:
      return ExitCode::kOk;
    case Verdict::Is::kTampered:
      return kTampered;
    case Verdict::Is::kUnverifiable:
      return kUnverifiable;
  }
  return kUnverifiable;
}

tool::Answer AnswerOf(const AuditReport& report) {
  const Verdict& verdict = report.verdict;
  const bool good = verdict.is() == Verdict::Is::kValid;
  Value problems = Value::List();
  for (const auto& places : {verdict.tampered(), verdict.missing()}) {
    for (const Place& place : places) problems.Add(WordsOf(place));
  }
  Value json = Value::Map()
                   .Set("verdict", WordFor(verdict.is()))
                   .Set("verified", good)
                   .Set("entries-verified", good ? report.entries : 0)
                   .Set("documents", report.documents)
                   .Set("tampered", PlacesValue(verdict.tampered()))
                   .Set("missing", PlacesValue(verdict.missing()))
                   .Set("problems", std::move(problems));
  if (report.entries_before > 0) json.Set("entries-before", report.entries_before);
  if (report.head) {
    json.Set("epoch", report.head->epoch)
        .Set("size", report.head->size)
        .Set("root", HexEncode(report.head->root))
        .Set("checkpoint", report.checkpoint);
  }
  if (report.remembered) {
    json.Set(
        "seen-before",
        Value::Map().Set("epoch", report.remembered->epoch).Set("size", report.remembered->size));
  }
  return {Words(report), std::move(json), CodeFor(verdict.is())};
}

}  // namespace havenline
