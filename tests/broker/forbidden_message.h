// A message that policy forbids in more ways than an answer can name: sealed to one school as it
// should be, then forged to open every section to many roles of which no rule says anything.

#pragma once

#include <string>
#include <vector>

#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/seal/hash.h"
#include "tests/fakes/signed_items.h"
#include "tests/fakes/test_broker.h"

namespace havenline {

struct ForbiddenMessage {
  Composed composed;
  std::size_t objections = 0;  // Distinct pairs of recipient and section that no rule allows.
};

// Puts a directory, a policy of 64 slots and a statement in force at the broker, by which the
// council holds so many more roles; and makes the message to all of them.
inline ForbiddenMessage MakeForbiddenMessage(TestBroker& broker,
                                             std::size_t roles = limits::kGrantsMax - 3) {
  std::vector<Role> held;
  std::string names;
  for (std::size_t i = 0; i < roles; ++i) {
    held.emplace_back("test-role-" + std::to_string(i));
    names += ", \"" + held.back().value() + "\"";
  }
  const auto with_roles = [&](const std::string& text) {
    return TestPartnership::Replace(text, "\"home-education\"", "\"home-education\"" + names);
  };
  CHECK(IsAccepted(broker.PublishDirectory(with_roles)));
  CHECK(IsAccepted(broker.PublishPolicy([](const std::string& text) {
    return TestPartnership::Replace(text, "slots = 8", "slots = 64");
  })));
  const TestPartnership& partnership = broker.partnership();
  const SignedStatement before = partnership.StatementOf(kCouncil);
  AgencyStatement statement = before.statement;
  statement.counter = 2;
  statement.previous = seal::Sha256(before.bytes);
  const RecipientKey key = statement.keys.front();
  for (const Role& role : held) {
    statement.keys.push_back(key);
    statement.keys.back().role = role;
  }
  CHECK(IsAccepted(broker.Offer(broker.Item(partnership.SignStatementOf(statement)))));

  SealingView view;
  view.directory = broker.committer().standing().directory.get();
  view.policy = broker.committer().standing().policy.get();
  Forge forge(broker.Notice(view, {kSchoolA}).envelope);
  const Grant allowed = forge.grant(0);
  for (const Role& role : held) {
    Grant grant = allowed;
    grant.clear.recipient = kCouncil;
    grant.clear.role = role;
    grant.clear.key = seal::KeyIdOf("seal", key.key);
    forge.envelope().grants.push_back(std::move(grant));
  }
  return {ComposedOf(forge.Whole(partnership)), roles * allowed.clear.openings.size()};
}

}  // namespace havenline
