#include "deploy/havenline/init.h"

#include <map>

#include "deploy/havenline/key_files.h"
#include "deploy/runtime/files.h"
#include "policy/policy.h"
#include "schema/base/z85.h"
#include "schema/directory/directory.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"
#include "schema/model/limits.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/signing.h"
#include "schema/text/toml.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

using text::Value;
using Path = std::filesystem::path;

constexpr const char* kOperatorHost = "host.operator";
constexpr std::size_t kTokenBytes = 32;

Value List(const std::vector<Role>& roles) {
  Value list = Value::List();
  for (const Role& role : roles) list.Add(role.value());
  return list;
}

class Initialiser {
 public:
  Initialiser(const Plan& plan, Path into) : plan_(plan), into_(std::move(into)) {}

  Result<void> Run() {
    if (std::filesystem::exists(into_) && !std::filesystem::is_empty(into_)) {
      return Fail(FaultCode::kInvalid, into_.string() + " is not empty: choose a new folder");
    }
    RETURN_IF_FAULT(MakeGovernance());
    RETURN_IF_FAULT(MakeBrokerKeys());
    for (const PlannedHost& host : plan_.hosts)
      RETURN_IF_FAULT(MakeHostKeys(host.id, into_ / "hosts" / host.id.value()));
    RETURN_IF_FAULT(MakeHostKeys(HostId(kOperatorHost), into_ / "operator"));
    for (const PlannedAgency& agency : plan_.agencies) RETURN_IF_FAULT(MakeAgencyKeys(agency));
    RETURN_IF_FAULT(MakeDocuments());
    RETURN_IF_FAULT(WriteBroker());
    for (const PlannedHost& host : plan_.hosts) RETURN_IF_FAULT(WriteHost(host));
    return WriteOperator();
  }

 private:
  Result<void> MakeGovernance() {
    for (std::int64_t i = 1; i <= plan_.governance_keys; ++i) {
      const std::string name = plan_.partnership.value() + "/governance/" + std::to_string(i);
      ASSIGN_OR_RETURN(
          tlog::NoteSigner signer,
          MakeNoteSigner(name, into_ / "governance" / ("governance-" + std::to_string(i) + ".key"),
                         random_));
      governance_.push_back(std::move(signer));
    }
    return {};
  }

  Result<void> MakeBrokerKeys() {
    const Path keys = into_ / "broker" / "keys";
    ASSIGN_OR_RETURN(const seal::Secret<32> curve,
                     MakeKeyFile("curve", keys / "curve.key", random_));
    broker_curve_ = Z85Encode(seal::SealKey::FromPrivate(curve.ExposeSecret()).public_key());
    ASSIGN_OR_RETURN(const seal::Secret<32> log, MakeKeyFile("note", keys / "log.key", random_));
    log_key_ = {tlog::OriginOf(plan_.partnership, 1),
                seal::SigningKey::FromSeed(log.ExposeSecret()).public_key()};
    ASSIGN_OR_RETURN(const seal::Secret<32> release,
                     MakeKeyFile("release", keys / "release.key", random_));
    release_key_ = Base64Encode(seal::SigningKey::FromSeed(release.ExposeSecret()).public_key());
    return {};
  }

  Result<void> MakeHostKeys(const HostId& host, const Path& folder) {
    ASSIGN_OR_RETURN(const seal::Secret<32> curve,
                     MakeKeyFile("curve", folder / "keys" / "curve.key", random_));
    host_curve_[host] = Z85Encode(seal::SealKey::FromPrivate(curve.ExposeSecret()).public_key());
    if (host.value() == kOperatorHost) return {};
    RETURN_IF_FAULT(MakeKeyFile("store", folder / "keys" / "store.key", random_));
    RETURN_IF_FAULT(MakeKeyFile("pseudonym", folder / "keys" / "pseudonym.key", random_));
    return {};
  }

  // Numbered, so that no file name tells which agencies a machine speaks for (C5).
  std::string KeyFolder(const PlannedAgency& agency) const {
    int number = 0;
    for (const PlannedAgency& each : plan_.agencies) {
      if (each.host == agency.host) ++number;
      if (each.id == agency.id) break;
    }
    return "keys/agency-" + std::to_string(number);
  }

  Result<void> MakeAgencyKeys(const PlannedAgency& agency) {
    const Path folder = into_ / "hosts" / agency.host.value() / KeyFolder(agency);
    Value keys = Value::List();
    for (const seal::Purpose purpose :
         {seal::Purpose::kEnvelope, seal::Purpose::kReceipt, seal::Purpose::kVoid,
          seal::Purpose::kRecall, seal::Purpose::kStatement}) {
      const std::string name(seal::NameOf(purpose));
      ASSIGN_OR_RETURN(const seal::Secret<32> seed,
                       MakeKeyFile(name, folder / (name + ".key"), random_));
      const seal::SigningKey key = seal::SigningKey::FromSeed(seed.ExposeSecret());
      keys.Add(
          Value::Map()
              .Set("purpose", name)
              .Set("public", Base64Encode(key.public_key()))
              .Set("proof", Base64Encode(seal::ProvePossession(key, agency.id.value(), name))));
    }
    agency_keys_[agency.id] = std::move(keys);
    return {};
  }

  Value GovernanceTable() const {
    Value keys = Value::List();
    for (const tlog::NoteSigner& signer : governance_) keys.Add(tlog::NoteKeyToText(signer.key()));
    return Value::Map().Set("threshold", plan_.governance_threshold).Set("keys", std::move(keys));
  }

  std::string DirectoryText() const {
    Value hosts = Value::List();
    const auto add_host = [&](const HostId& id, const std::string& operated_by,
                              bool operator_link) {
      Value host = Value::Map()
                       .Set("name", id.value())
                       .Set("operated-by", operated_by)
                       .Set("curve", Value::List().Add(host_curve_.at(id)));
      if (operator_link) host.Set("operator-link", true);
      hosts.Add(std::move(host));
    };
    for (const PlannedHost& host : plan_.hosts) add_host(host.id, host.operated_by, false);
    add_host(HostId(kOperatorHost), "the broker's operator", true);
    Value agencies = Value::List();
    for (const PlannedAgency& agency : plan_.agencies) {
      agencies.Add(Value::Map()
                       .Set("name", agency.id.value())
                       .Set("title", agency.title)
                       .Set("roles", List(agency.roles))
                       .Set("host", agency.host.value())
                       .Set("key", agency_keys_.at(agency.id)));
    }
    return text::ToToml(
        Value::Map()
            .Set("document", "directory")
            .Set("partnership", plan_.partnership.value())
            .Set("version", 1)
            .Set("minimum-suite", 1)
            .Set("governance", GovernanceTable())
            .Set("broker", Value::Map()
                               .Set("curve", broker_curve_)
                               .Set("release", release_key_)
                               .Set("log-keys", Value::List().Add(tlog::NoteKeyToText(log_key_))))
            .Set("host", std::move(hosts))
            .Set("agency", std::move(agencies)));
  }

  std::string Sign(const std::string& text) const {
    std::vector<std::string> lines;
    for (std::int64_t i = 0; i < plan_.governance_threshold; ++i) {
      lines.push_back(governance_[static_cast<std::size_t>(i)].SignatureLine(text));
    }
    return tlog::MakeNote(text, lines);
  }

  Result<void> MakeDocuments() {
    const Path folder = into_ / "governance";
    const std::string directory = DirectoryText();
    // Held to the same checks as everyone will hold it to, before anything is signed.
    RETURN_IF_FAULT(Directory::Parse(directory, "directory.toml"));
    ASSIGN_OR_RETURN(const Bytes policy_bytes, ReadFile(plan_.policy, limits::kDocumentBytesMax));
    const std::string policy = ToText(policy_bytes);
    ASSIGN_OR_RETURN(const policy::Policy parsed,
                     policy::Policy::Parse(policy, plan_.policy.string()));
    if (parsed.partnership() != plan_.partnership || parsed.version().version != 1) {
      return Fail(
          FaultCode::kInvalid,
          plan_.policy.string() + " must be version 1 of partnership " + plan_.partnership.value());
    }
    documents_["directory.note"] = Sign(directory);
    documents_["policy.note"] = Sign(policy);
    documents_["opening-1.note"] = Sign(OpeningText({plan_.partnership, 1, log_key_}));
    RETURN_IF_FAULT(Write(folder / "directory.toml", directory));
    RETURN_IF_FAULT(Write(folder / "policy.toml", policy));
    for (const auto& [name, note] : documents_) RETURN_IF_FAULT(Write(folder / name, note));
    return {};
  }

  static Result<void> Write(const Path& path, const std::string& text, mode_t mode = kPublicFile) {
    RETURN_IF_FAULT(MakeDirectories(path.parent_path(), kPrivateDirectory));
    return WriteFileDurably(path, AsBytes(text), mode);
  }

  Result<void> WriteBroker() {
    const Path folder = into_ / "broker";
    for (const auto& [name, note] : documents_) RETURN_IF_FAULT(Write(folder / name, note));
    return Write(
        folder / "broker.toml",
        text::ToToml(
            Value::Map()
                .Set("partnership", plan_.partnership.value())
                .Set("listen", plan_.broker_listen)
                .Set("store", "store")
                .Set("mark", "mark")
                .Set("keys", Value::Map().Set("curve", "keys/curve.key").Set("log", "keys/log.key"))
                .Set("founding", Value::Map()
                                     .Set("opening", "opening-1.note")
                                     .Set("directory", "directory.note")
                                     .Set("policy", "policy.note"))));
  }

  Value CommonConfiguration() const {
    return Value::Map()
        .Set("partnership", plan_.partnership.value())
        .Set("store", "store")
        .Set("keys", "keys")
        .Set("directory", "directory.note")
        .Set("policy", "policy.note");
  }

  Value BrokerTable() const {
    return Value::Map().Set("address", plan_.broker_address).Set("curve", broker_curve_);
  }

  Result<void> WriteHost(const PlannedHost& host) {
    const Path folder = into_ / "hosts" / host.id.value();
    for (const char* const name : {"directory.note", "policy.note"})
      RETURN_IF_FAULT(Write(folder / name, documents_.at(name)));
    Value agencies = Value::List();
    for (const PlannedAgency& agency : plan_.agencies) {
      if (agency.host != host.id) continue;
      Value table = Value::Map()
                        .Set("name", agency.id.value())
                        .Set("keys", KeyFolder(agency))
                        .Set("receives", List(agency.receives));
      if (!agency.telephone.empty()) table.Set("telephone", agency.telephone);
      if (!agency.calendar.is(Value::Kind::kNull)) table.Set("calendar", agency.calendar);
      agencies.Add(std::move(table));
    }
    Value configuration = CommonConfiguration();
    configuration.Set("sends", host.sends)
        .Set("broker", BrokerTable())
        .Set("governance", GovernanceTable())
        .Set("port",
             Value::Map().Set("number", host.port).Set("file", "port").Set("tokens", "tokens.txt"));
    if (!host.intake.is(Value::Kind::kNull)) configuration.Set("intake", host.intake);
    configuration.Set("agency", std::move(agencies));
    RETURN_IF_FAULT(Write(folder / "agent.toml", text::ToToml(configuration)));
    return WriteTokens(host, folder);
  }

  // Each person's own token in a file of its own, to be handed over; and all of them for the daemon.
  Result<void> WriteTokens(const PlannedHost& host, const Path& folder) {
    std::string tokens = "# login token\n";
    std::vector<std::string> people = host.people;
    if (people.empty()) people.emplace_back("keyadult");
    for (const std::string& login : people) {
      const std::string token = HexEncode(random_.Array<kTokenBytes>());
      tokens += login + " " + token + "\n";
      RETURN_IF_FAULT(Write(folder / "tokens" / login, token + "\n", kPrivateFile));
    }
    return Write(folder / "tokens.txt", tokens, kPrivateFile);
  }

  Result<void> WriteOperator() {
    const Path folder = into_ / "operator";
    for (const char* const name : {"directory.note", "policy.note"})
      RETURN_IF_FAULT(Write(folder / name, documents_.at(name)));
    return Write(folder / "operator.toml",
                 text::ToToml(Value::Map()
                                  .Set("partnership", plan_.partnership.value())
                                  .Set("keys", "keys")
                                  .Set("directory", "directory.note")
                                  .Set("broker", BrokerTable())
                                  .Set("governance", GovernanceTable())));
  }

  const Plan& plan_;
  Path into_;
  seal::SystemRandom random_;
  std::vector<tlog::NoteSigner> governance_;
  std::string broker_curve_;
  std::string release_key_;
  tlog::NoteKey log_key_;
  std::map<HostId, std::string> host_curve_;
  std::map<AgencyId, Value> agency_keys_;
  std::map<std::string, std::string> documents_;
};

}  // namespace

Result<void> InitPartnership(const Plan& plan, const std::filesystem::path& into) {
  return Initialiser(plan, into).Run();
}

}  // namespace havenline
