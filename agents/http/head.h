// The head of a request: how it must be framed, and from whom it may come. Stricter than the parser
// behind it, which lets through what only an attack or a broken program writes. Pure.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/http/message.h"

namespace havenline {

// Why the server itself refuses, before any handler. Each closes the connection.
enum class Refusal : std::uint8_t {
  kMalformed,        // 400
  kCrossOrigin,      // 403
  kBodyTooLarge,     // 413
  kContentEncoding,  // 415
  kExpectation,      // 417
  kHost,             // 421
  kHeadTooLarge,     // 431
  kFailed,           // 500: the handler threw, or answered what cannot be sent.
  kBusy,             // 503
};

// Constant texts: nothing of the request comes back.
HttpResponse AnswerTo(Refusal refusal);

// Finds the end of a head in bytes that arrive in pieces, and looks at each byte once. Malformed
// are: an LF or CR alone, a control character, a folded or an empty first line.
class HeadScanner {
 public:
  enum class State : std::uint8_t { kPartial, kComplete, kMalformed, kTooLarge };

  explicit HeadScanner(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // `received`: all bytes since the head's first, so what was passed before and perhaps more.
  State Scan(std::string_view received);

  // Once complete: its bytes, with the empty line that ends it.
  std::size_t size() const { return scanned_; }

 private:
  bool Accept(char c);

  std::size_t bytes_max_;
  std::size_t scanned_ = 0;
  std::size_t line_ = 0;  // Bytes of the line so far, CR included.
  bool after_cr_ = false;
  bool complete_ = false;
};

struct HeadFacts {
  bool http_1_1 = true;
  std::uint16_t port = 0;              // Our own.
  std::vector<std::string> own_names;  // What a Host header may call us: "localhost", "[::1]".
};

// The first rule that `headers` break, if any:
//   - no header twice that decides framing or trust; Host there;
//   - Content-Length a number, or Transfer-Encoding exactly "chunked", never both;
//   - Host one of our names with our port: a page that has made its own name resolve to 127.0.0.1
//     (DNS rebinding) still sends that name;
//   - Origin and Sec-Fetch-Site, which browsers send and pages cannot forge, absent or our own;
//   - no Content-Encoding, and no Expect but 100-continue.
std::optional<Refusal> CheckHead(const HttpHeaders& headers, const HeadFacts& facts);

}  // namespace havenline
