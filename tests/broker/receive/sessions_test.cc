#include "broker/receive/sessions.h"

#include <array>
#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "schema/model/limits.h"

namespace havenline {
namespace {

const HostId kDesk("host.desk");
const HostId kForce("host.force");

Sessions::Time At(int seconds) { return Sessions::Time(std::chrono::seconds(100'000 + seconds)); }
SessionId Session(std::uint8_t n) {
  ByteArray<16> bytes{};
  bytes[0] = n;
  return SessionId(bytes);
}

TEST(SessionsTest, OnlyFramesOfItsOwnSessionAreHeard) {
  Sessions sessions;
  EXPECT_EQ(sessions.Hear(LinkId(1), Session(1), At(0)), nullptr);
  sessions.Start(LinkId(1), Session(1), kDesk, At(0));
  EXPECT_NE(sessions.Hear(LinkId(1), Session(1), At(1)), nullptr);
  EXPECT_EQ(sessions.Hear(LinkId(1), Session(2), At(1)), nullptr);
  EXPECT_EQ(sessions.Hear(LinkId(2), Session(1), At(1)), nullptr);
  EXPECT_EQ(sessions.Hear(LinkId(1), SessionId(), At(1)), nullptr);
}

TEST(SessionsTest, ANewerSessionOfAHostEndsTheOlder) {
  Sessions sessions;
  EXPECT_EQ(sessions.Start(LinkId(1), Session(1), kDesk, At(0)), std::nullopt);
  EXPECT_EQ(sessions.Start(LinkId(2), Session(2), kDesk, At(1)), LinkId(1));
  EXPECT_EQ(sessions.Find(LinkId(1)), nullptr);
  EXPECT_EQ(sessions.size(), 1U);
}

TEST(SessionsTest, ANewSessionCountsFromZero) {
  Sessions sessions;
  sessions.Start(LinkId(1), Session(1), kDesk, At(0));
  sessions.Find(LinkId(1))->sent = {5, 500};
  sessions.Start(LinkId(1), Session(2), kDesk, At(0));
  EXPECT_EQ(sessions.Find(LinkId(1))->sent.items, 0U);
}

TEST(SessionsTest, SilenceEndsASessionAndSpeakingKeepsIt) {
  Sessions sessions;
  sessions.Start(LinkId(1), Session(1), kDesk, At(0));
  sessions.Start(LinkId(2), Session(2), kForce, At(0));
  sessions.Hear(LinkId(2), Session(2), At(10));
  // A frame of another session does not keep it alive.
  sessions.Hear(LinkId(1), Session(9), At(10));
  EXPECT_TRUE(sessions.EndSilent(At(15)).empty());
  EXPECT_EQ(sessions.EndSilent(At(16)), std::vector<LinkId>{LinkId(1)});
  EXPECT_EQ(sessions.Find(LinkId(1)), nullptr);
  EXPECT_NE(sessions.Find(LinkId(2)), nullptr);
}

// What sessions are, said as simply as possible: each link has at most one, and so has each host.
class Model {
 public:
  struct One {
    SessionId session;
    HostId host;
    int heard = 0;
  };

  std::optional<LinkId> Start(LinkId link, const SessionId& session, const HostId& host, int now) {
    std::optional<LinkId> older;
    for (const auto& [other, one] : links_) {
      if (other != link && one.host == host) older = other;
    }
    if (older) links_.erase(*older);
    links_[link] = {session, host, now};
    return older;
  }
  void End(LinkId link) { links_.erase(link); }
  void Hear(LinkId link, const SessionId& session, int now) {
    const auto at = links_.find(link);
    if (at != links_.end() && at->second.session == session) at->second.heard = now;
  }
  void EndSilent(int now) {
    std::erase_if(links_, [&](const auto& link) { return now - link.second.heard > 15; });
  }
  const std::map<LinkId, One>& links() const { return links_; }

 private:
  std::map<LinkId, One> links_;
};

// Every schedule of six steps: hellos of two hosts on two links, ends, words of either session,
// silence.
TEST(SessionsTest, EverySmallScheduleAgreesWithTheModel) {
  constexpr int kSteps = 6;
  constexpr int kEvents = 8;
  int schedules = 1;
  for (int i = 0; i < kSteps; ++i) schedules *= kEvents;
  for (int schedule = 0; schedule < schedules; ++schedule) {
    Sessions sessions;
    Model model;
    int now = 0;
    for (int step = 0, rest = schedule; step < kSteps; ++step, rest /= kEvents) {
      const auto fresh = Session(static_cast<std::uint8_t>(step + 1));
      const int event = rest % kEvents;
      const LinkId link(event % 2 == 0 ? 1 : 2);
      if (event < 4) {
        const HostId& host = event < 2 ? kDesk : kForce;
        ASSERT_EQ(sessions.Start(link, fresh, host, At(now)), model.Start(link, fresh, host, now))
            << schedule;
      } else if (event < 6) {
        sessions.End(link);
        model.End(link);
      } else if (event == 6) {
        for (const auto& [each, one] : model.links()) {
          sessions.Hear(each, one.session, At(now));
          model.Hear(each, one.session, now);
        }
      } else {
        now += 10;
        sessions.EndSilent(At(now));
        model.EndSilent(now);
      }
      ASSERT_EQ(sessions.size(), model.links().size()) << schedule;
      for (const auto& [each, one] : model.links()) {
        SessionState* const state = sessions.Find(each);
        ASSERT_NE(state, nullptr) << schedule;
        ASSERT_EQ(state->session, one.session) << schedule;
        ASSERT_EQ(state->host, one.host) << schedule;
      }
    }
  }
}

}  // namespace
}  // namespace havenline
