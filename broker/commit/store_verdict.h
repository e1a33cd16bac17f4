// StoreVerdict: whether a store may be served, judged by what has left this process and must be in
// it: the mark, signed heads that agencies have shown, and those of the published files. In words
// for the operator: what was found, and what to do. Pure; for the start, for the way back, and for
// whoever looks without starting.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "schema/base/result.h"
#include "schema/model/position.h"

namespace havenline {

struct StoreFacts {
  LogHead head;                 // As recovered; of size 0: there is no log in the store.
  std::optional<LogHead> mark;  // The newest one, if there ever was one.
  std::vector<LogHead> shown;   // Signed by us, held by an agency, and once not contained.
  // The root of the first entries of an epoch, as this store has them; nothing if it has not.
  std::function<std::optional<Digest>(std::uint64_t epoch, std::uint64_t size)> root_of;
  std::vector<LogHead> published = {};  // Signed by us, in the folder of the log's files.
};

struct StoreVerdict {
  enum class Start : std::uint8_t {
    kServe,     // It holds everything that left the process.
    kFound,     // There is no log and there never was one: begin the first.
    kRecovery,  // It has forgotten something: stay up, serve nothing.
    kRefuse,    // There is nothing that could answer: do not start.
  };
  Start start = Start::kServe;
  std::string found;   // What is wrong; empty if nothing is.
  std::string remedy;  // What to do about it; empty if nothing is wrong.
};

StoreVerdict JudgeStore(const StoreFacts& facts);

// The same where the store or the mark could not even be read: what its fault says, and the way
// back.
StoreVerdict JudgeUnreadable(const Fault& fault);

// The steps of the way back, the same wherever it is named.
std::string WayBack();

}  // namespace havenline
