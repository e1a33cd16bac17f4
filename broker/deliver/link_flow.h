// LinkFlow: how much one link may be handed before it has receipted what it has (D7), and which
// rows are on their way. A slow, dead or hostile host costs its own window and nobody else's.
//
//   handed ──> in flight ──receipted──> gone
//                  │ └────kClaimMax later, not receipted──> lapsed: fills this link, not the pool
//                  └── session over: nothing to do, the rows are still in the mailbox
//
// A share of each lane is the link's own, whatever others do: an urgent notice waits neither for
// another host nor for this one's normal mail. What goes beyond it is claimed of a pool that all
// share. A link that holds some may claim no more than a fraction of what is left of it (dynamic
// thresholds, Choudhury and Hahne 1998), one that has not receipted in this session only of the
// pool's first half, and no claim lasts: so hosts that receipt nothing, however many and however
// often they come back, keep nothing from those that do for long.
//
// Pure; owned by the delivery thread.

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "broker/commit/store.h"
#include "schema/model/ids.h"
#include "schema/model/limits.h"

namespace havenline {

// What all links together have in flight, and what of it is claimed of the pool.
struct SharedFlow {
  std::size_t in_flight = 0;
  std::size_t pooled = 0;
  std::size_t pool = limits::kInFlightPool;
};

class LinkFlow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit LinkFlow(SharedFlow& shared) : shared_(shared) {}
  ~LinkFlow();
  LinkFlow(const LinkFlow&) = delete;
  LinkFlow& operator=(const LinkFlow&) = delete;

  // When an item may be handed: now; when this link has receipted more; when others have, or their
  // claims have lapsed.
  enum class May : std::uint8_t { kNow, kAfterReceipts, kAfterOthers };

  // Of an item of this size. One of any size may be in flight in its lane alone, so that a large
  // message is not stuck for ever, as long as the pool has room for it.
  May MayHand(Lane lane, std::size_t bytes) const;

  // What takes a row out of its mailbox: the recipient's signed receipt, or its plain answer.
  enum class Ends : std::uint8_t { kByReceipt, kByAnswer };

  // The reference under which the row goes out.
  Reference Handed(const MailboxPlace& place, std::size_t bytes, Ends ends, Time now);

  // What was handed kClaimMax ago or earlier and is not receipted holds nothing of the pool any
  // more. It still fills this link's window.
  void Lapse(Time now);

  // The row was receipted (or removed): its bytes are free again. False if it was not in flight
  // here.
  bool Released(const MailboxPlace& place);

  bool IsInFlight(const MailboxPlace& place) const { return rows_.contains(place); }

  // Forgets what is in flight of this agency: it is not served here any more, and no receipt would
  // come. Its bytes are free again; if it is served once more, its rows are handed anew.
  void Forget(const AgencyId& agency);

  // The row that went out under this reference, if it is still in flight and an answer is enough to
  // end it: a grant leaves its mailbox by a signed receipt and by nothing else.
  std::optional<MailboxPlace> AnsweredRow(Reference reference) const;

  std::size_t bytes() const { return of(Lane::kUrgent).bytes + of(Lane::kNormal).bytes; }

 private:
  struct Row {
    Reference reference;
    std::size_t bytes = 0;
    Ends ends = Ends::kByReceipt;
    Time handed_at;
    bool lapsed = false;
  };
  struct LaneFlow {
    std::size_t bytes = 0;
    std::size_t claimed = 0;  // Of rows that have not lapsed.
  };

  using Rows = std::map<MailboxPlace, Row>;
  Rows::iterator Free(Rows::iterator at);
  const LaneFlow& of(Lane lane) const { return lanes_.at(static_cast<std::size_t>(lane)); }
  std::size_t pooled() const;
  // Moves the lane's claim to so many bytes, and the pool with it.
  void Claim(Lane lane, std::size_t claimed);

  SharedFlow& shared_;
  Rows rows_;
  std::map<Reference, MailboxPlace> places_;  // In the order in which they were handed.
  std::array<LaneFlow, 2> lanes_;
  std::uint64_t last_reference_ = 0;
  Reference lapsed_to_{0};
  bool receipted_once_ = false;
};

}  // namespace havenline
