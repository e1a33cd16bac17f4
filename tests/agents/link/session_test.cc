// An agent's session over a real link: libzmq reconnects in silence and keeps what was queued, and
// nothing of an old connection may count in a new one.

#include "agents/link/session.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/transport/router.h"
#include "schema/base/check.h"
#include "schema/base/z85.h"
#include "schema/model/limits.h"
#include "schema/seal/seal_key.h"
#include "schema/wire/frame_codec.h"
#include "tests/fakes/counted_random.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

const AgencyId kSchool("school.1");

// Moved by the test alone.
class MovedClock final : public Clock {
 public:
  TimePoint Now() const override { return FromMilliseconds(1'795'218'000'000) + moved_; }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::time_point(1h) + moved_;
  }
  void Move(Milliseconds time) { moved_ += time; }

 private:
  Milliseconds moved_{0};
};

class RecordingOwner final : public SessionOwner {
 public:
  void Up(const Welcome&) override { ++ups; }
  void Down() override { ++downs; }
  void Received(Frame frame) override { received.push_back(std::move(frame)); }
  void Refused(Code) override {}
  void Unreadable() override { ++unreadable; }

  int ups = 0;
  int downs = 0;
  int unreadable = 0;
  std::vector<Frame> received;
};

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    Listen("tcp://127.0.0.1:*");
    endpoint_ = router_->endpoint();
    SessionOptions options;
    options.dealer = {.endpoint = endpoint_,
                      .broker_key = Z85Encode(broker_.public_key()),
                      .public_key = Z85Encode(own_.public_key()),
                      .secret_key = Z85Encode(own_.ExposePrivate())};
    options.partnership = PartnershipId("testshire");
    options.agencies = {kSchool};
    auto opened = Session::Open(std::move(options), clock_, random_);
    CHECK(opened.has_value());
    session_ = *std::move(opened);
  }

  // The broker's end. It may come back at the same address.
  void Listen(const std::string& endpoint) {
    for (int tries = 0; router_ == nullptr && tries < 500; ++tries) {
      auto bound = Router::Bind({.endpoint = endpoint,
                                 .public_key = Z85Encode(broker_.public_key()),
                                 .secret_key = Z85Encode(broker_.ExposePrivate())});
      if (bound) router_ = *std::move(bound);
    }
    CHECK(router_ != nullptr);
    router_->SetKeys({{Z85Encode(own_.public_key()), HostId("host.school")}});
  }

  // Both ends in turn until `done`, at most some seconds. The broker keeps what it hears.
  bool Until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      session_->Turn(5ms, "", owner_);
      if (router_ == nullptr) continue;
      for (const Inbound& inbound : router_->Poll(5ms, 64)) {
        link_ = inbound.link;
        heard_.push_back(inbound.payload);
      }
    }
    return true;
  }
  Frame Heard(std::size_t i) const { return wire::ParseFrame(heard_.at(i)).value(); }
  bool UntilHello() {
    return Until([&] {
      return !heard_.empty() && std::holds_alternative<Hello>(Heard(heard_.size() - 1).body);
    });
  }
  void Say(const SessionId& session, decltype(Frame::body) body) {
    const Bytes bytes = wire::EncodeFrame({session, std::move(body)});
    CHECK(router_->Send(link_, bytes) == Sent::kYes);
  }
  // Answers a hello; true once the session is up.
  bool Welcomed(const SessionId& session, std::uint64_t credit) {
    if (!UntilHello()) return false;
    Welcome welcome;
    welcome.credit_messages = credit;
    welcome.credit_bytes = limits::kCreditBytes;
    const int before = owner_.ups;
    Say(session, welcome);
    return Until([&] { return owner_.ups > before; });
  }

  CountedRandom random_{9};
  seal::SealKey broker_ = seal::SealKey::Generate(random_);
  seal::SealKey own_ = seal::SealKey::Generate(random_);
  MovedClock clock_;
  RecordingOwner owner_;
  std::string endpoint_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Session> session_;
  LinkId link_;
  std::vector<Bytes> heard_;
  const SessionId first_{ByteArray<16>{1}};
  const SessionId second_{ByteArray<16>{2}};
};

TEST_F(SessionTest, EndsWithItsConnectionAndSaysHelloFirstOnTheNext) {
  ASSERT_TRUE(Welcomed(first_, 10));
  router_.reset();
  // Before anybody has noticed: on the wire, in a queue or nowhere, but not on the next connection.
  for (int i = 0; i < 3; ++i) session_->Send(Credit{7, 7, {}});
  ASSERT_TRUE(Until([&] { return owner_.downs == 1; }));
  EXPECT_FALSE(session_->up());
  heard_.clear();
  Listen(endpoint_);
  ASSERT_TRUE(Until([&] { return !heard_.empty(); }));
  EXPECT_TRUE(std::holds_alternative<Hello>(Heard(0).body));
  EXPECT_EQ(Heard(0).session, SessionId());
}

TEST_F(SessionTest, WhatIsOfAnotherSessionIsNotTaken) {
  ASSERT_TRUE(Welcomed(first_, 10));
  Say(second_, Credit{1'000, 1'000, {}});
  Say(second_, AlarmFrame{AlarmFrame::Kind::kClock, {}, {}});
  Say(SessionId(), AlarmFrame{AlarmFrame::Kind::kClock, {}, {}});
  Say(first_, AlarmFrame{AlarmFrame::Kind::kOverdue, {}, {}});
  ASSERT_TRUE(Until([&] { return !owner_.received.empty(); }));
  EXPECT_EQ(owner_.received.size(), 1U);
  EXPECT_EQ(std::get<AlarmFrame>(owner_.received[0].body).kind, AlarmFrame::Kind::kOverdue);
  EXPECT_EQ(session_->items_free(), 10U);
}

TEST_F(SessionTest, CountsItsCreditFromNothingInEachSession) {
  EXPECT_EQ(session_->items_free(), 0U);
  ASSERT_TRUE(Welcomed(first_, 10));
  session_->CountSent(4);
  EXPECT_EQ(session_->items_free(), 6U);
  Say(first_, Credit{30, 1'000, {}});
  ASSERT_TRUE(Until([&] { return session_->items_free() == 26; }));
  heard_.clear();
  Say(SessionId(), Rehello{Code::kStale, 0ms});
  ASSERT_TRUE(Until([&] { return owner_.downs == 1; }));
  clock_.Move(60s);  // However long the pause that it chose.
  ASSERT_TRUE(Welcomed(second_, 10));
  EXPECT_EQ(session_->items_free(), 10U);
}

// A half-open connection says nothing and is never reported by libzmq.
TEST_F(SessionTest, EndsWhenNothingIsHeardAndSaysHelloAgain) {
  ASSERT_TRUE(Welcomed(first_, 10));
  clock_.Move(limits::kSilenceMax);
  session_->Turn(0ms, "", owner_);
  EXPECT_TRUE(session_->up());
  heard_.clear();
  clock_.Move(1ms);
  session_->Turn(0ms, "", owner_);
  EXPECT_FALSE(session_->up());
  EXPECT_EQ(owner_.downs, 1);
  EXPECT_TRUE(UntilHello());
}

// CURVE hides what a frame says, not how large it is: who watches an idle line must not be able to
// tell a delivery from a heartbeat by its size alone.
TEST_F(SessionTest, SomeHeartbeatsAreAsLargeAsADelivery) {
  ASSERT_TRUE(Welcomed(first_, 10));
  heard_.clear();
  constexpr std::size_t kBeats = 64;
  while (heard_.size() < kBeats) {
    const std::size_t before = heard_.size();
    clock_.Move(limits::kHeartbeat + 1ms);
    ASSERT_TRUE(Until([&] { return heard_.size() > before; }));
    Say(first_, Credit{10, 1'000, {}});  // The broker's answer, which keeps the session.
  }
  const auto large =
      std::ranges::count_if(heard_, [](const Bytes& beat) { return beat.size() >= 8U << 10U; });
  EXPECT_GT(large, 0);
  EXPECT_LT(large, static_cast<std::ptrdiff_t>(kBeats) / 2);
  EXPECT_EQ(owner_.downs, 0);
}

}  // namespace
}  // namespace havenline
