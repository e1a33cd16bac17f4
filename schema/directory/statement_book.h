// StatementBook: the newest statement of each agency, and what its recipient keys are good for.
// A value; copy it to keep a snapshot. Not thread-safe while Apply() runs.

#pragma once

#include <map>
#include <optional>

#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/model/statement.h"
#include "schema/seal/signing.h"

namespace havenline {

class StatementBook {
 public:
  // Takes a statement whose signature holds, if it follows the agency's last: counter one higher,
  // naming its hash. A repeat of the last is taken again in silence (returns false). kInvalid
  // otherwise.
  Result<bool> Apply(const SignedStatement& statement);

  // At an agent, which may have missed some: takes any newer one, without the chain.
  bool ApplyNewer(const SignedStatement& statement);

  const AgencyStatement* Find(const AgencyId& agency) const;

  // The key to seal to: the current one of the highest epoch.
  struct Recipient {
    SealPublicKey key{};
    KeyId id;
    std::uint64_t statement = 0;  // The counter.
  };
  std::optional<Recipient> RecipientOf(const AgencyId& agency, const Role& role) const;

  // What the newest statement says of a key; nothing if it does not name it.
  std::optional<RecipientKey::State> StateOf(const AgencyId& agency, const Role& role,
                                             const KeyId& key) const;

 private:
  struct Known {
    AgencyStatement statement;
    Digest hash{};
  };
  std::map<AgencyId, Known> known_;
};

// What an agency signs: Ed25519("havenline/1/statement" ‖ bytes).
Signature SignStatement(const seal::SigningKey& key, ByteView statement_bytes);
bool StatementHolds(const seal::VerifyKey& key, const SignedStatement& statement);

}  // namespace havenline
