// The partnership that `havenline bench` measures with: senders, recipients and a policy of its
// own, made for the purpose. A real one is never measured: its desks would get notices about
// children who do not exist.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "agents/link/dealer.h"
#include "policy/policy.h"
#include "schema/base/bytes.h"
#include "schema/base/result.h"
#include "schema/directory/directory.h"
#include "schema/directory/statement_book.h"
#include "schema/model/ids.h"
#include "schema/model/statement.h"
#include "schema/seal/seal_key.h"
#include "schema/seal/signing.h"

namespace havenline::bench {

inline constexpr const char* kPartnership = "bench";
inline constexpr const char* kRecipientRole = "school";
// As many agencies as a directory has room for, roughly.
inline constexpr std::size_t kCrowdMax = 2'400;

// What is measured with; what of it the policy says cannot be changed once it is made.
struct Shape {
  std::size_t senders = 1;
  std::size_t recipients = 1;  // Of each message.
  // Not zero: so many hosts of one agency each, and a message goes to one of them, the next to the
  // next. `recipients` is 1 then.
  std::size_t crowd = 0;
  bool hosted = false;             // All recipients are agencies of one host.
  bool normal_lane = false;        // Else urgent, as an Operation Encompass notice is.
  std::size_t verify_workers = 1;  // Of the broker.
  std::string listen;              // tcp://address:port
};

// An agency's first statement, with one key of its one role; as submitted.
Bytes FirstStatement(AgencyStatement statement, const SealPublicKey& recipient,
                     const seal::SigningKey& key);

// Makes everything below a new or empty folder: the partnership in <folder>/partnership, and what
// its recipients state of their keys in <folder>/statements.
Result<void> MakePartnership(const Shape& shape, const std::filesystem::path& folder);

// A free port of this machine's loopback, as an endpoint.
Result<std::string> FreeEndpoint();

// One agency's part in the measurement.
struct Party {
  AgencyId agency;
  seal::SigningKey key;  // A sender's for envelopes, a recipient's for receipts.
};

// One link: a sender, or the host of one or more recipients.
struct HostLink {
  DealerOptions dealer;
  std::vector<Party> parties;
  std::vector<Bytes> statements;  // Of its agencies' keys, as submitted.
};

// To which of a crowd's hosts a sender's message goes. Each gets one in turn, and neighbours none
// soon after each other, so that any part of the crowd gets its part of any time.
std::size_t HostOfMessage(std::size_t message, std::size_t crowd);

struct LoadedPartnership {
  Shape shape;
  Directory directory;
  policy::Policy policy;
  StatementBook statements;
  std::vector<HostLink> senders;
  std::vector<HostLink> recipients;
  std::filesystem::path operator_file;
  std::filesystem::path broker_file;
};

// kInvalid if the folder was not made by MakePartnership(), or for fewer senders or recipients.
Result<LoadedPartnership> LoadPartnership(const Shape& shape, const std::filesystem::path& folder);

}  // namespace havenline::bench
