#include "agents/intake/setup.h"

#include <sys/stat.h>

#include "agents/intake/limits.h"

namespace havenline::intake {
namespace {

using Path = std::filesystem::path;

Result<Establishments> ReadEstablishments(const Path& schools, const std::optional<Path>& links) {
  ASSIGN_OR_RETURN(const Bytes school_bytes, ReadFile(schools, kRegisterBytesMax));
  Bytes link_bytes;
  std::optional<RegisterFile> link_file;
  if (links) {
    ASSIGN_OR_RETURN(link_bytes, ReadFile(*links, kRegisterBytesMax));
    link_file = RegisterFile{links->string(), link_bytes};
  }
  return Establishments::Parse({schools.string(), school_bytes}, link_file);
}

// Follows a link, since a register is often brought as one of today's file.
Result<FileStamp> StampOf(const Path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return Fail(FaultCode::kMissing, path.string() + " is not there");
  return FileStamp{status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

}  // namespace

std::optional<std::string> WhyTooFew(std::size_t open_before, std::size_t open_now) {
  const std::size_t lost = open_before > open_now ? open_before - open_now : 0;
  if (open_before > 0 && open_now == 0) return "the register has no open establishment at all";
  if (lost <= kRegisterLossAlways || lost * 100 <= open_before * kRegisterLossPercentMax)
    return std::nullopt;
  return "the register has " + std::to_string(open_now) +
         " open establishments, and the one before it had " + std::to_string(open_before) +
         ": was it cut short while it was copied, or is it an extract? Bring the whole one; or, if "
         "it is right, confirm the number " +
         std::to_string(open_now);
}

Result<std::unique_ptr<Setup>> Setup::Load(const IntakeConfiguration& configuration,
                                           const std::vector<std::string>& hold_flags) {
  ASSIGN_OR_RETURN(const Bytes mapping_text, ReadFile(configuration.mapping, kMappingBytesMax));
  ASSIGN_OR_RETURN(Mapping mapping, Mapping::Parse(AsText(mapping_text),
                                                   configuration.mapping.string(), hold_flags));
  ASSIGN_OR_RETURN(const Zone zone, Zone::Named(configuration.zone));
  std::unique_ptr<Setup> setup(
      new Setup(configuration, std::move(mapping), {configuration.zone, zone}));
  ASSIGN_OR_RETURN(setup->stamp_, setup->Stamp());
  ASSIGN_OR_RETURN(Establishments read, ReadEstablishments(setup->schools_, setup->links_));
  setup->establishments_ = std::make_unique<Establishments>(std::move(read));
  return setup;
}

Result<RegisterStamp> Setup::Stamp() const {
  RegisterStamp stamp;
  ASSIGN_OR_RETURN(stamp.schools, StampOf(schools_));
  if (!links_) return stamp;
  ASSIGN_OR_RETURN(stamp.links, StampOf(*links_));
  return stamp;
}

void Setup::LookAgain() {
  seen_ = stamp_;
  stamp_ = {};
  next_look_ = {};
}

std::optional<Result<void>> Setup::Watch(Monotonic now, std::size_t open_before) {
  if (reading_) {
    auto done = read_.TakeAll();
    if (done.empty()) return std::nullopt;
    reader_.Join();
    reading_ = false;
    too_few_.reset();
    stamp_ = done.front().stamp;  // Also if it is refused: it is said once.
    if (!done.front().establishments)
      return Result<void>(tl::unexpected<Fault>(done.front().establishments.error()));
    const std::size_t open_now = done.front().establishments->open_count();
    if (auto why = WhyTooFew(open_before, open_now)) {
      too_few_ = open_now;
      return Result<void>(Fail(FaultCode::kInvalid, *std::move(why)));
    }
    *establishments_ = *std::move(done.front().establishments);
    return Result<void>();
  }
  if (now < next_look_) return std::nullopt;
  next_look_ = now + kRegisterWatchedEvery;
  const auto stamp = Stamp();
  if (!stamp || *stamp == stamp_) {
    seen_.reset();
    return std::nullopt;
  }
  // Whoever brings it may still be writing: it is read once it looks the same twice.
  if (seen_ != *stamp) {
    seen_ = *stamp;
    return std::nullopt;
  }
  seen_.reset();
  reading_ = true;
  reader_ = Thread("hl-register", [this, stamp = *stamp] {
    read_.Push({stamp, ReadEstablishments(schools_, links_)});
  });
  return std::nullopt;
}

}  // namespace havenline::intake
