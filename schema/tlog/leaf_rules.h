// What leaves must be one after the other: well formed, numbered, the opening first, versions of
// documents rising by one. Pure.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/ids.h"
#include "schema/tlog/leaf.h"

namespace havenline::tlog {

// A governance document that an entry names.
struct LoggedDocument {
  LogIndex index{0};
  DocumentMark mark;

  friend bool operator==(const LoggedDocument&, const LoggedDocument&) = default;
};

class LeafRules {
 public:
  explicit LeafRules(std::uint64_t epoch) : epoch_(epoch) {}
  // Goes on after `next` leaves that named these documents.
  LeafRules(std::uint64_t epoch, std::uint64_t next, std::vector<LoggedDocument> documents)
      : epoch_(epoch), next_(next), documents_(std::move(documents)) {}

  // The next leaf: in words what is wrong with it, or nothing.
  std::optional<std::string> Add(std::string_view text);

  std::uint64_t next() const { return next_; }
  const std::vector<LoggedDocument>& documents() const { return documents_; }

 private:
  std::optional<std::string> CheckDocument(const LoggedDocument& document) const;

  std::uint64_t epoch_;
  std::uint64_t next_ = 0;
  std::vector<LoggedDocument> documents_;
};

}  // namespace havenline::tlog
