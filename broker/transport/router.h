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

namespace havenline {

struct RouterOptions {
  std::string endpoint;    // tcp://address:port; port * takes any free one.
  std::string public_key;  // Z85, 40 characters.
  std::string secret_key;  // Z85, 40 characters.
  int io_threads = 1;
};

// One payload frame, from a host whose key the handler admitted.
struct Inbound {
  LinkId link;
  HostId host;
  Bytes payload;
};

enum class Sent : std::uint8_t {
  kYes,
  kBlocked,  // The link takes no more for now.
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

class Router {
 public:
  // Listens on return. No key is admitted before the first SetKeys().
  static Result<std::unique_ptr<Router>> Bind(const RouterOptions& options);
  ~Router();

  // Who may connect: CURVE public key (Z85) to host. Live links of a key that is gone or now
  // another host's are cut: what they send is dropped, and to them Send() says kGone.
  void SetKeys(std::map<std::string, HostId> keys);

  // Waits until frames are there, Wake() was called or `timeout` has passed; returns at most
  // `count_max`.
  std::vector<Inbound> Poll(std::chrono::milliseconds timeout, std::size_t count_max);

  // Never waits.
  Sent Send(LinkId link, ByteView payload);
  // Forgets a link; what it sends later counts as a new one.
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
