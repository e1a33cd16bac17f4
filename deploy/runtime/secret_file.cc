#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

#include "deploy/runtime/files.h"
#include "deploy/runtime/read_open_file.h"
#include "deploy/runtime/system_fault.h"

namespace havenline {
namespace {

using Path = std::filesystem::path;

// The kernel's form of an access list (linux/posix_acl_xattr.h): a version, then entries,
// little-endian.
constexpr std::size_t kAclHeaderBytes = 4;
constexpr std::size_t kAclEntryBytes = 8;
constexpr std::size_t kAclBytesMax = kAclHeaderBytes + 64 * kAclEntryBytes;
constexpr std::uint32_t kAclVersion = 2;
constexpr std::uint32_t kAclOwner = 0x01;
constexpr std::uint32_t kAclUser = 0x02;
constexpr std::uint32_t kAclMask = 0x10;

std::uint32_t ReadLittleEndian(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8U | bytes[i - 1];
  return value;
}

// True if the list admits nobody but the owner and our own user. The mask admits nobody by itself.
bool AdmitsOnlyUs(ByteView acl) {
  if (acl.size() < kAclHeaderBytes || (acl.size() - kAclHeaderBytes) % kAclEntryBytes != 0)
    return false;
  if (ReadLittleEndian(acl.first(kAclHeaderBytes)) != kAclVersion) return false;
  for (ByteView rest = acl.subspan(kAclHeaderBytes); !rest.empty();
       rest = rest.subspan(kAclEntryBytes)) {
    const std::uint32_t tag = ReadLittleEndian(rest.subspan(0, 2));
    const std::uint32_t permissions = ReadLittleEndian(rest.subspan(2, 2));
    const std::uint32_t id = ReadLittleEndian(rest.subspan(4, 4));
    const bool ours = tag == kAclOwner || (tag == kAclUser && id == ::geteuid());
    if (permissions != 0 && !ours && tag != kAclMask) return false;
  }
  return true;
}

// Under an access list the group's bits of the mode show the list's mask, so that a file which only
// a named user may read looks as if its group might. Then the list is asked.
bool OthersHaveAccess(const FileDescriptor& file, mode_t mode) {
  if ((mode & (S_IRWXG | S_IRWXO)) == 0) return false;
  std::array<std::uint8_t, kAclBytesMax> acl{};
  const ssize_t size = ::fgetxattr(file.get(), "system.posix_acl_access", acl.data(), acl.size());
  return size < 0 || !AdmitsOnlyUs(ByteView(acl).first(static_cast<std::size_t>(size)));
}

// A name in single quotes, as a shell takes it, so that the command can be copied.
std::string Quoted(const Path& path) {
  std::string quoted = "'";
  for (const char c : path.string()) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

Result<Bytes> ReadSecretFile(const Path& path, std::size_t bytes_max) {
  const FileDescriptor file(
      ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.open() && errno == ELOOP) {
    return Fail(FaultCode::kInvalid, "cannot read " + path.string() +
                                         ": a symbolic link; name the file itself, for whoever can "
                                         "change the link chooses the key");
  }
  if (!file.open()) return SystemFault("open", path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return SystemFault("read", path, errno);
  if (OthersHaveAccess(file, status.st_mode)) {
    return Fail(FaultCode::kInvalid,
                path.string() +
                    " holds a secret and others may read or write it. If nobody has yet: chmod "
                    "600 " +
                    Quoted(path) + "; otherwise treat the secret as known and make a new one");
  }
  return ReadOpenFile(file, path, bytes_max);
}

}  // namespace havenline
