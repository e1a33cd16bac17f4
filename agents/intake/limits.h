// Every limit of intake, with its reason.

#pragma once

#include <chrono>
#include <cstddef>

namespace havenline::intake {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals only.

// A file of the night. A large force reports some hundreds of children; a notice's text is some
// kilobytes.
inline constexpr std::size_t kFileBytesMax =
    8U << 20U;  // Read and split in one turn of the agent's loop.
inline constexpr std::size_t kRowsMax = 20'000;
// A field of XML or JSON; a cell of CSV has the same limit.
inline constexpr std::size_t kFieldBytesMax = 64U << 10U;
inline constexpr std::size_t kJsonIncidentBytesMax = 1U << 20U;  // Of several in one JSON file.
inline constexpr std::size_t kUnreadableNamed = 5;  // Incidents that cannot be read, in words.
// What is posted keeps others waiting at the port for as long as it takes; more goes by the folder.
inline constexpr std::size_t kPostedRowsMax = 500;
inline constexpr std::size_t kFileNameBytesMax = 180;  // Leaves room for what is added to it.

// One turn of the agent's loop.
inline constexpr std::size_t kNoticesPerTurn = 25;  // Each is sealed and synced.
inline constexpr std::size_t kRowsPerTurn = 500;
inline constexpr auto kWorkPerTurn = 50ms;

// The folder.
inline constexpr auto kScanEvery = 1s;
inline constexpr auto kStillFor = 2s;   // Unchanged for so long: complete, unless configured.
inline constexpr auto kEmptyFor = 60s;  // An empty file is one that somebody has just begun.
inline constexpr auto kLeftLyingAfter = 15min;  // What is not taken is asked about.
inline constexpr auto kMovedWatched = 10min;    // A slow writer may still write to what was moved.
inline constexpr auto kRetryEvery = 10s;        // After the folder could not be read or written.
inline constexpr std::size_t kEntriesMax = 2'000;

// The register of establishments: some 52,000 rows of 150 columns.
inline constexpr std::size_t kRegisterBytesMax = 128U << 20U;
inline constexpr std::size_t kRegisterRowsMax = 200'000;
inline constexpr auto kRegisterWatchedEvery = 60s;
// A register that lost more open establishments than this is an extract, or was cut between two
// rows: in a year some hundreds of 27,000 close for good, and in a small one a handful.
inline constexpr std::size_t kRegisterLossPercentMax = 10;
inline constexpr std::size_t kRegisterLossAlways = 5;
inline constexpr std::size_t kMappingBytesMax = 1U << 20U;

// What is kept. A row is taken only if its incident is younger than the memory of what was sent, so
// that no old file can make a second notice.
inline constexpr auto kIncidentAgeMax = std::chrono::days(400);
inline constexpr auto kKeysKept = std::chrono::days(430);
inline constexpr std::size_t kFilesKept = 1'000;
inline constexpr std::size_t kFilesShown = 100;
inline constexpr std::size_t kRowAlarmsPerFile = 100;  // Then one more for all the rest.
inline constexpr auto kAheadMax = 10min;  // An incident may lie ahead by a clock's error.

}  // namespace havenline::intake
