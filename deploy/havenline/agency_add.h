// Adding agencies, and hosts of theirs, to a partnership that is there.

#pragma once

#include <filesystem>
#include <string>

#include "deploy/havenline/link_configuration.h"
#include "deploy/havenline/plan.h"
#include "deploy/havenline/tool.h"
#include "deploy/runtime/command_line.h"
#include "schema/base/result.h"

namespace havenline {

struct AdditionSources {
  std::string directory;  // The directory in force, text or note: what the new version follows.
  std::string policy;     // A signed policy for new hosts to begin with; may be empty without any.
  LinkConfiguration connection;  // Where the broker is, and governance.
};

// Writes into a new or empty folder: directory.toml, the next version, held to every check;
// hosts/<host>/ for each new host; keys and the tables to append to agent.toml for each host that
// is there. Nothing is signed or published, and no key is written over. The words say what to do
// next.
Result<tool::Answer> AddAgencies(const Addition& addition, const AdditionSources& sources,
                                 const std::filesystem::path& into);

void AddAgencyAddCommand(Command& agency);

}  // namespace havenline
