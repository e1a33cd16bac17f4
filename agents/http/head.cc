#include "agents/http/head.h"

#include <algorithm>
#include <array>
#include <utility>

namespace havenline {
namespace {

constexpr std::array<std::string_view, 9> kOnlyOnce = {
    "Authorization", "Content-Encoding", "Content-Length", "Content-Type",     "Expect",
    "Host",          "Origin",           "Sec-Fetch-Site", "Transfer-Encoding"};

bool Repeats(const HttpHeaders& headers, std::string_view name) {
  return std::ranges::count_if(headers, [&](const auto& header) {
           return EqualIgnoringCase(header.first, name);
         }) > 1;
}

bool IsNumber(std::string_view text) {
  constexpr std::size_t kDigitsMax = 18;  // Fits 63 bits whatever the digits.
  return !text.empty() && text.size() <= kDigitsMax &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool FramingHolds(const HttpHeaders& headers, bool http_1_1) {
  for (const std::string_view name : kOnlyOnce) {
    if (Repeats(headers, name)) return false;
  }
  const auto length = FindHeader(headers, "Content-Length");
  const auto encoding = FindHeader(headers, "Transfer-Encoding");
  if (length && encoding) return false;
  if (length && !IsNumber(*length)) return false;
  // HTTP/1.0 has no chunks: something between us and the sender disagrees about where this ends.
  return !encoding || (http_1_1 && EqualIgnoringCase(*encoding, "chunked"));
}

bool IsOurs(std::string_view host, const HeadFacts& facts) {
  constexpr std::uint16_t kHttpPort = 80;  // The one that a Host header may leave out.
  return std::ranges::any_of(facts.own_names, [&](const std::string& name) {
    if (facts.port == kHttpPort && EqualIgnoringCase(host, name)) return true;
    return EqualIgnoringCase(host, name + ":" + std::to_string(facts.port));
  });
}

bool IsSameOrigin(const HttpHeaders& headers, std::string_view host) {
  const auto origin = FindHeader(headers, "Origin");
  if (origin && !EqualIgnoringCase(*origin, "http://" + std::string(host))) return false;
  const auto site = FindHeader(headers, "Sec-Fetch-Site");
  return !site || *site == "same-origin" || *site == "none";
}

}  // namespace

HttpResponse AnswerTo(Refusal refusal) {
  switch (refusal) {
    case Refusal::kMalformed:
      return ErrorResponse(400, "malformed", "The request is not well-formed HTTP/1.1.");
    case Refusal::kCrossOrigin:
      return ErrorResponse(403, "cross-origin", "A web page may not call this port.");
    case Refusal::kBodyTooLarge:
      return ErrorResponse(413, "body-too-large",
                           "The body is larger than this port takes, which is 6 MiB: twice the "
                           "largest message. Write text as UTF-8 instead of \\u escapes, shorten "
                           "the longest sections, or send two messages. A report goes by the drop "
                           "folder.");
    case Refusal::kContentEncoding:
      return ErrorResponse(415, "content-encoding",
                           "Send the body as it is, without Content-Encoding.");
    case Refusal::kExpectation:
      return ErrorResponse(417, "expectation", "The only expectation met here is 100-continue.");
    case Refusal::kHost:
      return ErrorResponse(421, "wrong-host",
                           "The Host header must name this machine as localhost or by its loopback "
                           "address, with this port.");
    case Refusal::kHeadTooLarge:
      return ErrorResponse(431, "head-too-large",
                           "The request line and headers are longer than this port takes.");
    case Refusal::kFailed:
      break;
    case Refusal::kBusy:
      return ErrorResponse(503, "busy", "Too many connections are open: close some, or try again.");
  }
  return ErrorResponse(500, "failed", "The agent failed to answer this request.");
}

HeadScanner::State HeadScanner::Scan(std::string_view received) {
  while (!complete_ && scanned_ < received.size()) {
    if (scanned_ == bytes_max_) return State::kTooLarge;
    if (!Accept(received[scanned_])) return State::kMalformed;
    ++scanned_;
  }
  return complete_ ? State::kComplete : State::kPartial;
}

bool HeadScanner::Accept(char c) {
  if (c == '\n') {
    if (!after_cr_) return false;
    complete_ = line_ == 1;
    after_cr_ = false;
    line_ = 0;
    return !complete_ || scanned_ > 1;  // An empty first line is not a request.
  }
  if (after_cr_) return false;
  if (line_ == 0 && (c == ' ' || c == '\t')) return false;
  after_cr_ = c == '\r';
  ++line_;
  return after_cr_ || IsHeaderValue({&c, 1});
}

std::optional<Refusal> CheckHead(const HttpHeaders& headers, const HeadFacts& facts) {
  const auto host = FindHeader(headers, "Host");
  if (!host || !FramingHolds(headers, facts.http_1_1)) return Refusal::kMalformed;
  if (!IsOurs(*host, facts)) return Refusal::kHost;
  if (!IsSameOrigin(headers, *host)) return Refusal::kCrossOrigin;
  if (FindHeader(headers, "Content-Encoding")) return Refusal::kContentEncoding;
  const auto expect = FindHeader(headers, "Expect");
  if (expect && !EqualIgnoringCase(*expect, "100-continue")) return Refusal::kExpectation;
  return std::nullopt;
}

}  // namespace havenline
