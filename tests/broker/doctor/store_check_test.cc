#include "broker/doctor/store_check.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/storage/keys.h"
#include "broker/storage/row.h"
#include "deploy/runtime/key_value_store.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline::doctor {
namespace {

using ::testing::HasSubstr;

class StoreCheckTest : public ::testing::Test {
 protected:
  StoreCheckTest() {
    configuration_.partnership = PartnershipId("rotherham");
    configuration_.store = scratch_ / "store";
    configuration_.mark = scratch_ / "mark";
  }

  void MakeStore(std::uint32_t format, std::vector<KeyValueFamily> families) const {
    KeyValueStoreOptions options;
    options.path = configuration_.store;
    options.families = std::move(families);
    auto store = KeyValueStore::Open(options);
    ASSERT_TRUE(store) << store.error().detail;
    KeyValueBatch batch;
    batch.Put(storage::kMeta, ToBytes(std::string_view("format")),
              storage::RowWriter().U32(format).bytes());
    ASSERT_TRUE(store->Write(batch));
  }
  Finding Broken() const {
    const Findings findings = CheckStore(configuration_, std::nullopt);
    const auto broken = std::ranges::find(findings, Finding::Is::kBroken, &Finding::is);
    return broken == findings.end() ? Finding() : *broken;
  }

  const ScratchDirectory scratch_;
  BrokerConfiguration configuration_;
};

TEST_F(StoreCheckTest, AStoreOfANewerFormatIsSaidToBeNewerAndNotDamaged) {
  MakeStore(storage::kFormat + 1, storage::AllFamilies());
  const Finding found = Broken();
  EXPECT_EQ(found.check, "store");
  EXPECT_THAT(found.what, HasSubstr("format " + std::to_string(storage::kFormat + 1)));
  EXPECT_THAT(found.remedy, HasSubstr("run the version"));
}

TEST_F(StoreCheckTest, AStoreWithMoreThanThisVersionKnowsIsSaidToBeNewer) {
  auto families = storage::AllFamilies();
  families.push_back({.name = "later"});
  MakeStore(storage::kFormat, families);
  EXPECT_THAT(Broken().what, HasSubstr("written by a newer version"));
}

TEST_F(StoreCheckTest, AnEmptyStoreWithoutMarkIsAsBeforeTheFirstStart) {
  MakeStore(storage::kFormat, storage::AllFamilies());
  EXPECT_EQ(Broken().check, "documents");  // Which it then needs: here are none.
}

}  // namespace
}  // namespace havenline::doctor
