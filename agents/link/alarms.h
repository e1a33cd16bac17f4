// Alarms: what a person at this agency must look at. Raised once each, kept until a person takes it
// on or its cause is gone. The operator's log hears of the kind and nothing else (C5).
//
// Owned by the agent's loop.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agents/store/agent_store.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"

namespace havenline {

enum class AlarmKind : std::uint8_t {
  kDueSoon,      // Not acknowledged, and soon late.
  kLate,         // Not acknowledged in time.
  kNotOurs,      // The recipient says it is not theirs.
  kRefused,      // The broker refused it for good: a person must act.
  kNoRecipient,  // Nobody may be told under the policy, or the recipient is unknown.
  kNoKey,        // A recipient has stated no key yet.
  kUnreadable,   // The recipient could not open it, or we could not.
  kWithheld,     // The recipient's policy forbids what ours allowed.
  kClaimsDiffer,
  kOtherPayload,       // The same message came again with another content.
  kGap,                // A number is missing.
  kReceiptChain,       // A recipient's receipts do not follow each other.
  kRowQuarantined,     // Intake could not use a row.
  kRowHeld,            // A dangerous row waits for a supervisor.
  kFileFailed,         // Intake could not use a file.
  kBrokerSilent,       // No session for too long.
  kBrokerEquivocates,  // Two heads that contradict each other, or an answer its log does not hold.
  kClock,              // Our clock and the broker's differ by minutes.
  kDocuments,          // A directory or policy could not be taken.
  kDebt,               // A role that must be told was left out.
  kSetApart,           // The broker cannot read it: not sent again until the next start.
  kUndeliverable,      // The broker says that a recipient will never get it.
  kSuspended,          // An agency of this host is suspended.
  kWitness,            // An agency of this host is a witness and does not cosign.
  kNotFinal,           // No quorum of witnesses has cosigned the log for too long.
  kStale,              // What is strict waits, since nobody vouches for the directory's age.
  kEscalated,          // Not acknowledged, and now a duty's to see to.
};

std::string_view NameOf(AlarmKind kind);

// Where an alarm is to be seen: at all desks of an agency, at those of one of its roles, or by
// whoever holds a duty there. Of no agency: everywhere, since it is about the machine.
struct AlarmPlace {
  AgencyId agency;
  Role role;         // Empty: any.
  std::string duty;  // As policy names it; empty: whoever works there.
};

struct Alarm {
  AlarmKind kind = AlarmKind::kLate;
  std::string subject;  // What it is about, within its kind: an origin and recipient, a row.
  std::string
      words;  // For the person: what happened and what to do. May name the agency concerned.
  TimePoint raised;
  std::optional<TimePoint> taken;
  std::string taken_by;           // A person's pseudonym or login at this agency.
  std::optional<TimePoint> over;  // Its cause is gone.
  AlarmPlace place = {};

  bool open() const { return !taken && !over; }
};

class PlacedAlarms;

class Alarms {
 public:
  Result<void> Load(const AgentStore& store);

  // The same alarms, where each that is raised is one of this place. Must not outlive them.
  PlacedAlarms At(AlarmPlace place);
  PlacedAlarms At(const AgencyId& agency);
  PlacedAlarms At(const AgencyId& agency, const Role& role);

  // Of the machine. Adds to `batch`. The same kind and subject again changes nothing, unless it was
  // over.
  void Raise(AlarmKind kind, const std::string& subject, const std::string& words, TimePoint now,
             StoreBatch& batch);
  // Other words for what stands, taken on or not; nothing if it does not stand.
  void Renew(AlarmKind kind, const std::string& subject, const std::string& words,
             StoreBatch& batch);
  // Its cause is gone: nobody need look any more.
  void Settle(AlarmKind kind, const std::string& subject, TimePoint now, StoreBatch& batch);
  // A person takes it on. kMissing if there is no such alarm.
  Result<void> TakeOn(std::uint64_t number, const std::string& person, TimePoint now,
                      StoreBatch& batch);

  // By number, oldest first.
  const std::map<std::uint64_t, Alarm>& all() const { return alarms_; }
  std::size_t open_count() const;

 private:
  friend class PlacedAlarms;
  void Add(Alarm alarm, StoreBatch& batch);
  void Put(std::uint64_t number, StoreBatch& batch) const;

  std::map<std::uint64_t, Alarm> alarms_;
  std::map<std::pair<AlarmKind, std::string>, std::uint64_t> number_of_;
};

class PlacedAlarms {
 public:
  PlacedAlarms(Alarms& alarms, AlarmPlace place) : alarms_(&alarms), place_(std::move(place)) {}

  void Raise(AlarmKind kind, const std::string& subject, const std::string& words, TimePoint now,
             StoreBatch& batch);
  void Renew(AlarmKind kind, const std::string& subject, const std::string& words,
             StoreBatch& batch) {
    alarms_->Renew(kind, subject, words, batch);
  }
  void Settle(AlarmKind kind, const std::string& subject, TimePoint now, StoreBatch& batch) {
    alarms_->Settle(kind, subject, now, batch);
  }
  const std::map<std::uint64_t, Alarm>& all() const { return alarms_->all(); }

 private:
  Alarms* alarms_;
  AlarmPlace place_;
};

}  // namespace havenline
