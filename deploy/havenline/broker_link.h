// BrokerLink: one short conversation with a broker, for a command of the tool: hello, then
// questions or a document, each with its answer.
//
// It speaks as a host of the directory. The broker keeps one session a host, the newest: while the
// tool speaks as an agent's host, that agent's session is over and begins again by itself some
// seconds later. The operator has a host of its own, so that nobody is disturbed.
//
// One thread; blocks. A link that breaks is made again and the question repeated, until time is up:
// both questions and publications may be repeated.

#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "agents/link/session.h"
#include "deploy/havenline/link_configuration.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/frame.h"
#include "schema/seal/random.h"

namespace havenline {

inline constexpr Milliseconds kBrokerPatience{10'000};  // For the welcome, and for each answer.

class BrokerLink final : private SessionOwner {
 public:
  // Says hello without agencies, so nothing is delivered here. kUnavailable: nobody answers, or not
  // yet; kInvalid: the broker turned the key or the hello away. The words say what to do.
  static Result<std::unique_ptr<BrokerLink>> Open(const LinkConfiguration& configuration,
                                                  Milliseconds patience = kBrokerPatience);

  // The newest welcome.
  const Welcome& welcome() const { return welcome_; }

  // One answer; where `more` is set in it, ask again from after its last piece. No pieces: not
  // there, or not this host's.
  Result<DocumentFrame> Ask(decltype(Fetch::what) what);
  Result<Answer> Publish(DocumentKind kind, std::string_view note);
  // A SignedLook. What it allows ends with the session: see sessions().
  Result<Answer> Look(const Bytes& look);
  // How many there were, this one included.
  std::uint64_t sessions() const { return sessions_; }

 private:
  explicit BrokerLink(const LinkConfiguration& configuration, Milliseconds patience)
      : configuration_(configuration), patience_(patience) {}

  void Up(const Welcome& welcome) override;
  void Down() override { up_ = false; }
  void Received(Frame frame) override;
  void Refused(Code code) override;

  Result<void> WaitForWelcome();
  // Sends the body that `make` gives for a reference, again after every pause and reconnection,
  // until an answer to it is there.
  Result<void> Converse(const std::function<decltype(Frame::body)(Reference)>& make);
  Fault Silence(std::string_view doing) const;
  bool Answered() const { return document_.has_value() || answer_.has_value(); }

  const LinkConfiguration configuration_;
  const Milliseconds patience_;
  SystemClock clock_;
  seal::SystemRandom random_;
  std::unique_ptr<Session> session_;
  bool up_ = false;
  std::uint64_t sessions_ = 0;
  bool new_session_ = false;
  Welcome welcome_;
  Reference asked_;
  std::optional<DocumentFrame> document_;
  std::optional<Answer> answer_;
  std::optional<Code> refused_;
  std::optional<std::chrono::steady_clock::time_point> key_refused_;  // Since when.
};

}  // namespace havenline
