// What the loops share besides their channels: a few numbers and one switch. Thread-safe.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "broker/deliver/survey.h"
#include "schema/base/mutex.h"
#include "schema/base/result.h"

namespace havenline {

// The newest survey. Thread-safe.
class SurveyHolder {
 public:
  void Set(const Survey& survey) {
    const MutexLock lock(mutex_);
    survey_ = survey;
  }
  std::optional<Survey> Get() const {
    const MutexLock lock(mutex_);
    return survey_;
  }

 private:
  mutable Mutex mutex_;
  std::optional<Survey> survey_ GUARDED_BY(mutex_);
};

struct SharedState {
  // The store may have forgotten something (design: recovery mode). Nothing is accepted or
  // delivered until the log has an opened epoch; only a restart clears it.
  std::atomic<bool> recovery{false};
  // Frames from the delivery thread that the gateway has not yet sent.
  std::atomic<std::size_t> delivery_frames{0};

  // The wall clock is not believed: nothing is released, nothing called overdue.
  std::atomic<bool> clock_doubted{false};

  // For the operator's status.
  std::atomic<std::uint64_t> released{0};
  std::atomic<std::uint64_t> undeliverable{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> deferred{0};
  std::atomic<std::uint64_t> invalid{0};
  std::atomic<std::uint64_t> batches{0};
  std::atomic<std::uint64_t> syncs{0};  // Of batches that kept something, and of marks.
  std::atomic<std::uint64_t> delivered{0};
  std::atomic<std::uint64_t> sessions{0};

  // The same, each written by one thread alone. Of the gateway, once a second:
  std::atomic<std::uint64_t> window_items{0};
  std::atomic<std::uint64_t> window_bytes{0};
  std::atomic<std::uint64_t> links{0};
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> connections_refused{0};  // Unknown or suspended key, no handshake.
  std::atomic<std::uint64_t> frames_dropped{0};
  // Of the commit thread:
  std::atomic<std::uint64_t> epoch{0};
  std::atomic<std::uint64_t> entries{0};
  std::atomic<std::uint64_t> checkpoint_entries{0};
  std::atomic<std::int64_t> checkpoint_time{0};  // Milliseconds since 1970; 0: none yet.
  std::atomic<std::uint64_t> overdue{0};
  // Of the delivery thread:
  std::atomic<std::uint64_t> in_flight_bytes{0};
  std::atomic<std::uint64_t> hellos_refused{0};
  std::atomic<std::uint64_t> clock_alarms{0};
  // Of witnesses; all 0 in a partnership without any.
  std::atomic<std::uint64_t> final_entries{0};
  std::atomic<std::int64_t> final_time{
      0};  // When the last quorum cosigned; 0: none since we began.
  std::atomic<std::uint64_t> witnesses{0};
  std::atomic<std::uint64_t> witnesses_behind{0};
  std::atomic<std::uint64_t> cosignatures_refused{0};
  // Agents' words that a head in a message contradicts the log that we show them.
  std::atomic<std::uint64_t> contradictions{0};
  std::atomic<bool> quorum_late{false};
  // How far our clock is from those of the hosts that said hello last: the middle one, ahead if
  // positive.
  std::atomic<std::int64_t> clock_difference_ms{0};

  // Of the publishing thread: how far the log's files are, and whether they cannot be written.
  std::atomic<std::uint64_t> log_files_entries{0};
  std::atomic<bool> log_files_failing{false};
  bool log_files = false;  // Whether there are any; set before the threads begin.

  SurveyHolder survey;
};

// Events that an operator's log should have. Never a person's, school's or agency's name.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void SessionStarted() = 0;
  virtual void SessionEnded() = 0;
  virtual void HelloRefused(std::uint16_t code) = 0;
  virtual void EnteredRecovery(const std::string& why) = 0;
  // The signed head that a store was found not to contain, as the agency showed it: evidence, to be
  // kept for the next start.
  virtual void HeadShown(const std::string& checkpoint) { static_cast<void>(checkpoint); }
  virtual void DocumentInForce(std::uint64_t directory_version, std::uint64_t policy_version) = 0;
  virtual void Overdue(std::size_t count) = 0;
  virtual void Released(std::size_t count) = 0;
  virtual void Undeliverable(std::size_t count) = 0;
  virtual void ClockDoubted(bool doubted) = 0;
  // An agent says that we show two logs. Whether we do, others must find out.
  virtual void Contradicted() {}
  // No quorum of witnesses for limits::kQuorumLate, or one again. Nothing else changes.
  virtual void QuorumLate(bool late) { static_cast<void>(late); }
  // The log's files cannot be written; once they can be again. What the broker does goes on.
  virtual void LogFilesFailed(const Fault& fault) { static_cast<void>(fault); }
  virtual void LogFilesWritten(std::uint64_t entries) { static_cast<void>(entries); }
  // Files of the log that a start found missing or other than they must be, and wrote again.
  virtual void LogFilesMended(std::size_t count) { static_cast<void>(count); }
  // The store or the mark failed: the process must end now, without destructors.
  [[noreturn]] virtual void Fatal(const Fault& fault) = 0;
};

}  // namespace havenline
