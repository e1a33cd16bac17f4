// The commit thread: items back into ticket order, into batches, synced, and only then handed out.
// Also signs the checkpoints. Nobody hears of a batch before its mark is on the disk: a store that
// comes back without what was answered is behind its mark.

#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <set>

#include "broker/commit/clock_watch.h"
#include "broker/commit/committer.h"
#include "broker/pipeline/events.h"
#include "broker/pipeline/resequencer.h"
#include "broker/pipeline/shared.h"
#include "schema/base/clock.h"
#include "schema/tlog/note.h"

namespace havenline {

// The high-water mark outside the store. Advance() returns once the mark is durable.
class Mark {
 public:
  virtual ~Mark() = default;
  virtual Result<void> Advance(const LogHead& head) = 0;
};

struct CommitParts {
  Committer& committer;
  Store& store;
  Mark& mark;
  const tlog::NoteSigner& signer;
  const Clock& clock;
  SharedState& state;
  Observer& observer;
  Channel<CommitEvent>& in;
  Channel<DeliveryEvent>& deliver;
  GatewayChannel& gateway;
  DirectoryHolder& directory;
  PartnershipId partnership;
};

class CommitLoop {
 public:
  explicit CommitLoop(CommitParts parts);

  // The thread's body: until `in` is closed and everything taken from it is committed.
  void Run();

  // One turn for simulation and tests: takes what is given, commits all of it, fires what is due.
  void Turn(std::vector<CommitEvent> events);

  // Tells deliver and gateway what is in force and where the log stands. Once, before Run().
  void Announce();

 private:
  struct Waiting {
    CommitItem item;
    Tokens tokens;
  };

  void Enqueue(CommitEvent event);
  void CommitOneBatch();
  void HandOut(Committed committed, const Tokens& tokens);
  void SendAnswers(std::vector<Answered> answers);
  void Defer(const Waiting& waiting);
  void AdvanceMark(const LogHead& head);
  void MaybePublishCheckpoint();
  void FireTimers();
  bool TimersDue() const;
  std::chrono::steady_clock::time_point WakeAt() const;
  std::shared_ptr<const Published> Snapshot() const;

  CommitParts parts_;
  Resequencer<Waiting> resequencer_;
  std::deque<Waiting> waiting_;
  LogHead published_;
  LogHead marked_;
  std::chrono::steady_clock::time_point published_at_{};
  ClockWatch clock_watch_;
  std::chrono::steady_clock::time_point looked_at_{};  // For timers that are due.
  bool more_timers_ = false;
  std::set<HostId> cut_off_;
};

}  // namespace havenline
