// What `havenline bench` sends: Operation Encompass notices about children who do not exist, or
// messages of one section of a given size, sealed before the clock starts.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agents/link/compose.h"
#include "deploy/havenline/bench_partnership.h"
#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/seal/random.h"

namespace havenline::bench {

// The policy under which both go: who may tell recipients what, and on which lane.
std::string PolicyText(const Shape& shape);

// Where a message stands on the board. Written into its id, so that whoever receives it knows.
struct Place {
  std::size_t sender = 0;
  std::size_t message = 0;
};
std::optional<Place> PlaceOf(const MessageId& id);

// Notices; or with `section_bytes` messages of one section with so much content, in whichever lane
// the shape says, or in the normal lane.
struct Messages {
  std::optional<std::size_t> section_bytes;
  bool beside = false;  // In the normal lane, whatever the others take; with `section_bytes` only.
  std::size_t among = 0;  // Of a crowd only its first so many hosts get them; 0: all.
};

class NoticeMaker {
 public:
  // Of `sender`'s. `partnership` and `random` must outlive it.
  static Result<NoticeMaker> Make(const LoadedPartnership& partnership, std::size_t sender,
                                  const Messages& messages, seal::RandomSource& random);

  // The next message, sealed to every recipient, or to the next one of a crowd; as submitted.
  Result<Bytes> Next();

 private:
  NoticeMaker(const LoadedPartnership& partnership, std::size_t sender, std::size_t among,
              Content content, seal::RandomSource& random);

  const LoadedPartnership& partnership_;
  std::size_t sender_;
  std::size_t among_;
  Content content_;
  seal::RandomSource& random_;
  std::vector<Recipient> recipients_;
  SeriesId series_;
  std::uint64_t made_ = 0;
};

}  // namespace havenline::bench
