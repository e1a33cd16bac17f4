// Every limit that broker and agents must agree on, with its reason. Raising one is a protocol
// change; docs/limits.md lists them for users.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "schema/base/clock.h"

namespace havenline::limits {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

// Frames and parsing.
inline constexpr std::size_t kFrameBytesMax = 4U << 20U;  // One payload frame; bounds every parse.
inline constexpr std::size_t kMessageBytesMax =
    3U << 20U;  // One envelope: fits a frame with its answers.
inline constexpr std::size_t kDeliveryBytesMax =
    kMessageBytesMax + (16U << 10U);  // The same to one recipient, with the broker's proof.
inline constexpr std::size_t kSectionBytesMax = 1U << 20U;  // One section's plaintext.
inline constexpr std::size_t kSegmentsMax = 8;              // Cap'n Proto segments in a frame.
inline constexpr int kNestingMax = 16;                      // Cap'n Proto pointers deep.
inline constexpr std::size_t kItemsMax = 512;       // Items in one list of a frame: one batch.
inline constexpr std::size_t kNameBytesMax = 96;    // Any name: agency, role, section, rule …
inline constexpr std::size_t kTextBytesMax = 1024;  // Any other text in a frame, documents apart.
inline constexpr std::size_t kDocumentBytesMax =
    2U << 20U;                                      // A directory of 26,000 schools is 12 MB in
                                                    // clear: such a partnership is several.
inline constexpr std::size_t kProofHashesMax = 64;  // RFC 6962 paths of a 64-bit tree.
inline constexpr std::size_t kObjectionsMax = 256;  // Named in one refusal; it may have more.

// Envelopes.
inline constexpr std::size_t kSectionsMax = 32;
inline constexpr std::size_t kSectionNamesBytesMax =
    2048;  // Of one exchange together: a clear part and an entry's part name them all.
inline constexpr std::size_t kClaimsMax = 16;
inline constexpr std::size_t kGrantsMax = 64;
inline constexpr std::size_t kPaddingMin = 256;                 // Smallest sealed section.
inline constexpr std::size_t kPaddingStep = 256U << 10U;        // Above this, multiples of it.
inline constexpr std::size_t kExclusionsBytes = 1U << 10U;      // The exclusions section, always;
inline constexpr std::size_t kExclusionsLongBytes = 4U << 10U;  // or this, for a long list.
inline constexpr std::size_t kClearPartBytesMax = 4U << 10U;
inline constexpr std::size_t kHeaderBytesMax = 16U << 10U;
inline constexpr std::size_t kWordBytesMax = 1U << 10U;  // A broker's word, signed: names and ids.

// Audit log.
inline constexpr std::size_t kPartBytesMax = 4096;   // One part of an entry.
inline constexpr std::size_t kPartEntriesMax = 256;  // Whose parts one fetch asks for; no more are
                                                     // looked at, since mailboxes wait meanwhile.
inline constexpr std::size_t kLookEntriesMax = 65'536;   // Of one look: one entry for so many.
inline constexpr std::size_t kReceiptsPerEntryMax = 24;  // Their digests fit one part.

// Time.
inline constexpr auto kFutureMarked = 10min;  // `created` further ahead: accepted, marked, alarmed.
inline constexpr auto kFutureRefused = 24h;   // Further ahead: refused.
inline constexpr auto kAgeRefused = 400 * 24h;  // Older: refused.
inline constexpr auto kOutcomeKept =
    430 * 24h;  // Longer than any message may be old, so a repeat is seen.

// Sessions.
inline constexpr auto kHeartbeat = 5s;
inline constexpr auto kSilenceMax = 15s;  // No frame for so long: the session is over.
inline constexpr std::size_t kAgenciesPerHostMax = 2048;
inline constexpr std::size_t kSessionsMax = 4096;

// Flow: what the broker hands to links and is not yet receipted. A share of each lane is every
// link's own; what goes beyond it comes from a pool that all share.
inline constexpr std::size_t kInFlightTotal = 256U << 20U;
inline constexpr std::size_t kInFlightFirst = 64U << 10U;  // A link before its first receipt.
inline constexpr std::size_t kInFlightLink = 1U << 20U;    // A link after it.
inline constexpr std::size_t kShareUrgent = 32U << 10U;    // Of a link, always: a long notice.
inline constexpr std::size_t kShareNormal = 8U << 10U;     // Of a link, always.
inline constexpr std::size_t kInFlightPool =
    kInFlightTotal - (kShareUrgent + kShareNormal) * kSessionsMax;
// Rows that a later policy forbids, which the delivery thread has told the commit thread of.
inline constexpr std::size_t kForbiddenAheadMax = 256;
inline constexpr std::size_t kPoolFraction = 64;  // A link takes at most this part of what is free.
inline constexpr auto kClaimMax = 60s;  // Receipted by then, or it holds nothing of the pool.
// Flow: what libzmq holds: sent, and not yet on the wire because the host does not read. A share is
// every host's own; what goes beyond it comes from a pool that all share.
inline constexpr std::size_t kQueuedHostMax = 8U << 20U;
inline constexpr std::size_t kQueuedShare = 64U << 10U;
inline constexpr std::size_t kQueuedTotal = 512U << 20U;
inline constexpr std::size_t kQueuedPool = kQueuedTotal - kQueuedShare * kSessionsMax;
inline constexpr std::size_t kQueuedFraction = 16;  // A host takes at most this part of the rest.
// Flow: answers to fetches.
inline constexpr std::size_t kFetchAnswerMax = kDocumentBytesMax + (64U << 10U);
inline constexpr std::size_t kFetchUnreadMax =
    2 * kFetchAnswerMax;                              // Of a session: made, not read.
inline constexpr std::size_t kFetchesWaitingMax = 8;  // Of a session; the next ones are dropped.
// Flow: what an agent may send ahead of the broker's credit.
inline constexpr std::uint64_t kCreditMessages = 512;
inline constexpr std::uint64_t kCreditBytes = 8U << 20U;

// Witnesses.
inline constexpr std::size_t kHeadsForWitnesses = 64;     // Newest that may still be cosigned.
inline constexpr std::size_t kCosignFramesPerSecond = 8;  // Of one session: twice what heads come.
inline constexpr std::size_t kAlarmFramesPerSecond = 4;   // Of one session.
inline constexpr auto kCosignAgain = 60s;  // A head without news: that it still is the newest.
// No quorum's word for so long: nobody can say that the directory is the newest. What policy marks
// `strict` waits to be sealed; all else goes on.
inline constexpr auto kDirectoryStale = 24h;
inline constexpr auto kQuorumLate = 5min;  // Without a quorum for so long: alarm, never a stop.

// The broker's batches and admission.
inline constexpr std::size_t kBatchMessagesMax = 512;
inline constexpr std::size_t kBatchBytesMax = 1U << 20U;
inline constexpr auto kBatchWorkMax = 5ms;
inline constexpr std::size_t kTimersPerBatchMax = 64;
inline constexpr std::size_t kAdmissionWindow = 4096;       // Items inside the pipeline.
inline constexpr std::size_t kAdmissionBytes = 64U << 20U;  // And their bytes.
inline constexpr std::size_t kHellosPerSecond = 500;
inline constexpr std::size_t kHellosPerHost = 5;  // A second, of one host.
// Invalid items of one host and code: so many have an entry of their own in a minute.
inline constexpr std::size_t kInvalidEntriesMax = 60;
inline constexpr Milliseconds kInvalidMinute{60'000};
inline constexpr std::size_t kAnswerFramesPerSecond = 2'000;  // Of one session: receipted, answer.

}  // namespace havenline::limits
