#include "broker/transport/router.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <cstring>
#include <optional>
#include <set>
#include <unordered_map>
#include <zmq.hpp>

#include "broker/transport/unread.h"
#include "schema/base/check.h"
#include "schema/base/test_seam.h"
#include "schema/model/limits.h"

namespace havenline {
namespace {

constexpr const char* kZapEndpoint = "inproc://zeromq.zap.01";
constexpr const char* kMonitorEndpoint = "inproc://havenline.router.monitor";
constexpr const char* kDomain = "havenline";
constexpr int kZapEnforceDomain =
    93;  // ZMQ_ZAP_ENFORCE_DOMAIN: in the library, not in Debian's header.
constexpr int kBacklog = 1024;
constexpr int kHandshakeMilliseconds = 3'000;
constexpr int kUnsentFramesMax = 1'000;  // Per link: frames; Send() bounds their bytes.
constexpr int kUnreadFramesMax = 64;     // Per link: what it sends is read as it comes.
constexpr int kSendBuffer = 256 << 10;   // The kernel's, for what has left libzmq.
// What CURVE puts around a frame (RFC 26, MESSAGE): libzmq holds the sum to its limit.
constexpr std::size_t kCurveBytes = 33;
constexpr std::size_t kLinksMax = 2 * limits::kSessionsMax;

// libzmq makes return addresses of five bytes, the first of them zero. One that a peer chose may be
// chosen again by another once the first is gone, and what we still send to the first would reach
// the other: who sets one is not heard.
bool MadeByLibzmq(const zmq::message_t& routing_id) {
  return routing_id.size() == 5 && *routing_id.data<std::uint8_t>() == 0;
}

}  // namespace

struct Router::Sockets {
  explicit Sockets(int io_threads)
      : context(io_threads),
        zap(context, zmq::socket_type::rep),
        router(context, zmq::socket_type::router),
        monitor(context, zmq::socket_type::pair) {}
  ~Sockets() {
    if (wake >= 0) close(wake);
  }

  void Listen(const RouterOptions& options);
  void TakeOver(int listening);
  void ServeZap();
  std::string_view Judge(const std::vector<zmq::message_t>& request, std::string& user) const;
  void CountMonitored();
  std::optional<Inbound> Receive();
  std::optional<LinkId> LinkOf(const std::string& routing_id, const std::string& key);

  void Forget(LinkId link);
  std::shared_ptr<UnreadBytes::Host> UnreadOf(const HostId& host);

  struct Link {
    std::string routing_id;
    std::string key;
    std::shared_ptr<UnreadBytes::Host> unread;
  };

  zmq::context_t context;  // First made, last gone.
  zmq::socket_t zap;
  zmq::socket_t router;
  zmq::socket_t monitor;
  int wake = -1;
  std::string endpoint;
  std::map<std::string, HostId> keys;
  std::unordered_map<std::string, LinkId> links;      // By routing id.
  std::unordered_map<std::uint64_t, Link> routing;    // By link.
  std::map<std::string, std::vector<LinkId>> of_key;  // Oldest first.
  std::shared_ptr<UnreadBytes> unread = std::make_shared<UnreadBytes>();
  // Of the hosts that may connect.
  std::map<HostId, std::shared_ptr<UnreadBytes::Host>> unread_of;
  std::uint64_t last_link = 0;
  RouterCounts counts;
};

void Router::Sockets::Listen(const RouterOptions& options) {
  zap.set(zmq::sockopt::linger, 0);
  // Before any other bind: without a handler CURVE admits everyone.
  if (!PlantedFault("zap-unbound")) zap.bind(kZapEndpoint);
  router.set(zmq::sockopt::linger, 0);
  router.set(zmq::sockopt::curve_server, 1);
  router.set(zmq::sockopt::curve_publickey, options.public_key);
  router.set(zmq::sockopt::curve_secretkey, options.secret_key);
  if (!PlantedFault("zap-no-domain")) {
    router.set(zmq::sockopt::zap_domain, PlantedFault("zap-other-domain") ? "other" : kDomain);
  }
  const int enforce = 1;
  // Without it a missing handler would be no reason to refuse: fail closed or do not start.
  CHECK(zmq_setsockopt(router.handle(), kZapEnforceDomain, &enforce, sizeof(enforce)) == 0);
  router.set(zmq::sockopt::router_mandatory, 1);
  router.set(zmq::sockopt::maxmsgsize,
             static_cast<std::int64_t>(limits::kFrameBytesMax + kCurveBytes));
  router.set(zmq::sockopt::handshake_ivl, kHandshakeMilliseconds);
  router.set(zmq::sockopt::backlog, kBacklog);
  router.set(zmq::sockopt::sndhwm, kUnsentFramesMax);
  router.set(zmq::sockopt::rcvhwm, kUnreadFramesMax);
  router.set(zmq::sockopt::sndbuf, kSendBuffer);
  router.set(zmq::sockopt::tcp_maxrt, static_cast<int>(options.unread_max.count()));
  router.set(zmq::sockopt::tcp_keepalive, 1);
  router.set(zmq::sockopt::ipv6, 1);
  CHECK(zmq_socket_monitor(
            router.handle(), kMonitorEndpoint,
            ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) == 0);
  monitor.set(zmq::sockopt::linger, 0);
  monitor.connect(kMonitorEndpoint);
  if (options.listening >= 0) TakeOver(options.listening);
  router.bind(options.endpoint);
  endpoint = router.get(zmq::sockopt::last_endpoint);
}

// What libzmq would set on a listening socket of its own, and connections get from there. The rest
// it sets on each connection.
void Router::Sockets::TakeOver(int listening) {
  CHECK(setsockopt(listening, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof(kSendBuffer)) == 0);
  CHECK(listen(listening, kBacklog) == 0);
  router.set(zmq::sockopt::use_fd, listening);
}

// RFC 27: version, request id, domain, address, identity, mechanism, credentials.
void Router::Sockets::ServeZap() {
  if (PlantedFault("zap-silent")) return;
  while (true) {
    std::vector<zmq::message_t> request;
    bool more = true;
    while (more) {
      zmq::message_t part;
      if (!zap.recv(part, zmq::recv_flags::dontwait)) return;
      more = part.more();
      request.push_back(std::move(part));
    }
    std::string user;
    const std::string_view status = Judge(request, user);
    const std::string id = request.size() > 1 ? request[1].to_string() : "";
    const std::array<std::string, 6> reply = {"1.0", id, std::string(status), "", user, ""};
    for (std::size_t i = 0; i < reply.size(); ++i) {
      zap.send(zmq::buffer(reply[i]),
               i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
    ++(status == "200" ? counts.admitted : counts.denied);
  }
}

std::string_view Router::Sockets::Judge(const std::vector<zmq::message_t>& request,
                                        std::string& user) const {
  constexpr std::string_view kDenied = "400";
  if (request.size() != 7 || request[0].to_string_view() != "1.0" ||
      request[2].to_string_view() != kDomain || request[5].to_string_view() != "CURVE" ||
      request[6].size() != 32) {
    return kDenied;
  }
  std::array<char, 41> key{};
  if (zmq_z85_encode(key.data(), request[6].data<std::uint8_t>(), 32) == nullptr) return kDenied;
  const auto known = keys.find(key.data());
  if (known == keys.end()) return kDenied;
  user = known->first;  // The key, not the host: it may be revoked while the link lives.
  return "200";
}

void Router::Sockets::CountMonitored() {
  while (true) {
    zmq::message_t event;
    if (!monitor.recv(event, zmq::recv_flags::dontwait)) return;
    zmq::message_t address;
    if (event.more() && !monitor.recv(address, zmq::recv_flags::dontwait)) return;
    std::uint16_t kind = 0;
    if (event.size() < sizeof(kind)) continue;
    std::memcpy(&kind, event.data(), sizeof(kind));
    if (kind == ZMQ_EVENT_ACCEPTED) {
      ++counts.accepted;
    } else if (kind == ZMQ_EVENT_DISCONNECTED) {
      ++counts.disconnected;
    } else {
      ++counts.failed_handshakes;
    }
  }
}

std::optional<LinkId> Router::Sockets::LinkOf(const std::string& routing_id,
                                              const std::string& key) {
  const auto known = links.find(routing_id);
  if (known != links.end()) {
    const LinkId link = known->second;
    if (routing.at(link.value()).key == key) return link;
    // Another's address before: what is meant for that one must not come here.
    Forget(link);
  }
  if (const auto older = of_key.find(key);
      older != of_key.end() && older->second.size() >= kLinksOfKeyMax)
    Forget(LinkId(older->second.front()));
  if (links.size() >= kLinksMax) return std::nullopt;
  const LinkId link(++last_link);
  links.emplace(routing_id, link);
  routing.emplace(link.value(), Link{routing_id, key, UnreadOf(keys.at(key))});
  of_key[key].push_back(link);
  return link;
}

std::shared_ptr<UnreadBytes::Host> Router::Sockets::UnreadOf(const HostId& host) {
  auto& unread_bytes = unread_of[host];
  if (unread_bytes == nullptr) unread_bytes = std::make_shared<UnreadBytes::Host>();
  return unread_bytes;
}

void Router::Sockets::Forget(LinkId link) {
  const auto known = routing.find(link.value());
  if (known == routing.end()) return;
  const auto siblings = of_key.find(known->second.key);
  std::erase(siblings->second, link);
  if (siblings->second.empty()) of_key.erase(siblings);
  links.erase(known->second.routing_id);
  routing.erase(known);
}

// One message, or nothing if none is waiting. What is not [routing id of libzmq's][payload of a
// known user] is dropped.
std::optional<Inbound> Router::Sockets::Receive() {
  while (true) {
    zmq::message_t routing_id;
    if (!router.recv(routing_id, zmq::recv_flags::dontwait)) return std::nullopt;
    zmq::message_t payload;
    std::size_t parts = 1;
    bool more = routing_id.more();
    while (more) {
      zmq::message_t part;
      if (!router.recv(part, zmq::recv_flags::dontwait)) break;
      more = part.more();
      if (++parts == 2) payload = std::move(part);
    }
    // The User-Id stands on the payload frame: the routing id loses it once zmq_poll has looked.
    const bool ours = parts == 2 && MadeByLibzmq(routing_id);
    const char* const user = ours ? zmq_msg_gets(payload.handle(), "User-Id") : nullptr;
    const auto known = user == nullptr ? keys.end() : keys.find(user);
    const auto link =
        known == keys.end() ? std::nullopt : LinkOf(routing_id.to_string(), known->first);
    if (!link) {
      ++counts.dropped_frames;
      continue;
    }
    const ByteView frame(payload.data<std::uint8_t>(), payload.size());
    TapFrame(frame);
    return Inbound{*link, known->second, ToBytes(frame)};
  }
}

Router::Router(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}
Router::~Router() = default;

Result<std::unique_ptr<Router>> Router::Bind(const RouterOptions& options) {
  try {
    auto sockets = std::make_unique<Sockets>(options.io_threads);
    sockets->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (sockets->wake < 0) return Fail(FaultCode::kIo, "no event descriptor could be made");
    sockets->Listen(options);
    return std::unique_ptr<Router>(new Router(std::move(sockets)));
  } catch (const zmq::error_t& error) {
    return Fail(FaultCode::kUnavailable,
                "cannot listen at " + options.endpoint + ": " + error.what());
  }
}

void Router::SetKeys(std::map<std::string, HostId> keys) {
  Sockets& s = *sockets_;
  std::vector<LinkId> cut;
  for (const auto& [link, peer] : s.routing) {
    const auto after = keys.find(peer.key);
    if (after == keys.end() || after->second != s.keys.at(peer.key)) cut.push_back(LinkId(link));
  }
  for (const LinkId link : cut) Forget(link);
  s.keys = std::move(keys);
  std::set<HostId> hosts;
  for (const auto& [key, host] : s.keys) hosts.insert(host);
  std::erase_if(s.unread_of, [&](const auto& of_host) { return !hosts.contains(of_host.first); });
}

std::vector<Inbound> Router::Poll(std::chrono::milliseconds timeout, std::size_t count_max) {
  Sockets& s = *sockets_;
  std::array<zmq::pollitem_t, 4> items = {{{s.router.handle(), 0, ZMQ_POLLIN, 0},
                                           {s.zap.handle(), 0, ZMQ_POLLIN, 0},
                                           {s.monitor.handle(), 0, ZMQ_POLLIN, 0},
                                           {nullptr, s.wake, ZMQ_POLLIN, 0}}};
  zmq::poll(items.data(), items.size(), timeout);
  std::uint64_t woken = 0;
  if ((items[3].revents & ZMQ_POLLIN) != 0 && read(s.wake, &woken, sizeof(woken)) < 0) woken = 0;
  s.ServeZap();
  s.CountMonitored();
  std::vector<Inbound> inbound;
  std::size_t bytes = 0;
  while (inbound.size() < count_max && bytes < kPolledBytesMax) {
    auto message = s.Receive();
    if (!message) break;
    bytes += message->payload.size();
    inbound.push_back(*std::move(message));
  }
  return inbound;
}

Sent Router::Send(LinkId link, ByteView payload) {
  Sockets& s = *sockets_;
  const auto known = s.routing.find(link.value());
  if (known == s.routing.end()) return Sent::kGone;
  const Sockets::Link& to = known->second;
  if (!s.unread->Take(*to.unread, payload.size())) return Sent::kBlocked;
  zmq::message_t frame = UnreadFrame::Message(payload, s.unread, to.unread);
  TapFrame(payload);
  try {
    const auto flags = zmq::send_flags::dontwait;
    if (!s.router.send(zmq::buffer(to.routing_id), flags | zmq::send_flags::sndmore))
      return Sent::kBlocked;
    CHECK(s.router.send(std::move(frame), flags).has_value());
    return Sent::kYes;
  } catch (const zmq::error_t& error) {
    if (error.num() != EHOSTUNREACH) throw;
    s.Forget(link);
    return Sent::kGone;
  }
}

std::size_t Router::Queued(LinkId link) const {
  const auto known = sockets_->routing.find(link.value());
  return known == sockets_->routing.end() ? 0 : sockets_->unread->Of(*known->second.unread);
}

void Router::Forget(LinkId link) { sockets_->Forget(link); }

void Router::Wake() {
  const std::uint64_t one = 1;
  // Full means that a wake-up is already waiting.
  if (write(sockets_->wake, &one, sizeof(one)) < 0) return;
}

const std::string& Router::endpoint() const { return sockets_->endpoint; }
const RouterCounts& Router::counts() const { return sockets_->counts; }
std::size_t Router::links() const { return sockets_->routing.size(); }

}  // namespace havenline
