// Journal: every read at this desk, chained and signed by the agency, committed before anything is
// shown. Never sent to senders; they get receipts.
//
// Owned by the agent's loop.

#pragma once

#include <string>
#include <vector>

#include "agents/link/keyring.h"
#include "agents/store/agent_store.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"

namespace havenline {

struct JournalEntry {
  std::uint64_t number = 0;
  TimePoint time;
  AgencyId agency;
  Pseudonym person;
  std::string act;  // who, open, acknowledge, not-ours.
  MessageId origin;
  std::vector<std::string> sections;  // That were shown.
};

class Journal {
 public:
  explicit Journal(const Keyring& keys) : keys_(keys) {}

  Result<void> Load(const AgentStore& store);
  // Signs the entry, chained to the one before, and adds it to `batch`.
  void Add(const JournalEntry& entry, StoreBatch& batch);

 private:
  const Keyring& keys_;
  std::uint64_t last_number_ = 0;
  Digest last_{};
};

}  // namespace havenline
