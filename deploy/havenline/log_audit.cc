#include "deploy/havenline/log_audit.h"

#include <string>

#include "schema/base/check.h"

namespace havenline {

std::optional<tlog::Place> WentBack(const LogHead& head, const std::optional<LogHead>& remembered) {
  if (!remembered) return std::nullopt;
  if (remembered->epoch > head.epoch) {
    return tlog::Place{"", std::nullopt,
                       "the log went back: its checkpoint is of epoch " +
                           std::to_string(head.epoch) + ", and one of epoch " +
                           std::to_string(remembered->epoch) + " was seen before"};
  }
  if (remembered->epoch == head.epoch && remembered->size > head.size) {
    return tlog::Place{"", std::nullopt,
                       "the log went back: it has " + std::to_string(head.size) +
                           " entries, and a signed checkpoint of " +
                           std::to_string(remembered->size) + " was seen before"};
  }
  return std::nullopt;
}

LogAudit::LogAudit(const LogHead& head, const std::optional<LogHead>& remembered)
    : head_(head), remembered_(remembered), rules_(head.epoch) {
  if (auto back = WentBack(head, remembered)) verdict_.Tampered(*std::move(back));
  Compare();
}

void LogAudit::Compare() {
  const bool due =
      remembered_ && remembered_->epoch == head_.epoch && remembered_->size == edge_.size();
  if (!due || edge_.root() == remembered_->root) return;
  verdict_.Tampered({"", std::nullopt,
                     "the log forked: its first " + std::to_string(remembered_->size) +
                         " entries are not the ones whose signed checkpoint was seen before"});
}

void LogAudit::Add(std::string_view text) {
  CHECK(!complete());
  const LogIndex index(edge_.size());
  edge_.Append(tlog::LeafHash(AsBytes(text)));
  Compare();
  if (auto wrong = rules_.Add(text)) verdict_.Tampered({"", index, *std::move(wrong)});
}

tlog::Verdict LogAudit::Judge() const {
  tlog::Verdict verdict = verdict_;
  if (!complete()) {
    verdict.Missing(
        {"", LogIndex(edge_.size()),
         "is not given by the broker, and its checkpoint promises " + std::to_string(head_.size)});
  } else if (edge_.root() != head_.root) {
    verdict.Tampered({"", std::nullopt,
                      "the " + std::to_string(head_.size) +
                          " entries do not give the root that the checkpoint signs"});
  }
  return verdict;
}

}  // namespace havenline
