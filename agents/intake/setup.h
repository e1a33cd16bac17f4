// Setup: the mapping and the register that rows are read by, from their files. A newer register is
// taken up while the agent runs: it is read on a thread of its own, since it is large.
//
// Owned by the agent's loop.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/intake/configuration.h"
#include "agents/intake/drop_folder.h"
#include "agents/intake/establishments.h"
#include "agents/intake/mapping.h"
#include "agents/intake/row_reader.h"
#include "schema/base/channel.h"
#include "schema/base/result.h"
#include "schema/base/thread.h"

namespace havenline::intake {

// A file as it was found: a change is news.
struct FileStamp {
  std::int64_t bytes = 0;
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
struct RegisterStamp {
  FileStamp schools;
  FileStamp links;

  friend bool operator==(const RegisterStamp&, const RegisterStamp&) = default;
};

// Why a register that can be read is not taken, in words: it lacks too many of the open
// establishments of the one before. With half of the schools, a name that two had would be one's.
std::optional<std::string> WhyTooFew(std::size_t open_before, std::size_t open_now);

class Setup {
 public:
  // Reads everything; takes a second for a whole country's register. `hold_flags`: of the policy in
  // force.
  static Result<std::unique_ptr<Setup>> Load(const IntakeConfiguration& configuration,
                                             const std::vector<std::string>& hold_flags);

  const Mapping& mapping() const { return mapping_; }
  const LocalZone& zone() const { return zone_; }
  const Establishments& establishments() const { return *establishments_; }
  // When the register's file was last written.
  TimePoint register_time() const { return FromMilliseconds(stamp_.schools.seconds * 1000); }

  // Looks for a newer register now and then. A value if one was read since the last call: nothing
  // wrong, or why the old one stays. `open_before`: what it is held to.
  std::optional<Result<void>> Watch(Monotonic now, std::size_t open_before);
  // How many open establishments the newest has that was refused for their number.
  std::optional<std::size_t> too_few() const { return too_few_; }
  // Reads what was refused once more, at the next call of Watch().
  void LookAgain();

 private:
  struct Read {
    RegisterStamp stamp;
    Result<Establishments> establishments;
  };

  Setup(const IntakeConfiguration& configuration, Mapping mapping, LocalZone zone)
      : schools_(configuration.schools),
        links_(configuration.links),
        mapping_(std::move(mapping)),
        zone_(std::move(zone)) {}
  Result<RegisterStamp> Stamp() const;

  const std::filesystem::path schools_;
  const std::optional<std::filesystem::path> links_;
  Mapping mapping_;
  LocalZone zone_;
  std::unique_ptr<Establishments> establishments_;
  RegisterStamp stamp_;                // In use, or refused.
  std::optional<RegisterStamp> seen_;  // Newer, and perhaps still being written.
  Monotonic next_look_{};
  std::optional<std::size_t> too_few_;
  bool reading_ = false;
  Channel<Read> read_{1};
  Thread reader_;  // Last: it is joined before what it uses goes.
};

}  // namespace havenline::intake
