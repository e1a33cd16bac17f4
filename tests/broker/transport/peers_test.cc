// Peers that are not our agents' code: what they choose themselves gives them nothing, and what
// they leave undone costs nobody else. And the library's defaults that we do not rely on.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zmq.hpp>

#include "broker/transport/router.h"
#include "schema/base/check.h"
#include "schema/base/z85.h"
#include "schema/model/limits.h"
#include "schema/seal/seal_key.h"
#include "tests/fakes/counted_random.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.
using Steady = std::chrono::steady_clock;

const HostId kForce("host.force");
const HostId kDesk("host.desk");
// Any other that a peer chose is not heard.
const std::string kOfLibzmqsForm("\0same", 5);

// A ZeroMQ peer of any shape with a key of its own; each has a context of its own, as a process
// has.
class Peer {
 public:
  Peer(const Router& router, const seal::SealKey& broker, const seal::SealKey& own,
       const std::string& routing_id) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::curve_serverkey, Z85Encode(broker.public_key()));
    socket_.set(zmq::sockopt::curve_publickey, Z85Encode(own.public_key()));
    socket_.set(zmq::sockopt::curve_secretkey, Z85Encode(own.ExposePrivate()));
    if (!routing_id.empty()) socket_.set(zmq::sockopt::routing_id, routing_id);
    socket_.connect(router.endpoint());
  }
  void Send(std::string_view text) { socket_.send(zmq::buffer(text), zmq::send_flags::dontwait); }
  // What has come, one after the other.
  std::string Received() {
    std::string all;
    zmq::message_t frame;
    while (socket_.recv(frame, zmq::recv_flags::dontwait)) all += frame.to_string();
    return all;
  }

 private:
  zmq::context_t context_{1};
  zmq::socket_t socket_{context_, zmq::socket_type::dealer};
};

class PeersTest : public ::testing::Test {
 protected:
  PeersTest() {
    auto bound = Router::Bind({.endpoint = "tcp://127.0.0.1:*",
                               .public_key = Z85Encode(broker_.public_key()),
                               .secret_key = Z85Encode(broker_.ExposePrivate())});
    CHECK(bound.has_value());
    router_ = *std::move(bound);
    router_->SetKeys(
        {{Z85Encode(force_.public_key()), kForce}, {Z85Encode(desk_.public_key()), kDesk}});
  }

  std::unique_ptr<Peer> Connect(const seal::SealKey& own, const std::string& routing_id) {
    return std::make_unique<Peer>(*router_, broker_, own, routing_id);
  }
  bool ServeUntil(const std::function<bool()>& done, Steady::duration patience = 8s) {
    const auto deadline = Steady::now() + patience;
    while (!done()) {
      if (Steady::now() > deadline) return false;
      for (Inbound& inbound : router_->Poll(5ms, 64)) inbound_.push_back(std::move(inbound));
    }
    return true;
  }
  // The next frame that comes; CHECKs that one does.
  Inbound Next() {
    const std::size_t before = inbound_.size();
    CHECK(ServeUntil([&] { return inbound_.size() > before; }));
    return inbound_.back();
  }
  // A TCP connection on which nothing is said yet.
  int ConnectTcp() const {
    const std::string& endpoint = router_->endpoint();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoul(endpoint.substr(endpoint.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(file >= 0);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the call wants it so.
    CHECK(::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    return file;
  }

  CountedRandom random_{4};
  seal::SealKey broker_ = seal::SealKey::Generate(random_);
  seal::SealKey force_ = seal::SealKey::Generate(random_);
  seal::SealKey desk_ = seal::SealKey::Generate(random_);
  std::unique_ptr<Router> router_;
  std::vector<Inbound> inbound_;
};

// A return address that another took up must not lead to it: a link belongs to one key (C4).
TEST_F(PeersTest, ARoutingIdThatAnotherKeyTakesUpIsAnotherLink) {
  auto force = Connect(force_, kOfLibzmqsForm);
  force->Send("one");
  const Inbound first = Next();
  force.reset();
  ASSERT_TRUE(ServeUntil([&] { return router_->counts().disconnected > 0; }));
  const auto desk = Connect(desk_, kOfLibzmqsForm);
  desk->Send("two");
  const Inbound second = Next();
  EXPECT_EQ(first.host, kForce);
  EXPECT_EQ(second.host, kDesk);
  EXPECT_NE(second.link, first.link);
  EXPECT_EQ(router_->Send(first.link, AsBytes("for the force")), Sent::kGone);
  EXPECT_EQ(router_->Send(second.link, AsBytes("for the desk")), Sent::kYes);
  std::string received;
  EXPECT_TRUE(ServeUntil([&] { return !(received += desk->Received()).empty(); }));
  EXPECT_EQ(received, "for the desk");
  EXPECT_EQ(router_->links(), 1U);
}

// With handover on, whoever knew a routing id would get what is sent to it (C4).
TEST_F(PeersTest, ARoutingIdInUseIsNotHandedOver) {
  const auto force = Connect(force_, kOfLibzmqsForm);
  force->Send("one");
  const Inbound first = Next();
  const auto desk = Connect(desk_, kOfLibzmqsForm);
  ASSERT_TRUE(ServeUntil([&] { return router_->counts().admitted == 2; }));
  desk->Send("two");
  EXPECT_FALSE(ServeUntil([&] { return inbound_.size() > 1; }, 300ms)) << "it was heard";
  EXPECT_EQ(router_->Send(first.link, AsBytes("for the force")), Sent::kYes);
  std::string received;
  EXPECT_TRUE(ServeUntil([&] { return !(received += force->Received()).empty(); }));
  EXPECT_EQ(received, "for the force");
  EXPECT_EQ(desk->Received(), "");
}

// libzmq holds to its limit what CURVE adds, too: a frame that our own agents may send must not be
// one that ends their connection, again and again.
TEST_F(PeersTest, AFrameOfTheLargestSizeIsTaken) {
  const auto force = Connect(force_, "");
  force->Send(std::string(limits::kFrameBytesMax, 'x'));
  EXPECT_EQ(Next().payload.size(), limits::kFrameBytesMax);
}

// Before a handshake a peer is nobody: it must not hold a connection for libzmq's half minute (D7).
TEST_F(PeersTest, APeerThatNeverShakesHandsIsCutOff) {
  const int silent = ConnectTcp();
  const auto begin = Steady::now();
  bool closed = false;
  const auto is_closed = [&] {
    pollfd waiting{silent, POLLIN, 0};
    std::array<char, 256> bytes{};
    while (!closed && ::poll(&waiting, 1, 0) > 0)
      closed = ::read(silent, bytes.data(), bytes.size()) <= 0;  // Its greeting, then the end.
    return closed;
  };
  EXPECT_TRUE(ServeUntil(is_closed, 10s));
  EXPECT_GT(Steady::now() - begin, 1s) << "an agent far away has this long";
  ::close(silent);
}

// Whoever reads nothing must not keep the broker from ending: libzmq would wait for it for ever.
TEST_F(PeersTest, TheSocketGoesAlthoughAPeerReadsNothing) {
  auto force = Connect(force_, "");
  force->Send("one");
  const Inbound first = Next();
  // Until its queue, ours and what lies between are full: nothing more has gone for a while.
  const Bytes frame(16U << 10U);
  const auto sent = [&] { return router_->Send(first.link, frame) == Sent::kYes; };
  while (ServeUntil(sent, 300ms)) {
  }
  auto gone =
      std::async(std::launch::async, [router = std::move(router_)]() mutable { router.reset(); });
  EXPECT_EQ(gone.wait_for(5s), std::future_status::ready) << "it waits for the peer to read";
  force.reset();
}

}  // namespace
}  // namespace havenline
