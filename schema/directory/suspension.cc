#include "schema/directory/suspension.h"

#include <algorithm>
#include <array>

#include "schema/text/reader.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

constexpr std::array<std::string_view, 2> kStates = {"suspended", "lifted"};

}  // namespace

Result<Suspension> ParseSuspension(std::string_view text) {
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(text, "suspension"));
  text::MapReader reader(value, "suspension");
  if (reader.Name("document") != "suspension") reader.Problem("document", "must be \"suspension\"");
  Suspension suspension;
  suspension.partnership = PartnershipId(reader.Name("partnership"));
  suspension.agency = AgencyId(reader.Name("agency"));
  suspension.number = static_cast<std::uint64_t>(reader.Integer("number", 1, 1'000'000'000));
  suspension.lifted = reader.Choice("state", kStates) == 1;
  RETURN_IF_FAULT(reader.Finish());
  return suspension;
}

std::string SuspensionText(const Suspension& suspension) {
  return "document = \"suspension\"\npartnership = \"" + suspension.partnership.value() +
         "\"\nagency = \"" + suspension.agency.value() +
         "\"\nnumber = " + std::to_string(suspension.number) + "\nstate = \"" +
         std::string(kStates[suspension.lifted ? 1 : 0]) + "\"\n";
}

std::string AgencyNoteName(const PartnershipId& partnership, const AgencyId& agency) {
  return partnership.value() + "/agency/" + agency.value();
}

Result<Suspension> OpenSuspension(std::string_view note, const Directory& directory) {
  if (note.size() > kSuspensionBytesMax)
    return Fail(FaultCode::kInvalid, "longer than a suspension can be");
  // The text says which agency's key may sign it, so it is read first and believed afterwards.
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(note));
  ASSIGN_OR_RETURN(Suspension suspension, ParseSuspension(text));
  if (suspension.partnership != directory.partnership())
    return Fail(FaultCode::kInvalid, "of another partnership");
  const Governance& governance = directory.governance();
  std::vector<tlog::NoteKey> known = governance.keys;
  const AgencyKey* const own = directory.CurrentKey(suspension.agency, seal::Purpose::kStatement);
  if (own != nullptr)
    known.push_back({AgencyNoteName(directory.partnership(), suspension.agency), own->key});
  ASSIGN_OR_RETURN(const tlog::OpenedNote opened, tlog::OpenNote(note, known));
  const auto of_governance =
      static_cast<std::size_t>(std::ranges::count_if(opened.signers, [&](const tlog::NoteKey& key) {
        return std::ranges::find(governance.keys, key) != governance.keys.end();
      }));
  if (suspension.lifted && of_governance < governance.threshold) {
    return Fail(FaultCode::kInvalid, "lifting a suspension needs " +
                                         std::to_string(governance.threshold) + " governance keys");
  }
  return suspension;
}

Result<Suspension> ReadKeptSuspension(std::string_view note) {
  ASSIGN_OR_RETURN(const std::string_view text, tlog::UnverifiedText(note));
  return ParseSuspension(text);
}

bool SuspensionBook::IsLast(const Suspension& suspension) const {
  const auto at = last_.find(suspension.agency);
  return at != last_.end() && at->second == suspension.number &&
         IsSuspended(suspension.agency) != suspension.lifted;
}

Result<void> SuspensionBook::Apply(const Suspension& suspension) {
  const auto at = last_.find(suspension.agency);
  const std::uint64_t expected = (at == last_.end() ? 0 : at->second) + 1;
  if (suspension.number != expected) {
    return Fail(FaultCode::kInvalid, "suspension number " + std::to_string(suspension.number) +
                                         " does not follow: " + std::to_string(expected) +
                                         " is next");
  }
  Put(suspension);
  return {};
}

bool SuspensionBook::ApplyNewer(const Suspension& suspension) {
  const auto at = last_.find(suspension.agency);
  const std::uint64_t last = at == last_.end() ? 0 : at->second;
  if (suspension.number <= last || suspension.number > last + kSuspensionGapMax) return false;
  Put(suspension);
  return true;
}

void SuspensionBook::Put(const Suspension& suspension) {
  last_[suspension.agency] = suspension.number;
  if (suspension.lifted) {
    suspended_.erase(suspension.agency);
  } else {
    suspended_.insert(suspension.agency);
  }
}

}  // namespace havenline
