// Compose(): from a content to a sealed, signed envelope under the policy and keys known now. The
// one place where messages are made, for the first time and again.
//
// Pure but for the randomness it is given.

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/directory/statement_book.h"
#include "schema/directory/suspension.h"
#include "schema/model/envelope.h"
#include "schema/seal/random.h"
#include "schema/seal/signing.h"

namespace havenline {

struct Recipient {
  AgencyId agency;
  Role role;

  friend auto operator<=>(const Recipient&, const Recipient&) = default;
};

// What a sender wants said, before anything is sealed.
struct Content {
  AgencyId sender;
  Role role;
  ExchangeName exchange;
  std::uint16_t version = 0;
  std::map<std::string, Bytes> sections;      // Each of the exchange's, as its message's bytes.
  std::map<std::string, std::string> claims;  // Each of the exchange's.
};

// What is in force, as far as this agent knows.
struct SenderView {
  const Directory& directory;
  const policy::Policy& policy;
  const StatementBook& statements;
  const SuspensionBook& suspensions;
  LogHead checkpoint;
};

// What an earlier sealing left behind of one recipient.
struct Asked {
  Recipient recipient;
  std::optional<TimePoint> due;  // The first sealing's deadline: sealing anew does not move it.
  bool answered = false;
};

struct ComposeRequest {
  const Content& content;
  std::vector<Recipient> recipients;
  MessageId origin;             // The same for every sealing of this content.
  std::optional<MessageId> id;  // Of this sealing, made at `now`; a new one if not given.
  TimePoint now;
  std::vector<Asked> asked = {};  // Empty for the first sealing.
  // Roles that a person here decided not to tell, where policy wants that decision recorded.
  std::vector<Role> decided_against = {};
};

// The next number for a recipient and lane: what is given is kept, used or not.
using NumberSource = std::function<SeriesNumber(const AgencyId& recipient, Lane lane)>;
// When a person at the recipient must have acknowledged what it is told at `from`.
using DeadlineSource = std::function<std::optional<TimePoint>(
    const policy::Deadline& deadline, const AgencyId& recipient, TimePoint from)>;

struct ComposeTools {
  const seal::SigningKey& key;
  seal::RandomSource& random;
  NumberSource number;
  DeadlineSource deadline;
};

// Why a recipient is told later, or never: somebody else is asked first.
struct HeldBack {
  Condition::Kind kind = Condition::Kind::kUnacknowledged;
  Recipient watches;
  TimePoint by;  // kUnacknowledged only.

  friend bool operator==(const HeldBack&, const HeldBack&) = default;
};

// One recipient that got a grant.
struct GrantedRecipient {
  Recipient recipient;
  Digest grant{};
  std::optional<SeriesNumber> number;  // None of a held grant.
  std::optional<TimePoint> acknowledge_by;
  RuleId rule;
  // Of a held grant: the condition, and whose grant it watches.
  std::optional<HeldBack> held;
};

enum class WhyNot : std::uint8_t {
  kPolicy,      // No rule shares anything of this exchange with it.
  kUnknown,     // Not in the directory, or without the role.
  kNoKey,       // It has not yet stated a key; it may.
  kSuspended,   // Cut off; it may come back.
  kFirstAsked,  // It is told only if another does not take it on, and that one has no grant yet.
};

struct LeftOut {
  Recipient recipient;
  WhyNot why = WhyNot::kPolicy;
  std::optional<HeldBack> held;  // kFirstAsked only; `by` is not known yet.
};

struct Composed {
  Envelope envelope;
  Bytes bytes;  // As submitted.
  std::vector<GrantedRecipient> granted;
  std::vector<LeftOut> left_out;
};

// Where policy tells a role only if another does not take it on, its grant is held: its condition
// watches the grant of that other in the same message. Of several in the watched role it is one
// that has not answered, the one to answer first.
//
// A value without an envelope's bytes if nobody can be granted anything: then `left_out` says why.
// kInvalid if the content is not of an exchange and version that the policy knows.
Result<Composed> Compose(const ComposeRequest& request, const SenderView& view,
                         const ComposeTools& tools);

}  // namespace havenline
