#include "agents/link/open.h"

#include <algorithm>

#include "agents/link/escalation.h"
#include "agents/link/word_check.h"
#include "schema/base/test_seam.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/seal/hpke.h"
#include "schema/seal/section.h"
#include "schema/tlog/signed_tree.h"

namespace havenline {
namespace {

using Complaint = std::optional<NotOpened>;

Complaint Unreadable(const char* detail) { return NotOpened{Unshown::kUnreadable, detail}; }

Complaint CheckHeader(const Delivery& delivery, const Directory& directory) {
  const Header& header = delivery.header;
  if (header.suite != kSuite1) return Unreadable("suite");
  if (header.partnership != directory.partnership()) return Unreadable("partnership");
  if (TimeOf(header.id) != header.created) return Unreadable("created");
  return std::nullopt;
}

// A key that was retired since signed in its time; a compromised one is shown, marked, by the
// broker's word.
Complaint CheckSignature(const Delivery& delivery, const Directory& directory) {
  const Header& header = delivery.header;
  const AgencyKey* const key =
      directory.FindKey(header.sender, seal::Purpose::kEnvelope, header.key);
  if (key == nullptr) return Unreadable("signing key");
  if (!tlog::VerifyOneOf(key->key, seal::Purpose::kEnvelope, delivery.header_bytes,
                         delivery.signature)) {
    return Unreadable("signature");
  }
  return std::nullopt;
}

// Every opening must be the one that the signed header stands for.
Complaint CheckOpenings(const Delivery& delivery) {
  const Header& header = delivery.header;
  for (const SectionOpening& opening : delivery.sections) {
    if (std::ranges::find(header.sections, seal::SectionDigest(opening)) == header.sections.end()) {
      return Unreadable("section digest");
    }
  }
  for (const ClaimOpening& claim : delivery.claims) {
    if (std::ranges::find(header.claims, seal::ClaimDigest(claim)) == header.claims.end()) {
      return Unreadable("claim digest");
    }
  }
  if (!std::ranges::binary_search(header.grants, seal::GrantDigest(delivery.grant)))
    return Unreadable("grant digest");
  return std::nullopt;
}

// A held grant is opened only with the broker's word that its condition came true: one that comes
// without was handed over too early by somebody.
Complaint CheckCondition(const Delivery& delivery, const Directory& directory) {
  const ClearPart& clear = delivery.grant.clear;
  const bool held = clear.condition.kind != Condition::Kind::kNone;
  if (held == clear.number.has_value()) return Unreadable("number");
  if (!held) return delivery.release.empty() ? std::nullopt : Unreadable("release");
  if (!ReleaseOf(delivery, directory)) return NotOpened{Unshown::kNotReleased, "release"};
  return std::nullopt;
}

// The claims as this recipient knows them. Those that no rule for it reads do not change what it is
// told at once: any value stands for them. They may decide whether the one first asked is told, and
// so whether this one may be told under a condition: whether there is a case in which it may.
class ClaimCases {
 public:
  // `claims`: each of the exchange's, in its order. `is_open`: those that stand for any value.
  ClaimCases(const policy::Exchange& exchange, std::vector<ClaimOpening> claims,
             std::vector<bool> is_open)
      : exchange_(exchange), claims_(std::move(claims)), is_open_(std::move(is_open)) {}

  template <class Holds>
  bool Any(const Holds& holds, std::size_t from = 0) {
    while (from < claims_.size() && !is_open_[from]) ++from;
    if (from == claims_.size()) return holds(claims_);
    return std::ranges::any_of(exchange_.claims[from].values, [&](const std::string& value) {
      claims_[from].value = value;
      return Any(holds, from + 1);
    });
  }

 private:
  const policy::Exchange& exchange_;
  std::vector<ClaimOpening> claims_;
  std::vector<bool> is_open_;
};

// The cell that allows what the grant opens, or null. A claim that a rule for this recipient reads
// must be there, or whoever left it out could choose the cell.
const policy::Cell* CellThatAllows(const Delivery& delivery, const policy::Policy& policy) {
  const Header& header = delivery.header;
  const ClearPart& clear = delivery.grant.clear;
  const policy::Exchange* const exchange = policy.Find(header.exchange);
  if (exchange == nullptr || exchange->version != header.version) return nullptr;
  const auto wanted = exchange->SetOf(clear.openings);
  if (!wanted) return nullptr;
  const auto read = policy.ClaimsRead(header.exchange, header.role, clear.role);
  std::vector<ClaimOpening> claims;
  std::vector<bool> is_open;
  for (const policy::Claim& claim : exchange->claims) {
    const auto opened = std::ranges::find(delivery.claims, claim.name, &ClaimOpening::name);
    const bool is_read = std::ranges::find(read, claim.name) != read.end();
    if (opened == delivery.claims.end() && is_read) return nullptr;
    claims.push_back(is_read ? *opened : ClaimOpening{{}, claim.name, claim.values.front()});
    is_open.push_back(!is_read);
  }
  const auto cell_of = [&](const std::vector<ClaimOpening>& of) -> const policy::Cell& {
    return policy.Look(
        {header.exchange, header.sender, header.role, clear.role, of, header.created});
  };
  const policy::Cell& at_once = cell_of(claims);
  if ((*wanted & ~at_once.sections) == 0) return &at_once;
  if (clear.condition.kind == Condition::Kind::kNone) return nullptr;
  const policy::Cell* found = nullptr;
  ClaimCases(*exchange, std::move(claims), std::move(is_open))
      .Any([&](const std::vector<ClaimOpening>& of) {
        const policy::HeldShare* const held = cell_of(of).held.get();
        const bool allows = held != nullptr && held->kind == clear.condition.kind &&
                            (*wanted & ~held->cell.sections) == 0;
        if (allows) found = &held->cell;
        return allows;
      });
  return found;
}

Complaint CheckPolicy(const Delivery& delivery, const ReceiverView& view) {
  // Planted, to see what comes of it where sender and broker alone hold to policy.
  if (PlantedFault("open-allows")) return std::nullopt;
  const policy::Policy* const named = view.policy_named(delivery.header.policy);
  if (named == nullptr) return NotOpened{Unshown::kWaitsPolicy, "policy named"};
  if (CellThatAllows(delivery, *named) == nullptr) return Unreadable("beyond the policy named");
  if (CellThatAllows(delivery, view.policy) == nullptr)
    return NotOpened{Unshown::kWithheld, "beyond the policy in force"};
  return std::nullopt;
}

// What one policy lets show of what the grant does not open.
std::vector<std::string> VisibleBy(const policy::Policy& policy, const Delivery& delivery) {
  const policy::Exchange* const exchange = policy.Find(delivery.header.exchange);
  const policy::Cell* const cell = CellThatAllows(delivery, policy);
  if (exchange == nullptr || exchange->concealed || cell == nullptr) return {};
  return exchange->NamesOf(cell->visible);
}

// Both policies must say so: neither lets show what the other keeps.
std::vector<std::string> MayShow(const Delivery& delivery, const policy::Policy& named,
                                 const policy::Policy& in_force) {
  std::vector<std::string> may_show = VisibleBy(named, delivery);
  const std::vector<std::string> today = VisibleBy(in_force, delivery);
  const std::vector<std::string>& opened = delivery.grant.clear.openings;
  std::erase_if(may_show, [&](const std::string& name) {
    return std::ranges::find(today, name) == today.end() ||
           std::ranges::find(opened, name) != opened.end();
  });
  return may_show;
}

std::variant<Opened, NotOpened> OpenSections(const Delivery& delivery, const seal::SealKey& key) {
  NotOpened unreadable{Unshown::kUnreadable, "opening"};
  const seal::MessageContext context = seal::ContextOf(delivery.header);
  const auto& openings = delivery.grant.clear.openings;
  const Digest info = seal::GrantInfo(seal::CoreOf(context), delivery.grant.clear_bytes);
  const auto keys = seal::HpkeOpen(key, info, delivery.grant.enc, delivery.grant.ciphertext);
  if (!keys || keys->size() != 32 * (openings.size() + 1)) return unreadable;
  Opened opened;
  for (std::size_t i = 0; i < openings.size(); ++i) {
    const auto opening = std::ranges::find(delivery.sections, openings[i], &SectionOpening::name);
    const auto sealed = std::ranges::find(delivery.sealed, openings[i], &SealedSection::name);
    if (opening == delivery.sections.end() || sealed == delivery.sealed.end()) return unreadable;
    if (opening->size != sealed->sealed.size() ||
        seal::Sha256(sealed->sealed) != opening->sealed_hash)
      return unreadable;
    const seal::SectionKey section_key(*ToArray<32>(keys->ExposeSecret().subspan(32 * i, 32)));
    auto content = seal::OpenSection(context, *opening, section_key, sealed->sealed);
    if (!content) return unreadable;
    opened.sections.emplace(openings[i], *std::move(content));
  }
  const seal::Secret<32> thread(*ToArray<32>(keys->ExposeSecret().last(32)));
  opened.party_to_thread = thread.ExposeSecret() != ByteArray<32>{};
  if (opened.party_to_thread &&
      !seal::EqualInConstantTime(seal::ThreadMark(thread.ExposeSecret(), delivery.header.id),
                                 delivery.header.thread_mark)) {
    return unreadable;
  }
  return opened;
}

}  // namespace

std::string WordsOn(const NotOpened& not_opened, const AgencyId& sender) {
  const std::string message = "A message of " + sender.value();
  if (not_opened.why == Unshown::kNotReleased) {
    return message +
           " that is held back for now was handed over without the broker's signed release. It is "
           "kept unopened, and is shown once the release comes. Tell the auditor.";
  }
  return message + " could not be shown (" + not_opened.detail +
         "). Its sender has been told and seals it again by itself.";
}

std::variant<Opened, NotOpened> OpenDelivery(const Delivery& delivery, const ReceiverView& view) {
  if (auto no = CheckHeader(delivery, view.directory)) return *std::move(no);
  if (auto no = CheckSignature(delivery, view.directory)) return *std::move(no);
  if (auto no = CheckOpenings(delivery)) return *std::move(no);
  if (auto no = CheckCondition(delivery, view.directory)) return *std::move(no);
  if (auto no = CheckPolicy(delivery, view)) return *std::move(no);
  const ClearPart& clear = delivery.grant.clear;
  const seal::SealKey* const key = view.key(clear.recipient, clear.role, clear.key);
  if (key == nullptr) return NotOpened{Unshown::kUnreadable, "recipient key"};
  auto opened = OpenSections(delivery, *key);
  auto* const content = std::get_if<Opened>(&opened);
  const policy::Policy* const named = view.policy_named(delivery.header.policy);
  if (content == nullptr || named == nullptr) return opened;
  content->may_show = MayShow(delivery, *named, view.policy);
  const policy::Cell* const cell = CellThatAllows(delivery, *named);
  if (cell == nullptr || cell->deadline == nullptr) return opened;
  content->warn = cell->deadline->warn;
  content->escalation = DutiesOf(*cell);
  if (!clear.acknowledge_by && !delivery.release.empty()) content->clock = *cell->deadline;
  return opened;
}

}  // namespace havenline
