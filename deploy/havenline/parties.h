// Hosts and agencies as they are made: their keys, their entries in the directory, and the folder
// that is carried to a host's machine. For `init`, and for adding to a partnership later.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "deploy/havenline/plan.h"
#include "schema/base/result.h"
#include "schema/seal/random.h"
#include "schema/text/value.h"

namespace havenline {

// What every host's configuration says of its partnership.
struct PartnershipFacts {
  PartnershipId partnership;
  text::Value broker;                        // [broker]: address, curve.
  text::Value governance;                    // [governance]: keys, threshold.
  std::map<std::string, std::string> notes;  // Beside agent.toml: directory.note, policy.note.
};

// An agency, with the folder of its keys below its host's folder.
struct AgencyAt {
  PlannedAgency agency;
  std::string key_folder;
};

// Numbered within a host from 1, so that no file name tells which agencies a machine speaks for
// (C5).
std::string KeyFolder(std::size_t number);

// Makes the host's CURVE key below `folder`, and for a host of agencies its store and pseudonym
// keys. Returns the public key, Z85. kInvalid if a key is there already: none is ever written over.
Result<std::string> MakeHostKeys(const std::filesystem::path& folder, bool with_agencies,
                                 seal::RandomSource& random);
// Makes the agency's signing keys below the host's folder; returns its list `key` of the directory.
Result<text::Value> MakeAgencyKeys(const AgencyAt& at, const std::filesystem::path& host_folder,
                                   seal::RandomSource& random);

// Entries of the directory.
text::Value HostEntry(const HostId& id, const std::string& operated_by, const std::string& curve);
text::Value AgencyEntry(const PlannedAgency& agency, text::Value keys);

// [[agency]] of agent.toml.
text::Value AgencyTable(const AgencyAt& at);

// agent.toml, the notes, and the tokens of its people, below `folder`.
Result<void> WriteHostFolder(const PlannedHost& host, const std::vector<AgencyAt>& agencies,
                             const PartnershipFacts& facts, const std::filesystem::path& folder);

// Makes the folder above it, too.
Result<void> WriteIn(const std::filesystem::path& path, const std::string& text, mode_t mode);

}  // namespace havenline
