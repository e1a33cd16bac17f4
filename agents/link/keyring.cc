#include "agents/link/keyring.h"

#include <algorithm>

#include "agents/link/rows.h"
#include "deploy/runtime/files.h"
#include "schema/base/check.h"
#include "schema/directory/statement_book.h"
#include "schema/seal/hash.h"
#include "schema/seal/key_text.h"
#include "schema/wire/statement_codec.h"

namespace havenline {
namespace {

using rows::RowView;
using text::Value;

constexpr std::size_t kKeyFileMax = 1024;
constexpr const char* kStatementPrefix = "statement/";
constexpr const char* kKeyPrefix = "key/";

std::string StatementKey(const AgencyId& agency) { return kStatementPrefix + agency.value(); }

std::string KeyRow(const AgencyId& agency, const Role& role, std::uint32_t epoch) {
  return kKeyPrefix + agency.value() + "|" + role.value() + "|" + NumberText(epoch);
}

Result<std::optional<seal::SigningKey>> ReadSigningKey(const std::filesystem::path& path,
                                                       seal::Purpose purpose) {
  auto bytes = ReadSecretFile(path, kKeyFileMax);
  if (!bytes && bytes.error().code == FaultCode::kMissing) return std::nullopt;
  if (!bytes) return tl::unexpected<Fault>(std::move(bytes).error());
  const seal::SecretBytes wiped(*std::move(bytes));
  const auto key = seal::KeyFromText(seal::NameOf(purpose), AsText(wiped.ExposeSecret()));
  if (!key) return Fail(FaultCode::kInvalid, path.string() + ": " + key.error().detail);
  return seal::SigningKey::FromSeed(key->ExposeSecret());
}

}  // namespace

Result<std::unique_ptr<Keyring>> Keyring::Load(const PartnershipId& partnership,
                                               std::vector<OwnAgency> agencies,
                                               const AgentStore& store) {
  auto keyring = std::make_unique<Keyring>();
  keyring->partnership_ = partnership;
  keyring->agencies_ = std::move(agencies);
  for (const OwnAgency& agency : keyring->agencies_) {
    for (const seal::Purpose purpose :
         {seal::Purpose::kEnvelope, seal::Purpose::kReceipt, seal::Purpose::kVoid,
          seal::Purpose::kRecall, seal::Purpose::kStatement}) {
      const auto path = agency.keys / (std::string(seal::NameOf(purpose)) + ".key");
      ASSIGN_OR_RETURN(auto key, ReadSigningKey(path, purpose));
      if (key) keyring->signing_[agency.id].emplace(purpose, *std::move(key));
    }
  }
  RETURN_IF_FAULT(keyring->LoadStored(store));
  return keyring;
}

Result<void> Keyring::LoadStored(const AgentStore& store) {
  bool good = true;
  RETURN_IF_FAULT(store.Scan(Table::kKeys, kKeyPrefix, [&](std::string_view, const Value& row) {
    RowView view(row);
    const AgencyId agency(view.Text("agency"));
    const Role role(view.Text("role"));
    const auto epoch = static_cast<std::uint32_t>(view.Integer("epoch"));
    const auto state = static_cast<RecipientKey::State>(view.Integer("state"));
    const seal::Secret<32> secret(view.Array<32>("private"));
    good = good && view.ok();
    held_[agency].push_back(
        {role, epoch, state, seal::SealKey::FromPrivate(secret.ExposeSecret())});
    return good;
  }));
  RETURN_IF_FAULT(
      store.Scan(Table::kKeys, kStatementPrefix, [&](std::string_view, const Value& row) {
        RowView view(row);
        const Bytes bytes = view.Binary("bytes");
        auto statement = wire::ParseSignedStatement(bytes);
        good = good && view.ok() && statement.has_value();
        if (!good) return false;
        const AgencyId agency = statement->statement.agency;
        const std::uint64_t counter = statement->statement.counter;
        if (!view.Bool("taken")) pending_.push_back({agency, counter, bytes});
        const Digest hash = seal::Sha256(statement->bytes);
        stated_.insert_or_assign(agency, Stated{*std::move(statement), hash});
        return true;
      }));
  if (!good) return rows::Corrupt("key");
  return {};
}

const seal::SigningKey* Keyring::Signing(const AgencyId& agency, seal::Purpose purpose) const {
  const auto keys = signing_.find(agency);
  if (keys == signing_.end()) return nullptr;
  const auto key = keys->second.find(purpose);
  return key == keys->second.end() ? nullptr : &key->second;
}

KeyId Keyring::SigningId(const AgencyId& agency, seal::Purpose purpose) const {
  const seal::SigningKey* const key = Signing(agency, purpose);
  CHECK(key != nullptr);
  return seal::KeyIdOf(seal::NameOf(purpose), key->public_key());
}

const seal::SealKey* Keyring::Recipient(const AgencyId& agency, const Role& role,
                                        const KeyId& id) const {
  const auto keys = held_.find(agency);
  if (keys == held_.end()) return nullptr;
  for (const Held& held : keys->second) {
    if (held.role == role && held.key.id() == id) return &held.key;
  }
  return nullptr;
}

bool Keyring::IsOwn(const AgencyId& agency) const {
  return std::ranges::find(agencies_, agency, &OwnAgency::id) != agencies_.end();
}

void Keyring::PutKey(const AgencyId& agency, const Held& held, StoreBatch& batch) const {
  batch.Put(Table::kKeys, KeyRow(agency, held.role, held.epoch),
            Value::Map()
                .Set("agency", agency.value())
                .Set("role", held.role.value())
                .Set("epoch", held.epoch)
                .Set("state", static_cast<int>(held.state))
                .Set("private", rows::Encode(held.key.ExposePrivate())));
}

Result<void> Keyring::AddKey(const AgencyId& agency, const Role& role, seal::RandomSource& random,
                             StoreBatch& batch) {
  std::uint32_t epoch = 0;
  for (const Held& held : held_[agency]) {
    if (held.role == role) epoch = std::max(epoch, held.epoch);
  }
  held_[agency].push_back(
      {role, epoch + 1, RecipientKey::State::kCurrent, seal::SealKey::Generate(random)});
  PutKey(agency, held_[agency].back(), batch);
  return {};
}

AgencyStatement Keyring::Describe(const OwnAgency& agency, TimePoint now) const {
  AgencyStatement statement;
  statement.partnership = partnership_;
  statement.agency = agency.id;
  statement.time = now;
  const auto held = held_.find(agency.id);
  if (held != held_.end()) {
    for (const Held& each : held->second) {
      statement.keys.push_back({each.role, each.epoch, each.key.public_key(), each.state});
    }
  }
  statement.telephone = agency.telephone;
  statement.calendar = agency.calendar;
  statement.key = SigningId(agency.id, seal::Purpose::kStatement);
  return statement;
}

Result<void> Keyring::State(const OwnAgency& agency, TimePoint now, StoreBatch& batch) {
  const seal::SigningKey* const key = Signing(agency.id, seal::Purpose::kStatement);
  if (key == nullptr) {
    return Fail(FaultCode::kInvalid, "there is no statement.key in " + agency.keys.string());
  }
  SignedStatement next;
  next.statement = Describe(agency, now);
  const auto last = stated_.find(agency.id);
  if (last != stated_.end()) {
    next.statement.counter = last->second.statement.statement.counter;
    next.statement.previous = last->second.statement.statement.previous;
    next.statement.time = last->second.statement.statement.time;
    if (next.statement == last->second.statement.statement) return {};  // Nothing new to say.
    next.statement.previous = last->second.hash;
    next.statement.time = now;
  }
  ++next.statement.counter;
  next.bytes = wire::EncodeStatement(next.statement);
  next.signature = SignStatement(*key, next.bytes);
  const Bytes bytes = wire::EncodeSignedStatement(next);
  std::erase_if(pending_, [&](const PendingStatement& pending) {
    return pending.agency == agency.id && pending.counter == next.statement.counter;
  });
  pending_.push_back({agency.id, next.statement.counter, bytes});
  // The one before may not have been taken yet: the log wants them all, in order.
  batch.Put(Table::kKeys, StatementKey(agency.id) + "|" + NumberText(next.statement.counter),
            Value::Map().Set("bytes", rows::Encode(bytes)).Set("taken", false));
  stated_.insert_or_assign(agency.id, Stated{next, seal::Sha256(next.bytes)});
  return {};
}

Result<void> Keyring::EnsureStated(TimePoint now, seal::RandomSource& random, StoreBatch& batch) {
  for (const OwnAgency& agency : agencies_) {
    for (const Role& role : agency.receives) {
      const auto& held = held_[agency.id];
      const bool has = std::ranges::any_of(held, [&](const Held& each) {
        return each.role == role && each.state == RecipientKey::State::kCurrent;
      });
      if (!has) RETURN_IF_FAULT(AddKey(agency.id, role, random, batch));
    }
    RETURN_IF_FAULT(State(agency, now, batch));
  }
  return {};
}

Result<void> Keyring::RollTo(const AgencyId& agency, RecipientKey::State old_state,
                             seal::RandomSource& random, StoreBatch& batch) {
  const auto own = std::ranges::find(agencies_, agency, &OwnAgency::id);
  if (own == agencies_.end()) return Fail(FaultCode::kMissing, "no such agency on this host");
  for (Held& held : held_[agency]) {
    if (held.state == RecipientKey::State::kCompromised) continue;
    held.state = std::max(held.state, old_state);
    PutKey(agency, held, batch);
  }
  for (const Role& role : own->receives) RETURN_IF_FAULT(AddKey(agency, role, random, batch));
  return {};
}

Result<void> Keyring::Roll(const AgencyId& agency, TimePoint now, seal::RandomSource& random,
                           StoreBatch& batch) {
  RETURN_IF_FAULT(RollTo(agency, RecipientKey::State::kRetiring, random, batch));
  return State(*std::ranges::find(agencies_, agency, &OwnAgency::id), now, batch);
}

Result<void> Keyring::ReplaceCompromised(const AgencyId& agency, TimePoint now,
                                         seal::RandomSource& random, StoreBatch& batch) {
  RETURN_IF_FAULT(RollTo(agency, RecipientKey::State::kCompromised, random, batch));
  return State(*std::ranges::find(agencies_, agency, &OwnAgency::id), now, batch);
}

void Keyring::StateAgain(StoreBatch& batch) {
  for (const auto& [agency, stated] : stated_) {
    const std::uint64_t counter = stated.statement.statement.counter;
    const bool waits = std::ranges::any_of(pending_, [&](const PendingStatement& pending) {
      return pending.agency == agency && pending.counter == counter;
    });
    if (waits || !IsOwn(agency)) continue;
    pending_.push_back({agency, counter, wire::EncodeSignedStatement(stated.statement)});
    batch.Put(Table::kKeys, StatementKey(agency) + "|" + NumberText(counter),
              Value::Map().Set("bytes", rows::Encode(pending_.back().bytes)).Set("taken", false));
  }
}

void Keyring::Taken(const AgencyId& agency, std::uint64_t counter, StoreBatch& batch) {
  for (const PendingStatement& pending : pending_) {
    if (pending.agency != agency || pending.counter != counter) continue;
    batch.Put(Table::kKeys, StatementKey(agency) + "|" + NumberText(counter),
              Value::Map().Set("bytes", rows::Encode(pending.bytes)).Set("taken", true));
  }
  std::erase_if(pending_, [&](const PendingStatement& pending) {
    return pending.agency == agency && pending.counter == counter;
  });
}

}  // namespace havenline
