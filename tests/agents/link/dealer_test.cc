#include "agents/link/dealer.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "broker/transport/router.h"
#include "schema/base/z85.h"
#include "schema/seal/seal_key.h"
#include "tests/fakes/counted_random.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

// A dealer and the broker's socket, polled in turn.
class DealerTest : public ::testing::Test {
 protected:
  DealerTest() {
    auto bound = Router::Bind({"tcp://127.0.0.1:*", Z85Encode(broker_.public_key()),
                               Z85Encode(broker_.ExposePrivate()), 1});
    CHECK(bound.has_value());
    router_ = *std::move(bound);
  }

  void Open() {
    DealerOptions options{router_->endpoint(), Z85Encode(broker_.public_key()),
                          Z85Encode(own_.public_key()), Z85Encode(own_.ExposePrivate())};
    options.refused_pause = 100ms;
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
      router_->Poll(5ms, 16);
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
  std::unique_ptr<Router> router_;
  std::unique_ptr<Dealer> dealer_;
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

}  // namespace
}  // namespace havenline
