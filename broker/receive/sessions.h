// Sessions: which link speaks for which host, and how much it may still send. libzmq reconnects in
// silence and puts queued frames first, so nothing on a link counts but frames that carry its
// session.
//
//   link seen ─hello admitted─> waiting ─Start()─> in session ─silence, newer hello, End()─> gone
//
// Pure; owned by the gateway thread.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "broker/receive/admission.h"
#include "broker/receive/fetch_window.h"
#include "schema/model/ids.h"
#include "schema/model/limits.h"

namespace havenline {

struct SessionState {
  SessionId session;
  HostId host;
  std::chrono::steady_clock::time_point last_heard;
  Tokens sent;      // Since the session began: what the agent sent,
  Tokens answered;  // and what of it was answered. The difference is inside.
  FetchWindow fetches;
  // Answers to what was handed are outside the credit: so many frames of them, and no more.
  RateLimit answer_frames{limits::kAnswerFramesPerSecond};
  RateLimit cosign_frames{limits::kCosignFramesPerSecond};
  RateLimit alarm_frames{limits::kAlarmFramesPerSecond};

  Tokens inside() const { return {sent.items - answered.items, sent.bytes - answered.bytes}; }
};

class Sessions {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Begins a session on `link`. The host's older one ends: it is returned.
  std::optional<LinkId> Start(LinkId link, const SessionId& session, const HostId& host, Time now);
  void End(LinkId link);

  // The session of a frame, if the frame carries the one of its link. Hearing it keeps it alive.
  SessionState* Hear(LinkId link, const SessionId& session, Time now);
  SessionState* Find(LinkId link);

  // Links not heard of for too long; their sessions have ended.
  std::vector<LinkId> EndSilent(Time now);

  std::size_t size() const { return states_.size(); }

 private:
  std::unordered_map<std::uint64_t, SessionState> states_;  // By link.
  std::unordered_map<std::string, LinkId> link_of_;         // By host.
};

}  // namespace havenline
