// The policy text as parsed, before it is compiled to the table and proved. For policy itself and
// for tools that show a text: whoever decides looks at the table alone (policy.h).

#pragma once

#include <map>
#include <optional>
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
  std::optional<TimePoint> starts;                       // It holds from then on,
  std::optional<TimePoint> ends;                         // and until before then.
  std::string basis;
  std::string purpose;
  std::string why;
  std::string deadline;                 // Empty: none.
  std::vector<std::string> escalation;  // Duties.
  std::string retention;                // Empty: none.
  std::vector<std::string> visible;     // Sections whose being withheld may show.
  bool thread_party = false;
  Condition::Kind held = Condition::Kind::kNone;  // kShare only.
  Role watches;                                   // Of a held one.
  text::Mark mark;
  // Where what it names stands: "to/school", "when.risk", "when.risk/high", "basis".
  std::map<std::string, text::Mark> marks;
};

struct Profile {
  std::string name;
  std::vector<AgencyId> senders;
};

struct Rules {
  PartnershipId partnership;
  DocumentVersion version;
  Digest previous{};
  std::map<std::string, std::string> roles;  // Name -> title; likewise below.
  std::map<std::string, std::string> purposes;
  std::map<std::string, std::string> retentions;
  std::vector<Duty> duties;
  std::map<std::string, text::Mark> duty_marks;
  std::vector<Exchange> exchanges;
  std::map<ExchangeName, text::Mark> exchange_marks;
  std::vector<Deadline> deadlines;
  std::vector<Profile> profiles;
  std::vector<Rule> rules;
  std::vector<AuditRule> audit_rules;
  std::vector<text::Mark> audit_marks;  // Of each.
};

// Whom a `never` rule names to keep a claim from the broker itself, which holds no section.
inline constexpr std::string_view kBrokerRole = "broker";
inline constexpr std::string_view kExclusions = "exclusions";
inline constexpr std::size_t kCellsMax = 2'000'000;  // Of one policy, together.
// Duties of one rule: each is an alarm of its own at both ends.
inline constexpr std::size_t kEscalationMax = 8;

Result<Rules> ParseRules(std::string_view text, const std::string& source_name);

// Enumerates every cell, and proves what docs/policy.md promises of each; kInvalid with everything
// that does not hold.
Result<Policy> Compile(Rules rules, const std::string& source_name);

// What is wrong, for people.
class Problems {
 public:
  explicit Problems(std::string source_name) : source_name_(std::move(source_name)) {}

  bool empty() const { return problems_.empty(); }
  void Add(text::Mark mark, const std::string& what) {
    problems_.push_back(text::Located(source_name_, mark, what));
  }
  // `named`: which of the rule's marks; where it has none, the rule's own place.
  void Add(const Rule& rule, const std::string& what, const std::string& named = "");
  std::string Text() const;  // At most 20 lines, and how many more.

 private:
  std::string source_name_;
  std::vector<std::string> problems_;
};

// names.cc: that everything a rule names is there, and nothing is named that cannot be.
void CheckNames(const Rules& rules, Problems& problems);

// prove.cc: what must hold of every cell, looked for again in the finished table.
void Prove(const Rules& rules, const Policy& policy, Problems& problems);

}  // namespace havenline::policy
