// Directory: who is who in a partnership, as governance signed it. Read from the text of a signed
// note (governance.h opens the note); what does not hold never becomes a Directory.
//
// Immutable, so any thread may read one that it holds. Lookups are by hash map.

#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"
#include "schema/seal/signing.h"
#include "schema/tlog/cosignature.h"
#include "schema/tlog/note.h"

namespace havenline {

// A ZeroMQ CURVE public key in Z85, 40 characters.
using CurveKey = StrongId<struct CurveKeyTag, std::string>;

enum class KeyState : std::uint8_t {
  kCurrent,      // Signs and is accepted.
  kRetired,      // Nothing new is accepted under it; what was accepted stays good.
  kCompromised,  // Likewise; and what was not yet delivered is shown marked "confirm by telephone".
};

struct AgencyKey {
  seal::Purpose purpose{};
  seal::VerifyKey key{};
  KeyId id;
  KeyState state = KeyState::kCurrent;
};

struct Agency {
  AgencyId id;
  std::string title;  // For people.
  std::vector<Role> roles;
  HostId host;
  std::vector<std::string> areas;
  std::vector<AgencyKey> keys;

  bool Holds(const Role& role) const;
};

struct Host {
  HostId id;
  std::string operated_by;      // For people: the organisation that runs the machine.
  std::vector<CurveKey> curve;  // Two while one is replaced.
  bool operator_link = false;   // May ask the broker for its status.
};

// A set of keys of which some number must sign.
struct Governance {
  std::vector<tlog::NoteKey> keys;
  std::size_t threshold = 1;

  friend bool operator==(const Governance&, const Governance&) = default;
};

// An agency that proves the log's heads consistent and cosigns them. One that was replaced or left
// stays listed, retired: what it cosigned can still be checked, and counts for nothing new.
struct Witness {
  AgencyId agency;
  tlog::WitnessKey key;
  std::uint64_t since = 1;  // The version of the directory that first listed this key.
  bool retired = false;
};

// Of witnesses that are not retired: none, or as many as this.
inline constexpr std::size_t kWitnessesMin = 3;
inline constexpr std::size_t kWitnessesMax = 7;

class Directory {
 public:
  // `text` is the note's text, signatures verified or about to be; its hash becomes version().hash.
  // A kInvalid fault lists every problem with line and column.
  static Result<Directory> Parse(std::string_view text, const std::string& source_name);

  const PartnershipId& partnership() const { return partnership_; }
  const DocumentVersion& version() const { return version_; }
  const Digest& previous() const { return previous_; }
  const Governance& governance() const { return governance_; }

  const CurveKey& broker_curve() const { return broker_curve_; }
  const seal::VerifyKey& broker_release_key() const { return broker_release_key_; }
  // The keys of all epochs that checkpoints may be signed with.
  std::span<const tlog::NoteKey> log_keys() const { return log_keys_; }

  const Agency* Find(const AgencyId& id) const;
  const Host* Find(const HostId& id) const;
  const Host* HostOf(const CurveKey& key) const;
  std::vector<const Agency*> AgenciesOf(const HostId& host) const;
  std::span<const Agency> agencies() const { return agencies_; }
  std::span<const Host> hosts() const { return hosts_; }

  // Retired ones among them. Empty in a partnership without witnesses.
  std::span<const Witness> witnesses() const { return witnesses_; }
  // How many distinct operators' witnesses must cosign a head; 0 without witnesses.
  std::size_t quorum() const { return quorum_; }

  // A key by its id, whatever its state.
  const AgencyKey* FindKey(const AgencyId& agency, seal::Purpose purpose, const KeyId& id) const;
  const AgencyKey* CurrentKey(const AgencyId& agency, seal::Purpose purpose) const;

 private:
  friend class DirectoryReader;
  Directory() = default;
  void Index();

  PartnershipId partnership_;
  DocumentVersion version_;
  Digest previous_{};
  Governance governance_;
  CurveKey broker_curve_;
  seal::VerifyKey broker_release_key_{};
  std::vector<tlog::NoteKey> log_keys_;
  std::vector<Agency> agencies_;
  std::vector<Host> hosts_;
  std::vector<Witness> witnesses_;
  std::size_t quorum_ = 0;
  std::unordered_map<std::string, std::size_t> agency_at_;
  std::unordered_map<std::string, std::size_t> host_at_;
  std::unordered_map<std::string, std::size_t> host_of_curve_;
};

// True for 40 Z85 characters that decode to a key which is not all zero.
bool IsCurveKey(std::string_view text);

}  // namespace havenline
