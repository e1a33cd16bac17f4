#include "deploy/runtime/key_value_batch.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

constexpr Family kFirst{0};
constexpr Family kSecond{1};

std::string Spell(const KeyValueBatch& batch) {
  std::string spelt;
  batch.ForEach([&](const KeyValueBatch::Operation& operation) {
    spelt += std::to_string(operation.family.value()) + ":" + ToText(operation.key);
    spelt += operation.value ? "=" + ToText(*operation.value) : " gone";
    spelt += ";";
  });
  return spelt;
}

TEST(KeyValueBatchTest, TellsItsOperationsInOrder) {
  KeyValueBatch batch;
  EXPECT_TRUE(batch.empty());
  batch.Put(kFirst, AsBytes("a"), AsBytes("one"));
  batch.Delete(kSecond, AsBytes("bc"));
  batch.Put(kFirst, AsBytes("d"), {});
  EXPECT_EQ(Spell(batch), "0:a=one;1:bc gone;0:d=;");
  EXPECT_EQ(batch.count(), 3U);
  EXPECT_EQ(batch.bytes(), 7U);
}

TEST(KeyValueBatchTest, IsEmptyOnceCleared) {
  KeyValueBatch batch;
  batch.Put(kFirst, AsBytes("a"), AsBytes("one"));
  batch.Clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.bytes(), 0U);
  batch.Delete(kFirst, AsBytes("a"));
  EXPECT_EQ(Spell(batch), "0:a gone;");
}

TEST(KeyValueBatchDeathTest, AnEmptyOrHugeKeyIsABug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  KeyValueBatch batch;
  EXPECT_DEATH(batch.Put(kFirst, {}, AsBytes("one")), "CHECK failed");
  EXPECT_DEATH(batch.Delete(kFirst, Bytes(KeyValueBatch::kKeyBytesMax + 1)), "CHECK failed");
}

}  // namespace
}  // namespace havenline
