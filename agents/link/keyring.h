// Keyring: the private keys of the agencies that this host speaks for. Signing keys come from key
// files; recipient keys are made here, kept in the agent's store, and stated to everyone in agency
// statements.
//
// Owned by the agent's loop.

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/store/agent_store.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/statement.h"
#include "schema/seal/random.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/signing.h"

namespace havenline {

// What an agency says of itself beside its keys; from the agent's configuration.
struct OwnAgency {
  AgencyId id;
  std::filesystem::path keys;  // Folder of its key files; its name says nothing of the agency (C5).
  std::vector<Role> receives;  // Roles it has a recipient key for.
  std::string telephone;
  Calendar calendar;
  // Where it keeps how far it has cosigned the log, outside the store; empty: it is no witness.
  std::filesystem::path witness_mark = {};
};

class Keyring {
 public:
  // Reads `<keys>/<purpose>.key` for each agency, those that are there.
  static Result<std::unique_ptr<Keyring>> Load(const PartnershipId& partnership,
                                               std::vector<OwnAgency> agencies,
                                               const AgentStore& store);

  // The key, or nullptr if this host does not have it.
  const seal::SigningKey* Signing(const AgencyId& agency, seal::Purpose purpose) const;
  KeyId SigningId(const AgencyId& agency,
                  seal::Purpose purpose) const;  // CHECKs that there is one.
  const seal::SealKey* Recipient(const AgencyId& agency, const Role& role, const KeyId& id) const;
  const std::vector<OwnAgency>& agencies() const { return agencies_; }
  bool IsOwn(const AgencyId& agency) const;

  // Makes missing first keys, and a new statement wherever what we say of ourselves has changed.
  // The statements wait in Pending() until the broker has taken them. Adds to `batch`; commit it.
  Result<void> EnsureStated(TimePoint now, seal::RandomSource& random, StoreBatch& batch);
  // A new epoch for every role of the agency; the old keys stay good for what was sealed to them.
  Result<void> Roll(const AgencyId& agency, TimePoint now, seal::RandomSource& random,
                    StoreBatch& batch);
  // The same, but says that the old keys are compromised: nothing sealed to them is accepted any
  // more.
  Result<void> ReplaceCompromised(const AgencyId& agency, TimePoint now, seal::RandomSource& random,
                                  StoreBatch& batch);

  // The newest statement of each agency that the broker has not yet taken, as submitted.
  struct PendingStatement {
    AgencyId agency;
    std::uint64_t counter = 0;
    Bytes bytes;
  };
  const std::vector<PendingStatement>& pending() const { return pending_; }
  // In a new epoch of the log: the newest statement of each agency is to be submitted once more.
  void StateAgain(StoreBatch& batch);
  void Taken(const AgencyId& agency, std::uint64_t counter, StoreBatch& batch);

 private:
  struct Held {
    Role role;
    std::uint32_t epoch = 0;
    RecipientKey::State state = RecipientKey::State::kCurrent;
    seal::SealKey key;
  };

  Result<void> LoadStored(const AgentStore& store);
  Result<void> AddKey(const AgencyId& agency, const Role& role, seal::RandomSource& random,
                      StoreBatch& batch);
  Result<void> RollTo(const AgencyId& agency, RecipientKey::State old_state,
                      seal::RandomSource& random, StoreBatch& batch);
  Result<void> State(const OwnAgency& agency, TimePoint now, StoreBatch& batch);
  AgencyStatement Describe(const OwnAgency& agency, TimePoint now) const;
  void PutKey(const AgencyId& agency, const Held& held, StoreBatch& batch) const;

  PartnershipId partnership_;
  std::vector<OwnAgency> agencies_;
  std::map<AgencyId, std::map<seal::Purpose, seal::SigningKey>> signing_;
  std::map<AgencyId, std::vector<Held>> held_;
  struct Stated {
    SignedStatement statement;
    Digest hash{};
  };
  std::map<AgencyId, Stated> stated_;
  std::vector<PendingStatement> pending_;
};

}  // namespace havenline
