#include "deploy/havenline/bench_crowd_hosts.h"

#include <sstream>
#include <string>

#include "deploy/havenline/document_file.h"
#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/parties.h"
#include "deploy/runtime/files.h"
#include "schema/base/z85.h"
#include "schema/model/limits.h"
#include "schema/seal/hash.h"
#include "schema/seal/random.h"
#include "schema/seal/seal_key.h"
#include "schema/text/toml.h"
#include "schema/wire/statement_codec.h"

namespace havenline::bench {
namespace {

using Path = std::filesystem::path;
using text::Value;

constexpr std::string_view kLabel = "havenline-bench/crowd";
constexpr const char* kTelephone = "01632 960001";
constexpr std::size_t kStatementsBytesMax = 16U << 20U;

Path SeedFile(const Path& folder) { return folder / "crowd.seed"; }
Path StatementsFile(const Path& folder) { return folder / "statements" / "crowd"; }

// One host of the crowd, and its one agency.
class Member {
 public:
  Member(ByteView seed, std::size_t number) : seed_(seed), number_(number) {}

  HostId host() const { return HostId("host.crowd-" + std::to_string(number_)); }
  AgencyId agency() const { return AgencyId("school.crowd-" + std::to_string(number_)); }

  seal::SealKey curve() const { return seal::SealKey::FromPrivate(Seed("curve")); }
  Digest curve_secret() const { return Seed("curve"); }
  seal::SigningKey signing(seal::Purpose purpose) const {
    return seal::SigningKey::FromSeed(Seed(seal::NameOf(purpose)));
  }
  // Nothing that is sealed to it is ever opened.
  seal::SealKey recipient() const { return seal::SealKey::FromPrivate(Seed("recipient")); }

 private:
  Digest Seed(std::string_view of) const {
    Bytes which = ToBytes(of);
    AppendU32(which, static_cast<std::uint32_t>(number_));
    return seal::Sha256(AsBytes(kLabel), seed_, which);
  }

  ByteView seed_;
  std::size_t number_;
};

Value HostOf(const Member& member) {
  return HostEntry(member.host(), "Measuring", Z85Encode(member.curve().public_key()));
}

// Keys for what the measurement signs, and no more: a directory of thousands has room for those.
Value AgencyOf(const Member& member) {
  Value keys = Value::List();
  for (const seal::Purpose purpose : {seal::Purpose::kReceipt, seal::Purpose::kStatement}) {
    const std::string name(seal::NameOf(purpose));
    const seal::SigningKey key = member.signing(purpose);
    keys.Add(
        Value::Map()
            .Set("purpose", name)
            .Set("public", Base64Encode(key.public_key()))
            .Set("proof", Base64Encode(seal::ProvePossession(key, member.agency().value(), name))));
  }
  const PlannedAgency planned{
      member.agency(), "Measuring", {Role(kRecipientRole)}, {}, member.host(), kTelephone, {}};
  return AgencyEntry(planned, std::move(keys));
}

Bytes StatementOf(const Member& member, TimePoint now) {
  AgencyStatement statement;
  statement.agency = member.agency();
  statement.time = now;
  statement.telephone = kTelephone;
  return FirstStatement(std::move(statement), member.recipient().public_key(),
                        member.signing(seal::Purpose::kStatement));
}

// In place of every copy of the directory that `init` wrote.
Result<void> WriteDirectory(const Path& home, const std::string& text) {
  RETURN_IF_FAULT(Directory::Parse(text, "directory.toml"));
  ASSIGN_OR_RETURN(
      const auto signers,
      ReadSigners({(home / "governance" / "governance-1.key").string()}, std::nullopt));
  ASSIGN_OR_RETURN(const DocumentFile file, Sign(DocumentFrom(text, "directory.toml"), signers));
  RETURN_IF_FAULT(WriteIn(home / "governance" / "directory.toml", text, kPublicFile));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home)) {
    if (entry.path().filename() == "directory.note")
      RETURN_IF_FAULT(WriteIn(entry.path(), file.Note(), kPublicFile));
  }
  return {};
}

}  // namespace

Result<void> AddCrowd(const Shape& shape, const Path& folder) {
  const Path home = folder / "partnership";
  seal::SystemRandom random;
  const auto seed = random.Array<32>();
  const TimePoint now = SystemClock().Now();
  Value hosts = Value::List();
  Value agencies = Value::List();
  std::string statements;
  for (std::size_t i = 1; i <= shape.crowd; ++i) {
    const Member member(seed, i);
    hosts.Add(HostOf(member));
    agencies.Add(AgencyOf(member));
    statements += Base64Encode(StatementOf(member, now)) + "\n";
  }
  RETURN_IF_FAULT(WriteIn(SeedFile(folder), HexEncode(seed), kPrivateFile));
  RETURN_IF_FAULT(WriteIn(StatementsFile(folder), statements, kPublicFile));
  ASSIGN_OR_RETURN(const Bytes before,
                   ReadFile(home / "governance" / "directory.toml", limits::kDocumentBytesMax));
  return WriteDirectory(
      home, ToText(before) + "\n" +
                text::ToToml(
                    Value::Map().Set("host", std::move(hosts)).Set("agency", std::move(agencies))));
}

Result<void> LoadCrowd(const Shape& shape, const Path& folder, LoadedPartnership& loaded) {
  ASSIGN_OR_RETURN(const Bytes seed_text, ReadFile(SeedFile(folder), 64));
  const auto seed = HexDecode(ToText(seed_text));
  ASSIGN_OR_RETURN(const Bytes statements, ReadFile(StatementsFile(folder), kStatementsBytesMax));
  std::istringstream lines(ToText(statements));
  for (std::size_t i = 1; i <= shape.crowd; ++i) {
    std::string line;
    const auto bytes = std::getline(lines, line) ? Base64Decode(line) : std::optional<Bytes>();
    if (!seed || !bytes)
      return Fail(FaultCode::kInvalid, folder.string() + " was not prepared for so many hosts");
    const Member member(*seed, i);
    ASSIGN_OR_RETURN(const SignedStatement statement, wire::ParseSignedStatement(*bytes));
    RETURN_IF_FAULT(loaded.statements.Apply(statement));
    HostLink link;
    link.dealer = loaded.senders.front().dealer;  // The same broker.
    link.dealer.public_key = Z85Encode(member.curve().public_key());
    link.dealer.secret_key = Z85Encode(member.curve_secret());
    link.parties.push_back({member.agency(), member.signing(seal::Purpose::kReceipt)});
    link.statements.push_back(*bytes);
    loaded.recipients.push_back(std::move(link));
  }
  return {};
}

}  // namespace havenline::bench
