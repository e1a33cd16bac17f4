// Intake: a police records system drops the night's files into a folder, and each child's school
// gets its notice. A file is taken once it is complete; every row becomes a notice, a duplicate, a
// quarantined row that a person mends, or a held row that a supervisor decides; then the file moves
// to SENT or FAILED with a receipt that says which.
//
//   IN/<name>  ─complete, known by its digest─>  rows, slice by slice  ─>  receipt  ─>  SENT/<name>
//
// Whatever is killed at whatever point is taken up again: nothing is lost, and nothing is sent
// twice. Owned by the agent's loop: call it from OnTick() and inside Agent::Call().

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agents/intake/configuration.h"
#include "agents/intake/drop_folder.h"
#include "agents/intake/file_finisher.h"
#include "agents/intake/held_book.h"
#include "agents/intake/ledger.h"
#include "agents/intake/quarantine_book.h"
#include "agents/intake/row_taker.h"
#include "agents/intake/setup.h"
#include "agents/link/alarms.h"
#include "agents/link/documents.h"
#include "agents/link/keyring.h"
#include "agents/link/outbox.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline::intake {

// All must outlive the intake; the outbox is loaded.
struct IntakeParts {
  AgentStore& store;
  Outbox& outbox;
  Alarms& alarms;
  const Documents& documents;
  const Keyring& keys;
  const Clock& clock;
};

class Intake {
 public:
  // A fault is one of the store. A mapping file or register that cannot be used is none: the agent
  // has messages to look after, so it runs, intake does not, and an alarm says why until it is
  // mended.
  static Result<std::unique_ptr<Intake>> Open(IntakeConfiguration configuration, IntakeParts parts);

  // Some milliseconds of work. A fault is one of the store: the process must stop.
  Result<void> Tick();

  // --- what is posted, a slice at a time so that the loop goes on between; one at a time
  // Takes it in hand. kUnavailable while intake does not run; kInvalid for too many rows.
  Result<void> BeginPosted(FileFormat format, Bytes body);
  // True once every row has its outcome, in the store.
  Result<bool> TakePosted();
  // What became of each row, as a receipt has it. kUnavailable if the rows to mend could not be
  // written beside: posted again, it says the same. Whatever happened, nothing is in hand after.
  Result<text::Value> FinishPosted();

  // --- for people, as JSON
  text::Value Status() const;
  text::Value Quarantined() const { return quarantine_.View(); }
  Result<text::Value> Held() const { return held_.View(); }
  Result<void> TakeOn(std::uint64_t quarantined, const std::string& login);
  Result<MessageId> Release(std::uint64_t held, const std::string& login);
  Result<void> Reject(std::uint64_t held, const std::string& login);
  // A register that was refused since it has only so many open establishments is right all the
  // same. kInvalid if none waits, or one with another number of them.
  Result<void> ConfirmRegister(std::size_t open, const std::string& login);
  const AgencyId& agency() const { return configuration_.agency; }
  bool MayDecide(const std::string& login) const {
    return configuration_.supervisors.empty() || configuration_.supervisors.contains(login);
  }

 private:
  Intake(IntakeConfiguration configuration, IntakeParts parts);

  Result<void> Recover();
  RouteView Route() const;
  std::vector<std::string> HoldFlags() const;

  Result<void> RunClocks(TimePoint now, Monotonic mono);
  Result<void> SetUp(TimePoint now, Monotonic mono);
  Result<void> CheckSender() const;
  Result<void> NotRunning(const std::string& why, TimePoint now);
  std::optional<std::string> CheckRegister(const Establishments& found);
  void RegisterTaken(TimePoint now, StoreBatch& batch);
  Result<void> WatchRegister(TimePoint now, Monotonic mono);

  Result<void> LookForFile(TimePoint now, Monotonic mono);
  Result<bool> BeginFile(const DroppedFile& file, DropFolder::Scanned& scanned, TimePoint now);
  Result<void> ResumeFile(FileRecord& record, TimePoint now, Monotonic mono);
  Result<void> FinishFile(TimePoint now, Monotonic mono);
  Result<std::string> WritePostedRows(const FileInHand& posted);
  Result<void> AlarmLeft(const std::vector<LeftLying>& left, TimePoint now);
  Result<void> FolderTrouble(const Trouble& trouble, TimePoint now, Monotonic mono);

  const IntakeConfiguration configuration_;
  IntakeParts parts_;
  DropFolder folder_;
  PlacedAlarms alarms_;  // Of the agency whose rows they are.
  Ledger ledger_;
  QuarantineBook quarantine_;
  HeldBook held_;
  RowTaker taker_;
  FileFinisher finisher_;

  std::unique_ptr<Setup> setup_;                  // Nothing while intake does not run.
  std::string not_running_;                       // Why.
  std::optional<std::size_t> register_in_doubt_;  // How many open establishments it has.
  std::optional<FileInHand> in_hand_;
  std::optional<FileInHand> posted_;
  bool folder_made_ = false;
  Monotonic next_scan_{};
  Monotonic next_setup_{};
  Monotonic next_clocks_{};
  Monotonic next_prune_{};
  Monotonic wait_until_{};  // After trouble with the folder.
};

}  // namespace havenline::intake
