#include "deploy/havenline/bench_sender.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "agents/daemon/daemon.h"
#include "agents/link/session.h"
#include "deploy/havenline/bench_notice.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"

namespace havenline::bench {
namespace {

// As agents do it.
constexpr std::size_t kItemsPerFrame = 64;
constexpr std::size_t kBytesPerFrame = 256U << 10U;
constexpr Milliseconds kTurn{20};

class Sender final : private SessionOwner {
 public:
  Sender(const Load& load, std::size_t sender, BenchBoard& board)
      : load_(load), sender_(sender), board_(board), counts_(board.counts_of_sender(sender)) {}

  Result<void> Run(const LoadedPartnership& partnership) {
    RETURN_IF_FAULT(Seal(partnership));
    RETURN_IF_FAULT(Connect(partnership));
    while (board_.ended().Get() == 0) {
      session_->Turn(UntilDue(), "", *this);
      if (fault_) return tl::unexpected<Fault>(*fault_);
      if (session_->up() && !Advanced(Stage::kReady)) counts_.stage.Set(int_of(Stage::kReady));
      if (session_->up() && board_.began().Get() != 0) Send();
      if (Finished()) counts_.stage.Set(int_of(Stage::kSent));
    }
    return {};
  }

 private:
  static int int_of(Stage stage) { return static_cast<int>(stage); }

  bool Advanced(Stage stage) const { return counts_.stage.Get() >= int_of(stage); }

  Result<void> Seal(const LoadedPartnership& partnership) {
    ASSIGN_OR_RETURN(NoticeMaker maker,
                     NoticeMaker::Make(partnership, sender_, load_.kind, random_));
    for (std::size_t i = 0; i < load_.messages; ++i) {
      ASSIGN_OR_RETURN(Bytes message, maker.Next());
      counts_.sealed.Add(1);
      counts_.sealed_bytes.Add(static_cast<std::int64_t>(message.size()));
      messages_.push_back(std::move(message));
    }
    return {};
  }

  Result<void> Connect(const LoadedPartnership& partnership) {
    const HostLink& link = partnership.senders.at(sender_);
    ASSIGN_OR_RETURN(session_, Session::Open({link.dealer,
                                              PartnershipId(kPartnership),
                                              {link.parties.front().agency},
                                              std::string("havenline-bench ") + kVersion},
                                             clock_, random_));
    return {};
  }

  bool TimeIsUp() const {
    return NanosecondsNow() - board_.began().Get() > load_.seconds * 1'000'000'000;
  }
  // Of the monotonic clock; with a rate only.
  std::int64_t DueAt(std::size_t message) const {
    return board_.began().Get() + load_.from.count() +
           static_cast<std::int64_t>(message) * std::nano::den / load_.rate;
  }
  Milliseconds UntilDue() const {
    if (load_.rate == 0 || board_.began().Get() == 0 || next_ == messages_.size()) return kTurn;
    const std::chrono::nanoseconds until(DueAt(next_) - NanosecondsNow());
    return std::clamp(std::chrono::ceil<Milliseconds>(until), Milliseconds(0), kTurn);
  }
  bool MayBegin() const {
    if (next_ == messages_.size()) return false;
    return load_.rate == 0 ? !TimeIsUp() : NanosecondsNow() >= DueAt(next_);
  }
  bool AllBegun() const { return next_ == messages_.size() || (load_.rate == 0 && TimeIsUp()); }
  bool Finished() const {
    return Advanced(Stage::kReady) && board_.began().Get() != 0 && in_flight_ == 0 &&
           again_.empty() && AllBegun();
  }

  void Send() {
    while (true) {
      Submit submit;
      std::size_t bytes = 0;
      while (submit.items.size() < kItemsPerFrame && bytes < kBytesPerFrame) {
        const auto message = Next(submit.items.size());
        if (!message) break;
        submit.items.push_back({Reference(*message + 1), messages_.at(*message)});
        bytes += messages_.at(*message).size();
      }
      if (submit.items.empty()) return;
      in_flight_ += submit.items.size();
      session_->CountSent(submit.items.size());
      const std::int64_t now = NanosecondsNow();
      for (const Item& item : submit.items) {
        const std::size_t message = item.reference.value() - 1;
        Gauge& sent = board_.times_of(sender_, message).sent;
        // One that is offered again began when it first was.
        if (sent.Get() == 0) sent.Set(load_.rate == 0 ? now : DueAt(message));
      }
      session_->Send(std::move(submit));
      if (!session_->up()) return;
    }
  }

  std::optional<std::size_t> Next(std::size_t beside) {
    if (in_flight_ + beside >= load_.window || session_->items_free() <= beside)
      return std::nullopt;
    if (!again_.empty() && NanosecondsNow() >= again_from_) {
      const std::size_t message = again_.front();
      again_.pop_front();
      return message;
    }
    return MayBegin() ? std::optional(next_++) : std::nullopt;
  }

  void Up(const Welcome& welcome) override {
    counts_.sessions.Add(1);
    if (welcome.recovery) fault_ = {FaultCode::kUnavailable, "the broker is in recovery mode"};
  }
  // What was not answered is offered again in the next session, as agents do.
  void Down() override {
    in_flight_ = 0;
    for (std::size_t i = 0; i < next_; ++i) {
      if (board_.times_of(sender_, i).accepted.Get() == 0) again_.push_back(i);
    }
  }
  void Refused(Code code) override {
    if (code == Code::kKeyUnknown)
      fault_ = {FaultCode::kUnavailable, "the broker does not know the sender's key"};
  }
  void Received(Frame frame) override {
    if (const auto* answers = std::get_if<AnswerFrame>(&frame.body)) {
      const std::int64_t now = NanosecondsNow();
      for (const AnswerItem& item : answers->items) OnAnswer(item, now);
    } else if (const auto* receipts = std::get_if<ReceiptFrame>(&frame.body)) {
      OnReceipts(*receipts);
    }
  }

  void OnAnswer(const AnswerItem& item, std::int64_t now) {
    const std::size_t message = item.reference.value() - 1;
    if (message >= messages_.size() || in_flight_ == 0) return;
    --in_flight_;
    if (const auto* deferred = std::get_if<Deferred>(&item.answer)) {
      counts_.deferred.Add(1);
      again_.push_back(message);
      again_from_ = now + std::chrono::nanoseconds(deferred->retry_after).count();
    } else if (std::holds_alternative<Accepted>(item.answer)) {
      counts_.accepted.Add(1);
      counts_.last_accepted_at.Set(now);
      board_.times_of(sender_, message).accepted.Set(now);
    } else {
      const auto* refused = std::get_if<havenline::Refused>(&item.answer);
      (refused != nullptr ? counts_.refused : counts_.invalid).Add(1);
      const Code code = refused != nullptr ? refused->code : std::get<Invalid>(item.answer).code;
      fault_ = {FaultCode::kInvalid,
                "the broker did not take a message: " + std::string(NameOf(code))};
    }
  }

  // They leave the mailbox once they are answered.
  void OnReceipts(const ReceiptFrame& frame) {
    Receipted answer;
    for (const ReceiptItem& item : frame.items)
      answer.items.push_back({item.reference, Accepted{}});
    session_->Send(std::move(answer));
    counts_.returned.Add(static_cast<std::int64_t>(frame.items.size()));
    counts_.last_returned_at.Set(NanosecondsNow());
  }

  const Load& load_;
  const std::size_t sender_;
  BenchBoard& board_;
  ProcessCounts& counts_;
  SystemClock clock_;
  seal::SystemRandom random_;
  std::vector<Bytes> messages_;
  std::unique_ptr<Session> session_;
  std::size_t next_ = 0;
  std::size_t in_flight_ = 0;
  std::deque<std::size_t> again_;  // Deferred, or lost with a session.
  std::int64_t again_from_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace

Result<void> RunSender(const LoadedPartnership& partnership, std::size_t sender, const Load& load,
                       BenchBoard& board) {
  return Sender(load, sender, board).Run(partnership);
}

}  // namespace havenline::bench
