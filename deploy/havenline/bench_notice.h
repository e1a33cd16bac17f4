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

class NoticeMaker {
 public:
  // Notices of `sender`'s; with `section_bytes` messages of one section with so much content.
  // `partnership` and `random` must outlive it.
  static Result<NoticeMaker> Make(const LoadedPartnership& partnership, std::size_t sender,
                                  std::optional<std::size_t> section_bytes,
                                  seal::RandomSource& random);

  // The next message, sealed to every recipient, as submitted.
  Result<Bytes> Next();

 private:
  NoticeMaker(const LoadedPartnership& partnership, std::size_t sender, Content content,
              seal::RandomSource& random);

  const LoadedPartnership& partnership_;
  std::size_t sender_;
  Content content_;
  seal::RandomSource& random_;
  std::vector<Recipient> recipients_;
  SeriesId series_;
  std::uint64_t made_ = 0;
};

}  // namespace havenline::bench
