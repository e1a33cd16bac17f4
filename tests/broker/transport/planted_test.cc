// CURVE fails open: without a handler that lives, libzmq lets every key in. Here the handler is
// missing, silent, not asked or asked about another domain, and nobody gets in, not even who may.
//
// What is planted is read once, so each runs in a process of its own.

#include <chrono>
#include <cstdlib>
#include <memory>

#include <gtest/gtest.h>

#include "agents/link/dealer.h"
#include "broker/transport/router.h"
#include "schema/base/check.h"
#include "schema/base/z85.h"
#include "schema/seal/seal_key.h"
#include "tests/fakes/counted_random.h"

namespace havenline {
namespace {

using std::chrono::milliseconds;

struct Got {
  bool handshake = false;
  bool frame = false;
};

// What a host of the directory gets, or (`known` is false) a stranger.
Got Knock(bool known, milliseconds patience) {
  CountedRandom random(3);
  const seal::SealKey broker = seal::SealKey::Generate(random);
  const seal::SealKey own = seal::SealKey::Generate(random);
  const auto router = Router::Bind({.endpoint = "tcp://127.0.0.1:*",
                                    .public_key = Z85Encode(broker.public_key()),
                                    .secret_key = Z85Encode(broker.ExposePrivate())});
  CHECK(router.has_value());
  if (known) (*router)->SetKeys({{Z85Encode(own.public_key()), HostId("host.known")}});
  const auto dealer = Dealer::Open({.endpoint = (*router)->endpoint(),
                                    .broker_key = Z85Encode(broker.public_key()),
                                    .public_key = Z85Encode(own.public_key()),
                                    .secret_key = Z85Encode(own.ExposePrivate())});
  CHECK(dealer.has_value());
  Got got;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline && !got.frame) {
    got.handshake = (*dealer)->Poll(milliseconds(5), 1).connected || got.handshake;
    (*dealer)->Send(AsBytes("let me in"));
    got.frame = !(*router)->Poll(milliseconds(5), 16).empty();
  }
  return got;
}

[[noreturn]] void KnockWith(const char* planted) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): this process has no other thread yet.
  CHECK(::setenv("HAVENLINE_PLANT", planted, 1) == 0);
  for (const bool known : {false, true}) {
    const Got got = Knock(known, milliseconds(700));
    // Without a domain libzmq asks nobody and shakes every hand; nothing of such a link is read.
    const bool may_shake_hands = std::string_view(planted) == "zap-no-domain";
    if (got.frame || (got.handshake && !may_shake_hands)) std::_Exit(1);
  }
  std::_Exit(0);
}

class PlantedDeathTest : public ::testing::TestWithParam<const char*> {};

TEST_P(PlantedDeathTest, NobodyGetsIn) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(KnockWith(GetParam()), ::testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Handler, PlantedDeathTest,
                         ::testing::Values("zap-unbound", "zap-silent", "zap-other-domain",
                                           "zap-no-domain"));

// The knock of these tests is heard where the handler lives.
TEST(PlantedTest, WithTheHandlerWhoMayGetsInAndNobodyElse) {
  const Got known = Knock(true, milliseconds(8'000));
  EXPECT_TRUE(known.handshake && known.frame);
  const Got stranger = Knock(false, milliseconds(700));
  EXPECT_FALSE(stranger.handshake || stranger.frame);
}

}  // namespace
}  // namespace havenline
