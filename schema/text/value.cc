#include "schema/text/value.h"

#include <algorithm>
#include <cmath>

#include "schema/base/bytes.h"

namespace havenline::text {
namespace {

std::vector<const Value::Members::value_type*> SortedByKey(const Value::Members& members) {
  std::vector<const Value::Members::value_type*> sorted;
  sorted.reserve(members.size());
  for (const auto& member : members) sorted.push_back(&member);
  std::ranges::sort(sorted, {},
                    [](const auto* member) -> const std::string& { return member->first; });
  return sorted;
}

bool EqualMembers(const Value::Members& a, const Value::Members& b) {
  return std::ranges::equal(SortedByKey(a), SortedByKey(b),
                            [](const auto* x, const auto* y) { return *x == *y; });
}

}  // namespace

Value::Value(double number) : data_(number) { CHECK(std::isfinite(number)); }

Value::Value(std::string text) : data_(std::move(text)) { CHECK(IsUtf8(this->text())); }

Value Value::List(Items items) {
  Value value;
  value.data_ = std::move(items);
  return value;
}

Value Value::Map(Members members) {
  const auto sorted = SortedByKey(members);
  for (const auto* member : sorted) CHECK(IsUtf8(member->first));
  const auto repeated = std::ranges::adjacent_find(
      sorted, [](const auto* a, const auto* b) { return a->first == b->first; });
  CHECK(repeated == sorted.end());
  Value value;
  value.data_ = std::move(members);
  return value;
}

const Value* Value::Find(std::string_view key) const {
  const auto found = std::ranges::find(members(), key, &Members::value_type::first);
  return found == members().end() ? nullptr : &found->second;
}

Value& Value::Set(std::string key, Value value) & {
  CHECK(IsUtf8(key));
  auto* members = std::get_if<Members>(&data_);
  CHECK(members != nullptr);
  const auto found = std::ranges::find(*members, key, &Members::value_type::first);
  if (found != members->end()) {
    found->second = std::move(value);
  } else {
    members->emplace_back(std::move(key), std::move(value));
  }
  return *this;
}

Value& Value::Add(Value value) & {
  auto* items = std::get_if<Items>(&data_);
  CHECK(items != nullptr);
  items->push_back(std::move(value));
  return *this;
}

std::size_t Value::Depth() const {
  std::size_t inside = 0;
  if (is(Kind::kList)) {
    for (const Value& item : items()) inside = std::max(inside, item.Depth());
  } else if (is(Kind::kMap)) {
    for (const auto& [key, member] : members()) inside = std::max(inside, member.Depth());
  } else {
    return 0;
  }
  return inside + 1;
}

bool operator==(const Value& a, const Value& b) {
  if (a.is(Value::Kind::kMap) && b.is(Value::Kind::kMap))
    return EqualMembers(a.members(), b.members());
  return a.data_ == b.data_;
}

std::string_view NameOf(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kNull:
      return "nothing";
    case Value::Kind::kBool:
      return "true or false";
    case Value::Kind::kInteger:
      return "a whole number";
    case Value::Kind::kReal:
      return "a number with a fraction";
    case Value::Kind::kText:
      return "text";
    case Value::Kind::kList:
      return "a list";
    case Value::Kind::kMap:
      return "a table";
  }
  return "unknown";
}

}  // namespace havenline::text
