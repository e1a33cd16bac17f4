#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agents/daemon/daemon.h"
#include "agents/link/session.h"
#include "deploy/havenline/bench_notice.h"
#include "deploy/havenline/bench_sender.h"
#include "schema/model/names.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"

namespace havenline::bench {
namespace {

constexpr Milliseconds kTurn{20};

class Recipients final : private SessionOwner {
 public:
  Recipients(const LoadedPartnership& partnership, std::size_t host, BenchBoard& board)
      : link_(partnership.recipients.at(host)),
        board_(board),
        counts_(board.counts_of(kSendersMax + host)) {
    // Recipients are numbered through all hosts, in their order.
    for (std::size_t i = 0; i < host; ++i)
      first_recipient_ += partnership.recipients.at(i).parties.size();
  }

  Result<void> Run(bool away) {
    RETURN_IF_FAULT(Connect(away));
    while (board_.ended().Get() == 0) {
      session_->Turn(kTurn, "", *this);
      if (fault_) return tl::unexpected<Fault>(*fault_);
    }
    return {};
  }

 private:
  Result<void> Connect(bool away) {
    std::vector<AgencyId> agencies;
    for (const Party& party : link_.parties) {
      if (!away) agencies.push_back(party.agency);
      receipt_keys_.push_back(
          seal::KeyIdOf(seal::NameOf(seal::Purpose::kReceipt), party.key.public_key()));
    }
    ASSIGN_OR_RETURN(session_, Session::Open({link_.dealer, PartnershipId(kPartnership), agencies,
                                              std::string("havenline-bench ") + kVersion},
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
  void Down() override {}
  void Refused(Code code) override {
    if (code == Code::kKeyUnknown)
      fault_ = {FaultCode::kUnavailable, "the broker does not know a recipient's key"};
  }
  void Received(Frame frame) override {
    if (const auto* deliver = std::get_if<Deliver>(&frame.body)) {
      OnDeliver(*deliver);
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
        board_.times_of(place->sender, place->message).delivered.at(first_recipient_ + at);
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
  BenchBoard& board_;
  ProcessCounts& counts_;
  std::size_t first_recipient_ = 0;
  SystemClock clock_;
  seal::SystemRandom random_;
  std::unique_ptr<Session> session_;
  std::vector<KeyId> receipt_keys_;
  std::map<std::pair<std::size_t, AgencyId>, Digest> last_;  // Of each party's chain to a sender.
  std::uint64_t last_reference_ = 0;
  std::size_t unstated_ = 0;
  std::optional<Fault> fault_;
};

}  // namespace

Result<void> RunRecipients(const LoadedPartnership& partnership, std::size_t host, bool away,
                           BenchBoard& board) {
  return Recipients(partnership, host, board).Run(away);
}

}  // namespace havenline::bench
