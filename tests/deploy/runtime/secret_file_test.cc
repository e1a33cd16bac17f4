#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/files.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SecretFileTest : public ::testing::Test {
 protected:
  SecretFileTest() { EXPECT_TRUE(WriteFileDurably(file_, AsBytes("hush"), kPrivateFile)); }

  const ScratchDirectory scratch_;
  const std::filesystem::path file_ = scratch_ / "it's a key";
};

TEST_F(SecretFileTest, IsReadIfOnlyItsOwnerMay) {
  EXPECT_EQ(ReadSecretFile(file_, 4).value(), ToBytes("hush"));
  ASSERT_EQ(::chmod(file_.c_str(), 0400), 0);
  EXPECT_EQ(ReadSecretFile(file_, 4).value(), ToBytes("hush"));
}

TEST_F(SecretFileTest, IsRefusedIfAnyoneElseHasAnyAccess) {
  for (mode_t bit = 01; bit < 0100; bit <<= 1U) {
    ASSERT_EQ(::chmod(file_.c_str(), 0600 | bit), 0);
    const auto read = ReadSecretFile(file_, 4);
    ASSERT_FALSE(read) << bit;
    EXPECT_EQ(read.error().code, FaultCode::kInvalid);
    EXPECT_THAT(read.error().detail,
                HasSubstr("chmod 600 '" + scratch_.path().string() + "/it'\\''s a key'"));
    EXPECT_THAT(read.error().detail, Not(HasSubstr("hush")));
  }
}

TEST_F(SecretFileTest, IsRefusedIfLargerOrALinkOrNotThere) {
  EXPECT_EQ(ReadSecretFile(file_, 3).error().code, FaultCode::kInvalid);
  std::filesystem::create_symlink(file_, scratch_ / "link");
  const auto through_link = ReadSecretFile(scratch_ / "link", 4);
  EXPECT_EQ(through_link.error().code, FaultCode::kInvalid);
  EXPECT_THAT(through_link.error().detail, HasSubstr("symbolic link"));
  EXPECT_EQ(ReadSecretFile(scratch_ / "none", 4).error().code, FaultCode::kMissing);
}

// An access list as the kernel keeps it: version 2, then (tag, permissions, id), little-endian.
struct AclEntry {
  std::uint8_t tag;
  std::uint8_t permissions;
  std::uint32_t id;
};

bool SetAcl(const std::filesystem::path& path, const std::vector<AclEntry>& entries) {
  Bytes acl{2, 0, 0, 0};
  for (const AclEntry& entry : entries) {
    Append(acl, Bytes{entry.tag, 0, entry.permissions, 0});
    for (unsigned shift = 0; shift < 32; shift += 8) {
      acl.push_back(static_cast<std::uint8_t>(entry.id >> shift));
    }
  }
  return ::setxattr(path.c_str(), "system.posix_acl_access", acl.data(), acl.size(), 0) == 0;
}

// What systemd makes of a LoadCredential=: the mode reads 0440, but the group has no access.
TEST_F(SecretFileTest, IsReadIfItsAccessListAdmitsOnlyUs) {
  constexpr std::uint32_t kNobody = 0xFFFFFFFF;
  constexpr std::uint8_t kOwner = 0x01, kUser = 0x02, kGroup = 0x04, kMask = 0x10, kOthers = 0x20;
  const std::uint32_t us = ::geteuid();
  const auto list = [&](std::uint32_t user, std::uint8_t group) {
    return std::vector<AclEntry>{{kOwner, 6, kNobody},
                                 {kUser, 4, user},
                                 {kGroup, group, kNobody},
                                 {kMask, 4, kNobody},
                                 {kOthers, 0, kNobody}};
  };
  if (!SetAcl(file_, list(us, 0)) && errno == ENOTSUP)
    GTEST_SKIP() << "no access lists on this disk";
  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  ASSERT_EQ(status.st_mode & 0777U, 0640U);
  EXPECT_EQ(ReadSecretFile(file_, 4).value(), ToBytes("hush"));

  ASSERT_TRUE(SetAcl(file_, list(us + 1, 0)));
  EXPECT_FALSE(ReadSecretFile(file_, 4)) << "another user may read it";
  ASSERT_TRUE(SetAcl(file_, list(us, 4)));
  EXPECT_FALSE(ReadSecretFile(file_, 4)) << "the group may read it";
}

}  // namespace
}  // namespace havenline
