// What is sound in a policy and yet perhaps not meant: sections that a rule shares and that `never`
// rules always take away again. Pure.

#pragma once

#include <string>
#include <vector>

#include "deploy/havenline/policy_source.h"
#include "schema/text/value.h"

namespace havenline {

// It is no error: `never` wins, so what is shared is safe, and a policy in force must not become
// one that no longer loads. It is loud where the rule lists the section by its name, since then
// whoever wrote the rule wanted it told; a `*` may well mean "all but that".
struct PolicyNote {
  std::string rule;
  std::string to;
  std::vector<std::string> sections;
  std::vector<std::string> never;  // The rules that forbid them, in every case of `rule`.
  bool listed = false;             // By name; else by `*`.
};
std::vector<PolicyNote> NotesOf(const LoadedPolicy& loaded);

// One line each.
std::string WordsOf(const std::vector<PolicyNote>& notes);
// ", 1 warning"; or nothing.
std::string CountOfWarnings(const std::vector<PolicyNote>& notes);
text::Value JsonOf(const std::vector<PolicyNote>& notes);

}  // namespace havenline
