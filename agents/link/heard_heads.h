// HeardHeads: heads of the log that senders carry in their signed headers, held against what the
// broker shows this agent. Both were shown by one broker: if neither tree holds the other, it told
// two stories, or the sender's host tells one of its own. Nothing waits for any of it (D8).
//
// A head at which this agent stood itself is judged at once. Any other is judged by its last leaf:
// the inclusion proof of that leaf in our tree also says which root the tree had when it was the
// last. So an honest broker can always prove; one that does not within a while is as one that
// cannot.
//
// Memory alone: what was not judged when the process ends is forgotten; senders say heads all the
// time. Owned by the agent's loop.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "schema/base/clock.h"
#include "schema/model/envelope.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"

namespace havenline {

class HeardHeads {
 public:
  struct Heard {
    LogHead head;
    MessageId message;
    AgencyId sender;
    Digest grant{};  // The one by which it came.
    Bytes header;    // As signed, with its signature: evidence.
    TreeSignature signature;
    std::optional<TimePoint> asked_since;  // For the proof.
    std::optional<Digest> leaf;            // The hash of its last leaf, as the broker says.
  };

  // Of a message whose signature holds. The same head again, by whomever, is no news.
  void Hear(const Delivery& delivery);

  // The root that our own log had at a size, where that is known.
  using RootAt = std::function<std::optional<Digest>(std::uint64_t epoch, std::uint64_t size)>;
  // Takes out what is judged: what holds is remembered, what contradicts is returned. `ours` is our
  // newest verified head.
  std::vector<Heard> Judge(const LogHead& ours, const RootAt& root_at, TimePoint now);

  // The last leaves of heads that are in our tree: to be proved, and fetched where not yet known.
  std::vector<LogIndex> ToProve(const LogHead& ours, std::size_t most) const;
  std::vector<LogIndex> ToFetch(const LogHead& ours, std::size_t most) const;
  void OnLeaf(LogIndex index, const Digest& leaf_hash);
  void OnProof(LogIndex index, const LogHead& ours, std::span<const Digest> path);

  std::size_t waiting() const { return waiting_.size(); }

 private:
  // Waiting, and remembered as good: beyond these, what is heard is not looked at.
  static constexpr std::size_t kWaitingMax = 64;
  static constexpr std::size_t kGoodMax = 1024;

  using Place = std::pair<std::uint64_t, std::uint64_t>;  // Epoch, size.
  static Place PlaceOf(const LogHead& head) { return {head.epoch, head.size}; }
  bool Due(const Heard& heard, const LogHead& ours) const;

  std::multimap<Place, Heard> waiting_;
  std::map<Place, Digest> good_;  // What our own tree had.
};

}  // namespace havenline
