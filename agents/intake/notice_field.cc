#include "agents/intake/notice_field.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "agents/intake/texts.h"
#include "schema/base/check.h"
#include "schema/exchange/formats.h"

namespace havenline::intake {
namespace {

using exchange::Field;
using text::Value;

std::string NamesOf(const std::vector<Field>& fields) {
  std::string names;
  for (const Field& field : fields) names += (names.empty() ? "" : ", ") + field.name;
  return names;
}

const Field* FieldNamed(const std::vector<Field>& fields, std::string_view name) {
  const auto at = std::ranges::find(fields, name, &Field::name);
  return at == fields.end() ? nullptr : &*at;
}

std::vector<std::string> Split(std::string_view path) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t dot = path.find('.');
    parts.emplace_back(path.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    path.remove_prefix(dot + 1);
  }
}

// Takes "[2]" off the end of `part`; nothing if there is none, 0 if it is no number.
std::optional<std::size_t> TakeItem(std::string& part) {
  const std::size_t open = part.find('[');
  if (open == std::string::npos) return std::nullopt;
  const std::string digits = part.substr(open + 1);
  part.resize(open);
  std::size_t item = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), item);
  return error == std::errc() && std::string_view(end) == "]" ? item : 0;
}

Value PutMember(Value map, std::span<const std::string> members, Value value) {
  if (members.empty()) return value;
  if (!map.is(Value::Kind::kMap)) map = Value::Map();
  const Value* const inner = map.Find(members.front());
  Value changed =
      PutMember(inner == nullptr ? Value() : *inner, members.subspan(1), std::move(value));
  map.Set(members.front(), std::move(changed));
  return map;
}

Result<Value> ChoiceFor(const Field& field, const std::string& content) {
  std::string known;
  for (const exchange::Choice& choice : field.choices) {
    if (Lower(choice.name) == Lower(content)) return Value(choice.name);
    known += (known.empty() ? "" : ", ") + choice.name;
  }
  return Fail(FaultCode::kInvalid, "must be one of: " + known);
}

// The number as its register writes it: people write an NHS number as 943 476 5919, and letters
// small.
std::string Plain(const std::string& format, std::string text) {
  if (format == "nhs-number") std::erase_if(text, [](char c) { return c == ' ' || c == '-'; });
  if (format != "upn") return text;
  std::erase(text, ' ');
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

// Empty if `text` has the format.
std::string WhyNot(const std::string& format, std::string_view text) {
  std::string_view why;
  if (format == "upn") {
    why = exchange::WhyNotUpn(text);
  } else if (format == "nhs-number") {
    why = exchange::WhyNotNhsNumber(text);
  } else if (format == "urn") {
    why = exchange::WhyNotUrn(text);
  } else if (!exchange::HasFormat(format, text)) {
    return "is not a " + format + ": correct it";
  }
  if (why.empty()) return {};
  return "is wrong: " + std::string(why) + "; correct it";
}

}  // namespace

Result<NoticeField> FindNoticeField(const exchange::ExchangeType& type, std::string_view path) {
  NoticeField found;
  found.path = path;
  std::vector<std::string> parts = Split(path);
  found.item = TakeItem(parts.front());
  found.section = parts.front();
  const Field* field = type.FindSection(found.section);
  if (field == nullptr) {
    return Fail(FaultCode::kInvalid,
                "is no field of the notice; its sections are: " + NamesOf(type.sections));
  }
  const bool list = field->kind == Field::Kind::kList;
  if (list != found.item.has_value() ||
      (list && (*found.item == 0 || *found.item > field->length_max.value_or(0)))) {
    return Fail(FaultCode::kInvalid,
                list ? "must say which item, from [1] to [" +
                           std::to_string(field->length_max.value_or(0)) + "], as in " +
                           found.section + "[1]"
                     : found.section + " is no list: leave out the number in brackets");
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Field* const inner = FieldNamed(field->fields, parts[i]);
    if (inner == nullptr) {
      return Fail(FaultCode::kInvalid,
                  "is no field of the notice; " + parts[i - 1] + " has: " +
                      (field->fields.empty() ? "nothing below it" : NamesOf(field->fields)));
    }
    if (inner->kind == Field::Kind::kList)
      return Fail(FaultCode::kInvalid, "cannot be fed from a column");
    field = inner;
    found.members.push_back(parts[i]);
  }
  const bool structured = field->kind == Field::Kind::kStruct || (list && found.members.empty());
  if (structured && !field->fields.empty())
    return Fail(FaultCode::kInvalid,
                "must say which field: " + parts.back() + " has " + NamesOf(field->fields));
  if (structured || field->kind == Field::Kind::kList || field->kind == Field::Kind::kInteger)
    return Fail(FaultCode::kInvalid, "cannot be fed from a column");
  found.field = field;
  return found;
}

Result<Value> ValueFor(const Field& field, const std::string& content) {
  if (content.empty()) return Value();
  switch (field.kind) {
    case Field::Kind::kBool:
      if (Lower(content) == "yes") return Value(true);
      if (Lower(content) == "no") return Value(false);
      return Fail(FaultCode::kInvalid, "must be yes or no");
    case Field::Kind::kChoice:
      return ChoiceFor(field, content);
    case Field::Kind::kText:
      break;
    default:
      CHECK(false && "a field that FindNoticeField refuses");
  }
  std::string plain = Plain(field.format, content);
  if (auto why = WhyNot(field.format, plain); !why.empty())
    return Fail(FaultCode::kInvalid, std::move(why));
  if (plain.size() > field.length_max.value_or(0)) {
    return Fail(FaultCode::kInvalid, "is too long: shorten it to " +
                                         std::to_string(field.length_max.value_or(0)) + " bytes");
  }
  return Value(std::move(plain));
}

void SectionsBuilder::Put(const NoticeField& at, Value value) {
  if (value.is(Value::Kind::kNull)) return;
  Value& target = at.item ? lists_[at.section][*at.item] : sections_[at.section];
  target = PutMember(std::move(target), at.members, std::move(value));
}

Sections SectionsBuilder::Finish() && {
  for (auto& [section, items] : lists_) {
    Value list = Value::List();
    for (auto& [number, item] : items) list.Add(std::move(item));
    sections_[section] = std::move(list);
  }
  return std::move(sections_);
}

}  // namespace havenline::intake
