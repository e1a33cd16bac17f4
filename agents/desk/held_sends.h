// HeldSends: dangerous cases that somebody sent by hand, until another person has released or
// rejected each. One that waits too long is alarmed again: nobody has been told.
//
//   Hold() ─> waits ─Release()─> releasing ─> the outbox's       (crash or not, from there on)
//               └────Reject()──> rejected: never sent
//
// Whoever sent a case cannot release it. All is in the store before it is answered. Owned by the
// agent's loop: call it inside Agent::Call().

#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agents/desk/people.h"
#include "agents/link/agent.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline {

struct HoldOptions {
  std::chrono::minutes held_for{60};  // Then it is alarmed again.
  // Logins that may see and decide them; none: whoever works at the sender's desk.
  std::set<std::string> supervisors;
};

class HeldSends {
 public:
  HeldSends(Agent& agent, HoldOptions options) : agent_(agent), options_(std::move(options)) {}

  // And gives the outbox what was released before a crash.
  Result<void> Load();
  void Supervise(const std::set<std::string>& logins) {
    options_.supervisors.insert(logins.begin(), logins.end());
  }

  // Instead of Outbox::Take(): durable on return, and nobody told. The same reference again is the
  // same case; with another content, or once it was rejected, kInvalid.
  Result<text::Value> Hold(Outbox::Request request, std::vector<std::string> flags,
                           const Person& person);
  // Of a reference that the outbox was given, whoever released it.
  bool Waits(const AgencyId& sender, const std::string& reference) const;

  // The second alarm of what waits too long.
  Result<void> Tick(TimePoint now);

  // For supervisors of that desk: what waits, with all that it says.
  Result<text::Value> View(const Person& person) const;
  // kMissing if it is not there for this person; kInvalid if they sent it themselves, if it was
  // decided the other way, or cannot be sent as things are: then it goes on waiting, and the words
  // say what to do.
  Result<text::Value> Release(std::uint64_t number, const Person& person);
  Result<text::Value> Reject(std::uint64_t number, const Person& person);

 private:
  enum class State : std::uint8_t { kWaiting, kReleasing, kReleased, kRejected };
  struct Held {
    State state = State::kWaiting;
    AgencyId sender;
    Role role;
    ExchangeName exchange;
    std::string reference;
    std::vector<std::string> flags;
    std::string sent_by;
    TimePoint since;
    bool alarmed_late = false;
    std::string decided_by;
    std::optional<MessageId> origin;
  };

  static text::Value RowOf(const Held& held);
  static Result<Held> HeldFrom(const text::Value& row);
  void Put(std::uint64_t number, const Held& held, StoreBatch& batch) const;
  Result<Outbox::Request> RequestOf(std::uint64_t number) const;
  Result<void> Send(std::uint64_t number, Held& held);
  Result<Held*> Find(std::uint64_t number, const Person& person);
  bool MayDecide(const Person& person, const Held& held) const;
  Result<text::Value> Again(std::uint64_t number, const Held& held,
                            const Outbox::Request& request) const;
  text::Value SummaryOf(std::uint64_t number, const Held& held) const;
  void Settle(std::uint64_t number, TimePoint now, StoreBatch& batch);

  Agent& agent_;
  HoldOptions options_;
  std::map<std::uint64_t, Held> held_;
};

}  // namespace havenline
