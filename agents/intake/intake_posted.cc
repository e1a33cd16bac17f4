// What comes by the local port: taken as a file of the drop folder is, by the same rows and the
// same ledger. Whoever posts has an answer only once all that was taken is in the store, and posts
// again if none came; so after a crash nothing of it need be resumed.

#include "agents/intake/intake.h"
#include "agents/intake/limits.h"
#include "agents/intake/receipt.h"
#include "deploy/runtime/log.h"
#include "schema/base/test_seam.h"
#include "schema/seal/hash.h"

namespace havenline::intake {
namespace {

constexpr std::size_t kDigestShown = 16;  // Hexadecimal digits in the name.

// The same bytes have the same name.
std::string NameOfPosted(const Digest& digest, FileFormat format) {
  return "posted-" + HexEncode(digest).substr(0, kDigestShown) + std::string(SuffixOf(format));
}

}  // namespace

Result<void> Intake::BeginPosted(FileFormat format, Bytes body) {
  posted_.reset();  // Of a request that came to nothing.
  const TimePoint now = parts_.clock.Now();
  RETURN_IF_FAULT(SetUp(now, parts_.clock.Monotonic()));
  if (setup_ == nullptr)
    return Fail(FaultCode::kUnavailable, "intake does not run: " + not_running_);
  if (!setup_->mapping().Uncovered(HoldFlags()).empty()) {
    return Fail(FaultCode::kUnavailable,
                "policy lists a danger that the mapping file does not know: bring it up to date");
  }
  FileInHand posted;
  posted.bytes = std::move(body);
  posted.rows = SplitFile(posted.bytes, format, setup_->mapping(), setup_->zone());
  if (posted.rows.table.rows.size() > kPostedRowsMax) {
    return Fail(FaultCode::kInvalid, "more than " + std::to_string(kPostedRowsMax) +
                                         " children: put it into the drop folder, or post it in "
                                         "parts");
  }
  FileRecord record;
  record.posted = true;
  record.state = FileState::kDone;
  record.digest = seal::Sha256(posted.bytes);
  record.name = NameOfPosted(record.digest, format);
  record.target = record.name;
  record.bytes = posted.bytes.size();
  record.modified = now;
  record.taken = now;
  record.failed = posted.rows.failed;
  StoreBatch batch;
  ledger_.PruneFiles(batch);
  posted.record = &ledger_.Begin(std::move(record), batch);
  FaultPoint("intake.before-posted");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-posted");
  posted_ = std::move(posted);
  return {};
}

Result<bool> Intake::TakePosted() {
  if (!posted_ || setup_ == nullptr) return Fail(FaultCode::kUnavailable, "post it again");
  if (!posted_->all_taken()) RETURN_IF_FAULT(taker_.TakeSlice(*posted_, *setup_));
  return posted_->all_taken();
}

Result<text::Value> Intake::FinishPosted() {
  if (!posted_) return Fail(FaultCode::kUnavailable, "post it again");
  const FileInHand posted = *std::move(posted_);
  posted_.reset();
  FileRecord& record = *posted.record;
  record.finished = parts_.clock.Now();
  StoreBatch batch;
  ledger_.Put(record, batch);
  FaultPoint("intake.before-posted-done");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-posted-done");
  ReceiptFacts facts = finisher_.FactsOf(posted);
  ASSIGN_OR_RETURN(facts.quarantine_file, WritePostedRows(posted));
  LogEvent(LogLevel::kInfo, "intake.posted",
           {{"rows", record.counts.rows()},
            {"notices", record.counts.notices},
            {"duplicates", record.counts.duplicates},
            {"quarantined", record.counts.quarantined},
            {"held", record.counts.held},
            {"failed", !record.failed.empty()}});
  return ReceiptOf(facts);
}

// Its name in FAILED; empty if no row waits to be mended. One that is there already may be in
// somebody's hands.
Result<std::string> Intake::WritePostedRows(const FileInHand& posted) {
  const auto text = QuarantineTextOf(posted);
  if (!text) return std::string();
  std::string name = QuarantineFileName(posted.record->target, posted.record->number);
  const auto write = [&]() -> Result<void> {
    RETURN_IF_FAULT(folder_.Make());
    ASSIGN_OR_RETURN(const bool there, folder_.Has(DropPlace::kFailed, name));
    if (there) return {};
    return folder_.Write(DropPlace::kFailed, name, *text);
  };
  if (const auto written = write(); !written) {
    return Fail(FaultCode::kUnavailable,
                "the rows to mend could not be written into FAILED; the others went: post it "
                "again");
  }
  return name;
}

}  // namespace havenline::intake
