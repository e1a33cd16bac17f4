// People: the staff who may use a desk, each by a bearer token of their own. Outside the agency a
// person is a pseudonym, which only this agency's key can tie to a name.
//
// Immutable once read; any thread.

#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agents/link/alarms.h"
#include "agents/link/keyring.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/seal/secret.h"

namespace havenline {

struct Person {
  std::string login;  // Known at this agency only.
  Pseudonym pseudonym;
  // The desks that they work at, by agency: in these roles of it; none named: in all.
  std::map<AgencyId, std::set<Role>> desks;
  // The duties that they hold, of policy's, each at an agency.
  std::set<std::pair<AgencyId, std::string>> duties;

  bool WorksAt(const AgencyId& agency, const Role& role) const;
  // In any role.
  bool WorksAt(const AgencyId& agency) const { return desks.contains(agency); }
};

class People {
 public:
  // One line for each person: `<login> <token>`, the desks that they work at, each an agency or
  // agency:role, and the duties that they hold, each duty@agency. A host of one desk needs no desk
  // named; on any other a line without one is refused, and so is an agency that is not of this host
  // (`agencies`). A token is at least 32 characters of [A-Za-z0-9_-]. The file is a secret: mode
  // 0600. Lines that start with # are comments.
  static Result<People> Read(const std::filesystem::path& tokens,
                             const seal::LockedSecret<32>& pseudonym_key,
                             const std::vector<OwnAgency>& agencies);

  // What is for somebody's desk, or about the machine; and of what is for a duty what is for one
  // that they hold, or for one at their desk that nobody here holds.
  bool MaySee(const Person& person, const AlarmPlace& place) const;

  // The person whose token it is. The same time whether it is the first, the last or none.
  std::optional<Person> WhoHas(std::string_view token) const;

 private:
  struct Entry {
    Person person;
    std::string token;
  };
  bool SomebodyHolds(const AgencyId& agency, const std::string& duty) const;

  std::vector<Entry> entries_;
};

}  // namespace havenline
