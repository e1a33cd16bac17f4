// An agent without its link in a partnership with witnesses, and a log for it to verify.

#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "agents/link/cosigner.h"
#include "schema/directory/witnesses.h"
#include "tests/fakes/test_agent.h"
#include "tests/fakes/test_log.h"

namespace havenline {

class WitnessFixture : public ::testing::Test {
 protected:
  static const std::vector<AgencyId>& Three() {
    static const std::vector<AgencyId> three = {kPolice, kSchoolA, kCouncil};
    return three;
  }

  WitnessFixture() { Begin(agent_); }

  // The directory with witnesses, version 2.
  std::string DirectoryNote(const std::vector<AgencyId>& witnesses = Three()) const {
    return partnership_.Sign(partnership_.WithWitnesses(
        partnership_.DirectoryText(2, tlog::NoteTextHash(partnership_.DirectoryText())), witnesses,
        2));
  }
  void Begin(TestAgent& agent) const { agent.Document(DocumentKind::kDirectory, DirectoryNote()); }
  Documents& documents() { return agent_.documents(); }

  // What the broker shows next, with these cosignatures below it.
  Result<bool> Show(std::uint64_t size, const std::vector<AgencyId>& cosigned = {},
                    TimePoint time = kNight, const TestLog& log = TestLog()) {
    std::string note = log.Checkpoint(partnership_, size);
    const std::string text = tlog::CheckpointText(kTestPartnership, log.HeadAt(size));
    for (const AgencyId& agency : cosigned)
      note += TestPartnership::WitnessOf(agency).Cosign(text, time).line;
    const std::uint64_t from = documents().head().size;
    return documents().TakeCheckpoint(note, from,
                                      from < size ? log.Proof(from, size) : std::vector<Digest>());
  }

  TestPartnership partnership_;
  TestAgent agent_{partnership_, kPolice, {}};
  TestLog log_;
};

}  // namespace havenline
