// Desk: what people do with messages. Two steps open one: "is this our pupil?" (or as the exchange
// asks) shows name and date of birth, then the rest. Each look is in the journal, each act
// receipted, before anything shows (A1).
//
// Owned by the agent's loop: call it inside Agent::Call().

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agents/desk/journal.h"
#include "agents/desk/people.h"
#include "agents/link/agent.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline {

class Desk {
 public:
  explicit Desk(Agent& agent) : agent_(agent), journal_(agent.keys()) {}
  Result<void> Load() { return journal_.Load(agent_.store()); }

  // What came for the desks at which they work. Nothing in it tells who a message is about; of a
  // concealed exchange not even what it is.
  text::Value List(const Person& person) const;
  // Whom it is about: the sections that identify, as far as policy gave them.
  Result<text::Value> Who(std::uint64_t number, const Person& person);
  // Everything the message opened, by which rule, and what was withheld as far as that may show.
  Result<text::Value> Open(std::uint64_t number, const Person& person);
  Result<text::Value> Acknowledge(std::uint64_t number, const Person& person);
  Result<text::Value> NotOurs(std::uint64_t number, const Person& person);

 private:
  // What is for a desk of somebody else's is not there.
  Result<const InMessage*> Shown(std::uint64_t number, const Person& person) const;
  Result<text::Value> Sections(const InMessage& message,
                               const std::vector<std::string>& names) const;
  Result<text::Value> Act(std::uint64_t number, ReceiptKind kind, const char* act,
                          const Person& person);
  JournalEntry Entry(const InMessage& message, const char* act, const Person& person) const;

  Agent& agent_;
  Journal journal_;
};

}  // namespace havenline
