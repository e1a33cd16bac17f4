#include "agents/link/dealer.h"

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "broker/transport/router.h"
#include "schema/base/z85.h"
#include "schema/model/limits.h"
#include "schema/seal/seal_key.h"
#include "tests/fakes/counted_random.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

// A dealer and the broker's socket, polled in turn.
class DealerTest : public ::testing::Test {
 protected:
  DealerTest() {
    Listen("tcp://127.0.0.1:*");
    endpoint_ = router_->endpoint();
  }

  void Listen(const std::string& endpoint) {
    for (int tries = 0; router_ == nullptr && tries < 500; ++tries) {
      auto bound = Router::Bind(
          {endpoint, Z85Encode(broker_.public_key()), Z85Encode(broker_.ExposePrivate()), 1});
      if (bound) router_ = *std::move(bound);
    }
    CHECK(router_ != nullptr);
  }

  void Open(std::shared_ptr<DealerThread> thread = nullptr) {
    DealerOptions options{endpoint_, Z85Encode(broker_.public_key()), Z85Encode(own_.public_key()),
                          Z85Encode(own_.ExposePrivate())};
    options.refused_pause = 100ms;
    options.thread = std::move(thread);
    auto opened = Dealer::Open(options);
    CHECK(opened.has_value());
    dealer_ = *std::move(opened);
  }

  void Admit() { router_->SetKeys({{Z85Encode(own_.public_key()), HostId("host.test")}}); }

  // Polls both ends until `done` says so of the dealer's news, at most ten seconds.
  template <class Done>
  bool Until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < deadline) {
      if (router_ != nullptr) {
        for (Inbound& inbound : router_->Poll(5ms, 16)) inbound_.push_back(std::move(inbound));
      }
      if (done(dealer_->Poll(5ms, 16))) return true;
    }
    return false;
  }
  bool UntilRefused() {
    return Until([](const DealerNews& news) { return news.refused; });
  }
  bool UntilConnected() {
    return Until([](const DealerNews& news) { return news.connected; });
  }

  CountedRandom random_{7};
  seal::SealKey broker_ = seal::SealKey::Generate(random_);
  seal::SealKey own_ = seal::SealKey::Generate(random_);
  std::string endpoint_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Dealer> dealer_;
  std::vector<Inbound> inbound_;
};

TEST_F(DealerTest, SaysThatItsKeyWasRefused) {
  Open();
  EXPECT_TRUE(UntilRefused());
}

// An agent may be started before the directory that admits it is in force.
TEST_F(DealerTest, ComesInByItselfOnceItsKeyIsAdmitted) {
  Open();
  ASSERT_TRUE(UntilRefused());
  ASSERT_TRUE(UntilRefused());
  Admit();
  EXPECT_TRUE(UntilConnected());
}

TEST_F(DealerTest, HasOneConnectionAfterManyRefusals) {
  Open();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(UntilRefused());
  Admit();
  ASSERT_TRUE(UntilConnected());
  const auto quiet = std::chrono::steady_clock::now() + 500ms;
  Until([&](const DealerNews&) { return std::chrono::steady_clock::now() > quiet; });
  EXPECT_EQ(router_->counts().admitted, 1U);
}

// An agent that was started again while its old connection hangs half open: libzmq would ignore the
// second of two that chose one routing id.
TEST_F(DealerTest, ASecondConnectionOfOneKeyIsHeardToo) {
  Admit();
  Open();
  ASSERT_TRUE(UntilConnected());
  ASSERT_TRUE(dealer_->Send(AsBytes("one")));
  ASSERT_TRUE(Until([&](const DealerNews&) { return inbound_.size() == 1; }));
  const std::unique_ptr<Dealer> old = std::move(dealer_);
  Open();
  ASSERT_TRUE(UntilConnected());
  ASSERT_TRUE(dealer_->Send(AsBytes("two")));
  EXPECT_TRUE(Until([&](const DealerNews&) { return inbound_.size() == 2; }));
  EXPECT_EQ(router_->links(), 2U);
}

TEST_F(DealerTest, ThoseOfOneThreadEachHearTheirOwnNews) {
  auto thread = std::make_shared<DealerThread>(2);
  Admit();
  Open(thread);
  ASSERT_TRUE(UntilConnected());
  const auto first = std::exchange(dealer_, nullptr);
  own_ = seal::SealKey::Generate(random_);  // A key that nobody knows.
  Open(std::move(thread));
  EXPECT_TRUE(UntilRefused());
  const DealerNews news = first->Poll(0ms, 16);
  EXPECT_FALSE(news.refused || news.disconnected);
  EXPECT_TRUE(first->Send(AsBytes("still there")));
}

TEST_F(DealerTest, OneIsMadeAgainAndAgainOnOneThread) {
  const auto thread = std::make_shared<DealerThread>(1);
  Admit();
  for (int i = 0; i < 50; ++i) {
    dealer_.reset();
    Open(thread);
    ASSERT_TRUE(UntilConnected());
  }
}

TEST_F(DealerTest, SaysThatItsConnectionWent) {
  Admit();
  Open();
  ASSERT_TRUE(UntilConnected());
  router_.reset();
  EXPECT_TRUE(Until([](const DealerNews& news) { return news.disconnected; }));
}

// libzmq would keep it and make it the first on the next connection, before any hello.
TEST_F(DealerTest, WhatItSendsWithoutAConnectionIsRefusedAndNotKept) {
  router_.reset();
  Open();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(dealer_->Send(AsBytes("too early")));
    Until([i = 0](const DealerNews&) mutable { return ++i == 3; });
  }
  Listen(endpoint_);
  Admit();
  ASSERT_TRUE(UntilConnected());
  ASSERT_TRUE(dealer_->Send(AsBytes("now")));
  ASSERT_TRUE(Until([&](const DealerNews&) { return !inbound_.empty(); }));
  EXPECT_EQ(ToText(inbound_[0].payload), "now");
}

// Not even the broker that it pinned may make an agent hold what no parse would take.
TEST_F(DealerTest, AFrameBeyondTheLimitEndsItsConnection) {
  Admit();
  Open();
  ASSERT_TRUE(UntilConnected());
  ASSERT_TRUE(dealer_->Send(AsBytes("hello")));
  ASSERT_TRUE(Until([&](const DealerNews&) { return !inbound_.empty(); }));
  std::vector<Bytes> frames;
  const auto is_over = [&](const DealerNews& news) {
    frames.insert(frames.end(), news.frames.begin(), news.frames.end());
    return news.disconnected;
  };
  ASSERT_EQ(router_->Send(inbound_[0].link, Bytes(limits::kFrameBytesMax)), Sent::kYes);
  ASSERT_TRUE(Until([&](const DealerNews& news) { return is_over(news) || !frames.empty(); }));
  ASSERT_EQ(frames.size(), 1U);
  ASSERT_EQ(router_->Send(inbound_[0].link, Bytes(limits::kFrameBytesMax + 1)), Sent::kYes);
  EXPECT_TRUE(Until(is_over));
  EXPECT_EQ(frames.size(), 1U);
}

// A broker that hangs must not keep an agent from ending: libzmq would wait for it for ever.
TEST_F(DealerTest, GoesAtOnceAlthoughTheBrokerReadsNothing) {
  Admit();
  Open();
  ASSERT_TRUE(UntilConnected());
  // Until its queue, the broker's and what lies between are full.
  const Bytes frame(16U << 10U);
  for (auto full = std::chrono::steady_clock::now() + 300ms;
       std::chrono::steady_clock::now() < full;) {
    if (dealer_->Send(frame)) full = std::chrono::steady_clock::now() + 300ms;
  }
  auto gone =
      std::async(std::launch::async, [dealer = std::move(dealer_)]() mutable { dealer.reset(); });
  EXPECT_EQ(gone.wait_for(5s), std::future_status::ready) << "it waits for the broker to read";
  router_.reset();
}

}  // namespace
}  // namespace havenline
