// `havenline witness`: keys of witnesses, and the directory that names them.

#pragma once

#include <filesystem>

#include "deploy/runtime/command_line.h"
#include "schema/base/result.h"
#include "schema/model/ids.h"
#include "schema/seal/random.h"
#include "schema/text/value.h"

namespace havenline {

// Makes `<keys>/witness.key` and returns its [[witness]] of a directory of that version. kInvalid
// if there is one already: none is ever written over.
Result<text::Value> MakeWitnessKey(const PartnershipId& partnership, const AgencyId& agency,
                                   std::uint64_t since, const std::filesystem::path& keys,
                                   seal::RandomSource& random);

void AddWitnessCommands(Command& root);

}  // namespace havenline
