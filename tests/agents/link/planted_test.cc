// What the planted faults do, by which tests and the demo's checker are themselves checked: a
// checker that finds nothing where something was planted is no checker. A program of its own, since
// what is planted is read once.

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/fakes/test_agent.h"

namespace havenline {
namespace {

const int kPlanted = ::setenv("HAVENLINE_PLANT", "inbox-double", 1);

TEST(PlantedTest, ADoubleIsOneMessageOnTheDeskTwiceAndStaysSo) {
  ASSERT_EQ(kPlanted, 0);
  const TestPartnership partnership;
  TestAgent police(partnership, kPolice, {});
  TestAgent school(partnership, kSchoolA, {kSchoolRole});
  school.StateTo(police);
  TestBroker broker;
  ASSERT_TRUE(
      police.outbox()
          .Take(
              {partnership.MakeContent(partnership.NoticeContent()), {{kSchoolA, kSchoolRole}}, ""},
              kNight)
          .has_value());
  const Outbox::Offer offer = *police.outbox().NextOffer(3U << 20U).value();
  const DeliverItem item = broker.DeliveryTo(partnership, broker.Accept(offer.bytes), 0);
  ASSERT_TRUE(school.inbox().OnDeliver({item}, kNight).has_value());
  school.Reopen();
  ASSERT_TRUE(school.inbox().OnDeliver({item}, kNight).has_value());
  ASSERT_EQ(school.inbox().messages().size(), 2U);
  for (const auto& [number, message] : school.inbox().messages()) {
    EXPECT_EQ(message.message, offer.message);
    EXPECT_TRUE(message.shown());
  }
}

}  // namespace
}  // namespace havenline
