#include "agents/link/dealer.h"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <atomic>
#include <cstring>
#include <optional>
#include <zmq.hpp>

#include "schema/model/limits.h"

namespace havenline {
namespace {

// Of one dealer: its number follows.
constexpr const char* kMonitorEndpoint = "inproc://havenline.dealer.monitor.";
// Itself, its monitor, the monitor's other end; and those of one before it, which libzmq closes in
// its own time.
constexpr std::size_t kSocketsOfDealer = 6;
constexpr int kReconnectFirst = 100;  // Milliseconds; doubles up to the last.
constexpr int kReconnectLast = 10'000;
constexpr int kHandshakeMilliseconds = 10'000;
constexpr int kQueuedFramesMax = 256;
// What CURVE puts around a frame (RFC 26, MESSAGE): libzmq holds the sum to its limit.
constexpr std::size_t kCurveBytes = 33;

std::string NextMonitorEndpoint() {
  static std::atomic<std::uint64_t> last{0};
  return kMonitorEndpoint + std::to_string(++last);
}

}  // namespace

struct DealerThread::Context {
  zmq::context_t context{1};
};

DealerThread::DealerThread(std::size_t dealers_max) : context_(std::make_unique<Context>()) {
  const std::size_t sockets = dealers_max * kSocketsOfDealer;
  if (sockets > ZMQ_MAX_SOCKETS_DFLT)
    context_->context.set(zmq::ctxopt::max_sockets, static_cast<int>(sockets));
}
DealerThread::~DealerThread() = default;

struct Dealer::Sockets {
  explicit Sockets(std::shared_ptr<DealerThread> of)
      : thread(std::move(of)),
        dealer(thread->context_->context, zmq::socket_type::dealer),
        monitor(thread->context_->context, zmq::socket_type::pair) {}
  ~Sockets() {
    if (wake >= 0) close(wake);
  }

  void Connect(const DealerOptions& options);
  void ConnectAgainIfDue();
  void ReadMonitor(DealerNews& news);

  std::shared_ptr<DealerThread> thread;  // First made, last gone.
  zmq::socket_t dealer;
  zmq::socket_t monitor;
  int wake = -1;
  std::string endpoint;
  std::chrono::milliseconds refused_pause{};
  std::optional<std::chrono::steady_clock::time_point> connect_again;  // After a refusal.
};

void Dealer::Sockets::Connect(const DealerOptions& options) {
  dealer.set(zmq::sockopt::linger, 0);
  dealer.set(zmq::sockopt::immediate, 1);  // Nothing is queued for a connection that is not there.
  dealer.set(zmq::sockopt::curve_serverkey, options.broker_key);
  dealer.set(zmq::sockopt::curve_publickey, options.public_key);
  dealer.set(zmq::sockopt::curve_secretkey, options.secret_key);
  dealer.set(zmq::sockopt::maxmsgsize,
             static_cast<std::int64_t>(limits::kFrameBytesMax + kCurveBytes));
  dealer.set(zmq::sockopt::handshake_ivl, kHandshakeMilliseconds);
  dealer.set(zmq::sockopt::reconnect_ivl, kReconnectFirst);
  dealer.set(zmq::sockopt::reconnect_ivl_max, kReconnectLast);
  dealer.set(zmq::sockopt::sndhwm, kQueuedFramesMax);
  dealer.set(zmq::sockopt::rcvhwm, kQueuedFramesMax);
  dealer.set(zmq::sockopt::tcp_keepalive, 1);
  dealer.set(zmq::sockopt::ipv6, 1);
  const std::string monitored = NextMonitorEndpoint();
  if (zmq_socket_monitor(dealer.handle(), monitored.c_str(),
                         ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                             ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) != 0) {
    throw zmq::error_t();  // Open()'s to tell.
  }
  monitor.set(zmq::sockopt::linger, 0);
  monitor.connect(monitored);
  endpoint = options.endpoint;
  refused_pause = options.refused_pause;
  dealer.connect(endpoint);
}

void Dealer::Sockets::ConnectAgainIfDue() {
  if (!connect_again || std::chrono::steady_clock::now() < *connect_again) return;
  connect_again.reset();
  // What libzmq still holds of the old connection goes first, so that there are never two. It is no
  // error that there is nothing: after a refusal that is so.
  zmq_disconnect(dealer.handle(), endpoint.c_str());
  dealer.connect(endpoint);
}

void Dealer::Sockets::ReadMonitor(DealerNews& news) {
  while (true) {
    zmq::message_t event;
    if (!monitor.recv(event, zmq::recv_flags::dontwait)) return;
    zmq::message_t address;
    if (event.more() && !monitor.recv(address, zmq::recv_flags::dontwait)) return;
    std::uint16_t kind = 0;
    if (event.size() < sizeof(kind)) continue;
    std::memcpy(&kind, event.data(), sizeof(kind));
    if (kind == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
      news.connected = true;
      connect_again.reset();
    } else if (kind == ZMQ_EVENT_DISCONNECTED) {
      // A connection that went and another that came since: the session is over all the same.
      news.disconnected = true;
      news.connected = false;
    } else {
      news.refused = true;
      if (kind != ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        connect_again = std::chrono::steady_clock::now() + refused_pause;
    }
  }
}

Dealer::Dealer(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}
Dealer::~Dealer() = default;

Result<std::unique_ptr<Dealer>> Dealer::Open(const DealerOptions& options) {
  try {
    auto sockets = std::make_unique<Sockets>(options.thread ? options.thread
                                                            : std::make_shared<DealerThread>(1));
    sockets->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (sockets->wake < 0) return Fail(FaultCode::kIo, "no event descriptor could be made");
    sockets->Connect(options);
    return std::unique_ptr<Dealer>(new Dealer(std::move(sockets)));
  } catch (const zmq::error_t& error) {
    return Fail(FaultCode::kInvalid,
                "cannot use the broker's address " + options.endpoint + ": " + error.what());
  }
}

DealerNews Dealer::Poll(std::chrono::milliseconds timeout, std::size_t frames_max) {
  Sockets& s = *sockets_;
  std::array<zmq::pollitem_t, 3> items = {{{s.dealer.handle(), 0, ZMQ_POLLIN, 0},
                                           {s.monitor.handle(), 0, ZMQ_POLLIN, 0},
                                           {nullptr, s.wake, ZMQ_POLLIN, 0}}};
  zmq::poll(items.data(), items.size(), timeout);
  std::uint64_t woken = 0;
  if ((items[2].revents & ZMQ_POLLIN) != 0 && read(s.wake, &woken, sizeof(woken)) < 0) woken = 0;
  DealerNews news;
  s.ReadMonitor(news);
  s.ConnectAgainIfDue();
  while (news.frames.size() < frames_max) {
    zmq::message_t frame;
    if (!s.dealer.recv(frame, zmq::recv_flags::dontwait)) break;
    const bool whole = !frame.more();
    bool more = frame.more();
    while (more) {
      zmq::message_t rest;
      if (!s.dealer.recv(rest, zmq::recv_flags::dontwait)) break;
      more = rest.more();
    }
    // Our protocol has single frames; anything else is not from our broker's code.
    if (whole) news.frames.push_back(ToBytes(ByteView(frame.data<std::uint8_t>(), frame.size())));
  }
  return news;
}

bool Dealer::Send(ByteView frame) {
  return sockets_->dealer.send(zmq::buffer(frame.data(), frame.size()), zmq::send_flags::dontwait)
      .has_value();
}

void Dealer::Wake() {
  const std::uint64_t one = 1;
  // Full means that a wake-up is already waiting.
  if (write(sockets_->wake, &one, sizeof(one)) < 0) return;
}

}  // namespace havenline
