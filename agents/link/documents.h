// Documents: what this agent knows to be in force (directory, policies, statements, suspensions)
// and how far it has verified the broker's log. Everything is checked before it is kept:
// governance's signatures, the agencies' own, the log's consistency. A bad document changes
// nothing.
//
// Owned by the agent's loop.

#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agents/store/agent_store.h"
#include "policy/policy.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/directory/statement_book.h"
#include "schema/directory/suspension.h"
#include "schema/model/frame.h"
#include "schema/tlog/cosignature.h"

namespace havenline {

struct DocumentsOptions {
  PartnershipId partnership;
  Governance governance;  // Pinned: what every document is held to.
  std::string directory;  // The notes to begin with, when the store has none.
  std::string policy;
  bool keep = true;  // False for who only looks, beside the agent whose store it is.
};

class Documents {
 public:
  static Result<std::unique_ptr<Documents>> Load(DocumentsOptions options, AgentStore& store);

  const Directory& directory() const { return *directory_; }
  const policy::Policy& policy() const { return *policy_; }
  // The policy in force or one before it that we still have; null if not.
  const policy::Policy* PolicyNamed(const DocumentVersion& version) const;
  const StatementBook& statements() const { return statements_; }
  const SuspensionBook& suspensions() const { return suspensions_; }
  std::uint64_t notices() const { return notices_; }

  // The newest epoch of the log that an opening, or at first the directory, vouches for; 0 if none
  // was met yet. It only rises.
  std::uint64_t epoch() const;
  // Whether a log of this epoch is the one in force, as far as we know.
  bool Believes(std::uint64_t epoch) const;
  // What we were told that a log of a new epoch may not know: documents newer than announced, then
  // the last suspension and statement of each agency, as of the epoch before.
  struct Announced;
  Result<std::vector<DocumentFrame::Piece>> Held(const Announced& announced) const;

  // The last verified head and its note; size 0 and empty at first.
  const LogHead& head() const { return head_; }
  const std::string& checkpoint() const { return checkpoint_; }

  // What the broker says is in force, from welcome or head: what of it we lack.
  struct Announced {
    DocumentVersion directory;
    DocumentVersion policy;
    std::uint64_t notices = 0;
  };
  std::vector<Fetch> Wanted(const Announced& announced) const;
  // Whether the directory or the policy announced is newer than ours.
  bool Lacks(const Announced& announced) const;

  // Each takes what a fetch brought, durably. True if something changed.
  Result<bool> Take(const DocumentFrame::Piece& piece);

  // A checkpoint with the proof from our head. kCorrupt if it contradicts what we verified before:
  // then the broker has shown two histories, and both notes are kept.
  Result<bool> TakeCheckpoint(const std::string& note, std::uint64_t from_size,
                              const std::vector<Digest>& proof);

  // What a note that was taken or passed over said: a head, and the cosignatures of witnesses below
  // it.
  struct Shown {
    LogHead head;
    std::vector<tlog::Cosignature> cosignatures;
  };
  const Shown& shown() const { return shown_; }

  // The newest of the verified heads that a quorum of witnesses cosigned, and when; nothing if none
  // was shown. Kept.
  struct Final {
    LogHead head;
    TimePoint time;
    std::string note;
  };
  const std::optional<Final>& final_head() const { return final_; }

  // Whether witnesses should have vouched for the log, and so for what is in force, and none have
  // for limits::kDirectoryStale, or never did here.
  bool IsStale(TimePoint now) const;

  // The root that the log had at this size, if one of our newest verified heads was of it.
  std::optional<Digest> RootAt(std::uint64_t epoch, std::uint64_t size) const;

  // The newest that governance signed and this agent holds, be it in force or only beside it in the
  // files that it began with: those may be newer than the log's.
  const DocumentVersion& newest_directory() const;
  const DocumentVersion& newest_policy() const;

  // Rises whenever something changed that a sealing depends on.
  std::uint64_t generation() const { return generation_; }

 private:
  explicit Documents(DocumentsOptions options, AgentStore& store)
      : options_(std::move(options)), store_(store) {}
  Result<void> LoadStored();
  Result<void> LoadEpochs();
  Result<bool> TakeDirectory(const std::string& note);
  Result<bool> TakePolicy(const std::string& note);
  Result<bool> TakeNotice(const DocumentFrame::Piece& piece);
  Result<bool> TakeOpening(const std::string& note);
  Result<void> HoldNotices(StoreBatch& batch) const;
  std::vector<tlog::NoteKey> LogKeys() const;
  Result<void> CheckNotice(DocumentKind kind, ByteView bytes) const;
  Result<void> ApplyNotice(DocumentKind kind, ByteView bytes);
  Result<bool> TakeHead(const LogHead& next, const std::string& note, std::uint64_t from_size,
                        const std::vector<Digest>& proof);
  Result<bool> TakeFinal(const tlog::CosignedCheckpoint& shown, const std::string& note);
  Result<void> LoadFinal();
  void ReadFiles();
  void Verified(const LogHead& head);
  Result<void> KeepEvidence(const LogHead& head, const std::string& note);
  Result<void> Keep(const std::string& key, text::Value row);

  DocumentsOptions options_;
  AgentStore& store_;
  std::shared_ptr<const Directory> directory_;
  std::shared_ptr<const policy::Policy> policy_;
  std::deque<std::shared_ptr<const policy::Policy>> earlier_;
  StatementBook statements_;
  SuspensionBook suspensions_;
  std::uint64_t notices_ = 0;
  std::map<std::uint64_t, tlog::NoteKey> openings_;  // By epoch.
  LogHead head_;
  std::string checkpoint_;
  Shown shown_;
  std::optional<Final> final_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Digest> verified_;  // By epoch and size.
  DocumentVersion directory_file_;  // Version 0: not newer than what is in force.
  DocumentVersion policy_file_;
  std::uint64_t generation_ = 0;
};

}  // namespace havenline
