#include "agents/intake/draft.h"

#include <algorithm>
#include <utility>

#include "schema/base/check.h"
#include "schema/exchange/content.h"
#include "schema/seal/hash.h"
#include "schema/text/json.h"

namespace havenline::intake {
namespace {

using text::Value;

const Role kSchoolRole("school");
const Role kHomeEducationRole("home-education");
constexpr const char* kSchoolPrefix = "school.";
constexpr std::size_t kSchoolNameBytesMax =
    150;  // As the notice's field has it; the URN says which.
constexpr const char* kHomeEducated = "home-educated";  // In place of a URN in references.

// What every reference to this child in this incident begins with.
std::string ChildPrefix(const RowFacts& facts, const std::string& force) {
  return force + "|" + facts.incident + "|" + facts.child + "|";
}

// What the row said, whatever the day: computed flags and what the register adds stay out.
Digest DigestOf(const RowFacts& facts) {
  Value sections = Value::Map();
  for (const auto& [name, value] : facts.sections) sections.Set(name, value);
  Value flags = Value::List();
  for (const std::string& flag : facts.flags) flags.Add(flag);
  const std::string text = text::CanonicalJson(
      Value::Map().Set("sections", std::move(sections)).Set("flags", std::move(flags)));
  return seal::Sha256(AsBytes(text));
}

std::vector<ClaimOpening> ClaimsOf(const Sections& sections) {
  const exchange::ExchangeType* const type = exchange::FindExchange(kNoticeExchange);
  CHECK(type != nullptr);
  std::vector<ClaimOpening> claims;
  for (auto& [name, value] : exchange::ClaimsOf(*type, sections))
    claims.push_back({Salt{}, name, value});
  return claims;
}

// One agency of the directory for each role, or why not.
class Router {
 public:
  explicit Router(const RouteView& view) : view_(view) {}

  // The school of this establishment.
  bool AddSchool(const std::string& urn) {
    const AgencyId school(kSchoolPrefix + urn);
    const Agency* const agency = view_.directory.Find(school);
    if (agency == nullptr || !agency->Holds(kSchoolRole))
      return Refuse("the school " + urn +
                    " has not joined: tell it by telephone, and take this row on");
    return Add(school, kSchoolRole);
  }

  // The one agency that holds `role`. `needed`: without it nobody would be told in the school's
  // place.
  bool AddHolder(const Role& role, bool needed) {
    std::vector<const Agency*> holders;
    for (const Agency& agency : view_.directory.agencies()) {
      if (agency.Holds(role)) holders.push_back(&agency);
    }
    if (const auto chosen = view_.chosen.find(role); chosen != view_.chosen.end()) {
      std::erase_if(holders, [&](const Agency* agency) { return agency->id != chosen->second; });
    }
    if (holders.size() == 1) return Add(holders.front()->id, role);
    if (holders.size() > 1) {
      return Refuse("several agencies hold the role " + role.value() +
                    ": say in the configuration, under intake.agencies, which one is told");
    }
    if (needed)
      return Refuse("nobody in the directory holds the role " + role.value() +
                    ": tell them by telephone");
    routed_.notes.push_back("nobody in the directory holds the role " + role.value() +
                            ", which policy would tell");
    return true;
  }

  // Who is told only if another does not take it on. Whoever that is, its want stops nothing: the
  // one first asked is told all the same.
  void AddHeld(const policy::Policy::Row& row) {
    const bool watches_somebody = std::ranges::any_of(
        routed_.recipients,
        [&](const Recipient& told) { return told.role == row.cell->held->watches; });
    if (!watches_somebody) return;
    const auto before = routed_;
    if (AddHolder(row.to, true)) return;
    routed_ = before;
    routed_.notes.push_back("nobody is told if " + row.cell->held->watches.value() +
                            " does not take it on: " + std::exchange(why_not_, {}));
  }

  Routing Finish() && {
    if (!why_not_.empty()) return std::move(why_not_);
    return std::move(routed_);
  }

 private:
  bool Add(const AgencyId& agency, const Role& role) {
    if (view_.is_suspended(agency))
      return Refuse("the agency that holds the role " + role.value() +
                    " is suspended: nothing can be sent to it; decide who is told");
    routed_.recipients.push_back({agency, role});
    return true;
  }
  bool Refuse(std::string why) {
    why_not_ = std::move(why);
    return false;
  }

  const RouteView& view_;
  Routed routed_;
  std::string why_not_;
};

}  // namespace

NoticeDraft MakeDraft(RowFacts facts, const std::optional<Placed>& placed, const std::string& force,
                      const std::vector<std::string>& hold_flags) {
  CHECK(placed.has_value() != facts.home_educated);
  NoticeDraft draft;
  draft.content = DigestOf(facts);
  const std::string child = ChildPrefix(facts, force);
  draft.reference = child + (placed ? placed->now->urn : kHomeEducated);
  draft.stated = child + (placed ? placed->stated->urn : kHomeEducated);
  draft.flags = std::move(facts.flags);
  if (facts.turned_18 && std::ranges::find(hold_flags, kTurned18) != hold_flags.end())
    draft.flags.insert(kTurned18);
  draft.sections = std::move(facts.sections);
  draft.notes = std::move(facts.notes);
  if (!placed) return draft;
  draft.urn = placed->now->urn;
  Value establishment = Value::Map().Set("urn", placed->now->urn);
  if (!placed->now->name.empty() && placed->now->name.size() <= kSchoolNameBytesMax)
    establishment.Set("name", placed->now->name);
  draft.sections[kEstablishmentSection] = std::move(establishment);
  if (placed->stated != placed->now) {
    draft.notes.push_back("the establishment " + placed->stated->urn +
                          " is closed; the notice goes to " + placed->now->urn +
                          ", which follows it");
  }
  return draft;
}

RowIdentity IdentityOf(const PartialFacts& partly, const std::optional<Placed>& placed,
                       const std::string& force) {
  RowIdentity identity;
  if (!partly.which_child) return identity;
  identity.child = ChildPrefix(partly.facts, force);
  if (partly.content) identity.content = DigestOf(partly.facts);
  if (!partly.school || placed.has_value() == partly.facts.home_educated) return identity;
  identity.reference = identity.child + (placed ? placed->now->urn : kHomeEducated);
  identity.stated = identity.child + (placed ? placed->stated->urn : kHomeEducated);
  return identity;
}

Routing RouteNotice(const NoticeDraft& draft, const RouteView& view) {
  Router router(view);
  const Role& first = draft.urn ? kSchoolRole : kHomeEducationRole;
  bool first_told = false;
  const std::vector<policy::Policy::Row> rows = view.policy.RowsFor(
      {kNoticeExchange, view.sender, view.role, ClaimsOf(draft.sections), view.now});
  for (const policy::Policy::Row& row : rows) {
    if (row.cell->sections == 0) continue;
    const bool in_place_of_other = row.to == (draft.urn ? kHomeEducationRole : kSchoolRole);
    if (in_place_of_other) continue;
    const bool is_first = row.to == first;
    first_told = first_told || is_first;
    const bool good =
        is_first && draft.urn ? router.AddSchool(*draft.urn) : router.AddHolder(row.to, is_first);
    if (!good) return std::move(router).Finish();
  }
  for (const policy::Policy::Row& row : rows) {
    if (row.cell->held != nullptr) router.AddHeld(row);
  }
  if (!first_told)
    return "policy lets nothing of this go to the role " + first.value() + ": a person must decide";
  return std::move(router).Finish();
}

Result<Content> ContentOf(const Sections& sections, const AgencyId& sender, const Role& role) {
  const exchange::ExchangeType* const type = exchange::FindExchange(kNoticeExchange);
  CHECK(type != nullptr);
  Content content{sender, role, type->name, type->version, {}, exchange::ClaimsOf(*type, sections)};
  for (const exchange::Field& section : type->sections) {
    const auto value = sections.find(section.name);
    ASSIGN_OR_RETURN(Bytes bytes,
                     exchange::EncodeSection(*type, section.name,
                                             value == sections.end() ? Value() : value->second));
    content.sections.emplace(section.name, std::move(bytes));
  }
  return content;
}

}  // namespace havenline::intake
