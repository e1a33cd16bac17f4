// Session: an agent's side of hello, welcome, heartbeats and credit. libzmq reconnects in silence;
// here a session ends with its connection, and nothing of the old one counts in the new.
//
//   down ──connected──> hello sent ──welcome──> up ──disconnected, rehello, silence──> down
//
// One thread calls everything, but for Wake().

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/link/dealer.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/frame.h"
#include "schema/seal/random.h"

namespace havenline {

struct SessionOptions {
  DealerOptions dealer;
  PartnershipId partnership;
  std::vector<AgencyId> agencies;
  std::string software;
};

// What a session tells its owner. Called from Turn().
class SessionOwner {
 public:
  virtual ~SessionOwner() = default;
  virtual void Up(const Welcome& welcome) = 0;
  virtual void Down() = 0;
  virtual void Received(Frame frame) = 0;
  // The broker wants this number said back once every receipt signed before now was answered.
  virtual void AskedToDrain(std::uint64_t /*number*/) {}
  virtual void Refused(Code code) = 0;  // A hello was turned away, or (kKeyUnknown) the key.
  // The broker could not read a frame of this session, which ends: Down() comes next.
  virtual void Unreadable() {}
};

class Session {
 public:
  // `clock` and `random` must outlive it.
  static Result<std::unique_ptr<Session>> Open(SessionOptions options, const Clock& clock,
                                               seal::RandomSource& random);

  // Waits for news at most so long, then tells `owner`. `checkpoint` goes into the next hello.
  void Turn(Milliseconds wait, const std::string& checkpoint, SessionOwner& owner);

  bool up() const { return up_; }
  // True if it was handed to the connection. CHECKs that the session is up.
  bool Send(decltype(Frame::body) body);

  // How many items, and bytes of items, may be sent now.
  std::uint64_t items_free() const {
    return credit_.messages > sent_items_ ? credit_.messages - sent_items_ : 0;
  }
  void CountSent(std::uint64_t items) { sent_items_ += items; }

  void Wake() { dealer_->Wake(); }
  TimePoint last_up() const { return last_up_; }

 private:
  using Monotonic = std::chrono::steady_clock::time_point;

  Session(SessionOptions options, std::unique_ptr<Dealer> dealer, const Clock& clock,
          seal::RandomSource& random);
  void SayHello(const std::string& checkpoint);
  void OnFrame(ByteView bytes, SessionOwner& owner);
  void End(SessionOwner& owner);
  void HelloAfter(Milliseconds least);
  void Beat();

  SessionOptions options_;
  std::unique_ptr<Dealer> dealer_;
  const Clock& clock_;
  seal::RandomSource& random_;
  bool connected_ = false;
  bool up_ = false;
  bool send_failed_ = false;
  SessionId session_;
  Credit credit_;
  std::uint64_t sent_items_ = 0;
  Monotonic last_heard_{};
  Monotonic last_sent_{};
  std::optional<Monotonic> hello_at_;  // When to say it (again).
  unsigned hellos_ = 0;                // Since the last welcome: the longer, the longer the pause.
  TimePoint last_up_;
};

}  // namespace havenline
