// What the threads of the broker tell each other. Each channel has one reader; everything on one
// holds Tokens of the admission window, or is bounded by the number of sessions or by time.
//
//   gateway ──VerifyJob──> verify ──Judged──> commit ──CommitNews──> deliver
//      ^  └──LinkHello, LinkFetch, LinkReceipted, LinkDrained, LinkCosign, LinkAlarm, LinkGone─^ │
//      │            commit <──TakenRows, ForbiddenRow, HostReturned, HostDrained──┘
//      └─────────────── GatewayEvent (from commit and deliver)

#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "broker/commit/committer.h"
#include "broker/receive/admission.h"
#include "schema/base/channel.h"
#include "schema/model/frame.h"
#include "schema/model/ids.h"

namespace havenline {

// What is in force, as far as others than the commit thread need it.
struct Published {
  std::shared_ptr<const Directory> directory;
  std::shared_ptr<const policy::Policy> policy;
  SuspensionBook suspensions;
  std::uint64_t notices = 0;
  std::set<HostId> cut_off;  // Hosts all of whose agencies are suspended.
  // Of the log's epochs: see Committer.
  std::uint64_t epoch = 0;
  std::vector<tlog::NoteKey> log_keys;
  std::vector<LogHead> closed;
  std::shared_ptr<const std::set<AgencyId>> reconciled;

  // A grant of an earlier epoch is handed out only once its sender has said again all that the log
  // may have forgotten: a recall, or that the recipient is suspended.
  bool WaitsForSender(const AgencyId& sender, const Position& accepted) const {
    return accepted.epoch < epoch && !reconciled->contains(sender);
  }
};

// --- to verify

enum class JobKind : std::uint8_t {
  kSubmit,
  kReceipt,
  kVoid,
  kRecall,
  kStatement,
  kDocument,
  kReconciled,
  kLook
};

struct VerifyJob {
  Ticket ticket;
  Route route;
  JobKind kind = JobKind::kSubmit;
  DocumentKind document = DocumentKind::kDirectory;
  Bytes bytes;
  Tokens tokens;
  Reconciled reconciled;
};

// --- to commit

struct Judged {
  Ticket ticket;
  CommitItem item;
  Tokens tokens;
};
struct TakenRows {
  TakenWork work;
  Tokens tokens;
};
// What the policy in force forbids to hand out; at most limits::kForbiddenAheadMax at once.
struct ForbiddenRow {
  ForbiddenWork work;
};
// A session of this host began.
struct HostReturned {
  HostId host;
  TimePoint time;  // Its own clock, in its hello.
  std::chrono::steady_clock::time_point heard_at;
};
// The host's answer to a question of the commit thread's (Credit in schema/model/frame.h).
struct HostDrained {
  HostId host;
  std::uint64_t number = 0;
  Tokens tokens;
};
using CommitEvent = std::variant<Judged, TakenRows, ForbiddenRow, HostReturned, HostDrained>;

// --- to deliver

struct LinkHello {
  LinkId link;
  HostId host;
  Hello hello;
  Tokens tokens;
};
struct LinkFetch {
  LinkId link;
  SessionId session;
  Fetch fetch;
  Tokens tokens;
};
struct LinkReceipted {
  LinkId link;
  SessionId session;
  std::vector<AnswerItem> answers;
  Tokens tokens;
};
struct LinkDrained {
  LinkId link;
  SessionId session;
  std::uint64_t number = 0;
  Tokens tokens;
};
// Of a witness, on a checkpoint that it was shown.
struct LinkCosign {
  LinkId link;
  SessionId session;
  std::string note;
  Tokens tokens;
};
// What an agent says of us: that two heads contradict each other.
struct LinkAlarm {
  LinkId link;
  SessionId session;
  AlarmFrame alarm;
  Tokens tokens;
};
struct LinkGone {
  LinkId link;
};
struct CommitNews {
  std::vector<MailboxPlace> added;
  std::vector<MailboxPlace> removed;
  std::vector<Overdue> overdue;
  std::vector<TimerWaits::Question> questions;
  std::shared_ptr<const Published> published;  // Null: unchanged.
  LogHead head;
  Tokens tokens;
};
// These looks are entered. Told before they are answered: whoever hears the answer fetches at once.
struct LookNews {
  std::vector<LookTaken> looks;
};
struct CheckpointNews {
  LogHead head;
  std::string note;
};
using DeliveryEvent = std::variant<LinkHello, LinkFetch, LinkReceipted, LinkDrained, LinkCosign,
                                   LinkAlarm, LinkGone, CommitNews, LookNews, CheckpointNews>;

// --- to the gateway

struct Outbound {
  LinkId link;
  SessionId session;  // Sent only while the link is in it; zeros for rehello.
  Bytes frame;
  Tokens answered;  // What of the agent's sending this answers: it may send as much again.
  bool from_delivery = false;
  bool of_fetch = false;  // Answers one.
};
struct StartSession {
  LinkId link;
  SessionId session;
  HostId host;
  Bytes welcome;
};
struct EndSession {
  LinkId link;
};
struct ReleaseTokens {
  Tokens tokens;
};
struct KeysChanged {
  std::map<std::string, HostId> keys;
};
using GatewayEvent = std::variant<Outbound, StartSession, EndSession, ReleaseTokens, KeysChanged>;

// A channel whose reader sleeps on a socket: pushing wakes it.
class GatewayChannel {
 public:
  GatewayChannel(std::size_t capacity, std::function<void()> wake)
      : channel_(capacity), wake_(std::move(wake)) {}
  void Push(GatewayEvent event) {
    channel_.Push(std::move(event));
    wake_();
  }
  std::vector<GatewayEvent> TakeAll() { return channel_.TakeAll(); }

 private:
  Channel<GatewayEvent> channel_;
  std::function<void()> wake_;
};

// The newest directory, for verify workers. Thread-safe.
class DirectoryHolder {
 public:
  void Set(std::shared_ptr<const Directory> directory) {
    const MutexLock lock(mutex_);
    directory_ = std::move(directory);
  }
  std::shared_ptr<const Directory> Get() const {
    const MutexLock lock(mutex_);
    return directory_;
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const Directory> directory_ GUARDED_BY(mutex_);
};

}  // namespace havenline
