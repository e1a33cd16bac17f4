#include "agents/desk/danger.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "deploy/runtime/calendar_text.h"
#include "schema/exchange/content.h"
#include "schema/text/nearest.h"

namespace havenline {
namespace {

using exchange::Field;
using text::Value;

bool IsRaised(const Field& field, const Value& value, Day today) {
  if (value.is(Value::Kind::kBool)) return value.boolean();
  if (!value.is(Value::Kind::kText) || field.format != "date") return false;
  const auto birth = ParseDay(value.text(), DayForm::kIso);
  return birth && today >= EighteenOn(*birth);
}

void Collect(const Field& field, const Value& value, Day today, std::vector<std::string>& raised) {
  if (value.is(Value::Kind::kList)) {
    Field item = field;
    item.kind = field.item_kind;
    for (const Value& each : value.items()) Collect(item, each, today, raised);
    return;
  }
  if (!field.danger.empty() && IsRaised(field, value, today)) raised.push_back(field.danger);
  if (!value.is(Value::Kind::kMap)) return;
  for (const Field& below : field.fields) {
    if (const Value* const member = value.Find(below.name)) Collect(below, *member, today, raised);
  }
}

bool MayRaise(const Field& field) {
  return !field.danger.empty() || std::ranges::any_of(field.fields, MayRaise);
}

}  // namespace

std::vector<std::string> RaisedBy(const Field& field, const Value& value, Day today) {
  std::vector<std::string> raised;
  Collect(field, value, today, raised);
  return raised;
}

Result<std::vector<std::string>> FlagsOf(const Content& content, const policy::Policy& policy,
                                         const std::vector<std::string>& stated, TimePoint now) {
  const policy::Exchange* const exchange = policy.Find(content.exchange);
  const std::vector<std::string> listed =
      exchange == nullptr ? std::vector<std::string>() : exchange->hold_flags;
  std::set<std::string> raised;
  for (const std::string& flag : stated) {
    if (std::ranges::find(listed, flag) != listed.end()) {
      raised.insert(flag);
      continue;
    }
    text::Nearest nearest(flag);
    std::string all;
    for (const std::string& each : listed) {
      nearest.Offer(each);
      all += (all.empty() ? "" : ", ") + each;
    }
    return Fail(FaultCode::kInvalid,
                "\"flags\" has one that policy does not list for this exchange" +
                    (nearest.Found() ? "; did you mean " + *nearest.Found() + "?"
                                     : ", which has " + (all.empty() ? "none" : all)));
  }
  const exchange::ExchangeType* const type = exchange::FindExchange(content.exchange);
  if (type == nullptr) return Fail(FaultCode::kInvalid, "this version knows no such exchange");
  // An hour ahead, since a day begins by then on the clocks of an English summer.
  const Day today = std::chrono::floor<std::chrono::days>(now + std::chrono::hours(1));
  for (const Field& section : type->sections) {
    const auto bytes = content.sections.find(section.name);
    if (bytes == content.sections.end() || !MayRaise(section)) continue;
    ASSIGN_OR_RETURN(const Value value,
                     exchange::DecodeSection(*type, section.name, bytes->second));
    for (std::string& flag : RaisedBy(section, value, today)) raised.insert(std::move(flag));
  }
  std::vector<std::string> flags;
  std::ranges::copy_if(listed, std::back_inserter(flags),
                       [&](const std::string& flag) { return raised.contains(flag); });
  return flags;
}

}  // namespace havenline
