#include "broker/doctor/store_check.h"

#include <algorithm>
#include <functional>
#include <memory>

#include "broker/commit/committer.h"
#include "broker/doctor/judgements.h"
#include "broker/storage/broker_store.h"
#include "deploy/runtime/files.h"
#include "deploy/runtime/machine.h"
#include "deploy/runtime/mark.h"
#include "schema/base/z85.h"
#include "schema/directory/opening.h"
#include "schema/model/limits.h"
#include "schema/seal/key_text.h"
#include "schema/seal/random.h"
#include "schema/seal/seal_key.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/merkle.h"
#include "schema/wire/statement_codec.h"

namespace havenline::doctor {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kKeyFileMax = 1024;
// What a running broker changes under our eyes may look torn once, not four times.
constexpr int kLooks = 4;
constexpr Milliseconds kBetweenLooks{150};

// What is in force by the store, or by the founding notes of one that is yet to be made.
struct InForce {
  LogHead head;
  tlog::NoteKey log_key;
  CurveKey broker_curve;
};

struct Opened {
  std::unique_ptr<BrokerStore> store;
  InForce in_force;
};

template <class Look>
auto LookAgain(bool changes, const Look& look) -> decltype(look()) {
  auto seen = look();
  for (int i = 1; i < kLooks && changes && !seen; ++i) {
    Pause(kBetweenLooks);
    seen = look();
  }
  return seen;
}

Result<Opened> Open(const BrokerConfiguration& configuration) {
  Opened opened;
  ASSIGN_OR_RETURN(opened.store,
                   BrokerStore::Open({configuration.store, configuration.reserve_bytes, true}));
  seal::SystemRandom random;
  Committer committer(
      *opened.store, random,
      {.partnership = configuration.partnership, .parse_statement = wire::ParseSignedStatement});
  RETURN_IF_FAULT(committer.Recover());
  opened.in_force.head = committer.head();
  if (committer.is_new()) return opened;
  opened.in_force.log_key = committer.log_key();
  opened.in_force.broker_curve = committer.standing().directory->broker_curve();
  return opened;
}

Result<std::string> ReadNote(const Path& path) {
  ASSIGN_OR_RETURN(const Bytes bytes, ReadFile(path, limits::kDocumentBytesMax));
  return ToText(bytes);
}

Result<InForce> ReadFounding(const BrokerConfiguration& configuration) {
  ASSIGN_OR_RETURN(const std::string directory_note, ReadNote(configuration.directory));
  ASSIGN_OR_RETURN(const std::string opening_note, ReadNote(configuration.opening));
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(directory_note));
  ASSIGN_OR_RETURN(const Directory directory,
                   Directory::Parse(text, configuration.directory.string()));
  ASSIGN_OR_RETURN(const Opening opening, OpenOpening(opening_note, directory.governance()));
  if (directory.partnership() != configuration.partnership ||
      opening.partnership != configuration.partnership) {
    return Fail(FaultCode::kInvalid,
                "`partnership` of broker.toml is not the one of the founding notes");
  }
  return InForce{{opening.epoch, 0, tlog::EmptyRoot()}, opening.log_key, directory.broker_curve()};
}

Result<seal::Secret<32>> ReadKey(std::string_view kind, const Path& path) {
  ASSIGN_OR_RETURN(Bytes bytes, ReadSecretFile(path, kKeyFileMax));
  const seal::SecretBytes wiped(std::move(bytes));
  return seal::KeyFromText(kind, AsText(wiped.ExposeSecret()));
}

// Keys that cannot be read are the files' check to say.
Findings JudgeKeys(const BrokerConfiguration& configuration, const InForce& in_force) {
  Findings findings;
  if (const auto secret = ReadKey("curve", configuration.curve_key)) {
    const auto own = seal::SealKey::FromPrivate(secret->ExposeSecret()).public_key();
    const bool named = Z85Encode(own) == in_force.broker_curve.value();
    findings.push_back(
        named ? Sound("keys", "the link key is the one that the directory in force names")
              : Broken("keys",
                       configuration.curve_key.string() +
                           " is not the link key that the directory in force names: no agent that "
                           "pinned that one will speak with this broker",
                       "put the right key back; or sign and publish a directory that names this "
                       "one, and give it to every agent"));
  }
  // The first epoch's key, and beside it one for each epoch since.
  const Path of_epoch =
      configuration.log_key.parent_path() / ("log-" + std::to_string(in_force.head.epoch) + ".key");
  bool any = false;
  for (const Path& path : {of_epoch, configuration.log_key}) {
    const auto secret = ReadKey("note", path);
    if (!secret) continue;
    any = true;
    const tlog::NoteSigner signer(tlog::OriginOf(configuration.partnership, in_force.head.epoch),
                                  seal::SigningKey::FromSeed(secret->ExposeSecret()));
    if (signer.key() != in_force.log_key) continue;
    findings.push_back(Sound("keys", path.string() + " signs epoch " +
                                         std::to_string(in_force.head.epoch) + " of the log"));
    return findings;
  }
  if (any) {
    findings.push_back(Broken("keys",
                              "neither " + of_epoch.string() + " nor " +
                                  configuration.log_key.string() +
                                  " is the key that the opening of epoch " +
                                  std::to_string(in_force.head.epoch) + " names",
                              "put the log key that belongs to this store's log back; a lost one "
                              "takes a new epoch: docs/operations.md, \"Recovery mode\""));
  }
  return findings;
}

Finding WordsOf(const Fault& fault) {
  if (fault.code == FaultCode::kCorrupt) return Broken("store", fault.detail, kWayBack);
  if (fault.code == FaultCode::kIo) {
    return Broken("store", fault.detail,
                  "look at the disk (dmesg, smartctl) before anything else; do not start the "
                  "broker again and again on a disk that fails");
  }
  return Broken("store", fault.detail,
                "run the version that the words ask for, as the broker's user or as root");
}

// A first start is yet to come, or the store is lost.
Findings WithoutStore(const BrokerConfiguration& configuration,
                      const std::optional<LogHead>& mark) {
  if (mark && mark->size > 0) {
    return {Broken("store",
                   "there is no store in " + configuration.store.string() +
                       ", and the mark knows of " + std::to_string(mark->size) +
                       " entries: it is lost, or `store` names the wrong folder",
                   kWayBack)};
  }
  Findings findings = {Sound("store", "none yet: the first start founds the log")};
  const auto founding = ReadFounding(configuration);
  if (!founding) {
    findings.push_back(Broken("documents", founding.error().detail,
                              "put the three notes there that `havenline init` made for this "
                              "broker, and write its partnership into broker.toml"));
    return findings;
  }
  std::ranges::move(JudgeKeys(configuration, *founding), std::back_inserter(findings));
  return findings;
}

}  // namespace

Findings CheckStore(const BrokerConfiguration& configuration, std::optional<pid_t> broker) {
  // The mark first: a running broker moves the store on before it.
  const auto mark = LookAgain(broker.has_value(), [&]() -> Result<MarkReading> {
    auto read = ReadMark(configuration.mark);
    if (!read && read.error().code == FaultCode::kMissing) return MarkReading();
    return read;
  });
  Findings findings;
  if (!mark) findings.push_back(Broken("mark", mark.error().detail, kWayBack));
  if (mark && !mark->damage.empty()) {
    findings.push_back(Doubtful("mark", mark->damage,
                                "nothing, if the power was cut: the next checkpoint mends it. Else "
                                "look at the disk"));
  }
  const std::optional<LogHead> marked = mark ? mark->newest : std::nullopt;
  const auto opened = LookAgain(broker.has_value(), [&] { return Open(configuration); });
  const bool none = !opened && opened.error().code == FaultCode::kMissing;
  if (none || (opened && opened->in_force.head.size == 0)) {
    std::ranges::move(WithoutStore(configuration, marked), std::back_inserter(findings));
    return findings;
  }
  if (!opened) {
    findings.push_back(WordsOf(opened.error()));
    return findings;
  }
  findings.push_back(Sound("store", "opens, and its log is whole: epoch " +
                                        std::to_string(opened->in_force.head.epoch) + ", " +
                                        std::to_string(opened->in_force.head.size) + " entries"));
  if (mark) {
    findings.push_back(
        JudgeMark({opened->in_force.head, marked, [&](std::uint64_t epoch, std::uint64_t size) {
                     return tlog::RootOf(size, [&](const tlog::NodeId& id) {
                       return opened->store->ReadNode(epoch, id);
                     });
                   }}));
  }
  std::ranges::move(JudgeKeys(configuration, opened->in_force), std::back_inserter(findings));
  return findings;
}

}  // namespace havenline::doctor
