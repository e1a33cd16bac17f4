// HeldBook: dangerous rows, until a supervisor has released or rejected each. A row that waits too
// long is alarmed again: a child's school has not been told.
//
// Owned by the agent's loop.

#pragma once

#include <functional>
#include <string>

#include "agents/intake/configuration.h"
#include "agents/intake/draft.h"
#include "agents/intake/ledger.h"
#include "agents/link/alarms.h"
#include "agents/link/outbox.h"
#include "schema/text/value.h"

namespace havenline::intake {

struct HeldParts {
  AgentStore& store;
  Ledger& ledger;
  PlacedAlarms alarms;
  Outbox& outbox;
  const IntakeConfiguration& configuration;
  std::function<RouteView()> route;  // Under what is in force now.
};

class HeldBook {
 public:
  explicit HeldBook(HeldParts parts) : parts_(std::move(parts)) {}

  // Adds to the caller's batch; returns its number. `notice` is the record that reserves the
  // reference.
  std::uint64_t Hold(const NoticeDraft& draft, NoticeRecord& notice, const HeldRow& row,
                     TimePoint now, StoreBatch& batch);

  // The second alarm of what waits too long.
  Result<void> Tick(TimePoint now);
  // Once, before anything else: gives the outbox what a supervisor released before a crash.
  Result<void> FinishReleases(TimePoint now);

  // By a supervisor. Releasing again gives the same origin. kInvalid if it was decided the other
  // way, or cannot be sent as things are: then it goes on waiting, and the words say what to do.
  Result<MessageId> Release(std::uint64_t number, const std::string& login, TimePoint now);
  Result<void> Reject(std::uint64_t number, const std::string& login, TimePoint now);

  // Those that wait, with everything that each row says.
  Result<text::Value> View() const;
  std::size_t waiting_count() const;

 private:
  Result<HeldRow*> Find(std::uint64_t number);
  Result<Outbox::Request> RequestFor(const HeldRow& row) const;
  Result<MessageId> Send(HeldRow& row, Outbox::Request request, TimePoint now);
  void SettleAlarms(const HeldRow& row, TimePoint now, StoreBatch& batch);

  HeldParts parts_;
};

}  // namespace havenline::intake
