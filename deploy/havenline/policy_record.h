// What an agency's agent decided to tell, as its own store keeps it: for `havenline policy replay`.

#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agents/link/recorded_message.h"
#include "agents/store/agent_store.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline {

struct DecisionRecord {
  std::vector<RecordedMessage> messages;
  // Messages that an older version of the agent sent, which kept no claims.
  std::size_t without_claims = 0;
  // Whose record it is; none in a file that an older version wrote.
  std::set<std::string> partnerships;
};

// Whatever was sealed and not refused since, by its last sealing.
Result<DecisionRecord> DecisionsIn(const AgentStore& store);

// One line of JSON for each message, each as JsonOf() has it, with its `partnership` if it is
// known. kInvalid with line and what is wrong.
Result<DecisionRecord> ParseDecisions(std::string_view lines, const std::string& source_name);
text::Value JsonOf(const RecordedMessage& message);

// By its configuration; it may run meanwhile.
Result<DecisionRecord> DecisionsOfAgent(const std::string& config);
// A path that ends in .toml is an agent's configuration; else a file of lines, "-" stdin.
Result<DecisionRecord> ReadDecisions(const std::string& path);

}  // namespace havenline
