#include "schema/directory/governance.h"

#include <utility>

namespace havenline {

Result<std::string> OpenByGovernance(std::string_view note, const Governance& governance) {
  ASSIGN_OR_RETURN(tlog::OpenedNote opened, tlog::OpenNote(note, governance.keys));
  if (opened.signers.size() < governance.threshold) {
    return Fail(FaultCode::kInvalid, "signed by " + std::to_string(opened.signers.size()) +
                                         " of the " + std::to_string(governance.threshold) +
                                         " governance keys it needs");
  }
  return std::move(opened.text);
}

Result<void> CheckFollows(const DocumentVersion& in_force, const Succession& next) {
  const std::uint64_t expected = in_force.version + 1;
  if (next.version.version != expected) {
    return Fail(FaultCode::kInvalid, "version " + std::to_string(next.version.version) +
                                         " does not follow: version " + std::to_string(expected) +
                                         " is next");
  }
  if (in_force.version > 0 && next.previous != in_force.hash) {
    return Fail(FaultCode::kInvalid, "`previous` is not the hash of version " +
                                         std::to_string(in_force.version) + " in force, which is " +
                                         HexEncode(in_force.hash));
  }
  return {};
}

Result<void> CheckNewer(const DocumentVersion& in_force, const Succession& next) {
  if (next.version.version <= in_force.version) {
    return Fail(FaultCode::kInvalid, "version " + std::to_string(next.version.version) +
                                         " is not newer than version " +
                                         std::to_string(in_force.version) + " in force");
  }
  if (next.version.version == in_force.version + 1) return CheckFollows(in_force, next);
  return {};
}

Result<void> CheckSameGovernance(const Governance& in_force, const Governance& next) {
  if (in_force == next) return {};
  return Fail(
      FaultCode::kInvalid,
      "the governance keys or their threshold changed, which this version cannot carry out");
}

}  // namespace havenline
