// A message as carried: signed header, openings, sealed sections, grants (design in
// docs/protocol.md).
//
// The signed parts (header, clear part, broker's part) are kept beside their parsed values as the
// bytes that came: what was signed or hashed is never written anew. Value types; they hold no
// secret.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/clock.h"
#include "schema/model/ids.h"
#include "schema/model/position.h"

namespace havenline {

inline constexpr std::uint16_t kSuite1 = 1;  // X25519, HKDF-SHA256, AES-256-GCM, Ed25519.

enum class Lane : std::uint8_t { kUrgent = 0, kNormal = 1 };

// The place of one message in the tree whose root was signed; one message alone is size 1, no path.
struct TreeSignature {
  std::uint64_t size = 1;
  std::uint64_t index = 0;
  std::vector<Digest> path;
  Signature signature{};

  friend bool operator==(const TreeSignature&, const TreeSignature&) = default;
};

struct Header {
  std::uint16_t suite = kSuite1;
  PartnershipId partnership;
  MessageId id;
  MessageId origin;  // The id of the first sealing; equal to `id` until a message is sealed anew.
  ExchangeName exchange;
  std::uint16_t version = 0;
  AgencyId sender;
  Role role;
  KeyId key;
  TimePoint created;  // Equals the time in `id`.
  DocumentVersion policy;
  DocumentVersion directory;
  Digest thread_mark{};          // HMAC-SHA256(thread secret, id).
  LogHead checkpoint;            // The sender's last.
  std::vector<Digest> sections;  // All the exchange's version defines, in its order.
  std::vector<Digest> claims;    // Likewise.
  std::vector<Digest> grants;    // Sorted, filled with random ones to the exchange's slots.
  Digest brokers_part{};

  friend bool operator==(const Header&, const Header&) = default;
};

struct SectionOpening {
  Salt salt{};
  std::string name;
  std::uint32_t size = 0;  // Of the sealed bytes.
  Digest sealed_hash{};    // SHA-256 of the sealed bytes.
  Digest commit{};         // Binds the section key, since AES-GCM does not.

  friend bool operator==(const SectionOpening&, const SectionOpening&) = default;
};

struct ClaimOpening {
  Salt salt{};
  std::string name;
  std::string value;

  friend bool operator==(const ClaimOpening&, const ClaimOpening&) = default;
};

struct SealedSection {
  std::string name;
  Bytes sealed;

  friend bool operator==(const SealedSection&, const SealedSection&) = default;
};

// When a grant may be released. Anything but kNone makes it a held grant.
struct Condition {
  enum class Kind : std::uint8_t { kNone, kUnacknowledged, kUnable };
  Kind kind = Kind::kNone;
  Digest grant{};  // The unheld grant of the same message that the condition watches.
  TimePoint by;    // kUnacknowledged only.

  friend bool operator==(const Condition&, const Condition&) = default;
};

// The sender's count per recipient and lane, by which a gap shows (D4).
struct SeriesNumber {
  SeriesId series;
  std::uint64_t n = 0;  // From 1.

  friend bool operator==(const SeriesNumber&, const SeriesNumber&) = default;
};

struct ClearPart {
  AgencyId recipient;
  Role role;
  KeyId key;                    // The recipient key it is sealed to.
  std::uint64_t statement = 0;  // Counter of the agency statement that named the key.
  RuleId rule;
  std::vector<std::string> openings;  // Names of the sections whose keys are sealed, in this order.
  Condition condition;
  std::optional<TimePoint> acknowledge_by;
  std::optional<SeriesNumber> number;  // None on a held grant.
  Salt salt{};

  friend bool operator==(const ClearPart&, const ClearPart&) = default;
};

struct Grant {
  Bytes clear_bytes;  // As carried and hashed;
  ClearPart clear;    // and parsed.
  ByteArray<32> enc{};
  Bytes ciphertext;

  friend bool operator==(const Grant&, const Grant&) = default;
};

// What only the broker is told: roles that policy requires and the message leaves out.
struct BrokersPart {
  struct LeftOut {
    Role role;
    std::optional<AgencyId> stand_in;

    friend bool operator==(const LeftOut&, const LeftOut&) = default;
  };
  std::vector<LeftOut> left_out;

  friend bool operator==(const BrokersPart&, const BrokersPart&) = default;
};

// What a sender submits: everything, openings beside the header.
struct Envelope {
  Bytes header_bytes;
  Header header;
  TreeSignature signature;
  std::vector<SectionOpening> sections;  // All, in the header's order.
  std::vector<ClaimOpening> claims;      // Likewise.
  Salt brokers_salt{};
  Bytes brokers_bytes;
  BrokersPart brokers_part;
  std::vector<Grant> grants;
  std::vector<SealedSection> sealed;  // Those that some grant opens.

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

// One entry part as its party gets it: enough to recompute the entry's digest.
struct PartProof {
  Position position;
  Salt salt{};
  Bytes part;                   // Canonical JSON.
  std::vector<Digest> digests;  // All of the entry, sorted.

  friend bool operator==(const PartProof&, const PartProof&) = default;
};

// What one recipient gets of an envelope: its own grant, sections and claims, and its part of the
// entry.
struct Delivery {
  Bytes header_bytes;
  Header header;
  TreeSignature signature;
  Grant grant;
  std::vector<SectionOpening> sections;  // The grant's own.
  std::vector<ClaimOpening> claims;      // Those that a rule for this recipient reads.
  std::vector<SealedSection> sealed;
  Bytes release;  // Of a held grant: the SignedWord that frees it (word.h); else empty.
  PartProof proof;
  bool confirm_by_telephone = false;  // Its sender's key was found compromised after acceptance.

  friend bool operator==(const Delivery&, const Delivery&) = default;
};

}  // namespace havenline
