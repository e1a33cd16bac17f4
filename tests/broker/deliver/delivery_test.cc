// What one recipient gets of a message: its own, and of the others nothing.

#include "broker/deliver/delivery.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/wire/envelope_codec.h"
#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() : notice_(broker_.Notice({kSchoolA, kSchoolB})) {
    EXPECT_TRUE(IsAccepted(broker_.Offer(notice_)));
  }
  GrantRecord Record(std::size_t grant) {
    return **broker_.store().ReadGrant(notice_.granted.at(grant).grant);
  }
  Delivery Make(std::size_t grant) {
    const GrantRecord record = Record(grant);
    return MakeDelivery(notice_.envelope, record, **broker_.store().ReadParts(record.position));
  }

  TestBroker broker_;
  Composed notice_;
};

TEST_F(DeliveryTest, HasTheOwnGrantAndThePartOfTheEntryThatIsAboutIt) {
  for (const std::size_t i : {0U, 1U}) {
    const Delivery delivery = Make(i);
    EXPECT_EQ(delivery.header_bytes, notice_.envelope.header_bytes);
    EXPECT_EQ(delivery.grant.clear.recipient, notice_.envelope.grants[i].clear.recipient);
    EXPECT_EQ(delivery.proof.position, Record(i).position);
    const std::string part = ToText(delivery.proof.part);
    const AgencyId& own = notice_.envelope.grants[i].clear.recipient;
    const AgencyId& other = notice_.envelope.grants[1 - i].clear.recipient;
    EXPECT_NE(part.find(own.value()), std::string::npos) << part;
    EXPECT_EQ(part.find(other.value()), std::string::npos) << part;
  }
}

TEST_F(DeliveryTest, HasTheSectionsItOpensInTheHeadersOrderAndNoOther) {
  const Delivery delivery = Make(0);
  const auto& opened = notice_.envelope.grants[0].clear.openings;
  std::vector<std::string> expected;
  for (const SectionOpening& section : notice_.envelope.sections) {
    if (std::ranges::find(opened, section.name) != opened.end()) expected.push_back(section.name);
  }
  ASSERT_LT(expected.size(), notice_.envelope.sections.size()) << "something must be withheld";
  std::vector<std::string> sections;
  std::vector<std::string> sealed;
  for (const SectionOpening& section : delivery.sections) sections.push_back(section.name);
  for (const SealedSection& section : delivery.sealed) sealed.push_back(section.name);
  EXPECT_EQ(sections, expected);
  std::ranges::sort(sealed);
  std::ranges::sort(expected);
  EXPECT_EQ(sealed, expected);
}

TEST_F(DeliveryTest, HasTheClaimsOfItsRecordAndNoOther) {
  GrantRecord record = Record(0);
  const EntryParts entry = **broker_.store().ReadParts(record.position);
  ASSERT_FALSE(notice_.envelope.claims.empty());
  record.claims.clear();
  EXPECT_TRUE(MakeDelivery(notice_.envelope, record, entry).claims.empty());
  record.claims = {notice_.envelope.claims.back().name};
  const Delivery one = MakeDelivery(notice_.envelope, record, entry);
  ASSERT_EQ(one.claims.size(), 1U);
  EXPECT_EQ(one.claims[0], notice_.envelope.claims.back());
}

TEST_F(DeliveryTest, DoesNotNameTheOtherRecipientAnywhereInItsBytes) {
  const std::string bytes = ToText(wire::EncodeDelivery(Make(0)));
  EXPECT_NE(bytes.find(kSchoolA.value()), std::string::npos);
  EXPECT_EQ(bytes.find(kSchoolB.value()), std::string::npos);
}

using DeliveryDeathTest = DeliveryTest;
TEST_F(DeliveryDeathTest, AnothersGrantIsNeverMadeADelivery) {
  GrantRecord record = Record(0);
  const EntryParts entry = **broker_.store().ReadParts(record.position);
  record.index = 1;
  EXPECT_DEATH(MakeDelivery(notice_.envelope, record, entry), "CHECK failed");
  record.index = 99;
  EXPECT_DEATH(MakeDelivery(notice_.envelope, record, entry), "CHECK failed");
}

}  // namespace
}  // namespace havenline
