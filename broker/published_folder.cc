#include "broker/published_folder.h"

#include <string_view>
#include <system_error>

#include "deploy/runtime/files.h"

namespace havenline {
namespace {

constexpr std::string_view kDocuments = "documents/";
constexpr mode_t kGroupFile = 0640;
constexpr mode_t kGroupDirectory = 0750;

}  // namespace

Result<std::optional<Bytes>> PublishedFolder::Read(const std::string& name,
                                                   std::size_t bytes_max) const {
  auto bytes = ReadFile(folder_ / name, bytes_max);
  if (bytes) return *std::move(bytes);
  if (bytes.error().code == FaultCode::kMissing) return std::nullopt;
  return tl::unexpected<Fault>(std::move(bytes).error());
}

Result<std::optional<std::uint64_t>> PublishedFolder::SizeOf(const std::string& name) const {
  std::error_code error;
  const auto size = std::filesystem::file_size(folder_ / name, error);
  if (!error) return size;
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;
  return Fail(FaultCode::kIo,
              "cannot look at " + (folder_ / name).string() + ": " + error.message());
}

Result<void> PublishedFolder::Write(const std::string& name, ByteView bytes) {
  const std::filesystem::path path = folder_ / name;
  const bool document = name.starts_with(kDocuments);
  RETURN_IF_FAULT(MakeDirectories(folder_, kPublicDirectory));
  RETURN_IF_FAULT(
      MakeDirectories(path.parent_path(), document ? kGroupDirectory : kPublicDirectory));
  return WriteFileDurably(path, bytes, document ? kGroupFile : kPublicFile);
}

Result<void> PublishedFolder::RemoveFolder(const std::string& name) {
  std::error_code error;
  std::filesystem::remove_all(folder_ / name, error);
  if (!error) return {};
  return Fail(FaultCode::kIo,
              "cannot remove " + (folder_ / name).string() + ": " + error.message());
}

}  // namespace havenline
