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

constexpr std::size_t kFileMax = 256U << 10U;
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

// "council.rotherham" or "council.rotherham:housing".
std::optional<Person::Desk> DeskFrom(const std::string& text) {
  const auto colon = text.find(':');
  const std::string agency = text.substr(0, colon);
  if (!IsName(agency)) return std::nullopt;
  if (colon == std::string::npos) return Person::Desk{AgencyId(agency), std::nullopt};
  const std::string role = text.substr(colon + 1);
  if (!IsName(role)) return std::nullopt;
  return Person::Desk{AgencyId(agency), Role(role)};
}

}  // namespace

bool Person::WorksAt(const AgencyId& agency, const Role& role) const {
  return desks.empty() || std::ranges::any_of(desks, [&](const Desk& desk) {
           return desk.agency == agency && (!desk.role || *desk.role == role);
         });
}

bool Person::WorksAt(const AgencyId& agency) const {
  return desks.empty() || std::ranges::find(desks, agency, &Desk::agency) != desks.end();
}

Result<People> People::Read(const std::filesystem::path& tokens,
                            const seal::LockedSecret<32>& pseudonym_key) {
  ASSIGN_OR_RETURN(Bytes bytes, ReadSecretFile(tokens, kFileMax));
  const seal::SecretBytes wiped(std::move(bytes));
  std::istringstream lines{std::string(AsText(wiped.ExposeSecret()))};
  People people;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string login;
    std::string token;
    words >> login >> token;
    std::vector<Person::Desk> desks;
    bool desks_are_named = true;
    for (std::string word; words >> word;) {
      auto desk = DeskFrom(word);
      desks_are_named = desks_are_named && desk.has_value();
      if (desk) desks.push_back(*std::move(desk));
    }
    const bool known = std::ranges::any_of(people.entries_, [&](const Entry& entry) {
      return entry.person.login == login || entry.token == token;
    });
    if (!IsName(login) || !IsToken(token) || !desks_are_named || known) {
      return Fail(FaultCode::kInvalid,
                  tokens.string() + ":" + std::to_string(number) +
                      ": each line is a login and a token of at least 32 letters, digits, - and "
                      "_, both used once, and the desks that they work at: agency or agency:role");
    }
    people.entries_.push_back(
        {{login, PseudonymOf(login, pseudonym_key), std::move(desks)}, token});
  }
  if (people.entries_.empty()) return Fail(FaultCode::kInvalid, tokens.string() + " names nobody");
  return people;
}

std::optional<Person> People::WhoHas(std::string_view token) const {
  std::optional<Person> found;
  for (const Entry& entry : entries_) {
    if (SecretEqual(entry.token, token)) found = entry.person;
  }
  return found;
}

}  // namespace havenline
