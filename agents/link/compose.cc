#include "agents/link/compose.h"

#include <algorithm>
#include <array>
#include <set>

#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/seal/hpke.h"
#include "schema/seal/section.h"
#include "schema/tlog/signed_tree.h"
#include "schema/wire/envelope_codec.h"

namespace havenline {
namespace {

// Header, grants, openings and signature of the largest envelope, about.
constexpr std::size_t kRoomBesidesSections = 64U << 10U;

// One recipient and what policy gives it.
struct Planned {
  Recipient recipient;
  const policy::Cell* cell = nullptr;
  StatementBook::Recipient key;
  const policy::HeldShare* held = nullptr;  // Whose cell it is, if it is told so alone.
};

class Composer {
 public:
  Composer(const ComposeRequest& request, const SenderView& view, const ComposeTools& tools,
           const policy::Exchange& exchange)
      : request_(request), view_(view), tools_(tools), exchange_(exchange) {}

  Result<Composed> Run() {
    RETURN_IF_FAULT(OpenClaims());
    RETURN_IF_FAULT(Plan());
    if (planned_.empty()) return std::move(composed_);
    MakeHeader();
    RETURN_IF_FAULT(SealSections());
    // Before grants, which use up numbers.
    RETURN_IF_FAULT(CheckSize());
    RETURN_IF_FAULT(SealGrants());
    NameLeftOutRoles();
    Sign();
    composed_.bytes = wire::EncodeEnvelope(envelope());
    if (composed_.bytes.size() > limits::kMessageBytesMax) {
      return Fail(FaultCode::kInvalid, "the message is larger than the protocol allows");
    }
    return std::move(composed_);
  }

 private:
  Envelope& envelope() { return composed_.envelope; }
  Header& header() { return composed_.envelope.header; }

  // Planted, to see that broker and recipient refuse it: everything, whatever policy says.
  std::vector<std::string> OpeningsOf(const Planned& planned) const {
    return PlantedFault("compose-overshares") ? exchange_.sections
                                              : exchange_.NamesOf(planned.cell->sections);
  }

  Result<void> OpenClaims() {
    for (const policy::Claim& claim : exchange_.claims) {
      const auto value = request_.content.claims.find(claim.name);
      if (value == request_.content.claims.end()) {
        return Fail(FaultCode::kInvalid,
                    "the content has no claim " + claim.name + ", which the policy reads");
      }
      // Planted, to see that recipients find it: policy is told another thing than is inside.
      const std::string& said = PlantedFault("claims-lie") ? claim.values.at(1) : value->second;
      envelope().claims.push_back({tools_.random.Array<32>(), claim.name, said});
    }
    return {};
  }

  Result<void> Plan() {
    for (const std::string& section : exchange_.sections) {
      if (!request_.content.sections.contains(section)) {
        return Fail(FaultCode::kInvalid,
                    "the content has no section " + section + ", which the policy names");
      }
    }
    for (const Recipient& recipient : request_.recipients) PlanOne(recipient);
    // A held grant names the digest of another: that one is sealed before it.
    std::ranges::stable_partition(planned_, [](const Planned& p) { return p.held == nullptr; });
    LeaveOutThoseThatWatchNobody();
    if (planned_.size() >= exchange_.slots) {
      return Fail(FaultCode::kInvalid, "more recipients than the exchange has slots");
    }
    return {};
  }

  void PlanOne(const Recipient& recipient) {
    const Agency* const agency = view_.directory.Find(recipient.agency);
    if (agency == nullptr || !agency->Holds(recipient.role)) {
      composed_.left_out.push_back({recipient, WhyNot::kUnknown, std::nullopt});
      return;
    }
    if (view_.suspensions.IsSuspended(recipient.agency)) {
      composed_.left_out.push_back({recipient, WhyNot::kSuspended, std::nullopt});
      return;
    }
    const policy::Cell& cell =
        view_.policy.Look({request_.content.exchange, request_.content.sender,
                           request_.content.role, recipient.role, envelope().claims, request_.now});
    const policy::HeldShare* const held = cell.sections == 0 ? cell.held.get() : nullptr;
    const bool watches_somebody =
        held != nullptr && std::ranges::any_of(request_.recipients, [&](const Recipient& other) {
          return other.role == held->watches;
        });
    if (cell.sections == 0 && !watches_somebody) {
      composed_.left_out.push_back({recipient, WhyNot::kPolicy, std::nullopt});
      return;
    }
    const auto key = view_.statements.RecipientOf(recipient.agency, recipient.role);
    if (!key) {
      composed_.left_out.push_back({recipient, WhyNot::kNoKey, std::nullopt});
      return;
    }
    planned_.push_back({recipient, held == nullptr ? &cell : &held->cell, *key, held});
  }

  // Those that are first asked may have no grant yet: the held ones go with a later sealing then.
  void LeaveOutThoseThatWatchNobody() {
    const auto watches_nobody = [&](const Planned& planned) {
      return planned.held != nullptr && std::ranges::none_of(planned_, [&](const Planned& other) {
               return other.held == nullptr && other.recipient.role == planned.held->watches;
             });
    };
    std::vector<Planned> kept;
    for (const Planned& planned : planned_) {
      if (watches_nobody(planned)) {
        const auto first =
            std::ranges::find(request_.recipients, planned.held->watches, &Recipient::role);
        composed_.left_out.push_back({planned.recipient, WhyNot::kFirstAsked,
                                      HeldBack{planned.held->kind, *first, TimePoint()}});
      } else {
        kept.push_back(planned);
      }
    }
    planned_ = std::move(kept);
  }

  void MakeHeader() {
    Header& h = header();
    h.suite = kSuite1;
    h.partnership = view_.directory.partnership();
    h.id = request_.id ? *request_.id : seal::NewMessageId(tools_.random, request_.now);
    CHECK(TimeOf(h.id) == request_.now);
    h.origin = request_.origin;
    h.exchange = request_.content.exchange;
    h.version = request_.content.version;
    h.sender = request_.content.sender;
    h.role = request_.content.role;
    h.key = seal::KeyIdOf(seal::NameOf(seal::Purpose::kEnvelope), tools_.key.public_key());
    h.created = request_.now;
    h.policy = view_.policy.version();
    h.directory = view_.directory.version();
    h.checkpoint = view_.checkpoint;
    const seal::Secret<32> thread(tools_.random.Array<32>());
    thread_secret_ = seal::Secret<32>(thread.ExposeSecret());
    h.thread_mark = seal::ThreadMark(thread_secret_.ExposeSecret(), h.id);
  }

  // Every section is sealed, in the exchange's order; those that nobody may open are not carried.
  Result<void> SealSections() {
    std::set<std::string> opened;
    for (const Planned& planned : planned_) {
      for (std::string& section : OpeningsOf(planned)) opened.insert(std::move(section));
    }
    const seal::MessageContext context = seal::ContextOf(header());
    for (const std::string& section : exchange_.sections) {
      const Bytes& content = request_.content.sections.at(section);
      const bool exclusions = section == seal::kExclusionsSection;
      if (content.size() > limits::kSectionBytesMax ||
          (exclusions && content.size() > limits::kExclusionsLongBytes / 2)) {
        return Fail(FaultCode::kInvalid,
                    "section " + section + " is larger than the protocol allows");
      }
      seal::SectionKey key(tools_.random.Array<32>());
      seal::SealedWithCommit sealed = seal::SealSection(context, section, key, content);
      // Planted, to see that the search for plaintext finds it: what was sealed is not.
      if (PlantedFault("leak-section")) std::ranges::copy(content, sealed.sealed.begin());
      const SectionOpening opening{tools_.random.Array<32>(), section,
                                   static_cast<std::uint32_t>(sealed.sealed.size()),
                                   seal::Sha256(sealed.sealed), sealed.commit};
      header().sections.push_back(seal::SectionDigest(opening));
      envelope().sections.push_back(opening);
      if (opened.contains(section))
        envelope().sealed.push_back({section, std::move(sealed.sealed)});
      section_keys_.emplace(section, std::move(key));
    }
    for (const ClaimOpening& claim : envelope().claims)
      header().claims.push_back(seal::ClaimDigest(claim));
    return {};
  }

  // What is too long is named by its sections, so that its writer knows what to shorten.
  Result<void> CheckSize() {
    std::size_t sum = kRoomBesidesSections;
    std::string longest;
    for (const SealedSection& each : envelope().sealed) {
      sum += each.sealed.size();
      if (each.sealed.size() > limits::kPaddingStep)
        longest += (longest.empty() ? "" : ", ") + each.name;
    }
    if (sum <= limits::kMessageBytesMax) return {};
    return Fail(FaultCode::kInvalid,
                "the message is larger than the protocol allows: " + std::to_string(sum >> 10U) +
                    " KiB when sealed, at most " + std::to_string(limits::kMessageBytesMax >> 10U) +
                    ". Shorten its longest sections or send two: " + longest);
  }

  Result<void> SealGrants() {
    const Digest core = seal::CoreOf(seal::ContextOf(header()));
    const Lane lane = exchange_.urgent ? Lane::kUrgent : Lane::kNormal;
    for (const Planned& planned : planned_) {
      Grant grant;
      ClearPart& clear = grant.clear;
      clear.recipient = planned.recipient.agency;
      clear.role = planned.recipient.role;
      clear.key = planned.key.id;
      clear.statement = planned.key.statement;
      clear.rule = planned.cell->rule;
      clear.openings = OpeningsOf(planned);
      const std::optional<HeldBack> held = SetCondition(planned, clear);
      SetDeadline(planned, clear);
      if (!held) clear.number = tools_.number(planned.recipient.agency, lane);
      clear.salt = tools_.random.Array<32>();
      grant.clear_bytes = wire::EncodeClearPart(clear);
      const seal::SecretBytes keys(GrantPlaintext(planned, clear.openings));
      auto sealed = seal::HpkeSeal(tools_.random, planned.key.key,
                                   seal::GrantInfo(core, grant.clear_bytes), keys.ExposeSecret());
      if (!sealed)
        return Fail(FaultCode::kInvalid,
                    "a recipient's key is of low order and cannot be sealed to");
      grant.enc = sealed->enc;
      grant.ciphertext = std::move(sealed->ciphertext);
      // Planted, to see what becomes of a grant that nobody can open.
      if (PlantedFault("grant-spoilt")) grant.ciphertext.front() ^= 1;
      const Digest digest = seal::GrantDigest(grant);
      header().grants.push_back(digest);
      composed_.granted.push_back(
          {planned.recipient, digest, clear.number, clear.acknowledge_by, clear.rule, held});
      envelope().grants.push_back(std::move(grant));
    }
    // Filled and sorted, so that neither their number nor their order says anything.
    while (header().grants.size() < exchange_.slots)
      header().grants.push_back(tools_.random.Array<32>());
    std::ranges::sort(header().grants);
    return {};
  }

  // Which of the grants sealed so far a held one watches.
  std::optional<HeldBack> SetCondition(const Planned& planned, ClearPart& clear) const {
    if (planned.held == nullptr) return std::nullopt;
    const bool timed = planned.held->kind == Condition::Kind::kUnacknowledged;
    const GrantedRecipient* watched = nullptr;
    std::optional<std::pair<bool, TimePoint>> best;
    for (const GrantedRecipient& granted : composed_.granted) {
      if (granted.held || granted.recipient.role != planned.held->watches) continue;
      const Asked* const asked = AskedOf(granted.recipient);
      const std::pair order{asked != nullptr && asked->answered, DueOf(granted)};
      if (best && *best <= order) continue;
      best = order;
      watched = &granted;
    }
    CHECK(watched != nullptr);
    HeldBack held{planned.held->kind, watched->recipient, timed ? best->second : TimePoint()};
    clear.condition = {held.kind, watched->grant, held.by};
    return held;
  }

  const Asked* AskedOf(const Recipient& recipient) const {
    const auto at = std::ranges::find(request_.asked, recipient, &Asked::recipient);
    return at == request_.asked.end() ? nullptr : &*at;
  }

  // By when whoever is told at once must have acknowledged.
  TimePoint DueOf(const GrantedRecipient& granted) const {
    // Policy gives whoever is watched a deadline; a calendar that cannot be read is no reason never
    // to tell anybody else.
    return granted.acknowledge_by.value_or(request_.now);
  }

  // The clock of who is told then runs from the release on. When an `unable` one is released nobody
  // knows yet: its recipient counts from then.
  void SetDeadline(const Planned& planned, ClearPart& clear) const {
    if (planned.cell->deadline == nullptr) return;
    const Asked* const asked = AskedOf(planned.recipient);
    if (asked != nullptr && asked->due) {
      clear.acknowledge_by = asked->due;
      return;
    }
    if (clear.condition.kind == Condition::Kind::kUnable) return;
    const bool held = clear.condition.kind == Condition::Kind::kUnacknowledged;
    clear.acknowledge_by = tools_.deadline(*planned.cell->deadline, planned.recipient.agency,
                                           held ? clear.condition.by : request_.now);
  }

  Bytes GrantPlaintext(const Planned& planned, const std::vector<std::string>& openings) {
    Bytes keys;
    keys.reserve(32 * (openings.size() + 1));  // No reallocation leaves a copy of a key behind.
    for (const std::string& section : openings)
      Append(keys, section_keys_.at(section).ExposeSecret());
    Append(keys, planned.cell->thread_party ? thread_secret_.ExposeSecret() : ByteArray<32>{});
    return keys;
  }

  // Roles that policy requires and nobody here holds, and those that a person decided not to tell:
  // only the broker is told.
  void NameLeftOutRoles() {
    for (const auto& [role, cell] :
         view_.policy.RowsFor({request_.content.exchange, request_.content.sender,
                               request_.content.role, envelope().claims, request_.now})) {
      const bool told = std::ranges::any_of(planned_, [&](const Planned& planned) {
        return planned.held == nullptr && planned.recipient.role == role;
      });
      const bool decided =
          cell->decision_required &&
          std::ranges::find(request_.decided_against, role) != request_.decided_against.end();
      if ((cell->required || decided) && !told)
        envelope().brokers_part.left_out.push_back({role, std::nullopt});
    }
    envelope().brokers_salt = tools_.random.Array<32>();
    envelope().brokers_bytes = wire::EncodeBrokersPart(envelope().brokers_part);
    header().brokers_part =
        seal::BrokersPartDigest(envelope().brokers_salt, envelope().brokers_bytes);
  }

  void Sign() {
    envelope().header_bytes = wire::EncodeHeader(header());
    envelope().signature = tlog::SignTogether(tools_.key, seal::Purpose::kEnvelope,
                                              std::array{envelope().header_bytes})
                               .front();
  }

  const ComposeRequest& request_;
  const SenderView& view_;
  const ComposeTools& tools_;
  const policy::Exchange& exchange_;
  Composed composed_;
  std::vector<Planned> planned_;
  std::map<std::string, seal::SectionKey> section_keys_;
  seal::Secret<32> thread_secret_;
};

}  // namespace

Result<Composed> Compose(const ComposeRequest& request, const SenderView& view,
                         const ComposeTools& tools) {
  const policy::Exchange* const exchange = view.policy.Find(request.content.exchange);
  if (exchange == nullptr || exchange->version != request.content.version) {
    return Fail(FaultCode::kInvalid,
                "the policy in force does not know this exchange in this version");
  }
  return Composer(request, view, tools, *exchange).Run();
}

}  // namespace havenline
