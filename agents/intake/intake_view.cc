// What the local port shows of the intake as a whole.

#include <algorithm>
#include <iterator>

#include "agents/intake/intake.h"
#include "agents/intake/limits.h"
#include "agents/intake/receipt.h"
#include "deploy/runtime/calendar_text.h"

namespace havenline::intake {
namespace {

using text::Value;

Value CountsOf(const RowCounts& counts) {
  return Value::Map()
      .Set("rows", counts.rows())
      .Set("notices", counts.notices)
      .Set("duplicates", counts.duplicates)
      .Set("quarantined", counts.quarantined)
      .Set("held", counts.held);
}

const char* StateWord(const FileRecord& file) {
  switch (file.state) {
    case FileState::kTaking:
      return "taking";
    case FileState::kMoving:
      return "moving";
    case FileState::kDone:
      break;
  }
  return file.failed.empty() ? "sent" : "failed";
}

Value FileView(const FileRecord& file) {
  Value view = CountsOf(file.counts)
                   .Set("number", file.number)
                   .Set("name", file.name)
                   .Set("state", StateWord(file))
                   .Set("sha256", HexEncode(file.digest))
                   .Set("taken", FormatUtc(file.taken));
  if (file.posted) view.Set("posted", true);
  if (file.finished) view.Set("finished", FormatUtc(*file.finished));
  // What was posted stands in no folder.
  if (file.finished && !file.posted)
    view.Set("target", file.target).Set("receipt", file.target + kReceiptSuffix);
  if (!file.failed.empty()) view.Set("why", file.failed);
  return view;
}

}  // namespace

Value Intake::Status() const {
  RowCounts all;
  Value files = Value::List();
  for (const auto& [number, file] : ledger_.files()) {
    all.notices += file.counts.notices;
    all.duplicates += file.counts.duplicates;
    all.quarantined += file.counts.quarantined;
    all.held += file.counts.held;
  }
  const auto shown = std::min(ledger_.files().size(), kFilesShown);
  // Newest first.
  for (auto at = ledger_.files().rbegin(); files.items().size() < shown; ++at)
    files.Add(FileView(at->second));
  Value status = Value::Map()
                     .Set("running", setup_ != nullptr)
                     .Set("agency", configuration_.agency.value())
                     .Set("counts", CountsOf(all).Set("files", ledger_.files().size()))
                     .Set("quarantined-open", quarantine_.open_count())
                     .Set("held-waiting", held_.waiting_count())
                     .Set("files", std::move(files));
  const RegisterRecord taken = ledger_.taken_register().value_or(RegisterRecord{});
  if (register_in_doubt_) {
    status.Set("register-in-doubt",
               Value::Map().Set("open", *register_in_doubt_).Set("open-before", taken.open));
  }
  if (setup_ == nullptr) return std::move(status).Set("why-not-running", not_running_);
  Value not_recorded = Value::List();
  for (const std::string& flag : setup_->mapping().flags_not_recorded) not_recorded.Add(flag);
  const Establishments& establishments = setup_->establishments();
  Value in_use = Value::Map()
                     .Set("establishments", establishments.size())
                     .Set("open", establishments.open_count())
                     .Set("unreadable-rows", establishments.unreadable_rows())
                     .Set("written", FormatUtc(setup_->register_time()));
  if (!taken.confirmed_by.empty()) in_use.Set("confirmed-by", taken.confirmed_by);
  return std::move(status)
      .Set("flags-not-recorded", std::move(not_recorded))
      .Set("register", std::move(in_use));
}

}  // namespace havenline::intake
