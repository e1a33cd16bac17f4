// An epoch after the first: what it begins with, what it takes that the first would not, and who
// has come back in it.

#include <gtest/gtest.h>

#include "schema/directory/opening.h"
#include "schema/tlog/leaf.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/openings.h"
#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

// What governance and the operator bring to a broker whose disk is new.
EpochPlan PlanOf(const TestPartnership& partnership, std::uint64_t epoch) {
  EpochPlan plan;
  plan.opening = OpeningNoteOf(partnership, epoch);
  plan.directory = partnership.Sign(partnership.DirectoryText());
  plan.policies = {partnership.Sign(partnership.PolicyText())};
  plan.evidence.found = "an older copy was put back";
  return plan;
}

class EpochTest : public ::testing::Test {
 protected:
  EpochPlan Plan(std::uint64_t epoch = 2) { return PlanOf(broker_.partnership(), epoch); }
  void Begin(std::uint64_t epoch = 2) {
    const auto begun = broker_.committer().BeginEpoch(Plan(epoch), kNight);
    ASSERT_TRUE(begun.has_value()) << begun.error().detail;
  }
  CommitItem Reconciled(const AgencyId& agency, std::uint64_t epoch = 2) {
    CommitItem item = broker_.Document(DocumentKind::kPolicy, "");
    item.route.host = TestPartnership::HostOf(agency);
    item.work = ReconciledWork{epoch, {agency}};
    return item;
  }

  TestBroker broker_;
};

TEST_F(EpochTest, BeginsATreeOfItsOwnAndKeepsTheOneBefore) {
  ASSERT_TRUE(IsAccepted(broker_.Offer(broker_.Notice())));
  const LogHead before = broker_.committer().head();
  Begin();
  EXPECT_EQ(broker_.committer().head().epoch, 2U);
  EXPECT_EQ(broker_.committer().head().size, 3U);
  EXPECT_EQ(broker_.committer().log_key(), LogSignerOf(2).key());
  broker_.Restart();
  EXPECT_EQ(broker_.committer().head().epoch, 2U);
  EXPECT_EQ(broker_.committer().log_key(), LogSignerOf(2).key());
  EXPECT_EQ(broker_.committer().closed(), std::vector<LogHead>{before});
  EXPECT_EQ(broker_.store().ReadLeaves({1, LogIndex(0)}, 100)->size(), before.size);
  EXPECT_EQ(broker_.committer().log_keys().size(), 2U) << "heads of both are known";
}

TEST_F(EpochTest, WhatIsInForceIsLoggedAgain) {
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolB)));
  EpochPlan plan = Plan();
  plan.suspensions = {broker_.partnership().SuspensionNote(kSchoolB, 1, false)};
  ASSERT_TRUE(broker_.committer().BeginEpoch(plan, kNight).has_value());
  std::vector<std::string> logged;
  const auto leaves = broker_.store().ReadLeaves({2, LogIndex(0)}, 100);
  for (const std::string& text : *leaves)
    logged.push_back(tlog::ParseLeaf(text)->document->document);
  EXPECT_EQ(logged, (std::vector<std::string>{"opening", "directory", "policy", "suspension"}));
  broker_.Restart();
  EXPECT_TRUE(broker_.committer().standing().suspensions.IsSuspended(kSchoolB));
  EXPECT_TRUE(broker_.committer().standing().earlier.empty()) << "the same policy, once";
}

TEST_F(EpochTest, WhatGovernanceDidNotOpenChangesNothing) {
  const LogHead before = broker_.committer().head();
  CountedRandom random(9);
  const tlog::NoteSigner stranger("rotherham/governance/1", seal::SigningKey::Generate(random));
  const auto resigned = [&](const std::string& note) {
    const std::string text(*tlog::UnverifiedText(note));
    return tlog::MakeNote(text, std::vector{stranger.SignatureLine(text)});
  };
  const std::vector<std::function<void(EpochPlan&)>> wrong = {
      [&](EpochPlan& plan) { plan.opening = resigned(plan.opening); },
      [&](EpochPlan& plan) { plan.directory = resigned(plan.directory); },
      [&](EpochPlan& plan) { plan.policies[0] = resigned(plan.policies[0]); },
      [&](EpochPlan& plan) { plan.policies.clear(); },
      [&](EpochPlan& plan) { plan.opening = OpeningNoteOf(broker_.partnership(), 1); },
      [&](EpochPlan& plan) { plan.suspensions = {"no note"}; },
  };
  for (const auto& make : wrong) {
    EpochPlan plan = Plan();
    make(plan);
    EXPECT_FALSE(broker_.committer().CheckPlan(plan).has_value());
    EXPECT_FALSE(broker_.committer().BeginEpoch(plan, kNight).has_value());
    EXPECT_EQ(broker_.committer().head(), before);
  }
}

TEST_F(EpochTest, DocumentsOlderThanThoseInForceAreRefused) {
  ASSERT_TRUE(IsAccepted(broker_.PublishPolicy([](std::string text) { return text; })));
  EXPECT_FALSE(broker_.committer().BeginEpoch(Plan(), kNight).has_value());
}

// D3: an answer stays, also over epochs.
TEST_F(EpochTest, WhatWasAcceptedBeforeGetsItsAnswerOfThen) {
  const Composed notice = broker_.Notice();
  const Answer then = broker_.Offer(notice);
  Begin();
  EXPECT_EQ(broker_.Offer(notice), then);
}

class NewDiskTest : public ::testing::Test {
 protected:
  // The whole broker is gone; its disk is a new one.
  NewDiskTest() {
    EXPECT_TRUE(committer_.Recover().has_value());
    EXPECT_TRUE(committer_.BeginEpoch(PlanOf(lost_.partnership(), 2), kNight).has_value());
  }
  Answer Offer(CommitItem item) {
    committer_.Take(std::move(item), kNight);
    return committer_.Commit()->answers.at(0).answer;
  }
  // From the police's host.
  CommitItem Statement(const AgencyId& agency) {
    CommitItem item = lost_.Item(lost_.partnership().StatementOf(agency));
    item.route.host = TestPartnership::HostOf(kPolice);
    return item;
  }

  TestBroker lost_;
  FakeStore store_;
  CountedRandom random_{11};
  Committer committer_{store_, random_, {kTestPartnership, wire::ParseSignedStatement}};
};

TEST_F(NewDiskTest, TakesWhatAnAgencySaidOfItselfFromWhoeverBringsIt) {
  EXPECT_TRUE(IsAccepted(Offer(Statement(kSchoolA))));
  EXPECT_NE(committer_.standing().statements.Find(kSchoolA), nullptr);
  // In the first epoch each speaks for itself.
  TestBroker founded;
  EXPECT_EQ(CodeOf(founded.Offer(Statement(kSchoolA))), Code::kForeignSender);
}

TEST_F(NewDiskTest, TakesALaterStatementWithoutThoseBefore) {
  AgencyStatement later = lost_.partnership().StatementOf(kSchoolA).statement;
  later.counter = 7;
  later.previous = Digest{7};
  CommitItem item = lost_.Item(lost_.partnership().SignStatementOf(later));
  item.route.host = TestPartnership::HostOf(kSchoolA);
  EXPECT_TRUE(IsAccepted(Offer(std::move(item))));
  // And never an older one after it.
  EXPECT_EQ(CodeOf(Offer(Statement(kSchoolA))), Code::kDocument);
  EXPECT_EQ(committer_.standing().statements.Find(kSchoolA)->counter, 7U);
}

TEST_F(NewDiskTest, TakesTheLastSuspensionWithoutThoseBeforeInWhateverOrder) {
  const auto suspend = [&](std::uint64_t number, bool lifted) {
    return Offer(lost_.Document(DocumentKind::kSuspension,
                                lost_.partnership().SuspensionNote(kSchoolB, number, lifted)));
  };
  EXPECT_TRUE(IsAccepted(suspend(5, false)));
  EXPECT_EQ(CodeOf(suspend(4, true)), Code::kDocument);
  EXPECT_TRUE(committer_.standing().suspensions.IsSuspended(kSchoolB));
  EXPECT_EQ(CodeOf(suspend(5 + kSuspensionGapMax + 1, false)), Code::kDocument)
      << "one key must not use the numbers up";
}

TEST_F(NewDiskTest, TakesWhatIsUnsettledByteForByte) {
  const Composed notice = lost_.Notice();
  ASSERT_TRUE(IsAccepted(lost_.Offer(notice)));
  ASSERT_TRUE(IsAccepted(Offer(Statement(kSchoolA))));
  const Answer answer = Offer(lost_.Submission(notice));
  const auto* const accepted = std::get_if<Accepted>(&answer);
  ASSERT_NE(accepted, nullptr);
  EXPECT_EQ(accepted->proof.position.epoch, 2U);
}

TEST_F(NewDiskTest, IsNotFoundedWithALaterEpoch) {
  FakeStore store;
  Committer founding(store, random_, {kTestPartnership, wire::ParseSignedStatement});
  ASSERT_TRUE(founding.Recover().has_value());
  const EpochPlan plan = PlanOf(lost_.partnership(), 2);
  EXPECT_FALSE(founding.Found(plan.opening, plan.directory, plan.policies[0]).has_value());
  EXPECT_EQ(store.applies(), 0);
}

TEST_F(EpochTest, WhoHasComeBackIsEnteredOnceAndKept) {
  Begin();
  const std::uint64_t before = broker_.committer().head().size;
  EXPECT_TRUE(IsAccepted(broker_.Offer(Reconciled(kPolice))));
  EXPECT_TRUE(IsAccepted(broker_.Offer(Reconciled(kPolice))));
  EXPECT_EQ(broker_.committer().head().size, before + 1);
  broker_.Restart();
  EXPECT_EQ(*broker_.committer().reconciled(), std::set<AgencyId>{kPolice});
  Begin(3);
  EXPECT_TRUE(broker_.committer().reconciled()->empty());
  broker_.Restart();
  EXPECT_TRUE(broker_.committer().reconciled()->empty());
}

TEST_F(EpochTest, NobodySaysForAnotherNorInAnotherEpochThatItHasComeBack) {
  Begin();
  CommitItem foreign = Reconciled(kPolice);
  foreign.route.host = TestPartnership::HostOf(kSchoolA);
  EXPECT_EQ(CodeOf(broker_.Offer(std::move(foreign))), Code::kForeignSender);
  EXPECT_EQ(CodeOf(broker_.Offer(Reconciled(kPolice, 1))), Code::kMalformed);
  EXPECT_TRUE(broker_.committer().reconciled()->empty());
}

}  // namespace
}  // namespace havenline
