// InvalidBook: which of the items that were turned away as invalid stand in the log one by one, and
// which are only counted there. Who sends nothing but rubbish must be seen by an auditor, and must
// not fill the log.
//
// Pure; owned by the commit thread. What is counted and not yet entered goes with a crash: it had
// no effect.

#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "schema/base/clock.h"
#include "schema/model/answer.h"
#include "schema/model/ids.h"

namespace havenline {

class InvalidBook {
 public:
  struct Count {
    HostId host;
    Code code = Code::kMalformed;
    std::uint64_t items = 0;
    TimePoint since;  // Of the minute they came in.
  };

  // One more. True if it has an entry of its own: so have the first limits::kInvalidEntriesMax of a
  // host and code in a minute.
  bool Take(const HostId& host, Code code, TimePoint now);

  // What was only counted, of minutes that are over.
  std::vector<Count> TakeCounts(TimePoint now);
  // True while something waits to be taken.
  bool counting() const { return counting_ > 0; }

 private:
  struct Minute {
    TimePoint since;
    std::uint64_t entered = 0;
    std::uint64_t counted = 0;
  };

  std::map<std::pair<HostId, Code>, Minute> minutes_;  // Bounded by the directory's hosts.
  std::uint64_t counting_ = 0;
};

}  // namespace havenline
