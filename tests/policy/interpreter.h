// The policy language a second time, slow and plain: reads the rules for one question, one after
// the other, as docs/policy.md says it. It shares nothing with the table but the parsed text. What
// the table says is held against it.

#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "policy/rules.h"

namespace havenline::policy {

using NameSet = std::set<std::string>;

struct OneCase {
  const Exchange& exchange;
  std::string profile;
  std::string from;
  std::map<std::string, std::string> claims;
  TimePoint created;
};

// What one role is told, by the rules that do tell it something.
struct Telling {
  NameSet sections;  // Empty: nothing.
  std::vector<const Rule*> rules;
  NameSet visible;

  std::string Joined(std::string Rule::*what) const;  // Each once, by '+'.
  std::string RuleIds() const;
  bool MustTell(const Exchange& exchange) const;
  bool MustDecide(const Exchange& exchange) const;
  const Rule* With(std::string Rule::*what) const;  // The last that has it, or null.
};

struct Ruling {
  Telling at_once;
  Telling held;  // Only where `at_once` tells nothing.
  NameSet never;
};

Ruling Interpret(const Rules& rules, const OneCase& which, const std::string& to);

// Every case of an exchange, one after another, in the table's order.
std::vector<OneCase> CasesOf(const Rules& rules, const Exchange& exchange,
                             const std::string& profile, const std::string& from);
// The roles that any rule of the exchange names, the broker apart.
NameSet SenderRoles(const Rules& rules, const Exchange& exchange);
NameSet RecipientRoles(const Rules& rules, const Exchange& exchange);
std::vector<std::string> ProfileNames(const Rules& rules);  // With "", the first.

// Why rules whose names are all known cannot stand together: the first reason found, or nothing.
std::optional<std::string> WhyRefused(const Rules& rules);

}  // namespace havenline::policy
