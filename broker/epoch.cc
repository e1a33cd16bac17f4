#include "broker/epoch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "broker/start.h"
#include "deploy/runtime/files.h"
#include "schema/directory/governance.h"
#include "schema/directory/opening.h"
#include "schema/seal/key_text.h"
#include "schema/tlog/checkpoint.h"
#include "schema/tlog/merkle.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kPoliciesLogged = 1 + kPoliciesKept;

// What there is of store and mark, and what is wrong with it.
struct Remains {
  std::optional<MarkFile> mark;      // Nothing if it cannot be read.
  std::optional<OpenedStore> store;  // Nothing if it cannot be read.
  std::vector<DocumentRecord> documents;
  std::string found;
  bool sound = true;
};

template <class T>
Result<std::optional<T>> UnlessCorrupt(Result<T> result, std::string& found) {
  if (result) return std::optional<T>(*std::move(result));
  if (result.error().code != FaultCode::kCorrupt) return tl::unexpected<Fault>(result.error());
  found += (found.empty() ? "" : "; ") + result.error().detail;
  return std::optional<T>();
}

Result<Remains> FindRemains(const BrokerConfiguration& configuration, seal::RandomSource& random) {
  Remains remains;
  RETURN_IF_FAULT(MakeDirectories(configuration.mark, kPrivateDirectory));
  ASSIGN_OR_RETURN(remains.mark, UnlessCorrupt(MarkFile::Open(configuration.mark), remains.found));
  ASSIGN_OR_RETURN(remains.store, UnlessCorrupt(OpenStore(configuration, random), remains.found));
  remains.sound = remains.mark && remains.store;
  if (remains.store) {
    ASSIGN_OR_RETURN(const Recovered recovered, remains.store->store->Recover());
    remains.documents = recovered.documents;
  }
  if (remains.sound) {
    const StoreVerdict verdict = Judge(configuration, *remains.store, *remains.mark);
    remains.sound = verdict.start == StoreVerdict::Start::kServe;
    remains.found = verdict.found;
  }
  return remains;
}

bool HasLog(const Remains& remains) { return remains.store && !remains.store->committer->is_new(); }

// The newest of each kind that the store holds, and what was given beside it.
Result<EpochPlan> PlanFrom(const EpochRequest& request, const Remains& remains) {
  EpochPlan plan;
  ASSIGN_OR_RETURN(plan.opening, ReadNote(request.opening));
  std::vector<std::pair<Digest, std::string>> policies;
  for (const DocumentRecord& record : remains.documents) {
    if (record.kind == DocumentKind::kDirectory) plan.directory = record.note;
    if (record.kind != DocumentKind::kPolicy) continue;
    std::erase_if(policies, [&](const auto& known) { return known.first == record.hash; });
    policies.emplace_back(record.hash, record.note);
  }
  if (policies.size() > kPoliciesLogged)
    policies.erase(policies.begin(), policies.end() - static_cast<std::ptrdiff_t>(kPoliciesLogged));
  for (auto& [hash, note] : policies) plan.policies.push_back(std::move(note));
  if (!request.directory.empty()) {
    ASSIGN_OR_RETURN(plan.directory, ReadNote(request.directory));
  }
  for (const Path& path : request.policies) {
    ASSIGN_OR_RETURN(std::string note, ReadNote(path));
    const auto same = [&](const std::string& known) {
      const auto text = tlog::UnverifiedText(known);
      const auto given = tlog::UnverifiedText(note);
      return text && given && *text == *given;
    };
    if (std::ranges::none_of(plan.policies, same)) plan.policies.push_back(std::move(note));
  }
  if (plan.directory.empty() || plan.policies.empty()) {
    return Fail(FaultCode::kInvalid,
                "the store has no directory and policy that can be read: give the newest that "
                "governance signed, with --directory and --policy (each policy that may still be "
                "named, oldest first), and every suspension in force with --suspension");
  }
  return plan;
}

// The last suspension or lifting of each agency: the store's, then those given.
Result<void> AddSuspensions(const EpochRequest& request, const Remains& remains, EpochPlan& plan) {
  std::map<AgencyId, std::pair<std::uint64_t, std::string>> last;
  const auto add = [&](const std::string& note) -> Result<void> {
    ASSIGN_OR_RETURN(const Suspension suspension, ReadKeptSuspension(note));
    auto& known = last[suspension.agency];
    if (suspension.number > known.first) known = {suspension.number, note};
    return {};
  };
  for (const DocumentRecord& record : remains.documents) {
    if (record.kind == DocumentKind::kSuspension) RETURN_IF_FAULT(add(record.note));
  }
  for (const Path& path : request.suspensions) {
    ASSIGN_OR_RETURN(const std::string note, ReadNote(path));
    if (const auto added = add(note); !added)
      return Fail(FaultCode::kInvalid, path.string() + ": " + added.error().detail);
  }
  for (auto& [agency, newest] : last) plan.suspensions.push_back(std::move(newest.second));
  return {};
}

// Governance's word, held to the governance of the directory to come; whose epoch it is must be
// beyond everything that was ever signed, and its key must lie here.
Result<Opening> CheckOpening(const BrokerConfiguration& configuration, const EpochPlan& plan) {
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(plan.directory));
  ASSIGN_OR_RETURN(const Directory directory, Directory::Parse(text, "directory"));
  ASSIGN_OR_RETURN(Opening opening, OpenOpening(plan.opening, directory.governance()));
  RETURN_IF_FAULT(SignerFor(configuration, opening.log_key));
  return opening;
}

Result<void> CheckRises(const Opening& opening, const EpochEvidence& evidence) {
  std::uint64_t known = kFirstEpoch;
  if (evidence.store) known = std::max(known, evidence.store->epoch);
  if (evidence.mark) known = std::max(known, evidence.mark->epoch);
  for (const LogHead& shown : evidence.shown) known = std::max(known, shown.epoch);
  if (opening.epoch > known) return {};
  return Fail(FaultCode::kInvalid,
              "the opening is of epoch " + std::to_string(opening.epoch) + ", and epoch " +
                  std::to_string(known) +
                  " was used before: epochs only rise. Use an opening of a later one; "
                  "havenline-broker prepare-epoch makes its key and the text for governance");
}

// Moves what cannot be read out of the way, under a name that is not taken. Nothing is deleted.
Result<std::string> SetAside(const Path& path, std::uint64_t epoch) {
  Path to = path;
  to += ".before-epoch-" + std::to_string(epoch);
  for (int again = 2; std::filesystem::exists(to); ++again) {
    to = path;
    to += ".before-epoch-" + std::to_string(epoch) + "-" + std::to_string(again);
  }
  RETURN_IF_FAULT(RenameDurably(path, to));
  return to.string();
}

// The documents of an epoch on an empty disk are checked in a store that is thrown away, before
// anything is moved: the same code that will take them.
Result<void> Rehearse(const BrokerConfiguration& configuration, const EpochPlan& plan,
                      seal::RandomSource& random) {
  BrokerConfiguration rehearsal = configuration;
  rehearsal.store += ".rehearsal";
  std::error_code gone;
  std::filesystem::remove_all(rehearsal.store, gone);
  const auto begun = [&]() -> Result<void> {
    ASSIGN_OR_RETURN(const OpenedStore opened, OpenStore(rehearsal, random));
    return opened.committer->BeginEpoch(plan, SystemClock().Now());
  }();
  std::filesystem::remove_all(rehearsal.store, gone);
  return begun;
}

Result<void> FinishMark(const BrokerConfiguration& configuration, MarkFile& mark,
                        const LogHead& head) {
  RETURN_IF_FAULT(mark.Advance(head));
  const Path evidence = EvidencePath(configuration);
  if (!std::filesystem::exists(evidence)) return {};
  RETURN_IF_FAULT(SetAside(evidence, head.epoch));
  return {};
}

}  // namespace

Result<void> PrepareEpoch(const BrokerConfiguration& configuration, std::uint64_t epoch,
                          const Path& into) {
  if (epoch <= kFirstEpoch)
    return Fail(FaultCode::kInvalid, "epoch 1 is the one a partnership is founded with");
  const Path folder = into.empty() ? configuration.log_key.parent_path() : into;
  const std::string number = std::to_string(epoch);
  const Path key_path = folder / ("log-" + number + ".key");
  const Path text_path = folder / ("opening-" + number + ".toml");
  for (const Path& path : {key_path, text_path}) {
    if (std::filesystem::exists(path))
      return Fail(FaultCode::kInvalid,
                  path.string() + " is there already, and is not written over");
  }
  RETURN_IF_FAULT(MakeDirectories(folder, kPrivateDirectory));
  seal::SystemRandom random;
  const auto secret = seal::Secret<32>(random.Array<32>());
  const tlog::NoteKey key{tlog::OriginOf(configuration.partnership, epoch),
                          seal::SigningKey::FromSeed(secret.ExposeSecret()).public_key()};
  RETURN_IF_FAULT(WriteFileDurably(
      key_path, AsBytes(seal::KeyToText("note", secret.ExposeSecret())), kPrivateFile));
  return WriteFileDurably(text_path, AsBytes(OpeningText({configuration.partnership, epoch, key})),
                          kPublicFile);
}

Result<BegunEpoch> BeginEpoch(const BrokerConfiguration& configuration,
                              const EpochRequest& request) {
  seal::SystemRandom random;
  ASSIGN_OR_RETURN(Remains remains, FindRemains(configuration, random));
  ASSIGN_OR_RETURN(EpochPlan plan, PlanFrom(request, remains));
  RETURN_IF_FAULT(AddSuspensions(request, remains, plan));
  ASSIGN_OR_RETURN(const Opening opening, CheckOpening(configuration, plan));
  BegunEpoch begun{opening.epoch, 0, false, remains.found, {}};
  if (HasLog(remains) && remains.sound && remains.store->committer->head().epoch == opening.epoch) {
    // A run that was cut off after its batch: the rest of it.
    begun.already = true;
    begun.entries = remains.store->committer->head().size;
    RETURN_IF_FAULT(FinishMark(configuration, *remains.mark, remains.store->committer->head()));
    return begun;
  }
  EpochEvidence& evidence = plan.evidence;
  evidence.found = remains.found;
  if (HasLog(remains)) evidence.store = remains.store->committer->head();
  if (remains.mark) evidence.mark = remains.mark->newest();
  const auto keys =
      HasLog(remains) ? remains.store->committer->log_keys() : OwnLogKeys(configuration);
  if (const auto shown = ReadEvidence(configuration, keys)) evidence.shown.push_back(*shown);
  RETURN_IF_FAULT(CheckRises(opening, evidence));
  if (remains.store) {
    RETURN_IF_FAULT(remains.store->committer->CheckPlan(plan));
  } else {
    RETURN_IF_FAULT(Rehearse(configuration, plan, random));
  }

  if (!remains.mark) {
    ASSIGN_OR_RETURN(begun.aside.emplace_back(), SetAside(configuration.mark, opening.epoch));
    RETURN_IF_FAULT(MakeDirectories(configuration.mark, kPrivateDirectory));
    ASSIGN_OR_RETURN(MarkFile mark, MarkFile::Open(configuration.mark));
    remains.mark.emplace(std::move(mark));
  }
  if (!remains.store) {
    ASSIGN_OR_RETURN(begun.aside.emplace_back(), SetAside(configuration.store, opening.epoch));
    ASSIGN_OR_RETURN(OpenedStore fresh, OpenStore(configuration, random));
    remains.store.emplace(std::move(fresh));
  }
  // As at the founding: a store without its mark is noticed from now on.
  if (!remains.mark->newest()) RETURN_IF_FAULT(remains.mark->Advance({0, 0, tlog::EmptyRoot()}));
  RETURN_IF_FAULT(remains.store->committer->BeginEpoch(plan, SystemClock().Now()));
  const LogHead head = remains.store->committer->head();
  begun.entries = head.size;
  RETURN_IF_FAULT(FinishMark(configuration, *remains.mark, head));
  return begun;
}

}  // namespace havenline
