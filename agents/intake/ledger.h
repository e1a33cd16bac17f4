// Ledger: what intake knows and must not forget: which files it took, which notices it made, which
// rows wait for a person. All of it is in the store's intake table before anything shows; no key of
// a row in the store says anything (C5), so what is looked up by a reference is looked up in
// memory.
//
// Changes are made in memory and added to a batch, which the caller commits at once; after a failed
// commit the process must stop. Owned by the agent's loop.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agents/intake/notice.h"
#include "agents/store/agent_store.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"

namespace havenline::intake {

// --- files

enum class FileState : std::uint8_t {
  kTaking,  // Its rows are being taken, from next_row on.
  kMoving,  // All rows have an outcome; the receipt and the move are being made.
  kDone,
};

struct RowCounts {
  std::size_t notices = 0;
  std::size_t duplicates = 0;
  std::size_t quarantined = 0;
  std::size_t held = 0;

  std::size_t rows() const { return notices + duplicates + quarantined + held; }
};

struct FileRecord {
  std::uint64_t number = 0;
  std::string name;  // As dropped.
  Digest digest{};
  std::uint64_t bytes = 0;
  TimePoint modified;
  TimePoint taken;
  std::optional<TimePoint> finished;
  FileState state = FileState::kTaking;
  std::size_t next_row = 0;  // Rows before it have an outcome in the store.
  RowCounts counts;
  std::string failed;              // Why the file as a whole could not be used, or not to its end.
  std::string target;              // The name it gets in SENT or FAILED, once that is decided.
  bool changed_meanwhile = false;  // Another file stands under its name in IN: this one is gone.
  bool posted = false;             // It came by the local port: no folder has it.
};

// --- rows

enum class OutcomeKind : std::uint8_t { kNotice, kDuplicate, kQuarantined, kHeld };

// What became of one row. Each row of a file has exactly one.
struct RowOutcome {
  OutcomeKind kind = OutcomeKind::kQuarantined;
  std::size_t line = 0;
  std::uint64_t number =
      0;                   // Of the notice it made or repeats, of the quarantined or the held row.
  std::size_t column = 0;  // Quarantined: as in RowProblem.
  std::string reason;
  std::vector<std::string> flags;  // Held.
  std::vector<std::string> notes;
  std::string field = {};  // Quarantined: as in RowProblem.
};

// --- notices, by their reference

struct NoticeRecord {
  std::uint64_t number = 0;
  std::string reference;
  std::string stated;
  Digest content{};
  std::uint64_t file = 0;  // And row: what made it.
  std::size_t row = 0;
  TimePoint made;
  std::optional<MessageId> origin;    // Once the outbox has it.
  std::optional<std::uint64_t> held;  // It waits, or waited, as this held row.
  bool rejected = false;              // By a supervisor: never sent.
};

// --- rows that wait for a person

struct QuarantinedRow {
  std::uint64_t number = 0;
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string field;
  std::string reason;
  Digest row{};  // Of its cells: the same row again is the same entry.
  RowIdentity identity;
  std::uint64_t file_number = 0;  // Of `file`: where it came last; 0 in rows of an older version.
  std::uint64_t rest_of =
      0;  // The file whose one alarm for all the rest stands for it; 0: its own.
  TimePoint time;
  std::optional<TimePoint> over;
  std::string taken_on_by;  // Empty if it is over because the row went, mended or as it was.
};

enum class HeldState : std::uint8_t {
  kWaiting,
  kReleasing,  // A supervisor has released it; the outbox is being given it.
  kReleased,
  kRejected,
};

struct HeldRow {
  std::uint64_t number = 0;
  std::uint64_t notice = 0;  // Its NoticeRecord.
  std::string file;
  std::size_t line = 0;
  std::vector<std::string> flags;
  std::vector<std::string> notes;
  TimePoint time;
  bool alarmed_late = false;
  HeldState state = HeldState::kWaiting;
  std::string decided_by;
  std::optional<TimePoint> decided;

  bool waiting() const { return state == HeldState::kWaiting; }
};

// The register of establishments that was taken last: the next is held to it.
struct RegisterRecord {
  std::size_t open = 0;      // Of its establishments.
  std::string confirmed_by;  // Who said that it is right although it has lost so many; or empty.

  friend bool operator==(const RegisterRecord&, const RegisterRecord&) = default;
};

class Ledger {
 public:
  explicit Ledger(AgentStore& store) : store_(store) {}
  Result<void> Load();

  // --- files
  const std::map<std::uint64_t, FileRecord>& files() const { return files_; }
  // The file that was being worked on when the process ended.
  FileRecord* Unfinished();
  // The first file with these bytes that was done before, if it is still known.
  const FileRecord* SameBytes(const Digest& digest) const;
  // Gives it its number. One file of the folder at a time; what is posted goes beside it.
  FileRecord& Begin(FileRecord file, StoreBatch& batch);
  void Put(const FileRecord& file, StoreBatch& batch) const;
  void Update(const FileRecord& file, StoreBatch& batch);  // Replaces what is known of its number.

  // --- outcomes of the file at work
  void PutOutcome(const FileRecord& file, std::size_t row, const RowOutcome& outcome,
                  StoreBatch& batch) const;
  Result<std::vector<RowOutcome>> Outcomes(const FileRecord& file) const;  // Of its first rows.
  void DropOutcomes(const FileRecord& file, StoreBatch& batch) const;

  // --- notices
  // The notice with this reference, or with the same establishment as its row named it.
  NoticeRecord* FindNotice(const NoticeDraft& draft);
  NoticeRecord* Notice(std::uint64_t number);
  NoticeRecord& AddNotice(NoticeRecord notice, StoreBatch& batch);  // Gives it its number.
  void Put(const NoticeRecord& notice, StoreBatch& batch) const;
  void Forget(std::uint64_t number, StoreBatch& batch);
  const std::map<std::uint64_t, NoticeRecord>& notices() const { return notices_; }

  // --- quarantined and held rows
  const std::map<std::uint64_t, QuarantinedRow>& quarantined() const { return quarantined_; }
  QuarantinedRow* Quarantined(std::uint64_t number);
  // The open entry of a row with these cells.
  QuarantinedRow* OpenQuarantine(const Digest& row);
  // The entries, open and over, of this child in this incident, by RowIdentity::child.
  std::vector<QuarantinedRow*> QuarantinedOf(const std::string& child);
  // How many open entries share that file's alarm for the rest.
  std::size_t RestOf(std::uint64_t file) const;
  QuarantinedRow& AddQuarantined(QuarantinedRow row, StoreBatch& batch);  // Gives it its number.
  void Put(const QuarantinedRow& row, StoreBatch& batch);

  const std::map<std::uint64_t, HeldRow>& held() const { return held_; }
  HeldRow* Held(std::uint64_t number);
  // What the row says goes into the store with it, and goes when it is decided.
  HeldRow& AddHeld(HeldRow row, const Sections& sections, StoreBatch& batch);
  void Put(const HeldRow& row, StoreBatch& batch) const;
  Result<Sections> HeldSections(std::uint64_t number) const;
  void DropHeldSections(std::uint64_t number, StoreBatch& batch) const;

  // --- the register; none before the first is taken
  const std::optional<RegisterRecord>& taken_register() const { return register_; }
  void Put(RegisterRecord taken, StoreBatch& batch);

  // Forgets what is too old to matter (limits.h). Call now and then.
  void Prune(TimePoint now, StoreBatch& batch);
  // The oldest files beyond kFilesKept alone.
  void PruneFiles(StoreBatch& batch);

 private:
  // Numbers are never given twice, also when what had them is forgotten.
  std::uint64_t NextNumber(const std::string& of, StoreBatch& batch);
  void Index(const NoticeRecord& notice);
  void Unindex(const NoticeRecord& notice);
  void Index(const QuarantinedRow& row);

  AgentStore& store_;
  std::map<std::string, std::uint64_t> last_number_;
  std::map<std::uint64_t, FileRecord> files_;
  std::map<std::uint64_t, NoticeRecord> notices_;
  std::map<std::string, std::uint64_t> notice_of_;  // By reference, and by what the row stated.
  std::map<std::uint64_t, QuarantinedRow> quarantined_;
  std::map<Digest, std::uint64_t> quarantine_of_;  // By their cells, of now and before.
  std::map<std::string, std::set<std::uint64_t>> quarantines_of_child_;
  std::map<std::uint64_t, std::set<std::uint64_t>> rest_of_;  // Open ones, by file.
  std::map<std::uint64_t, HeldRow> held_;
  std::optional<RegisterRecord> register_;
};

}  // namespace havenline::intake
