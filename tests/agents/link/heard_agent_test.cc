// The agent whole, and heads in messages: what the broker proves is good, what it cannot prove is
// kept and told, and the message is shown either way.

#include "schema/model/names.h"
#include "tests/agents/link/agent_fixture.h"
#include "tests/fakes/test_log.h"

namespace havenline {
namespace {

class HeardAgentTest : public AgentTest {
 protected:
  // A session in which the broker shows nine entries of this log, and answers what is asked of it.
  void Begin() {
    broker_.heard = [this](const Frame& frame) { Hear(frame); };
    ASSERT_TRUE(broker_.Until([&] { return broker_.hellos > 0; }));
    havenline::Welcome welcome;
    welcome.head = tree_.HeadAt(9);
    welcome.checkpoint = tree_.Checkpoint(partnership_, 9);
    welcome.directory = partnership_.directory().version();
    welcome.policy = partnership_.policy().version();
    welcome.time = clock_.Now();
    welcome.credit_messages = 64;
    welcome.credit_bytes = 1U << 20U;
    broker_.Send(welcome);
    ASSERT_TRUE(broker_.Until([&] { return !broker_.statements.empty(); }));
    police_.Notice(DocumentKind::kStatement, broker_.statements.front().bytes);
  }
  void Hear(const Frame& frame) {
    if (const auto* alarm = std::get_if<AlarmFrame>(&frame.body)) alarms_.push_back(*alarm);
    const auto* const fetch = std::get_if<Fetch>(&frame.body);
    if (fetch == nullptr) return;
    DocumentFrame answer{fetch->reference, {}, false};
    if (const auto* leaves = std::get_if<Fetch::Leaves>(&fetch->what)) {
      answer.pieces.push_back(
          {DocumentKind::kLeaf, leaves->first, ToBytes(TestLog::LeafTextAt(leaves->first))});
    } else if (const auto* proofs = std::get_if<Fetch::Proofs>(&fetch->what)) {
      for (const LogIndex index : proofs->indices) {
        Bytes hashes;
        for (const Digest& hash : tree_.Inclusion(index.value(), proofs->size))
          Append(hashes, hash);
        answer.pieces.push_back({DocumentKind::kProof, index.value(), std::move(hashes)});
        ++proved_;
      }
    }
    broker_.Send(std::move(answer));
  }
  // A notice of the force, which was shown five entries of that log.
  MessageId Deliver(const TestLog& shown) {
    EXPECT_TRUE(
        police_.documents().TakeCheckpoint(shown.Checkpoint(partnership_, 5), 0, {}).has_value());
    EXPECT_TRUE(police_.outbox()
                    .Take({partnership_.MakeContent(partnership_.NoticeContent()),
                           {{kSchoolA, kSchoolRole}},
                           ""},
                          clock_.Now())
                    .has_value());
    const auto offer = police_.outbox().NextOffer(3U << 20U).value();
    havenline::Deliver deliver;
    deliver.items.push_back(log_.DeliveryTo(partnership_, log_.Accept(offer->bytes), 0));
    broker_.Send(std::move(deliver));
    return offer->message;
  }
  bool IsShown() {
    return broker_.Until([&] {
      return std::ranges::find(broker_.receipts, ReceiptKind::kStored) != broker_.receipts.end();
    });
  }
  bool HasEvidence(const MessageId& message) {
    return agent_->Call([&] {
      return agent_->store()
          .Get(Table::kDocuments, "evidence/heard/" + ToText(message))
          ->has_value();
    });
  }

  const TestLog tree_;
  std::vector<AlarmFrame> alarms_;
  int proved_ = 0;
};

TEST_F(HeardAgentTest, AHeadThatTheBrokerProvesIsGood) {
  Begin();
  const MessageId message = Deliver(tree_);
  EXPECT_TRUE(IsShown());
  EXPECT_TRUE(broker_.Until([&] { return proved_ > 0; }));
  broker_.Listen();
  EXPECT_TRUE(alarms_.empty());
  EXPECT_EQ(Alarms(AlarmKind::kBrokerEquivocates), 0);
  EXPECT_FALSE(HasEvidence(message));
  EXPECT_EQ(proved_, 1) << "once is enough";
}

TEST_F(HeardAgentTest, AHeadOfAnotherHistoryIsKeptAlarmedAndToldAndTheMessageIsShown) {
  Begin();
  const MessageId message = Deliver(TestLog(7, 3));
  EXPECT_TRUE(IsShown());
  ASSERT_TRUE(broker_.Until([&] { return !alarms_.empty(); }));
  EXPECT_EQ(alarms_[0].kind, AlarmFrame::Kind::kBrokerEquivocates);
  EXPECT_EQ(alarms_[0].message, message);
  EXPECT_TRUE(HasEvidence(message));
  EXPECT_EQ(Alarms(AlarmKind::kBrokerEquivocates), 1);
}

}  // namespace
}  // namespace havenline
