// The agent whole: the broker's words, and its question whether receipts are drained.

#include "schema/seal/word.h"
#include "schema/wire/word_codec.h"
#include "tests/agents/link/agent_fixture.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

class HeldAgentTest : public AgentTest {
 protected:
  void Hear() {
    broker_.heard = [this](const Frame& frame) {
      if (const auto* credit = std::get_if<Credit>(&frame.body);
          credit != nullptr && credit->drained != 0)
        drained_.push_back(credit->drained);
      if (const auto* answer = std::get_if<AnswerFrame>(&frame.body)) {
        for (const AnswerItem& item : answer->items) answered_.push_back(item.reference);
      }
      if (const auto* receipts = std::get_if<ReceiptFrame>(&frame.body)) {
        for (const ReceiptItem& item : receipts->items) references_.push_back(item.reference);
      }
    };
  }

  std::vector<Reference> references_;  // Of its receipts.
  std::vector<std::uint64_t> drained_;
  std::vector<Reference> answered_;  // By the agent.
};

TEST_F(HeldAgentTest, ItsReceiptsAreDrainedOnceAllThatWereSignedBeforeTheQuestionAreAnswered) {
  Hear();
  ComeBackTo(partnership_.policy().version());
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  broker_.Send(Credit{64, 1U << 20U, {}, 5});
  broker_.Listen();
  EXPECT_TRUE(drained_.empty());
  broker_.Send(Receipted{{{references_.at(0), Deferred{Code::kOverload, 100ms}}}});
  broker_.Listen();
  EXPECT_TRUE(drained_.empty());
  broker_.Send(Credit{64, 1U << 20U, {}, 6});
  clock_.Wait(2'000ms);
  ASSERT_TRUE(broker_.Until([&] { return references_.size() == 2; }));
  broker_.Send(Receipted{{{references_.at(1), Accepted{}}}});
  ASSERT_TRUE(broker_.Until([&] { return !drained_.empty(); }));
  EXPECT_EQ(drained_, std::vector<std::uint64_t>{6});
}

TEST_F(HeldAgentTest, AWordOfTheBrokersIsAnsweredOnceKeptAndOneThatIsNotItsOwnNever) {
  Hear();
  ComeBackTo(partnership_.policy().version());
  ASSERT_TRUE(broker_.Until([&] { return !broker_.receipts.empty(); }));
  BrokersWord word;
  word.partnership = kTestPartnership;
  word.to = kSchoolA;
  word.kind = WordKind::kStoodDown;
  word.number = {SeriesId(3), 1};
  SignedWord signed_word{wire::EncodeWord(word), word, {}};
  signed_word.signature = seal::SignWord(partnership_.release_key(), signed_word.bytes);
  SignedWord forged = signed_word;
  forged.signature[0] ^= 1U;
  broker_.Send(WordFrame{{{Reference(70), wire::EncodeSignedWord(forged), {}},
                          {Reference(71), wire::EncodeSignedWord(signed_word), {}}}});
  ASSERT_TRUE(broker_.Until([&] { return !answered_.empty(); }));
  EXPECT_EQ(answered_, std::vector{Reference(71)});
  EXPECT_EQ(Alarms(AlarmKind::kBrokerEquivocates), 1) << "it came without its proof";
}

}  // namespace
}  // namespace havenline
