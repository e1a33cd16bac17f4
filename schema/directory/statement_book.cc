#include "schema/directory/statement_book.h"

#include <algorithm>
#include <utility>

#include "schema/seal/hash.h"
#include "schema/seal/joined.h"

namespace havenline {
namespace {

seal::Joined StatementText(ByteView bytes) {
  return seal::Joined(seal::LabelOf(seal::Purpose::kStatement)).Add(bytes);
}

}  // namespace

Result<bool> StatementBook::Apply(const SignedStatement& statement) {
  const AgencyStatement& value = statement.statement;
  const Digest hash = seal::Sha256(statement.bytes);
  const auto at = known_.find(value.agency);
  const std::uint64_t last = at == known_.end() ? 0 : at->second.statement.counter;
  if (at != known_.end() && at->second.hash == hash) return false;
  if (value.counter != last + 1) {
    return Fail(FaultCode::kInvalid, "statement " + std::to_string(value.counter) +
                                         " does not follow: " + std::to_string(last + 1) +
                                         " is next");
  }
  const Digest expected = at == known_.end() ? Digest{} : at->second.hash;
  if (value.previous != expected)
    return Fail(FaultCode::kInvalid, "the statement does not name the one before it");
  known_.insert_or_assign(value.agency, Known{value, hash});
  return true;
}

bool StatementBook::ApplyNewer(const SignedStatement& statement) {
  const AgencyStatement& value = statement.statement;
  const AgencyStatement* const known = Find(value.agency);
  if (known != nullptr && known->counter >= value.counter) return false;
  known_.insert_or_assign(value.agency, Known{value, seal::Sha256(statement.bytes)});
  return true;
}

const AgencyStatement* StatementBook::Find(const AgencyId& agency) const {
  const auto at = known_.find(agency);
  return at == known_.end() ? nullptr : &at->second.statement;
}

std::optional<StatementBook::Recipient> StatementBook::RecipientOf(const AgencyId& agency,
                                                                   const Role& role) const {
  const AgencyStatement* const statement = Find(agency);
  if (statement == nullptr) return std::nullopt;
  const RecipientKey* newest = nullptr;
  for (const RecipientKey& key : statement->keys) {
    if (key.role != role || key.state != RecipientKey::State::kCurrent) continue;
    if (newest == nullptr || key.epoch > newest->epoch) newest = &key;
  }
  if (newest == nullptr) return std::nullopt;
  return Recipient{newest->key, seal::KeyIdOf("seal", newest->key), statement->counter};
}

std::optional<RecipientKey::State> StatementBook::StateOf(const AgencyId& agency, const Role& role,
                                                          const KeyId& key) const {
  const AgencyStatement* const statement = Find(agency);
  if (statement == nullptr) return std::nullopt;
  for (const RecipientKey& candidate : statement->keys) {
    if (candidate.role == role && seal::KeyIdOf("seal", candidate.key) == key)
      return candidate.state;
  }
  return std::nullopt;
}

Signature SignStatement(const seal::SigningKey& key, ByteView statement_bytes) {
  return key.Sign(StatementText(statement_bytes).bytes());
}

bool StatementHolds(const seal::VerifyKey& key, const SignedStatement& statement) {
  return seal::Verify(key, StatementText(statement.bytes).bytes(), statement.signature);
}

}  // namespace havenline
