// Any order of accepting, answering, waiting, firing, suspending and crashing leaves each held
// grant where a model of a few lines says it is, and each mailbox with what the model says waits.

#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fakes/held_notice.h"

namespace havenline {
namespace {

using std::chrono::minutes;
using Kind = Condition::Kind;
using Phase = GrantRecord::Phase;

// One message: A's grant is watched, B's is held.
struct Model {
  Composed notice;
  Kind kind = Kind::kUnable;
  TimePoint by;
  bool answered = false;
  bool a_waits = true;
  bool b_stored = false;
  Phase b = Phase::kHeld;

  bool b_waits() const { return b == Phase::kHeld || (b == Phase::kReleased && !b_stored); }
};

class Night {
 public:
  explicit Night(unsigned seed) : random_(seed) {}

  void Run(int steps) {
    for (int step = 0; step < steps && !::testing::Test::HasFatalFailure(); ++step) {
      Step();
      Check(step);
    }
  }

 private:
  unsigned Pick(unsigned count) { return static_cast<unsigned>(random_()) % count; }

  void Step() {
    switch (Pick(12)) {
      case 0:
      case 1:
      case 2:
        return Accept();
      case 3:
      case 4:
      case 5:
      case 6:
        return Answer();
      case 7:
        return Store();
      case 8:
      case 9:
        broker_.Wait(minutes(Pick(300)));
        return Fire();
      case 10:
        return broker_.Restart();
      default:
        if (Pick(4) == 0) Suspend(Pick(2) == 0 ? kSchoolA : kSchoolB);
    }
  }

  void Accept() {
    Model model;
    model.kind = Pick(2) == 0 ? Kind::kUnable : Kind::kUnacknowledged;
    model.by = broker_.now() + std::chrono::hours(8);
    model.notice = HeldNotice(broker_, model.kind, model.by);
    const bool accepted = IsAccepted(Offer(broker_.Submission(model.notice)));
    ASSERT_EQ(accepted, suspended_.empty());
    if (accepted) messages_.push_back(std::move(model));
  }

  void Answer() {
    if (messages_.empty()) return;
    Model& model = messages_[Pick(static_cast<unsigned>(messages_.size()))];
    constexpr std::array kKinds = {ReceiptKind::kStored,       ReceiptKind::kOpened,
                                   ReceiptKind::kAcknowledged, ReceiptKind::kToldByVoice,
                                   ReceiptKind::kNotOurs,      ReceiptKind::kUnreadable,
                                   ReceiptKind::kWithheld};
    const ReceiptKind kind = kKinds.at(Pick(kKinds.size()));
    if (!IsAccepted(Offer(broker_.Item(broker_.Receipt(model.notice, 0, kind))))) {
      // Or it has had its sixteen.
      ASSERT_TRUE(suspended_.contains(kSchoolA) || model.notice.envelope.grants.size() == 2);
      return;
    }
    model.a_waits = false;
    if (kind == ReceiptKind::kAcknowledged || kind == ReceiptKind::kToldByVoice) {
      model.answered = true;
      if (model.b == Phase::kHeld) model.b = Phase::kClosed;
    } else if (kind != ReceiptKind::kStored && kind != ReceiptKind::kOpened) {
      if (model.b == Phase::kHeld && model.kind == Kind::kUnable) model.b = Phase::kReleased;
    }
  }

  void Store() {
    for (Model& model : messages_) {
      if (model.b != Phase::kReleased || model.b_stored) continue;
      const auto receipt = broker_.Receipt(model.notice, 1, ReceiptKind::kStored);
      model.b_stored = IsAccepted(Offer(broker_.Item(receipt)));
      ASSERT_NE(model.b_stored, suspended_.contains(kSchoolB));
      return;
    }
  }

  void Fire() {
    broker_.Fire();
    for (Model& model : messages_) {
      if (model.b == Phase::kHeld && model.kind == Kind::kUnacknowledged && !model.answered &&
          broker_.now() >= model.by)
        model.b = Phase::kReleased;
    }
  }

  void Suspend(const AgencyId& school) {
    if (suspended_.contains(school)) return;
    ASSERT_TRUE(IsAccepted(broker_.Suspend(school)));
    suspended_.insert(school);
    while (broker_.committer().sweeping()) {
      if (Pick(5) == 0)
        broker_.store().FailApply(1, Pick(2) == 0 ? FakeStore::Cut::kLost : FakeStore::Cut::kTaken);
      broker_.committer().Sweep(broker_.now());
      if (!broker_.committer().Commit().has_value()) broker_.Restart();
    }
    broker_.Restart();  // A cut that was not reached is none.
    for (Model& model : messages_) {
      if (school == kSchoolA) {
        model.a_waits = false;
        if (model.b == Phase::kHeld && model.kind == Kind::kUnable) model.b = Phase::kReleased;
      } else if (model.b_waits()) {
        model.b = Phase::kClosed;
      }
    }
  }

  // Some of the time the power is cut in the middle, and it is offered again.
  havenline::Answer Offer(CommitItem item) {
    if (Pick(6) != 0) return broker_.Offer(std::move(item));
    broker_.store().FailApply(1, Pick(2) == 0 ? FakeStore::Cut::kLost : FakeStore::Cut::kTaken);
    std::vector<CommitItem> one = {item};
    auto committed = broker_.TryCommit(std::move(one));
    broker_.Restart();
    if (committed) return committed->answers.at(0).answer;  // Nothing was to be written.
    return broker_.Offer(std::move(item));
  }

  void Check(int step) {
    std::size_t a_waits = 0;
    std::size_t b_waits = 0;
    std::size_t bodies = 0;
    std::size_t held = 0;
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const Model& model = messages_[i];
      const auto grant = *broker_.store().FindGrant(GrantOf(model.notice, 1));
      ASSERT_TRUE(grant.has_value());
      ASSERT_EQ(grant->phase, model.b) << "step " << step << " message " << i;
      if (model.a_waits) ++a_waits;
      if (model.b == Phase::kReleased && !model.b_stored) ++b_waits;
      if (model.a_waits || model.b_waits()) ++bodies;
      if (model.b == Phase::kHeld) ++held;
    }
    const auto waiting = [&](const AgencyId& school) {
      return broker_.store().Rows({school, Lane::kUrgent, 0}, 9999)->size();
    };
    // Stand-downs stay in B's mailbox: nobody answers for them here.
    std::size_t words = 0;
    const auto rows = *broker_.store().Rows({kSchoolB, Lane::kUrgent, 0}, 9999);
    for (const MailboxRow& row : rows) {
      if (row.kind == MailboxRow::Kind::kWord) ++words;
    }
    ASSERT_EQ(waiting(kSchoolA), a_waits) << "step " << step;
    ASSERT_EQ(waiting(kSchoolB) - words, b_waits) << "step " << step;
    ASSERT_EQ(broker_.store().message_count(), bodies) << "step " << step;
    ASSERT_EQ(broker_.store().held_count(), held) << "step " << step;
  }

  std::mt19937 random_;
  TestBroker broker_;
  std::vector<Model> messages_;
  std::set<AgencyId> suspended_;
};

TEST(HeldPropertyTest, EveryOrderOfEventsEndsWhereTheModelDoes) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Night(seed).Run(60);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace havenline
