#include <csignal>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/files.h"
#include "tests/deploy/runtime/child.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::HasSubstr;

TEST(DirectoryLockTest, RefusesASecondProcessAndNamesTheFirst) {
  const ScratchDirectory scratch;
  Child child({"lock-hold", scratch.path().string()});
  ASSERT_EQ(child.ReadLine(), "locked");
  const auto lock = DirectoryLock::Acquire(scratch.path());
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, FaultCode::kUnavailable);
  EXPECT_THAT(lock.error().detail,
              HasSubstr("in use by process " + std::to_string(child.pid()) + ":"));
}

TEST(DirectoryLockTest, IsFreeOnceItsHolderIsKilled) {
  const ScratchDirectory scratch;
  Child child({"lock-hold", scratch.path().string()});
  ASSERT_EQ(child.ReadLine(), "locked");
  child.Kill();
  EXPECT_TRUE(DirectoryLock::Acquire(scratch.path()));
}

TEST(DirectoryLockTest, HoldsWithinAProcessAndMovesWithItsValue) {
  const ScratchDirectory scratch;
  std::optional<DirectoryLock> moved;
  {
    auto lock = DirectoryLock::Acquire(scratch.path());
    ASSERT_TRUE(lock);
    moved = std::move(*lock);
  }
  EXPECT_FALSE(DirectoryLock::Acquire(scratch.path()));
  moved.reset();
  EXPECT_TRUE(DirectoryLock::Acquire(scratch.path()));
}

TEST(DirectoryLockTest, NeedsTheDirectory) {
  const ScratchDirectory scratch;
  EXPECT_EQ(DirectoryLock::Acquire(scratch / "none").error().code, FaultCode::kMissing);
}

}  // namespace
}  // namespace havenline
