// A plain TCP connection that says exactly what a test wants said, and a listener that answers so.
// Every wait ends after a few seconds, so a server that hangs fails a test instead of stopping it.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "schema/base/thread.h"

namespace havenline {

class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port);
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection() { Close(); }

  // False once the peer has closed. Never raises SIGPIPE.
  bool Send(std::string_view text);
  void EndSending();
  void Close();

  // One answer, head and body, by its Content-Length; what follows it stays for the next call. What
  // there is, if the peer closes or says nothing more for 5 s.
  std::string ReadAnswer(bool has_body = true);

  // All until the peer closes; "(still open)" is added if it does not within `wait`.
  std::string ReadToEnd(std::chrono::milliseconds wait = std::chrono::seconds(5));

 private:
  bool ReadMore(std::chrono::milliseconds wait);  // False: closed or too late.

  int socket_;
  bool ended_ = false;
  std::string received_;
};

// Accepts one connection on a free port of 127.0.0.1, reads what it is first sent, says `answer`
// and closes after `delay`.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer,
                     std::chrono::milliseconds delay = std::chrono::milliseconds(0));
  ~OneAnswer();

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  std::uint16_t port_ = 0;
  int listener_;
  Thread thread_;
};

// A port of 127.0.0.1 on which nobody listens.
std::uint16_t ClosedPort();

// The status of an answer; 0 if it is none.
int StatusOf(std::string_view answer);

// A well-formed request with a Host of ours and `more` header lines (each with its CRLF).
std::string Request(std::uint16_t port, std::string_view method, std::string_view target,
                    std::string_view more = {}, std::string_view body = {});

}  // namespace havenline
