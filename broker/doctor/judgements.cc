#include "broker/doctor/judgements.h"

#include <array>
#include <charconv>
#include <filesystem>

#include "schema/model/limits.h"

namespace havenline::doctor {
namespace {

using Path = std::filesystem::path;

// What the broker holds in memory when all its limits are reached: docs/limits.md.
constexpr std::uint64_t kStoreMemory = 160U << 20U;
constexpr std::uint64_t kLinkMemory = 64U << 10U;
constexpr std::uint64_t kMemory = limits::kQueuedTotal + limits::kAdmissionBytes + kStoreMemory +
                                  limits::kSessionsMax * kLinkMemory;
// A link takes one descriptor; the store's files, logs and wake-ups take the rest.
constexpr std::uint64_t kOwnDescriptors = 600;
constexpr std::uint64_t kDescriptors = kOwnDescriptors + limits::kSessionsMax;
constexpr auto kErrorMax = std::chrono::seconds(5);
constexpr auto kDriftMax = Milliseconds(50);
constexpr auto kBehindMax = std::chrono::seconds(60);
constexpr mode_t kOfOthers = 0077;

std::string Mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

bool Lies(const Path& inner, const Path& outer) {
  const Path way = inner.lexically_normal().lexically_relative(outer.lexically_normal());
  return !way.empty() && *way.begin() != "..";
}

std::string Octal(mode_t permissions) {
  std::array<char, 8> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), permissions, 8);
  return {text.data(), end.ptr};
}

std::string At(const LogHead& head) {
  return "epoch " + std::to_string(head.epoch) + ", size " + std::to_string(head.size);
}

}  // namespace

const std::string kWayBack =
    "stop the broker and keep a copy of store and mark as they are; put the newest copy of the "
    "store back whole and ask again. If there is none, governance opens a new epoch and "
    "`havenline-broker epoch` begins it (docs/operations.md, \"Recovery mode\"). Never delete the "
    "mark";

Findings JudgePaths(const BrokerConfiguration& configuration) {
  Findings findings;
  const std::string& check = "configuration";
  if (Lies(configuration.mark, configuration.store) ||
      Lies(configuration.store, configuration.mark)) {
    findings.push_back(
        Broken(check,
               "mark and store lie in one another (" + configuration.mark.string() + ", " +
                   configuration.store.string() +
                   "): a copy of one that is put back takes the "
                   "other with it, and nobody notices that it is older",
               "give `mark` a folder of its own outside the store, best on another disk, and move "
               "the files mark-a and mark-b there while the broker is stopped"));
  }
  const auto shares = [&](const Path& other) {
    return Lies(configuration.log_files, other) || Lies(other, configuration.log_files);
  };
  if (!configuration.log_files.empty() &&
      (shares(configuration.store) || shares(configuration.mark))) {
    findings.push_back(Broken(check,
                              "the log's files (" + configuration.log_files.string() +
                                  ") share a folder with store or mark, which nobody else may read",
                              "give `log-files` a folder of its own, and remove what was written "
                              "to the old one: the broker writes it anew"));
  }
  if (!ParseEndpoint(configuration.listen)) {
    findings.push_back(Broken(check, "`listen` is " + configuration.listen,
                              "write it as tcp://address:port, the port from 1 to 65535"));
  }
  return findings;
}

Finding JudgePrivate(const std::string& check, const std::string& path, const PathState& state,
                     uid_t user) {
  if (state.owner != user) {
    return Broken(check,
                  path + " belongs to user " + std::to_string(state.owner) +
                      ", and the broker runs as user " + std::to_string(user),
                  "if nobody else uses it: chown " + std::to_string(user) + " " + path);
  }
  if ((state.permissions & kOfOthers) != 0) {
    return Broken(
        check, path + " has mode " + Octal(state.permissions) + ": others than its owner reach it",
        "chmod go= " + path + "; a key that others may have read is to be replaced");
  }
  return Sound(check, path + " is the broker's alone");
}

Finding JudgeMark(const StoreFacts& facts) {
  const std::string check = "mark";
  if (!facts.mark) {
    if (facts.head.size == 0) return Sound(check, "none yet, as before the first start");
    return Broken(check,
                  "the store has " + std::to_string(facts.head.size) +
                      " entries but there is no mark: its folder is new or was lost, so nobody "
                      "can tell whether this store is the newest",
                  kWayBack);
  }
  const LogHead& mark = *facts.mark;
  const bool behind = facts.head.epoch < mark.epoch ||
                      (facts.head.epoch == mark.epoch && facts.head.size < mark.size);
  if (behind) {
    return Broken(check,
                  "the store is behind its mark: it is at " + At(facts.head) +
                      ", and checkpoints up to " + At(mark) +
                      " were published. An older copy was put back, or its newest log file is lost",
                  kWayBack);
  }
  if (facts.head.epoch == mark.epoch && mark.size > 0 &&
      facts.root_of(mark.epoch, mark.size) != mark.root) {
    return Broken(check,
                  "the store is not the one that the mark was made for: its first " +
                      std::to_string(mark.size) + " entries differ",
                  kWayBack);
  }
  return Sound(check, "the store, at " + At(facts.head) + ", is at or past its mark");
}

Finding JudgeRoom(std::uint64_t free_bytes, std::uint64_t reserve_bytes) {
  const std::string what = Mebibytes(free_bytes) + " are free where the store lies, " +
                           Mebibytes(reserve_bytes) + " of them the reserve";
  if (free_bytes < reserve_bytes) {
    return Broken("disk", what + ": new messages are deferred",
                  "make room on that disk, or a larger one; it goes on by itself. See "
                  "docs/operations.md, \"When the disk fills\"");
  }
  if (free_bytes < 4 * reserve_bytes)
    return Doubtful("disk", what + ": soon new messages will be deferred",
                    "make room on that disk");
  return Sound("disk", what);
}

Findings JudgeClock(const ClockFacts& facts) {
  Findings findings;
  const std::string check = "clock";
  if (facts.last_written && facts.now + kBehindMax < *facts.last_written) {
    const auto by =
        std::chrono::duration_cast<std::chrono::seconds>(*facts.last_written - facts.now);
    findings.push_back(
        Broken(check,
               "the clock is " + std::to_string(by.count()) +
                   " s before the time at which the mark was last written: it went back",
               "set it right and see that something keeps it so: timedatectl set-ntp true"));
  }
  if (std::chrono::abs(facts.drift) > kDriftMax) {
    findings.push_back(
        Broken(check,
               "the clock jumped by " + std::to_string(facts.drift.count()) +
                   " ms while it was watched: two services may be setting it",
               "leave one of chrony, systemd-timesyncd and the machine's guest tools to set it"));
  }
  if (!facts.state.synchronised) {
    findings.push_back(Doubtful(check, "nothing that the kernel knows of keeps the clock right",
                                "install and start a time service (timedatectl set-ntp true, or "
                                "chrony), or see that the host of this machine sets its clock"));
  } else if (facts.state.error_max > kErrorMax) {
    findings.push_back(Doubtful(
        check, "the clock may be wrong by " + std::to_string(facts.state.error_max.count()) + " ms",
        "look at the time service: timedatectl timesync-status, or chronyc "
        "tracking"));
  }
  if (findings.empty()) findings.push_back(Sound(check, "kept right"));
  return findings;
}

Findings JudgeLimits(const MachineLimits& limits) {
  Findings findings;
  const std::string check = "limits";
  if (limits.descriptors && *limits.descriptors < kDescriptors) {
    const std::uint64_t links =
        *limits.descriptors > kOwnDescriptors ? *limits.descriptors - kOwnDescriptors : 0;
    const std::string what = std::to_string(*limits.descriptors) +
                             " open files are allowed: enough for some " + std::to_string(links) +
                             " hosts of the " + std::to_string(limits::kSessionsMax) +
                             " that it can serve";
    const std::string remedy =
        "LimitNOFILE=16384 in the unit (ours has it), or `ulimit -n 16384` before a start by hand";
    findings.push_back(links == 0 ? Broken(check, what, remedy) : Doubtful(check, what, remedy));
  }
  if (limits.memory_bytes < kMemory) {
    findings.push_back(Doubtful(check,
                                "the machine has " + Mebibytes(limits.memory_bytes) +
                                    " of memory; at its limits the broker takes " +
                                    Mebibytes(kMemory),
                                "give it more memory, or as few hosts as it has room for"));
  }
  if (findings.empty()) findings.push_back(Sound(check, "open files and memory suffice"));
  return findings;
}

std::optional<Endpoint> ParseEndpoint(const std::string& endpoint) {
  constexpr std::string_view kTcp = "tcp://";
  const auto colon = endpoint.rfind(':');
  if (!endpoint.starts_with(kTcp) || colon < kTcp.size()) return std::nullopt;
  Endpoint parsed;
  parsed.address = endpoint.substr(kTcp.size(), colon - kTcp.size());
  if (parsed.address.starts_with('[') && parsed.address.ends_with(']'))
    parsed.address = parsed.address.substr(1, parsed.address.size() - 2);
  const char* const end = endpoint.data() + endpoint.size();
  const auto read = std::from_chars(endpoint.data() + colon + 1, end, parsed.port);
  if (read.ec != std::errc() || read.ptr != end || parsed.port == 0 || parsed.address.empty())
    return std::nullopt;
  return parsed;
}

Finding JudgePort(const PortFacts& facts) {
  const std::string check = "port";
  const std::string who = "find out who with `ss -ltnp` and stop it, or change `listen`";
  switch (facts.state) {
    case PortState::kFree:
      if (!facts.broker) return Sound(check, facts.listen + " can be had");
      return Broken(check,
                    "a broker runs on this store (process " + std::to_string(*facts.broker) +
                        ") and does not listen at " + facts.listen,
                    "`listen` was changed since it started, or systemd hands it another port "
                    "(systemctl status havenline-broker.socket): make them agree and restart it");
    case PortState::kTaken:
      if (facts.systemd_listens.value_or(false))
        return Sound(check, facts.listen + " is held by systemd for the broker");
      if (facts.broker_listens.value_or(false))
        return Sound(check, facts.listen + " is held by the running broker");
      if (!facts.systemd_listens || (facts.broker && !facts.broker_listens)) {
        return Doubtful(check,
                        "somebody listens at " + facts.listen + ", and only root can see who",
                        "ask as root, or look with `ss -ltnp`");
      }
      return Broken(check, "another program listens at " + facts.listen, who);
    case PortState::kForbidden:
      return Broken(check, facts.listen + " is a port that this user may not open",
                    "let systemd open it (havenline-broker.socket), or take one above 1023");
    case PortState::kNoSuchAddress:
      break;
  }
  return Broken(check, "this machine has no address as in " + facts.listen,
                "`ip address` shows those that it has; tcp://*:port is all of them");
}

}  // namespace havenline::doctor
