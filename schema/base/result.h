// Result<T>: a value, or the fault that prevented it.
//
// Three kinds of "no", kept apart everywhere:
//   rejection  the message may not pass. Data, not an error: it ends in a signed receipt.
//   fault      the world failed us (disk, network, corrupt bytes). A Result; the caller must look.
//   bug        we broke our own rule. CHECK: abort, because a broken broker must not sign.

#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace havenline {

enum class FaultCode : std::uint8_t {
  kCorrupt,  // Stored or received bytes contradict their own format. Never retried.
  kInvalid,  // What a person wrote (a file, an option) cannot be used; detail says where and why.
  kMissing,  // What was asked for is not there.
  kUnavailable,  // May work later: timeout, full queue, busy peer.
  kIo,           // The disk said no. Fatal where something was promised durable.
};

struct Fault {
  FaultCode code;
  // For the operator: what, where, what to do. Never a person's data, never sent to a peer.
  std::string detail;
};

template <class T>
using Result = tl::expected<T, Fault>;

inline tl::unexpected<Fault> Fail(FaultCode code, std::string detail) {
  return tl::unexpected<Fault>(Fault{code, std::move(detail)});
}

}  // namespace havenline

// Evaluates a Result; on a fault returns it from the enclosing function.
//
//   RETURN_IF_FAULT(Write(file));
//   ASSIGN_OR_RETURN(auto text, Read(file));
#define RETURN_IF_FAULT(expression)                                          \
  do {                                                                       \
    if (auto checked = (expression); !checked) {                             \
      return tl::unexpected<::havenline::Fault>(std::move(checked).error()); \
    }                                                                        \
  } while (false)

#define HAVENLINE_JOIN_INNER(a, b) a##b
#define HAVENLINE_JOIN(a, b) HAVENLINE_JOIN_INNER(a, b)
#define ASSIGN_OR_RETURN(declaration, expression) \
  HAVENLINE_ASSIGN(HAVENLINE_JOIN(result_at_line_, __LINE__), declaration, expression)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
#define HAVENLINE_ASSIGN(result, declaration, expression)                            \
  auto result = (expression);                                                        \
  if (!result) return tl::unexpected<::havenline::Fault>(std::move(result).error()); \
  declaration = *std::move(result)
// NOLINTEND(bugprone-macro-parentheses)
