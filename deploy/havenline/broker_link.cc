#include "deploy/havenline/broker_link.h"

#include <algorithm>

#include "agents/daemon/daemon.h"
#include "deploy/havenline/code_words.h"

namespace havenline {
namespace {

constexpr Milliseconds kTurn{50};
constexpr auto kAskAgainAfter = std::chrono::seconds(3);
// A handshake also fails when the broker stops in the middle of it: so it has a moment to come
// back.
constexpr auto kKeyRefusedFor = std::chrono::seconds(2);

// Answers to a hello that waiting does not change.
bool IsFinal(Code code) {
  return code == Code::kPartnership || code == Code::kSenderSuspended ||
         code == Code::kForeignSender || code == Code::kUnsupported || code == Code::kMalformed;
}

}  // namespace

Result<std::unique_ptr<BrokerLink>> BrokerLink::Open(const LinkConfiguration& configuration,
                                                     Milliseconds patience) {
  std::unique_ptr<BrokerLink> link(new BrokerLink(configuration, patience));
  SessionOptions options;
  ASSIGN_OR_RETURN(options.dealer, DealerOptionsOf(configuration));
  options.partnership = configuration.partnership;
  options.software = std::string("havenline ") + kVersion;
  ASSIGN_OR_RETURN(link->session_, Session::Open(std::move(options), link->clock_, link->random_));
  RETURN_IF_FAULT(link->WaitForWelcome());
  return link;
}

Result<void> BrokerLink::WaitForWelcome() {
  const auto deadline = clock_.Monotonic() + patience_;
  while (!up_) {
    if (clock_.Monotonic() >= deadline) return tl::unexpected<Fault>(Silence("did not answer"));
    session_->Turn(kTurn, "", *this);
    if (refused_ && IsFinal(*refused_)) {
      return Fail(FaultCode::kInvalid, "the broker at " + configuration_.broker +
                                           " turned this host away: " + WordsOf(*refused_));
    }
    if (key_refused_ && clock_.Monotonic() - *key_refused_ > kKeyRefusedFor) {
      return Fail(FaultCode::kInvalid,
                  "the broker at " + configuration_.broker + " does not take the key in " +
                      configuration_.curve_key.string() +
                      ". Either the directory in force does not list it for this host, or "
                      "[broker] curve in " +
                      configuration_.source + " is not that broker's key");
    }
  }
  return {};
}

Fault BrokerLink::Silence(std::string_view doing) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience_).count();
  std::string words = "the broker at " + configuration_.broker + " " + std::string(doing) +
                      " within " + std::to_string(seconds) + " s";
  if (refused_) {
    words += ": " + WordsOf(*refused_);
  } else {
    words += ". Is it running, is the address in " + configuration_.source +
             " right, and does the network let this machine reach it?";
  }
  return {FaultCode::kUnavailable, words};
}

void BrokerLink::Up(const Welcome& welcome) {
  up_ = true;
  ++sessions_;
  new_session_ = true;  // What was asked in the one before is not answered in this one.
  refused_.reset();
  key_refused_.reset();
  welcome_ = welcome;
}

void BrokerLink::Refused(Code code) {
  if (code != Code::kKeyUnknown) {
    refused_ = code;
  } else if (!key_refused_) {
    key_refused_ = clock_.Monotonic();
  }
}

void BrokerLink::Received(Frame frame) {
  if (auto* document = std::get_if<DocumentFrame>(&frame.body)) {
    if (document->reference == asked_) document_ = std::move(*document);
    return;
  }
  const auto* answers = std::get_if<AnswerFrame>(&frame.body);
  if (answers == nullptr) return;  // Heads and the like: for agents.
  const auto item = std::ranges::find(answers->items, asked_, &AnswerItem::reference);
  if (item != answers->items.end()) answer_ = item->answer;
}

Result<void> BrokerLink::Converse(const std::function<decltype(Frame::body)(Reference)>& make) {
  asked_ = Reference(asked_.value() + 1);
  document_.reset();
  answer_.reset();
  const auto deadline = clock_.Monotonic() + patience_;
  auto again = clock_.Monotonic();
  while (!Answered()) {
    const auto now = clock_.Monotonic();
    if (now >= deadline) return tl::unexpected<Fault>(Silence("gave no answer"));
    if (up_ && (new_session_ || now >= again) && session_->Send(make(asked_))) {
      new_session_ = false;
      again = now + kAskAgainAfter;
    }
    session_->Turn(kTurn, "", *this);
  }
  return {};
}

Result<DocumentFrame> BrokerLink::Ask(decltype(Fetch::what) what) {
  RETURN_IF_FAULT(Converse([&](Reference reference) { return Fetch{reference, what}; }));
  if (!document_) return Fail(FaultCode::kCorrupt, "the broker answered something else");
  return *std::move(document_);
}

Result<Answer> BrokerLink::Publish(DocumentKind kind, std::string_view note) {
  RETURN_IF_FAULT(Converse([&](Reference reference) {
    return DocumentFrame{reference, {{kind, 0, ToBytes(note)}}, false};
  }));
  if (!answer_) return Fail(FaultCode::kCorrupt, "the broker answered something else");
  return *std::move(answer_);
}

Result<Answer> BrokerLink::Look(const Bytes& look) {
  RETURN_IF_FAULT(Converse([&](Reference reference) { return LookFrame{{{reference, look}}}; }));
  if (!answer_) return Fail(FaultCode::kCorrupt, "the broker answered something else");
  return *std::move(answer_);
}

}  // namespace havenline
