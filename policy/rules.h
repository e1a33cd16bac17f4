// The policy text as parsed, before it is compiled to the table. Private to policy.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "schema/base/result.h"
#include "schema/text/mark.h"

namespace havenline::policy {

enum class Effect : std::uint8_t { kShare, kRequire, kNever };

struct Rule {
  Effect effect = Effect::kShare;
  RuleId id;
  ExchangeName exchange;
  std::vector<Role> from;
  std::vector<Role> to;
  std::vector<std::string> profiles;                     // Empty: all.
  std::map<std::string, std::vector<std::string>> when;  // Claim -> values; empty: always.
  std::vector<std::string> sections;                     // ["*"] is all.
  std::string basis;
  std::string why;
  std::string deadline;  // Empty: none.
  bool thread_party = false;
  Condition::Kind held = Condition::Kind::kNone;  // kShare only.
  Role watches;                                   // Of a held one.
  text::Mark mark;
};

struct Profile {
  std::string name;
  std::vector<AgencyId> senders;
};

struct Rules {
  PartnershipId partnership;
  DocumentVersion version;
  Digest previous{};
  std::vector<Exchange> exchanges;
  std::vector<Deadline> deadlines;
  std::vector<Profile> profiles;
  std::vector<Rule> rules;
};

Result<Rules> ParseRules(std::string_view text, const std::string& source_name);

// Enumerates every cell; kInvalid with all contradictions and unreachable rules.
Result<Policy> Compile(Rules rules, const std::string& source_name);

}  // namespace havenline::policy
