// The audit log, recomputed from its leaves and held to a signed head and to the head seen last
// time. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "schema/model/position.h"
#include "schema/tlog/leaf_rules.h"
#include "schema/tlog/merkle.h"
#include "schema/tlog/verdict.h"

namespace havenline {

using tlog::LoggedDocument;

// What is wrong with a head beside one of the same log that was seen before, by size and epoch
// alone; nothing if it may have grown out of it.
std::optional<tlog::Place> WentBack(const LogHead& head, const std::optional<LogHead>& remembered);

// Give it every leaf up to the head, in order; then Judge() says what does not hold and what is
// missing. Valid: the leaves are the log that was signed, and it contains the one seen before.
class LogAudit {
 public:
  // `head` is that of a checkpoint whose signature was verified; `remembered` that of an earlier
  // one.
  LogAudit(const LogHead& head, const std::optional<LogHead>& remembered);

  // The next leaf. CHECKs that there is one more below the head.
  void Add(std::string_view text);

  std::uint64_t next() const { return edge_.size(); }
  bool complete() const { return edge_.size() == head_.size; }
  const LogHead& head() const { return head_; }
  const std::vector<LoggedDocument>& documents() const { return rules_.documents(); }
  tlog::Verdict Judge() const;

 private:
  void Compare();

  LogHead head_;
  std::optional<LogHead> remembered_;
  tlog::TreeEdge edge_;
  tlog::LeafRules rules_;
  tlog::Verdict verdict_;
};

}  // namespace havenline
