// Router: the broker's socket. ZeroMQ ROUTER over TCP with CURVE, failing closed; the ZAP handler
// that decides which keys may speak; the socket's monitor.
//
// CURVE fails open in libzmq unless a handler lives, a domain is set and its enforcement is on:
// Bind() sees to all three, the handler first. The handler is served by Poll(), in the thread that
// owns the socket, so that one cannot die without the other.
//
// One thread calls everything, but for Wake().

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/limits.h"

namespace havenline {

struct RouterOptions {
  std::string endpoint;    // tcp://address:port; port * takes any free one.
  std::string public_key;  // Z85, 40 characters.
  std::string secret_key;  // Z85, 40 characters.
  int io_threads = 1;
  // A listening socket that somebody else made (deploy/runtime/activation.h), which Bind() takes
  // over, and closes; `endpoint` is then no more than a name. -1: Bind() makes one.
  int listening = -1;
  // A peer that takes nothing of what it is sent for so long is disconnected by the kernel.
  std::chrono::milliseconds unread_max = limits::kSilenceMax;
};

// One payload frame, from a host whose key the handler admitted.
struct Inbound {
  LinkId link;
  HostId host;
  Bytes payload;
};

enum class Sent : std::uint8_t {
  kYes,
  kBlocked,  // The link takes no more for now: its host has not read what it was sent.
  kGone,     // There is no such link any more.
};

struct RouterCounts {
  std::uint64_t accepted = 0;  // TCP connections.
  std::uint64_t admitted = 0;  // By the handler.
  std::uint64_t denied = 0;    // By the handler: unknown or suspended key, wrong mechanism.
  std::uint64_t failed_handshakes = 0;
  std::uint64_t disconnected = 0;
  // Of no key that may speak, not of two parts, or of a peer that chose its own return address.
  std::uint64_t dropped_frames = 0;
};

inline constexpr std::size_t kPolledBytesMax = 16U << 20U;
// Of one key: a host has one link, and another while the one before is not yet known to be dead.
inline constexpr std::size_t kLinksOfKeyMax = 8;

class Router {
 public:
  // Listens on return. No key is admitted before the first SetKeys().
  static Result<std::unique_ptr<Router>> Bind(const RouterOptions& options);
  ~Router();

  // Who may connect: CURVE public key (Z85) to host. Live links of a key that is gone or now
  // another host's are cut: what they send is dropped, and to them Send() says kGone.
  void SetKeys(std::map<std::string, HostId> keys);

  // Waits until frames are there, Wake() was called or `timeout` has passed; returns at most
  // `count_max` frames, and no further one once they come to kPolledBytesMax.
  std::vector<Inbound> Poll(std::chrono::milliseconds timeout, std::size_t count_max);

  // Never waits, and holds no more for a host that does not read than broker/deliver/queue_share.h
  // lets it, whatever its links and however often it connects.
  Sent Send(LinkId link, ByteView payload);
  // Bytes sent to the host of this link, on whichever link, that libzmq still holds. It gives them
  // back when they go to the wire, as fast as the host reads, or when the connection ends.
  std::size_t Queued(LinkId link) const;
  // Forgets a link; what it sends later counts as a new one. The oldest of a key goes by itself
  // when the key has kLinksOfKeyMax, so that no host uses up the links of all.
  void Forget(LinkId link);

  // Makes a Poll() that waits return. Any thread.
  void Wake();

  const std::string& endpoint() const;  // With the port that was taken.
  const RouterCounts& counts() const;
  std::size_t links() const;  // That have spoken and were not forgotten.

 private:
  struct Sockets;
  explicit Router(std::unique_ptr<Sockets> sockets);

  std::unique_ptr<Sockets> sockets_;
};

}  // namespace havenline
