// A directory that is taken finds everything that it lists, and nothing in it is weak or doubled.

#include "schema/directory/directory.h"

#include <set>

#include "schema/base/check.h"
#include "schema/model/names.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

void CheckKeys(const Directory& directory) {
  std::set<seal::VerifyKey> keys;
  for (const Agency& agency : directory.agencies()) {
    for (const AgencyKey& key : agency.keys) {
      CHECK(seal::IsAcceptable(key.key) && keys.insert(key.key).second);
      CHECK(key.id == seal::KeyIdOf(seal::NameOf(key.purpose), key.key));
      const AgencyKey* const found = directory.FindKey(agency.id, key.purpose, key.id);
      CHECK(found == &key);
      const AgencyKey* const current = directory.CurrentKey(agency.id, key.purpose);
      CHECK(current == nullptr || current->state == KeyState::kCurrent);
      CHECK(key.state != KeyState::kCurrent || current != nullptr);
    }
  }
}

void CheckHosts(const Directory& directory) {
  std::set<CurveKey> keys = {directory.broker_curve()};
  std::size_t agencies = 0;
  for (const Host& host : directory.hosts()) {
    CHECK(IsName(host.id.value()) && directory.Find(host.id) == &host);
    for (const CurveKey& key : host.curve) {
      CHECK(IsCurveKey(key.value()) && keys.insert(key).second);
      CHECK(directory.HostOf(key) == &host);
    }
    agencies += directory.AgenciesOf(host.id).size();
  }
  CHECK(agencies == directory.agencies().size());  // Each has a host that is there.
}

}  // namespace

bool TryDirectory(ByteView input) {
  const auto directory = Directory::Parse(AsText(input), "fuzzed");
  if (!directory) {
    CheckFault(directory.error());
    return false;
  }
  const Governance& governance = directory->governance();
  CHECK(governance.threshold >= 1 && governance.threshold <= governance.keys.size());
  CHECK(IsName(directory->partnership().value()));
  CHECK(directory->version().hash == tlog::NoteTextHash(AsText(input)));
  for (const Agency& agency : directory->agencies())
    CHECK(IsName(agency.id.value()) && directory->Find(agency.id) == &agency);
  CheckKeys(*directory);
  CheckHosts(*directory);
  return true;
}

}  // namespace havenline::fuzz
