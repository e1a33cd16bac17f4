// Compile(): from rules to the total table. Every cell is enumerated, so what contradicts itself or
// can never take effect is found here and not on the night.

#include <algorithm>
#include <set>

#include "policy/rules.h"
#include "schema/base/check.h"
#include "schema/model/limits.h"

namespace havenline::policy {
namespace {

constexpr std::string_view kExclusions = "exclusions";
constexpr std::size_t kProblemsMax = 20;
constexpr std::size_t kRequiredBytesMax = 2048;  // An entry's part names all that were left out.

// The values of all claims for each index of the table.
class ClaimValues {
 public:
  explicit ClaimValues(const Exchange& exchange) : exchange_(exchange) {
    for (const Claim& claim : exchange.claims) count_ *= claim.values.size();
  }
  std::size_t count() const { return count_; }

  const std::string& ValueOf(std::size_t claim, std::size_t index) const {
    for (std::size_t i = exchange_.claims.size(); i-- > claim + 1;)
      index /= exchange_.claims[i].values.size();
    const auto& values = exchange_.claims[claim].values;
    return values[index % values.size()];
  }
  bool Matches(const Rule& rule, std::size_t index) const {
    for (std::size_t i = 0; i < exchange_.claims.size(); ++i) {
      const auto wanted = rule.when.find(exchange_.claims[i].name);
      if (wanted == rule.when.end()) continue;
      if (std::ranges::find(wanted->second, ValueOf(i, index)) == wanted->second.end())
        return false;
    }
    return true;
  }
  std::string Describe(std::size_t index) const {
    std::string text;
    for (std::size_t i = 0; i < exchange_.claims.size(); ++i) {
      text += (i == 0 ? ", when " : ", ") + exchange_.claims[i].name + " = " + ValueOf(i, index);
    }
    return text;
  }

 private:
  const Exchange& exchange_;
  std::size_t count_ = 1;
};

template <class List, class Item>
bool Contains(const List& list, const Item& item) {
  return std::ranges::find(list, item) != list.end();
}

void Join(std::string& joined, const std::string& word) {
  if (!joined.empty()) joined += '+';
  joined += word;
}

}  // namespace

class Compiler {
 public:
  Compiler(Rules rules, std::string source_name)
      : rules_(std::move(rules)), source_name_(std::move(source_name)) {}

  Result<Policy> Compile() {
    policy_.partnership_ = rules_.partnership;
    policy_.version_ = rules_.version;
    policy_.previous_ = rules_.previous;
    policy_.exchanges_ = rules_.exchanges;
    for (const Deadline& deadline : rules_.deadlines)
      policy_.deadlines_.emplace(deadline.name, deadline);
    ReadProfiles();
    CheckRules();
    if (problems_.empty()) {
      for (const Exchange& exchange : policy_.exchanges_) CompileExchange(exchange);
      CheckReached();
    }
    if (!problems_.empty()) return Fail(FaultCode::kInvalid, ProblemText());
    return std::move(policy_);
  }

 private:
  // One cell's place, for the table and for words.
  struct Place {
    const Exchange& exchange;
    const std::string& profile;
    const Role& from;
    const Role& to;
    const ClaimValues& values;
  };

  // Who is told in one case, by one sender role.
  struct Told {
    std::size_t roles = 0;
    std::size_t required_bytes = 0;  // Of the names of those that must be told.
  };

  void Problem(std::string what) { problems_.push_back(source_name_ + ": " + std::move(what)); }
  void Problem(const Rule& rule, const std::string& what) {
    problems_.push_back(source_name_ + ":" + std::to_string(rule.mark.line) + ":" +
                        std::to_string(rule.mark.column) + ": rule " + rule.id.value() + ": " +
                        what);
  }
  std::string ProblemText() const {
    std::string text;
    for (std::size_t i = 0; i < std::min(problems_.size(), kProblemsMax); ++i)
      text += problems_[i] + "\n";
    if (problems_.size() > kProblemsMax) {
      text += "and " + std::to_string(problems_.size() - kProblemsMax) + " more\n";
    }
    text.pop_back();
    return text;
  }

  void ReadProfiles() {
    profiles_ = {""};  // Senders that no profile names.
    for (const Profile& profile : rules_.profiles) {
      if (Contains(profiles_, profile.name)) Problem("profile " + profile.name + " stands twice");
      profiles_.push_back(profile.name);
      for (const AgencyId& sender : profile.senders) {
        if (!policy_.profile_of_.emplace(sender, profile.name).second) {
          Problem("profile " + profile.name + " names a sender that another profile names");
        }
      }
    }
  }

  void CheckRules() {
    std::set<RuleId> ids;
    for (const Rule& rule : rules_.rules) {
      if (!ids.insert(rule.id).second) Problem(rule, "another rule has the same id");
      if (rule.from.empty() || rule.to.empty())
        Problem(rule, "needs at least one role in `from` and in `to`");
      for (const std::string& profile : rule.profiles) {
        if (!Contains(profiles_, profile)) Problem(rule, "there is no profile " + profile);
      }
      if (!rule.deadline.empty() && !policy_.deadlines_.contains(rule.deadline)) {
        Problem(rule, "there is no [deadline." + rule.deadline + "]");
      }
      const Exchange* const exchange = policy_.Find(rule.exchange);
      if (exchange == nullptr) {
        Problem(rule, "there is no [exchange." + rule.exchange.value() + "]");
      } else {
        CheckNames(rule, *exchange);
      }
    }
  }

  void CheckNames(const Rule& rule, const Exchange& exchange) {
    if (rule.sections.empty()) Problem(rule, "names no section");
    for (const std::string& section : rule.sections) {
      if (section == "*" ? rule.sections.size() > 1 : !Contains(exchange.sections, section)) {
        Problem(rule, "the exchange has no section " + section);
      }
      if (section == kExclusions && rule.effect == Effect::kNever) {
        Problem(rule, "cannot forbid exclusions: whoever is told anything is told them too");
      }
    }
    for (const auto& [name, values] : rule.when) {
      const auto claim = std::ranges::find(exchange.claims, name, &Claim::name);
      if (claim == exchange.claims.end()) {
        Problem(rule, "the exchange has no claim " + name);
        continue;
      }
      if (values.empty()) Problem(rule, "claim " + name + " needs at least one value");
      for (const std::string& value : values) {
        if (!Contains(claim->values, value))
          Problem(rule, "claim " + name + " has no value " + value);
      }
    }
  }

  // Without the exclusions: they alone are no reason to tell anybody anything.
  static SectionSet SectionsOf(const Rule& rule, const Exchange& exchange) {
    const SectionSet all = rule.sections.front() == "*" ? *exchange.SetOf(exchange.sections)
                                                        : *exchange.SetOf(rule.sections);
    return all & ~ExclusionsOf(exchange);
  }
  static SectionSet ExclusionsOf(const Exchange& exchange) {
    return *exchange.SetOf({std::string(kExclusions)});
  }

  void CompileExchange(const Exchange& exchange) {
    std::set<Role> from_roles;
    std::set<Role> to_roles;
    for (const Rule& rule : rules_.rules) {
      if (rule.exchange != exchange.name) continue;
      from_roles.insert(rule.from.begin(), rule.from.end());
      to_roles.insert(rule.to.begin(), rule.to.end());
      for (const Role& from : rule.from) {
        for (const Role& to : rule.to) RecordClaimsRead(exchange, rule, {from, to});
      }
    }
    const ClaimValues values(exchange);
    for (const std::string& profile : profiles_) {
      for (const Role& from : from_roles) {
        for (const Role& to : to_roles) CompileCells({exchange, profile, from, to, values});
        // Only now is it known who else is told in the same case.
        for (const Role& to : to_roles) HoldBack({exchange, profile, from, to, values});
        CheckSlots({exchange, profile, from, from, values}, to_roles);
      }
    }
  }

  void RecordClaimsRead(const Exchange& exchange, const Rule& rule,
                        const std::pair<Role, Role>& roles) {
    auto& read = policy_.claims_read_[{exchange.name, roles.first, roles.second}];
    for (const Claim& claim : exchange.claims) {
      if (rule.when.contains(claim.name) && !Contains(read, claim.name)) read.push_back(claim.name);
    }
  }

  std::vector<Cell>& CellsOf(const Place& place, const Role& to) {
    return policy_.table_[{place.exchange.name, place.profile, place.from, to}];
  }

  void CompileCells(const Place& place) {
    std::vector<Cell> cells(place.values.count());
    for (std::size_t index = 0; index < cells.size(); ++index) {
      const SectionSet never = NeverOf(place, index);
      cells[index] = MakeCell(place, index, Condition::Kind::kNone, never);
    }
    CellsOf(place, place.to) = std::move(cells);
  }

  // What a role may be told perhaps, where it is told nothing at once.
  void HoldBack(const Place& place) {
    for (std::size_t index = 0; index < place.values.count(); ++index) {
      if (CellsOf(place, place.to)[index].sections != 0) continue;
      std::shared_ptr<const HeldShare> held = MakeHeld(place, index);
      CellsOf(place, place.to)[index].held = std::move(held);
    }
  }

  std::shared_ptr<const HeldShare> MakeHeld(const Place& place, std::size_t index) {
    const Rule* first = nullptr;
    for (const Rule& rule : rules_.rules) {
      if (rule.held == Condition::Kind::kNone || !Applies(rule, place, index)) continue;
      if (!CanWatch(rule, place, index)) continue;
      if (first == nullptr) first = &rule;
      if (first->held != rule.held || first->watches != rule.watches) {
        Problem(rule, "and rule " + first->id.value() +
                          " differ in `held` or `watches`: " + Describe(place, index));
      }
    }
    if (first == nullptr) return nullptr;
    Cell cell = MakeCell(place, index, first->held, NeverOf(place, index));
    if (cell.sections == 0) return nullptr;
    return std::make_shared<const HeldShare>(
        HeldShare{first->held, first->watches, std::move(cell)});
  }

  // Whom it watches is told something in this case, and asked by when, if that is the condition.
  bool CanWatch(const Rule& rule, const Place& place, std::size_t index) {
    const auto at =
        policy_.table_.find({place.exchange.name, place.profile, place.from, rule.watches});
    if (at == policy_.table_.end()) return false;
    const Cell& watched = at->second[index];
    return watched.sections != 0 &&
           (rule.held == Condition::Kind::kUnable || watched.deadline != nullptr);
  }

  bool Applies(const Rule& rule, const Place& place, std::size_t index) const {
    return rule.exchange == place.exchange.name && Contains(rule.from, place.from) &&
           Contains(rule.to, place.to) &&
           (rule.profiles.empty() || Contains(rule.profiles, place.profile)) &&
           place.values.Matches(rule, index);
  }

  SectionSet NeverOf(const Place& place, std::size_t index) {
    SectionSet never = 0;
    for (const Rule& rule : rules_.rules) {
      if (rule.effect != Effect::kNever || !Applies(rule, place, index)) continue;
      never |= SectionsOf(rule, place.exchange);
      reached_.insert(rule.id);
    }
    return never;
  }

  // Of the rules that share at once (kNone), or only under a condition of this kind.
  Cell MakeCell(const Place& place, std::size_t index, Condition::Kind held, SectionSet never) {
    Cell cell;
    const Rule* first = nullptr;
    for (const Rule& rule : rules_.rules) {
      if (rule.effect == Effect::kNever || rule.held != held || !Applies(rule, place, index))
        continue;
      if (held != Condition::Kind::kNone && !CanWatch(rule, place, index)) continue;
      const SectionSet sections = SectionsOf(rule, place.exchange) & ~never;
      if (sections == 0) {
        if (rule.effect == Effect::kRequire) {
          Problem(rule, "must be told, yet `never` leaves it nothing: " + Describe(place, index));
        }
        continue;
      }
      reached_.insert(rule.id);
      AddRule(cell, rule, sections);
      if (first == nullptr) first = &rule;
      CheckAgree(*first, rule, Describe(place, index));
    }
    if (cell.sections != 0) CloseCell(cell, place, index);
    return cell;
  }

  void AddRule(Cell& cell, const Rule& rule, SectionSet sections) const {
    std::string id = cell.rule.value();
    Join(id, rule.id.value());
    cell.rule = RuleId(std::move(id));
    if (("+" + cell.basis + "+").find("+" + rule.basis + "+") == std::string::npos)
      Join(cell.basis, rule.basis);
    cell.why += (cell.why.empty() ? "" : " ") + rule.why;
    cell.sections |= sections;
    cell.required = cell.required || rule.effect == Effect::kRequire;
    cell.thread_party = rule.thread_party;
    if (!rule.deadline.empty()) cell.deadline = &policy_.deadlines_.at(rule.deadline);
  }

  // Rules that meet in a cell may add sections to each other; what they ask of the recipient must
  // be one.
  void CheckAgree(const Rule& first, const Rule& rule, const std::string& where) {
    if (first.deadline != rule.deadline || first.thread_party != rule.thread_party) {
      Problem(rule,
              "and rule " + first.id.value() + " differ in `acknowledge` or `thread`: " + where);
    }
  }

  void CloseCell(Cell& cell, const Place& place, std::size_t index) {
    // Whoever is told anything is told who must never learn of it.
    cell.sections |= ExclusionsOf(place.exchange);
    if (cell.rule.value().size() > limits::kNameBytesMax ||
        cell.basis.size() > limits::kNameBytesMax) {
      Problem("too many rules meet in one cell: " + Describe(place, index));
    }
  }

  void CheckSlots(const Place& place, const std::set<Role>& to_roles) {
    std::vector<Told> told(place.values.count());
    for (const Role& to : to_roles) {
      const std::vector<Cell>& cells = CellsOf(place, to);
      for (std::size_t index = 0; index < told.size(); ++index) {
        if (cells[index].sections != 0 || cells[index].held != nullptr) ++told[index].roles;
        if (cells[index].required) told[index].required_bytes += to.value().size();
      }
    }
    for (std::size_t index = 0; index < told.size(); ++index) {
      const bool few_slots = told[index].roles >= place.exchange.slots;
      if (!few_slots && told[index].required_bytes <= kRequiredBytesMax) continue;
      Problem("exchange " + place.exchange.name.value() +
              (few_slots ? " has too few slots for role "
                         : " names required roles with more than 2048 letters together for role ") +
              place.from.value() + (place.profile.empty() ? "" : ", profile " + place.profile) +
              place.values.Describe(index));
      return;
    }
  }

  void CheckReached() {
    for (const Rule& rule : rules_.rules) {
      if (!reached_.contains(rule.id))
        Problem(rule, "can never take effect: nothing is left of what it shares");
    }
  }

  static std::string Describe(const Place& place, std::size_t index) {
    return place.exchange.name.value() + " from " + place.from.value() + " to " + place.to.value() +
           (place.profile.empty() ? "" : ", profile " + place.profile) +
           place.values.Describe(index);
  }

  Rules rules_;
  std::string source_name_;
  Policy policy_;
  std::vector<std::string> profiles_;
  std::set<RuleId> reached_;
  std::vector<std::string> problems_;
};

Result<Policy> Compile(Rules rules, const std::string& source_name) {
  return Compiler(std::move(rules), source_name).Compile();
}

}  // namespace havenline::policy
