#include "tests/fakes/partnership.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "schema/base/check.h"
#include "schema/base/z85.h"
#include "schema/directory/opening.h"
#include "schema/directory/suspension.h"
#include "schema/directory/witnesses.h"
#include "schema/exchange/content.h"
#include "schema/seal/digests.h"
#include "schema/seal/hash.h"
#include "schema/seal/key_text.h"
#include "schema/text/toml.h"
#include "schema/tlog/checkpoint.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

using text::Value;

template <class T>
T Must(Result<T> result) {
  if (!result) std::fprintf(stderr, "test partnership: %s\n", result.error().detail.c_str());
  CHECK(result.has_value());
  return *std::move(result);
}

Value List(const std::vector<Role>& roles) {
  Value list = Value::List();
  for (const Role& role : roles) list.Add(role.value());
  return list;
}

std::string ReadRepositoryFile(const std::string& path) {
  std::ifstream file(std::string(HAVENLINE_SOURCE) + "/" + path);
  CHECK(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

seal::SigningKey WitnessKeyOf(const AgencyId& agency, std::uint8_t generation) {
  ByteArray<32> seed = seal::Sha256(AsBytes("a test witness: " + agency.value()));
  seed[0] = generation;
  return seal::SigningKey::FromSeed(seed);
}

}  // namespace

TestPartnership::TestPartnership(const std::vector<Role>& more) {
  governance_ = std::make_unique<tlog::NoteSigner>(kTestPartnership.value() + "/governance/1",
                                                   seal::SigningKey::Generate(random_));
  log_signer_ = std::make_unique<tlog::NoteSigner>(tlog::OriginOf(kTestPartnership, 1),
                                                   seal::SigningKey::Generate(random_));
  release_key_ = std::make_unique<seal::SigningKey>(seal::SigningKey::Generate(random_));
  std::vector<Role> sends = {kPoliceRole};
  std::vector<Role> receives = {kServicesRole, Role("home-education")};
  for (std::vector<Role>* const roles : {&sends, &receives}) {
    for (const Role& role : more) {
      if (std::ranges::find(*roles, role) == roles->end()) roles->push_back(role);
    }
  }
  AddAgency(kPolice, sends, {});
  for (const AgencyId& school : {kSchoolA, kSchoolB, kSchoolC})
    AddAgency(school, {kSchoolRole}, {kSchoolRole});
  AddAgency(kCouncil, receives, receives);
  for (const char* const host : {"broker", "host.operator"}) {
    curve_.emplace(host, seal::SealKey::Generate(random_));
  }
  directory_ =
      std::make_unique<Directory>(Must(Directory::Parse(DirectoryText(), "test directory")));
  policy_ =
      std::make_unique<policy::Policy>(Must(policy::Policy::Parse(PolicyText(), "test policy")));
  for (const TestAgency& agency : agencies_) CHECK(Must(statements_.Apply(StatementOf(agency.id))));
}

void TestPartnership::AddAgency(const AgencyId& id, std::vector<Role> roles,
                                std::vector<Role> receives) {
  TestAgency agency{.id = id,
                    .title = "Test " + id.value(),
                    .roles = std::move(roles),
                    .receives = std::move(receives),
                    .host = "host." + id.value(),
                    .keys = {},
                    .recipient_keys = {}};
  for (const seal::Purpose purpose :
       {seal::Purpose::kEnvelope, seal::Purpose::kReceipt, seal::Purpose::kVoid,
        seal::Purpose::kRecall, seal::Purpose::kStatement}) {
    agency.keys.emplace(purpose, seal::SigningKey::Generate(random_));
  }
  for (const Role& role : agency.receives)
    agency.recipient_keys.emplace(role, seal::SealKey::Generate(random_));
  curve_.emplace(agency.host, seal::SealKey::Generate(random_));
  agencies_.push_back(std::move(agency));
}

std::string TestPartnership::DirectoryText(std::uint64_t version, const Digest& previous) const {
  Value hosts = Value::List();
  Value agencies = Value::List();
  for (const TestAgency& agency : agencies_) {
    hosts.Add(Value::Map()
                  .Set("name", agency.host)
                  .Set("operated-by", agency.title)
                  .Set("curve", Value::List().Add(Z85Encode(curve_.at(agency.host).public_key()))));
    Value keys = Value::List();
    for (const auto& [purpose, key] : agency.keys) {
      const std::string name(seal::NameOf(purpose));
      keys.Add(
          Value::Map()
              .Set("purpose", name)
              .Set("public", Base64Encode(key.public_key()))
              .Set("proof", Base64Encode(seal::ProvePossession(key, agency.id.value(), name))));
    }
    agencies.Add(Value::Map()
                     .Set("name", agency.id.value())
                     .Set("title", agency.title)
                     .Set("roles", List(agency.roles))
                     .Set("host", agency.host)
                     .Set("key", std::move(keys)));
  }
  hosts.Add(
      Value::Map()
          .Set("name", "host.operator")
          .Set("operated-by", "the operator")
          .Set("operator-link", true)
          .Set("curve", Value::List().Add(Z85Encode(curve_.at("host.operator").public_key()))));
  Value directory = Value::Map()
                        .Set("document", "directory")
                        .Set("partnership", kTestPartnership.value())
                        .Set("version", version)
                        .Set("minimum-suite", 1);
  if (version > 1) directory.Set("previous", HexEncode(previous));
  return text::ToToml(
      std::move(directory)
          .Set("governance",
               Value::Map()
                   .Set("threshold", 1)
                   .Set("keys", Value::List().Add(tlog::NoteKeyToText(governance_->key()))))
          .Set("broker",
               Value::Map()
                   .Set("curve", Z85Encode(curve_.at("broker").public_key()))
                   .Set("release", Base64Encode(release_key_->public_key()))
                   .Set("log-keys", Value::List().Add(tlog::NoteKeyToText(log_signer_->key()))))
          .Set("host", std::move(hosts))
          .Set("agency", std::move(agencies)));
}

std::string TestPartnership::PolicyText(std::uint64_t version, const Digest& previous) const {
  std::string text = ReadRepositoryFile("tests/fakes/policy.toml");
  if (version == 1) return text;
  return Replace(text, "version = 1\n\n# A key adult",
                 "version = " + std::to_string(version) + "\nprevious = \"" + HexEncode(previous) +
                     "\"\n\n# A key adult");
}

std::string TestPartnership::Replace(std::string text, const std::string& what,
                                     const std::string& with) {
  const auto at = text.find(what);
  CHECK(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

std::string TestPartnership::WithKeyState(const std::string& directory, const AgencyId& agency,
                                          seal::Purpose purpose, const std::string& state) const {
  const std::string line = "public = \"" + Base64Encode(Key(agency, purpose).public_key()) + "\"\n";
  return Replace(directory, line, line + "state = \"" + state + "\"\n");
}

std::string TestPartnership::WithHost(const std::string& directory, const AgencyId& agency,
                                      const HostId& host) {
  return Replace(directory, "\nhost = \"" + HostOf(agency).value() + "\"",
                 "\nhost = \"" + host.value() + "\"");
}

tlog::WitnessSigner TestPartnership::WitnessOf(const AgencyId& agency, std::uint8_t generation) {
  return {WitnessName(kTestPartnership, agency), WitnessKeyOf(agency, generation)};
}

std::string TestPartnership::WithWitnesses(const std::string& directory,
                                           const std::vector<AgencyId>& agencies,
                                           std::size_t quorum) const {
  const std::string top = "minimum-suite = 1\n";
  std::string text = Replace(directory, top, top + "quorum = " + std::to_string(quorum) + "\n");
  for (const AgencyId& agency : agencies) {
    const Signature proof =
        seal::ProvePossession(WitnessKeyOf(agency, 1), agency.value(), kWitnessPurpose);
    text += "\n[[witness]]\nagency = \"" + agency.value() + "\"\nkey = \"" +
            tlog::WitnessKeyToText(WitnessOf(agency).key()) + "\"\nsince = 1\nproof = \"" +
            Base64Encode(proof) + "\"\n";
  }
  return text;
}

std::string TestPartnership::SuspensionNote(const AgencyId& agency, std::uint64_t number,
                                            bool lifted) const {
  return Sign(SuspensionText({kTestPartnership, agency, number, lifted}));
}

std::string TestPartnership::Sign(const std::string& text) const {
  return tlog::MakeNote(text, std::array{governance_->SignatureLine(text)});
}

std::string TestPartnership::OpeningNote() const {
  return Sign(OpeningText({kTestPartnership, 1, log_signer_->key()}));
}

const seal::SigningKey& TestPartnership::Key(const AgencyId& agency, seal::Purpose purpose) const {
  return std::ranges::find(agencies_, agency, &TestAgency::id)->keys.at(purpose);
}

const seal::SealKey& TestPartnership::RecipientKey(const AgencyId& agency, const Role& role) const {
  return std::ranges::find(agencies_, agency, &TestAgency::id)->recipient_keys.at(role);
}

SignedStatement TestPartnership::StatementOf(const AgencyId& id) const {
  const TestAgency& agency = *std::ranges::find(agencies_, id, &TestAgency::id);
  AgencyStatement statement;
  statement.partnership = kTestPartnership;
  statement.agency = id;
  statement.counter = 1;
  statement.time = kNight - std::chrono::hours(24);
  for (const auto& [role, key] : agency.recipient_keys) {
    statement.keys.push_back({role, 1, key.public_key(), RecipientKey::State::kCurrent});
  }
  statement.telephone = "01632 960000";
  return SignStatementOf(std::move(statement));
}

SignedStatement TestPartnership::SignStatementOf(AgencyStatement statement) const {
  const seal::SigningKey& key = Key(statement.agency, seal::Purpose::kStatement);
  SignedStatement signed_statement;
  statement.key = seal::KeyIdOf("statement", key.public_key());
  signed_statement.bytes = wire::EncodeStatement(statement);
  signed_statement.signature = SignStatement(key, signed_statement.bytes);
  signed_statement.statement = std::move(statement);
  return signed_statement;
}

void TestPartnership::WriteKeys(const AgencyId& id, const std::filesystem::path& folder) const {
  const TestAgency& agency = *std::ranges::find(agencies_, id, &TestAgency::id);
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const seal::SigningKey& key) {
    const std::filesystem::path path = folder / (name + ".key");
    std::ofstream(path) << seal::KeyToText(name, key.ExposeSeed());
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  };
  for (const auto& [purpose, key] : agency.keys) write(std::string(seal::NameOf(purpose)), key);
  write(std::string(kWitnessPurpose), WitnessKeyOf(id, 1));
}

std::map<std::string, Value> TestPartnership::NoticeContent() const {
  return {
      {"childName", Value::Map().Set("given", "Jessie").Set("family", "Testcase")},
      {"childBirth", "2015-03-04"},
      {"establishment", Value::Map().Set("urn", "106890").Set("name", "Oak Hill Primary School")},
      {"reference",
       Value::Map().Set("force", "South Yorkshire Police").Set("incident", "SY/2026/000123")},
      {"incidentTime", Value::Map()
                           .Set("utc", ToMilliseconds(kNight))
                           .Set("local", "2026-11-20 23:40")
                           .Set("zone", "Europe/London")},
      {"location", "1 Nowhere Street"},
      {"presence", Value::Map().Set("presence", "present").Set("where", "upstairs")},
      {"childPart", "household"},
      {"voiceOfChild", Value::Map().Set("spokenTo", "yes").Set("words", "I heard shouting.")},
      {"welfareCheck", Value::Map().Set("made", "yes")},
      {"circumstances", "Shouting heard by a neighbour; a door was damaged."},
      {"risk", Value::Map().Set("grade", "medium")},
      {"origin", Value::Map().Set("unit", "Safeguarding Desk").Set("contact", "01632 960001")},
  };
}

Content TestPartnership::MakeContent(const std::map<std::string, Value>& sections) const {
  const exchange::ExchangeType& type = *exchange::FindExchange(kEncompass);
  Content content{kPolice,      kPoliceRole, kEncompass,
                  type.version, {},          exchange::ClaimsOf(type, sections)};
  for (const exchange::Field& section : type.sections) {
    const auto value = sections.find(section.name);
    content.sections.emplace(
        section.name, Must(exchange::EncodeSection(
                          type, section.name, value == sections.end() ? Value() : value->second)));
  }
  return content;
}

Composed TestPartnership::Compose(const std::vector<Recipient>& recipients,
                                  seal::RandomSource& random, TimePoint now) const {
  return Compose(MakeContent(NoticeContent()), recipients, random, now);
}

Composed TestPartnership::Compose(const Content& content, const std::vector<Recipient>& recipients,
                                  seal::RandomSource& random, TimePoint now) const {
  return Compose(SealingView{}, content, recipients, random, now);
}

Composed TestPartnership::Compose(const SealingView& as, const Content& content,
                                  const std::vector<Recipient>& recipients,
                                  seal::RandomSource& random, TimePoint now) const {
  const MessageId id = seal::NewMessageId(random, now);
  const SenderView view{as.directory != nullptr ? *as.directory : *directory_,
                        as.policy != nullptr ? *as.policy : *policy_,
                        as.statements != nullptr ? *as.statements : statements_, suspensions_,
                        LogHead{}};
  std::map<AgencyId, std::uint64_t> numbers;
  const ComposeTools tools{Key(content.sender, seal::Purpose::kEnvelope), random,
                           [&](const AgencyId& recipient, Lane) {
                             return SeriesNumber{SeriesId(7), ++numbers[recipient]};
                           },
                           [&](const policy::Deadline&, const AgencyId&, TimePoint from) {
                             return std::optional<TimePoint>(from + as.acknowledge_within);
                           }};
  return Must(havenline::Compose(
      ComposeRequest{content, recipients, as.origin.value_or(id), id, now}, view, tools));
}

Delivery TestPartnership::DeliveryOf(const Envelope& envelope, std::size_t grant) const {
  Delivery delivery;
  delivery.header_bytes = envelope.header_bytes;
  delivery.header = envelope.header;
  delivery.signature = envelope.signature;
  delivery.grant = envelope.grants[grant];
  const auto& opened = delivery.grant.clear.openings;
  for (const SectionOpening& section : envelope.sections) {
    if (std::ranges::find(opened, section.name) != opened.end())
      delivery.sections.push_back(section);
  }
  for (const SealedSection& section : envelope.sealed) {
    if (std::ranges::find(opened, section.name) != opened.end()) delivery.sealed.push_back(section);
  }
  const auto read = policy_->ClaimsRead(envelope.header.exchange, envelope.header.role,
                                        delivery.grant.clear.role);
  for (const ClaimOpening& claim : envelope.claims) {
    if (std::ranges::find(read, claim.name) != read.end()) delivery.claims.push_back(claim);
  }
  return delivery;
}

ReceiverView TestPartnership::ReceiverViewOf() const {
  return {
      *directory_, *policy_,
      [this](const DocumentVersion& version) {
        return policy_->version() == version ? policy_.get() : nullptr;
      },
      [this](const AgencyId& agency, const Role& role, const KeyId& id) -> const seal::SealKey* {
        for (const TestAgency& each : agencies_) {
          const auto key = each.recipient_keys.find(role);
          if (each.id == agency && key != each.recipient_keys.end() && key->second.id() == id)
            return &key->second;
        }
        return nullptr;
      }};
}

}  // namespace havenline
