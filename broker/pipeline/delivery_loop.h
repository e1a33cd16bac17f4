// The delivery thread: answers hellos and fetches, and hands out what waits in mailboxes, as fast
// as each link takes it. Reads the store; never writes.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/deliver/clock_difference.h"
#include "broker/deliver/reader.h"
#include "broker/deliver/recent_messages.h"
#include "broker/deliver/witness_board.h"
#include "broker/pipeline/delivery_session.h"
#include "broker/pipeline/events.h"
#include "broker/pipeline/hand_gate.h"
#include "broker/pipeline/publish_loop.h"
#include "broker/pipeline/shared.h"
#include "schema/base/clock.h"
#include "schema/model/limits.h"
#include "schema/seal/random.h"
#include "schema/seal/signing.h"

namespace havenline {

struct DeliveryParts {
  const StoreReader& reader;
  const Clock& clock;
  seal::RandomSource& random;
  SharedState& state;
  Observer& observer;
  Channel<DeliveryEvent>& in;
  Channel<CommitEvent>& commit;
  GatewayChannel& gateway;
  PartnershipId partnership;
  std::string software;
  HandGate& gate;
  const seal::SigningKey& release_key;
  std::size_t in_flight_pool = limits::kInFlightPool;
  CheckpointSlot* publish = nullptr;  // Null: the log is not published as files.
};

class DeliveryLoop {
 public:
  explicit DeliveryLoop(DeliveryParts parts) : parts_(std::move(parts)) {
    shared_flow_.pool = parts_.in_flight_pool;
  }

  // The thread's body: until `in` is closed.
  void Run();
  // One turn for simulation and tests.
  void Turn(std::vector<DeliveryEvent> events);

 private:
  void On(LinkHello event);
  void On(const LinkFetch& event);
  void On(const LinkReceipted& event);
  void On(const LinkDrained& event);
  void On(const LinkCosign& event);
  void On(const LinkAlarm& event);
  void On(LinkGone event);
  void On(CommitNews event);
  void On(LookNews event);
  void On(CheckpointNews event);

  std::optional<Code> CheckHello(const LinkHello& event) const;
  bool Contains(const LogHead& head) const;
  std::optional<Digest> RootOf(std::uint64_t epoch, std::uint64_t size) const;
  std::optional<LogHead> HeadOf(const std::string& checkpoint) const;
  void Rehello(LinkId link, Code code);
  void EndSession(LinkId link);
  void ApplyStanding();
  void ServeAgencies(DeliverySession& session);
  std::vector<Digest> ConsistencyFrom(const LogHead& from) const;

  void TellFinal();
  void WatchQuorum();

  // Of this thread's, not yet sent by the gateway.
  static constexpr std::size_t kFramesAheadMax = 1024;

  void Pump();
  void LapseClaims();
  bool PumpSession(DeliverySession& session);
  struct Outgoing;
  bool Collect(DeliverySession& session, Outgoing& outgoing);
  bool HeldBack(DeliverySession& session, const MailboxRow& row);
  LinkFlow::May Pack(DeliverySession& session, const MailboxRow& row, Outgoing& outgoing);
  std::optional<Bytes> EncodeDelivery(const MailboxRow& row);
  const RecentMessages::Message* MessageAt(const Position& position);
  const std::optional<EntryParts>& ReceiptsAt(const Position& position);
  Bytes SignedWordOf(const MailboxRow& row) const;
  ReceiptItem WithProof(Reference reference, Bytes bytes, const MailboxRow& row);
  void Ask(const TimerWaits::Question& question);
  void Send(const DeliverySession& session, Frame frame, bool of_fetch = false);
  std::string StatusJson() const;

  DeliveryParts parts_;
  LinkFlow::Time started_ = parts_.clock.Monotonic();
  ClockDifference clock_difference_;
  std::map<LinkId, std::unique_ptr<DeliverySession>> sessions_;
  std::map<HostId, LinkId> link_of_host_;
  std::map<AgencyId, LinkId> link_of_agency_;
  std::map<HostId, std::uint64_t> asked_;  // Questions that were not answered yet.
  std::shared_ptr<const Published> published_;
  LogHead head_;  // Synced.
  LogHead checkpoint_head_;
  std::string checkpoint_;  // With what witnesses have said of it so far.
  WitnessBoard board_;
  struct Told {  // Of the final head, to all links.
    LogHead head;
    TimePoint time;
    LinkFlow::Time at{};
  };
  Told told_final_;
  LinkFlow::Time watched_at_{};
  LinkFlow::Time quorum_at_ = started_;  // The last that was reached; at first: since when we wait.
  std::set<MailboxPlace> forbidden_;     // Told the commit thread, which has not answered yet.
  SharedFlow shared_flow_;
  LinkFlow::Time lapsed_at_{};
  LinkId last_pumped_{0};
  RecentMessages recent_messages_;
  // The entry of receipts that was read last: one entry has many of one recipient.
  Position receipts_at_;
  std::optional<EntryParts> receipts_;
};

}  // namespace havenline
