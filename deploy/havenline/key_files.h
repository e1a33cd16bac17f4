// Making and reading key files for the tool's commands.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "schema/base/result.h"
#include "schema/seal/random.h"
#include "schema/seal/secret.h"
#include "schema/tlog/note.h"

namespace havenline {

// A fresh 32-byte key in a new file of mode 0600. kInvalid if the file is there already: no key is
// ever written over.
Result<seal::Secret<32>> MakeKeyFile(std::string_view kind, const std::filesystem::path& path,
                                     seal::RandomSource& random);

// The signer in a note key file, whose name stands beside it in `<file>.name`.
Result<tlog::NoteSigner> ReadNoteSigner(const std::filesystem::path& path);
Result<tlog::NoteSigner> MakeNoteSigner(const std::string& name, const std::filesystem::path& path,
                                        seal::RandomSource& random);

}  // namespace havenline
