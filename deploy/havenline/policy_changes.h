// What a new version of a policy changes, in words and as JSON. Pure.

#pragma once

#include <string>
#include <vector>

#include "deploy/havenline/document_file.h"
#include "policy/compare.h"
#include "policy/policy.h"
#include "schema/base/result.h"
#include "schema/text/value.h"

namespace havenline {

std::string WordsOf(const policy::Change& change);
text::Value JsonOf(const policy::Change& change);

struct PolicyDifference {
  std::vector<std::string> words;  // One line each; sections that fare alike are one.
  std::string verdict;             // "3 changes", or in what sense nothing changes.
  text::Value json;                // A list with each.
};
// Cells and texts. Both files are policies that parse.
Result<PolicyDifference> DifferenceBetween(const DocumentFile& before_file,
                                           const policy::Policy& before,
                                           const DocumentFile& after_file,
                                           const policy::Policy& after);

}  // namespace havenline
