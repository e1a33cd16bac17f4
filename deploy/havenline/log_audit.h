// The audit log, recomputed from its leaves and held to a signed head and to the head seen last
// time. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/position.h"
#include "schema/tlog/leaf.h"
#include "schema/tlog/merkle.h"

namespace havenline {

struct LoggedDocument {
  LogIndex index{0};
  tlog::DocumentMark mark;
};

// Give it every leaf up to the head, in order; then Problems() says what does not hold, in words
// for a person. None: the leaves are the log that was signed, and it contains the one seen before.
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
  const std::vector<LoggedDocument>& documents() const { return documents_; }
  std::vector<std::string> Problems() const;

 private:
  void Compare();
  void CheckDocument(const LoggedDocument& document);

  LogHead head_;
  std::optional<LogHead> remembered_;
  tlog::TreeEdge edge_;
  std::vector<LoggedDocument> documents_;
  std::vector<std::string> problems_;
};

}  // namespace havenline
