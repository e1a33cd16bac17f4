// The gateway thread: owns the socket. Checks sessions, admits what fits the window, hands items to
// verify and the rest to deliver, sends what comes back.

#pragma once

#include <atomic>
#include <map>
#include <set>
#include <vector>

#include "broker/pipeline/events.h"
#include "broker/pipeline/shared.h"
#include "broker/receive/admission.h"
#include "broker/receive/sessions.h"
#include "broker/transport/router.h"
#include "schema/base/clock.h"

namespace havenline {

struct GatewayParts {
  Router& router;
  const Clock& clock;
  SharedState& state;
  Channel<VerifyJob>& verify;
  Channel<DeliveryEvent>& deliver;
  GatewayChannel& in;
};

class GatewayLoop {
 public:
  explicit GatewayLoop(GatewayParts parts);

  // The thread's body: until Stop() was asked and everything inside has been answered, or
  // `drain_max` later.
  void Run();
  // Any thread: take nothing new, finish what is inside.
  void Stop();

  // One turn for simulation and tests.
  void Turn(std::vector<Inbound> inbound);

 private:
  void OnFrame(Inbound inbound);
  void OnBody(SessionState& session, Inbound& inbound, Frame frame);
  void OnHello(const Inbound& inbound, Hello hello);
  void AdmitItems(SessionState& session, LinkId link, JobKind kind, std::vector<Item> items);
  void AdmitDocument(SessionState& session, LinkId link, DocumentFrame document);
  void Admit(SessionState& session, VerifyJob job);
  void AdmitAnswers(SessionState& session, LinkId link, std::vector<AnswerItem> items,
                    std::size_t bytes);
  template <class Event>
  bool AdmitEvent(Event event, std::size_t bytes);
  void PumpFetches();
  void AnswerNow(SessionState& session, const VerifyJob& job, Answer answer);
  void Rehello(LinkId link, Code code, Milliseconds retry_after);

  void OnEvent(Outbound event);
  void OnEvent(StartSession event);
  void OnEvent(EndSession event);
  void OnEvent(ReleaseTokens event);
  void OnEvent(KeysChanged event);
  void SendCredit(LinkId link, const SessionState& session, Bytes padding);
  void Drop(LinkId link);
  void Account();
  void HouseKeep();

  GatewayParts parts_;
  Sessions sessions_;
  AdmissionWindow window_;
  RateLimit hellos_;
  std::map<HostId, RateLimit> hellos_of_;       // Of the hosts of the directory that said one.
  std::set<LinkId> fetching_;                   // Links with fetches that wait.
  std::map<LinkId, Sessions::Time> strangers_;  // Links without a session, and since when.
  std::set<LinkId> to_drop_;  // At the end of the turn; nothing of theirs is heard.
  std::uint64_t next_ticket_ = 0;
  Sessions::Time last_housekeeping_{};
  std::atomic<bool> stopping_{false};
};

}  // namespace havenline
