// For every exchange, and whatever content its type allows: what is sealed is what is read.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "schema/exchange/content.h"
#include "schema/exchange/formats.h"
#include "schema/model/limits.h"
#include "schema/text/json.h"

namespace havenline::exchange {
namespace {

using text::Value;

std::string AnyText(std::size_t bytes_max) {
  const auto letters = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "Z", " ", "\n", "\"", "\\", "\t", "\x01", "\u00e9",
                                    "\u2014", "\U0001F600", "=", "<", "&"));
  std::string text;
  for (const std::string& letter : letters)
    if (text.size() + letter.size() <= bytes_max) text += letter;
  // Now and then as long as may be.
  if (*rc::gen::inRange(0, 10) == 0) text.resize(bytes_max, 'x');
  return IsUtf8(text) ? text : std::string(bytes_max, 'y');
}

std::string TextFor(const Field& field) {
  if (field.format == "date") return *rc::gen::element<std::string>("", "2015-03-04", "2000-02-29");
  if (field.format == "local-time") return "2026-10-25 01:30";
  if (field.format == "urn") return *rc::gen::element<std::string>("", "100001", "999999");
  if (field.format == "upn") return "B801200005001";
  if (field.format == "nhs-number") return "9434765919";
  return AnyText(*field.length_max);
}

// As it will be read: the first choice, zero and false are what is left out.
Value AnyValue(const Field& field);

Value AnyMap(const std::vector<Field>& fields) {
  Value map = Value::Map();
  for (const Field& field : fields) {
    if (*rc::gen::inRange(0, 3) == 0) continue;
    Value value = AnyValue(field);
    if (!value.is(Value::Kind::kNull)) map.Set(field.name, std::move(value));
  }
  return map;
}

Value AnyValue(const Field& field) {
  switch (field.kind) {
    case Field::Kind::kText:
      return TextFor(field);
    case Field::Kind::kInteger:
      return *rc::gen::inRange<std::int64_t>(
          1, field.format == "count" ? 1'000'001 : 4'102'444'800'000);
    case Field::Kind::kBool:
      return true;
    case Field::Kind::kChoice:
      return field.choices[*rc::gen::inRange<std::size_t>(1, field.choices.size())].name;
    case Field::Kind::kStruct:
      return AnyMap(field.fields);
    case Field::Kind::kList:
      break;
  }
  Value list = Value::List();
  const auto count = *rc::gen::inRange<std::size_t>(0, *field.length_max + 1);
  for (std::size_t i = 0; i < count; ++i) {
    if (field.item_kind == Field::Kind::kStruct) {
      list.Add(AnyMap(field.fields));
    } else {
      list.Add(AnyText(limits::kNameBytesMax));
    }
  }
  return list;
}

TEST(ContentPropertyTest, WhatIsSealedIsWhatIsRead) {
  for (const ExchangeType& type : AllExchanges()) {
    EXPECT_TRUE(rc::check([&] {
      for (const Field& section : type.sections) {
        const Value value = AnyValue(section);
        const auto bytes = EncodeSection(type, section.name, value);
        if (!bytes) RC_FAIL(bytes.error().detail);
        const auto read = DecodeSection(type, section.name, *bytes);
        if (!read) RC_FAIL(read.error().detail);
        RC_ASSERT(*read == value);
        // The same content gives the same bytes, and JSON loses nothing of it.
        RC_ASSERT(*EncodeSection(type, section.name, *read) == *bytes);
        RC_ASSERT(*text::ParseJson(text::ToJson(value), "test") == value);
      }
    }));
  }
}

// Noise is refused or is content; never anything else.
TEST(ContentPropertyTest, NoiseIsRefusedOrRead) {
  const ExchangeType& type = AllExchanges().front();
  EXPECT_TRUE(rc::check([&] {
    Bytes bytes = *rc::gen::container<Bytes>(rc::gen::arbitrary<std::uint8_t>());
    bytes.resize(bytes.size() / 8 * 8 + 16);
    bytes[0] = bytes[1] = bytes[2] = bytes[3] = 0;
    const auto words = static_cast<std::uint32_t>(bytes.size() / 8 - 1);
    for (unsigned i = 0; i < 4; ++i) bytes[4 + i] = static_cast<std::uint8_t>(words >> (8 * i));
    for (const Field& section : type.sections) {
      const auto read = DecodeSection(type, section.name, bytes);
      if (read) RC_ASSERT(EncodeSection(type, section.name, *read).has_value());
    }
  }));
}

}  // namespace
}  // namespace havenline::exchange
