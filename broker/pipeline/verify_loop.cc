#include "broker/pipeline/verify_loop.h"

#include "schema/model/limits.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

constexpr Milliseconds kRetryLater{60'000};

KeyLookup LookIn(const Directory& directory) {
  return [&directory](const AgencyId& agency, seal::Purpose purpose,
                      const KeyId& id) -> std::optional<seal::VerifyKey> {
    const AgencyKey* const key = directory.FindKey(agency, purpose, id);
    if (key == nullptr) return std::nullopt;
    return key->key;
  };
}

RejectedWork Reject(Code code) { return {Invalid{code}}; }

using Work = decltype(CommitItem::work);

// What an item is held against.
struct Known {
  const PartnershipId& partnership;
  const KeyLookup& keys;
  tlog::SignatureMemory& memory;
};

// Parses, verifies, and makes the work of a signed item.
template <class MakeWork, class Parsed>
Work VerifySignedItem(Parsed parsed, Bytes& bytes, const Known& known) {
  if (!parsed) return Reject(Code::kMalformed);
  auto verified = VerifySigned(*std::move(parsed), known.partnership, known.keys, known.memory);
  if (const auto* invalid = std::get_if<Invalid>(&verified)) return RejectedWork{*invalid};
  return MakeWork{std::get<0>(std::move(verified)), std::move(bytes)};
}

Work VerifyWork(VerifyJob& job, const Known& known) {
  switch (job.kind) {
    case JobKind::kSubmit: {
      auto envelope = wire::ParseEnvelope(job.bytes);
      if (!envelope) return Reject(Code::kMalformed);
      auto verified = VerifiedEnvelope::Verify(*std::move(envelope), known.partnership, known.keys,
                                               known.memory);
      if (const auto* invalid = std::get_if<Invalid>(&verified)) return RejectedWork{*invalid};
      return SubmissionWork{std::get<VerifiedEnvelope>(std::move(verified)), std::move(job.bytes)};
    }
    case JobKind::kReceipt:
      return VerifySignedItem<ReceiptWork>(wire::ParseSignedReceipt(job.bytes), job.bytes, known);
    case JobKind::kVoid:
      return VerifySignedItem<VoidWork>(wire::ParseSignedVoid(job.bytes), job.bytes, known);
    case JobKind::kStatement:
      return VerifySignedItem<StatementWork>(wire::ParseSignedStatement(job.bytes), job.bytes,
                                             known);
    case JobKind::kLook:
      return VerifySignedItem<LookWork>(wire::ParseSignedLook(job.bytes), job.bytes, known);
    case JobKind::kRecall:
      return RejectedWork{Deferred{Code::kUnsupported, kRetryLater}};
    case JobKind::kDocument:
      return DocumentWork{job.document, ToText(job.bytes)};
    case JobKind::kReconciled:
      return ReconciledWork{job.reconciled.epoch, std::move(job.reconciled.agencies)};
  }
  return Reject(Code::kMalformed);
}

}  // namespace

CommitItem VerifyItem(VerifyJob job, const PartnershipId& partnership, const Directory& directory,
                      tlog::SignatureMemory& memory) {
  const KeyLookup keys = LookIn(directory);
  return {job.route, VerifyWork(job, {partnership, keys, memory})};
}

void VerifyLoop(Channel<VerifyJob>& jobs, Channel<CommitEvent>& out,
                const PartnershipId& partnership, const DirectoryHolder& directory) {
  tlog::SignatureMemory memory;
  while (auto job = jobs.Pop()) {
    const Ticket ticket = job->ticket;
    const Tokens tokens = job->tokens;
    const auto snapshot = directory.Get();
    out.Push(Judged{ticket, VerifyItem(*std::move(job), partnership, *snapshot, memory), tokens});
  }
}

}  // namespace havenline
