// Every label of the sealing and signing formats, each standing here once. A label keeps two uses
// of one primitive apart: what was signed or hashed for one purpose can never pass for another.

#pragma once

#include <string_view>

namespace havenline::seal::labels {

// Digests and derivations (docs/protocol.md, "Sealing").
inline constexpr std::string_view kCore = "havenline/1/core";
inline constexpr std::string_view kSection = "havenline/1/section";
inline constexpr std::string_view kSectionDigest = "havenline/1/section-digest";
inline constexpr std::string_view kClaim = "havenline/1/claim";
inline constexpr std::string_view kBrokersPart = "havenline/1/brokers-part";
inline constexpr std::string_view kGrant = "havenline/1/grant";
inline constexpr std::string_view kGrantDigest = "havenline/1/grant-digest";
inline constexpr std::string_view kKey = "havenline/1/key";
inline constexpr std::string_view kPart = "havenline/1/part";
inline constexpr std::string_view kEntry = "havenline/1/entry";
inline constexpr std::string_view kPseudonym = "havenline/1/pseudonym";

// Signatures. One purpose, one key.
inline constexpr std::string_view kEnvelope = "havenline/1/envelope";
inline constexpr std::string_view kReceipt = "havenline/1/receipt";
inline constexpr std::string_view kVoid = "havenline/1/void";
inline constexpr std::string_view kRecall = "havenline/1/recall";
inline constexpr std::string_view kStatement = "havenline/1/statement";
inline constexpr std::string_view kRelease = "havenline/1/release";
inline constexpr std::string_view kJournal = "havenline/1/journal";
inline constexpr std::string_view kLook = "havenline/1/look";
inline constexpr std::string_view kPossession = "havenline/1/possession";

// What an agent keeps under its own store key.
inline constexpr std::string_view kStored = "havenline/1/stored";

}  // namespace havenline::seal::labels
