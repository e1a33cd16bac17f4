// For whatever rules: a section reaches a role if a `share` or `require` rule says so and no
// `never` rule says no, and in no other case; and a text is refused if, and only if, it contradicts
// itself.

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "policy/policy.h"

namespace havenline::policy {
namespace {

const std::vector<std::string> kSections = {"exclusions", "name", "place", "story"};
const std::vector<std::string> kFrom = {"police", "council"};
const std::vector<std::string> kTo = {"school", "health", "council"};
const std::vector<std::string> kProfiles = {"brief", "full"};
const std::vector<std::string> kRisks = {"unknown", "standard", "high"};
const std::vector<std::string> kParts = {"unknown", "victim"};
// Of no profile, of each, and of none that the text names.
const std::vector<std::pair<std::string, std::string>> kSenders = {
    {"p.brief", "brief"}, {"p.full", "full"}, {"p.other", ""}};

using Set = std::set<std::string>;

struct AnyRule {
  std::string kind;
  Set from;
  Set to;
  Set profiles;  // Empty: all.
  Set risks;     // Empty: always.
  Set parts;
  Set sections;  // Empty: "*".

  bool Applies(const std::string& profile, const std::string& from_role, const std::string& to_role,
               const std::string& risk, const std::string& part) const {
    const auto any = [](const Set& wanted, const std::string& it) {
      return wanted.empty() || wanted.contains(it);
    };
    return from.contains(from_role) && to.contains(to_role) && any(profiles, profile) &&
           any(risks, risk) && any(parts, part);
  }
  bool Names(const std::string& section) const {
    return sections.empty() || sections.contains(section);
  }
};

void showValue(const AnyRule& rule, std::ostream& out) {  // NOLINT(readability-identifier-naming)
  out << rule.kind << " ";
  for (const Set* set :
       {&rule.from, &rule.to, &rule.profiles, &rule.risks, &rule.parts, &rule.sections})
    rc::show(*set, out);
}

rc::Gen<Set> Some(const std::vector<std::string>& all, bool may_be_empty) {
  return rc::gen::map(
      rc::gen::inRange<unsigned>(may_be_empty ? 0 : 1, 1U << static_cast<unsigned>(all.size())),
      [all](unsigned bits) {
        Set some;
        for (std::size_t i = 0; i < all.size(); ++i)
          if ((bits >> i & 1U) != 0) some.insert(all[i]);
        return some;
      });
}

rc::Gen<AnyRule> ARule() {
  return rc::gen::build<AnyRule>(
      rc::gen::set(&AnyRule::kind,
                   rc::gen::element<std::string>("share", "share", "never", "require")),
      rc::gen::set(&AnyRule::from, Some(kFrom, false)),
      rc::gen::set(&AnyRule::to, Some(kTo, false)),
      rc::gen::set(&AnyRule::profiles, Some(kProfiles, true)),
      rc::gen::set(&AnyRule::risks, Some(kRisks, true)),
      rc::gen::set(&AnyRule::parts, Some(kParts, true)),
      rc::gen::set(&AnyRule::sections, Some({"name", "place", "story"}, true)));
}

std::string List(const Set& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "\"" : ", \"") + name + "\"";
  return "[" + list + "]";
}

std::string TextOf(const std::vector<AnyRule>& rules) {
  const auto all = [](const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += "\"" + name + "\",";
    return "[" + list + "]\n";
  };
  std::string text =
      "document = \"policy\"\npartnership = \"p\"\nversion = 1\n[exchange.notice]\nversion = 1\n"
      "slots = 8\nsections = " +
      all(kSections) + "[[exchange.notice.claim]]\nname = \"risk\"\nvalues = " + all(kRisks) +
      "[[exchange.notice.claim]]\nname = \"part\"\nvalues = " + all(kParts);
  for (const std::string& profile : kProfiles)
    text += "[[profile]]\nname = \"" + profile + "\"\nsenders = [\"p." + profile + "\"]\n";
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const AnyRule& rule = rules[i];
    text += "[[" + rule.kind + "]]\nrule = \"r" + std::to_string(i) +
            "\"\nexchange = \"notice\"\nwhy = \"w\"\nfrom = " + List(rule.from) +
            "\nto = " + List(rule.to) + "\n";
    if (rule.kind != "never") text += "basis = \"b\"\n";
    if (!rule.profiles.empty()) text += "profile = " + List(rule.profiles) + "\n";
    if (!rule.risks.empty()) text += "when.risk = " + List(rule.risks) + "\n";
    if (!rule.parts.empty()) text += "when.part = " + List(rule.parts) + "\n";
    text += "sections = " + (rule.sections.empty() ? "[\"*\"]" : List(rule.sections)) + "\n";
  }
  return text;
}

// Calls `see(profile, from, to, risk, part)` for every cell.
template <class See>
void ForEachCell(See see) {
  for (const auto& [sender, profile] : kSenders)
    for (const std::string& from : kFrom)
      for (const std::string& to : kTo)
        for (const std::string& risk : kRisks)
          for (const std::string& part : kParts) see(sender, profile, from, to, risk, part);
}

// What a rule gives in a cell after all `never` rules.
Set Left(const std::vector<AnyRule>& rules, const AnyRule& rule, const std::string& profile,
         const std::string& from, const std::string& to, const std::string& risk,
         const std::string& part) {
  Set left;
  if (rule.kind == "never" || !rule.Applies(profile, from, to, risk, part)) return left;
  for (const std::string& section : kSections) {
    if (section == "exclusions" || !rule.Names(section)) continue;
    const bool forbidden = std::ranges::any_of(rules, [&](const AnyRule& other) {
      return other.kind == "never" && other.Applies(profile, from, to, risk, part) &&
             other.Names(section);
    });
    if (!forbidden) left.insert(section);
  }
  return left;
}

bool Contradicts(const std::vector<AnyRule>& rules) {
  for (const AnyRule& rule : rules) {
    if (rule.kind == "never") continue;
    bool reached = false;
    bool missed = false;
    ForEachCell([&](const auto&, const auto& profile, const auto& from, const auto& to,
                    const auto& risk, const auto& part) {
      const bool left = !Left(rules, rule, profile, from, to, risk, part).empty();
      reached = reached || left;
      missed = missed || (!left && rule.Applies(profile, from, to, risk, part));
    });
    if (!reached || (missed && rule.kind == "require")) return true;
  }
  return false;
}

void CheckEveryCell(const Policy& policy, const std::vector<AnyRule>& rules) {
  const ExchangeName notice("notice");
  ForEachCell([&](const auto& sender, const auto& profile, const auto& from, const auto& to,
                  const auto& risk, const auto& part) {
    Set expected;
    bool required = false;
    for (const AnyRule& rule : rules) {
      const Set left = Left(rules, rule, profile, from, to, risk, part);
      expected.insert(left.begin(), left.end());
      required = required || (rule.kind == "require" && !left.empty());
    }
    if (!expected.empty()) expected.insert("exclusions");
    const std::vector<ClaimOpening> claims = {{Salt{}, "risk", risk}, {Salt{}, "part", part}};
    const Cell& cell = policy.Look({notice, AgencyId(sender), Role(from), Role(to), claims});
    const auto names = policy.Find(notice)->NamesOf(cell.sections);
    RC_ASSERT(Set(names.begin(), names.end()) == expected);
    RC_ASSERT(cell.required == required);
    RC_ASSERT(cell.rule.value().empty() == expected.empty());
  });
}

TEST(PolicyPropertyTest, TheTableSaysNoUnlessAShareSaysYesAndNoNeverSaysNo) {
  EXPECT_TRUE(rc::check([] {
    const auto rules = *rc::gen::resize(7, rc::gen::container<std::vector<AnyRule>>(ARule()));
    const auto policy = Policy::Parse(TextOf(rules), "p.toml");
    RC_CLASSIFY(policy.has_value(), "taken");
    RC_ASSERT(policy.has_value() == !Contradicts(rules));
    if (policy) CheckEveryCell(*policy, rules);
  }));
}

// Nothing depends on which rule was written first.
TEST(PolicyPropertyTest, TheOrderOfRulesDecidesNothing) {
  EXPECT_TRUE(rc::check([] {
    auto rules = *rc::gen::resize(6, rc::gen::container<std::vector<AnyRule>>(ARule()));
    const bool taken = Policy::Parse(TextOf(rules), "p.toml").has_value();
    std::ranges::reverse(rules);
    const auto reversed = Policy::Parse(TextOf(rules), "p.toml");
    RC_ASSERT(reversed.has_value() == taken);
    if (reversed) CheckEveryCell(*reversed, rules);
  }));
}

// One more `never` rule only ever takes away.
TEST(PolicyPropertyTest, ANeverRuleOnlyTakesAway) {
  EXPECT_TRUE(rc::check([] {
    auto rules = *rc::gen::resize(5, rc::gen::container<std::vector<AnyRule>>(ARule()));
    const auto before = Policy::Parse(TextOf(rules), "p.toml");
    AnyRule never = *ARule();
    never.kind = "never";
    rules.push_back(never);
    const auto after = Policy::Parse(TextOf(rules), "p.toml");
    if (!before || !after) return;
    const ExchangeName notice("notice");
    ForEachCell([&](const auto& sender, const auto&, const auto& from, const auto& to,
                    const auto& risk, const auto& part) {
      const std::vector<ClaimOpening> claims = {{Salt{}, "risk", risk}, {Salt{}, "part", part}};
      const AgencyId agency(sender);
      const SectionSet had = before->Look({notice, agency, Role(from), Role(to), claims}).sections;
      const SectionSet has = after->Look({notice, agency, Role(from), Role(to), claims}).sections;
      RC_ASSERT((has & ~had) == 0U);
    });
  }));
}

}  // namespace
}  // namespace havenline::policy
