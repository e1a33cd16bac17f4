// What the broker cannot read: an unreadable frame names no item, and must be neither sent for ever
// nor keep back what is good.

#include "tests/agents/link/agent_fixture.h"

namespace havenline {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

constexpr std::size_t kNotices = 5;
constexpr std::size_t kPoisoned = 2;  // Of the receipts, in their order.

// The agent's broker cannot read a frame with one of the receipts, as if of another version.
class SetApartTest : public AgentTest {
 protected:
  void Answer(const Frame& frame) {
    if (std::holds_alternative<Hello>(frame.body) && broker_.hellos > 1)
      return Welcome(partnership_.policy().version());
    std::vector<AnswerItem> answers;
    if (const auto* stated = std::get_if<StatementFrame>(&frame.body)) {
      for (const Item& item : stated->items) answers.push_back({item.reference, Accepted{}});
      return broker_.Send(AnswerFrame{std::move(answers)});
    }
    const auto* receipts = std::get_if<ReceiptFrame>(&frame.body);
    if (receipts == nullptr) return;
    if (first_.empty()) {
      for (const ReceiptItem& item : receipts->items) first_.push_back(item.bytes);
    }
    for (const ReceiptItem& item : receipts->items) {
      if (item.bytes == first_.at(kPoisoned)) {
        refused_.push_back(receipts->items.size());
        return broker_.Send(Rehello{Code::kMalformed, 0ms});
      }
      answers.push_back({item.reference, Accepted{}});
    }
    for (const ReceiptItem& item : receipts->items) taken_.push_back(item.bytes);
    broker_.Send(Receipted{std::move(answers)});
  }

  std::vector<Bytes> first_;          // The receipts of the first frame.
  std::vector<Bytes> taken_;          // Receipts that were read.
  std::vector<std::size_t> refused_;  // Sizes of the frames that held the poisoned one.
};

TEST_F(SetApartTest, OneUnreadableItemIsFoundAndTheOthersGo) {
  broker_.heard = [this](const Frame& frame) { Answer(frame); };
  ComeBackTo(partnership_.policy().version(), kNotices);
  ASSERT_TRUE(broker_.Until([&] { return taken_.size() == kNotices - 1; }));
  broker_.Listen();
  EXPECT_EQ(refused_, (std::vector<std::size_t>{kNotices, 1}));
  EXPECT_EQ(Alarms(AlarmKind::kSetApart), 1);
  // And all that comes later goes as ever, in frames of many.
  refused_.clear();
  taken_.clear();
  broker_.Send(Rehello{Code::kStale, 0ms});
  const int hellos = broker_.hellos;
  ASSERT_TRUE(broker_.Until([&] { return broker_.hellos > hellos; }));
  broker_.Listen();
  EXPECT_TRUE(refused_.empty());
}

}  // namespace
}  // namespace havenline
