#include "agents/link/session.h"

#include <algorithm>
#include <utility>

#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/wire/frame_codec.h"

namespace havenline {
namespace {

constexpr std::size_t kFramesPerTurn = 64;
constexpr Milliseconds kHelloAnswer{5'000};  // A hello that nobody answered is said again.
constexpr Milliseconds kPauseFirst{200};
constexpr Milliseconds kPauseLast{30'000};
constexpr std::size_t kHeartbeatPadding = 64;
// One heartbeat in eight is as large as a small delivery, and so is its answer: who watches the
// line cannot tell by size when a message came.
constexpr std::size_t kDeliveryPadding = 8U << 10U;

}  // namespace

Session::Session(SessionOptions options, std::unique_ptr<Dealer> dealer, const Clock& clock,
                 seal::RandomSource& random)
    : options_(std::move(options)), dealer_(std::move(dealer)), clock_(clock), random_(random) {}

Result<std::unique_ptr<Session>> Session::Open(SessionOptions options, const Clock& clock,
                                               seal::RandomSource& random) {
  ASSIGN_OR_RETURN(std::unique_ptr<Dealer> dealer, Dealer::Open(options.dealer));
  return std::unique_ptr<Session>(
      new Session(std::move(options), std::move(dealer), clock, random));
}

void Session::Turn(Milliseconds wait, const std::string& checkpoint, SessionOwner& owner) {
  const DealerNews news = dealer_->Poll(wait, kFramesPerTurn);
  if (news.disconnected) {
    connected_ = false;
    End(owner);
  }
  // What could not be handed over is neither sent nor queued: only a new session offers it again.
  if (std::exchange(send_failed_, false)) End(owner);
  if (news.refused) owner.Refused(Code::kKeyUnknown);
  if (news.connected) {
    connected_ = true;
    hello_at_ = clock_.Monotonic();
  }
  for (const Bytes& frame : news.frames) OnFrame(frame, owner);
  const auto now = clock_.Monotonic();
  if (up_ && now - last_heard_ > limits::kSilenceMax) {
    End(owner);
    hello_at_ = now;
  }
  if (!up_ && connected_ && hello_at_ && now >= *hello_at_) SayHello(checkpoint);
  if (up_ && now - last_sent_ > limits::kHeartbeat) Beat();
}

void Session::SayHello(const std::string& checkpoint) {
  const Hello hello{.minor_lowest = kMinorLowest,
                    .minor_highest = kMinorHighest,
                    .partnership = options_.partnership,
                    .agencies = options_.agencies,
                    .checkpoint = checkpoint,
                    .time = clock_.Now(),
                    .software = options_.software};
  dealer_->Send(wire::EncodeFrame({SessionId(), hello}));
  ++hellos_;
  HelloAfter(kHelloAnswer);
}

// Full jitter: a thousand agents that lost one broker must not come back in one moment.
void Session::HelloAfter(Milliseconds least) {
  const auto window =
      std::min<Milliseconds>(kPauseLast, kPauseFirst * (1LL << std::min(hellos_, 10U)));
  const auto share = ReadU32(random_.Array<4>()) % static_cast<std::uint32_t>(window.count() + 1);
  hello_at_ = clock_.Monotonic() + least + Milliseconds(share);
}

void Session::OnFrame(ByteView bytes, SessionOwner& owner) {
  auto frame = wire::ParseFrame(bytes);
  if (!frame)
    return;  // Not from our broker's code; silence will end the session if nothing better comes.
  if (const auto* welcome = std::get_if<Welcome>(&frame->body)) {
    if (up_) End(owner);
    up_ = true;
    session_ = frame->session;
    credit_ = {welcome->credit_messages, welcome->credit_bytes, {}, 0};
    sent_items_ = 0;
    hellos_ = 0;
    hello_at_.reset();
    last_heard_ = last_sent_ = clock_.Monotonic();
    last_up_ = clock_.Now();
    return owner.Up(*welcome);
  }
  if (const auto* rehello = std::get_if<Rehello>(&frame->body)) {
    const bool of_frame = up_ && rehello->code == Code::kMalformed;
    if (of_frame) owner.Unreadable();
    End(owner);
    HelloAfter(rehello->retry_after);
    if (!of_frame && rehello->code != Code::kStale) owner.Refused(rehello->code);
    return;
  }
  if (!up_ || frame->session != session_) return;  // Of a session that is over.
  last_heard_ = clock_.Monotonic();
  last_up_ = clock_.Now();
  if (auto* credit = std::get_if<Credit>(&frame->body)) {
    credit_.messages = std::max(credit_.messages, credit->messages);
    credit_.bytes = std::max(credit_.bytes, credit->bytes);
    if (credit->drained != 0) owner.AskedToDrain(credit->drained);
    return;
  }
  owner.Received(*std::move(frame));
}

void Session::End(SessionOwner& owner) {
  if (!up_) return;
  up_ = false;
  hello_at_ = clock_.Monotonic();
  owner.Down();
}

bool Session::Send(decltype(Frame::body) body) {
  CHECK(up_);
  last_sent_ = clock_.Monotonic();
  const bool sent = dealer_->Send(wire::EncodeFrame({session_, std::move(body)}));
  send_failed_ = send_failed_ || !sent;
  return sent;
}

void Session::Beat() {
  const bool large = random_.Array<1>()[0] % 8 == 0;
  Send(Credit{0, 0, Bytes(large ? kDeliveryPadding : kHeartbeatPadding), 0});
}

}  // namespace havenline
