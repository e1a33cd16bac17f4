#include "deploy/havenline/policy_replay.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/compare.h"
#include "policy/time_text.h"

namespace havenline {
namespace {

using text::Value;
using tool::Count;
using tool::Join;

enum class Outcome : std::uint8_t { kSame, kGains, kLoses, kBoth, kUnjudged, kTerms };
constexpr std::array<std::string_view, 6> kOutcomeNames = {
    "same", "gains", "loses", "gains-and-loses", "not-judged", "other-terms"};
// In the words' order: what matters most stands first.
constexpr std::array kOrder = {Outcome::kGains, Outcome::kBoth,     Outcome::kLoses,
                               Outcome::kTerms, Outcome::kUnjudged, Outcome::kSame};
constexpr std::size_t kDayLength = 10;  // Of "2026-11-22T08:00:00Z".

std::string_view NameOf(Outcome outcome) {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}

// On what terms something was told and would be: only what differs.
struct OtherTerm {
  std::string what;  // "basis", "purpose", "clock".
  std::string before;
  std::string after;
};

std::vector<OtherTerm> TermsThatDiffer(const policy::Cell& before, const policy::Cell& after) {
  const auto clock = [](const policy::Cell& cell) {
    return cell.deadline == nullptr ? std::string("none") : policy::ClockWords(*cell.deadline);
  };
  std::vector<OtherTerm> terms = {{"basis", before.basis, after.basis},
                                  {"purpose", before.purpose, after.purpose},
                                  {"clock", clock(before), clock(after)}};
  std::erase_if(terms, [](const OtherTerm& term) { return term.before == term.after; });
  return terms;
}

// What somebody is told in a case, at once or held.
const policy::Cell& Effective(const policy::Cell& cell) {
  return cell.held == nullptr ? cell : cell.held->cell;
}

// One role of one message, before and after.
struct Judged {
  const RecordedMessage* message;
  const RecordedTelling* before;
  Outcome outcome = Outcome::kSame;
  std::vector<std::string> gains;
  std::vector<std::string> losses;
  std::string rule;  // After; empty: nothing is shared.
  bool held = false;
  std::string why;  // kUnjudged.
  std::vector<OtherTerm> terms;
};

// A role that must be told, or decided about, and was not.
struct Owed {
  const RecordedMessage* message;
  Role to;
  std::string rule;
};

// What stands in `a` and not in `b`, in the order of `a`.
std::vector<std::string> Without(const std::vector<std::string>& a,
                                 const std::vector<std::string>& b) {
  std::vector<std::string> rest;
  for (const std::string& each : a) {
    if (std::ranges::find(b, each) == b.end()) rest.push_back(each);
  }
  return rest;
}

// "encompass-notice from police to school, risk = high".
std::string CaseWords(const RecordedMessage& message, const Role* to) {
  std::string words = message.exchange.value() + " from " + message.from.value();
  if (to != nullptr) words += " to " + to->value();
  for (const auto& [claim, value] : message.claims) words += ", " + claim + " = " + value;
  return tool::Plain(words);
}

class Replayed {
 public:
  Replayed(const DecisionRecord& record, const policy::Policy& policy, const ReplayAsked& asked)
      : record_(record), policy_(policy), asked_(asked) {
    for (const RecordedMessage& message : record.messages) {
      const bool in_time = (!asked.from || message.made >= *asked.from) &&
                           (!asked.until || message.made < *asked.until);
      if (in_time) messages_.push_back(&message);
    }
    for (const RecordedMessage* const message : messages_) JudgeMessage(*message);
  }

  tool::Answer Answer() const {
    return {Warnings() + Title() + Decisions() + OwedWords() + Summary(), Json(), ExitCode::kOk};
  }

 private:
  // The claims as the policy orders them; what is wrong with them in `why`.
  std::vector<ClaimOpening> ClaimsOf(const RecordedMessage& message,
                                     const policy::Exchange& exchange, std::string& why) const {
    std::vector<ClaimOpening> claims;
    for (const policy::Claim& claim : exchange.claims) {
      const auto recorded = message.claims.find(claim.name);
      if (recorded == message.claims.end()) {
        why = "no claim " + claim.name + " was recorded";
      } else if (std::ranges::find(claim.values, recorded->second) == claim.values.end()) {
        why = "the claim " + claim.name + " can no longer be " + recorded->second;
      } else {
        claims.push_back({{}, claim.name, recorded->second});
      }
    }
    return claims;
  }

  void JudgeMessage(const RecordedMessage& message) {
    const policy::Exchange* const exchange = policy_.Find(message.exchange);
    std::string why;
    std::vector<ClaimOpening> claims;
    if (exchange != nullptr) claims = ClaimsOf(message, *exchange, why);
    const TimePoint made = asked_.made.value_or(message.made);
    for (const RecordedTelling& before : message.told) {
      Judged judged{&message, &before, Outcome::kSame, {}, {}, "", false, why, {}};
      if (!why.empty()) {
        judged.outcome = Outcome::kUnjudged;
      } else {
        const policy::Cell& cell =
            policy_.Look({message.exchange, message.sender, message.from, before.to, claims, made});
        Compare(cell, exchange, judged);
        CompareTerms(cell, judged);
      }
      judged_.push_back(std::move(judged));
    }
    if (exchange == nullptr || !why.empty()) return;
    for (const auto& [to, cell] :
         policy_.RowsFor({message.exchange, message.sender, message.from, claims, made})) {
      const bool told = std::ranges::any_of(
          message.told, [&](const RecordedTelling& each) { return each.to == to && !each.held; });
      const auto& decided = message.decided_against;
      const bool was_decided = std::ranges::find(decided, to) != decided.end();
      if (!told && (cell->required || (cell->decision_required && !was_decided)))
        owed_.push_back({&message, to, cell->rule.value()});
    }
  }

  // To be told at once what was held is more, and the reverse less, whatever the sections.
  static void Compare(const policy::Cell& cell, const policy::Exchange* exchange, Judged& judged) {
    const policy::HeldShare* const held = cell.held.get();
    const policy::Cell& after = held != nullptr ? held->cell : cell;
    judged.held = held != nullptr;
    const auto sections =
        exchange == nullptr ? std::vector<std::string>{} : exchange->NamesOf(after.sections);
    judged.rule = after.sections == 0 ? "" : after.rule.value();
    judged.gains = Without(sections, judged.before->sections);
    judged.losses = Without(judged.before->sections, sections);
    const bool told = !sections.empty();
    const bool gains = !judged.gains.empty() || (told && judged.before->held && !judged.held);
    const bool loses = !judged.losses.empty() || (told && !judged.before->held && judged.held);
    if (gains && loses) {
      judged.outcome = Outcome::kBoth;
    } else if (gains || loses) {
      judged.outcome = gains ? Outcome::kGains : Outcome::kLoses;
    }
  }

  const policy::Policy* WentBy(const RecordedMessage& message) const {
    const auto found = std::ranges::find_if(asked_.before, [&](const policy::Policy* each) {
      return each->version().version == message.version;
    });
    return found == asked_.before.end() ? nullptr : *found;
  }

  // By the version that the message went by, as it was made then.
  void CompareTerms(const policy::Cell& cell, Judged& judged) {
    const RecordedMessage& message = *judged.message;
    const policy::Policy* const policy = WentBy(message);
    const policy::Exchange* const exchange =
        policy == nullptr ? nullptr : policy->Find(message.exchange);
    std::string why;
    const auto claims =
        exchange == nullptr ? std::vector<ClaimOpening>{} : ClaimsOf(message, *exchange, why);
    if (exchange == nullptr || !why.empty()) {
      ++terms_unknown_;
      return;
    }
    const policy::Cell& before = Effective(policy->Look(
        {message.exchange, message.sender, message.from, judged.before->to, claims, message.made}));
    const policy::Cell& after = Effective(cell);
    if (before.sections == 0 || before.rule != judged.before->rule) {
      ++terms_unknown_;
      return;
    }
    if (after.sections == 0) return;
    judged.terms = TermsThatDiffer(before, after);
    if (!judged.terms.empty() && judged.outcome == Outcome::kSame) judged.outcome = Outcome::kTerms;
  }

  // The record is of another partnership, as far as it says.
  std::string Warnings() const {
    std::string words;
    const std::string& ours = policy_.partnership().value();
    for (const std::string& partnership : record_.partnerships) {
      if (partnership != ours)
        words += "WARNING: the record is of " + tool::Plain(partnership) + ", the policy of " +
                 ours + ": what follows may mean nothing\n";
    }
    const bool knows_any = std::ranges::any_of(messages_, [&](const RecordedMessage* message) {
      return policy_.Find(message->exchange) != nullptr;
    });
    if (!messages_.empty() && !knows_any)
      words += "WARNING: the policy has none of the exchanges in the record\n";
    return words;
  }

  std::string Title() const {
    std::set<std::uint64_t> versions;
    std::set<TimePoint> times;
    for (const RecordedMessage* const message : messages_) {
      versions.insert(message->version);
      times.insert(message->made);
    }
    if (times.empty())
      return record_.messages.empty() ? "no decision is recorded\n"
                                      : "no decision is recorded of the time asked for\n";
    const std::string first = policy::TimeText(*times.begin()).substr(0, kDayLength);
    const std::string last = policy::TimeText(*times.rbegin()).substr(0, kDayLength);
    std::vector<std::string> numbers;
    for (const std::uint64_t version : versions) numbers.push_back(std::to_string(version));
    const bool all = messages_.size() == record_.messages.size();
    return Count(messages_.size(), "message", "messages") +
           (all ? "" : " of " + std::to_string(record_.messages.size())) + ", made " + first +
           (first == last ? "" : " to " + last) + " under version " + Join(numbers) +
           ", now held to version " + std::to_string(policy_.version().version) +
           (asked_.made ? " as if made " + policy::TimeText(*asked_.made) : "") + "\n";
  }

  // How one decision fares: those with the same words are counted together.
  static std::string Fares(const Judged& judged) {
    const std::string before = judged.before->rule.value();
    std::string words;
    if (!judged.gains.empty()) words += "  gains   " + Join(judged.gains) + "\n";
    if (!judged.losses.empty()) words += "  loses   " + Join(judged.losses) + "\n";
    if (!judged.rule.empty() && judged.before->held != judged.held)
      words += std::string("  when    ") +
               (judged.held ? "was told at once, now only if somebody else does not take it on"
                            : "was told only if somebody else did not take it on, now at once") +
               "\n";
    for (const OtherTerm& term : judged.terms)
      words += "  " + term.what + std::string(8 - term.what.size(), ' ') + term.before +
               " before, " + term.after + " now\n";
    if (judged.outcome == Outcome::kUnjudged)
      return words + "  because " + tool::Plain(judged.why) + "\n";
    if (judged.rule == before) return words + "  rule    " + before + ", before and now\n";
    return words + "  rule    " + before + " before, " +
           (judged.rule.empty() ? "none" : judged.rule) + " now\n";
  }

  std::string Decisions() const {
    std::string words;
    for (const Outcome outcome : kOrder) {
      std::map<std::string, std::size_t> groups;
      for (const Judged& judged : judged_) {
        if (judged.outcome == outcome)
          ++groups[CaseWords(*judged.message, &judged.before->to) + "\n" + Fares(judged)];
      }
      for (const auto& [text, count] : groups)
        words += std::string(NameOf(outcome)) + ", " + Count(count, "decision", "decisions") +
                 ": " + text;
    }
    return words;
  }

  std::string OwedWords() const {
    std::map<std::string, std::size_t> groups;
    for (const Owed& owed : owed_)
      ++groups[owed.to.value() + " must now be told or decided about, and was not: " +
               CaseWords(*owed.message, nullptr) + "; rule " + owed.rule];
    std::string words;
    for (const auto& [text, count] : groups)
      words += Count(count, "message", "messages") + ": " + text + "\n";
    return words;
  }

  std::size_t CountOf(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(judged_, outcome, &Judged::outcome));
  }

  std::string Summary() const {
    std::string words;
    if (!judged_.empty()) {
      words = Count(judged_.size(), "decision", "decisions") + ": " +
              std::to_string(CountOf(Outcome::kSame)) + " the same, " +
              std::to_string(CountOf(Outcome::kGains)) + " gain, " +
              std::to_string(CountOf(Outcome::kLoses)) + " lose, " +
              std::to_string(CountOf(Outcome::kBoth)) + " gain and lose, " +
              std::to_string(CountOf(Outcome::kUnjudged)) + " cannot be judged, " +
              std::to_string(CountOf(Outcome::kTerms)) + " the same on other terms\n";
    }
    if (terms_unknown_ > 0) {
      words += "on what ground, to what end and with which clock was not compared for " +
               Count(terms_unknown_, "decision", "decisions") +
               ": --old names the version they went by\n";
    }
    if (record_.without_claims == 0) return words;
    return words + Count(record_.without_claims, "message is", "messages are") +
           " not in it: an older version of the agent sent them and kept no claims\n";
  }

  Value Json() const {
    Value decisions = Value::List();
    for (const Judged& judged : judged_) decisions.Add(JsonOf(judged));
    Value owed = Value::List();
    for (const Owed& each : owed_) {
      owed.Add(Value::Map()
                   .Set("message", each.message->message)
                   .Set("exchange", each.message->exchange.value())
                   .Set("to", each.to.value())
                   .Set("rule", each.rule));
    }
    Value summary = Value::Map().Set("decisions", judged_.size());
    for (std::size_t i = 0; i < kOutcomeNames.size(); ++i)
      summary.Set(std::string(kOutcomeNames[i]), CountOf(static_cast<Outcome>(i)));
    summary.Set("owed", owed_.size())
        .Set("without-claims", record_.without_claims)
        .Set("terms-not-compared", terms_unknown_);
    return Value::Map()
        .Set("version", policy_.version().version)
        .Set("messages", messages_.size())
        .Set("partnerships", ListOf({record_.partnerships.begin(), record_.partnerships.end()}))
        .Set("decisions", std::move(decisions))
        .Set("owed", std::move(owed))
        .Set("summary", std::move(summary));
  }

  static Value JsonOf(const Judged& judged) {
    Value claims = Value::Map();
    for (const auto& [claim, value] : judged.message->claims) claims.Set(claim, value);
    Value json = Value::Map()
                     .Set("message", judged.message->message)
                     .Set("made", policy::TimeText(judged.message->made))
                     .Set("sender", judged.message->sender.value())
                     .Set("exchange", judged.message->exchange.value())
                     .Set("from", judged.message->from.value())
                     .Set("to", judged.before->to.value())
                     .Set("agencies", judged.before->agencies)
                     .Set("claims", std::move(claims))
                     .Set("result", NameOf(judged.outcome))
                     .Set("gains", ListOf(judged.gains))
                     .Set("loses", ListOf(judged.losses))
                     .Set("before", Value::Map()
                                        .Set("version", judged.message->version)
                                        .Set("rule", judged.before->rule.value())
                                        .Set("held", judged.before->held));
    if (judged.outcome == Outcome::kUnjudged) return json.Set("why", judged.why);
    Value terms = Value::List();
    for (const OtherTerm& term : judged.terms) {
      terms.Add(
          Value::Map().Set("term", term.what).Set("before", term.before).Set("after", term.after));
    }
    json.Set("terms", std::move(terms));
    return json.Set("after", Value::Map().Set("rule", judged.rule).Set("held", judged.held));
  }

  const DecisionRecord& record_;
  const policy::Policy& policy_;
  const ReplayAsked& asked_;
  std::vector<const RecordedMessage*> messages_;  // Of the time asked for.
  std::size_t terms_unknown_ = 0;
  std::vector<Judged> judged_;
  std::vector<Owed> owed_;
};

}  // namespace

tool::Answer Replay(const DecisionRecord& record, const policy::Policy& policy,
                    const ReplayAsked& asked) {
  return Replayed(record, policy, asked).Answer();
}

}  // namespace havenline
