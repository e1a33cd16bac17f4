#include "agents/intake/ledger.h"

#include <algorithm>

#include "agents/intake/ledger_rows.h"
#include "agents/intake/limits.h"
#include "agents/link/rows.h"
#include "schema/base/check.h"

namespace havenline::intake {
namespace {

using text::Value;

constexpr const char* kLastNumber = "last/";
constexpr const char* kFile = "file/";
constexpr const char* kOutcome = "row/";
constexpr const char* kNotice = "notice/";
constexpr const char* kQuarantined = "quarantined/";
constexpr const char* kHeld = "held/";
constexpr const char* kRegister = "register";
constexpr const char* kHeldSections = "held-content/";

std::string KeyOf(const char* prefix, std::uint64_t number) { return prefix + NumberText(number); }

std::string OutcomesOf(const FileRecord& file) { return KeyOf(kOutcome, file.number) + "/"; }

// Reads the rows under `prefix` with `read` and gives each to `keep`.
template <class Read, class Keep>
Result<void> Each(const AgentStore& store, const std::string& prefix, Read read, Keep keep) {
  Result<void> loaded;
  RETURN_IF_FAULT(store.Scan(Table::kIntake, prefix, [&](std::string_view, const Value& row) {
    auto value = read(row);
    if (!value) {
      loaded = tl::unexpected<Fault>(std::move(value).error());
      return false;
    }
    keep(*std::move(value));
    return true;
  }));
  return loaded;
}

template <class Record>
Record* Find(std::map<std::uint64_t, Record>& records, std::uint64_t number) {
  const auto at = records.find(number);
  return at == records.end() ? nullptr : &at->second;
}

}  // namespace

Result<void> Ledger::Load() {
  bool good = true;
  RETURN_IF_FAULT(
      store_.Scan(Table::kIntake, kLastNumber, [&](std::string_view key, const Value& row) {
        rows::RowView view(row);
        last_number_[std::string(key.substr(std::string_view(kLastNumber).size()))] =
            view.Count("number");
        good = view.ok();
        return good;
      }));
  if (!good) return rows::Corrupt("intake number");
  // The last number may have been given in a batch that was written before an earlier one's.
  const auto saw = [this](const char* of, std::uint64_t number) {
    last_number_[of] = std::max(last_number_[of], number);
  };
  RETURN_IF_FAULT(Each(store_, kFile, FileFrom, [&](FileRecord file) {
    saw("file", file.number);
    files_.insert_or_assign(file.number, std::move(file));
  }));
  RETURN_IF_FAULT(Each(store_, kNotice, NoticeFrom, [&](NoticeRecord notice) {
    saw("notice", notice.number);
    Index(notice);
    notices_.insert_or_assign(notice.number, std::move(notice));
  }));
  RETURN_IF_FAULT(Each(store_, kQuarantined, QuarantinedFrom, [&](QuarantinedRow row) {
    saw("quarantined", row.number);
    Index(row);
    quarantined_.insert_or_assign(row.number, std::move(row));
  }));
  RETURN_IF_FAULT(Each(store_, kHeld, HeldFrom, [&](HeldRow row) {
    saw("held", row.number);
    held_.insert_or_assign(row.number, std::move(row));
  }));
  ASSIGN_OR_RETURN(const auto taken, store_.Get(Table::kIntake, kRegister));
  if (!taken) return {};
  ASSIGN_OR_RETURN(register_, RegisterFrom(*taken));
  return {};
}

std::uint64_t Ledger::NextNumber(const std::string& of, StoreBatch& batch) {
  const std::uint64_t number = ++last_number_[of];
  batch.Put(Table::kIntake, kLastNumber + of, Value::Map().Set("number", number));
  return number;
}

// --- files

FileRecord* Ledger::Unfinished() {
  // One file at a time is worked on; what was posted meanwhile came after it, and is done.
  const auto last = std::find_if(files_.rbegin(), files_.rend(), [](const auto& each) {
    return each.second.state != FileState::kDone;
  });
  return last == files_.rend() ? nullptr : &last->second;
}

const FileRecord* Ledger::SameBytes(const Digest& digest) const {
  const auto same = std::ranges::find_if(files_, [&](const auto& each) {
    return each.second.digest == digest && each.second.state == FileState::kDone;
  });
  return same == files_.end() ? nullptr : &same->second;
}

FileRecord& Ledger::Begin(FileRecord file, StoreBatch& batch) {
  CHECK(file.posted || Unfinished() == nullptr);
  file.number = NextNumber("file", batch);
  const auto [at, is_new] = files_.emplace(file.number, std::move(file));
  CHECK(is_new);
  Put(at->second, batch);
  return at->second;
}

void Ledger::Put(const FileRecord& file, StoreBatch& batch) const {
  batch.Put(Table::kIntake, KeyOf(kFile, file.number), ToRow(file));
}

void Ledger::Update(const FileRecord& file, StoreBatch& batch) {
  files_.insert_or_assign(file.number, file);
  Put(file, batch);
}

// --- outcomes

void Ledger::PutOutcome(const FileRecord& file, std::size_t row, const RowOutcome& outcome,
                        StoreBatch& batch) const {
  batch.Put(Table::kIntake, OutcomesOf(file) + NumberText(row), ToRow(outcome));
}

Result<std::vector<RowOutcome>> Ledger::Outcomes(const FileRecord& file) const {
  std::vector<RowOutcome> outcomes;
  RETURN_IF_FAULT(Each(store_, OutcomesOf(file), OutcomeFrom,
                       [&](RowOutcome outcome) { outcomes.push_back(std::move(outcome)); }));
  if (outcomes.size() != file.next_row) return rows::Corrupt("intake file's rows");
  return outcomes;
}

void Ledger::DropOutcomes(const FileRecord& file, StoreBatch& batch) const {
  for (std::size_t row = 0; row < file.next_row; ++row)
    batch.Delete(Table::kIntake, OutcomesOf(file) + NumberText(row));
}

// --- notices

void Ledger::Index(const NoticeRecord& notice) {
  notice_of_.emplace(notice.reference, notice.number);
  notice_of_.emplace(notice.stated, notice.number);
}

void Ledger::Unindex(const NoticeRecord& notice) {
  for (const std::string* const key : {&notice.reference, &notice.stated}) {
    const auto at = notice_of_.find(*key);
    if (at != notice_of_.end() && at->second == notice.number) notice_of_.erase(at);
  }
}

NoticeRecord* Ledger::FindNotice(const NoticeDraft& draft) {
  for (const std::string* const key : {&draft.reference, &draft.stated}) {
    const auto at = notice_of_.find(*key);
    if (at != notice_of_.end()) return Notice(at->second);
  }
  return nullptr;
}

NoticeRecord* Ledger::Notice(std::uint64_t number) { return Find(notices_, number); }

NoticeRecord& Ledger::AddNotice(NoticeRecord notice, StoreBatch& batch) {
  notice.number = NextNumber("notice", batch);
  Index(notice);
  const auto [at, is_new] = notices_.emplace(notice.number, std::move(notice));
  CHECK(is_new);
  Put(at->second, batch);
  return at->second;
}

void Ledger::Put(const NoticeRecord& notice, StoreBatch& batch) const {
  batch.Put(Table::kIntake, KeyOf(kNotice, notice.number), ToRow(notice));
}

void Ledger::Forget(std::uint64_t number, StoreBatch& batch) {
  const auto at = notices_.find(number);
  if (at == notices_.end()) return;
  Unindex(at->second);
  notices_.erase(at);
  batch.Delete(Table::kIntake, KeyOf(kNotice, number));
}

// --- rows that wait for a person

QuarantinedRow* Ledger::Quarantined(std::uint64_t number) { return Find(quarantined_, number); }

QuarantinedRow* Ledger::OpenQuarantine(const Digest& row) {
  const auto at = quarantine_of_.find(row);
  if (at == quarantine_of_.end()) return nullptr;
  QuarantinedRow* const found = Quarantined(at->second);
  return found == nullptr || found->over ? nullptr : found;
}

QuarantinedRow& Ledger::AddQuarantined(QuarantinedRow row, StoreBatch& batch) {
  row.number = NextNumber("quarantined", batch);
  const auto [at, is_new] = quarantined_.emplace(row.number, std::move(row));
  CHECK(is_new);
  Put(at->second, batch);
  return at->second;
}

std::vector<QuarantinedRow*> Ledger::QuarantinedOf(const std::string& child) {
  std::vector<QuarantinedRow*> rows;
  const auto numbers = quarantines_of_child_.find(child);
  if (child.empty() || numbers == quarantines_of_child_.end()) return rows;
  for (const std::uint64_t number : numbers->second) {
    QuarantinedRow* const row = Quarantined(number);
    if (row != nullptr && row->identity.child == child) rows.push_back(row);
  }
  return rows;
}

std::size_t Ledger::RestOf(std::uint64_t file) const {
  const auto rest = rest_of_.find(file);
  return rest == rest_of_.end() ? 0 : rest->second.size();
}

void Ledger::Index(const QuarantinedRow& row) {
  if (!row.identity.child.empty()) quarantines_of_child_[row.identity.child].insert(row.number);
  if (!row.over) {
    quarantine_of_[row.row] = row.number;
    if (row.rest_of != 0) rest_of_[row.rest_of].insert(row.number);
    return;
  }
  const auto same = quarantine_of_.find(row.row);
  if (same != quarantine_of_.end() && same->second == row.number) quarantine_of_.erase(same);
  const auto rest = rest_of_.find(row.rest_of);
  if (rest != rest_of_.end()) rest->second.erase(row.number);
}

void Ledger::Put(const QuarantinedRow& row, StoreBatch& batch) {
  Index(row);
  batch.Put(Table::kIntake, KeyOf(kQuarantined, row.number), ToRow(row));
}

HeldRow* Ledger::Held(std::uint64_t number) { return Find(held_, number); }

HeldRow& Ledger::AddHeld(HeldRow row, const Sections& sections, StoreBatch& batch) {
  row.number = NextNumber("held", batch);
  const auto [at, is_new] = held_.emplace(row.number, std::move(row));
  CHECK(is_new);
  Put(at->second, batch);
  batch.Put(Table::kIntake, KeyOf(kHeldSections, at->first), ToRow(sections));
  return at->second;
}

void Ledger::Put(const HeldRow& row, StoreBatch& batch) const {
  batch.Put(Table::kIntake, KeyOf(kHeld, row.number), ToRow(row));
}

Result<Sections> Ledger::HeldSections(std::uint64_t number) const {
  ASSIGN_OR_RETURN(const auto row, store_.Get(Table::kIntake, KeyOf(kHeldSections, number)));
  if (!row) return rows::Corrupt("held row's content");
  return SectionsFrom(*row);
}

void Ledger::DropHeldSections(std::uint64_t number, StoreBatch& batch) const {
  batch.Delete(Table::kIntake, KeyOf(kHeldSections, number));
}

void Ledger::Put(RegisterRecord taken, StoreBatch& batch) {
  batch.Put(Table::kIntake, kRegister, ToRow(taken));
  register_ = std::move(taken);
}

void Ledger::Prune(TimePoint now, StoreBatch& batch) {
  const TimePoint oldest = now - kKeysKept;
  std::vector<std::uint64_t> forgotten;
  for (const auto& [number, notice] : notices_) {
    const HeldRow* const held = notice.held ? Held(*notice.held) : nullptr;
    if (notice.made < oldest && (held == nullptr || !held->waiting())) forgotten.push_back(number);
  }
  for (const std::uint64_t number : forgotten) Forget(number, batch);
  std::erase_if(quarantined_, [&](const auto& each) {
    if (!each.second.over || *each.second.over >= oldest) return false;
    batch.Delete(Table::kIntake, KeyOf(kQuarantined, each.first));
    const auto of_child = quarantines_of_child_.find(each.second.identity.child);
    if (of_child != quarantines_of_child_.end()) {
      of_child->second.erase(each.first);
      if (of_child->second.empty()) quarantines_of_child_.erase(of_child);
    }
    return true;
  });
  std::erase_if(held_, [&](const auto& each) {
    if (!each.second.decided || *each.second.decided >= oldest) return false;
    batch.Delete(Table::kIntake, KeyOf(kHeld, each.first));
    return true;
  });
  PruneFiles(batch);
}

void Ledger::PruneFiles(StoreBatch& batch) {
  while (files_.size() > kFilesKept && files_.begin()->second.state == FileState::kDone) {
    batch.Delete(Table::kIntake, KeyOf(kFile, files_.begin()->first));
    files_.erase(files_.begin());
  }
}

}  // namespace havenline::intake
