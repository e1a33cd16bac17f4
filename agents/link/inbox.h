// Inbox: what this host's agencies receive. Everything is checked, stored durably and receipted; a
// message is presented once, also after it was sealed anew (D3), and a gap in the numbers shows
// (D4).
//
// Owned by the agent's loop.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agents/link/alarms.h"
#include "agents/link/documents.h"
#include "agents/link/escalation.h"
#include "agents/link/keyring.h"
#include "agents/link/open.h"
#include "agents/link/receipt_book.h"
#include "agents/store/agent_store.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/frame.h"
#include "schema/model/receipt.h"
#include "schema/model/word.h"

namespace havenline {

// What a message here is known by: one row, however often it was sealed.
struct InKey {
  AgencyId agency;
  Role role;
  AgencyId sender;
  MessageId origin;

  friend auto operator<=>(const InKey&, const InKey&) = default;
};

enum class InState : std::uint8_t {
  kWaitsPolicy,  // The policy it names is on its way.
  kUnreadable,   // Kept, not shown.
  kWithheld,     // Kept, not shown.
  kPresented,    // On the desk; nobody has opened it.
  kOpened,
  kNotOurs,
  kAcknowledged,
};
std::string_view NameOf(InState state);

struct InMessage {
  InKey key;
  MessageId message;  // Of the sealing that was stored.
  Digest grant{};
  ExchangeName exchange;
  std::uint16_t version = 0;
  Lane lane = Lane::kUrgent;
  InState state = InState::kPresented;
  RuleId rule;
  std::vector<std::string> sections;  // That it opens.
  std::vector<std::string> may_show;  // That it does not, and that may be named as withheld.
  TimePoint created;
  TimePoint received;
  std::optional<TimePoint> acknowledge_by;
  std::optional<TimePoint> warn;  // Then those at the desk are warned that it is soon late.
  bool warned = false;
  bool late = false;
  Escalation escalation;  // To duties at this role's agency.
  Position position;
  bool ahead_of_time = false;
  bool confirm_by_telephone = false;
  bool claims_differ = false;
  std::optional<TimePoint> released;    // It was held back, and freed by the broker's word then.
  std::optional<TimePoint> stood_down;  // The one first asked has answered meanwhile.
  std::map<ReceiptKind, TimePoint> receipts;  // Signed here.
  std::uint64_t number = 0;  // In the order of arrival at this host: the desk's handle.

  bool shown() const { return state >= InState::kPresented; }
  // A person here is still to answer it.
  bool waits() const {
    return !stood_down && (state == InState::kPresented || state == InState::kOpened);
  }
};

// The claims that a content makes, recomputed; nothing if the content does not read.
using ClaimsCheck = std::function<std::optional<std::map<std::string, std::string>>(
    const ExchangeName& exchange, const std::map<std::string, seal::SecretBytes>& sections)>;

struct InboxParts {
  AgentStore& store;
  Keyring& keys;
  Documents& documents;
  Alarms& alarms;
  ReceiptBook& receipts;
  ClaimsCheck claims;
  // Told of each message that is presented, whose header so is its sender's.
  std::function<void(const Delivery&)> presented = {};
};

class Inbox {
 public:
  explicit Inbox(InboxParts parts) : parts_(std::move(parts)) {}

  Result<void> Load();

  // The items of one deliver frame: stored and receipted in one sync. A store fault is final; an
  // item that is not for us or does not parse is skipped and counted, and one for an agency that is
  // suspended is dropped unopened (C6).
  Result<void> OnDeliver(const std::vector<DeliverItem>& items, TimePoint now);
  Result<bool> OnVoid(const SignedVoid& signed_void, TimePoint now);
  // A word of the broker's: its number is noted, and what stands down is marked. False, and nothing
  // noted, if it is not to an agency of ours or not the broker's. Taking it twice changes nothing.
  // Adds to `batch`; commit it.
  bool OnWord(const SignedWord& word, TimePoint now, StoreBatch& batch);

  // Policies that messages name and we lack: to be fetched by hash.
  std::set<Digest> WantedPolicies() const;
  // Opens what waited for a policy; drops it if its agency is suspended, and alarms that it is.
  Result<void> OnDocuments(TimePoint now);
  // Alarms gaps that have stayed open, and what nobody here acknowledges: before it is late, when
  // it is, and step by step at whom policy names.
  Result<void> Tick(TimePoint now);

  // A person's act: signs its receipt and commits it, before anything is shown. kMissing if there
  // is no such message, kInvalid if it is not to be shown. Acting twice gives the first act's
  // receipt. `beside` is committed with it.
  struct Act {
    std::uint64_t number = 0;
    ReceiptKind kind = ReceiptKind::kOpened;
    Pseudonym person;
  };
  Result<void> Do(const Act& act, TimePoint now, StoreBatch beside);

  // The content of one section, still as its exchange's message.
  Result<std::optional<Bytes>> Section(const InMessage& message, const std::string& section) const;

  const std::map<std::uint64_t, InMessage>& messages() const { return messages_; }
  const InMessage* Find(std::uint64_t number) const;
  std::uint64_t skipped() const { return skipped_; }
  std::uint64_t dropped() const { return dropped_; }  // Unopened, of suspended agencies.

 private:
  struct Turn {
    StoreBatch batch;
    std::vector<Receipt> drafts;
    TimePoint now;
  };
  Result<void> TakeOne(const DeliverItem& item, Turn& turn);
  Result<void> TakeNew(const Delivery& delivery, const InKey& key, Lane lane, Turn& turn);
  Result<void> PlantDouble(const Delivery& delivery, const InKey& key, Lane lane, Turn& turn);
  Result<void> TakeAgain(const Delivery& delivery, InMessage& known, Turn& turn);
  Result<void> AnswerAgain(const Delivery& delivery, InMessage& known, Turn& turn);
  void Judge(const Delivery& delivery, InMessage& message, Turn& turn);
  Receipt Draft(const InMessage& message, ReceiptKind kind, TimePoint now) const;
  void CheckClaims(const Delivery& delivery, const Opened& opened, InMessage& message, Turn& turn);
  void KeepProof(const Delivery& delivery, const InMessage& message, Turn& turn);
  void Put(const InMessage& message, StoreBatch& batch) const;
  void PutRaw(const Delivery& delivery, const InMessage& message, StoreBatch& batch) const;
  void CountNumber(const Delivery& delivery, Lane lane, Turn& turn);
  void TakeRelease(const Delivery& delivery, const std::optional<policy::Deadline>& clock,
                   InMessage& message, Turn& turn) const;
  void StandDown(const BrokersWord& word, TimePoint now, StoreBatch& batch);
  static void StartClock(const Opened& opened, InMessage& message, TimePoint now);
  void CheckDue(InMessage& message, TimePoint now, StoreBatch& batch);
  void Escalate(InMessage& message, TimePoint now, StoreBatch& batch);
  void SettleClock(const InMessage& message, TimePoint now, StoreBatch& batch);
  void Forget(const InMessage& message, StoreBatch& batch);
  void DropOfSuspended(Turn& turn);
  bool IsSuspended(const AgencyId& agency) const;
  ReceiverView View() const;
  Result<void> Finish(Turn turn);

  // The numbers seen of one series.
  struct Series {
    std::uint64_t next = 1;         // All below were seen or voided.
    std::set<std::uint64_t> above;  // Seen or voided beyond a gap.
    std::optional<TimePoint> gap_since;
    bool alarmed = false;
    bool given_up = false;  // Some below `next` never came.
  };
  void Alarm(const std::string& key, Series& series, TimePoint now, StoreBatch& batch);
  void CountWord(const BrokersWord& word, TimePoint now, StoreBatch& batch);
  void SeeNumber(const std::string& key, std::uint64_t n, TimePoint now, StoreBatch& batch);

  InboxParts parts_;
  std::map<std::uint64_t, InMessage> messages_;  // By number.
  std::map<InKey, std::uint64_t> number_of_;
  std::map<std::string, Series> series_;
  std::uint64_t skipped_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace havenline
