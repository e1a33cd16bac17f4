// Two versions of a directory compared: which agencies, hosts and keys came, went or changed. Pure.

#pragma once

#include <string>
#include <vector>

#include "schema/directory/directory.h"

namespace havenline {

struct DirectoryChange {
  std::string about;  // agency, host, governance, broker.
  std::string name;   // Of the agency or host; else empty.
  std::string words;  // "has a new envelope key 0123456789abcdef"
};

std::vector<DirectoryChange> CompareDirectories(const Directory& before, const Directory& after);

std::string_view WordFor(KeyState state);  // "current"

}  // namespace havenline
