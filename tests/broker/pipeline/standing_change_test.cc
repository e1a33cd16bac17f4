// A directory or suspension that comes while sessions live: it holds from its entry on (C6).

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

class StandingChangeTest : public ::testing::Test {
 protected:
  TestBroker& broker() { return loops_.broker(); }
  const TestPartnership& partnership() { return broker().partnership(); }
  static HostId HostOf(const AgencyId& agency) { return TestPartnership::HostOf(agency); }

  Composed Submit(const std::vector<AgencyId>& schools) {
    Composed notice = broker().Notice(schools);
    loops_.Offer(1, broker().Submission(notice));
    return notice;
  }
  void Suspend(const AgencyId& agency, std::uint64_t number, bool lifted) {
    loops_.Offer(1, broker().Document(DocumentKind::kSuspension,
                                      partnership().SuspensionNote(agency, number, lifted)));
    ASSERT_EQ(broker().committer().standing().suspensions.IsSuspended(agency), !lifted);
  }
  void Publish(const TestBroker::Edit& edit) {
    const DocumentVersion in_force = broker().committer().standing().directory->version();
    const std::string text = partnership().DirectoryText(in_force.version + 1, in_force.hash);
    loops_.Offer(1, broker().Document(DocumentKind::kDirectory, partnership().Sign(edit(text))));
    ASSERT_EQ(broker().committer().standing().directory->version().version, in_force.version + 1);
  }
  void Move(const AgencyId& agency, const AgencyId& to_host_of) {
    Publish([&](const std::string& text) {
      return TestPartnership::WithHost(text, agency, HostOf(to_host_of));
    });
  }

  TestLoops loops_;
};

TEST_F(StandingChangeTest, ASuspendedAgencyIsHandedNothingOfWhatIsQueued) {
  loops_.SayHello(2, {kSchoolA});
  for (int i = 0; i < 40; ++i) Submit({kSchoolA});
  const std::size_t before = loops_.Delivered(2).size();
  ASSERT_LT(before, 40U);
  Suspend(kSchoolA, 1, false);
  loops_.clock().Wait(Milliseconds(1'000));
  loops_.Settle();
  EXPECT_EQ(loops_.Delivered(2).size(), before);
  EXPECT_EQ(loops_.observer().undeliverable, 40U);
}

TEST_F(StandingChangeTest, TheLinkOfAHostThatSpeaksForNobodyElseIsCutAndItsKeyRefused) {
  const auto speaks = [&] {
    return std::ranges::any_of(loops_.keys(),
                               [](const auto& key) { return key.second == HostOf(kSchoolA); });
  };
  loops_.SayHello(2, {kSchoolA});
  EXPECT_TRUE(speaks());
  Suspend(kSchoolA, 1, false);
  EXPECT_TRUE(loops_.link(2).ended);
  EXPECT_FALSE(speaks());
  Suspend(kSchoolA, 2, true);
  EXPECT_TRUE(speaks());
}

TEST_F(StandingChangeTest, AHostThatSpeaksForOthersKeepsItsLink) {
  Move(kSchoolB, kSchoolA);
  loops_.SayHello(2, {kSchoolA, kSchoolB});
  Suspend(kSchoolA, 1, false);
  EXPECT_FALSE(loops_.link(2).ended);
  Suspend(kSchoolB, 1, false);
  EXPECT_TRUE(loops_.link(2).ended);
}

TEST_F(StandingChangeTest, ASuspendedAgencyGetsNothingInANewSessionEither) {
  Submit({kSchoolA});
  Suspend(kSchoolA, 1, false);
  loops_.SayHello(2, {kSchoolA});
  ASSERT_TRUE(loops_.link(2).rehello.has_value());
  EXPECT_EQ(loops_.link(2).rehello->code, Code::kSenderSuspended);
  EXPECT_TRUE(loops_.Delivered(2).empty());
}

TEST_F(StandingChangeTest, LiftingServesItAgainWithWhatIsNewAlone) {
  Move(kSchoolB, kSchoolA);
  loops_.SayHello(2, {kSchoolA, kSchoolB});
  Submit({kSchoolA});
  ASSERT_EQ(loops_.Delivered(2).size(), 1U);
  Suspend(kSchoolA, 1, false);
  loops_.ForgetFrames(2);
  Suspend(kSchoolA, 2, true);
  EXPECT_TRUE(loops_.Delivered(2).empty()) << "nothing comes back by itself";
  Submit({kSchoolA});
  EXPECT_EQ(loops_.Delivered(2).size(), 1U) << "in the same session";
}

// D7: what a suspended agency never receipts must not fill the window of the others on its host.
TEST_F(StandingChangeTest, ASuspendedAgencyDoesNotHoldUpTheOthersOfItsHost) {
  Move(kSchoolB, kSchoolA);
  loops_.SayHello(2, {kSchoolA, kSchoolB});
  for (int i = 0; i < 40; ++i) Submit({kSchoolA});
  Submit({kSchoolB});
  Suspend(kSchoolA, 1, false);
  std::size_t of_b = 0;
  for (const DeliverItem& item : loops_.Delivered(2)) of_b += item.agency == kSchoolB ? 1U : 0U;
  EXPECT_EQ(of_b, 1U);
}

TEST_F(StandingChangeTest, AnAgencyThatMovesIsServedByItsNewHostAlone) {
  loops_.SayHello(2, {kSchoolA});
  loops_.SayHello(3, {kSchoolB});
  Move(kSchoolA, kSchoolB);
  loops_.SayHello(3, HostOf(kSchoolB), TestLoops::HelloOf({kSchoolA, kSchoolB}));
  Submit({kSchoolA});
  EXPECT_TRUE(loops_.Delivered(2).empty());
  ASSERT_EQ(loops_.Delivered(3).size(), 1U);
  EXPECT_EQ(loops_.Delivered(3)[0].agency, kSchoolA);
  // Its old host may not claim it any more.
  loops_.SayHello(4, {kSchoolA});
  ASSERT_TRUE(loops_.link(4).rehello.has_value());
  EXPECT_EQ(loops_.link(4).rehello->code, Code::kForeignSender);
}

TEST_F(StandingChangeTest, AnAgencyThatMovesBackIsServedWithoutANewHello) {
  loops_.SayHello(2, {kSchoolA});
  Move(kSchoolA, kSchoolB);
  Submit({kSchoolA});
  EXPECT_TRUE(loops_.Delivered(2).empty());
  Publish([](const std::string& text) { return text; });
  EXPECT_EQ(loops_.Delivered(2).size(), 1U);
}

TEST_F(StandingChangeTest, AHostThatIsNoLongerListedLosesItsSessionAndItsKey) {
  loops_.SayHello(2, {kCouncil});
  const std::string old_host = HostOf(kCouncil).value();
  const auto speaks = [&] {
    for (const auto& [key, host] : loops_.keys()) {
      if (host.value() == old_host) return true;
    }
    return false;
  };
  EXPECT_TRUE(speaks());
  Publish([&](std::string text) {
    for (auto at = text.find(old_host); at != std::string::npos; at = text.find(old_host))
      text.replace(at, old_host.size(), "host.elsewhere");
    return text;
  });
  EXPECT_TRUE(loops_.link(2).ended);
  EXPECT_FALSE(speaks());
  EXPECT_EQ(loops_.observer().ended, 1);
}

TEST_F(StandingChangeTest, EveryListedHostsKeyMayConnectFromTheStart) {
  for (const Host& host : broker().committer().standing().directory->hosts()) {
    for (const CurveKey& key : host.curve) {
      ASSERT_TRUE(loops_.keys().contains(key.value()));
      EXPECT_EQ(loops_.keys().at(key.value()), host.id);
    }
  }
}

}  // namespace
}  // namespace havenline
