// Notices with a held grant, for tests of the broker: the agents' own sealing is turned into one.

#pragma once

#include "schema/seal/digests.h"
#include "tests/fakes/test_broker.h"

namespace havenline {

// A notice to schools A and B, of which B's grant is held and watches A's. `by` must not be before
// A's own deadline, eight hours after the sealing.
inline Composed HeldNotice(TestBroker& broker, Condition::Kind kind, TimePoint by,
                           const SealingView& view = {}) {
  Forge forge(broker.Notice(view, {kSchoolA, kSchoolB}).envelope);
  ClearPart& held = forge.grant(1).clear;
  held.number.reset();
  held.acknowledge_by.reset();
  held.condition = {kind, seal::GrantDigest(forge.grant(0)),
                    kind == Condition::Kind::kUnacknowledged ? by : TimePoint()};
  return ComposedOf(forge.Whole(broker.partnership()));
}

inline Digest GrantOf(const Composed& notice, std::size_t grant) {
  return seal::GrantDigest(notice.envelope.grants.at(grant));
}

}  // namespace havenline
