// Ports: who has one, and who answers there.

#include <arpa/inet.h>
#include <dirent.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <system_error>

#include "deploy/runtime/file_descriptor.h"
#include "deploy/runtime/machine.h"

namespace havenline {
namespace {

struct Freed {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, Freed>;

Addresses Resolve(const std::string& address, std::uint16_t port, int flags) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags;
  addrinfo* found = nullptr;
  const char* const host = address == "*" ? nullptr : address.c_str();
  if (::getaddrinfo(host, std::to_string(port).c_str(), &wanted, &found) != 0) return nullptr;
  return Addresses(found);
}

// The inodes of sockets that listen at the port, in this network.
std::set<std::string> ListenersAt(std::uint16_t port) {
  std::set<std::string> inodes;
  constexpr std::string_view kListening = "0A";
  for (const char* const table : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);  // Headings.
    while (std::getline(file, line)) {
      // sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode
      std::istringstream words(line);
      std::array<std::string, 10> word;
      for (std::string& each : word) words >> each;
      const auto colon = word[1].rfind(':');
      if (word[3] != kListening || colon == std::string::npos) continue;
      std::uint64_t at = 0;
      if (std::istringstream(word[1].substr(colon + 1)) >> std::hex >> at && at == port)
        inodes.insert(word[9]);
    }
  }
  return inodes;
}

bool WaitFor(const FileDescriptor& socket, short what, Milliseconds timeout) {
  pollfd waiting{.fd = socket.get(), .events = what, .revents = 0};
  return ::poll(&waiting, 1, static_cast<int>(timeout.count())) > 0;
}

tl::unexpected<Fault> Unreachable(const std::string& why) {
  return Fail(FaultCode::kUnavailable, why);
}

}  // namespace

PortState AskForPort(const std::string& address, std::uint16_t port) {
  const Addresses found = Resolve(address, port, AI_NUMERICHOST | AI_PASSIVE);
  if (!found) return PortState::kNoSuchAddress;
  const FileDescriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  // As libzmq asks: what lingers of an earlier life is in nobody's way, what listens is.
  if (!socket.open() ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0)
    return PortState::kNoSuchAddress;
  if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) == 0) return PortState::kFree;
  if (errno == EADDRINUSE) return PortState::kTaken;
  return errno == EACCES ? PortState::kForbidden : PortState::kNoSuchAddress;
}

std::optional<bool> ListensAt(std::uint16_t port, pid_t process) {
  const std::set<std::string> inodes = ListenersAt(port);
  if (inodes.empty()) return false;
  const std::filesystem::path folder = "/proc/" + std::to_string(process) + "/fd";
  std::error_code error;
  auto entries = std::filesystem::directory_iterator(folder, error);
  if (error) return std::nullopt;
  return std::any_of(begin(entries), end(entries), [&](const auto& entry) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    constexpr std::string_view kSocket = "socket:[";
    return target.starts_with(kSocket) &&
           inodes.contains(target.substr(kSocket.size(), target.size() - kSocket.size() - 1));
  });
}

Result<void> GreetAt(const std::string& address, std::uint16_t port, Milliseconds timeout) {
  const Addresses found = Resolve(address, port, 0);
  if (!found) return Unreachable("the name is not known here");
  const FileDescriptor socket(
      ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.open()) return Unreachable("no socket could be made");
  int error = 0;
  if (::connect(socket.get(), found->ai_addr, found->ai_addrlen) != 0) {
    if (errno != EINPROGRESS || !WaitFor(socket, POLLOUT, timeout))
      return Unreachable("nothing answers");
    socklen_t size = sizeof(error);
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error != 0) return Unreachable(std::system_category().message(error));
  // RFC 23: a peer begins with 0xFF, eight bytes, 0x7F, without being asked.
  std::array<std::uint8_t, 10> greeting{};
  std::size_t got = 0;
  while (got < greeting.size() && WaitFor(socket, POLLIN, timeout)) {
    const ssize_t count = ::recv(socket.get(), &greeting.at(got), greeting.size() - got, 0);
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  if (got < greeting.size() || greeting.front() != 0xFF || greeting.back() != 0x7F)
    return Unreachable("it connects, but no ZeroMQ peer greets");
  return {};
}

}  // namespace havenline
