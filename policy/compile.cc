// Compile(): from rules to the total table. Every cell is enumerated, so what contradicts itself or
// can never take effect is found here and not on the night. Cells in which the same rules hold are
// made once.

#include <algorithm>
#include <set>

#include "policy/cells.h"
#include "schema/base/check.h"
#include "schema/model/limits.h"

namespace havenline::policy {
namespace {

constexpr std::size_t kRequiredBytesMax = 2048;  // An entry's part names all that were left out.

using Held = HoldingRules::Each;

void Join(std::string& joined, const std::string& word) {
  if (("+" + joined + "+").find("+" + word + "+") != std::string::npos) return;
  if (!joined.empty()) joined += '+';
  joined += word;
}

}  // namespace

class Compiler {
 public:
  Compiler(Rules rules, const std::string& source_name)
      : rules_(std::move(rules)), problems_(source_name) {}

  Result<Policy> Compile() {
    CheckNames(rules_, problems_);
    if (problems_.empty()) {
      TakeDocument();
      CheckSize();
    }
    if (problems_.empty()) {
      for (const Exchange& exchange : policy_.exchanges_) CompileExchange(exchange);
      CheckReached();
    }
    if (problems_.empty()) Prove(rules_, policy_, problems_);
    if (!problems_.empty()) return Fail(FaultCode::kInvalid, problems_.Text());
    return std::move(policy_);
  }

 private:
  // What the rules of one exchange need while its cells are made.
  struct Space {
    const Exchange& exchange;
    const CaseSpace& cases;
    const HoldingRules& rules;
  };
  // Which rules make a cell what it is.
  struct Making {
    std::vector<const Held*> rules;
    SectionSet never = 0;
  };
  // Who is told in one case, by one sender role.
  struct Told {
    std::size_t roles = 0;
    std::size_t required_bytes = 0;  // Of the names of those that must be told.
  };

  void TakeDocument() {
    policy_.partnership_ = rules_.partnership;
    policy_.version_ = rules_.version;
    policy_.previous_ = rules_.previous;
    policy_.roles_ = rules_.roles;
    policy_.purposes_ = rules_.purposes;
    policy_.retentions_ = rules_.retentions;
    policy_.audit_rules_ = rules_.audit_rules;
    for (const Duty& duty : rules_.duties) policy_.duties_.emplace(duty.name, duty);
    for (const Deadline& deadline : rules_.deadlines)
      policy_.deadlines_.emplace(deadline.name, deadline);
    profiles_ = {""};  // Senders that no profile names.
    for (const Profile& profile : rules_.profiles) {
      profiles_.push_back(profile.name);
      for (const AgencyId& sender : profile.senders)
        policy_.profile_of_.emplace(sender, profile.name);
    }
    policy_.exchanges_ = rules_.exchanges;
    for (Exchange& exchange : policy_.exchanges_) {
      std::set<TimePoint> turns;
      for (const Rule& rule : rules_.rules) {
        if (rule.exchange != exchange.name) continue;
        if (rule.starts) turns.insert(*rule.starts);
        if (rule.ends) turns.insert(*rule.ends);
      }
      exchange.turns.assign(turns.begin(), turns.end());
    }
  }

  struct Roles {
    std::set<Role> from;
    std::set<Role> to;
  };
  Roles RolesOf(const Exchange& exchange) const {
    Roles roles;
    for (const Rule& rule : rules_.rules) {
      if (rule.exchange != exchange.name) continue;
      roles.from.insert(rule.from.begin(), rule.from.end());
      roles.to.insert(rule.to.begin(), rule.to.end());
    }
    roles.to.erase(Role(std::string(kBrokerRole)));
    return roles;
  }

  void CheckSize() {
    std::size_t cells = 0;
    for (const Exchange& exchange : policy_.exchanges_) {
      const Roles roles = RolesOf(exchange);
      cells += profiles_.size() * roles.from.size() * roles.to.size() * CaseSpace(exchange).count();
      if (cells <= kCellsMax) continue;
      problems_.Add(rules_.exchange_marks.at(exchange.name),
                    "the table would have more than " + std::to_string(kCellsMax) +
                        " cells: fewer claims, roles, profiles or times are needed");
      return;
    }
  }

  void CompileExchange(const Exchange& exchange) {
    for (const Rule& rule : rules_.rules) {
      if (rule.exchange != exchange.name) continue;
      for (const Role& from : rule.from) {
        for (const Role& to : rule.to) RecordClaimsRead(exchange, rule, {from, to});
      }
    }
    const CaseSpace cases(exchange);
    const HoldingRules rules(rules_, exchange, cases);
    const Space space{exchange, cases, rules};
    const Roles roles = RolesOf(exchange);
    for (const std::string& profile : profiles_) {
      for (const Role& from : roles.from) {
        for (const Role& to : roles.to) CompileCells(space, {exchange, profile, from, to});
        // Only now is it known who else is told in the same case.
        for (const Role& to : roles.to) HoldBack(space, {exchange, profile, from, to});
        CheckSlots(space, {exchange, profile, from, from}, roles.to);
      }
    }
    for (const HoldingRules::Each& each : rules.all()) {  // The broker has no cells.
      if (Contains(each.rule->to, Role(std::string(kBrokerRole)))) reached_.insert(each.rule->id);
    }
  }

  void RecordClaimsRead(const Exchange& exchange, const Rule& rule,
                        const std::pair<Role, Role>& roles) {
    auto& read = policy_.claims_read_[{exchange.name, roles.first, roles.second}];
    for (const Claim& claim : exchange.claims) {
      if (rule.when.contains(claim.name) && !Contains(read, claim.name)) read.push_back(claim.name);
    }
  }

  std::vector<const Cell*>& CellsOf(const Place& place, const Role& to) {
    return policy_.table_[{place.exchange.name, place.profile, place.from, to}];
  }

  void CompileCells(const Space& space, const Place& place) {
    const auto here = space.rules.At(place);
    std::map<std::vector<const Held*>, const Cell*> made;
    std::vector<const Cell*> cells(space.cases.count());
    std::vector<const Held*> holding;
    for (std::size_t index = 0; index < cells.size(); ++index) {
      holding.clear();
      for (const Held* const each : here) {
        const bool at_once = each->rule->held == Condition::Kind::kNone;
        if (at_once && each->holds[index]) holding.push_back(each);
      }
      auto at = made.find(holding);
      if (at == made.end()) {
        policy_.cells_.push_back(MakeFirst(holding, place, Words(place, space.cases, index)));
        at = made.emplace(holding, &policy_.cells_.back()).first;
      }
      cells[index] = at->second;
    }
    CellsOf(place, place.to) = std::move(cells);
  }

  // What may be sent at once, and what must not be in any case.
  Cell MakeFirst(const std::vector<const Held*>& holding, const Place& place,
                 const std::string& where) {
    Making making;
    std::vector<Forbidden> forbidden;
    for (const Held* const each : holding) {
      if (each->rule->effect != Effect::kNever) {
        making.rules.push_back(each);
        continue;
      }
      making.never |= each->sections;
      forbidden.push_back({each->sections, each->rule->id, each->rule->why});
      reached_.insert(each->rule->id);
    }
    Cell cell = MakeCell(making, place, where);
    cell.forbidden = std::move(forbidden);
    return cell;
  }

  // What a role may be told perhaps, where it is told nothing at once.
  void HoldBack(const Space& space, const Place& place) {
    std::vector<const Held*> here;
    for (const Held* const each : space.rules.At(place)) {
      if (each->rule->held != Condition::Kind::kNone) here.push_back(each);
    }
    if (here.empty()) return;
    std::map<std::pair<const Cell*, std::vector<const Held*>>, const Cell*> made;
    for (std::size_t index = 0; index < space.cases.count(); ++index) {
      const Cell* const first = CellsOf(place, place.to)[index];
      if (first->sections != 0) continue;
      SectionSet never = 0;
      for (const Forbidden& forbidden : first->forbidden) never |= forbidden.sections;
      std::vector<const Held*> holding;
      for (const Held* const each : here) {
        if (each->holds[index] && (each->sections & ~never) != 0 &&
            CanWatch(*each->rule, place, index))
          holding.push_back(each);
      }
      if (holding.empty()) continue;
      const std::pair key(first, holding);
      auto at = made.find(key);
      if (at == made.end()) {
        const std::string where = Words(place, space.cases, index);
        at = made.emplace(key, WithHeld(*first, {holding, never}, place, where)).first;
      }
      CellsOf(place, place.to)[index] = at->second;
    }
  }

  const Cell* WithHeld(const Cell& first, const Making& making, const Place& place,
                       const std::string& where) {
    const Rule& one = *making.rules.front()->rule;
    for (const Held* const each : making.rules) {
      if (one.held == each->rule->held && one.watches == each->rule->watches) continue;
      problems_.Add(*each->rule,
                    "and rule " + one.id.value() + " differ in `held` or `watches`: " + where);
    }
    Cell cell = MakeCell(making, place, where);
    cell.forbidden = first.forbidden;
    Cell nothing = first;
    nothing.held =
        std::make_shared<const HeldShare>(HeldShare{one.held, one.watches, std::move(cell)});
    policy_.cells_.push_back(std::move(nothing));
    return &policy_.cells_.back();
  }

  // Whom it watches is told something in this case, and asked by when, if that is the condition.
  bool CanWatch(const Rule& rule, const Place& place, std::size_t index) {
    const auto at =
        policy_.table_.find({place.exchange.name, place.profile, place.from, rule.watches});
    if (at == policy_.table_.end()) return false;
    const Cell& watched = *at->second[index];
    return watched.sections != 0 &&
           (rule.held == Condition::Kind::kUnable || watched.deadline != nullptr);
  }

  Cell MakeCell(const Making& making, const Place& place, const std::string& where) {
    Cell cell;
    const Rule* first = nullptr;
    SectionSet may_show = 0;
    for (const Held* const each : making.rules) {
      const Rule& rule = *each->rule;
      const SectionSet left = each->sections & ~making.never;
      if (left == 0) {
        if (rule.effect == Effect::kRequire)
          problems_.Add(rule,
                        "must be told, yet `never` leaves it nothing: " + where + Against(rule));
        continue;
      }
      reached_.insert(rule.id);
      if (first == nullptr) first = &rule;
      CheckAgree(*first, cell, rule, where);
      AddRule(cell, rule, place.exchange);
      cell.sections |= left;
      may_show |= *place.exchange.SetOf(rule.visible);
    }
    if (cell.sections == 0) return cell;
    // Whoever is told anything is told who must never learn of it.
    cell.sections |= ExclusionsOf(place.exchange);
    cell.visible = may_show & ~cell.sections;
    const std::size_t longest =
        std::max({cell.rule.value().size(), cell.basis.size(), cell.purpose.size()});
    if (longest > limits::kNameBytesMax)
      problems_.Add(text::Mark(), "too many rules meet in one cell: " + where);
    return cell;
  }

  void AddRule(Cell& cell, const Rule& rule, const Exchange& exchange) const {
    std::string id = cell.rule.value();
    Join(id, rule.id.value());
    cell.rule = RuleId(std::move(id));
    Join(cell.basis, rule.basis);
    Join(cell.purpose, rule.purpose);
    cell.why += (cell.why.empty() ? "" : " ") + rule.why;
    // Nobody may be compelled to tell what only consent allows: then it is to be decided.
    const bool compels = rule.effect == Effect::kRequire;
    const bool by_consent = exchange.consent == Consent::kRequired;
    cell.required = cell.required || (compels && !by_consent);
    cell.decision_required = cell.decision_required || (compels && by_consent);
    cell.thread_party = rule.thread_party;
    if (!rule.deadline.empty()) cell.deadline = &policy_.deadlines_.at(rule.deadline);
    if (!rule.retention.empty()) cell.retention = rule.retention;
    if (rule.escalation.empty()) return;
    cell.escalation.clear();
    for (const std::string& duty : rule.escalation)
      cell.escalation.push_back(&policy_.duties_.at(duty));
  }

  // Rules that meet in a cell may add sections to each other; what they ask of the recipient must
  // be one. `cell`: what the earlier ones ask.
  void CheckAgree(const Rule& first, const Cell& cell, const Rule& rule, const std::string& where) {
    const auto differ = [&](const std::string& what) {
      problems_.Add(rule, "and rule " + first.id.value() + " differ in " + what + ": " + where);
    };
    if (first.deadline != rule.deadline || first.thread_party != rule.thread_party)
      differ("`acknowledge` or `thread`");
    const auto is_duty = [](const Duty* duty, const std::string& name) {
      return duty->name == name;
    };
    if (!cell.escalation.empty() && !rule.escalation.empty() &&
        !std::ranges::equal(cell.escalation, rule.escalation, is_duty))
      differ("`escalation`");
    if (!cell.retention.empty() && !rule.retention.empty() && cell.retention != rule.retention)
      differ("`retention`");
  }

  void CheckSlots(const Space& space, const Place& place, const std::set<Role>& to_roles) {
    std::vector<Told> told(space.cases.count());
    for (const Role& to : to_roles) {
      const std::vector<const Cell*>& cells = CellsOf(place, to);
      for (std::size_t index = 0; index < told.size(); ++index) {
        const Cell& cell = *cells[index];
        if (cell.sections != 0 || cell.held != nullptr) ++told[index].roles;
        if (cell.required || cell.decision_required)
          told[index].required_bytes += to.value().size();
      }
    }
    for (std::size_t index = 0; index < told.size(); ++index) {
      const bool few_slots = told[index].roles >= place.exchange.slots;
      if (!few_slots && told[index].required_bytes <= kRequiredBytesMax) continue;
      problems_.Add(
          rules_.exchange_marks.at(place.exchange.name),
          "exchange " + place.exchange.name.value() +
              (few_slots ? " has too few slots: "
                         : " names required roles with more than 2048 letters together: ") +
              space.cases.Words(index) + ", " + SenderWords(place));
      return;
    }
  }

  // The `never` rules that meet what the rule shares: "; against it: LIN-3".
  std::string Against(const Rule& rule) const {
    std::string words;
    for (const Rule& never : rules_.rules) {
      const auto exchange = std::ranges::find(rules_.exchanges, rule.exchange, &Exchange::name);
      const auto meet = [](const auto& a, const auto& b) {
        return std::ranges::any_of(a, [&](const auto& each) { return Contains(b, each); });
      };
      if (never.effect == Effect::kNever && never.exchange == rule.exchange &&
          meet(never.from, rule.from) && meet(never.to, rule.to) &&
          (SectionsOf(never, *exchange) & SectionsOf(rule, *exchange)) != 0)
        words += (words.empty() ? "; against it: " : ", ") + never.id.value();
    }
    return words;
  }

  void CheckReached() {
    for (const Rule& rule : rules_.rules) {
      if (!reached_.contains(rule.id))
        problems_.Add(rule,
                      "can never take effect: nothing is left of what it shares" + Against(rule));
    }
  }

  Rules rules_;
  Policy policy_;
  std::vector<std::string> profiles_;
  std::set<RuleId> reached_;
  Problems problems_;
};

Result<Policy> Compile(Rules rules, const std::string& source_name) {
  return Compiler(std::move(rules), source_name).Compile();
}

}  // namespace havenline::policy
