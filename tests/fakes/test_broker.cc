#include "tests/fakes/test_broker.h"

#include <algorithm>

#include "schema/base/check.h"
#include "schema/wire/statement_codec.h"
#include "schema/wire/word_codec.h"

namespace havenline {
namespace {

template <class T>
T Must(Result<T> result) {
  if (!result) std::fprintf(stderr, "test broker: %s\n", result.error().detail.c_str());
  CHECK(result.has_value());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

template <class T>
T MustBe(std::variant<T, Invalid> verified) {
  if (const auto* invalid = std::get_if<Invalid>(&verified))
    std::fprintf(stderr, "test broker: code %d\n", static_cast<int>(invalid->code));
  CHECK(std::holds_alternative<T>(verified));
  return std::get<T>(std::move(verified));
}

}  // namespace

TestBroker::TestBroker(Outflow* outflow) : outflow_(outflow) {
  Must(TryRestart());
  Must(committer_->Found(partnership_.OpeningNote(),
                         partnership_.Sign(partnership_.DirectoryText()),
                         partnership_.Sign(partnership_.PolicyText())));
  for (const AgencyId& agency : {kPolice, kSchoolA, kSchoolB, kSchoolC, kCouncil})
    CHECK(IsAccepted(Offer(Item(partnership_.StatementOf(agency)))));
}

void TestBroker::Restart() { Must(TryRestart()); }

Result<void> TestBroker::TryRestart() {
  committer_.reset();
  store_ = store_->Reopened();
  committer_ =
      std::make_unique<Committer>(*store_, random_,
                                  CommitterOptions{.partnership = kTestPartnership,
                                                   .parse_statement = wire::ParseSignedStatement,
                                                   .encode_word = wire::EncodeWord,
                                                   .outflow = outflow_});
  return committer_->Recover();
}

Composed TestBroker::Notice(const std::vector<AgencyId>& schools) {
  return Notice(SealingView{}, schools);
}

Composed TestBroker::Notice(const SealingView& view, const std::vector<AgencyId>& schools) {
  std::vector<Recipient> recipients;
  for (const AgencyId& school : schools) recipients.push_back({school, kSchoolRole});
  return partnership_.Compose(view, partnership_.MakeContent(partnership_.NoticeContent()),
                              recipients, random_, now_);
}

Route TestBroker::RouteOf(const AgencyId& agency) {
  const Agency* const known = committer_->standing().directory->Find(agency);
  const HostId host = known != nullptr ? known->host : TestPartnership::HostOf(agency);
  return {.link = LinkId(1),
          .session = SessionId(),
          .host = host,
          .reference = Reference(++last_reference_)};
}

KeyLookup TestBroker::Keys() const {
  return [directory = committer_->standing().directory](
             const AgencyId& agency, seal::Purpose purpose,
             const KeyId& id) -> std::optional<seal::VerifyKey> {
    const AgencyKey* const key = directory->FindKey(agency, purpose, id);
    if (key == nullptr) return std::nullopt;
    return key->key;
  };
}

CommitItem TestBroker::Submission(const Composed& composed) {
  return {
      RouteOf(composed.envelope.header.sender),
      SubmissionWork{MustBe(VerifiedEnvelope::Verify(composed.envelope, kTestPartnership, Keys())),
                     composed.bytes}};
}

CommitItem TestBroker::Item(const SignedReceipt& receipt) {
  return {RouteOf(receipt.receipt.recipient),
          ReceiptWork{MustBe(VerifySigned(receipt, kTestPartnership, Keys())),
                      wire::EncodeSignedReceipt(receipt)}};
}

CommitItem TestBroker::Item(const SignedVoid& value) {
  return {RouteOf(value.value.sender),
          VoidWork{MustBe(VerifySigned(value, kTestPartnership, Keys())),
                   wire::EncodeSignedVoid(value)}};
}

CommitItem TestBroker::Item(const SignedStatement& statement) {
  return {RouteOf(statement.statement.agency),
          StatementWork{MustBe(VerifySigned(statement, kTestPartnership, Keys())),
                        wire::EncodeSignedStatement(statement)}};
}

CommitItem TestBroker::Item(const SignedLook& look) {
  return {RouteOf(look.look.agency), LookWork{MustBe(VerifySigned(look, kTestPartnership, Keys())),
                                              wire::EncodeSignedLook(look)}};
}

CommitItem TestBroker::Document(DocumentKind kind, std::string note) {
  return {RouteOf(kCouncil), DocumentWork{kind, std::move(note)}};
}

Result<Committed> TestBroker::TryCommit(std::vector<CommitItem> items) {
  for (CommitItem& item : items) committer_->Take(std::move(item), now_);
  return committer_->Commit();
}

Committed TestBroker::Commit(std::vector<CommitItem> items) {
  return Must(TryCommit(std::move(items)));
}

Answer TestBroker::Offer(CommitItem item) {
  std::vector<CommitItem> one;
  one.push_back(std::move(item));
  Committed committed = Commit(std::move(one));
  CHECK(committed.answers.size() == 1);
  return committed.answers.front().answer;
}

SignedReceipt TestBroker::Receipt(const Composed& composed, std::size_t grant, ReceiptKind kind) {
  return SignReceipt(partnership_, DraftReceipt(composed.envelope, grant, kind, now_));
}

Committed TestBroker::Look() {
  committer_->FireTimers(now_, monotonic_);
  return Must(committer_->Commit());
}

Committed TestBroker::Fire() {
  const auto look = [&] {
    Committed looked = Look();
    for (const TimerWaits::Question& question : looked.questions)
      committer_->HostDrained(question.host, question.number);
    return looked;
  };
  const Committed asked = look();
  Committed fired = look();
  fired.overdue.insert(fired.overdue.begin(), asked.overdue.begin(), asked.overdue.end());
  fired.released += asked.released;
  return fired;
}

Answer TestBroker::PublishPolicy(const Edit& edit) {
  const DocumentVersion in_force = committer_->standing().policy->version();
  return Offer(Document(DocumentKind::kPolicy, partnership_.Sign(edit(partnership_.PolicyText(
                                                   in_force.version + 1, in_force.hash)))));
}

Answer TestBroker::PublishDirectory(const Edit& edit) {
  const DocumentVersion in_force = committer_->standing().directory->version();
  return Offer(Document(DocumentKind::kDirectory, partnership_.Sign(edit(partnership_.DirectoryText(
                                                      in_force.version + 1, in_force.hash)))));
}

Answer TestBroker::Suspend(const AgencyId& agency, std::uint64_t number, bool lifted) {
  while (lifted && committer_->sweeping()) {
    committer_->Sweep(now_);
    Must(committer_->Commit());
  }
  return Offer(
      Document(DocumentKind::kSuspension, partnership_.SuspensionNote(agency, number, lifted)));
}

bool HoldsOnlyInvalid(const CommitBatch& batch) {
  const bool invalid = std::ranges::all_of(batch.entries, [](const Entry& entry) {
    return std::ranges::all_of(entry.parts, [](const Part& part) {
      return AsText(part.json).find("\"kind\":\"invalid\"") != std::string_view::npos;
    });
  });
  return invalid && batch.outcomes.empty() && batch.grants.empty() && batch.messages.empty() &&
         batch.undelivered.empty() && batch.mailbox_rows.empty() && batch.mailbox_removed.empty() &&
         batch.answered.empty() && batch.timers.empty() && batch.timers_removed.empty() &&
         batch.documents.empty() && batch.notices.empty();
}

std::optional<Code> CodeOf(const Answer& answer) {
  if (const auto* refused = std::get_if<Refused>(&answer)) return refused->code;
  if (const auto* deferred = std::get_if<Deferred>(&answer)) return deferred->code;
  if (const auto* invalid = std::get_if<Invalid>(&answer)) return invalid->code;
  return std::nullopt;
}

}  // namespace havenline
