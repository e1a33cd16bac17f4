// FetchWindow: the fetches of one session. The broker makes an answer only when it can be held,
// with those made before, until the host reads it: whoever asks and does not read waits for itself
// (D7).
//
//   fetch ──Add──> waiting ──Ready, Take──> being answered ──Answered──> sent, unread ──> read
//
// Pure; owned by the gateway thread.

#pragma once

#include <cstddef>
#include <deque>

#include "schema/model/frame.h"

namespace havenline {

class FetchWindow {
 public:
  // Keeps a fetch until its turn. False if too many wait already, or one of this reference waits or
  // is being answered: it is dropped.
  bool Add(Fetch fetch);
  // The oldest that waits, if its answer may be made now; else null. `unread`: bytes sent to this
  // host that it has not read.
  const Fetch* Ready(std::size_t unread) const;
  // The one that was Ready().
  Fetch Take();
  // The oldest answer was made, and is sent or dropped.
  void Answered();

  bool waits() const { return !waiting_.empty(); }

 private:
  std::deque<Fetch> waiting_;
  std::deque<Reference> inside_;  // Being answered, in order.
};

}  // namespace havenline
