#include "deploy/havenline/log_audit.h"

#include "schema/base/check.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

constexpr std::size_t kProblemsMax = 20;  // A broken log has as many as entries.

std::string Entry(LogIndex index) { return "entry " + std::to_string(index.value()); }

}  // namespace

LogAudit::LogAudit(const LogHead& head, const std::optional<LogHead>& remembered)
    : head_(head), remembered_(remembered) {
  if (!remembered_) return;
  if (remembered_->epoch > head_.epoch) {
    problems_.push_back("the log went back: its checkpoint is of epoch " +
                        std::to_string(head_.epoch) + ", and one of epoch " +
                        std::to_string(remembered_->epoch) + " was seen before");
  } else if (remembered_->epoch == head_.epoch && remembered_->size > head_.size) {
    problems_.push_back("the log went back: it has " + std::to_string(head_.size) +
                        " entries, and a signed checkpoint of " +
                        std::to_string(remembered_->size) + " was seen before");
  }
  Compare();
}

void LogAudit::Compare() {
  const bool due =
      remembered_ && remembered_->epoch == head_.epoch && remembered_->size == edge_.size();
  if (!due || edge_.root() == remembered_->root) return;
  problems_.push_back("the log forked: its first " + std::to_string(remembered_->size) +
                      " entries are not the ones whose signed checkpoint was seen before");
}

void LogAudit::Add(std::string_view text) {
  CHECK(!complete());
  const LogIndex index(edge_.size());
  edge_.Append(tlog::LeafHash(AsBytes(text)));
  Compare();
  const auto leaf = tlog::ParseLeaf(text);
  if (!leaf || leaf->index != index) {
    if (problems_.size() < kProblemsMax)
      problems_.push_back(Entry(index) + " is not a leaf as the protocol has it");
    return;
  }
  if (!leaf->document) {
    if (index.value() == 0) problems_.emplace_back("entry 0 is not the opening of the epoch");
    return;
  }
  documents_.push_back({index, *leaf->document});
  CheckDocument(documents_.back());
}

void LogAudit::CheckDocument(const LoggedDocument& document) {
  const tlog::DocumentMark& mark = document.mark;
  const bool opening = mark.document == "opening";
  if (opening != (document.index.value() == 0) || (opening && mark.version != head_.epoch)) {
    problems_.push_back(Entry(document.index) +
                        (opening ? " is an opening out of place" : " is not the epoch's opening"));
    return;
  }
  if (mark.document != "directory" && mark.document != "policy") return;
  const LoggedDocument* before = nullptr;
  for (const LoggedDocument& each : documents_) {
    if (each.index < document.index && each.mark.document == mark.document) before = &each;
  }
  // In an epoch that followed a loss the versions between may be lost, too.
  const bool follows = before == nullptr || mark.version == before->mark.version + 1 ||
                       (head_.epoch > kFirstEpoch && mark.version > before->mark.version);
  if (!follows) {
    problems_.push_back(Entry(document.index) + " puts version " + std::to_string(mark.version) +
                        " of the " + mark.document + " in force, after version " +
                        std::to_string(before->mark.version));
  }
}

std::vector<std::string> LogAudit::Problems() const {
  std::vector<std::string> problems = problems_;
  if (!complete()) {
    problems.push_back("the broker gives no " + Entry(LogIndex(edge_.size())) +
                       ", and its checkpoint promises " + std::to_string(head_.size));
  } else if (edge_.root() != head_.root) {
    problems.push_back("the " + std::to_string(head_.size) +
                       " entries do not give the root that the checkpoint signs");
  }
  return problems;
}

}  // namespace havenline
