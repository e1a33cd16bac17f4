#include "schema/exchange/reflection.h"

#include <capnp/dynamic.h>

#include <algorithm>

#include "schema/base/check.h"

namespace havenline::exchange {
namespace {

// The ids of meta.capnp's annotations, for which capnpc generates no constants.
constexpr std::uint64_t kExchange = 0xf09c6b2e71a4d8e1;
constexpr std::uint64_t kVersion = 0xf09c6b2e71a4d8e2;
constexpr std::uint64_t kLabel = 0xf09c6b2e71a4d8e3;
constexpr std::uint64_t kHelp = 0xf09c6b2e71a4d8e4;
constexpr std::uint64_t kSensitivity = 0xf09c6b2e71a4d8e5;
constexpr std::uint64_t kMaxLength = 0xf09c6b2e71a4d8e6;
constexpr std::uint64_t kFormat = 0xf09c6b2e71a4d8e7;
constexpr std::uint64_t kClaim = 0xf09c6b2e71a4d8e8;
constexpr std::uint64_t kValue = 0xf09c6b2e71a4d8e9;
constexpr std::uint64_t kIdentifies = 0xf09c6b2e71a4d8ea;
constexpr std::uint64_t kTitle = 0xf09c6b2e71a4d8eb;
constexpr std::uint64_t kQuestion = 0xf09c6b2e71a4d8ec;
constexpr std::uint64_t kDanger = 0xf09c6b2e71a4d8ed;

using Annotations = capnp::List<capnp::schema::Annotation>::Reader;

std::string TextOf(Annotations annotations, std::uint64_t id) {
  for (const auto annotation : annotations) {
    if (annotation.getId() == id) return annotation.getValue().getText();
  }
  return {};
}

Field::Kind KindOf(capnp::Type type) {
  switch (type.which()) {
    case capnp::schema::Type::TEXT:
      return Field::Kind::kText;
    case capnp::schema::Type::INT64:
      return Field::Kind::kInteger;
    case capnp::schema::Type::BOOL:
      return Field::Kind::kBool;
    case capnp::schema::Type::ENUM:
      return Field::Kind::kChoice;
    case capnp::schema::Type::STRUCT:
      return Field::Kind::kStruct;
    case capnp::schema::Type::LIST:
      return Field::Kind::kList;
    default:
      break;
  }
  CHECK(false && "a field of a type that exchanges do not use");
  return Field::Kind::kText;
}

std::vector<Choice> ChoicesOf(capnp::EnumSchema schema) {
  std::vector<Choice> choices;
  for (const auto enumerant : schema.getEnumerants()) {
    const auto annotations = enumerant.getProto().getAnnotations();
    std::string name = TextOf(annotations, kValue);
    if (name.empty()) name = enumerant.getProto().getName();
    choices.push_back({std::move(name), TextOf(annotations, kLabel)});
    CHECK(!choices.back().label.empty());
  }
  return choices;
}

Field DescribeField(capnp::StructSchema::Field raw);

std::vector<Field> FieldsOf(capnp::StructSchema schema) {
  std::vector<Field> fields;
  for (const auto field : schema.getFields()) fields.push_back(DescribeField(field));
  return fields;
}

void DescribeType(Field& field, capnp::Type type) {
  field.kind = KindOf(type);
  if (type.isEnum()) field.choices = ChoicesOf(type.asEnum());
  if (type.isStruct()) field.fields = FieldsOf(type.asStruct());
  if (!type.isList()) return;
  const capnp::Type item = type.asList().getElementType();
  field.item_kind = KindOf(item);
  CHECK(field.item_kind == Field::Kind::kStruct || field.item_kind == Field::Kind::kText);
  if (item.isStruct()) field.fields = FieldsOf(item.asStruct());
}

Field DescribeField(capnp::StructSchema::Field raw) {
  const auto proto = raw.getProto();
  const auto annotations = proto.getAnnotations();
  Field field;
  field.name = proto.getName();
  field.label = TextOf(annotations, kLabel);
  field.help = TextOf(annotations, kHelp);
  field.format = TextOf(annotations, kFormat);
  field.claim = TextOf(annotations, kClaim);
  field.danger = TextOf(annotations, kDanger);
  for (const auto annotation : annotations) {
    if (annotation.getId() == kMaxLength) field.length_max = annotation.getValue().getUint32();
    if (annotation.getId() == kSensitivity)
      field.sensitivity = static_cast<Sensitivity>(annotation.getValue().getEnum());
    field.identifies = field.identifies || annotation.getId() == kIdentifies;
  }
  DescribeType(field, raw.getType());
  CHECK(!field.label.empty());
  // Whatever may be long says how long.
  CHECK(field.length_max.has_value() ||
        (field.kind != Field::Kind::kText && field.kind != Field::Kind::kList));
  return field;
}

void AddClaim(ExchangeType& type, const std::string& section, const Field& field,
              const std::string& name) {
  if (field.claim.empty()) return;
  CHECK(field.kind == Field::Kind::kChoice);
  type.claims.push_back({field.claim, section, name, field.choices});
}

}  // namespace

ExchangeType Describe(capnp::StructSchema schema) {
  const auto annotations = schema.getProto().getAnnotations();
  ExchangeType type;
  type.name = ExchangeName(TextOf(annotations, kExchange));
  for (const auto annotation : annotations) {
    if (annotation.getId() == kVersion) type.version = annotation.getValue().getUint16();
  }
  type.title = TextOf(annotations, kTitle);
  type.question = TextOf(annotations, kQuestion);
  CHECK(!type.name.value().empty() && type.version > 0);
  CHECK(!type.title.empty() && !type.question.empty());
  type.sections = FieldsOf(schema);
  CHECK(type.sections.front().name == "exclusions");
  CHECK(std::ranges::any_of(type.sections, &Field::identifies));
  for (const Field& section : type.sections) {
    AddClaim(type, section.name, section, "");
    for (const Field& field : section.fields) {
      if (section.kind == Field::Kind::kStruct) AddClaim(type, section.name, field, field.name);
    }
  }
  return type;
}

capnp::StructSchema SchemaOf(const ExchangeName& name) {
  for (const capnp::StructSchema schema : AllSchemas()) {
    if (TextOf(schema.getProto().getAnnotations(), kExchange) == name.value()) return schema;
  }
  CHECK(false && "no such exchange");
  return {};
}

}  // namespace havenline::exchange
