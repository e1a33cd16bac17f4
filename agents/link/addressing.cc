#include "agents/link/addressing.h"

#include <algorithm>
#include <set>
#include <string>

namespace havenline {
namespace {

using Names = std::set<std::string>;

std::string Listed(const Names& names) {
  std::string listed;
  for (const std::string& name : names) listed += (listed.empty() ? "" : ", ") + name;
  return listed;
}

bool MayBeTold(const policy::Cell& cell) { return cell.sections != 0 || cell.held != nullptr; }

bool ShareAnArea(const Agency& a, const Agency& b) {
  return std::ranges::any_of(a.areas, [&](const std::string& area) {
    return std::ranges::find(b.areas, area) != b.areas.end();
  });
}

}  // namespace

Result<Role> Addressing::RoleFor(const AgencyId& sender, const ExchangeName& exchange) const {
  const Agency* const agency = directory_.Find(sender);
  if (agency == nullptr)
    return Fail(FaultCode::kInvalid, "the directory has no agency " + sender.value());
  Names roles;
  for (const auto& [key, cells] : policy_.table()) {
    const auto& [of, profile, from, to] = key;
    if (of != exchange || profile != policy_.ProfileOf(sender) || !agency->Holds(from)) continue;
    if (std::ranges::any_of(cells, [](const policy::Cell* cell) { return MayBeTold(*cell); }))
      roles.insert(from.value());
  }
  if (roles.size() == 1) return Role(*roles.begin());
  if (roles.empty()) {
    return Fail(FaultCode::kInvalid, "policy lets " + sender.value() + " send no " +
                                         exchange.value() + " in any role it holds");
  }
  return Fail(FaultCode::kInvalid,
              sender.value() + " may send it in several roles: name one of " + Listed(roles));
}

Addressing::Rows Addressing::RowsOf(const Content& content, TimePoint now) const {
  std::vector<ClaimOpening> claims;
  if (const policy::Exchange* const exchange = policy_.Find(content.exchange)) {
    for (const policy::Claim& claim : exchange->claims) {
      const auto value = content.claims.find(claim.name);
      claims.push_back({Salt{}, claim.name, value == content.claims.end() ? "" : value->second});
    }
  }
  return policy_.RowsFor({content.exchange, content.sender, content.role, claims, now});
}

Result<AgencyId> Addressing::HolderOf(const Role& role, const Content& content,
                                      const Rows& rows) const {
  const AgencyId& sender = content.sender;
  if (std::ranges::any_of(
          rows, [&](const auto& row) { return row.to == content.role && MayBeTold(*row.cell); })) {
    return Fail(FaultCode::kInvalid, "this goes to another area, and who is " + role.value() +
                                         " there is not guessed: name the agency, as role@agency");
  }
  const Agency* const from = directory_.Find(sender);
  std::vector<const Agency*> holders;
  for (const Agency& agency : directory_.agencies()) {
    if (agency.Holds(role) && agency.id != sender) holders.push_back(&agency);
  }
  std::vector<const Agency*> near = holders;
  std::erase_if(
      near, [&](const Agency* agency) { return from == nullptr || !ShareAnArea(*agency, *from); });
  if (!near.empty()) holders = near;
  if (holders.size() == 1) return holders.front()->id;
  // A council's coordinator tells the council's own housing service.
  if (holders.empty() && from != nullptr && from->Holds(role)) return sender;
  if (holders.empty())
    return Fail(FaultCode::kInvalid, "no agency of the directory is " + role.value());
  Names names;
  for (const Agency* const agency : holders) names.insert(agency->id.value());
  return Fail(FaultCode::kInvalid,
              "several agencies are " + role.value() + ": name one of " + Listed(names));
}

// What a `never` keeps from a role no person may take on: it is refused while somebody can mend it.
Result<void> Addressing::CheckForbidden(const Role& role, const Rows& rows) {
  const auto row = std::ranges::find(rows, role, &policy::Policy::Row::to);
  if (row == rows.end() || MayBeTold(*row->cell) || row->cell->forbidden.empty()) return {};
  std::string why;
  for (const policy::Forbidden& forbidden : row->cell->forbidden) {
    why += (why.empty() ? "" : "; ") + std::string("rule ") + forbidden.rule.value() +
           " forbids it: " + forbidden.why;
  }
  return Fail(FaultCode::kInvalid, "policy: " + role.value() + " is never told of this case, and " +
                                       "nothing was taken (" + why + ")");
}

Result<Role> Addressing::RoleAt(const AgencyId& agency, const Rows& rows) const {
  const Agency* const found = directory_.Find(agency);
  if (found == nullptr)
    return Fail(FaultCode::kInvalid, "the directory has no agency " + agency.value());
  Names roles;
  for (const auto& [to, cell] : rows) {
    if (MayBeTold(*cell) && found->Holds(to)) roles.insert(to.value());
  }
  if (roles.size() == 1) return Role(*roles.begin());
  if (roles.empty()) {
    return Fail(FaultCode::kInvalid, "policy lets " + agency.value() +
                                         " be told nothing of this case in any role it holds");
  }
  return Fail(FaultCode::kInvalid,
              agency.value() + " may be told in several roles: name one of " + Listed(roles));
}

Result<std::vector<Recipient>> Addressing::Required(const Content& content,
                                                    const Rows& rows) const {
  std::vector<Recipient> recipients;
  Names others;
  for (const auto& [to, cell] : rows) {
    if (cell->required) {
      ASSIGN_OR_RETURN(AgencyId agency, HolderOf(to, content, rows));
      recipients.push_back({std::move(agency), to});
    } else if (MayBeTold(*cell)) {
      others.insert(to.value());
    }
  }
  if (!recipients.empty()) return recipients;
  if (others.empty())
    return Fail(FaultCode::kInvalid, "policy lets nobody be told anything of this case");
  return Fail(FaultCode::kInvalid,
              "policy compels telling nobody of this case: name whom to tell. These may be told: " +
                  Listed(others));
}

Result<void> Addressing::CheckSender(const AgencyId& sender, const Role& role) const {
  const Agency* const agency = directory_.Find(sender);
  if (agency != nullptr && agency->Holds(role)) return {};
  return Fail(FaultCode::kInvalid,
              "the directory does not say that " + sender.value() + " is " + role.value());
}

Result<void> Addressing::CheckDecisions(const Content& content,
                                        const std::vector<Role>& decided_against,
                                        TimePoint now) const {
  if (decided_against.empty()) return {};
  Names wanted;
  for (const auto& [to, cell] : RowsOf(content, now)) {
    if (cell->decision_required) wanted.insert(to.value());
  }
  for (std::size_t i = 0; i < decided_against.size(); ++i) {
    if (wanted.contains(decided_against[i].value())) continue;
    return Fail(FaultCode::kInvalid,
                "\"decided-against\" #" + std::to_string(i + 1) +
                    ": policy wants no decision about that role in this case; it wants one about " +
                    (wanted.empty() ? "nobody" : Listed(wanted)));
  }
  return {};
}

std::string Addressing::Undone(const Content& content, const std::vector<Recipient>& recipients,
                               const std::vector<Role>& decided_against, TimePoint now) const {
  std::string undone;
  for (const auto& [to, cell] : RowsOf(content, now)) {
    if (std::ranges::find(recipients, to, &Recipient::role) != recipients.end()) continue;
    if (cell->required) {
      undone += (undone.empty() ? "" : "; ") + to.value() + " must be told too (rule " +
                cell->rule.value() + ")";
    } else if (cell->decision_required &&
               std::ranges::find(decided_against, to) == decided_against.end()) {
      undone += (undone.empty() ? "" : "; ") + to.value() +
                " must be told, or a decision not to must be recorded (rule " + cell->rule.value() +
                ")";
    }
  }
  return undone.empty() ? undone : "policy: " + undone;
}

Result<std::vector<Recipient>> Addressing::RecipientsOf(const Content& content,
                                                        const std::vector<WantedRecipient>& wanted,
                                                        TimePoint now) const {
  const Rows rows = RowsOf(content, now);
  if (wanted.empty()) return Required(content, rows);
  std::vector<Recipient> recipients;
  for (const WantedRecipient& each : wanted) {
    Recipient recipient;
    if (each.agency && each.role) {
      recipient = {*each.agency, *each.role};
    } else if (each.role) {
      ASSIGN_OR_RETURN(AgencyId agency, HolderOf(*each.role, content, rows));
      recipient = {std::move(agency), *each.role};
    } else {
      ASSIGN_OR_RETURN(Role role, RoleAt(*each.agency, rows));
      recipient = {*each.agency, std::move(role)};
    }
    RETURN_IF_FAULT(CheckForbidden(recipient.role, rows));
    if (std::ranges::find(recipients, recipient) == recipients.end())
      recipients.push_back(std::move(recipient));
  }
  return recipients;
}

}  // namespace havenline
