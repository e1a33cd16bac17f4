#include "deploy/runtime/system_fault.h"

#include <cerrno>
#include <system_error>

namespace havenline {
namespace {

FaultCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
      return FaultCode::kMissing;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case EAGAIN:
      return FaultCode::kUnavailable;
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
    case ENOTDIR:
    case EEXIST:
    case ELOOP:
    case ENAMETOOLONG:
      return FaultCode::kInvalid;
    default:
      return FaultCode::kIo;
  }
}

std::string Words(std::string_view what, const std::filesystem::path& path, int error) {
  return "cannot " + std::string(what) + " " + path.string() + ": " + ErrorText(error);
}

}  // namespace

std::string ErrorText(int error) { return std::generic_category().message(error); }

tl::unexpected<Fault> SystemFault(std::string_view what, const std::filesystem::path& path,
                                  int error) {
  return Fail(CodeOf(error), Words(what, path, error));
}

tl::unexpected<Fault> DiskFault(std::string_view what, const std::filesystem::path& path,
                                int error) {
  return Fail(FaultCode::kIo, Words(what, path, error));
}

}  // namespace havenline
