#include "tests/agents/http/raw_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "schema/base/check.h"

namespace havenline {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* AsSocketAddress(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int BoundSocket(std::uint16_t& port) {
  const int bound = ::socket(AF_INET, SOCK_STREAM, 0);
  CHECK(bound >= 0);
  sockaddr_in address = Loopback(0);
  CHECK(bind(bound, AsSocketAddress(address), sizeof(address)) == 0);
  socklen_t size = sizeof(address);
  CHECK(getsockname(bound, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port = ntohs(address.sin_port);
  return bound;
}

bool SendAll(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = send(to, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// The length of the whole answer at the front of `received`, or npos if it is not all there.
std::size_t AnswerSize(const std::string& received, bool has_body) {
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const std::size_t head = received.find("\r\n\r\n");
  if (head == std::string::npos) return head;
  const std::size_t at = received.find(kLength);
  if (!has_body || at >= head) return head + 4;
  std::size_t body = 0;
  std::from_chars(received.data() + at + kLength.size(), received.data() + head, body);
  return received.size() < head + 4 + body ? std::string::npos : head + 4 + body;
}

}  // namespace

RawConnection::RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const sockaddr_in address = Loopback(port);
  CHECK(connect(socket_, AsSocketAddress(address), sizeof(address)) == 0);
}

bool RawConnection::Send(std::string_view text) { return SendAll(socket_, text); }

void RawConnection::EndSending() { shutdown(socket_, SHUT_WR); }

void RawConnection::Close() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
}

bool RawConnection::ReadMore(milliseconds wait) {
  pollfd waiting{socket_, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(std::max(wait.count(), milliseconds::rep{0}))) != 1) {
    return false;
  }
  std::array<char, 65536> bytes{};
  const ssize_t count = recv(socket_, bytes.data(), bytes.size(), 0);
  ended_ = count <= 0;
  if (!ended_) received_.append(bytes.data(), static_cast<std::size_t>(count));
  return !ended_;
}

std::string RawConnection::ReadAnswer(bool has_body) {
  while (AnswerSize(received_, has_body) == std::string::npos) {
    if (!ReadMore(std::chrono::seconds(5))) return std::exchange(received_, {});
  }
  const std::size_t size = AnswerSize(received_, has_body);
  std::string answer = received_.substr(0, size);
  received_.erase(0, size);
  return answer;
}

std::string RawConnection::ReadToEnd(milliseconds wait) {
  const auto deadline = steady_clock::now() + wait;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()) + milliseconds(1);
    if (!ReadMore(left)) break;
  }
  return std::exchange(received_, {}) + (ended_ ? "" : "(still open)");
}

OneAnswer::OneAnswer(std::string answer, milliseconds delay) : listener_(BoundSocket(port_)) {
  CHECK(listen(listener_, 1) == 0);
  thread_ = Thread("one-answer", [listener = listener_, answer = std::move(answer), delay] {
    const int peer = accept(listener, nullptr, nullptr);
    if (peer < 0) return;
    std::array<char, 65536> bytes{};
    (void)recv(peer, bytes.data(), bytes.size(), 0);
    SendAll(peer, answer);
    poll(nullptr, 0, static_cast<int>(delay.count()));
    close(peer);
  });
}

OneAnswer::~OneAnswer() {
  shutdown(listener_, SHUT_RDWR);  // Ends an accept that nobody met.
  thread_.Join();
  close(listener_);
}

std::uint16_t ClosedPort() {
  std::uint16_t port = 0;
  close(BoundSocket(port));
  return port;
}

int StatusOf(std::string_view answer) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (!answer.starts_with(kVersion)) return 0;
  int status = 0;
  const char* digits = answer.data() + kVersion.size();
  std::from_chars(digits, answer.data() + answer.size(), status);
  return status;
}

std::string Request(std::uint16_t port, std::string_view method, std::string_view target,
                    std::string_view more, std::string_view body) {
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1:");
  text.append(std::to_string(port)).append("\r\n").append(more);
  if (!body.empty())
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return text.append("\r\n").append(body);
}

}  // namespace havenline
