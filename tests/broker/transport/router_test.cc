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
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(8);
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

// D7: whoever does not read costs itself, and never the thread that sends.
TEST_F(RouterTest, ALinkThatDoesNotReadIsBlockedAndNotWaitedFor) {
  const auto force = Connect(force_key_);
  ASSERT_TRUE(SendAndArrive(*force, "one"));
  const Bytes large(64U << 10U);
  Sent sent = Sent::kYes;
  int frames = 0;
  for (; sent == Sent::kYes && frames < 20'000; ++frames)
    sent = router_->Send(inbound_[0].link, large);
  EXPECT_EQ(sent, Sent::kBlocked);
  EXPECT_LT(frames, 5'000);
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
