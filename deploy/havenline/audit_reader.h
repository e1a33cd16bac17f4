// Parts of the audit log that are not this host's own, read as an auditor: first the look, which is
// an entry, then the parts, each held to the log that the broker signed.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "deploy/havenline/broker_link.h"
#include "deploy/havenline/log_fetch.h"
#include "schema/audit/filter.h"
#include "schema/base/result.h"
#include "schema/model/look.h"
#include "schema/seal/signing.h"

namespace havenline {

// Who looks, and what for.
struct Auditor {
  AgencyId agency;
  Role role;
  Pseudonym person;
  LookReason reason = LookReason::kRoutine;
  const seal::SigningKey& key;  // The agency's receipt key.
};

struct AuditFact {
  LogIndex index{0};
  audit::Event event;
};

struct AuditFindings {
  std::vector<AuditFact> facts;       // In the log's order; at most as many as asked for.
  bool more = false;                  // There are further ones.
  std::uint64_t entries = 0;          // That were looked at.
  std::uint64_t nothing_read = 0;     // Of these: with no part that this role may read.
  std::vector<std::string> problems;  // What the log does not prove, in words.
};

struct AuditRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::size_t facts_max = 0;
};

// Of the entries under the checkpoint of `log`. kInvalid: the broker does not take the look; the
// words say why it may not.
Result<AuditFindings> SearchLog(BrokerLink& link, const SignedLog& log, const Auditor& auditor,
                                const AuditRange& range, const audit::Filter& filter);

}  // namespace havenline
