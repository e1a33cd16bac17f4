#include "agents/intake/intake.h"

#include <algorithm>

#include "agents/intake/limits.h"
#include "agents/intake/outbox_lookup.h"
#include "deploy/runtime/log.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/seal/hash.h"

namespace havenline::intake {
namespace {

constexpr const char* kFolderSubject = "drop folder";
constexpr const char* kSetupSubject = "intake";
constexpr const char* kLeftPrefix = "IN/";
constexpr auto kSetUpEvery = std::chrono::seconds(60);
constexpr auto kClocksEvery = std::chrono::seconds(1);
constexpr auto kPruneEvery = std::chrono::hours(24);

}  // namespace

Intake::Intake(IntakeConfiguration configuration, IntakeParts parts)
    : configuration_(std::move(configuration)),
      parts_(parts),
      folder_(configuration_.folder, configuration_.still_for),
      alarms_(parts.alarms.At(configuration_.agency)),
      ledger_(parts.store),
      quarantine_(ledger_, alarms_),
      held_({parts.store, ledger_, alarms_, parts.outbox, configuration_,
             [this] { return Route(); }}),
      taker_({parts.store, ledger_, parts.outbox, quarantine_, held_, parts.clock,
              [this] { return Route(); }}),
      finisher_({parts.store, ledger_, alarms_, folder_}) {}

Result<std::unique_ptr<Intake>> Intake::Open(IntakeConfiguration configuration, IntakeParts parts) {
  std::unique_ptr<Intake> intake(new Intake(std::move(configuration), parts));
  RETURN_IF_FAULT(intake->ledger_.Load());
  RETURN_IF_FAULT(intake->Recover());
  RETURN_IF_FAULT(intake->SetUp(parts.clock.Now(), parts.clock.Monotonic()));
  return intake;
}

// What a crash left open between ledger and outbox is closed before anything else is looked at.
Result<void> Intake::Recover() {
  StoreBatch batch;
  std::vector<std::uint64_t> never_sent;
  for (const auto& [number, notice] : ledger_.notices()) {
    if (notice.origin || notice.held) continue;
    if (const auto origin = OriginOf(parts_.outbox, notice.reference)) {
      NoticeRecord& sent = *ledger_.Notice(number);
      sent.origin = origin;
      ledger_.Put(sent, batch);
    } else {
      never_sent.push_back(number);
    }
  }
  for (const std::uint64_t number : never_sent) ledger_.Forget(number, batch);
  if (!batch.empty()) RETURN_IF_FAULT(parts_.store.Commit(batch));
  return held_.FinishReleases(parts_.clock.Now());
}

RouteView Intake::Route() const {
  return {
      parts_.documents.directory(),
      parts_.documents.policy(),
      [this](const AgencyId& agency) { return parts_.documents.suspensions().IsSuspended(agency); },
      configuration_.agency,
      configuration_.role,
      configuration_.agencies,
      parts_.clock.Now()};
}

std::vector<std::string> Intake::HoldFlags() const {
  return HoldFlagsOf(parts_.documents.policy());
}

Result<void> Intake::Tick() {
  const TimePoint now = parts_.clock.Now();
  const Monotonic mono = parts_.clock.Monotonic();
  RETURN_IF_FAULT(RunClocks(now, mono));
  if (mono < wait_until_) return {};
  RETURN_IF_FAULT(SetUp(now, mono));
  if (setup_ == nullptr) return {};
  RETURN_IF_FAULT(WatchRegister(now, mono));
  // A small file is found, taken and done in one turn. One that has kept the loop for half of what
  // a turn may be goes on in the next.
  const auto may_go_on = [&] {
    return in_hand_ && parts_.clock.Monotonic() - mono < kWorkPerTurn / 2;
  };
  if (!in_hand_) {
    RETURN_IF_FAULT(LookForFile(now, mono));
    if (!may_go_on()) return {};
  }
  if (!in_hand_->all_taken()) {
    RETURN_IF_FAULT(taker_.TakeSlice(*in_hand_, *setup_));
    if (!may_go_on() || !in_hand_->all_taken()) return {};
  }
  return FinishFile(now, mono);
}

Result<void> Intake::RunClocks(TimePoint now, Monotonic mono) {
  if (mono >= next_clocks_) {
    next_clocks_ = mono + kClocksEvery;
    RETURN_IF_FAULT(held_.Tick(now));
  }
  if (mono < next_prune_) return {};
  next_prune_ = mono + kPruneEvery;
  StoreBatch batch;
  ledger_.Prune(now, batch);
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

// --- mapping and register

Result<void> Intake::SetUp(TimePoint now, Monotonic mono) {
  const std::vector<std::string> hold_flags = HoldFlags();
  if (setup_ != nullptr) {
    // A policy that came since may list a danger that the mapping has never heard of: rows must not
    // go past it.
    if (in_hand_ || posted_ || setup_->mapping().Uncovered(hold_flags).empty()) return {};
    setup_.reset();
    next_setup_ = mono;
  }
  if (mono < next_setup_) return {};
  next_setup_ = mono + kSetUpEvery;
  auto setup = CheckSender().and_then([&] { return Setup::Load(configuration_, hold_flags); });
  if (setup) {
    if (auto why = CheckRegister((*setup)->establishments()))
      setup = Fail(FaultCode::kInvalid, configuration_.schools.string() + ": " + *std::move(why));
  }
  if (!setup) {
    if (not_running_ != setup.error().detail) {
      LogEvent(LogLevel::kError, "intake.not-running", {{"why", OperatorDetail(setup.error())}});
    }
    return NotRunning(setup.error().detail, now);
  }
  setup_ = *std::move(setup);
  not_running_.clear();
  LogEvent(LogLevel::kInfo, "intake.running",
           {{"establishments", setup_->establishments().size()},
            {"unreadable", setup_->establishments().unreadable_rows()}});
  StoreBatch batch;
  alarms_.Settle(AlarmKind::kDocuments, kSetupSubject, now, batch);
  RegisterTaken(now, batch);
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

Result<void> Intake::CheckSender() const {
  const Agency* const agency = parts_.documents.directory().Find(configuration_.agency);
  if (agency == nullptr || !agency->Holds(configuration_.role)) {
    return Fail(FaultCode::kInvalid,
                "[intake] names an agency and role that are not in the partnership's directory");
  }
  if (parts_.keys.Signing(configuration_.agency, seal::Purpose::kEnvelope) == nullptr) {
    return Fail(FaultCode::kInvalid,
                "[intake] names an agency for which this host has no envelope key: it must be an "
                "[[agency]] "
                "of agent.toml, with its keys");
  }
  return {};
}

Result<void> Intake::NotRunning(const std::string& why, TimePoint now) {
  not_running_ = why;
  const std::string words = "Intake does not run, and files wait in IN: " + why;
  StoreBatch batch;
  alarms_.Raise(AlarmKind::kDocuments, kSetupSubject, words, now, batch);
  alarms_.Renew(AlarmKind::kDocuments, kSetupSubject, words, batch);
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

// --- files

Result<void> Intake::LookForFile(TimePoint now, Monotonic mono) {
  if (mono < next_scan_) return {};
  next_scan_ = mono + kScanEvery;
  if (!folder_made_) {
    if (auto made = folder_.Make(); !made) return FolderTrouble(made.error().detail, now, mono);
    folder_made_ = true;
  }
  if (FileRecord* const unfinished = ledger_.Unfinished())
    return ResumeFile(*unfinished, now, mono);
  ASSIGN_OR_RETURN(const Trouble trouble, finisher_.WatchMoved(now));
  if (trouble) return FolderTrouble(trouble, now, mono);
  auto scanned = folder_.Scan(mono);
  if (!scanned) return FolderTrouble(scanned.error().detail, now, mono);
  RETURN_IF_FAULT(FolderTrouble(std::nullopt, now, mono));
  for (const DroppedFile& file : scanned->complete) {
    ASSIGN_OR_RETURN(const bool begun, BeginFile(file, *scanned, now));
    if (begun) return {};
  }
  return AlarmLeft(scanned->left, now);
}

// True if the file is in hand now.
Result<bool> Intake::BeginFile(const DroppedFile& file, DropFolder::Scanned& scanned,
                               TimePoint now) {
  FileInHand in_hand;
  FileRecord record;
  record.name = file.name;
  record.bytes = file.bytes;
  record.modified = file.modified;
  record.taken = now;
  if (file.bytes > kFileBytesMax) {
    record.failed = "it is larger than " + std::to_string(kFileBytesMax >> 20U) + " MiB: split it";
  } else {
    auto bytes = folder_.Read(DropPlace::kIn, file);
    if (!bytes && bytes.error().code == FaultCode::kUnavailable) return false;  // Next time.
    if (!bytes) {
      scanned.left.push_back({file.name, "cannot be read: " + bytes.error().detail});
      return false;
    }
    in_hand.bytes = *std::move(bytes);
    record.digest = seal::Sha256(in_hand.bytes);
    in_hand.rows = SplitFile(in_hand.bytes, FormatOf(record), setup_->mapping(), setup_->zone());
    record.failed = in_hand.rows.failed;
  }
  StoreBatch batch;
  in_hand.record = &ledger_.Begin(std::move(record), batch);
  FaultPoint("intake.before-file");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-file");
  in_hand_ = std::move(in_hand);
  return true;
}

// Goes on with the file that was being worked on when the process ended.
Result<void> Intake::ResumeFile(FileRecord& record, TimePoint now, Monotonic mono) {
  FileInHand in_hand;
  in_hand.record = &record;
  ASSIGN_OR_RETURN(in_hand.outcomes, ledger_.Outcomes(record));
  for (const auto& [number, notice] : ledger_.notices()) {
    if (notice.file == record.number && !notice.held && notice.row >= record.next_row)
      in_hand.made.emplace(notice.row, number);
  }
  const std::pair<DropPlace, std::string> places[] = {{DropPlace::kIn, record.name},
                                                      {PlaceOf(record), record.target}};
  bool found = record.digest == Digest{};
  for (const auto& [place, name] : places) {
    if (found || name.empty()) continue;
    const auto there = folder_.Look(place, name);
    // A share that cannot be looked at now is no file that was taken away.
    if (!there && there.error().code != FaultCode::kMissing)
      return FolderTrouble(there.error().detail, now, mono);
    if (!there || there->bytes != record.bytes) continue;
    auto bytes = folder_.Read(place, *there);
    if (!bytes || seal::Sha256(*bytes) != record.digest) continue;
    found = true;
    in_hand.bytes = *std::move(bytes);
    in_hand.rows = SplitFile(in_hand.bytes, FormatOf(record), setup_->mapping(), setup_->zone());
  }
  const bool taking = record.state == FileState::kTaking;
  // The mapping may be another than before the crash.
  if (taking && found && record.digest != Digest{} && in_hand.outcomes.empty())
    record.failed = in_hand.rows.failed;
  const bool readable = found && in_hand.rows.table.rows.size() >= in_hand.outcomes.size();
  if (taking && !readable) {
    record.failed = "it changed, was taken away or can no longer be read, after " +
                    std::to_string(in_hand.outcomes.size()) + " of its rows were taken";
  }
  in_hand.lost = !taking || !readable;
  in_hand_ = std::move(in_hand);
  return {};
}

Result<void> Intake::FinishFile(TimePoint now, Monotonic mono) {
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
  ASSIGN_OR_RETURN(const Trouble trouble, finisher_.Finish(*in_hand_, now));
  if (trouble) return FolderTrouble(trouble, now, mono);
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
  const RowCounts& counts = in_hand_->record->counts;
  LogEvent(LogLevel::kInfo, "intake.file-done",
           {{"rows", counts.rows()},
            {"notices", counts.notices},
            {"duplicates", counts.duplicates},
            {"quarantined", counts.quarantined},
            {"held", counts.held},
            // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there.
            {"failed", !in_hand_->record->failed.empty()}});
  in_hand_.reset();
  next_scan_ = mono;
  return FolderTrouble(std::nullopt, now, mono);
}

// What lies in IN and is not taken is alarmed once, until it is gone.
Result<void> Intake::AlarmLeft(const std::vector<LeftLying>& left, TimePoint now) {
  StoreBatch batch;
  std::set<std::string> subjects;
  for (const LeftLying& each : left) {
    const std::string subject = kLeftPrefix + each.name;
    subjects.insert(subject);
    alarms_.Raise(AlarmKind::kFileFailed, subject, each.name + " in IN " + each.why, now, batch);
  }
  std::vector<std::string> gone;
  for (const auto& [number, alarm] : alarms_.all()) {
    if (alarm.kind == AlarmKind::kFileFailed && !alarm.over &&
        alarm.subject.starts_with(kLeftPrefix) && !subjects.contains(alarm.subject))
      gone.push_back(alarm.subject);
  }
  for (const std::string& subject : gone)
    alarms_.Settle(AlarmKind::kFileFailed, subject, now, batch);
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

// With trouble: alarmed once, and tried again later. Without: it is over.
Result<void> Intake::FolderTrouble(const Trouble& trouble, TimePoint now, Monotonic mono) {
  StoreBatch batch;
  if (trouble) {
    wait_until_ = mono + kRetryEvery;
    alarms_.Raise(AlarmKind::kFileFailed, kFolderSubject,
                  "The drop folder cannot be used, and files wait: " + *trouble +
                      ". It is tried again every few seconds.",
                  now, batch);
  } else {
    alarms_.Settle(AlarmKind::kFileFailed, kFolderSubject, now, batch);
  }
  if (batch.empty()) return {};
  return parts_.store.Commit(batch);
}

// --- for people

Result<void> Intake::TakeOn(std::uint64_t quarantined, const std::string& login) {
  StoreBatch batch;
  RETURN_IF_FAULT(quarantine_.TakeOn(quarantined, login, parts_.clock.Now(), batch));
  if (batch.empty()) return {};
  FaultPoint("intake.before-take-on");
  RETURN_IF_FAULT(parts_.store.Commit(batch));
  FaultPoint("intake.after-take-on");
  return {};
}

Result<MessageId> Intake::Release(std::uint64_t held, const std::string& login) {
  return held_.Release(held, login, parts_.clock.Now());
}

Result<void> Intake::Reject(std::uint64_t held, const std::string& login) {
  return held_.Reject(held, login, parts_.clock.Now());
}

}  // namespace havenline::intake
