// What a part of a log entry says, as one list of facts that can be searched: docs/formats/audit.md
// has the vocabulary. Pure; any thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"

namespace havenline::audit {

// What the law asks a log to hold (Data Protection Act 2018, s62), and what guidance adds to it.
enum class Act : std::uint8_t {
  kCollect,   // Something was taken in.
  kAlter,     // Something that had been said was changed.
  kConsult,   // A person looked.
  kDisclose,  // Somebody was given something, was told that it is late, or had it taken back.
  kRefuse,    // Somebody was not given something, or did not take it.
  kCombine,   // What was apart was brought together.
  kErase,     // Something is gone, or no longer shown.
  kAdmin,     // Who is who, who may, which key, which log.
};
std::string_view NameOf(Act act);
std::optional<Act> ActNamed(std::string_view name);

struct Event {
  Act act = Act::kAdmin;
  std::string what;                    // The part's kind, `receipt-…` for one of its receipts.
  TimePoint at;                        // The broker's; 1970: not said, as of a document.
  std::optional<TimePoint> signed_at;  // That of the agency that says so, which may be earlier.
  std::optional<MessageId> message;
  std::optional<MessageId> origin;
  std::optional<Digest> grant;
  std::optional<ExchangeName> exchange;
  std::optional<AgencyId> from;  // The message's sender; of what an agency did by itself, it.
  std::optional<AgencyId> to;    // The recipient.
  std::optional<Role> role;      // Of the recipient; of a look, of the one who looked.
  std::optional<Pseudonym> person;
  std::string rule;
  std::string basis;
  std::string code;                       // Why not; of a look, what for; a document's hash.
  std::optional<std::uint64_t> policy;    // Version.
  std::optional<std::uint64_t> document;  // Version: it came into force.
  std::vector<std::string> released;      // Sections.
  std::vector<std::string> withheld;

  friend bool operator==(const Event&, const Event&) = default;
};

// The kinds of parts, in the order of the alphabet.
std::vector<std::string_view> PartKinds();

// The facts of one part of `party`, in the part's order; at least one. kInvalid for a part that is
// not of this vocabulary: not canonical JSON, of a kind or version that is not known here, with a
// field missing, of a wrong form or too many. The fault names fields, never what they hold.
// Who reads a part of another may not know whose it is: `party` is empty then.
Result<std::vector<Event>> EventsOf(const AgencyId& party, ByteView part);

// That a governance document came into force, as the leaf says in clear; `what` is its kind.
Event DocumentEvent(std::string kind, std::uint64_t version, const Digest& hash);

// The facts of one entry, each once, given those of all its parts that somebody may read: parties
// are told the same in parts of their own, and one may say more of it than another.
std::vector<Event> Merged(std::vector<Event> of_parts);

}  // namespace havenline::audit
