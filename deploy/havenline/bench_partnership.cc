#include "deploy/havenline/bench_partnership.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <numeric>

#include "agents/daemon/daemon.h"
#include "deploy/havenline/bench_crowd_hosts.h"
#include "deploy/havenline/bench_notice.h"
#include "deploy/havenline/init.h"
#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/parties.h"
#include "deploy/havenline/plan.h"
#include "deploy/runtime/file_descriptor.h"
#include "deploy/runtime/files.h"
#include "schema/model/limits.h"
#include "schema/seal/seal_key.h"
#include "schema/wire/statement_codec.h"

namespace havenline::bench {
namespace {

using Path = std::filesystem::path;

std::string Numbered(std::string_view name, std::size_t number) {
  return std::string(name) + std::to_string(number);
}
HostId SenderHost(std::size_t number) { return HostId(Numbered("host.sender-", number)); }
HostId RecipientHost(const Shape& shape, std::size_t number) {
  return HostId(shape.hosted ? "host.desks" : Numbered("host.desk-", number));
}
AgencyId Recipient(std::size_t number) { return AgencyId(Numbered("school.bench-", number)); }

Plan MakePlan(const Shape& shape, const Path& policy) {
  Plan plan;
  plan.partnership = PartnershipId(kPartnership);
  plan.policy = policy;
  plan.broker_listen = plan.broker_address = shape.listen;
  for (std::size_t i = 1; i <= shape.senders; ++i) {
    plan.hosts.push_back({SenderHost(i), "Measuring", {}, true, 0, {}});
    plan.agencies.push_back({AgencyId(Numbered("police.bench-", i)),
                             Numbered("Sender ", i),
                             {Role("police")},
                             {},
                             SenderHost(i),
                             "01632 960000",
                             {}});
  }
  for (std::size_t i = 1; shape.crowd == 0 && i <= shape.recipients; ++i) {
    if (i == 1 || !shape.hosted)
      plan.hosts.push_back({RecipientHost(shape, i), "Measuring", {}, false, 0, {}});
    plan.agencies.push_back({Recipient(i),
                             Numbered("Recipient ", i),
                             {Role(kRecipientRole)},
                             {Role(kRecipientRole)},
                             RecipientHost(shape, i),
                             "01632 960001",
                             {}});
  }
  return plan;
}

Path HostFolder(const Path& folder, const HostId& host) {
  return folder / "partnership" / "hosts" / host.value();
}
Path StatementFile(const Path& folder, const AgencyId& agency) {
  return folder / "statements" / agency.value();
}

Result<seal::SigningKey> KeyOf(const OwnAgency& agency, seal::Purpose purpose) {
  const std::string name(seal::NameOf(purpose));
  ASSIGN_OR_RETURN(const seal::Secret<32> seed, ReadKeyFile(name, agency.keys / (name + ".key")));
  return seal::SigningKey::FromSeed(seed.ExposeSecret());
}

// What a recipient states of itself. Nothing that is sealed to it is ever opened, so its private
// key is kept nowhere.
Result<void> State(const OwnAgency& agency, const Path& file) {
  seal::SystemRandom random;
  ASSIGN_OR_RETURN(const seal::SigningKey key, KeyOf(agency, seal::Purpose::kStatement));
  AgencyStatement statement;
  statement.agency = agency.id;
  statement.time = SystemClock().Now();
  statement.telephone = agency.telephone;
  statement.calendar = agency.calendar;
  const Bytes bytes =
      FirstStatement(std::move(statement), seal::SealKey::Generate(random).public_key(), key);
  return WriteIn(file, ToText(bytes), kPublicFile);
}

Result<HostLink> LoadHost(const Path& folder, const HostId& host, seal::Purpose purpose) {
  ASSIGN_OR_RETURN(const AgentConfiguration configuration,
                   ReadAgentConfigurationForTool(HostFolder(folder, host) / "agent.toml"));
  HostLink link;
  ASSIGN_OR_RETURN(link.dealer, DealerOptionsOf(LinkOf(configuration)));
  for (const OwnAgency& agency : configuration.agencies) {
    ASSIGN_OR_RETURN(seal::SigningKey key, KeyOf(agency, purpose));
    link.parties.push_back({agency.id, std::move(key)});
  }
  return link;
}

Result<std::string> ReadDocumentText(const Path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, limits::kDocumentBytesMax));
  return ToText(bytes);
}

// One more key in front of broker.toml: tables follow, so it cannot stand behind them.
Result<void> SetVerifyWorkers(const Path& file, std::size_t workers) {
  ASSIGN_OR_RETURN(const std::string before, ReadDocumentText(file));
  return WriteIn(file, "verify-workers = " + std::to_string(workers) + "\n" + before, kPublicFile);
}

}  // namespace

Result<std::string> FreeEndpoint() {
  const FileDescriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the system's own interface.
  const bool found = probe.open() &&
                     ::bind(probe.get(), reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0;
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  if (!found) return Fail(FaultCode::kUnavailable, "no free port was found on 127.0.0.1");
  return "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

Bytes FirstStatement(AgencyStatement statement, const SealPublicKey& recipient,
                     const seal::SigningKey& key) {
  statement.partnership = PartnershipId(kPartnership);
  statement.counter = 1;
  statement.keys.push_back({Role(kRecipientRole), 1, recipient, RecipientKey::State::kCurrent});
  statement.key = seal::KeyIdOf(seal::NameOf(seal::Purpose::kStatement), key.public_key());
  SignedStatement signed_statement;
  signed_statement.bytes = wire::EncodeStatement(statement);
  signed_statement.statement = std::move(statement);
  signed_statement.signature = SignStatement(key, signed_statement.bytes);
  return wire::EncodeSignedStatement(signed_statement);
}

std::size_t HostOfMessage(std::size_t message, std::size_t crowd) {
  // Steps of some 0.618 of the whole, without a common divisor with it.
  std::size_t step = crowd * 618 / 1000;
  while (std::gcd(step, crowd) != 1) ++step;
  return message * step % crowd;
}

Result<void> MakePartnership(const Shape& shape, const Path& folder) {
  const Path policy = folder / "policy.toml";
  RETURN_IF_FAULT(WriteIn(policy, PolicyText(shape), kPublicFile));
  Plan plan = MakePlan(shape, policy);
  plan.own_exchanges = true;
  RETURN_IF_FAULT(InitPartnership(plan, folder / "partnership"));
  RETURN_IF_FAULT(
      SetVerifyWorkers(folder / "partnership" / "broker" / "broker.toml", shape.verify_workers));
  if (shape.crowd > 0) return AddCrowd(shape, folder);
  for (const PlannedHost& host : plan.hosts) {
    ASSIGN_OR_RETURN(const AgentConfiguration configuration,
                     ReadAgentConfigurationForTool(HostFolder(folder, host.id) / "agent.toml"));
    for (const OwnAgency& agency : configuration.agencies) {
      if (!agency.receives.empty())
        RETURN_IF_FAULT(State(agency, StatementFile(folder, agency.id)));
    }
  }
  return {};
}

Result<LoadedPartnership> LoadPartnership(const Shape& shape, const Path& folder) {
  const Path home = folder / "partnership";
  ASSIGN_OR_RETURN(const std::string directory_text,
                   ReadDocumentText(home / "governance" / "directory.toml"));
  ASSIGN_OR_RETURN(const std::string policy_text,
                   ReadDocumentText(home / "governance" / "policy.toml"));
  ASSIGN_OR_RETURN(Directory directory, Directory::Parse(directory_text, "directory.toml"));
  ASSIGN_OR_RETURN(policy::Policy policy, policy::Policy::Parse(policy_text, "policy.toml"));
  if (directory.partnership() != PartnershipId(kPartnership) ||
      directory.Find(SenderHost(shape.senders)) == nullptr ||
      (shape.crowd == 0 && (directory.Find(RecipientHost(shape, shape.recipients)) == nullptr ||
                            directory.Find(Recipient(shape.recipients)) == nullptr))) {
    return Fail(FaultCode::kInvalid, folder.string() +
                                         " is no partnership that `havenline bench --prepare` made "
                                         "for these senders and recipients; a real one is never "
                                         "measured");
  }
  LoadedPartnership loaded{shape,
                           std::move(directory),
                           std::move(policy),
                           {},
                           {},
                           {},
                           home / "operator" / "operator.toml",
                           home / "broker" / "broker.toml"};
  for (std::size_t i = 1; i <= shape.senders; ++i) {
    ASSIGN_OR_RETURN(HostLink link, LoadHost(folder, SenderHost(i), seal::Purpose::kEnvelope));
    loaded.senders.push_back(std::move(link));
  }
  if (shape.crowd > 0) {
    RETURN_IF_FAULT(LoadCrowd(shape, folder, loaded));
    return loaded;
  }
  const std::size_t hosts = shape.hosted ? 1 : shape.recipients;
  for (std::size_t i = 1; i <= hosts; ++i) {
    ASSIGN_OR_RETURN(HostLink link,
                     LoadHost(folder, RecipientHost(shape, i), seal::Purpose::kReceipt));
    for (const Party& party : link.parties) {
      ASSIGN_OR_RETURN(Bytes bytes, ReadFile(StatementFile(folder, party.agency), 1U << 20U));
      ASSIGN_OR_RETURN(const SignedStatement statement, wire::ParseSignedStatement(bytes));
      RETURN_IF_FAULT(loaded.statements.Apply(statement));
      link.statements.push_back(std::move(bytes));
    }
    loaded.recipients.push_back(std::move(link));
  }
  return loaded;
}

}  // namespace havenline::bench
