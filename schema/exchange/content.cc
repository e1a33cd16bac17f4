#include "schema/exchange/content.h"

#include <capnp/dynamic.h>

#include <algorithm>

#include "schema/base/check.h"
#include "schema/exchange/formats.h"
#include "schema/exchange/reflection.h"
#include "schema/model/names.h"
#include "schema/text/nearest.h"
#include "schema/wire/message.h"

namespace havenline::exchange {
namespace {

using text::Value;
using wire::Malformed;

constexpr wire::ParseLimits kContent{limits::kSectionBytesMax, 1};

// What stops a value from being content; caught in this file.
[[noreturn]] void Refuse(const std::string& path, const std::string& what) {
  throw Malformed{path + " " + what};
}

// Cap'n Proto's writers stop at a NUL: what follows it would not be sent.
void CheckWhole(const std::string& path, const std::string& content) {
  if (content.find('\0') != std::string::npos) Refuse(path, "contains a NUL character");
}

void CheckInteger(const Field& field, const std::string& path, std::int64_t number) {
  if (!HasFormat(field.format, number)) Refuse(path, "is not a " + field.format);
}

void CheckText(const Field& field, const std::string& path, const std::string& content) {
  CheckWhole(path, content);
  if (content.size() > field.length_max.value_or(0)) {
    Refuse(path, "is too long: at most " + std::to_string(field.length_max.value_or(0)) + " bytes");
  }
  if (!content.empty() && !HasFormat(field.format, content))
    Refuse(path, "is not a " + field.format);
}

// --- values to messages

void Fill(capnp::DynamicStruct::Builder builder, const std::vector<Field>& fields,
          const Value& value, const std::string& path);

void CheckKind(const Value& value, Value::Kind kind, const std::string& path) {
  if (!value.is(kind)) Refuse(path, "must be " + std::string(text::NameOf(kind)));
}

void SetChoice(capnp::DynamicStruct::Builder builder, const Field& field, const Value& value,
               const std::string& path) {
  CheckKind(value, Value::Kind::kText, path);
  const auto choice = std::ranges::find(field.choices, value.text(), &Choice::name);
  if (choice == field.choices.end()) {
    std::string known;
    for (const Choice& each : field.choices) known += (known.empty() ? "" : ", ") + each.name;
    Refuse(path, "must be one of: " + known);
  }
  const auto at = builder.getSchema().getFieldByName(field.name);
  builder.set(at, capnp::DynamicEnum(at.getType().asEnum(),
                                     static_cast<std::uint16_t>(choice - field.choices.begin())));
}

void SetList(capnp::DynamicStruct::Builder builder, const Field& field, const Value& value,
             const std::string& path) {
  CheckKind(value, Value::Kind::kList, path);
  if (value.items().size() > field.length_max.value_or(0)) {
    Refuse(path, "has too many items: at most " + std::to_string(field.length_max.value_or(0)));
  }
  auto list = builder.init(field.name, static_cast<unsigned>(value.items().size()))
                  .as<capnp::DynamicList>();
  for (unsigned i = 0; i < list.size(); ++i) {
    const Value& item = value.items()[i];
    const std::string at = path + "[" + std::to_string(i + 1) + "]";
    if (field.item_kind == Field::Kind::kStruct) {
      Fill(list[i].as<capnp::DynamicStruct>(), field.fields, item, at);
      continue;
    }
    CheckKind(item, Value::Kind::kText, at);
    if (item.text().size() > limits::kNameBytesMax) Refuse(at, "is too long");
    CheckWhole(at, item.text());
    list.set(i, capnp::Text::Reader(item.text()));
  }
}

void SetField(capnp::DynamicStruct::Builder builder, const Field& field, const Value& value,
              const std::string& path) {
  if (value.is(Value::Kind::kNull)) return;
  switch (field.kind) {
    case Field::Kind::kText:
      CheckKind(value, Value::Kind::kText, path);
      CheckText(field, path, value.text());
      builder.set(field.name, capnp::Text::Reader(value.text()));
      return;
    case Field::Kind::kInteger:
      CheckKind(value, Value::Kind::kInteger, path);
      CheckInteger(field, path, value.integer());
      builder.set(field.name, value.integer());
      return;
    case Field::Kind::kBool:
      CheckKind(value, Value::Kind::kBool, path);
      builder.set(field.name, value.boolean());
      return;
    case Field::Kind::kChoice:
      return SetChoice(builder, field, value, path);
    case Field::Kind::kStruct:
      return Fill(builder.init(field.name).as<capnp::DynamicStruct>(), field.fields, value, path);
    case Field::Kind::kList:
      return SetList(builder, field, value, path);
  }
}

void Fill(capnp::DynamicStruct::Builder builder, const std::vector<Field>& fields,
          const Value& value, const std::string& path) {
  CheckKind(value, Value::Kind::kMap, path);
  for (const auto& [key, member] : value.members()) {
    const auto field = std::ranges::find(fields, key, &Field::name);
    if (field == fields.end()) throw Malformed{UnknownField(path, key, fields)};
    SetField(builder, *field, member, path + "." + key);
  }
}

// --- messages to values

Value ReadStruct(capnp::DynamicStruct::Reader reader, const std::vector<Field>& fields,
                 const std::string& path);

Value ReadField(const capnp::DynamicValue::Reader& reader, const Field& field,
                const std::string& path) {
  switch (field.kind) {
    case Field::Kind::kText: {
      std::string content =
          wire::ReadText(reader.as<capnp::Text>(), limits::kSectionBytesMax, "text");
      CheckText(field, path, content);
      return content;
    }
    case Field::Kind::kInteger: {
      const auto number = reader.as<std::int64_t>();
      CheckInteger(field, path, number);
      return number;
    }
    case Field::Kind::kBool:
      return reader.as<bool>();
    case Field::Kind::kChoice: {
      const std::uint16_t raw = reader.as<capnp::DynamicEnum>().getRaw();
      if (raw >= field.choices.size()) Refuse(path, "is a choice that this version does not know");
      return field.choices[raw].name;
    }
    case Field::Kind::kStruct:
      return ReadStruct(reader.as<capnp::DynamicStruct>(), field.fields, path);
    case Field::Kind::kList:
      break;
  }
  const auto list = reader.as<capnp::DynamicList>();
  if (list.size() > field.length_max.value_or(0)) Refuse(path, "has too many items");
  Value items = Value::List();
  for (const auto item : list) {
    if (field.item_kind == Field::Kind::kStruct) {
      items.Add(ReadStruct(item.as<capnp::DynamicStruct>(), field.fields, path));
    } else {
      items.Add(wire::ReadText(item.as<capnp::Text>(), limits::kNameBytesMax, "text"));
    }
  }
  return items;
}

Value ReadStruct(capnp::DynamicStruct::Reader reader, const std::vector<Field>& fields,
                 const std::string& path) {
  Value map = Value::Map();
  for (const Field& field : fields) {
    if (!reader.has(field.name, capnp::HasMode::NON_DEFAULT)) continue;
    map.Set(field.name, ReadField(reader.get(field.name), field, path + "." + field.name));
  }
  return map;
}

Value ReadOnly(capnp::DynamicStruct::Reader root, const ExchangeType& type, const Field& section) {
  for (const Field& other : type.sections) {
    if (other.name != section.name && root.has(other.name, capnp::HasMode::NON_DEFAULT)) {
      Refuse(section.name, "carries another section");
    }
  }
  if (!root.has(section.name, capnp::HasMode::NON_DEFAULT)) return {};
  return ReadField(root.get(section.name), section, section.name);
}

const Field& SectionOf(const ExchangeType& type, const std::string& section) {
  const Field* const field = type.FindSection(section);
  CHECK(field != nullptr);  // Callers go by the type's own list.
  return *field;
}

}  // namespace

std::string UnknownField(const std::string& path, const std::string& name,
                         const std::vector<Field>& known) {
  if (!IsName(name)) return path + " has a field whose name is none: letters and digits";
  text::Nearest nearest(name);
  for (const Field& field : known) nearest.Offer(field.name);
  return path + "." + name + " is not known" +
         (nearest.Found() ? "; did you mean " + *nearest.Found() + "?" : "");
}

Result<Bytes> EncodeSection(const ExchangeType& type, const std::string& section,
                            const Value& value) {
  const Field& field = SectionOf(type, section);
  try {
    capnp::MallocMessageBuilder message;
    SetField(message.initRoot<capnp::DynamicStruct>(SchemaOf(type.name)), field, value, section);
    Bytes bytes = wire::ToSingleSegment(message);
    if (bytes.size() > limits::kSectionBytesMax) Refuse(section, "is too large");
    return bytes;
  } catch (const Malformed& malformed) {
    return Fail(FaultCode::kInvalid, malformed.what);
  } catch (const kj::Exception&) {
    return Fail(FaultCode::kInvalid, section + " cannot be written");
  }
}

Result<Value> DecodeSection(const ExchangeType& type, const std::string& section, ByteView bytes) {
  const Field& field = SectionOf(type, section);
  try {
    wire::MessageCopy copy(bytes, kContent);
    return ReadOnly(copy.reader().getRoot<capnp::DynamicStruct>(SchemaOf(type.name)), type, field);
  } catch (const Malformed& malformed) {
    return Fail(FaultCode::kCorrupt, malformed.what);
  } catch (const kj::Exception&) {
    return Fail(FaultCode::kCorrupt, section + " is malformed");
  }
}

std::map<std::string, std::string> ClaimsOf(const ExchangeType& type,
                                            const std::map<std::string, Value>& content) {
  std::map<std::string, std::string> claims;
  for (const ClaimSource& claim : type.claims) {
    const auto section = content.find(claim.section);
    const Value* value = section == content.end() ? nullptr : &section->second;
    if (value != nullptr && !claim.field.empty()) {
      value = value->is(Value::Kind::kMap) ? value->Find(claim.field) : nullptr;
    }
    const bool stated = value != nullptr && value->is(Value::Kind::kText);
    claims[claim.name] = stated ? value->text() : claim.values.front().name;
  }
  return claims;
}

}  // namespace havenline::exchange
