// Policy: who may, must and must never share what, as governance signed it. A total table: every
// (exchange, profile, sender role, recipient role, claims) has a cell, and a decision is a look-up.
//
// Default deny (C2): a section reaches a role only if a `share` or `require` rule says so and no
// `never` rule forbids it. What cannot be looked up (an unknown exchange, role, claim or value) is
// denied.
//
// Rules may hold for a time. What counts is when a message was made (its header's `created`): that
// is signed, so that sender, broker and recipient judge it alike, whenever they do.
//
// Immutable, so any thread may read one that it holds. Pure.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/envelope.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"

namespace havenline::policy {

// One bit for each section of the exchange, in its order.
using SectionSet = std::uint32_t;

// When a person at the recipient must have acknowledged.
struct Deadline {
  std::string name;
  bool before_ready = false;         // By the recipient's next ready-by …
  std::chrono::minutes after{0};     // … or so long after sending;
  std::chrono::minutes at_least{0};  // never sooner than so long after sending.
  std::chrono::minutes warn{30};     // The sender's agent warns so long before it is late.
  std::chrono::days move_max{0};     // How far the recipient's calendar may move it.
  std::chrono::minutes default_ready{8 * 60 + 15};  // For a recipient that states no calendar.

  friend bool operator==(const Deadline&, const Deadline&) = default;
};

struct Claim {
  std::string name;
  std::vector<std::string> values;  // The first is "not stated".
  std::string section;              // What it is made of: a section,
  std::string field;                // or a field of it.
  std::string words;                // For people: "graded {}"; or empty.

  friend bool operator==(const Claim&, const Claim&) = default;
};

// Whether the person whom it is about must agree to the sharing.
enum class Consent : std::uint8_t {
  kRequired,     // The claim `consent` says how it stands; without it only the law's exceptions.
  kNotRequired,  // The law allows or demands it whatever they say.
  kMustNotAsk,   // And to ask would put somebody in danger.
};

// The claim that says how consent stands, its first value first.
inline constexpr std::string_view kConsentClaim = "consent";
inline constexpr std::array<std::string_view, 5> kConsentValues = {
    "not-asked", "given", "refused", "unsafe-to-ask", "cannot-consent"};

// Whom an unacknowledged message is taken to next.
struct Duty {
  std::string name;
  std::string title;
  Role at;              // The role at whose agency it is.
  bool person = false;  // Somebody holds it at every hour: escalation may end there.

  friend bool operator==(const Duty&, const Duty&) = default;
};

struct Exchange {
  ExchangeName name;
  std::string title;  // For people: "a notice about a child"; its name if the text gives none.
  std::uint16_t version = 0;
  std::size_t slots = 8;
  bool urgent = false;
  bool strict = false;     // Not sealed under a stale directory.
  bool concealed = false;  // That there is such a message is itself secret.
  Consent consent = Consent::kNotRequired;
  std::vector<std::string> sections;
  std::vector<Claim> claims;
  std::vector<std::string> hold_flags;  // Intake holds rows with one of these for a supervisor.
  std::vector<std::string> unshared;    // Sections that nobody is ever told, on purpose.
  std::vector<TimePoint> turns;         // When a rule begins or ends to hold, ascending.

  std::optional<SectionSet> SetOf(
      const std::vector<std::string>& names) const;  // Nothing: an unknown name.
  std::vector<std::string> NamesOf(SectionSet set) const;
  std::size_t CombinationsOfClaims() const;
  // Which of the times between turns `created` is in: 0 is before the first.
  std::size_t PeriodOf(TimePoint created) const;
};

// Who may read parts of the audit log that are not their agency's own (docs/policy.md).
struct AuditRule {
  RuleId id;
  std::vector<Role> by;
  bool unconcealed = false;             // Of all exchanges that are not concealed,
  std::vector<ExchangeName> exchanges;  // and of these.
  std::string why;

  friend bool operator==(const AuditRule&, const AuditRule&) = default;
};

struct HeldShare;

// Sections that a `never` rule keeps from a role, whatever else is said.
struct Forbidden {
  SectionSet sections = 0;
  RuleId rule;
  std::string why;

  friend bool operator==(const Forbidden&, const Forbidden&) = default;
};

// What one sender role may tell one recipient role, given the claims.
struct Cell {
  SectionSet sections = 0;              // None: nothing may be sent at once.
  RuleId rule;                          // The rules that say so, joined by '+'.
  bool required = false;                // The role must be told (C3).
  bool decision_required = false;       // Or a decision not to tell it recorded.
  bool thread_party = false;            // It gets the thread secret.
  std::string basis;                    // Lawful basis codes (basis.h), joined by '+'.
  std::string purpose;                  // Purposes, joined by '+'.
  std::string why;                      // In plain words, for the why-card.
  const Deadline* deadline = nullptr;   // In the same Policy; none: no acknowledgement is asked.
  std::vector<const Duty*> escalation;  // In the same Policy: who is asked next, one after another.
  std::string retention;                // The label that it carries; or empty.
  // The sections that are withheld and whose being withheld may show; any other leaves no trace.
  SectionSet visible = 0;
  std::vector<Forbidden> forbidden;  // By the `never` rules of this case.
  // Where nothing may be sent at once: what may be sent to be held, if anything may.
  std::shared_ptr<const HeldShare> held;
};

// What a role may be told if somebody else, who is told at once, does not take it on: by a grant
// whose condition is of this kind and watches the grant of that role.
struct HeldShare {
  Condition::Kind kind = Condition::Kind::kUnacknowledged;
  Role watches;  // Told something in the same case; for kUnacknowledged with a deadline, which is
                 // the condition's `by`.
  Cell cell;     // Never required, holds nothing itself.
};

// Who asks what of the table.
struct Question {
  const ExchangeName& exchange;
  const AgencyId& sender;  // Decides the profile.
  const Role& from;
  const Role& to;
  const std::vector<ClaimOpening>& claims;
  TimePoint created;  // When the message was made.
};

// A Question without the recipient.
struct Sending {
  const ExchangeName& exchange;
  const AgencyId& sender;
  const Role& from;
  const std::vector<ClaimOpening>& claims;
  TimePoint created;
};

class Policy {
 public:
  // A copy's cells would point to the deadlines of the original.
  Policy(Policy&&) = default;
  Policy& operator=(Policy&&) = default;
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  // `text` is the note's text. A kInvalid fault lists every problem, with line and column, or with
  // the cell in which two rules contradict each other.
  static Result<Policy> Parse(std::string_view text, const std::string& source_name);

  const PartnershipId& partnership() const { return partnership_; }
  const DocumentVersion& version() const { return version_; }
  const Digest& previous() const { return previous_; }

  const Exchange* Find(const ExchangeName& name) const;
  const std::vector<Exchange>& exchanges() const { return exchanges_; }

  // The cell; the empty one for whatever the table does not know. Allocates nothing, cannot fail.
  const Cell& Look(const Question& question) const;

  // All recipient roles with their cells.
  struct Row {
    Role to;
    const Cell* cell;
  };
  std::vector<Row> RowsFor(const Sending& sending) const;

  // The claims that any rule for (exchange, sender role, recipient role) reads: those a recipient
  // gets.
  std::vector<std::string> ClaimsRead(const ExchangeName& exchange, const Role& from,
                                      const Role& to) const;

  // The profile of a sender: the one that names it, or "".
  std::string_view ProfileOf(const AgencyId& sender) const;
  const std::map<AgencyId, std::string>& profiles() const { return profile_of_; }

  // The rules that let this role look into the audit log, joined by '+'; empty: none does.
  std::string AuditRulesOf(const Role& role) const;
  // Whether it may read there what is of this exchange. No to an exchange that is not known: it may
  // be a concealed one.
  bool MayAudit(const Role& role, const ExchangeName& exchange) const;
  const std::vector<AuditRule>& audit_rules() const { return audit_rules_; }

  // What names stand for, for people.
  const std::map<std::string, std::string>& roles() const { return roles_; }
  const std::map<std::string, std::string>& purposes() const { return purposes_; }
  const std::map<std::string, std::string>& retentions() const { return retentions_; }
  const std::map<std::string, Duty>& duties() const { return duties_; }

  // The whole table, for proving and comparing: a place's cells by the index of period and claims'
  // values, the period and then the first claim the most significant. Cells that say the same are
  // often one.
  using TableKey = std::tuple<ExchangeName, std::string, Role, Role>;  // …, profile, from, to.
  using Table = std::map<TableKey, std::vector<const Cell*>, std::less<>>;
  const Table& table() const { return table_; }

 private:
  friend class Compiler;
  Policy() = default;

  static std::optional<std::size_t> IndexOf(const Exchange& exchange,
                                            const std::vector<ClaimOpening>& claims,
                                            TimePoint created);

  PartnershipId partnership_;
  DocumentVersion version_;
  Digest previous_{};
  std::vector<Exchange> exchanges_;
  std::map<std::string, Deadline> deadlines_;  // Nodes do not move: cells point to them.
  std::map<std::string, Duty> duties_;
  std::map<std::string, std::string> roles_;
  std::map<std::string, std::string> purposes_;
  std::map<std::string, std::string> retentions_;
  std::map<AgencyId, std::string> profile_of_;
  std::vector<AuditRule> audit_rules_;
  std::deque<Cell> cells_;  // Its elements do not move either.
  Table table_;
  std::map<std::tuple<ExchangeName, Role, Role>, std::vector<std::string>> claims_read_;
  Cell nothing_;
};

}  // namespace havenline::policy
