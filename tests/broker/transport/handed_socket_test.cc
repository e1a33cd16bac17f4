// The broker's socket on a listening socket that somebody else made: all else is as on its own.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "agents/link/dealer.h"
#include "broker/transport/router.h"
#include "deploy/runtime/file_descriptor.h"
#include "schema/base/check.h"
#include "schema/base/z85.h"
#include "schema/seal/seal_key.h"
#include "tests/fakes/counted_random.h"

namespace havenline {
namespace {

using std::chrono::milliseconds;

const HostId kForce("host.force");

class HandedSocketTest : public ::testing::Test {
 protected:
  HandedSocketTest() {
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    CHECK(::bind(socket.get(), generic, size) == 0 && ::listen(socket.get(), 1) == 0);
    CHECK(::getsockname(socket.get(), generic, &size) == 0);
    listening_ = socket.Release();
    endpoint_ = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    // Its own address is not to be had: only the handed socket can serve.
    auto bound = Router::Bind({.endpoint = "tcp://127.0.0.1:1",
                               .public_key = Z85Encode(broker_key_.public_key()),
                               .secret_key = Z85Encode(broker_key_.ExposePrivate()),
                               .listening = listening_});
    CHECK(bound.has_value());
    router_ = *std::move(bound);
    router_->SetKeys({{Z85Encode(force_key_.public_key()), kForce}});
  }

  std::unique_ptr<Dealer> Connect(const seal::SealKey& key) const {
    auto opened = Dealer::Open({.endpoint = endpoint_,
                                .broker_key = Z85Encode(broker_key_.public_key()),
                                .public_key = Z85Encode(key.public_key()),
                                .secret_key = Z85Encode(key.ExposePrivate())});
    CHECK(opened.has_value());
    return *std::move(opened);
  }
  bool ServeUntil(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(8);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      for (Inbound& inbound : router_->Poll(milliseconds(5), 64))
        inbound_.push_back(std::move(inbound));
    }
    return true;
  }

  CountedRandom random_{1};
  seal::SealKey broker_key_ = seal::SealKey::Generate(random_);
  seal::SealKey force_key_ = seal::SealKey::Generate(random_);
  int listening_ = -1;
  std::string endpoint_;
  std::unique_ptr<Router> router_;
  std::vector<Inbound> inbound_;
};

TEST_F(HandedSocketTest, ServesWhoeverHasAKeyAtTheAddressOfTheSocket) {
  EXPECT_EQ(router_->endpoint(), endpoint_);
  const auto dealer = Connect(force_key_);
  ASSERT_TRUE(ServeUntil([&] { return dealer->Send(AsBytes(std::string_view("hello"))); }));
  ASSERT_TRUE(ServeUntil([&] { return !inbound_.empty(); }));
  EXPECT_EQ(inbound_[0].host, kForce);
  EXPECT_EQ(router_->Send(inbound_[0].link, AsBytes(std::string_view("welcome"))), Sent::kYes);
}

TEST_F(HandedSocketTest, FailsClosedForAKeyThatNobodyKnows) {
  const auto stranger = Connect(seal::SealKey::Generate(random_));
  EXPECT_TRUE(ServeUntil([&] { return router_->counts().denied > 0; }));
  EXPECT_EQ(router_->counts().admitted, 0U);
  EXPECT_TRUE(inbound_.empty());
}

// Else a host that does not read would have the kernel hold megabytes for it (D7).
TEST_F(HandedSocketTest, HasTheBuffersOfASocketOfItsOwn) {
  const auto dealer = Connect(force_key_);
  ASSERT_TRUE(ServeUntil([&] { return router_->counts().admitted > 0; }));
  int bytes = 0;
  socklen_t size = sizeof(bytes);
  ASSERT_EQ(::getsockopt(listening_, SOL_SOCKET, SO_SNDBUF, &bytes, &size), 0);
  EXPECT_EQ(bytes, 2 * (256 << 10));  // The kernel counts its own share.
}

}  // namespace
}  // namespace havenline
