// Policy: who may, must and must never share what, as governance signed it. A total table: every
// (exchange, profile, sender role, recipient role, claims) has a cell, and a decision is a look-up.
//
// Default deny (C2): a section reaches a role only if a `share` or `require` rule says so and no
// `never` rule forbids it. What cannot be looked up (an unknown exchange, role, claim or value) is
// denied.
//
// Immutable, so any thread may read one that it holds. Pure.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

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

  friend bool operator==(const Claim&, const Claim&) = default;
};

struct Exchange {
  ExchangeName name;
  std::uint16_t version = 0;
  std::size_t slots = 8;
  bool urgent = false;
  bool strict = false;  // Not sealed under a stale directory.
  std::vector<std::string> sections;
  std::vector<Claim> claims;
  std::vector<std::string> hold_flags;  // Intake holds rows with one of these for a supervisor.

  std::optional<SectionSet> SetOf(
      const std::vector<std::string>& names) const;  // Nothing: an unknown name.
  std::vector<std::string> NamesOf(SectionSet set) const;
};

struct HeldShare;

// What one sender role may tell one recipient role, given the claims.
struct Cell {
  SectionSet sections = 0;             // None: nothing may be sent at once.
  RuleId rule;                         // The rules that say so, joined by '+'.
  bool required = false;               // The role must be told (C3).
  bool thread_party = false;           // It gets the thread secret.
  std::string basis;                   // Lawful basis codes, joined by '+'.
  std::string why;                     // In plain words, for the why-card.
  const Deadline* deadline = nullptr;  // In the same Policy; none: no acknowledgement is asked.
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

  // The cell; the empty one for whatever the table does not know.
  const Cell& Look(const Question& question) const;

  // All recipient roles with their cells, for one sender and set of claims.
  struct Row {
    Role to;
    const Cell* cell;
  };
  std::vector<Row> RowsFor(const ExchangeName& exchange, const AgencyId& sender, const Role& from,
                           const std::vector<ClaimOpening>& claims) const;

  // The claims that any rule for (exchange, sender role, recipient role) reads: those a recipient
  // gets.
  std::vector<std::string> ClaimsRead(const ExchangeName& exchange, const Role& from,
                                      const Role& to) const;

  // The profile of a sender: the one that names it, or "".
  std::string_view ProfileOf(const AgencyId& sender) const;
  const std::map<AgencyId, std::string>& profiles() const { return profile_of_; }

  // The whole table, for comparing (compare.h): a place's cells by the index of the claims' values,
  // the first claim the most significant.
  using TableKey = std::tuple<ExchangeName, std::string, Role, Role>;  // …, profile, from, to.
  const std::map<TableKey, std::vector<Cell>>& table() const { return table_; }

 private:
  friend class Compiler;
  Policy() = default;

  std::optional<std::size_t> ClaimIndex(const Exchange& exchange,
                                        const std::vector<ClaimOpening>& claims) const;

  PartnershipId partnership_;
  DocumentVersion version_;
  Digest previous_{};
  std::vector<Exchange> exchanges_;
  std::map<std::string, Deadline> deadlines_;  // Nodes do not move: cells point to them.
  std::map<AgencyId, std::string> profile_of_;
  std::map<TableKey, std::vector<Cell>> table_;  // By the claims' index.
  std::map<std::tuple<ExchangeName, Role, Role>, std::vector<std::string>> claims_read_;
  Cell nothing_;
};

}  // namespace havenline::policy
