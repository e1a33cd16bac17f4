// People: the staff who may use a desk, each by a bearer token of their own. Outside the agency a
// person is a pseudonym, which only this agency's key can tie to a name.
//
// Immutable once read; any thread.

#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/seal/secret.h"

namespace havenline {

struct Person {
  std::string login;  // Known at this agency only.
  Pseudonym pseudonym;
  // The desks that they work at; none named: every desk of this host.
  struct Desk {
    AgencyId agency;
    std::optional<Role> role;  // None: all of the agency's.
  };
  std::vector<Desk> desks;

  bool WorksAt(const AgencyId& agency, const Role& role) const;
  // In any role.
  bool WorksAt(const AgencyId& agency) const;
};

class People {
 public:
  // One line for each person: `<login> <token>` and the desks that they work at, each an agency or
  // agency:role; without any they work at all. A token is at least 32 characters of [A-Za-z0-9_-].
  // The file is a secret: mode 0600. Lines that start with # are comments.
  static Result<People> Read(const std::filesystem::path& tokens,
                             const seal::LockedSecret<32>& pseudonym_key);

  // The person whose token it is. The same time whether it is the first, the last or none.
  std::optional<Person> WhoHas(std::string_view token) const;

 private:
  struct Entry {
    Person person;
    std::string token;
  };
  std::vector<Entry> entries_;
};

}  // namespace havenline
