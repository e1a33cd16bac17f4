// Prove(): looks in the finished table, cell by cell, for what must not be there. It trusts nothing
// that compile.cc concluded, only what the rules say. What it finds is a counter-example: one case
// in which a promise of docs/policy.md does not hold.

#include <algorithm>
#include <set>

#include "policy/basis.h"
#include "policy/cells.h"
#include "schema/base/check.h"

namespace havenline::policy {
namespace {

class Prover {
 public:
  Prover(const Rules& rules, const Policy& policy, Problems& problems)
      : rules_(rules), policy_(policy), problems_(problems) {}

  void Run() {
    for (const Exchange& exchange : policy_.exchanges()) {
      const CaseSpace cases(exchange);
      const HoldingRules holding(rules_, exchange, cases);
      const Space space{exchange, cases, holding};
      SectionSet told = 0;
      for (const auto& [key, cells] : policy_.table()) {
        if (std::get<0>(key) != exchange.name) continue;
        const Place place{exchange, std::get<1>(key), std::get<2>(key), std::get<3>(key)};
        ProvePlace(space, place, cells);
        for (const Cell* const cell : cells) told |= ToldBy(*cell);
      }
      ProveSenders(space);
      ProveSeen(exchange, told);
    }
  }

 private:
  using Cells = std::vector<const Cell*>;
  struct Space {
    const Exchange& exchange;
    const CaseSpace& cases;
    const HoldingRules& holding;
  };

  static SectionSet ToldBy(const Cell& cell) {
    return cell.sections | (cell.held == nullptr ? 0 : cell.held->cell.sections);
  }
  static SectionSet SourceOf(const Claim& claim, const Exchange& exchange) {
    return *exchange.SetOf({claim.section});
  }
  std::string NamesOf(SectionSet sections, const Exchange& exchange) const {
    std::string words;
    for (const std::string& name : exchange.NamesOf(sections))
      words += (words.empty() ? "" : ", ") + name;
    return words;
  }

  void ProvePlace(const Space& space, const Place& place, const Cells& cells) {
    const auto here = space.holding.At(place);
    for (const HoldingRules::Each* const each : here) {
      if (each->rule->effect == Effect::kNever) {
        ProveNever(space, place, cells, *each);
        ProveClaimsHidden(space, place, cells, *each);
      } else {
        ProveConsent(space, place, cells, *each);
      }
    }
    ProveDecidable(space, place, cells);
    ProveVisible(place, cells, here);
  }

  // `never` wins over everything.
  void ProveNever(const Space& space, const Place& place, const Cells& cells,
                  const HoldingRules::Each& never) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const SectionSet shared = never.holds[i] ? ToldBy(*cells[i]) & never.sections : 0;
      if (shared == 0) continue;
      problems_.Add(*never.rule, "forbids " + NamesOf(shared, space.exchange) +
                                     ", yet it is shared: " + Words(place, space.cases, i));
      return;
    }
  }

  // A claim that somebody is told is as good as the section that it is made of.
  void ProveClaimsHidden(const Space& space, const Place& place, const Cells& cells,
                         const HoldingRules::Each& never) {
    const auto read = policy_.ClaimsRead(place.exchange.name, place.from, place.to);
    for (const Claim& claim : space.exchange.claims) {
      const SectionSet source = SourceOf(claim, space.exchange);
      if ((never.sections & source) == 0 || !Contains(read, claim.name)) continue;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!never.holds[i] || ToldBy(*cells[i]) == 0) continue;
        problems_.Add(*never.rule, "forbids " + claim.section + ", yet " + place.to.value() +
                                       " is told the claim " + claim.name +
                                       ", which is made of it, since a rule for it reads that "
                                       "claim: " +
                                       Words(place, space.cases, i));
        return;
      }
    }
  }

  // Why a rule may not share where consent stands like this; empty if it may.
  static std::string AgainstConsent(const Rule& rule, const Exchange& exchange,
                                    std::string_view consent) {
    const Basis* const basis = FindBasis(rule.basis);
    CHECK(basis != nullptr);
    if (consent == "given") return "";
    const std::string stands = consent.empty() ? "" : ", and consent is " + std::string(consent);
    if (basis->rests_on_consent) {
      return "shares on " + rule.basis + ", which rests on consent" +
             (consent.empty() ? ", and this exchange does not say whether it was given" : stands);
    }
    if (exchange.consent != Consent::kRequired) return "";
    if (consent == "refused" || consent == "not-asked") {
      return std::string(rule.effect == Effect::kRequire ? "requires" : "shares") +
             " what needs consent" + stands;
    }
    return "";
  }

  void ProveConsent(const Space& space, const Place& place, const Cells& cells,
                    const HoldingRules::Each& share) {
    const auto claim = std::ranges::find(space.exchange.claims, kConsentClaim, &Claim::name);
    const bool known = claim != space.exchange.claims.end();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!share.holds[i] || (ToldBy(*cells[i]) & share.sections) == 0) continue;
      const std::string_view consent =
          known ? std::string_view(space.cases.ValueNameAt(
                      static_cast<std::size_t>(claim - space.exchange.claims.begin()), i))
                : std::string_view();
      const std::string against = AgainstConsent(*share.rule, space.exchange, consent);
      if (against.empty()) continue;
      problems_.Add(*share.rule, against + ": " + Words(place, space.cases, i));
      return;
    }
  }

  // Two cases that look the same to the recipient are the same to it.
  void ProveDecidable(const Space& space, const Place& place, const Cells& cells) {
    const auto read = policy_.ClaimsRead(place.exchange.name, place.from, place.to);
    std::map<std::vector<std::size_t>, std::size_t> first;  // What it sees -> the first such case.
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::vector<std::size_t> seen = {space.cases.PeriodAt(i)};
      for (std::size_t c = 0; c < space.exchange.claims.size(); ++c) {
        if (Contains(read, space.exchange.claims[c].name))
          seen.push_back(space.cases.ValueAt(c, i));
      }
      const std::size_t other = first.emplace(std::move(seen), i).first->second;
      if (cells[other] == cells[i]) continue;
      problems_.Add(
          rules_.exchange_marks.at(space.exchange.name),
          "what " + place.to.value() +
              " may be told depends on claims that it does not see, so it cannot check "
              "it; name them in `when` of its rules. Two cases that look the same to it: " +
              Words(place, space.cases, other) + "; and " + space.cases.Words(i));
      return;
    }
  }

  // `visible-when-withheld` names what is indeed withheld somewhere.
  void ProveVisible(const Place& place, const Cells& cells,
                    const std::vector<const HoldingRules::Each*>& here) {
    for (const HoldingRules::Each* const each : here) {
      for (const std::string& section : each->rule->visible) {
        const SectionSet bit = *place.exchange.SetOf({section});
        for (std::size_t i = 0; i < cells.size(); ++i) {
          const Cell& told = cells[i]->held != nullptr ? cells[i]->held->cell : *cells[i];
          const bool takes_part =
              each->holds[i] && (each->sections & told.sections) != 0 &&
              (each->rule->held != Condition::Kind::kNone) == (cells[i]->held != nullptr);
          if (takes_part && (told.visible & bit) != 0) shown_.emplace(each->rule, section);
        }
      }
    }
  }

  // What must hold of everybody together who is told in one case.
  void ProveSenders(const Space& space) {
    std::set<std::pair<std::string, Role>> senders;
    for (const auto& [key, cells] : policy_.table()) {
      if (std::get<0>(key) == space.exchange.name)
        senders.emplace(std::get<1>(key), std::get<2>(key));
    }
    for (const auto& [profile, from] : senders) {
      const Place place{space.exchange, profile, from, from};
      const std::vector<SectionSet> told = ToldAtOnce(space, place);
      ProveCheckable(space, place, told);
      ProveBroker(space, place, told);
    }
    for (const HoldingRules::Each& each : space.holding.all()) {
      for (const std::string& section : each.rule->visible) {
        if (shown_.contains({each.rule, section})) continue;
        problems_.Add(*each.rule,
                      "lets it show that " + section + " is withheld, which it never is",
                      "visible-when-withheld/" + section);
      }
    }
  }

  // By case: all sections that anybody is told at once.
  std::vector<SectionSet> ToldAtOnce(const Space& space, const Place& sender) const {
    std::vector<SectionSet> told(space.cases.count());
    for (const auto& [key, cells] : policy_.table()) {
      const bool its = std::get<0>(key) == sender.exchange.name &&
                       std::get<1>(key) == sender.profile && std::get<2>(key) == sender.from;
      for (std::size_t i = 0; its && i < cells.size(); ++i) told[i] |= cells[i]->sections;
    }
    return told;
  }

  bool Reads(const Space& space, const Place& sender, const Claim& claim) const {
    return std::ranges::any_of(space.holding.all(), [&](const HoldingRules::Each& each) {
      const Rule& rule = *each.rule;
      return rule.when.contains(claim.name) && Contains(rule.from, sender.from) &&
             (rule.profiles.empty() || Contains(rule.profiles, sender.profile));
    });
  }

  // A claim on which something depends can be held against its source by somebody who is told.
  void ProveCheckable(const Space& space, const Place& sender,
                      const std::vector<SectionSet>& told) {
    for (const Claim& claim : space.exchange.claims) {
      if (!Reads(space, sender, claim)) continue;
      const SectionSet source = SourceOf(claim, space.exchange);
      for (std::size_t i = 0; i < told.size(); ++i) {
        if (told[i] == 0 || (told[i] & source) != 0) continue;
        problems_.Add(rules_.exchange_marks.at(space.exchange.name),
                      "claim " + claim.name +
                          " decides who is told what, but nobody who is told "
                          "can check it: " +
                          claim.section + " reaches no role: " + space.cases.Words(i) + ", " +
                          SenderWords(sender));
        break;
      }
    }
  }

  // The broker is told every claim of every message.
  void ProveBroker(const Space& space, const Place& sender, const std::vector<SectionSet>& told) {
    const Role broker{std::string(kBrokerRole)};
    for (const HoldingRules::Each* const never :
         space.holding.At({sender.exchange, sender.profile, sender.from, broker})) {
      for (const Claim& claim : space.exchange.claims) {
        if ((never->sections & SourceOf(claim, space.exchange)) == 0) continue;
        for (std::size_t i = 0; i < told.size(); ++i) {
          if (told[i] == 0 || !never->holds[i]) continue;
          problems_.Add(*never->rule, "forbids the broker " + claim.section +
                                          ", yet it is told the claim " + claim.name +
                                          ", which is made of it: " + space.cases.Words(i) + ", " +
                                          SenderWords(sender));
          break;
        }
      }
    }
  }

  // What nobody is ever told need not be collected; or the text says that it is meant.
  void ProveSeen(const Exchange& exchange, SectionSet told) {
    for (const std::string& section : exchange.sections) {
      if (section == kExclusions) continue;
      const bool seen = (told & *exchange.SetOf({section})) != 0;
      const bool meant = Contains(exchange.unshared, section);
      if (seen != meant) continue;
      problems_.Add(rules_.exchange_marks.at(exchange.name),
                    "exchange " + exchange.name.value() + ": section " + section +
                        (seen ? " is in `unshared`, yet a rule shares it"
                              : " is told to nobody, in any case: share it, or name it in "
                                "`unshared`"));
    }
  }

  const Rules& rules_;
  const Policy& policy_;
  Problems& problems_;
  std::set<std::pair<const Rule*, std::string>> shown_;
};

}  // namespace

void Prove(const Rules& rules, const Policy& policy, Problems& problems) {
  Prover(rules, policy, problems).Run();
}

}  // namespace havenline::policy
