// Answers to fetches: documents, leaves, proofs, parts, statements, status. Reads only.

#pragma once

#include <functional>
#include <span>
#include <string>

#include "broker/deliver/reader.h"
#include "broker/pipeline/events.h"
#include "schema/model/frame.h"

namespace havenline {

struct FetchParts {
  const StoreReader& reader;
  const Published& published;
  const HostId& host;
  LogHead head;
  std::span<const LookTaken> looks;     // That this session may still read by.
  std::function<std::string()> status;  // JSON; asked only for an operator's link.
};

// One answer for "not yours" and "not there": no pieces.
DocumentFrame AnswerFetch(const Fetch& fetch, const FetchParts& parts);

}  // namespace havenline
