#include "deploy/havenline/init.h"

#include <map>

#include "deploy/havenline/document_check.h"
#include "deploy/havenline/document_file.h"
#include "deploy/havenline/key_files.h"
#include "deploy/havenline/parties.h"
#include "deploy/havenline/table.h"
#include "deploy/havenline/witness_commands.h"
#include "deploy/runtime/files.h"
#include "schema/base/z85.h"
#include "schema/directory/directory.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/signing.h"
#include "schema/text/toml.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {
namespace {

using text::Value;
using Path = std::filesystem::path;

constexpr const char* kOperatorHost = "host.operator";
constexpr const char* kDutyFolder = "duty";

class Initialiser {
 public:
  Initialiser(const Plan& plan, Path into) : plan_(plan), into_(std::move(into)) {}

  Result<void> Run() {
    if (std::filesystem::exists(into_) && !std::filesystem::is_empty(into_)) {
      return Fail(FaultCode::kInvalid, into_.string() + " is not empty: choose a new folder");
    }
    RETURN_IF_FAULT(MakeGovernance());
    RETURN_IF_FAULT(MakeBrokerKeys());
    RETURN_IF_FAULT(MakePartyKeys());
    RETURN_IF_FAULT(MakeDocuments());
    RETURN_IF_FAULT(WriteBroker());
    RETURN_IF_FAULT(WriteHosts());
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
    log_key_ = {tlog::OriginOf(plan_.partnership, kFirstEpoch),
                seal::SigningKey::FromSeed(log.ExposeSecret()).public_key()};
    ASSIGN_OR_RETURN(
        const seal::Secret<32> next,
        MakeKeyFile("note", into_ / kDutyFolder / ("log-" + NextEpoch() + ".key"), random_));
    next_log_key_ = {tlog::OriginOf(plan_.partnership, kFirstEpoch + 1),
                     seal::SigningKey::FromSeed(next.ExposeSecret()).public_key()};
    ASSIGN_OR_RETURN(const seal::Secret<32> release,
                     MakeKeyFile("release", keys / "release.key", random_));
    release_key_ = Base64Encode(seal::SigningKey::FromSeed(release.ExposeSecret()).public_key());
    return {};
  }

  Path FolderOf(const HostId& host) const { return into_ / "hosts" / host.value(); }

  std::vector<AgencyAt> AgenciesAt(const HostId& host) const {
    std::vector<AgencyAt> agencies;
    for (const PlannedAgency& agency : plan_.agencies) {
      if (agency.host == host) agencies.push_back({agency, KeyFolder(agencies.size() + 1)});
    }
    return agencies;
  }

  Result<void> MakePartyKeys() {
    for (const PlannedHost& host : plan_.hosts) {
      ASSIGN_OR_RETURN(host_curve_[host.id], MakeHostKeys(FolderOf(host.id), true, random_));
      for (const AgencyAt& at : AgenciesAt(host.id)) {
        ASSIGN_OR_RETURN(agency_keys_[at.agency.id],
                         MakeAgencyKeys(at, FolderOf(host.id), random_));
        if (!at.agency.witness) continue;
        ASSIGN_OR_RETURN(Value witness, MakeWitnessKey(plan_.partnership, at.agency.id, 1,
                                                       FolderOf(host.id) / at.key_folder, random_));
        witnesses_.Add(std::move(witness));
      }
    }
    ASSIGN_OR_RETURN(operator_curve_, MakeHostKeys(into_ / "operator", false, random_));
    return {};
  }

  Value GovernanceTable() const {
    Value keys = Value::List();
    for (const tlog::NoteSigner& signer : governance_) keys.Add(tlog::NoteKeyToText(signer.key()));
    return Value::Map().Set("threshold", plan_.governance_threshold).Set("keys", std::move(keys));
  }

  std::string DirectoryText() const {
    Value hosts = Value::List();
    for (const PlannedHost& host : plan_.hosts)
      hosts.Add(HostEntry(host.id, host.operated_by, host_curve_.at(host.id)));
    hosts.Add(HostEntry(HostId(kOperatorHost), "the broker's operator", operator_curve_)
                  .Set("operator-link", true));
    Value agencies = Value::List();
    for (const PlannedAgency& agency : plan_.agencies) {
      // Without keys only where its host is not in the plan: the check of the text says so.
      const auto keys = agency_keys_.find(agency.id);
      agencies.Add(AgencyEntry(agency, keys == agency_keys_.end() ? Value::List() : keys->second));
    }
    Value directory = Value::Map()
                          .Set("document", "directory")
                          .Set("partnership", plan_.partnership.value())
                          .Set("version", 1)
                          .Set("minimum-suite", 1);
    if (plan_.quorum > 0) directory.Set("quorum", plan_.quorum);
    if (!witnesses_.items().empty()) directory.Set("witness", witnesses_);
    return text::ToToml(
        std::move(directory)
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
    ASSIGN_OR_RETURN(const DocumentFile policy_file, ReadDocumentFile(plan_.policy));
    const CheckedDocument proved = CheckDocument(policy_file, DocumentKind::kPolicy, nullptr);
    if (!proved.policy || (!proved.problems.empty() && !plan_.own_exchanges))
      return Fail(FaultCode::kInvalid, tool::Join(proved.problems, "\n"));
    const std::string& policy = policy_file.text;
    if (*proved.partnership() != plan_.partnership || proved.version()->version != 1) {
      return Fail(
          FaultCode::kInvalid,
          plan_.policy.string() + " must be version 1 of partnership " + plan_.partnership.value());
    }
    documents_["directory.note"] = Sign(directory);
    documents_["policy.note"] = Sign(policy);
    documents_["opening-1.note"] = Sign(OpeningText({plan_.partnership, kFirstEpoch, log_key_}));
    RETURN_IF_FAULT(Write(folder / "directory.toml", directory));
    RETURN_IF_FAULT(Write(folder / "policy.toml", policy));
    for (const auto& [name, note] : documents_) RETURN_IF_FAULT(Write(folder / name, note));
    return WriteDuty();
  }

  // The way back from a lost store, signed before anybody needs it.
  Result<void> WriteDuty() {
    return Write(into_ / kDutyFolder / ("opening-" + NextEpoch() + ".note"),
                 Sign(OpeningText({plan_.partnership, kFirstEpoch + 1, next_log_key_})));
  }
  static std::string NextEpoch() { return std::to_string(kFirstEpoch + 1); }

  static Result<void> Write(const Path& path, const std::string& text) {
    return WriteIn(path, text, kPublicFile);
  }

  Result<void> WriteBroker() {
    const Path folder = into_ / "broker";
    for (const auto& [name, note] : documents_) RETURN_IF_FAULT(Write(folder / name, note));
    return Write(folder / "broker.toml",
                 text::ToToml(Value::Map()
                                  .Set("partnership", plan_.partnership.value())
                                  .Set("listen", plan_.broker_listen)
                                  .Set("store", "store")
                                  .Set("mark", "mark")
                                  .Set("log-files", "log-files")
                                  .Set("keys", Value::Map()
                                                   .Set("curve", "keys/curve.key")
                                                   .Set("log", "keys/log.key")
                                                   .Set("release", "keys/release.key"))
                                  .Set("founding", Value::Map()
                                                       .Set("opening", "opening-1.note")
                                                       .Set("directory", "directory.note")
                                                       .Set("policy", "policy.note"))));
  }

  Value BrokerTable() const {
    return Value::Map().Set("address", plan_.broker_address).Set("curve", broker_curve_);
  }

  Result<void> WriteHosts() {
    PartnershipFacts facts{plan_.partnership, BrokerTable(), GovernanceTable(), {}};
    for (const char* const name : {"directory.note", "policy.note"})
      facts.notes[name] = documents_.at(name);
    for (const PlannedHost& host : plan_.hosts)
      RETURN_IF_FAULT(WriteHostFolder(host, AgenciesAt(host.id), facts, FolderOf(host.id)));
    return {};
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
  tlog::NoteKey next_log_key_;
  std::map<HostId, std::string> host_curve_;
  std::string operator_curve_;
  std::map<AgencyId, Value> agency_keys_;
  Value witnesses_ = Value::List();
  std::map<std::string, std::string> documents_;
};

}  // namespace

Result<void> InitPartnership(const Plan& plan, const std::filesystem::path& into) {
  return Initialiser(plan, into).Run();
}

}  // namespace havenline
