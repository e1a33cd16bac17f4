// The broker's socket held against real ones: it fails closed, for every key and mechanism but the
// right.

#include "broker/transport/router.h"

#include <zmq.h>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <zmq.hpp>

#include "agents/link/dealer.h"
#include "schema/base/check.h"
#include "schema/base/z85.h"
#include "schema/model/limits.h"
#include "schema/seal/seal_key.h"
#include "tests/fakes/counted_random.h"

namespace havenline {
namespace {

using std::chrono::milliseconds;

// For what comes in milliseconds; but mebibytes take ThreadSanitizer seconds.
constexpr std::chrono::seconds kPatience(60);
const HostId kForce("host.force");
const HostId kDesk("host.desk");

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    auto bound = Router::Bind({.endpoint = "tcp://127.0.0.1:*",
                               .public_key = Public(broker_key_),
                               .secret_key = Secret(broker_key_)});
    CHECK(bound.has_value());
    router_ = *std::move(bound);
    router_->SetKeys({{Public(force_key_), kForce}});
  }

  static std::string Public(const seal::SealKey& key) { return Z85Encode(key.public_key()); }
  static std::string Secret(const seal::SealKey& key) { return Z85Encode(key.ExposePrivate()); }
  std::unique_ptr<Dealer> Connect(const seal::SealKey& key) { return Connect(key, broker_key_); }
  std::unique_ptr<Dealer> Connect(const seal::SealKey& key, const seal::SealKey& broker) {
    auto opened = Dealer::Open({.endpoint = router_->endpoint(),
                                .broker_key = Public(broker),
                                .public_key = Public(key),
                                .secret_key = Secret(key)});
    CHECK(opened.has_value());
    return *std::move(opened);
  }
  // Serves the router until `done`, for at most some seconds.
  bool ServeUntil(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      for (Inbound& inbound : router_->Poll(milliseconds(5), 64))
        inbound_.push_back(std::move(inbound));
    }
    return true;
  }
  void ServeFor(milliseconds time) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    ServeUntil([&] { return std::chrono::steady_clock::now() > deadline; });
  }
  bool SendAndArrive(Dealer& dealer, std::string_view text) {
    const std::size_t before = inbound_.size();
    return ServeUntil([&] { return dealer.Send(AsBytes(text)); }) &&
           ServeUntil([&] { return inbound_.size() > before; });
  }
  // Sends frames of this size until the peer, who does not read, and both kernels have taken what
  // they take. How many bytes went.
  std::size_t FillUntilBlocked(LinkId link, std::size_t size) {
    const Bytes frame(size);
    std::size_t sent = 0;
    int blocked = 0;
    while (blocked < 20 && sent < (1U << 30U)) {
      if (router_->Send(link, frame) == Sent::kYes) {
        sent += size;
        blocked = 0;
      } else {
        ++blocked;
        std::this_thread::sleep_for(milliseconds(10));
      }
    }
    EXPECT_LT(sent, 1U << 30U) << "never blocked";
    return sent;
  }
  // A plain ZeroMQ peer that tries to speak without CURVE.
  void ExpectRefused(const std::function<void(zmq::socket_t&)>& configure) {
    zmq::context_t context(1);
    zmq::socket_t peer(context, zmq::socket_type::dealer);
    peer.set(zmq::sockopt::linger, 0);
    configure(peer);
    peer.connect(router_->endpoint());
    peer.send(zmq::str_buffer("let me in"), zmq::send_flags::dontwait);
    EXPECT_TRUE(ServeUntil([&] { return router_->counts().failed_handshakes > 0; }));
    EXPECT_TRUE(inbound_.empty());
    EXPECT_EQ(router_->counts().admitted, 0U);
  }

  // A peer with a good key that sets its own return address, which our agents never do.
  class Peer {
   public:
    Peer(const RouterTest& test, const seal::SealKey& key, const std::string& routing_id)
        : context_(1), socket_(context_, zmq::socket_type::dealer) {
      socket_.set(zmq::sockopt::linger, 0);
      socket_.set(zmq::sockopt::routing_id, routing_id);
      socket_.set(zmq::sockopt::curve_serverkey, Public(test.broker_key_));
      socket_.set(zmq::sockopt::curve_publickey, Public(key));
      socket_.set(zmq::sockopt::curve_secretkey, Secret(key));
      socket_.connect(test.router_->endpoint());
    }
    void Say(std::string_view text) const {
      CHECK(socket_.send(zmq::buffer(text), zmq::send_flags::dontwait).has_value());
    }

   private:
    zmq::context_t context_;
    mutable zmq::socket_t socket_;
  };

  CountedRandom random_{1};
  seal::SealKey broker_key_ = seal::SealKey::Generate(random_);
  seal::SealKey force_key_ = seal::SealKey::Generate(random_);
  seal::SealKey desk_key_ = seal::SealKey::Generate(random_);
  std::unique_ptr<Router> router_;
  std::vector<Inbound> inbound_;
};

TEST_F(RouterTest, AFrameComesWithTheHostOfTheKeyThatSentIt) {
  router_->SetKeys({{Public(force_key_), kForce}, {Public(desk_key_), kDesk}});
  const auto force = Connect(force_key_);
  const auto desk = Connect(desk_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  ASSERT_TRUE(SendAndArrive(*desk, "two"));
  EXPECT_EQ(inbound_[0].host, kForce);
  EXPECT_EQ(ToText(inbound_[0].payload), "one");
  EXPECT_EQ(inbound_[1].host, kDesk);
  EXPECT_NE(inbound_[0].link, inbound_[1].link);
  EXPECT_EQ(router_->Send(inbound_[0].link, AsBytes("back")), Sent::kYes);
  std::vector<Bytes> frames;
  EXPECT_TRUE(ServeUntil([&] {
    for (Bytes& frame : force->Poll(milliseconds(0), 9).frames) frames.push_back(std::move(frame));
    return !frames.empty();
  }));
  EXPECT_EQ(ToText(frames.at(0)), "back");
  EXPECT_TRUE(desk->Poll(milliseconds(0), 9).frames.empty());
}

// What is sent to a peer that is gone must not reach another that took its return address.
TEST_F(RouterTest, APeerThatChoseItsReturnAddressIsNotHeard) {
  const Peer force(*this, force_key_, "host.force");
  force.Say("one");
  EXPECT_TRUE(ServeUntil([&] { return router_->counts().dropped_frames > 0; }));
  EXPECT_TRUE(inbound_.empty());
  EXPECT_EQ(router_->links(), 0U);
}

TEST_F(RouterTest, AReturnAddressThatAnotherKeyTookOverIsAnotherLink) {
  router_->SetKeys({{Public(force_key_), kForce}, {Public(desk_key_), kDesk}});
  const std::string address("\0same", 5);
  {
    const Peer force(*this, force_key_, address);
    force.Say("one");
    ASSERT_TRUE(ServeUntil([&] { return inbound_.size() == 1; }));
  }
  ASSERT_TRUE(ServeUntil([&] { return router_->counts().disconnected == 1; }));
  const Peer desk(*this, desk_key_, address);
  desk.Say("two");
  ASSERT_TRUE(ServeUntil([&] { return inbound_.size() == 2; }));
  EXPECT_EQ(inbound_[1].host, kDesk);
  EXPECT_NE(inbound_[0].link, inbound_[1].link);
  EXPECT_EQ(router_->Send(inbound_[0].link, AsBytes("for the force alone")), Sent::kGone);
  EXPECT_EQ(router_->Send(inbound_[1].link, AsBytes("for the desk")), Sent::kYes);
  EXPECT_EQ(router_->links(), 1U);
}

TEST_F(RouterTest, AnUnknownKeyIsDeniedAndNothingOfItIsRead) {
  const auto stranger = Connect(desk_key_);
  EXPECT_TRUE(ServeUntil([&] { return router_->counts().denied > 0; }));
  EXPECT_FALSE(stranger->Send(AsBytes("let me in")));
  EXPECT_TRUE(ServeUntil([&] { return stranger->Poll(milliseconds(0), 1).refused; }));
  EXPECT_TRUE(inbound_.empty());
  EXPECT_EQ(router_->counts().admitted, 0U);
}

TEST_F(RouterTest, BeforeTheFirstKeysNobodyIsAdmitted) {
  router_->SetKeys({});
  const auto force = Connect(force_key_);
  EXPECT_TRUE(ServeUntil([&] { return router_->counts().denied > 0; }));
  EXPECT_EQ(router_->counts().admitted, 0U);
}

// A host that was there before its directory, or whose suspension was lifted: nobody restarts it.
TEST_F(RouterTest, AKeyThatCameLaterIsAdmittedWithoutARestart) {
  const auto desk = Connect(desk_key_);
  ASSERT_TRUE(ServeUntil([&] { return router_->counts().denied > 0; }));
  router_->SetKeys({{Public(desk_key_), kDesk}});
  EXPECT_TRUE(ServeUntil([&] {
    desk->Poll(milliseconds(0), 1);
    return desk->Send(AsBytes("now"));
  })) << router_->counts().accepted
      << " connections, " << router_->counts().denied << " denied";
  EXPECT_TRUE(ServeUntil([&] { return !inbound_.empty(); }));
}

TEST_F(RouterTest, APeerWithoutAnyMechanismIsRefused) {
  ExpectRefused([](zmq::socket_t&) {});
}

TEST_F(RouterTest, APeerWithAPasswordIsRefused) {
  ExpectRefused([](zmq::socket_t& peer) {
    peer.set(zmq::sockopt::plain_username, "host.force");
    peer.set(zmq::sockopt::plain_password, "secret");
  });
}

TEST_F(RouterTest, APeerThatExpectsAnotherBrokersKeyIsRefused) {
  const auto force = Connect(force_key_, desk_key_);
  ServeFor(milliseconds(300));
  EXPECT_FALSE(force->Send(AsBytes("hello")));
  EXPECT_EQ(router_->counts().admitted, 0U);
}

// C6: a revoked key gets nothing from then on, also on the link it already has.
TEST_F(RouterTest, ARevokedKeysLiveLinkIsCut) {
  router_->SetKeys({{Public(force_key_), kForce}, {Public(desk_key_), kDesk}});
  const auto force = Connect(force_key_);
  const auto desk = Connect(desk_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  ASSERT_TRUE(SendAndArrive(*desk, "two"));
  router_->SetKeys({{Public(desk_key_), kDesk}});
  EXPECT_EQ(router_->Send(inbound_[0].link, AsBytes("back")), Sent::kGone);
  EXPECT_EQ(router_->Send(inbound_[1].link, AsBytes("back")), Sent::kYes);
  EXPECT_TRUE(force->Send(AsBytes("still here")));
  EXPECT_TRUE(ServeUntil([&] { return router_->counts().dropped_frames > 0; }));
  EXPECT_EQ(inbound_.size(), 2U);
  EXPECT_EQ(router_->links(), 1U);
}

TEST_F(RouterTest, AKeyGivenToAnotherHostSpeaksForThatOneOnANewLink) {
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  router_->SetKeys({{Public(force_key_), kDesk}});
  EXPECT_EQ(router_->Send(inbound_[0].link, AsBytes("back")), Sent::kGone);
  ASSERT_TRUE(SendAndArrive(*force, "two"));
  EXPECT_EQ(inbound_[1].host, kDesk);
  EXPECT_NE(inbound_[1].link, inbound_[0].link);
}

TEST_F(RouterTest, AForgottenLinkIsANewOneWhenItSpeaksAgain) {
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  router_->Forget(inbound_[0].link);
  EXPECT_EQ(router_->links(), 0U);
  EXPECT_EQ(router_->Send(inbound_[0].link, AsBytes("back")), Sent::kGone);
  ASSERT_TRUE(SendAndArrive(*force, "two"));
  EXPECT_NE(inbound_[1].link, inbound_[0].link);
}

TEST_F(RouterTest, ALinkWhosePeerLeftIsGone) {
  auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  force.reset();
  // The socket and its monitor hear of it in either order.
  EXPECT_TRUE(ServeUntil([&] { return router_->counts().disconnected > 0; }));
  EXPECT_TRUE(
      ServeUntil([&] { return router_->Send(inbound_[0].link, AsBytes("back")) == Sent::kGone; }));
  EXPECT_EQ(router_->links(), 0U);
}

// D7: whoever does not read costs itself, never the thread that sends, and memory of a known size.
TEST_F(RouterTest, ALinkThatDoesNotReadIsBlockedAtItsBytesAndNotWaitedFor) {
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  const LinkId link = inbound_[0].link;
  FillUntilBlocked(link, 64U << 10U);
  EXPECT_LE(router_->Queued(link), limits::kQueuedHostMax);
  EXPECT_GT(router_->Queued(link), limits::kQueuedHostMax - (128U << 10U));
}

TEST_F(RouterTest, WhatIsReadIsNoLongerHeldAndMakesRoom) {
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  const LinkId link = inbound_[0].link;
  const std::size_t sent = FillUntilBlocked(link, 64U << 10U);
  std::size_t read = 0;
  EXPECT_TRUE(ServeUntil([&] {
    for (const Bytes& frame : force->Poll(milliseconds(0), 64).frames) read += frame.size();
    return read == sent;
  }));
  EXPECT_TRUE(ServeUntil([&] { return router_->Queued(link) == 0; }));
  EXPECT_EQ(router_->Send(link, AsBytes("more")), Sent::kYes);
}

// A link that is forgotten, or one connection for another, does not begin its count anew: libzmq
// still holds what the host did not read.
TEST_F(RouterTest, WhatAHostDidNotReadCountsOnItsOtherLinksToo) {
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  FillUntilBlocked(inbound_[0].link, 64U << 10U);
  router_->Forget(inbound_[0].link);
  const auto again = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*again, "two"));
  EXPECT_GT(router_->Queued(inbound_[1].link), limits::kQueuedHostMax / 2);
  EXPECT_EQ(router_->Send(inbound_[1].link, Bytes(1U << 20U)), Sent::kBlocked);
}

TEST_F(RouterTest, AnotherHostIsSentToWhileOneDoesNotRead) {
  router_->SetKeys({{Public(force_key_), kForce}, {Public(desk_key_), kDesk}});
  const auto force = Connect(force_key_);
  const auto desk = Connect(desk_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  ASSERT_TRUE(SendAndArrive(*desk, "two"));
  FillUntilBlocked(inbound_[0].link, 64U << 10U);
  EXPECT_EQ(router_->Queued(inbound_[1].link), 0U);
  EXPECT_EQ(router_->Send(inbound_[1].link, Bytes(1U << 20U)), Sent::kYes);
  EXPECT_TRUE(ServeUntil([&] { return !desk->Poll(milliseconds(0), 1).frames.empty(); }));
}

// D7: a host that takes nothing for so long is cut off, and what was held for it goes.
TEST_F(RouterTest, APeerThatTakesNothingIsDisconnectedAndWhatWasHeldForItGoes) {
  auto bound = Router::Bind({.endpoint = "tcp://127.0.0.1:*",
                             .public_key = Public(broker_key_),
                             .secret_key = Secret(broker_key_),
                             .unread_max = milliseconds(1'000)});
  ASSERT_TRUE(bound.has_value());
  router_ = *std::move(bound);
  router_->SetKeys({{Public(force_key_), kForce}});
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  const LinkId link = inbound_[0].link;
  FillUntilBlocked(link, 64U << 10U);
  EXPECT_TRUE(ServeUntil([&] { return router_->counts().disconnected > 0; }));
  EXPECT_TRUE(ServeUntil([&] { return router_->Queued(link) == 0; }));
}

// D7: connections cost their host a place, and nobody else's.
TEST_F(RouterTest, AHostOfManyConnectionsHasAFewLinksTheNewestOnes) {
  std::vector<std::unique_ptr<Dealer>> dealers;
  for (std::size_t i = 0; i < kLinksOfKeyMax + 3; ++i) {
    dealers.push_back(Connect(force_key_));
    ASSERT_TRUE(SendAndArrive(*dealers.back(), "hello"));
  }
  EXPECT_EQ(router_->links(), kLinksOfKeyMax);
  EXPECT_EQ(router_->Send(inbound_.front().link, AsBytes("back")), Sent::kGone);
  EXPECT_EQ(router_->Send(inbound_.back().link, AsBytes("back")), Sent::kYes);
}

TEST_F(RouterTest, OneTurnTakesNoMoreBytesThanItsBound) {
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  const Bytes large(1U << 20U);
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(ServeUntil([&] { return force->Send(large); }));
  std::size_t most = 0;
  std::size_t frames = 0;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  frames = inbound_.size() - 1;
  while (frames < 40 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(50));
    const std::size_t taken = router_->Poll(milliseconds(100), 1'000).size();
    frames += taken;
    most = std::max(most, taken);
  }
  EXPECT_EQ(frames, 40U);
  EXPECT_LE(most, kPolledBytesMax >> 20U);
}

TEST_F(RouterTest, AFrameBeyondTheLimitEndsItsConnection) {
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  ASSERT_TRUE(force->Send(Bytes(limits::kFrameBytesMax + 1)));
  EXPECT_TRUE(ServeUntil([&] { return router_->counts().disconnected > 0; }));
  EXPECT_EQ(inbound_.size(), 1U);
}

TEST_F(RouterTest, AMessageOfMorePartsIsDropped) {
  zmq::context_t context(1);
  zmq::socket_t peer(context, zmq::socket_type::dealer);
  peer.set(zmq::sockopt::linger, 0);
  peer.set(zmq::sockopt::curve_serverkey, Public(broker_key_));
  peer.set(zmq::sockopt::curve_publickey, Public(force_key_));
  peer.set(zmq::sockopt::curve_secretkey, Secret(force_key_));
  peer.connect(router_->endpoint());
  peer.send(zmq::str_buffer("a"), zmq::send_flags::sndmore);
  peer.send(zmq::str_buffer("b"), zmq::send_flags::none);
  peer.send(zmq::str_buffer("whole"), zmq::send_flags::none);
  EXPECT_TRUE(ServeUntil([&] { return !inbound_.empty(); }));
  EXPECT_EQ(ToText(inbound_.at(0).payload), "whole");
  EXPECT_EQ(router_->counts().dropped_frames, 1U);
}

TEST_F(RouterTest, AWakeEndsAPollAndIsUsedUpByIt) {
  router_->Wake();
  router_->Wake();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(router_->Poll(milliseconds(5'000), 1).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(2'000));
  router_->Poll(milliseconds(50), 1);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(50));
}

TEST_F(RouterTest, APortThatIsTakenIsAFaultThatNamesIt) {
  const auto second = Router::Bind({.endpoint = router_->endpoint(),
                                    .public_key = Public(broker_key_),
                                    .secret_key = Secret(broker_key_)});
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().detail.find(router_->endpoint()), std::string::npos);
}

}  // namespace
}  // namespace havenline
