// Cosigner: the witness's part of an agency of this host. It cosigns heads of the broker's log that
// this agent has verified, each only if it holds every head it cosigned before: one origin, one
// tree.
//
// What it cosigned last is durable twice before a cosignature leaves: in a row of the store, and in
// a mark outside it. A row that is behind its mark, or one of them gone, is a lost memory: an older
// copy was put back. Then it might cosign a second history, so it never cosigns with this key
// again, and says so: the key is retired and replaced (docs/operations.md). The same if the log
// shows a cosignature of ours that we do not remember.
//
//   no row, no mark ─> fresh ─Cosign()─> follows the log ─...─> lost (for ever, by this key)
//
// Owned by the agent's loop.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agents/link/documents.h"
#include "agents/link/keyring.h"
#include "agents/store/agent_store.h"
#include "deploy/runtime/mark.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/position.h"
#include "schema/tlog/cosignature.h"

namespace havenline {

class Cosigner {
 public:
  // Reads `<keys>/witness.key`, the row and the mark of that key. Null if the agency is no witness
  // here: it has no folder for a mark. `store` and `documents` must outlive it.
  static Result<std::unique_ptr<Cosigner>> Load(const PartnershipId& partnership,
                                                const OwnAgency& agency, const Documents& documents,
                                                AgentStore& store);

  struct Said {
    // What to send, as a `cosign` frame has it; empty: nothing now.
    std::string note;
    // Why it does not cosign, for a person; empty: nothing is wrong.
    std::string why_not;
  };
  // The agent's last verified head, cosigned, if that is due and right. `announced` is what the
  // broker says is in force. Durable on return; a fault is one of the store or the mark.
  Result<Said> Cosign(const Documents::Announced& announced, TimePoint now);

  // The broker may have forgotten: what was cosigned last is said once more.
  void SayAgain() { cosigned_at_ = TimePoint(); }

  const AgencyId& agency() const { return agency_; }
  const tlog::WitnessKey& key() const { return signer_.key(); }
  const std::optional<LogHead>& last() const { return last_; }
  bool lost() const { return !lost_.empty(); }

 private:
  Cosigner(AgencyId agency, tlog::WitnessSigner signer, const Documents& documents,
           AgentStore& store)
      : agency_(std::move(agency)),
        signer_(std::move(signer)),
        documents_(documents),
        store_(store) {}

  Result<void> Recall(const std::filesystem::path& mark);
  Result<void> ReadRow();
  std::string FindLoss() const;
  Result<void> Lose(std::string how);
  bool ShownMoreThanRemembered() const;
  std::string Forbidden(const Documents::Announced& announced) const;
  Result<void> Remember(const LogHead& head);
  std::string RowKey() const;

  AgencyId agency_;
  tlog::WitnessSigner signer_;
  const Documents& documents_;
  AgentStore& store_;
  std::optional<MarkFile> mark_;  // Nothing once it is lost.
  std::optional<LogHead> last_;
  std::string lost_;  // How, in words; empty: it is not.
  TimePoint cosigned_at_;
};

}  // namespace havenline
