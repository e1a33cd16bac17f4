// The agent whole: what comes waits for the documents that were announced.

#include <map>
#include <utility>

#include "schema/tlog/leaf.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/statement_codec.h"
#include "tests/agents/link/agent_fixture.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

// C2: who was away for days judges by what is in force today.
TEST_F(AgentTest, ADeliveryWaitsForTheNewerPolicyThatWelcomeAnnounced) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  broker_.Listen();
  EXPECT_TRUE(broker_.receipts.empty());
  Answer(partnership_.Sign(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kWithheld});
}

TEST_F(AgentTest, ADeliveryThatTheNewerPolicyAllowsIsShownOnceItIsThere) {
  const std::string next = partnership_.PolicyText(2, partnership_.policy().version().hash);
  ComeBackTo(VersionOf(next));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  Answer(partnership_.Sign(next));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kStored});
}

// D8: a document that does not come must not stop a notice.
TEST_F(AgentTest, ADeliveryWaitsNoLongerThanPatienceForAPolicyThatDoesNotCome) {
  ComeBackTo(VersionOf(Stricter()));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  clock_.Wait(Arrivals::kPatience - 5s);
  broker_.Listen();
  EXPECT_TRUE(broker_.receipts.empty());
  clock_.Wait(5s);
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kStored});
}

TEST_F(AgentTest, ADeliveryDoesNotWaitForAPolicyThatWasNotTaken) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  Answer(stricter);  // Nobody signed it.
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kStored});
  EXPECT_EQ(Alarms(AlarmKind::kDocuments), 1);
}

TEST_F(AgentTest, ADeliveryUnderThePolicyInForceDoesNotWait) {
  ComeBackTo(partnership_.policy().version());
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kStored});
  EXPECT_TRUE(broker_.fetches.empty());
}

// What a link cut short left waiting belongs to a session that is over: only a new delivery counts.
TEST_F(AgentTest, WhatWaitedInASessionThatEndedIsNotReceivedInTheNext) {
  ComeBackTo(VersionOf(Stricter()));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  broker_.Send(Rehello{Code::kStale, 0ms});
  ASSERT_TRUE(broker_.Until([&] { return broker_.hellos > 1; }));
  clock_.Wait(Arrivals::kPatience);
  broker_.Listen();
  EXPECT_TRUE(broker_.receipts.empty());
}

TEST_F(AgentTest, AFetchThatIsDeferredIsMadeAgainAfterThePause) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  broker_.Send(AnswerFrame{{{broker_.fetches[0].reference, Deferred{Code::kOverload, 3'000ms}}}});
  broker_.fetches.clear();
  broker_.Listen();
  EXPECT_TRUE(broker_.fetches.empty());
  clock_.Wait(4'000ms);
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  Answer(partnership_.Sign(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  EXPECT_EQ(broker_.receipts, std::vector{ReceiptKind::kWithheld});
}

// Four may be under way: unanswered ones must not be the end of all fetching.
TEST_F(AgentTest, AFetchThatNobodyAnswersIsMadeAgain) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  broker_.fetches.clear();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(broker_.fetches.empty());
    clock_.Wait(10s);
    broker_.Send(Credit{64, 1U << 20U, {}});  // The session lives.
    broker_.Listen();
  }
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  Answer(partnership_.Sign(stricter));
  ASSERT_TRUE(broker_.Until([&] { return Policy() == VersionOf(stricter); }));
}

TEST_F(AgentTest, WhatIsAnnouncedAgainAndAgainIsFetchedOnce) {
  const std::string stricter = Stricter();
  ComeBackTo(VersionOf(stricter));
  ASSERT_TRUE(broker_.Until([&] { return !broker_.fetches.empty(); }));
  const std::string checkpoint =
      tlog::MakeCheckpoint(kTestPartnership, LogHead{1, 5, {}}, partnership_.log_signer());
  for (int i = 0; i < 5; ++i) {
    broker_.Send(
        Head{checkpoint, 0, {}, partnership_.directory().version(), VersionOf(stricter), 0});
    broker_.Poll();
  }
  broker_.Listen();
  Answer(partnership_.Sign(stricter));  // That there was one.
  ASSERT_TRUE(broker_.Until([&] { return Policy() == VersionOf(stricter); }));
}

class SendingAgentTest : public AgentTest {
 protected:
  SendingAgentTest() : AgentTest(kPolice, kPoliceRole) {}

  // One notice to a school, and the broker's acceptance of it; its leaf stands in the log.
  void SendOne() {
    const auto noted = agent_->Call([&] {
      return agent_->documents()
          .Take({DocumentKind::kStatement, 1,
                 wire::EncodeSignedStatement(partnership_.StatementOf(kSchoolA))})
          .has_value();
    });
    ASSERT_TRUE(noted);
    std::vector<Item> offers;
    broker_.heard = [&](const Frame& frame) {
      if (const auto* const submit = std::get_if<Submit>(&frame.body)) offers = submit->items;
    };
    ASSERT_TRUE(agent_->Call([&] {
      return agent_->outbox()
          .Take({partnership_.MakeContent(partnership_.NoticeContent()),
                 {{kSchoolA, kSchoolRole}},
                 ""},
                clock_.Now())
          .has_value();
    }));
    ASSERT_TRUE(broker_.Until([&] { return !offers.empty(); }));
    broker_.heard = nullptr;
    const TestBroker::Taken taken = log_.Accept(offers.front().bytes);
    while (tree_.size() < taken.entry.position.index.value()) Append("before");
    Append(taken.entry.leaf);
    broker_.Send(AnswerFrame{{{offers.front().reference, taken.accepted}}});
  }
  void Append(std::string_view leaf) {
    for (const tlog::Node& node : tree_.Append(tlog::LeafHash(AsBytes(leaf))))
      nodes_[node.id] = node.hash;
  }
  tlog::NodeReader Nodes() const {
    return [this](const tlog::NodeId& id) { return std::optional(nodes_.at(id)); };
  }
  void AnnounceHead(std::uint64_t from) {
    const auto consistency =
        from == 0 ? std::vector<Digest>{} : *tlog::ConsistencyProof(from, tree_.size(), Nodes());
    broker_.Send(Head{tlog::MakeCheckpoint(kTestPartnership, {1, tree_.size(), tree_.root()},
                                           partnership_.log_signer()),
                      from, consistency, partnership_.directory().version(),
                      partnership_.policy().version(), 1});
  }
  // To every question for proofs so far: those of the size that it names.
  void AnswerProofs() {
    for (const Fetch& fetch : std::exchange(broker_.fetches, {})) {
      const auto* const asked = std::get_if<Fetch::Proofs>(&fetch.what);
      if (asked == nullptr) continue;
      DocumentFrame answer{fetch.reference, {}, false};
      for (const LogIndex& index : asked->indices) {
        Bytes path;
        const auto proof = tlog::InclusionProof(index.value(), asked->size, Nodes());
        for (const Digest& hash : proof.value()) havenline::Append(path, hash);
        answer.pieces.push_back({DocumentKind::kProof, index.value(), path});
      }
      broker_.Send(std::move(answer));
    }
  }
  bool AskedForProofs() const {
    return std::ranges::any_of(broker_.fetches, [](const Fetch& fetch) {
      return std::holds_alternative<Fetch::Proofs>(fetch.what);
    });
  }

  tlog::TreeEdge tree_;
  std::map<tlog::NodeId, Digest> nodes_;
};

// The log grows while a question for proofs waits, or is lost and made again: its answer must not
// be held to a head that it was not asked of, or an honest broker is called a liar.
TEST_F(SendingAgentTest, AProofIsAskedOfTheHeadThatItIsJudgedBy) {
  ASSERT_TRUE(broker_.Until([&] { return broker_.hellos > 0; }));
  Welcome(partnership_.policy().version());
  SendOne();
  AnnounceHead(0);
  ASSERT_TRUE(broker_.Until([&] { return AskedForProofs(); }));
  broker_.fetches.clear();  // Lost.
  const std::uint64_t before = tree_.size();
  Append("after");
  AnnounceHead(before);
  broker_.Listen();
  broker_.fetches.clear();
  for (int i = 0; i < 3; ++i) {
    clock_.Wait(10s);
    broker_.Send(Credit{64, 1U << 20U, {}});  // The session lives.
    broker_.Listen();
  }
  ASSERT_TRUE(broker_.Until([&] { return AskedForProofs(); }));
  AnswerProofs();
  ASSERT_TRUE(broker_.Until([&] {
    return agent_->Call([&] {
      const auto& messages = agent_->outbox().messages();
      return messages.begin()->second.state == OutState::kKept;
    });
  }));
  broker_.Listen();
  EXPECT_EQ(Alarms(AlarmKind::kBrokerEquivocates), 0);
}

}  // namespace
}  // namespace havenline
