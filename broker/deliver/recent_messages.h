// RecentMessages: messages that were read for one recipient, kept for the next. Each recipient has
// a mailbox of its own, so what one link is handed now the others mostly are soon after.
//
// What is kept never changes in the store; whether it may still be handed is asked each time
// elsewhere. Pure; owned by the delivery thread.

#pragma once

#include <cstddef>
#include <deque>
#include <map>

#include "broker/deliver/reader.h"
#include "schema/model/envelope.h"
#include "schema/model/position.h"

namespace havenline {

class RecentMessages {
 public:
  static constexpr std::size_t kCountMax = 256;
  static constexpr std::size_t kBytesMax = 4U << 20U;  // Of the messages as submitted.

  struct Message {
    Envelope envelope;
    EntryParts entry;
  };

  // Nothing if it was not kept, or has gone. Valid until the next Keep().
  const Message* Find(const Position& position) const;

  // Keeps one of so many bytes; the oldest go. One that is larger than all may be is kept alone.
  const Message& Keep(const Position& position, std::size_t bytes, Message message);

 private:
  struct Kept {
    std::size_t bytes = 0;
    Message message;
  };

  std::map<Position, Kept> kept_;
  std::deque<Position> order_;  // Oldest first.
  std::size_t bytes_ = 0;
};

}  // namespace havenline
