#include "agents/intake/file_finisher.h"

#include <algorithm>

#include "agents/intake/limits.h"
#include "agents/intake/quarantine_file.h"
#include "agents/intake/quarantine_report.h"
#include "agents/intake/receipt.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/seal/hash.h"

// The folder's faults become trouble, which passes; the store's stay faults.
#define TROUBLE_IF_FAULT(expression) \
  if (auto tried = (expression); !tried) return Trouble(std::move(tried).error().detail)

namespace havenline::intake {
namespace {

constexpr int kNamesTriedMax = 100;

std::string SubjectOf(const FileRecord& file) { return "file " + std::to_string(file.number); }

// "night.csv" and "7" are "night.7.csv".
std::string NumberedName(const std::string& name, const std::string& number) {
  const std::size_t dot = name.rfind('.');
  CHECK(dot != std::string::npos);  // It ends as a report does.
  return name.substr(0, dot) + "." + number + name.substr(dot);
}

}  // namespace

std::optional<std::string> QuarantineTextOf(const FileInHand& file) {
  std::vector<QuarantinedLine> lines;
  std::vector<QuarantinedChild> children;
  for (std::size_t row = 0; row < std::min(file.outcomes.size(), file.rows.table.rows.size());
       ++row) {
    const RowOutcome& outcome = file.outcomes[row];
    if (outcome.kind != OutcomeKind::kQuarantined) continue;
    lines.push_back({&file.rows.table.rows[row], outcome.number, outcome.reason});
    children.push_back({row, outcome.number, outcome.reason});
  }
  if (lines.empty()) return std::nullopt;
  if (file.rows.format != FileFormat::kCsv) return QuarantineReport(file.rows, children);
  return QuarantineFile(file.bytes, file.rows.table, file.rows.delimiter, lines);
}

DropPlace PlaceOf(const FileRecord& file) {
  return file.failed.empty() ? DropPlace::kSent : DropPlace::kFailed;
}

Result<Trouble> FileFinisher::Finish(FileInHand& file, TimePoint now) {
  CHECK(file.all_taken());
  if (file.record->state == FileState::kTaking) {
    const auto still_there = StillIn(*file.record);
    TROUBLE_IF_FAULT(still_there);
    const auto target = FreeTarget(*file.record);
    TROUBLE_IF_FAULT(target);
    RETURN_IF_FAULT(Decide(file, *still_there, *target, now));
  } else if (!file.record->changed_meanwhile) {
    // Tried before, or before a crash: what stands in IN by now may be another file of that name.
    const auto moved = parts_.folder.Has(PlaceOf(*file.record), file.record->target);
    TROUBLE_IF_FAULT(moved);
    const auto still_there = StillIn(*file.record);
    TROUBLE_IF_FAULT(still_there);
    if (!*moved && !*still_there) RETURN_IF_FAULT(Decide(file, false, file.record->target, now));
  }
  TROUBLE_IF_FAULT(WriteBeside(file));
  TROUBLE_IF_FAULT(MoveOriginal(file));
  RETURN_IF_FAULT(Done(file, now));
  return Trouble();
}

// After this the file's outcome is fixed, whatever happens to the files.
Result<void> FileFinisher::Decide(FileInHand& file, bool still_there, const std::string& target,
                                  TimePoint now) {
  FileRecord& record = *file.record;
  record.state = FileState::kMoving;
  record.changed_meanwhile = !still_there;
  record.target = target;
  if (!record.finished) record.finished = now;
  StoreBatch batch;
  parts_.ledger.Put(record, batch);
  if (!record.failed.empty()) {
    parts_.alarms.Raise(AlarmKind::kFileFailed, SubjectOf(record),
                        "The file " + record.name + " is in FAILED: " + record.failed +
                            ". Mend it and drop it again: what went already does not go twice.",
                        now, batch);
  } else if (record.changed_meanwhile) {
    parts_.alarms.Raise(
        AlarmKind::kFileFailed, SubjectOf(record),
        "The file " + record.name +
            " changed or was taken away while it was read. Its receipt says what was read; "
            "see that it is complete in IN, or drop it again.",
        now, batch);
  }
  FaultPoint("intake.before-decided");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-decided");
  return {};
}

ReceiptFacts FileFinisher::FactsOf(const FileInHand& file) const {
  const FileRecord& record = *file.record;
  ReceiptFacts facts{.file = record,
                     .outcomes = file.outcomes,
                     .origin_of = [this](std::uint64_t number) -> std::optional<MessageId> {
                       const NoticeRecord* const notice = parts_.ledger.Notice(number);
                       return notice == nullptr ? std::nullopt : notice->origin;
                     },
                     .unused_columns = {},
                     .quarantine_file = {},
                     .same_bytes = parts_.ledger.SameBytes(record.digest)};
  if (file.rows.reader) facts.unused_columns = file.rows.reader->unused();
  return facts;
}

Result<void> FileFinisher::WriteBeside(const FileInHand& file) const {
  const FileRecord& record = *file.record;
  const std::optional<std::string> quarantined = QuarantineTextOf(file);
  ReceiptFacts facts = FactsOf(file);
  if (quarantined) {
    facts.quarantine_file = QuarantineFileName(record.target, record.number);
    RETURN_IF_FAULT(parts_.folder.Write(DropPlace::kFailed, facts.quarantine_file, *quarantined));
  }
  FaultPoint("intake.before-receipt");
  RETURN_IF_FAULT(
      parts_.folder.Write(PlaceOf(record), record.target + kReceiptSuffix, ReceiptText(facts)));
  FaultPoint("intake.after-receipt");
  return {};
}

Result<void> FileFinisher::MoveOriginal(const FileInHand& file) const {
  const FileRecord& record = *file.record;
  if (record.changed_meanwhile) return {};
  // The name was free when it was chosen: who stands there now is this file, moved before a crash.
  ASSIGN_OR_RETURN(const bool moved, parts_.folder.Has(PlaceOf(record), record.target));
  if (moved) return {};
  return parts_.folder.Move(DropPlace::kIn, record.name, PlaceOf(record), record.target);
}

Result<void> FileFinisher::Done(FileInHand& file, TimePoint now) {
  FileRecord& record = *file.record;
  record.state = FileState::kDone;
  StoreBatch batch;
  parts_.ledger.DropOutcomes(record, batch);
  parts_.ledger.Put(record, batch);
  if (record.failed.empty()) {
    // Whoever mended a file drops it under the same name.
    for (const auto& [number, earlier] : parts_.ledger.files()) {
      if (earlier.name == record.name && number < record.number)
        parts_.alarms.Settle(AlarmKind::kFileFailed, SubjectOf(earlier), now, batch);
    }
  }
  FaultPoint("intake.before-done");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-done");
  return {};
}

// True if IN still has what was read.
Result<bool> FileFinisher::StillIn(const FileRecord& file) const {
  const auto now = parts_.folder.Look(DropPlace::kIn, file.name);
  if (!now && now.error().code == FaultCode::kMissing) return false;
  if (!now) return tl::unexpected<Fault>(now.error());
  if (now->bytes != file.bytes) return false;
  // Of a file that was not read, no more is known.
  if (file.digest == Digest{}) return now->modified == file.modified;
  // Another file may have the same size and, from an archive or a copy, the same time.
  const auto bytes = parts_.folder.Read(DropPlace::kIn, *now);
  if (!bytes && bytes.error().code == FaultCode::kUnavailable) return false;
  if (!bytes) return tl::unexpected<Fault>(bytes.error());
  return seal::Sha256(*bytes) == file.digest;
}

Result<std::string> FileFinisher::FreeTarget(const FileRecord& file) const {
  std::string target = file.name;
  for (int tried = 0; tried < kNamesTriedMax; ++tried) {
    bool taken = false;
    for (const auto& [place, name] :
         {std::pair(DropPlace::kSent, target), std::pair(DropPlace::kSent, target + kReceiptSuffix),
          std::pair(DropPlace::kFailed, target),
          std::pair(DropPlace::kFailed, target + kReceiptSuffix),
          std::pair(DropPlace::kFailed, QuarantineFileName(target, file.number))}) {
      ASSIGN_OR_RETURN(const bool there, parts_.folder.Has(place, name));
      taken = taken || there;
    }
    if (!taken) return target;
    const std::string number = std::to_string(file.number);
    target =
        NumberedName(file.name, tried == 0 ? number : number + "-" + std::to_string(tried + 1));
  }
  return Fail(FaultCode::kInvalid, "SENT and FAILED hold too many files of one name: clear them");
}

Result<Trouble> FileFinisher::WatchMoved(TimePoint now) {
  for (const auto& [number, file] : parts_.ledger.files()) {
    const bool watched = file.state == FileState::kDone && !file.changed_meanwhile &&
                         !file.posted && file.finished && now - *file.finished < kMovedWatched &&
                         file.digest != Digest{};
    if (!watched) continue;
    const auto there = parts_.folder.Look(PlaceOf(file), file.target);
    if (!there && there.error().code == FaultCode::kMissing) continue;
    TROUBLE_IF_FAULT(there);
    // Once whatever it looks like: what stood in IN when it was moved may have been another file.
    const bool looks_same = there->bytes == file.bytes && there->modified == file.modified;
    if (looks_same && !moved_seen_.insert(number).second) continue;
    const auto bytes = parts_.folder.Read(PlaceOf(file), *there);
    if (!bytes && bytes.error().code == FaultCode::kUnavailable) continue;  // Still being written.
    if (bytes && seal::Sha256(*bytes) == file.digest) continue;  // Only its time changed.
    const auto free_name = parts_.folder.Has(DropPlace::kIn, file.name);
    TROUBLE_IF_FAULT(free_name);
    const std::string name =
        *free_name ? NumberedName(file.name, std::to_string(file.number)) : file.name;
    TROUBLE_IF_FAULT(parts_.folder.Move(PlaceOf(file), file.target, DropPlace::kIn, name));
    RETURN_IF_FAULT(TakeBack(file, now));
    return Trouble();
  }
  return Trouble();
}

Result<void> FileFinisher::TakeBack(const FileRecord& file, TimePoint now) {
  FileRecord changed = file;
  changed.changed_meanwhile = true;
  StoreBatch batch;
  parts_.ledger.Update(changed, batch);
  parts_.alarms.Raise(
      AlarmKind::kFileFailed, SubjectOf(file),
      "The file " + file.name +
          " went on changing after it was taken: its copy took too long. It is taken again. "
          "Copy it under another name and rename it when it is complete.",
      now, batch);
  return parts_.store.Commit(batch);
}

}  // namespace havenline::intake
