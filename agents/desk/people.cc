#include "agents/desk/people.h"

#include <algorithm>
#include <sstream>

#include "agents/http/bearer.h"
#include "deploy/runtime/files.h"
#include "schema/model/names.h"
#include "schema/seal/hash.h"
#include "schema/seal/joined.h"
#include "schema/seal/labels.h"

namespace havenline {
namespace {

constexpr std::size_t kFileMax = 4U << 20U;  // A county's desk: 2,048 schools by name for each.
constexpr std::size_t kTokenMin = 32;

Pseudonym PseudonymOf(const std::string& login, const seal::LockedSecret<32>& key) {
  const Digest digest = seal::HmacSha256(key.ExposeSecret(),
                                         seal::Joined(seal::labels::kPseudonym).Add(login).bytes());
  return Pseudonym(HexEncode(ByteView(digest).first(8)));
}

bool IsToken(std::string_view token) {
  return token.size() >= kTokenMin && token.size() <= 256 && std::ranges::all_of(token, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '-' || c == '_';
         });
}

// "council.rotherham", "council.rotherham:housing" or "duty-team@council.rotherham". False if it is
// none of these.
bool TakePlace(const std::string& word, Person& person) {
  if (const auto at = word.find('@'); at != std::string::npos) {
    const std::string duty = word.substr(0, at);
    const std::string agency = word.substr(at + 1);
    if (!IsName(duty) || !IsName(agency)) return false;
    person.duties.emplace(AgencyId(agency), duty);
    return true;
  }
  const auto colon = word.find(':');
  const std::string agency = word.substr(0, colon);
  if (!IsName(agency)) return false;
  const auto known = person.desks.find(AgencyId(agency));
  const bool of_all = known != person.desks.end() && known->second.empty();
  std::set<Role>& roles = person.desks[AgencyId(agency)];
  if (colon == std::string::npos) {
    roles.clear();
    return true;
  }
  const std::string role = word.substr(colon + 1);
  if (!IsName(role)) return false;
  if (!of_all) roles.insert(Role(role));
  return true;
}

std::size_t DesksOf(const std::vector<OwnAgency>& agencies) {
  std::size_t desks = 0;
  for (const OwnAgency& agency : agencies)
    desks += std::max<std::size_t>(1, agency.receives.size());
  return desks;
}

// What is wrong with the desks of a line, or nothing. No agency is named: this reaches the log.
std::string WrongDesks(Person& person, const std::vector<OwnAgency>& agencies) {
  const auto is_here = [&](const AgencyId& agency) {
    return std::ranges::find(agencies, agency, &OwnAgency::id) != agencies.end();
  };
  const bool all_here =
      std::ranges::all_of(person.desks, [&](const auto& desk) { return is_here(desk.first); }) &&
      std::ranges::all_of(person.duties, [&](const auto& duty) { return is_here(duty.first); });
  if (!all_here) {
    return "it names an agency that this host does not speak for: its agencies are the [[agency]] "
           "of agent.toml";
  }
  if (!person.desks.empty()) return "";
  if (DesksOf(agencies) > 1) {
    return "this host has several desks, and the line names none. Write after the token the desks "
           "that this login works at, of the [[agency]] of agent.toml: an agency's name for all of "
           "its roles, or agency:role for one";
  }
  for (const OwnAgency& agency : agencies) person.desks[agency.id];
  return "";
}

}  // namespace

bool Person::WorksAt(const AgencyId& agency, const Role& role) const {
  const auto at = desks.find(agency);
  return at != desks.end() && (at->second.empty() || at->second.contains(role));
}

Result<People> People::Read(const std::filesystem::path& tokens,
                            const seal::LockedSecret<32>& pseudonym_key,
                            const std::vector<OwnAgency>& agencies) {
  ASSIGN_OR_RETURN(Bytes bytes, ReadSecretFile(tokens, kFileMax));
  const seal::SecretBytes wiped(std::move(bytes));
  std::istringstream lines{std::string(AsText(wiped.ExposeSecret()))};
  People people;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    Person person;
    std::string& login = person.login;
    std::string token;
    words >> login >> token;
    bool desks_are_named = true;
    for (std::string word; words >> word;)
      desks_are_named = TakePlace(word, person) && desks_are_named;
    const bool known = std::ranges::any_of(people.entries_, [&](const Entry& entry) {
      return entry.person.login == login || entry.token == token;
    });
    const std::string at_line = tokens.string() + ":" + std::to_string(number) + ": ";
    if (!IsName(login) || !IsToken(token) || !desks_are_named || known) {
      return Fail(FaultCode::kInvalid,
                  at_line +
                      "each line is a login and a token of at least 32 letters, digits, - "
                      "and _, both used once, the desks that they work at: agency or "
                      "agency:role, and the duties that they hold: duty@agency");
    }
    if (const std::string wrong = WrongDesks(person, agencies); !wrong.empty())
      return Fail(FaultCode::kInvalid, at_line + wrong);
    person.pseudonym = PseudonymOf(login, pseudonym_key);
    people.entries_.push_back({std::move(person), token});
  }
  if (people.entries_.empty()) return Fail(FaultCode::kInvalid, tokens.string() + " names nobody");
  return people;
}

bool People::SomebodyHolds(const AgencyId& agency, const std::string& duty) const {
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.person.duties.contains({agency, duty});
  });
}

bool People::MaySee(const Person& person, const AlarmPlace& place) const {
  if (place.agency.value().empty()) return true;
  if (!place.duty.empty() && SomebodyHolds(place.agency, place.duty))
    return person.duties.contains({place.agency, place.duty});
  return place.role.value().empty() ? person.WorksAt(place.agency)
                                    : person.WorksAt(place.agency, place.role);
}

std::optional<Person> People::WhoHas(std::string_view token) const {
  std::optional<Person> found;
  for (const Entry& entry : entries_) {
    if (SecretEqual(entry.token, token)) found = entry.person;
  }
  return found;
}

}  // namespace havenline
