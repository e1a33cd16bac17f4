// One session as the delivery thread sees it: which mailboxes it drains, how far, and what is in
// flight. Owned by the delivery thread.

#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "broker/commit/committer.h"
#include "broker/deliver/link_flow.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"

namespace havenline {

class DeliverySession {
 public:
  struct Ids {
    LinkId link;
    SessionId session;
    HostId host;
    std::vector<AgencyId> claimed;  // The agencies its hello named, all of the host at the time.
  };
  DeliverySession(Ids ids, SharedFlow& shared) : ids_(std::move(ids)), flow_(shared) {}

  LinkId link() const { return ids_.link; }
  const SessionId& session() const { return ids_.session; }
  const HostId& host() const { return ids_.host; }
  const std::vector<AgencyId>& claimed() const { return ids_.claimed; }
  LinkFlow& flow() { return flow_; }

  // A look of this host's is entered: what it covers may be read here until so many later ones.
  static constexpr std::size_t kLooksMax = 8;
  void Allow(LookTaken look);
  std::span<const LookTaken> looks() const { return looks_; }

  // The last head that this agent was sent a checkpoint of.
  const LogHead& head() const { return head_; }
  void set_head(const LogHead& head) { head_ = head; }

  // From now on this mailbox is drained here, from its beginning.
  void Add(const AgencyId& agency);
  // Nothing of it is handed any more, and what is in flight of it holds nothing up.
  void Remove(const AgencyId& agency);
  bool Serves(const AgencyId& agency) const { return agencies_.contains(agency); }
  const std::set<AgencyId>& agencies() const { return agencies_; }

  // Rows may wait in this mailbox.
  void MarkReady(const AgencyId& agency, Lane lane);
  // The mailbox to read next and how far it was read: urgent ones first, each agency in turn.
  // Nothing if none may have rows, or all that may were passed over.
  std::optional<MailboxPlace> NextReady();
  // It was read up to here.
  void Advance(const MailboxPlace& place);
  // Its next row takes so many bytes and could not be handed: so it need not be read again to know.
  void SetWaiting(const MailboxPlace& place, std::size_t bytes);
  std::optional<std::size_t> WaitingOf(const MailboxPlace& place) const;
  // Another row may be its next: one was taken out of it.
  void ForgetWaiting(const AgencyId& agency, Lane lane) { waiting_.erase({lane, agency}); }
  // Its next row waits for what other links hold: until StartTurn() the mailboxes behind it go
  // first. False if so many were passed over that the rest wait for the next turn.
  bool PassOver(const MailboxPlace& place);
  void StartTurn() { passed_over_.clear(); }
  // This row must wait for its sender: the mailbox goes on behind it.
  void HoldBack(const MailboxPlace& place);
  // Mailboxes with such rows are read again from the first of them.
  void ReadHeldBack();
  // It was read to its end.
  void MarkDrained(const AgencyId& agency, Lane lane);

 private:
  using Box = std::pair<Lane, AgencyId>;

  Ids ids_;
  LinkFlow flow_;
  LogHead head_;
  std::vector<LookTaken> looks_;
  std::set<AgencyId> agencies_;
  std::map<Box, std::uint64_t> read_to_;
  std::deque<Box> ready_;  // Urgent ones first; within a lane, in turn.
  std::set<Box> is_ready_;
  std::map<Box, std::size_t> waiting_;
  std::set<Box> passed_over_;
  std::map<Box, std::uint64_t> held_back_;  // The first such row of each.
};

}  // namespace havenline
