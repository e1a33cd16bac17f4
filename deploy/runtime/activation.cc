#include "deploy/runtime/activation.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <string>
#include <vector>

namespace havenline {

Result<FileDescriptor> TakeListeningSocket() {
  const int count = ::sd_listen_fds(1);
  if (count == 0) return FileDescriptor();
  if (count < 0) {
    return Fail(FaultCode::kInvalid,
                "LISTEN_PID or LISTEN_FDS is malformed: whoever started this process did not hand "
                "over its sockets as sd_listen_fds(3) says");
  }
  std::vector<FileDescriptor> handed;
  for (int i = 0; i < count; ++i) handed.emplace_back(SD_LISTEN_FDS_START + i);
  if (count > 1) {
    return Fail(FaultCode::kInvalid,
                std::to_string(count) +
                    " sockets were handed over and there is use for one: leave one ListenStream= "
                    "in the .socket unit");
  }
  FileDescriptor& socket = handed.front();
  constexpr int kListening = 1;
  const bool listens = ::sd_is_socket(socket.get(), AF_INET, SOCK_STREAM, kListening) > 0 ||
                       ::sd_is_socket(socket.get(), AF_INET6, SOCK_STREAM, kListening) > 0;
  if (!listens) {
    return Fail(FaultCode::kInvalid,
                "what was handed over is no listening TCP socket: the .socket unit needs "
                "ListenStream= with a port, and Accept=no");
  }
  // A connection may be gone between the word that it is there and the taking of it.
  const int flags = ::fcntl(socket.get(), F_GETFL);
  if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0)
    return Fail(FaultCode::kIo, "the socket that was handed over cannot be used");
  return std::move(socket);
}

}  // namespace havenline
