// The gateway thread over a real socket: sessions, credit, the window, and links that go.

#include "broker/pipeline/gateway_loop.h"

#include <algorithm>
#include <functional>
#include <memory>

#include <gtest/gtest.h>
#include <zmq.hpp>

#include "agents/link/dealer.h"
#include "schema/base/thread.h"
#include "schema/base/z85.h"
#include "schema/model/limits.h"
#include "schema/wire/frame_codec.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

const HostId kHost("host.force");
const SessionId kSession(ByteArray<16>{1});

class GatewayLoopTest : public ::testing::Test {
 protected:
  class OtherLoop;

  GatewayLoopTest() {
    auto bound = Router::Bind({.endpoint = "tcp://127.0.0.1:*",
                               .public_key = Z85Encode(broker_key_.public_key()),
                               .secret_key = Z85Encode(broker_key_.ExposePrivate())});
    CHECK(bound.has_value());
    router_ = *std::move(bound);
    router_->SetKeys({{Z85Encode(key_.public_key()), kHost}});
    gateway_ = std::make_unique<GatewayLoop>(
        GatewayParts{*router_, clock_, state_, verify_, deliver_, in_});
    dealer_ = Connect();
  }
  std::unique_ptr<Dealer> Connect() {
    auto opened = Dealer::Open({.endpoint = router_->endpoint(),
                                .broker_key = Z85Encode(broker_key_.public_key()),
                                .public_key = Z85Encode(key_.public_key()),
                                .secret_key = Z85Encode(key_.ExposePrivate())});
    CHECK(opened.has_value());
    return *std::move(opened);
  }

  // Turns the loop and reads what comes back until `done`, for at most some seconds.
  bool TurnUntil(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(8);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      Turn();
    }
    return true;
  }
  void Turn() {
    gateway_->Turn(router_->Poll(Milliseconds(5), 64));
    for (DeliveryEvent& event : deliver_.TakeAll()) told_.push_back(std::move(event));
    for (const Bytes& bytes : dealer_->Poll(Milliseconds(0), 100).frames) {
      auto frame = wire::ParseFrame(bytes);
      CHECK(frame.has_value());
      frames_.push_back(*std::move(frame));
    }
  }
  bool SendBytes(const Bytes& bytes) {
    return TurnUntil([&] { return dealer_->Send(bytes); });
  }
  template <class Body>
  bool Send(Body body, const SessionId& session = kSession) {
    return SendBytes(wire::EncodeFrame({session, std::move(body)}));
  }
  // The next frame that came back, as this body.
  template <class Body>
  std::optional<Body> Next() {
    if (!TurnUntil([&] { return !frames_.empty(); })) return std::nullopt;
    Frame frame = std::move(frames_.front());
    frames_.erase(frames_.begin());
    if (auto* body = std::get_if<Body>(&frame.body)) return std::move(*body);
    return std::nullopt;
  }
  template <class Event>
  std::size_t Told() {
    std::size_t count = 0;
    for (const DeliveryEvent& event : told_)
      count += std::holds_alternative<Event>(event) ? 1U : 0U;
    return count;
  }

  // The dealer says hello; delivery is told of it. The link.
  LinkId Hello() {
    const std::size_t before = Told<LinkHello>();
    CHECK(Send(TestLoops::HelloOf({kPolice}), SessionId()));
    CHECK(TurnUntil([&] { return Told<LinkHello>() > before; }));
    for (auto at = told_.rbegin(); at != told_.rend(); ++at) {
      const auto* const hello = std::get_if<LinkHello>(&*at);
      if (hello == nullptr) continue;
      in_.Push(ReleaseTokens{hello->tokens});
      return hello->link;
    }
    return LinkId(0);
  }
  // And delivery begins a session.
  LinkId StartSession() {
    const LinkId link = Hello();
    in_.Push(
        havenline::StartSession{link, kSession, kHost, wire::EncodeFrame({kSession, Welcome{}})});
    CHECK(Next<Welcome>().has_value());
    return link;
  }
  static std::vector<Item> Items(std::size_t count) {
    std::vector<Item> items;
    for (std::size_t i = 0; i < count; ++i) items.push_back({Reference(i + 1), Bytes{1, 2, 3}});
    return items;
  }

  CountedRandom random_{5};
  seal::SealKey broker_key_ = seal::SealKey::Generate(random_);
  seal::SealKey key_ = seal::SealKey::Generate(random_);
  ManualClock clock_;
  SharedState state_;
  Channel<VerifyJob> verify_{limits::kAdmissionWindow};
  Channel<DeliveryEvent> deliver_{64};
  GatewayChannel in_{1'000, [] {}};
  std::unique_ptr<Router> router_;
  std::unique_ptr<GatewayLoop> gateway_;
  std::unique_ptr<Dealer> dealer_;
  std::vector<DeliveryEvent> told_;
  std::vector<Frame> frames_;
};

// Another loop on the same socket, whose delivery takes in all that it is told; with one session.
class GatewayLoopTest::OtherLoop {
 public:
  explicit OtherLoop(GatewayLoopTest& test) : test_(test), link_(test.Hello()) {
    test_.Turn();  // Its tokens come back to the first one.
    test_.in_.Push(
        havenline::StartSession{link_, kSession, kHost, wire::EncodeFrame({kSession, Welcome{}})});
    loop_.Turn({});
    CHECK(test_.Next<Welcome>().has_value());
  }
  template <class Body>
  void Turn(Body body, std::size_t count = 1) {
    const Bytes frame = wire::EncodeFrame({kSession, std::move(body)});
    loop_.Turn(std::vector<Inbound>(count, Inbound{link_, kHost, frame}));
    for (DeliveryEvent& event : deliver_.TakeAll()) told_.push_back(std::move(event));
  }
  // With answers, until so much is inside.
  void Fill(std::size_t inside) {
    while (inside > 0) {
      const std::size_t part = std::min(inside, limits::kAnswerFramesPerSecond);
      Turn(Receipted{}, part);
      inside -= part;
      test_.clock_.Wait(std::chrono::seconds(1));
    }
  }
  template <class Event>
  std::size_t Told() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        told_, [](const DeliveryEvent& event) { return std::holds_alternative<Event>(event); }));
  }

 private:
  GatewayLoopTest& test_;
  LinkId link_;
  Channel<DeliveryEvent> deliver_{10'000};
  std::vector<DeliveryEvent> told_;
  GatewayLoop loop_{
      {*test_.router_, test_.clock_, test_.state_, test_.verify_, deliver_, test_.in_}};
};

TEST_F(GatewayLoopTest, WhoKnocksWhileItStartsIsJudgedByTheKeysThatWereAnnounced) {
  router_->SetKeys({});  // As at a start: nobody has taken the keys from the channel yet.
  in_.Push(KeysChanged{{{Z85Encode(key_.public_key()), kHost}}});
  // Longer than a handshake takes to where it waits for the handler.
  const DealerNews before = dealer_->Poll(Milliseconds(300), 1);
  ASSERT_FALSE(before.connected || before.refused);
  Thread thread("gateway", [this] { gateway_->Run(); });
  DealerNews news;
  for (int i = 0; i < 80 && !news.connected && !news.refused; ++i)
    news = dealer_->Poll(Milliseconds(100), 1);
  gateway_->Stop();
  thread.Join();
  EXPECT_TRUE(news.connected);
  EXPECT_FALSE(news.refused);
}

TEST_F(GatewayLoopTest, AHelloGoesToDeliveryWithTheHostOfItsKey) {
  Hello();
  const auto& hello = std::get<LinkHello>(told_.front());
  EXPECT_EQ(hello.host, kHost);
  EXPECT_EQ(hello.hello.agencies, std::vector<AgencyId>{kPolice});
  EXPECT_EQ(hello.tokens.items, 1U);
}

TEST_F(GatewayLoopTest, AFrameWithoutASessionIsToldToSayHello) {
  ASSERT_TRUE(Send(Submit{Lane::kUrgent, Items(1)}));
  const auto rehello = Next<Rehello>();
  ASSERT_TRUE(rehello.has_value());
  EXPECT_EQ(rehello->code, Code::kStale);
  EXPECT_TRUE(verify_.TakeAll().empty());
}

TEST_F(GatewayLoopTest, AFrameOfAnotherSessionIsNotTaken) {
  StartSession();
  ASSERT_TRUE(Send(Submit{Lane::kUrgent, Items(1)}, SessionId(ByteArray<16>{2})));
  EXPECT_TRUE(Next<Rehello>().has_value());
  EXPECT_TRUE(verify_.TakeAll().empty());
}

TEST_F(GatewayLoopTest, ItemsGoToVerifyInOrderWithTicketsWithoutGaps) {
  StartSession();
  ASSERT_TRUE(Send(Submit{Lane::kUrgent, Items(3)}));
  ASSERT_TRUE(Send(VoidFrame{Items(2)}));
  std::vector<VerifyJob> jobs;
  ASSERT_TRUE(TurnUntil([&] {
    for (VerifyJob& job : verify_.TakeAll()) jobs.push_back(std::move(job));
    return jobs.size() == 5;
  }));
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_EQ(jobs[i].ticket, Ticket(i));
    EXPECT_EQ(jobs[i].kind, i < 3 ? JobKind::kSubmit : JobKind::kVoid);
    EXPECT_EQ(jobs[i].route.host, kHost);
    EXPECT_EQ(jobs[i].route.bytes, 3U);
    EXPECT_EQ(jobs[i].tokens.bytes, 3U);
  }
}

TEST_F(GatewayLoopTest, WhatIsNotAFrameIsToldSo) {
  ASSERT_TRUE(SendBytes(Bytes(100, 0xFF)));
  const auto rehello = Next<Rehello>();
  ASSERT_TRUE(rehello.has_value());
  EXPECT_EQ(rehello->code, Code::kMalformed);
}

TEST_F(GatewayLoopTest, CreditIsCumulativeInItemsAndBytesAndEchoesThePadding) {
  const LinkId link = StartSession();
  in_.Push(Outbound{link, kSession, wire::EncodeFrame({kSession, AnswerFrame{}}), {3, 500}, false});
  ASSERT_TRUE(Next<AnswerFrame>().has_value());
  auto credit = Next<Credit>();
  ASSERT_TRUE(credit.has_value());
  EXPECT_EQ(credit->messages, limits::kCreditMessages + 3);
  EXPECT_EQ(credit->bytes, limits::kCreditBytes + 500);
  ASSERT_TRUE(Send(Credit{0, 0, Bytes(900)}));
  credit = Next<Credit>();
  ASSERT_TRUE(credit.has_value());
  EXPECT_EQ(credit->messages, limits::kCreditMessages + 3);
  EXPECT_EQ(credit->padding.size(), 900U);
}

TEST_F(GatewayLoopTest, WhoSendsFarBeyondItsCreditIsDeferredAndNothingIsKept) {
  StartSession();
  const std::size_t most = 2 * limits::kCreditMessages;
  for (std::size_t sent = 0; sent < most; sent += limits::kItemsMax)
    ASSERT_TRUE(Send(Submit{Lane::kUrgent, Items(limits::kItemsMax)}));
  ASSERT_TRUE(Send(Submit{Lane::kUrgent, Items(2)}));
  for (int i = 0; i < 2; ++i) {
    const auto answer = Next<AnswerFrame>();
    ASSERT_TRUE(answer.has_value());
    const auto& deferred = std::get<Deferred>(answer->items.at(0).answer);
    EXPECT_EQ(deferred.code, Code::kOverload);
    EXPECT_GT(deferred.retry_after, Milliseconds(0));
  }
  EXPECT_EQ(verify_.TakeAll().size(), most);
}

TEST_F(GatewayLoopTest, WhatIsForAnEarlierSessionIsNotSent) {
  const LinkId link = StartSession();
  const SessionId old(ByteArray<16>{9});
  in_.Push(Outbound{link, old, wire::EncodeFrame({old, VoidFrame{}}), {}, true});
  in_.Push(Outbound{link, kSession, wire::EncodeFrame({kSession, Deliver{}}), {}, true});
  state_.delivery_frames = 2;
  EXPECT_TRUE(Next<Deliver>().has_value());
  EXPECT_EQ(state_.delivery_frames, 0U) << "sent or not, it is no longer ahead";
}

TEST_F(GatewayLoopTest, SilenceEndsASession) {
  StartSession();
  clock_.Wait(std::chrono::seconds(14));
  ASSERT_TRUE(Send(Credit{}));
  ASSERT_TRUE(Next<Credit>().has_value());
  clock_.Wait(std::chrono::seconds(14));
  Turn();
  EXPECT_EQ(Told<LinkGone>(), 0U);
  clock_.Wait(std::chrono::seconds(3));
  Turn();
  EXPECT_EQ(Told<LinkGone>(), 1U);
  EXPECT_EQ(router_->links(), 0U);
}

// Links are remembered by so many; one that is never forgotten would some day be the last that
// fits.
TEST_F(GatewayLoopTest, ALinkThatNeverSaysHelloIsForgotten) {
  ASSERT_TRUE(SendBytes(Bytes(100, 0xFF)));
  ASSERT_TRUE(Next<Rehello>().has_value());
  EXPECT_EQ(router_->links(), 1U);
  clock_.Wait(std::chrono::seconds(61));
  Turn();
  EXPECT_EQ(router_->links(), 0U);
}

TEST_F(GatewayLoopTest, ALinkWhoseSessionDeliveryEndedIsForgotten) {
  in_.Push(EndSession{StartSession()});
  clock_.Wait(std::chrono::seconds(2));
  Turn();
  EXPECT_EQ(router_->links(), 1U) << "it may say hello again";
  clock_.Wait(std::chrono::seconds(61));
  Turn();
  EXPECT_EQ(router_->links(), 0U);
}

TEST_F(GatewayLoopTest, ALinkThatItsHostLeftForAnotherIsForgotten) {
  StartSession();
  auto old = std::exchange(dealer_, Connect());
  const SessionId second(ByteArray<16>{2});
  const LinkId link = Hello();
  in_.Push(havenline::StartSession{link, second, kHost, wire::EncodeFrame({second, Welcome{}})});
  ASSERT_TRUE(Next<Welcome>().has_value());
  EXPECT_EQ(router_->links(), 2U);
  for (int i = 0; i < 7; ++i) {
    clock_.Wait(std::chrono::seconds(10));
    ASSERT_TRUE(Send(Credit{}, second));
    ASSERT_TRUE(Next<Credit>().has_value());
  }
  EXPECT_EQ(router_->links(), 1U);
}

TEST_F(GatewayLoopTest, ASessionIsNotForgottenAsAStranger) {
  StartSession();
  for (int i = 0; i < 8; ++i) {
    clock_.Wait(std::chrono::seconds(10));
    ASSERT_TRUE(Send(Credit{}));
    ASSERT_TRUE(Next<Credit>().has_value());
  }
  EXPECT_EQ(Told<LinkGone>(), 0U);
}

// One link that is gone is one event, however much of it is still being read: the channels are
// bounded.
TEST_F(GatewayLoopTest, AFloodFromALinkThatIsGoneEndsItOnce) {
  const LinkId link = StartSession();
  router_->Forget(link);
  gateway_->Stop();
  const Bytes frame =
      wire::EncodeFrame({kSession, Submit{Lane::kUrgent, Items(limits::kItemsMax)}});
  gateway_->Turn(std::vector<Inbound>(20, Inbound{link, kHost, frame}));
  Turn();
  EXPECT_EQ(Told<LinkGone>(), 1U);
}

// C6: the key goes with the entry that says so, and its session with the first that would be sent.
TEST_F(GatewayLoopTest, ARevokedKeyIsSentNothingMore) {
  const LinkId link = StartSession();
  in_.Push(KeysChanged{{}});
  in_.Push(Outbound{link, kSession, wire::EncodeFrame({kSession, Deliver{}}), {}, true});
  Turn();
  EXPECT_EQ(Told<LinkGone>(), 1U);
  ASSERT_TRUE(Send(Submit{Lane::kUrgent, Items(1)}));
  EXPECT_TRUE(TurnUntil([&] { return router_->counts().dropped_frames > 0; }));
  EXPECT_TRUE(frames_.empty());
  EXPECT_TRUE(verify_.TakeAll().empty());
}

TEST_F(GatewayLoopTest, WhileDrainingNothingNewIsTaken) {
  StartSession();
  gateway_->Stop();
  ASSERT_TRUE(Send(Submit{Lane::kUrgent, Items(1)}));
  const auto answer = Next<AnswerFrame>();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(CodeOf(answer->items.at(0).answer), Code::kDraining);
  ASSERT_TRUE(Send(TestLoops::HelloOf({kPolice}), SessionId()));
  const auto rehello = Next<Rehello>();
  ASSERT_TRUE(rehello.has_value());
  EXPECT_EQ(rehello->code, Code::kDraining);
  EXPECT_TRUE(verify_.TakeAll().empty());
}

// D7: one host that says hello all the time leaves the others' hellos theirs.
TEST_F(GatewayLoopTest, AHostThatFloodsWithHellosIsTurnedAwayAndAnotherIsNot) {
  const Bytes hello = wire::EncodeFrame({SessionId(), TestLoops::HelloOf({kPolice})});
  const LinkId link = Hello();
  Channel<DeliveryEvent> wide(10'000);
  GatewayLoop loop({*router_, clock_, state_, verify_, wide, in_});
  loop.Turn(std::vector<Inbound>(3 * limits::kHellosPerSecond, Inbound{link, kHost, hello}));
  EXPECT_EQ(wide.TakeAll().size(), limits::kHellosPerHost);
  loop.Turn({Inbound{link, HostId("host.other"), hello}});
  EXPECT_EQ(wide.TakeAll().size(), 1U);
}

// D7: a host whose large messages fill what it may have inside leaves room for the others'.
TEST_F(GatewayLoopTest, ASessionsBytesInsideAreBounded) {
  const LinkId link = StartSession();
  const Bytes frame = wire::EncodeFrame(
      {kSession, Submit{Lane::kUrgent, {{Reference(1), Bytes(limits::kMessageBytesMax)}}}});
  gateway_->Turn(std::vector<Inbound>(20, Inbound{link, kHost, frame}));
  EXPECT_EQ(verify_.TakeAll().size(), 2 * limits::kCreditBytes / limits::kMessageBytesMax);
  const auto answer = Next<AnswerFrame>();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(CodeOf(answer->items.at(0).answer), Code::kOverload);
}

// D7: who floods never takes the last of the window: as much as it has inside is left.
TEST_F(GatewayLoopTest, ASessionHasNoMoreInsideThanIsLeftOfTheWindow) {
  OtherLoop other(*this);
  other.Fill(limits::kAdmissionWindow - 300);
  other.Turn(Submit{Lane::kUrgent, Items(300)});
  EXPECT_EQ(verify_.TakeAll().size(), 150U);
}

// What a host says that it has taken is said once: unheard, its row would stay under way for ever.
TEST_F(GatewayLoopTest, ASessionWhoseAnswersFindNoRoomEndsAndItsRowsAreHandedAgain) {
  OtherLoop other(*this);
  other.Fill(limits::kAdmissionWindow);
  EXPECT_EQ(other.Told<LinkGone>(), 0U);
  other.Turn(Receipted{});
  EXPECT_EQ(other.Told<LinkGone>(), 1U);
  const auto rehello = Next<Rehello>();
  ASSERT_TRUE(rehello.has_value());
  EXPECT_EQ(rehello->code, Code::kOverload);
}

// D7: answers are outside the credit, and are no way to fill the window either.
TEST_F(GatewayLoopTest, AFloodOfAnswersEndsItsSession) {
  OtherLoop other(*this);
  other.Turn(Receipted{}, 2 * limits::kAnswerFramesPerSecond);
  EXPECT_EQ(other.Told<LinkReceipted>(), limits::kAnswerFramesPerSecond);
  EXPECT_EQ(other.Told<LinkGone>(), 1U);
}

// Each costs a signature, or a look into the store: what is too much is dropped, and said again.
TEST_F(GatewayLoopTest, AFloodOfCosignaturesOrAlarmsIsDroppedAndItsSessionGoesOn) {
  OtherLoop other(*this);
  other.Turn(Cosign{"x"}, 5 * limits::kCosignFramesPerSecond);
  EXPECT_EQ(other.Told<LinkCosign>(), limits::kCosignFramesPerSecond);
  other.Turn(AlarmFrame{}, 5 * limits::kAlarmFramesPerSecond);
  EXPECT_EQ(other.Told<LinkAlarm>(), limits::kAlarmFramesPerSecond);
  EXPECT_EQ(other.Told<LinkGone>(), 0U);
}

// A peer of libzmq that takes a few frames and reads no more until it is told to.
class SlowPeer {
 public:
  SlowPeer(const Router& router, const seal::SealKey& broker, const seal::SealKey& key) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvhwm, 1);
    socket_.set(zmq::sockopt::rcvbuf, 64 << 10);
    socket_.set(zmq::sockopt::curve_serverkey, Z85Encode(broker.public_key()));
    socket_.set(zmq::sockopt::curve_publickey, Z85Encode(key.public_key()));
    socket_.set(zmq::sockopt::curve_secretkey, Z85Encode(key.ExposePrivate()));
    socket_.connect(router.endpoint());
  }
  void Send(Frame frame) {
    const Bytes bytes = wire::EncodeFrame(frame);
    CHECK(socket_.send(zmq::buffer(bytes.data(), bytes.size()), zmq::send_flags::dontwait));
  }
  bool Read() {
    zmq::message_t message;
    return socket_.recv(message, zmq::recv_flags::dontwait).has_value();
  }

 private:
  zmq::context_t context_{1};
  zmq::socket_t socket_{context_, zmq::socket_type::dealer};
};

// D7: answers to fetches are made as fast as their host reads, and no faster.
TEST_F(GatewayLoopTest, AFetchWaitsUntilItsHostHasReadTheAnswersBefore) {
  SlowPeer peer(*router_, broker_key_, key_);
  peer.Send({SessionId(), TestLoops::HelloOf({kPolice})});
  LinkId link(0);
  std::size_t answered = 0;
  std::size_t most = 0;
  const Bytes answer = wire::EncodeFrame(
      {kSession, DocumentFrame{{}, {{DocumentKind::kPolicy, 0, Bytes(2U << 20U)}}, false}});
  const auto serve = [&] {  // As delivery does.
    gateway_->Turn(router_->Poll(Milliseconds(5), 64));
    most = std::max(most, router_->Queued(link));
    for (DeliveryEvent& event : deliver_.TakeAll()) {
      if (const auto* const hello = std::get_if<LinkHello>(&event)) {
        link = hello->link;
        in_.Push(ReleaseTokens{hello->tokens});
        in_.Push(havenline::StartSession{link, kSession, kHost,
                                         wire::EncodeFrame({kSession, Welcome{}})});
      } else if (const auto* const fetch = std::get_if<LinkFetch>(&event)) {
        in_.Push(ReleaseTokens{fetch->tokens});
        ++state_.delivery_frames;
        in_.Push(Outbound{link, kSession, answer, {}, true, true});
        ++answered;
      }
    }
  };
  const auto serve_while = [&](const std::function<bool()>& more) {
    // Megabytes take ThreadSanitizer seconds.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (more() && std::chrono::steady_clock::now() < deadline) serve();
    return !more();
  };
  ASSERT_TRUE(serve_while([&] { return link == LinkId(0); }));
  std::uint64_t asked = 0;
  for (int i = 0; i < 40; ++i) {
    peer.Send({kSession, Fetch{Reference(++asked), Fetch::Status{}}});
    for (int n = 0; n < 3; ++n) serve();
  }
  const std::size_t unread = answered;
  EXPECT_LT(unread, 20U);
  EXPECT_LE(most, limits::kFetchUnreadMax);
  EXPECT_GT(router_->Queued(link), 0U);
  for (int i = 0; i < 20; ++i) serve();
  EXPECT_EQ(answered, unread) << "nothing was read";
  std::size_t read = 0;
  EXPECT_TRUE(serve_while([&] {
    read += peer.Read() ? 1U : 0U;
    return read < unread + limits::kFetchesWaitingMax;
  })) << read
      << " of " << unread;
}

// Each hello costs the broker a look and a proof: so many a second, and the rest are told when to
// come back.
TEST_F(GatewayLoopTest, HellosBeyondTheRateAreToldWhenToComeBack) {
  const Bytes hello = wire::EncodeFrame({SessionId(), TestLoops::HelloOf({kPolice})});
  const LinkId link = Hello();
  Channel<DeliveryEvent> wide(10'000);
  GatewayLoop loop({*router_, clock_, state_, verify_, wide, in_});
  std::vector<Inbound> hellos;
  for (std::size_t n = 0; n < limits::kHellosPerSecond + 3; ++n)
    hellos.push_back({link, HostId("host." + std::to_string(n)), hello});
  loop.Turn(std::move(hellos));
  EXPECT_EQ(wide.TakeAll().size(), limits::kHellosPerSecond);
  for (int i = 0; i < 3; ++i) {
    const auto rehello = Next<Rehello>();
    ASSERT_TRUE(rehello.has_value());
    EXPECT_EQ(rehello->code, Code::kOverload);
    EXPECT_GT(rehello->retry_after, Milliseconds(0));
  }
}

}  // namespace
}  // namespace havenline
