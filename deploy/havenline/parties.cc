#include "deploy/havenline/parties.h"

#include "deploy/havenline/key_files.h"
#include "deploy/runtime/files.h"
#include "schema/base/z85.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/signing.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

using text::Value;
using Path = std::filesystem::path;

constexpr std::size_t kTokenBytes = 32;

Value List(const std::vector<Role>& roles) {
  Value list = Value::List();
  for (const Role& role : roles) list.Add(role.value());
  return list;
}

// Each person's own token in a file of its own, to be handed over; and all of them for the daemon.
Result<void> WriteTokens(const PlannedHost& host, const std::vector<AgencyAt>& agencies,
                         const Path& folder) {
  seal::SystemRandom random;
  std::string all_desks;
  for (const AgencyAt& at : agencies) all_desks += " " + at.agency.id.value();
  std::string tokens = "# login token desks (agency or agency:role) duties (duty@agency)\n";
  std::vector<std::string> people = host.people;
  if (people.empty()) people.emplace_back("keyadult");
  for (const std::string& login : people) {
    const std::string token = HexEncode(random.Array<kTokenBytes>());
    tokens.append(login).append(" ").append(token);
    const auto desks = host.desks.find(login);
    if (desks == host.desks.end()) {
      tokens += all_desks;
    } else {
      for (const std::string& place : desks->second) tokens.append(" ").append(place);
    }
    tokens += "\n";
    RETURN_IF_FAULT(WriteIn(folder / "tokens" / login, token + "\n", kPrivateFile));
  }
  return WriteIn(folder / "tokens.txt", tokens, kPrivateFile);
}

// Beside the store, and never part of what is put back with it.
std::string WitnessMark(const AgencyAt& at) {
  const std::string& keys = at.key_folder;
  return "witness/" + keys.substr(keys.rfind('/') + 1);
}

}  // namespace

std::string KeyFolder(std::size_t number) { return "keys/agency-" + std::to_string(number); }

Result<void> WriteIn(const Path& path, const std::string& text, mode_t mode) {
  RETURN_IF_FAULT(MakeDirectories(path.parent_path(), kPrivateDirectory));
  return WriteFileDurably(path, AsBytes(text), mode);
}

Result<std::string> MakeHostKeys(const Path& folder, bool with_agencies,
                                 seal::RandomSource& random) {
  ASSIGN_OR_RETURN(const seal::Secret<32> curve,
                   MakeKeyFile("curve", folder / "keys" / "curve.key", random));
  if (with_agencies) {
    RETURN_IF_FAULT(MakeKeyFile("store", folder / "keys" / "store.key", random));
    RETURN_IF_FAULT(MakeKeyFile("pseudonym", folder / "keys" / "pseudonym.key", random));
  }
  return Z85Encode(seal::SealKey::FromPrivate(curve.ExposeSecret()).public_key());
}

Result<Value> MakeAgencyKeys(const AgencyAt& at, const Path& host_folder,
                             seal::RandomSource& random) {
  Value keys = Value::List();
  for (const seal::Purpose purpose :
       {seal::Purpose::kEnvelope, seal::Purpose::kReceipt, seal::Purpose::kVoid,
        seal::Purpose::kRecall, seal::Purpose::kStatement}) {
    const std::string name(seal::NameOf(purpose));
    ASSIGN_OR_RETURN(const seal::Secret<32> seed,
                     MakeKeyFile(name, host_folder / at.key_folder / (name + ".key"), random));
    const seal::SigningKey key = seal::SigningKey::FromSeed(seed.ExposeSecret());
    keys.Add(
        Value::Map()
            .Set("purpose", name)
            .Set("public", Base64Encode(key.public_key()))
            .Set("proof", Base64Encode(seal::ProvePossession(key, at.agency.id.value(), name))));
  }
  return keys;
}

Value HostEntry(const HostId& id, const std::string& operated_by, const std::string& curve) {
  return Value::Map()
      .Set("name", id.value())
      .Set("operated-by", operated_by)
      .Set("curve", Value::List().Add(curve));
}

Value AgencyEntry(const PlannedAgency& agency, Value keys) {
  return Value::Map()
      .Set("name", agency.id.value())
      .Set("title", agency.title)
      .Set("roles", List(agency.roles))
      .Set("host", agency.host.value())
      .Set("key", std::move(keys));
}

Value AgencyTable(const AgencyAt& at) {
  Value table = Value::Map()
                    .Set("name", at.agency.id.value())
                    .Set("keys", at.key_folder)
                    .Set("receives", List(at.agency.receives));
  if (at.agency.witness) table.Set("witness-mark", WitnessMark(at));
  if (!at.agency.telephone.empty()) table.Set("telephone", at.agency.telephone);
  if (!at.agency.calendar.is(Value::Kind::kNull)) table.Set("calendar", at.agency.calendar);
  return table;
}

Result<void> WriteHostFolder(const PlannedHost& host, const std::vector<AgencyAt>& agencies,
                             const PartnershipFacts& facts, const Path& folder) {
  for (const auto& [name, note] : facts.notes)
    RETURN_IF_FAULT(WriteIn(folder / name, note, kPublicFile));
  Value tables = Value::List();
  for (const AgencyAt& at : agencies) tables.Add(AgencyTable(at));
  Value configuration = Value::Map()
                            .Set("partnership", facts.partnership.value())
                            .Set("store", "store")
                            .Set("keys", "keys")
                            .Set("directory", "directory.note")
                            .Set("policy", "policy.note")
                            .Set("sends", host.sends)
                            .Set("broker", facts.broker)
                            .Set("governance", facts.governance)
                            .Set("port", Value::Map()
                                             .Set("number", host.port)
                                             .Set("file", "port")
                                             .Set("tokens", "tokens.txt"));
  if (!host.intake.is(Value::Kind::kNull)) configuration.Set("intake", host.intake);
  configuration.Set("agency", std::move(tables));
  RETURN_IF_FAULT(WriteIn(folder / "agent.toml", text::ToToml(configuration), kPublicFile));
  return WriteTokens(host, agencies, folder);
}

}  // namespace havenline
