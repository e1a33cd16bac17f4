#include "deploy/havenline/policy_replay.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/time_text.h"

namespace havenline {
namespace {

using text::Value;
using tool::Count;
using tool::Join;

enum class Outcome : std::uint8_t { kSame, kGains, kLoses, kBoth, kUnjudged };
constexpr std::array<std::string_view, 5> kOutcomeNames = {"same", "gains", "loses",
                                                           "gains-and-loses", "not-judged"};
// In the words' order: what matters most stands first.
constexpr std::array kOrder = {Outcome::kGains, Outcome::kBoth, Outcome::kLoses, Outcome::kUnjudged,
                               Outcome::kSame};
constexpr std::size_t kDayLength = 10;  // Of "2026-11-22T08:00:00Z".

std::string_view NameOf(Outcome outcome) {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
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
  Replayed(const DecisionRecord& record, const policy::Policy& policy,
           std::optional<TimePoint> made)
      : record_(record), policy_(policy), made_(made) {
    for (const RecordedMessage& message : record.messages) JudgeMessage(message);
  }

  tool::Answer Answer() const {
    return {Title() + Decisions() + OwedWords() + Summary(), Json(), ExitCode::kOk};
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
    const TimePoint made = made_.value_or(message.made);
    for (const RecordedTelling& before : message.told) {
      Judged judged{&message, &before, Outcome::kSame, {}, {}, "", false, why};
      if (!why.empty()) {
        judged.outcome = Outcome::kUnjudged;
      } else {
        const policy::Cell& cell =
            policy_.Look({message.exchange, message.sender, message.from, before.to, claims, made});
        Compare(cell, exchange, judged);
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

  std::string Title() const {
    std::set<std::uint64_t> versions;
    std::set<TimePoint> times;
    for (const RecordedMessage& message : record_.messages) {
      versions.insert(message.version);
      times.insert(message.made);
    }
    if (times.empty()) return "no decision is recorded\n";
    const std::string first = policy::TimeText(*times.begin()).substr(0, kDayLength);
    const std::string last = policy::TimeText(*times.rbegin()).substr(0, kDayLength);
    std::vector<std::string> numbers;
    for (const std::uint64_t version : versions) numbers.push_back(std::to_string(version));
    return Count(record_.messages.size(), "message", "messages") + ", made " + first +
           (first == last ? "" : " to " + last) + " under version " + Join(numbers) +
           ", now held to version " + std::to_string(policy_.version().version) +
           (made_ ? " as if made " + policy::TimeText(*made_) : "") + "\n";
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
              std::to_string(CountOf(Outcome::kUnjudged)) + " cannot be judged\n";
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
    summary.Set("owed", owed_.size()).Set("without-claims", record_.without_claims);
    return Value::Map()
        .Set("version", policy_.version().version)
        .Set("messages", record_.messages.size())
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
    return json.Set("after", Value::Map().Set("rule", judged.rule).Set("held", judged.held));
  }

  const DecisionRecord& record_;
  const policy::Policy& policy_;
  std::optional<TimePoint> made_;
  std::vector<Judged> judged_;
  std::vector<Owed> owed_;
};

}  // namespace

tool::Answer Replay(const DecisionRecord& record, const policy::Policy& policy,
                    std::optional<TimePoint> made) {
  return Replayed(record, policy, made).Answer();
}

}  // namespace havenline
