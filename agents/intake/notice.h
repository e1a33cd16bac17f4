// What a row is on its way to a notice. Value types, made by the pure parts of intake.

#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schema/model/ids.h"
#include "schema/text/value.h"

namespace havenline::intake {

// The one exchange that this intake makes, and the sections of it that are intake's own to fill or
// to judge.
inline const ExchangeName kNoticeExchange("encompass-notice");
inline constexpr const char* kExclusionsSection = "exclusions";
inline constexpr const char* kNameSection = "childName";
inline constexpr const char* kBirthSection = "childBirth";
inline constexpr const char* kPartSection = "childPart";
inline constexpr const char* kUnborn = "unborn";
inline constexpr const char* kEstablishmentSection = "establishment";
inline constexpr const char* kReferenceSection = "reference";
inline constexpr const char* kIdentifiersSection = "identifiers";
inline constexpr const char* kTimeSection = "incidentTime";

// The danger flag that is computed from the date of birth, beside what a mapping may say.
inline constexpr const char* kTurned18 = "turned-18";

using Sections = std::map<std::string, text::Value>;

// Why a row cannot go as it is: for a person who mends it, and without anything that the row says.
struct RowProblem {
  std::size_t column = 0;  // The first that is wrong, from 1; 0: the row as a whole, or no CSV.
  std::string reason;
  std::string field = {};  // Its name, as the mapping has it; empty: the row as a whole.
};

// How a row names the child's school; each may be empty.
struct SchoolNamed {
  std::string urn;
  std::string laestab;
  std::string name;
  std::string field;  // The first that is given, as the mapping has it.

  bool given() const { return !field.empty(); }
};

// What a row says, every cell read and checked.
struct RowFacts {
  std::string incident;  // References of the records system.
  std::string child;
  Sections sections;  // All but the establishment.
  SchoolNamed school;
  bool home_educated = false;
  std::set<std::string> flags;  // Of danger, as the row raises them.
  bool turned_18 = false;       // Or nobody can tell.
  std::vector<std::string>
      notes;  // For the receipt: what was read in a way that a person should know.
};

// What can be told of a row that has a problem, and how far it is to be trusted.
struct PartialFacts {
  RowFacts facts;
  bool which_child = false;  // Incident and child …
  bool school = false;       // … how it names the school …
  bool content = false;      // … and all the rest.
};

// Which notice a row would make, as far as that is known of a row that cannot go. By this it is
// recognised when it comes again, mended.
struct RowIdentity {
  std::string child;      // force|incident|child|; empty: it does not say, and then nothing does.
  std::string reference;  // As a draft's; empty: nobody knows which school it means.
  std::string stated;
  std::optional<Digest> content;  // As a draft's; none: something of it cannot be read.

  // As what was sent before is found again.
  bool SameNotice(const RowIdentity& other) const {
    if (reference.empty() || other.reference.empty()) return false;
    return reference == other.reference || reference == other.stated || stated == other.reference ||
           stated == other.stated;
  }
};

// A notice that could be sent.
struct NoticeDraft {
  std::string reference;  // force|incident|child|urn: one notice for each, ever.
  std::string stated;  // The same with the establishment as the row named it, before any successor.
  std::optional<std::string> urn;  // None for a home-educated child.
  Sections sections;
  std::set<std::string> flags;  // With what was computed.
  Digest content{};  // Of what the row said: the same row again has the same, whatever the day is.
  std::vector<std::string> notes;
};

}  // namespace havenline::intake
