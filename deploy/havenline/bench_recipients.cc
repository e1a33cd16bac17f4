#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agents/daemon/daemon.h"
#include "agents/link/session.h"
#include "deploy/havenline/bench_notice.h"
#include "deploy/havenline/bench_sender.h"
#include "deploy/havenline/tool.h"
#include "schema/base/thread.h"
#include "schema/model/names.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"

namespace havenline::bench {
namespace {

constexpr Milliseconds kTurn{20};
// What comes wakes it at once; so many threads need not look at the board more often.
constexpr Milliseconds kCrowdTurn{1'000};

// One host, on one link.
class Recipients final : private SessionOwner {
 public:
  // `first_slot`: where on the board the times of its first agency's deliveries stand.
  Recipients(const HostLink& link, std::size_t first_slot, ProcessCounts& counts, BenchBoard& board)
      : link_(link), first_slot_(first_slot), counts_(counts), board_(board) {}

  Result<void> Run(bool away, Milliseconds turn, const std::shared_ptr<DealerThread>& thread) {
    RETURN_IF_FAULT(Connect(away, thread));
    bool anew = false;
    while (board_.ended().Get() == 0) {
      session_->Turn(turn, "", *this);
      if (board_.storm().Get() != 0 && !std::exchange(anew, true)) {
        session_.reset();
        RETURN_IF_FAULT(Connect(away, thread));
      }
      if (counts_.deaf.Get() == 0) TakeWithheld();
      if (fault_) return tl::unexpected<Fault>(*fault_);
    }
    return {};
  }

 private:
  Result<void> Connect(bool away, std::shared_ptr<DealerThread> thread) {
    DealerOptions dealer = link_.dealer;
    dealer.thread = std::move(thread);
    std::vector<AgencyId> agencies;
    for (const Party& party : link_.parties) {
      if (!away) agencies.push_back(party.agency);
      receipt_keys_.push_back(
          seal::KeyIdOf(seal::NameOf(seal::Purpose::kReceipt), party.key.public_key()));
    }
    ASSIGN_OR_RETURN(session_, Session::Open({std::move(dealer), PartnershipId(kPartnership),
                                              agencies, std::string("havenline-bench ") + kVersion},
                                             clock_, random_));
    return {};
  }

  void Up(const Welcome&) override {
    counts_.sessions.Add(1);
    StatementFrame frame;
    for (const Bytes& statement : link_.statements)
      frame.items.push_back({Reference(++last_reference_), statement});
    unstated_ = frame.items.size();
    session_->Send(std::move(frame));
  }
  void Down() override { withheld_.clear(); }  // It comes again in the next session.
  void Refused(Code code) override {
    if (code == Code::kKeyUnknown)
      fault_ = {FaultCode::kUnavailable, "the broker does not know a recipient's key"};
  }
  void Received(Frame frame) override {
    if (const auto* deliver = std::get_if<Deliver>(&frame.body)) {
      if (counts_.deaf.Get() != 0) {
        withheld_.push_back(*deliver);
      } else {
        OnDeliver(*deliver);
      }
    } else if (const auto* answers = std::get_if<AnswerFrame>(&frame.body)) {
      OnStated(*answers);
    } else if (const auto* receipted = std::get_if<Receipted>(&frame.body)) {
      OnReceipted(*receipted);
    }
  }

  void OnStated(const AnswerFrame& frame) {
    for (const AnswerItem& item : frame.items) {
      if (!std::holds_alternative<Accepted>(item.answer)) {
        fault_ = {FaultCode::kInvalid, "the broker did not take a recipient's keys"};
      } else if (unstated_ > 0) {
        --unstated_;
      }
    }
    if (unstated_ == 0) counts_.stage.Set(static_cast<int>(Stage::kReady));
  }

  void TakeWithheld() {
    for (const Deliver& frame : std::exchange(withheld_, {})) OnDeliver(frame);
  }

  // All of a frame under one signature an agency, as agents sign them.
  void OnDeliver(const Deliver& frame) {
    std::map<std::size_t, std::vector<Receipt>> receipts;
    for (const DeliverItem& item : frame.items) TakeOne(item, receipts);
    ReceiptFrame answer;
    for (auto& [party, drafts] : receipts) Sign(party, std::move(drafts), answer);
    if (!answer.items.empty() && session_->up()) session_->Send(std::move(answer));
  }

  void TakeOne(const DeliverItem& item, std::map<std::size_t, std::vector<Receipt>>& receipts) {
    const auto delivery = wire::ParseDelivery(item.bytes);
    const auto place = delivery ? PlaceOf(delivery->header.id) : std::nullopt;
    const auto party = std::ranges::find(link_.parties, item.agency, &Party::agency);
    if (!place || place->message >= board_.messages_each() || party == link_.parties.end()) {
      fault_ = {FaultCode::kCorrupt, "the broker delivered what was never sent"};
      return;
    }
    const auto at = static_cast<std::size_t>(party - link_.parties.begin());
    Gauge& delivered =
        board_.times_of(place->sender, place->message).delivered.at(first_slot_ + at);
    const std::int64_t now = NanosecondsNow();
    if (delivered.Get() == 0) {
      delivered.Set(now);
      counts_.delivered.Add(1);
      counts_.delivered_bytes.Add(static_cast<std::int64_t>(item.bytes.size()));
      counts_.last_delivered_at.Set(now);
    } else {
      counts_.delivered_again.Add(1);
    }
    const Header& header = delivery->header;
    receipts[at].push_back({.partnership = PartnershipId(kPartnership),
                            .recipient = item.agency,
                            .role = delivery->grant.clear.role,
                            .sender = header.sender,
                            .origin = header.origin,
                            .message = header.id,
                            .grant = seal::GrantDigest(delivery->grant),
                            .kind = ReceiptKind::kStored,
                            .time = clock_.Now(),
                            .person = std::nullopt,
                            .previous = {},
                            .key = receipt_keys_.at(at)});
  }

  void Sign(std::size_t party, std::vector<Receipt> drafts, ReceiptFrame& answer) {
    std::vector<Bytes> texts;
    for (Receipt& draft : drafts) {
      Digest& last = last_[{party, draft.sender}];
      draft.previous = last;
      texts.push_back(wire::EncodeReceipt(draft));
      last = seal::Sha256(texts.back());
    }
    const auto signatures =
        tlog::SignTogether(link_.parties.at(party).key, seal::Purpose::kReceipt, texts);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      answer.items.push_back(
          {Reference(++last_reference_),
           wire::EncodeSignedReceipt({texts[i], std::move(drafts[i]), signatures[i]}),
           {}});
    }
  }

  void OnReceipted(const Receipted& frame) {
    for (const AnswerItem& item : frame.items) {
      const bool taken = std::holds_alternative<Accepted>(item.answer);
      (taken ? counts_.receipted : counts_.receipts_refused).Add(1);
    }
    counts_.last_receipted_at.Set(NanosecondsNow());
  }

  const HostLink& link_;
  const std::size_t first_slot_;
  ProcessCounts& counts_;
  BenchBoard& board_;
  SystemClock clock_;
  seal::SystemRandom random_;
  std::unique_ptr<Session> session_;
  std::vector<KeyId> receipt_keys_;
  std::map<std::pair<std::size_t, AgencyId>, Digest> last_;  // Of each party's chain to a sender.
  std::uint64_t last_reference_ = 0;
  std::size_t unstated_ = 0;
  std::vector<Deliver> withheld_;  // While it is deaf.
  std::optional<Fault> fault_;
};

}  // namespace

Result<void> RunRecipients(const LoadedPartnership& partnership, std::size_t host, bool away,
                           BenchBoard& board) {
  // Recipients are numbered through all hosts, in their order.
  std::size_t first_slot = 0;
  for (std::size_t i = 0; i < host; ++i) first_slot += partnership.recipients.at(i).parties.size();
  return Recipients(partnership.recipients.at(host), first_slot, board.counts_of_host(host), board)
      .Run(away, kTurn, nullptr);
}

Result<void> RunCrowd(const LoadedPartnership& partnership, std::size_t first, std::size_t count,
                      BenchBoard& board) {
  const auto shared = std::make_shared<DealerThread>(count);
  std::vector<Thread> threads;
  for (std::size_t i = first; i < first + count; ++i) {
    threads.emplace_back("bench-link", [&, i] {
      const auto done = Recipients(partnership.recipients.at(i), 0, board.counts_of_host(i), board)
                            .Run(false, kCrowdTurn, shared);
      if (done) return;
      // The whole process goes, or one host would be missed in silence.
      tool::Tell(done.error().detail);
      ::_exit(1);
    });
  }
  return {};
}

}  // namespace havenline::bench
