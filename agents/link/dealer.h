// Dealer: an agent's one socket to its broker. ZeroMQ DEALER over TCP with CURVE, both keys pinned;
// the socket's monitor tells what libzmq keeps to itself: that a connection came, went, or was
// refused.
//
// One thread calls everything, but for Wake().

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "schema/base/bytes.h"
#include "schema/base/result.h"

namespace havenline {

// The I/O thread of several dealers of one process, for which a thread each would be too many: a
// measurement that plays a county's schools. It goes when the last of them has gone. Any thread.
class DealerThread {
 public:
  explicit DealerThread(std::size_t dealers_max);
  ~DealerThread();

 private:
  friend class Dealer;
  struct Context;
  std::unique_ptr<Context> context_;
};

struct DealerOptions {
  std::string endpoint;    // tcp://host:port
  std::string broker_key;  // Z85: the broker's public key.
  std::string public_key;  // Z85: ours.
  std::string secret_key;
  // libzmq gives a connection up for good once the broker refused its key. Keys come into force
  // while we wait, so we connect anew after so long.
  std::chrono::milliseconds refused_pause{5'000};
  std::shared_ptr<DealerThread> thread = nullptr;  // None: one of its own.
};

// What happened since the last Poll(), in order of importance.
struct DealerNews {
  bool connected = false;     // A connection was made and its handshake succeeded.
  bool disconnected = false;  // The connection is gone: what was sent on it may be too.
  bool refused = false;       // The broker does not know our key, or is not the one we pinned.
  std::vector<Bytes> frames;
};

class Dealer {
 public:
  // Connects in the background and goes on trying for ever, with growing pauses.
  static Result<std::unique_ptr<Dealer>> Open(const DealerOptions& options);
  ~Dealer();

  DealerNews Poll(std::chrono::milliseconds timeout, std::size_t frames_max);
  // False if there is no connection that takes it now; nothing is queued for a later one.
  bool Send(ByteView frame);
  // Any thread.
  void Wake();

 private:
  struct Sockets;
  explicit Dealer(std::unique_ptr<Sockets> sockets);

  std::unique_ptr<Sockets> sockets_;
};

}  // namespace havenline
