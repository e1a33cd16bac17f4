// What kinds of messages there are and what is in them, as plain values: the rest of the code knows
// no exchange by name. Made by reflection from the *.capnp files of this folder. Immutable; any
// thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/model/ids.h"

namespace havenline::exchange {

enum class Sensitivity : std::uint8_t { kOrdinary, kRestricted, kToxic };

struct Choice {
  std::string name;   // As a value, and of a claim.
  std::string label;  // For people.
};

struct Field {
  enum class Kind : std::uint8_t { kText, kInteger, kBool, kChoice, kStruct, kList };

  std::string name;
  std::string label;
  std::string help;
  Sensitivity sensitivity = Sensitivity::kOrdinary;
  Kind kind = Kind::kText;
  std::string format;                       // One of formats.h; or empty.
  std::optional<std::uint32_t> length_max;  // Bytes of a text, items of a list.
  std::string claim;                        // The claim made from it; or empty.
  std::string danger;                       // The danger flag that it raises; or empty.
  bool identifies = false;                  // A section by which a desk knows whom it is about.
  std::vector<Choice> choices;              // kChoice; the first is "not stated".
  std::vector<Field> fields;                // kStruct, and kList of structs.
  Kind item_kind = Kind::kText;             // kList.
};

// A claim, and where its value comes from.
struct ClaimSource {
  std::string name;
  std::string section;
  std::string field;  // In the section's struct; empty if the section is the choice itself.
  std::vector<Choice> values;
};

struct ExchangeType {
  ExchangeName name;
  std::uint16_t version = 0;
  std::string title;     // For people: "Operation Encompass notice".
  std::string question;  // What a desk answers by the sections that identify: "Is this our pupil?"
  std::vector<Field> sections;
  std::vector<ClaimSource> claims;

  const Field* FindSection(std::string_view section) const;
  std::vector<std::string> SectionNames() const;
};

const std::vector<ExchangeType>& AllExchanges();
const ExchangeType* FindExchange(const ExchangeName& name);

}  // namespace havenline::exchange
