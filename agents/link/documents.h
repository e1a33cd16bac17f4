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
#include <vector>

#include "agents/store/agent_store.h"
#include "policy/policy.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/directory/statement_book.h"
#include "schema/directory/suspension.h"
#include "schema/model/frame.h"

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
  std::uint64_t generation_ = 0;
};

}  // namespace havenline
