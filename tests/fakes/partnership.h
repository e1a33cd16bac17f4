// A whole partnership with keys that are the same in every run: a police force, three schools, the
// council, a broker and governance. Only for tests: its keys are public.

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/link/compose.h"
#include "agents/link/open.h"
#include "policy/policy.h"
#include "schema/directory/directory.h"
#include "schema/directory/statement_book.h"
#include "schema/model/statement.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/signing.h"
#include "schema/text/value.h"
#include "schema/tlog/cosignature.h"
#include "schema/tlog/note.h"
#include "tests/fakes/counted_random.h"

namespace havenline {

inline const PartnershipId kTestPartnership("rotherham");
inline const AgencyId kPolice("police.south-yorkshire");
inline const AgencyId kSchoolA("school.106890");
inline const AgencyId kSchoolB("school.106891");
inline const AgencyId kSchoolC("school.106892");
inline const AgencyId kCouncil("council.rotherham");
inline const Role kPoliceRole("police");
inline const Role kSchoolRole("school");
inline const Role kServicesRole("childrens-services");
inline const ExchangeName kEncompass("encompass-notice");
// 2026-11-20 23:40 UTC, a Friday night.
inline const TimePoint kNight = FromMilliseconds(1'795'218'000'000);

// What a test may change about how a message is made; what is not set is as it is in force.
struct SealingView {
  const Directory* directory = nullptr;
  const policy::Policy* policy = nullptr;
  const StatementBook* statements = nullptr;
  std::optional<MessageId> origin;
  std::chrono::hours acknowledge_within{8};
};

class TestPartnership {
 public:
  // The force and the council hold `more` roles besides their own; the council receives in all.
  explicit TestPartnership(const std::vector<Role>& more = {});

  // The text of a directory or policy of the given version, and the note that governance signs of
  // it.
  std::string DirectoryText(std::uint64_t version = 1, const Digest& previous = {}) const;
  std::string PolicyText(std::uint64_t version = 1, const Digest& previous = {}) const;
  std::string Sign(const std::string& text) const;
  std::string OpeningNote() const;
  // The policy with one line's words replaced: a later version with a rule changed.
  static std::string Replace(std::string text, const std::string& what, const std::string& with);
  // The directory's text with one agency's key in another state: "retired" or "compromised".
  std::string WithKeyState(const std::string& directory, const AgencyId& agency,
                           seal::Purpose purpose, const std::string& state) const;
  // The directory's text with the agency served by another host of it.
  static std::string WithHost(const std::string& directory, const AgencyId& agency,
                              const HostId& host);
  // The directory's text with these agencies as witnesses. Their keys are as always.
  std::string WithWitnesses(const std::string& directory, const std::vector<AgencyId>& agencies,
                            std::size_t quorum) const;
  static tlog::WitnessSigner WitnessOf(const AgencyId& agency, std::uint8_t generation = 1);
  std::string SuspensionNote(const AgencyId& agency, std::uint64_t number, bool lifted) const;
  static HostId HostOf(const AgencyId& agency) { return HostId("host." + agency.value()); }

  const seal::SigningKey& Key(const AgencyId& agency, seal::Purpose purpose) const;
  const seal::SealKey& RecipientKey(const AgencyId& agency, const Role& role) const;
  // CURVE: of a host by its name, or of "broker".
  const seal::SealKey& CurveKeyOf(const std::string& host) const { return curve_.at(host); }
  const tlog::NoteSigner& governance() const { return *governance_; }
  const tlog::NoteSigner& log_signer() const { return *log_signer_; }
  const seal::SigningKey& release_key() const { return *release_key_; }
  // The agency's first statement; and one with these words, signed by it.
  SignedStatement StatementOf(const AgencyId& agency) const;
  SignedStatement SignStatementOf(AgencyStatement statement) const;

  const Directory& directory() const { return *directory_; }
  const policy::Policy& policy() const { return *policy_; }
  const StatementBook& statements() const { return statements_; }
  StatementBook& statements() { return statements_; }

  // Writes the agency's key files as `havenline init` does, for Keyring::Load(). Recipient keys are
  // not among them: an agent makes its own.
  void WriteKeys(const AgencyId& agency, const std::filesystem::path& folder) const;
  Governance TestGovernance() const { return {{governance_->key()}, 1}; }

  // A content of every section, for a child in the household; sections can be changed by the
  // caller.
  std::map<std::string, text::Value> NoticeContent() const;
  Content MakeContent(const std::map<std::string, text::Value>& sections) const;

  // Seals a notice to these schools, as the police agent would.
  Composed Compose(const std::vector<Recipient>& recipients, seal::RandomSource& random,
                   TimePoint now) const;
  Composed Compose(const Content& content, const std::vector<Recipient>& recipients,
                   seal::RandomSource& random, TimePoint now) const;
  Composed Compose(const SealingView& view, const Content& content,
                   const std::vector<Recipient>& recipients, seal::RandomSource& random,
                   TimePoint now) const;
  // What that recipient would be delivered, without the broker's proof.
  Delivery DeliveryOf(const Envelope& envelope, std::size_t grant) const;
  ReceiverView ReceiverViewOf() const;

 private:
  struct TestAgency {
    AgencyId id;
    std::string title;
    std::vector<Role> roles;
    std::vector<Role> receives;
    std::string host;
    std::map<seal::Purpose, seal::SigningKey> keys;
    std::map<Role, seal::SealKey> recipient_keys;
  };
  void AddAgency(const AgencyId& id, std::vector<Role> roles, std::vector<Role> receives);

  mutable CountedRandom random_{20261122};
  std::vector<TestAgency> agencies_;
  std::unique_ptr<tlog::NoteSigner> governance_;
  std::unique_ptr<tlog::NoteSigner> log_signer_;
  std::unique_ptr<seal::SigningKey> release_key_;
  std::map<std::string, seal::SealKey> curve_;  // By host.
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<policy::Policy> policy_;
  StatementBook statements_;
  SuspensionBook suspensions_;
};

}  // namespace havenline
