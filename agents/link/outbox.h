// Outbox: end-to-end custody of what this host's agencies send (D2, D5). A message stays here from
// the moment it is taken until a person at each recipient has answered for it, or a person here has
// taken it on.
//
//   Take() ─> sealed ─offered─> accepted ─checkpoint─> kept ─receipts─> ended
//               ^                  │
//               └── sealed anew ───┴─ refused, unreadable, withheld (same origin, new id)
//
// All state is in the store before anything is sent. Owned by the agent's loop.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agents/link/alarms.h"
#include "agents/link/compose.h"
#include "agents/link/documents.h"
#include "agents/link/escalation.h"
#include "agents/link/keyring.h"
#include "agents/store/agent_store.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/answer.h"
#include "schema/model/receipt.h"
#include "schema/model/word.h"
#include "schema/seal/random.h"

namespace havenline {

// How far one recipient is. kTakenOn and what stands below it end the message for it, but for
// kHeld and kUndeliverable. Stores hold these numbers: new ones are added at the end.
enum class Progress : std::uint8_t {
  kUnsent,  // Not granted yet: no key, or not sealed.
  kSent,    // Granted in the current sealing.
  kStored,
  kOpened,
  kUnreadable,  // And not yet sealed anew.
  kWithheld,
  kNotOurs,     // A person here must take it on.
  kImpossible,  // Policy or directory forbid it: a person here must take it on.
  kTakenOn,     // A person here took it on.
  kToldByVoice,
  kAcknowledged,
  kHeld,           // Granted under a condition: asked only if somebody else does not take it on.
  kUndeliverable,  // By the broker's word it will never get it: a person here must take it on.
  kStoodDown,      // Was held, and need not be asked: the one first asked has answered.
};
std::string_view NameOf(Progress progress);

struct OutRecipient {
  Recipient recipient;
  Progress progress = Progress::kUnsent;
  Digest grant{};  // In the current sealing.
  std::optional<SeriesNumber> number;
  std::optional<TimePoint> due;
  std::optional<TimePoint> warn;
  Escalation escalation;
  bool warned = false;
  bool late = false;
  std::optional<HeldBack> held;               // In the current sealing, or once it may be sealed.
  std::optional<Code> undeliverable;          // Why, by the broker's last word about it.
  bool may_arrive = false;                    // It had been handed to a link before that word.
  std::optional<TimePoint> released;          // Of a held one: when the broker says it released it.
  std::map<ReceiptKind, TimePoint> receipts;  // The recipient's own times.
  std::vector<Digest> seen;                   // The receipts taken, oldest first.

  // Notes a receipt by the hash of its bytes. False if it was taken before: the broker hands out
  // again what it does not know to be durable here.
  bool MarkSeen(const Digest& receipt);
  bool ended() const {
    return progress == Progress::kTakenOn || progress == Progress::kToldByVoice ||
           progress == Progress::kAcknowledged || progress == Progress::kStoodDown;
  }
  bool answered() const { return progress == Progress::kNotOurs || ended(); }
};

enum class OutState : std::uint8_t {
  kUnsealed,  // Nobody can be granted it yet.
  kSealed,    // Not answered.
  kAccepted,  // In the log, by the broker's word.
  kKept,      // In the log, under a checkpoint that we verified.
  kRefused,   // Waits to be sealed anew, or for a person.
};
std::string_view NameOf(OutState state);

struct OutMessage {
  MessageId origin;
  MessageId message;  // Of the current sealing.
  AgencyId sender;
  ExchangeName exchange;
  Lane lane = Lane::kUrgent;
  std::string reference;  // The caller's: what makes taking it again the same.
  TimePoint taken;
  OutState state = OutState::kUnsealed;
  std::vector<OutRecipient> recipients;
  DocumentVersion policy;        // Sealed under.
  std::uint64_t generation = 0;  // Of Documents, when sealed; this run only.
  std::optional<Position> position;
  std::uint32_t sealings = 0;
  std::optional<TimePoint> retry;     // When to try sealing again.
  std::string refused;                // The last refusal's code.
  std::vector<Role> decided_against;  // By a person here, where policy wants that recorded.

  bool ended() const;
};

// A receipt as its recipient signed it, and the sender's part of the entry that holds it.
struct KeptReceipt {
  SignedReceipt receipt;
  std::optional<PartProof> proof;  // None that holds came with it.
};

// Often enough that a void is nothing out of the ordinary, seldom enough to cost nothing.
inline constexpr std::uint32_t kVoidOneIn = 32;

// Whether a part is about the receipt whose bytes have this hash, and leads to a leaf.
bool ProvesReceipt(const PartProof& proof, const Digest& receipt);

struct OutboxParts {
  AgentStore& store;
  Keyring& keys;
  Documents& documents;
  Alarms& alarms;
  seal::RandomSource& random;
  // Of so many numbers one is voided and never given, at random: a void says nothing of a refusal
  // then. 0: none.
  std::uint32_t void_one_in = kVoidOneIn;
};

class Outbox {
 public:
  explicit Outbox(OutboxParts parts) : parts_(parts) {}

  Result<void> Load();

  struct Request {
    Content content;
    std::vector<Recipient> recipients;
    std::string reference;  // Empty: always a new message.
    // Roles that a person here decided not to tell, where policy wants that decision recorded.
    std::vector<Role> decided_against = {};
    // Somebody waits for the answer and can mend it: what is wrong with it is refused. Otherwise it
    // is kept, with an alarm, or the broker refuses it: nothing that came by itself may be lost.
    bool attended = false;
  };
  // Durable on return. A reference that this sender's message was taken with before gives that
  // message. Where somebody waits: kInvalid, and nothing taken, if that was another one (to other
  // recipients, or with other content as long as that is kept); if it cannot be sealed; if the
  // exchange is not urgent and a role is left out that must be told or decided about (C3).
  Result<MessageId> Take(Request request, TimePoint now);

  // Whether this sender's message was taken with that reference; none has the empty one.
  bool HasTaken(const AgencyId& sender, const std::string& reference) const {
    return by_reference_.contains({sender, reference});
  }

  // What is due to be offered: each once in a session, oldest first.
  struct Offer {
    MessageId message;
    Lane lane = Lane::kUrgent;
    Bytes bytes;
  };
  // A new session: all that is not kept is offered again. A log that is behind what it told us, or
  // another epoch, gets everything that has not ended.
  Result<void> BeginSession(const LogHead& head);
  // Nothing if nothing is due; the message counts as offered in this session.
  Result<std::optional<Offer>> NextOffer(std::size_t bytes_max);
  // Whether there is none that this session has not seen.
  bool AllOffered() const;

  Result<void> OnAnswer(const MessageId& id, const Answer& answer, TimePoint now);
  // A directory, policy, statement or suspension changed: what the broker found invalid before (a
  // sender that was suspended, a key it did not know) is due once more.
  void OnDocuments();
  // A recipient's receipt, as the broker carried it, and our part of its entry or nothing. True if
  // it is one of ours and was taken. The first of each kind is kept with its proof.
  Result<bool> OnReceipt(const SignedReceipt& receipt, const PartProof* proof, TimePoint now);

  // A word of the broker's that was verified: that a held grant was released, or that a recipient
  // will never get its grant, which a person must take on. Taking it twice changes nothing. Adds to
  // `batch`; commit it.
  Result<void> OnWord(const SignedWord& word, TimePoint now, StoreBatch& batch);

  // Positions accepted and not yet proved under a checkpoint of at least that size.
  std::vector<LogIndex> Unproved(const LogHead& head, std::size_t count_max) const;
  // An inclusion proof for one of them, against a head that we verified.
  Result<void> OnProof(LogIndex index, const LogHead& head, const std::vector<Digest>& path,
                       TimePoint now);

  // Seals what can be sealed, warns before what will be late, alarms what is.
  Result<void> Tick(TimePoint now);

  // A person at the sender takes on what no one at the recipient will answer, or says it was told
  // by voice.
  Result<void> TakeOn(const MessageId& origin, const Recipient& recipient, bool told_by_voice,
                      TimePoint now);

  // Signed statements about numbers that will never come: offered until accepted.
  const std::map<std::string, Bytes>& voids() const { return voids_; }
  Result<void> VoidDone(const std::string& key);
  AgencyId SenderOfVoid(const std::string& key) const;  // Empty if there is none of that key.

  const std::map<MessageId, OutMessage>& messages() const { return messages_; }

 private:
  // What cannot be sealed is kept and alarmed, or with `refuse` a fault.
  Result<void> Seal(OutMessage& message, const Content& content, TimePoint now, StoreBatch& batch,
                    bool refuse = false);
  Result<void> SealAgain(OutMessage& message, TimePoint now, StoreBatch& batch);
  Result<Content> LoadContent(const OutMessage& message) const;
  bool MustWaitForWitnesses(const ExchangeName& name, TimePoint now) const;
  void WaitForWitnesses(OutMessage& message, TimePoint now, StoreBatch& batch);
  void ApplySealing(OutMessage& message, const Composed& composed, TimePoint now,
                    StoreBatch& batch);
  void ApplyLeftOut(OutMessage& message, const LeftOut& left_out, TimePoint now, StoreBatch& batch);
  void GiveUp(OutMessage& message, TimePoint now, StoreBatch& batch);
  void VoidNumber(const OutMessage& message, const OutRecipient& recipient, StoreBatch& batch);
  void PutVoid(Void value, const std::string& key, StoreBatch& batch);
  void OnAccepted(OutMessage& message, const Accepted& accepted, TimePoint now, StoreBatch& batch);
  void OnRefused(OutMessage& message, const Refused& refused, TimePoint now, StoreBatch& batch);
  void ApplyReceipt(OutMessage& message, OutRecipient& recipient, const Receipt& receipt,
                    TimePoint now, StoreBatch& batch);
  std::optional<PartProof> CheckedProof(const OutMessage& message, const Digest& receipt,
                                        const PartProof* proof, TimePoint now, StoreBatch& batch);
  static void Keep(const OutMessage& message, const KeptReceipt& kept, StoreBatch& batch);
  void CheckDue(OutMessage& message, OutRecipient& recipient, TimePoint now, StoreBatch& batch);
  void Escalate(OutMessage& message, OutRecipient& recipient, TimePoint now, StoreBatch& batch);
  void SettleClock(const OutMessage& message, const OutRecipient& recipient, TimePoint now,
                   StoreBatch& batch);
  void EndIfDone(OutMessage& message, TimePoint now, StoreBatch& batch);
  void StandDown(OutMessage& message, TimePoint now, StoreBatch& batch);
  void OnUndeliverable(const BrokersWord& word, OutMessage& message, OutRecipient& recipient,
                       TimePoint now, StoreBatch& batch);
  Result<void> StartClock(const OutMessage& message, OutRecipient& recipient, TimePoint now) const;
  std::optional<TimePoint> DueAt(const policy::Deadline& deadline, const AgencyId& recipient,
                                 TimePoint from) const;
  void SettleAll(const OutMessage& message, const OutRecipient& recipient, TimePoint now,
                 StoreBatch& batch);
  SeriesNumber NextNumber(const AgencyId& sender, const AgencyId& recipient, Lane lane,
                          StoreBatch& batch);
  Result<void> LoadGiven();
  Result<MessageId> TakenBefore(const OutMessage& known, const Request& request) const;
  void Put(const OutMessage& message, StoreBatch& batch);
  void SetDue(const OutMessage& message);
  OutMessage* ByMessage(const MessageId& message);
  static const policy::Cell* ClockCellOf(const policy::Cell& cell, const OutRecipient& recipient);
  static void PlanClock(const policy::Cell* cell, OutRecipient& recipient, TimePoint now);
  static std::string SubjectOf(const OutMessage& message, const OutRecipient& recipient);
  static bool WantsSealing(const OutMessage& message, const Documents& documents, TimePoint now);

  static constexpr const char* kChainPrefix = "received/";
  // Time for the documents that explain a failure to arrive.
  static constexpr Milliseconds kSealAgainSoon{1'500};

  OutboxParts parts_;
  std::map<MessageId, OutMessage>
      messages_;  // By origin; ended ones stay a while for their status.
  std::map<MessageId, MessageId> origin_of_;                            // By every sealing's id.
  std::map<std::pair<AgencyId, std::string>, MessageId> by_reference_;  // Of each sender.
  // By sender, recipient and lane: the series that this process began. Never one of an earlier run:
  // whether the store is the newest cannot be known, and no number may be given twice (D4).
  std::map<std::string, SeriesId> series_;
  std::map<SeriesId, std::uint64_t> given_;  // The last number of each, earlier ones too.
  std::map<std::string, Bytes> voids_;
  std::map<std::pair<AgencyId, AgencyId>, Digest> receipt_chain_;  // By recipient and sender.
  std::set<std::pair<Lane, MessageId>> due_;  // By lane and origin: what a session must offer.
  std::set<MessageId> offered_;               // In this session, by sealing.
  std::set<MessageId> invalid_;               // Of those, found invalid.
  struct Leaf {
    MessageId origin;
    Digest leaf{};
  };
  std::map<Position, Leaf> leaf_of_;  // Accepted, not yet proved.
};

}  // namespace havenline
