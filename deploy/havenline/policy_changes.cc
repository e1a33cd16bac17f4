#include "deploy/havenline/policy_changes.h"

#include <algorithm>

#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/rules.h"

namespace havenline {
namespace {

using Kind = policy::Change::Kind;
using text::Value;
using tool::Count;
using tool::Join;
using tool::Plain;

std::string_view WordFor(Kind kind) {
  switch (kind) {
    case Kind::kGains:
      return "gains";
    case Kind::kLoses:
      return "loses";
    case Kind::kMustBeTold:
      return "must-be-told";
    case Kind::kNeedNotBeTold:
      return "need-not-be-told";
    case Kind::kMustBeDecided:
      return "must-be-decided";
    case Kind::kNeedNotBeDecided:
      return "need-not-be-decided";
    case Kind::kGainsHeld:
      return "gains-held";
    case Kind::kLosesHeld:
      return "loses-held";
    case Kind::kCondition:
      return "condition";
    case Kind::kForbids:
      return "never";
    case Kind::kNoLongerForbids:
      return "no-longer-never";
    case Kind::kShows:
      return "shows-as-withheld";
    case Kind::kNoLongerShows:
      return "no-longer-shows-as-withheld";
    case Kind::kBasis:
      return "basis";
    case Kind::kPurpose:
      return "purpose";
    case Kind::kClock:
      return "clock";
    case Kind::kEscalation:
      return "escalation";
    case Kind::kRetention:
      return "label";
    case Kind::kThread:
      return "thread";
    case Kind::kExchange:
      return "exchange";
    case Kind::kDeclared:
      return "name";
    case Kind::kRule:
      return "rule";
  }
  return "changes";
}

// "of encompass-notice from police (police.south-yorkshire)".
std::string OfWords(const policy::Change& change) {
  std::string words = "of " + change.exchange.value() + " from " + change.from.value();
  if (change.every_sender) return words;
  std::vector<std::string> senders;
  for (const AgencyId& sender : change.senders) senders.push_back(sender.value());
  if (change.other_senders) senders.emplace_back("any sender that no profile names");
  return words + " (" + Join(senders) + ")";
}

// "was a, is now b".
std::string WasAndIs(const std::string& before, const std::string& after) {
  if (before.empty()) return "now has " + Plain(after);
  if (after.empty()) return "no longer has " + Plain(before);
  return "was " + Plain(before) + ", is now " + Plain(after);
}

std::string BasisListWords(const std::string& joined) {
  std::vector<std::string> words;
  for (const std::string& code : SplitJoined(joined))
    words.push_back(code + " (" + BasisWords(code) + ")");
  return Join(words, " and ");
}

std::string TermWords(const policy::Change& change, const std::string& what) {
  const bool basis = change.kind == Kind::kBasis;
  return ": the " + what + " " + OfWords(change) + " " +
         WasAndIs(basis ? BasisListWords(change.before) : change.before,
                  basis ? BasisListWords(change.after) : change.after);
}

std::string WhatWords(const policy::Change& change) {
  const std::string of = OfWords(change);
  switch (change.kind) {
    case Kind::kGains:
    case Kind::kLoses:
      return " " + std::string(WordFor(change.kind)) + " " + change.section + " " + of;
    case Kind::kMustBeTold:
      return " must now be told " + of;
    case Kind::kNeedNotBeTold:
      return " need no longer be told " + of;
    case Kind::kMustBeDecided:
      return ": whether to tell it " + of + " must now be decided and recorded";
    case Kind::kNeedNotBeDecided:
      return ": whether to tell it " + of + " need no longer be decided and recorded";
    case Kind::kGainsHeld:
      return " gains " + change.section + " " + of +
             ", held until somebody else does not take it on";
    case Kind::kLosesHeld:
      return " loses " + change.section + " " + of + ", which was held";
    case Kind::kCondition:
      return " has another condition for what is held " + of;
    case Kind::kForbids:
      return " is now kept from " + change.section + " " + of + " by " + change.rule;
    case Kind::kNoLongerForbids:
      return " is no longer kept from " + change.section + " " + of + " by " + change.rule;
    case Kind::kShows:
      return " may now see that " + change.section + " " + of + " is withheld";
    case Kind::kNoLongerShows:
      return " may no longer see that " + change.section + " " + of + " is withheld";
    case Kind::kBasis:
      return TermWords(change, "lawful basis");
    case Kind::kPurpose:
      return TermWords(change, "purpose");
    case Kind::kClock:
      return TermWords(change, "time to acknowledge");
    case Kind::kEscalation:
      return TermWords(change, "list of who is asked next");
    case Kind::kRetention:
      return TermWords(change, "retention label");
    case Kind::kThread:
      return TermWords(change, "share in the thread's secret");
    case Kind::kExchange:
    case Kind::kDeclared:
    case Kind::kRule:
      break;
  }
  return "";
}

// What is about no role.
std::string TextWords(const policy::Change& change) {
  const std::string& name = change.exchange.value();
  if (change.kind == Kind::kExchange && change.section.empty())
    return "the exchange " + name + (change.before.empty() ? " is new" : " is gone");
  if (change.kind == Kind::kExchange)
    return "the exchange " + name + ": `" + change.section + "` " +
           WasAndIs(change.before, change.after);
  if (change.kind == Kind::kDeclared && change.before.empty())
    return "the " + change.section + " is new: " + Plain(change.after);
  if (change.kind == Kind::kDeclared && change.after.empty())
    return "the " + change.section + " is gone: " + Plain(change.before);
  if (change.kind == Kind::kDeclared)
    return "the " + change.section + " " + WasAndIs(change.before, change.after);
  const std::string rule = "rule " + change.rule;
  if (change.section == "why")
    return rule + " is explained otherwise: it " +
           WasAndIs("\"" + change.before + "\"", "\"" + change.after + "\"");
  if (change.before.empty()) return rule + " (" + change.after + ") is new";
  if (change.after.empty()) return rule + " (" + change.before + ") is gone";
  return rule + " " + WasAndIs(change.before, change.after);
}

bool IsAboutText(Kind kind) {
  return kind == Kind::kExchange || kind == Kind::kDeclared || kind == Kind::kRule;
}

// Sections that fare alike, as one.
std::vector<policy::Change> Gathered(const std::vector<policy::Change>& all) {
  std::vector<policy::Change> gathered;
  for (const policy::Change& change : all) {
    const auto alike = std::ranges::find_if(gathered, [&](const policy::Change& each) {
      return !IsAboutText(change.kind) && each.kind == change.kind &&
             each.exchange == change.exchange && each.from == change.from && each.to == change.to &&
             each.when == change.when && each.rule == change.rule && each.before == change.before &&
             each.after == change.after && each.every_sender == change.every_sender &&
             each.other_senders == change.other_senders && each.senders == change.senders &&
             each.in_some_case == change.in_some_case;
    });
    if (alike == gathered.end()) {
      gathered.push_back(change);
    } else {
      alike->section += ", " + change.section;
    }
  }
  return gathered;
}

}  // namespace

std::string WordsOf(const policy::Change& change) {
  if (IsAboutText(change.kind)) return TextWords(change);
  const std::string words = change.to.value() + WhatWords(change);
  if (change.in_some_case) return words + ", in some case (the claims themselves changed)";
  const std::string when = CasesWords(change.when);
  return when.empty() ? words : words + ", " + when;
}

Value JsonOf(const policy::Change& change) {
  Value json = Value::Map().Set("change", WordFor(change.kind));
  const bool is_about_text = IsAboutText(change.kind);
  if (!change.exchange.value().empty()) json.Set("exchange", change.exchange.value());
  if (!is_about_text) json.Set("from", change.from.value()).Set("to", change.to.value());
  if (!change.section.empty()) json.Set("section", change.section);
  if (!change.rule.empty()) json.Set("rule", change.rule);
  if (!change.before.empty()) json.Set("before", change.before);
  if (!change.after.empty()) json.Set("after", change.after);
  if (is_about_text) return json;
  std::vector<std::string> senders;
  for (const AgencyId& sender : change.senders) senders.push_back(sender.value());
  return std::move(json)
      .Set("every-sender", change.every_sender)
      .Set("other-senders", change.other_senders)
      .Set("senders", ListOf(senders))
      .Set("when", CasesJson(change.when))
      .Set("in-some-case", change.in_some_case);
}

Result<PolicyDifference> DifferenceBetween(const DocumentFile& before_file,
                                           const policy::Policy& before,
                                           const DocumentFile& after_file,
                                           const policy::Policy& after) {
  ASSIGN_OR_RETURN(const policy::Rules old_rules,
                   policy::ParseRules(before_file.text, before_file.source));
  ASSIGN_OR_RETURN(const policy::Rules new_rules,
                   policy::ParseRules(after_file.text, after_file.source));
  auto all = policy::Compare(before, after);
  for (policy::Change& change : policy::CompareTexts(old_rules, new_rules))
    all.push_back(std::move(change));
  PolicyDifference difference{{}, "", Value::List()};
  for (const policy::Change& change : all) difference.json.Add(JsonOf(change));
  for (const policy::Change& change : Gathered(all)) difference.words.push_back(WordsOf(change));
  if (!difference.words.empty()) {
    difference.verdict = Count(difference.words.size(), "change", "changes");
  } else if (before.version().hash == after.version().hash) {
    difference.verdict = "nothing changes: the two are one text";
  } else {
    difference.verdict =
        "nothing changes in what anybody is told, on what terms, or in what is never told: the "
        "two texts differ only in how they are written";
  }
  if (before.partnership() != after.partnership())
    difference.verdict += "; the two are of different partnerships, " +
                          before.partnership().value() + " and " + after.partnership().value();
  return difference;
}

}  // namespace havenline
