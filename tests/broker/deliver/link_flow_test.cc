// How much one link may be handed, and that what it holds never outlives it.

#include "broker/deliver/link_flow.h"

#include <memory>

#include <gtest/gtest.h>

#include "schema/model/limits.h"

namespace havenline {
namespace {

const AgencyId kSchool("school.1");
const AgencyId kOther("school.10");  // Starts as kSchool does.
constexpr auto kByReceipt = LinkFlow::Ends::kByReceipt;
constexpr auto kByAnswer = LinkFlow::Ends::kByAnswer;

MailboxPlace Place(std::uint64_t n, const AgencyId& agency = kSchool, Lane lane = Lane::kUrgent) {
  return {agency, lane, n};
}

TEST(LinkFlowTest, BeforeItsFirstReceiptALinkHoldsASmallWindow) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1), limits::kInFlightFirst - 10, kByReceipt);
  EXPECT_TRUE(flow.MayHand(10));
  EXPECT_FALSE(flow.MayHand(11));
}

TEST(LinkFlowTest, AfterItALargerOne) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1), 100, kByReceipt);
  EXPECT_TRUE(flow.Released(Place(1)));
  flow.Handed(Place(2), limits::kInFlightLink - 10, kByReceipt);
  EXPECT_TRUE(flow.MayHand(10));
  EXPECT_FALSE(flow.MayHand(11));
}

TEST(LinkFlowTest, OneItemOfAnySizeMayGoAlone) {
  SharedFlow shared;
  LinkFlow flow(shared);
  EXPECT_TRUE(flow.MayHand(limits::kMessageBytesMax));
  flow.Handed(Place(1), limits::kMessageBytesMax, kByReceipt);
  EXPECT_FALSE(flow.MayHand(1));
}

TEST(LinkFlowTest, NothingGoesBeyondTheTotalOfAllLinks) {
  SharedFlow shared;
  shared.in_flight = limits::kInFlightTotal - 100;
  LinkFlow flow(shared);
  EXPECT_TRUE(flow.MayHand(100));
  EXPECT_FALSE(flow.MayHand(101));
  shared.in_flight = 0;
}

TEST(LinkFlowTest, AReleasedRowFreesItsBytesOnce) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1), 100, kByReceipt);
  flow.Handed(Place(2), 30, kByReceipt);
  EXPECT_TRUE(flow.Released(Place(1)));
  EXPECT_FALSE(flow.Released(Place(1)));
  EXPECT_FALSE(flow.Released(Place(3)));
  EXPECT_EQ(flow.bytes(), 30U);
  EXPECT_EQ(shared.in_flight, 30U);
}

TEST(LinkFlowTest, ALinkThatGoesLeavesNothingInTheTotal) {
  SharedFlow shared;
  auto flow = std::make_unique<LinkFlow>(shared);
  LinkFlow other(shared);
  flow->Handed(Place(1), 100, kByReceipt);
  other.Handed(Place(2), 7, kByReceipt);
  flow.reset();
  EXPECT_EQ(shared.in_flight, 7U);
}

// A hosted desk speaks for many: one that is cut off must not hold up the others.
TEST(LinkFlowTest, AForgottenAgencysRowsFreeTheirBytesAndNobodyElses) {
  SharedFlow shared;
  LinkFlow flow(shared);
  const Reference first = flow.Handed(Place(1), 100, kByAnswer);
  flow.Handed(Place(9, kSchool, Lane::kNormal), 20, kByReceipt);
  const Reference others = flow.Handed(Place(1, kOther), 7, kByAnswer);
  flow.Forget(kSchool);
  EXPECT_EQ(flow.bytes(), 7U);
  EXPECT_EQ(shared.in_flight, 7U);
  EXPECT_EQ(flow.AnsweredRow(first), std::nullopt);
  EXPECT_EQ(flow.AnsweredRow(others), Place(1, kOther));
  flow.Handed(Place(1), 100, kByReceipt);  // Served again: handed anew.
}

TEST(LinkFlowTest, OnlyWhatAnAnswerEndsIsFoundByItsReference) {
  SharedFlow shared;
  LinkFlow flow(shared);
  const Reference grant = flow.Handed(Place(1), 10, kByReceipt);
  const Reference receipt = flow.Handed(Place(2), 10, kByAnswer);
  EXPECT_NE(grant, receipt);
  EXPECT_EQ(flow.AnsweredRow(grant), std::nullopt);
  EXPECT_EQ(flow.AnsweredRow(receipt), Place(2));
  EXPECT_EQ(flow.AnsweredRow(Reference(99)), std::nullopt);
  flow.Released(Place(2));
  EXPECT_EQ(flow.AnsweredRow(receipt), std::nullopt);
}

TEST(LinkFlowDeathTest, ARowIsHandedOnceASession) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1), 10, kByReceipt);
  EXPECT_DEATH(flow.Handed(Place(1), 10, kByReceipt), "CHECK failed");
}

}  // namespace
}  // namespace havenline
