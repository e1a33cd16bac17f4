#include "schema/directory/opening.h"

#include "schema/directory/governance.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"
#include "schema/tlog/checkpoint.h"

namespace havenline {

std::string OpeningText(const Opening& opening) {
  return "document = \"opening\"\npartnership = \"" + opening.partnership.value() +
         "\"\nepoch = " + std::to_string(opening.epoch) + "\nlog-key = \"" +
         tlog::NoteKeyToText(opening.log_key) + "\"\n";
}

Result<Opening> OpenOpening(std::string_view note, const Governance& governance) {
  ASSIGN_OR_RETURN(const std::string text, OpenByGovernance(note, governance));
  return ParseOpening(text);
}

Result<Opening> ParseOpening(std::string_view text) {
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(text, "opening"));
  text::MapReader reader(value, "opening");
  if (reader.Name("document") != "opening") reader.Problem("document", "must be \"opening\"");
  Opening opening;
  opening.partnership = PartnershipId(reader.Name("partnership"));
  opening.epoch = static_cast<std::uint64_t>(reader.Integer("epoch", 1, 1'000'000'000));
  const std::string key = reader.Text("log-key");
  RETURN_IF_FAULT(reader.Finish());
  ASSIGN_OR_RETURN(opening.log_key, tlog::NoteKeyFromText(key));
  if (opening.log_key.name != tlog::OriginOf(opening.partnership, opening.epoch)) {
    return Fail(FaultCode::kInvalid, "opening: the log key's name is not " +
                                         tlog::OriginOf(opening.partnership, opening.epoch));
  }
  return opening;
}

}  // namespace havenline
