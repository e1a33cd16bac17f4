// LinkFlow: how much one link may be handed before it has receipted what it has (D7), and which
// rows are on their way. A slow, dead or hostile host costs its own window and nobody else's.
//
//   handed ──> in flight ──receipted──> gone
//                  │
//                  └── session over: nothing to do, the rows are still in the mailbox
//
// Pure; owned by the delivery thread.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "broker/commit/store.h"
#include "schema/model/ids.h"

namespace havenline {

// What all links together have in flight.
struct SharedFlow {
  std::size_t in_flight = 0;
};

class LinkFlow {
 public:
  explicit LinkFlow(SharedFlow& shared) : shared_(shared) {}
  ~LinkFlow() { shared_.in_flight -= bytes_; }
  LinkFlow(const LinkFlow&) = delete;
  LinkFlow& operator=(const LinkFlow&) = delete;

  // True if an item of this size may be handed now. One item of any size may always be in flight
  // alone, so that a large message is not stuck for ever; but never beyond the total of all links.
  bool MayHand(std::size_t bytes) const;

  // What takes a row out of its mailbox: the recipient's signed receipt, or its plain answer.
  enum class Ends : std::uint8_t { kByReceipt, kByAnswer };

  // The reference under which the row goes out.
  Reference Handed(const MailboxPlace& place, std::size_t bytes, Ends ends);

  // The row was receipted (or removed): its bytes are free again. False if it was not in flight
  // here.
  bool Released(const MailboxPlace& place);

  // Forgets what is in flight of this agency: it is not served here any more, and no receipt would
  // come. Its bytes are free again; if it is served once more, its rows are handed anew.
  void Forget(const AgencyId& agency);

  // The row that went out under this reference, if it is still in flight and an answer is enough to
  // end it: a grant leaves its mailbox by a signed receipt and by nothing else.
  std::optional<MailboxPlace> AnsweredRow(Reference reference) const;

  std::size_t bytes() const { return bytes_; }

 private:
  struct Row {
    Reference reference;
    std::size_t bytes = 0;
    Ends ends = Ends::kByReceipt;
  };

  using Rows = std::map<MailboxPlace, Row>;
  Rows::iterator Free(Rows::iterator at);

  SharedFlow& shared_;
  Rows rows_;
  std::map<Reference, MailboxPlace> places_;
  std::size_t bytes_ = 0;
  std::uint64_t last_reference_ = 0;
  bool receipted_once_ = false;
};

}  // namespace havenline
