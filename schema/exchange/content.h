// The content of messages: from the values that people and systems give, section by section, to the
// bytes that are sealed, and back. Pure; any thread.
//
// As a value a section is what its type says: text, a whole number, a bool, the name of a choice, a
// map of fields, or a list. Everything is optional: what is left out is "not stated".

#pragma once

#include <map>
#include <string>

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/exchange/exchange_type.h"
#include "schema/text/value.h"

namespace havenline::exchange {

// The message with only `section` set, as one single-segment message. A null value gives the empty
// one. A kInvalid fault names the field and the rule it breaks, never what it held.
Result<Bytes> EncodeSection(const ExchangeType& type, const std::string& section,
                            const text::Value& value);

// Null for an empty section. kCorrupt if it is malformed, breaks a field's limit or sets another
// section.
Result<text::Value> DecodeSection(const ExchangeType& type, const std::string& section,
                                  ByteView bytes);

// The claims made from a content (section name -> value), each with a value: the first choice where
// the field is left out. Sections that are not there count as left out.
std::map<std::string, std::string> ClaimsOf(const ExchangeType& type,
                                            const std::map<std::string, text::Value>& content);

// Of a field that is not there, for whoever wrote it: its path, and what was probably meant. What
// is no name is not repeated: it may be somebody's data in the wrong place.
std::string UnknownField(const std::string& path, const std::string& name,
                         const std::vector<Field>& known);

}  // namespace havenline::exchange
