#include "deploy/havenline/key_files.h"

#include "agents/daemon/daemon.h"
#include "deploy/runtime/files.h"
#include "schema/seal/key_text.h"

namespace havenline {
namespace {

constexpr std::size_t kNameFileMax = 1024;

std::filesystem::path NameFile(std::filesystem::path path) { return path += ".name"; }

}  // namespace

Result<seal::Secret<32>> MakeKeyFile(std::string_view kind, const std::filesystem::path& path,
                                     seal::RandomSource& random) {
  if (std::filesystem::exists(path)) {
    return Fail(
        FaultCode::kInvalid,
        path.string() + " is there already; keys are never written over. Move it away first");
  }
  seal::Secret<32> key(random.Array<32>());
  RETURN_IF_FAULT(MakeDirectories(path.parent_path(), kPrivateDirectory));
  RETURN_IF_FAULT(
      WriteFileDurably(path, AsBytes(seal::KeyToText(kind, key.ExposeSecret())), kPrivateFile));
  return key;
}

Result<tlog::NoteSigner> ReadNoteSigner(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const seal::Secret<32> key, ReadKeyFile("note", path));
  ASSIGN_OR_RETURN(const Bytes name, ReadFile(NameFile(path), kNameFileMax));
  std::string text = ToText(name);
  while (text.ends_with('\n')) text.pop_back();
  return tlog::NoteSigner(text, seal::SigningKey::FromSeed(key.ExposeSecret()));
}

Result<tlog::NoteSigner> MakeNoteSigner(const std::string& name, const std::filesystem::path& path,
                                        seal::RandomSource& random) {
  ASSIGN_OR_RETURN(const seal::Secret<32> key, MakeKeyFile("note", path, random));
  RETURN_IF_FAULT(WriteFileDurably(NameFile(path), AsBytes(name + "\n"), kPublicFile));
  return tlog::NoteSigner(name, seal::SigningKey::FromSeed(key.ExposeSecret()));
}

}  // namespace havenline
