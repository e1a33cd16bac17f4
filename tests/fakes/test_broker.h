// A broker's commit thread without its threads: the test partnership, a founded log on the store in
// memory, and one call for one batch.

#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "broker/commit/committer.h"
#include "tests/fakes/counted_random.h"
#include "tests/fakes/fake_store.h"
#include "tests/fakes/partnership.h"
#include "tests/fakes/signed_items.h"

namespace havenline {

class TestBroker {
 public:
  // What is handed to links, if a test has that; must outlive the broker.
  explicit TestBroker(Outflow* outflow = nullptr);

  const TestPartnership& partnership() const { return partnership_; }
  TestPartnership& partnership() { return partnership_; }
  FakeStore& store() { return *store_; }
  Committer& committer() { return *committer_; }
  seal::RandomSource& random() { return random_; }
  TimePoint now() const { return now_; }
  void Wait(Milliseconds time) {
    now_ += time;
    monotonic_ += time;
  }
  TimerWaits::Time monotonic() const { return monotonic_; }

  // The process ends and starts again on what the store kept.
  void Restart();
  Result<void> TryRestart();

  // A notice of the police to these schools, sealed now.
  Composed Notice(const std::vector<AgencyId>& schools = {kSchoolA});
  Composed Notice(const SealingView& view, const std::vector<AgencyId>& schools);

  // What verify would hand over, each from the host of whoever made it, with a reference of its
  // own.
  CommitItem Submission(const Composed& composed);
  CommitItem Item(const SignedReceipt& receipt);
  CommitItem Item(const SignedVoid& value);
  CommitItem Item(const SignedStatement& statement);
  CommitItem Item(const SignedLook& look);
  CommitItem Document(DocumentKind kind, std::string note);

  // One batch of these, in order.
  Result<Committed> TryCommit(std::vector<CommitItem> items);
  Committed Commit(std::vector<CommitItem> items);
  // The answer to the only item of a batch.
  Answer Offer(CommitItem item);
  Answer Offer(const Composed& composed) { return Offer(Submission(composed)); }
  // The same, where the receipt is for this grant.
  SignedReceipt Receipt(const Composed& composed, std::size_t grant, ReceiptKind kind);
  // One look at what is due, in a batch of its own; and one after every host that was asked has
  // said that its receipts are drained.
  Committed Look();
  Committed Fire();

  // Puts the next version of a document in force, its text edited by `edit`.
  using Edit = std::function<std::string(std::string)>;
  Answer PublishPolicy(const Edit& edit);
  Answer PublishDirectory(const Edit& edit);
  // Lifting takes what waited away first, as the commit loop would have by then.
  Answer Suspend(const AgencyId& agency, std::uint64_t number = 1, bool lifted = false);

 private:
  Route RouteOf(const AgencyId& agency);
  KeyLookup Keys() const;

  TestPartnership partnership_;
  CountedRandom random_{42};
  std::unique_ptr<FakeStore> store_ = std::make_unique<FakeStore>();
  std::unique_ptr<Committer> committer_;
  TimePoint now_ = kNight;
  TimerWaits::Time monotonic_{std::chrono::hours(1)};
  Outflow* outflow_;
  std::uint64_t last_reference_ = 0;
};

// A batch that holds nothing but entries of items that were turned away as invalid.
bool HoldsOnlyInvalid(const CommitBatch& batch);

// The code of a "no"; nothing of an acceptance.
std::optional<Code> CodeOf(const Answer& answer);
inline bool IsAccepted(const Answer& answer) { return std::holds_alternative<Accepted>(answer); }

}  // namespace havenline
