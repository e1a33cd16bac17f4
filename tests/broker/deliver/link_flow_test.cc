// How much one link may be handed, and that what it holds never outlives it.

#include "broker/deliver/link_flow.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "schema/model/limits.h"

namespace havenline {
namespace {

const AgencyId kSchool("school.1");
const AgencyId kOther("school.10");  // Starts as kSchool does.
using May = LinkFlow::May;
constexpr LinkFlow::Time kStart{std::chrono::hours(1)};
constexpr auto kByReceipt = LinkFlow::Ends::kByReceipt;
constexpr auto kByAnswer = LinkFlow::Ends::kByAnswer;

MailboxPlace Place(std::uint64_t n, const AgencyId& agency = kSchool, Lane lane = Lane::kUrgent) {
  return {agency, lane, n};
}

TEST(LinkFlowTest, BeforeItsFirstReceiptALinkHoldsASmallWindow) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1), limits::kInFlightFirst - 10, kByReceipt, kStart);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, 10), May::kNow);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, 11), May::kAfterReceipts);
}

TEST(LinkFlowTest, AfterItALargerOne) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1), 100, kByReceipt, kStart);
  EXPECT_TRUE(flow.Released(Place(1)));
  flow.Handed(Place(2), limits::kInFlightLink - 10, kByReceipt, kStart);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, 10), May::kNow);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, 11), May::kAfterReceipts);
}

TEST(LinkFlowTest, OneItemOfAnySizeMayGoAlone) {
  SharedFlow shared;
  LinkFlow flow(shared);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kMessageBytesMax), May::kNow);
  flow.Handed(Place(1), limits::kMessageBytesMax, kByReceipt, kStart);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, 1), May::kAfterReceipts);
}

// D7, D8: an urgent notice waits neither for its own host's normal mail nor for another host.
TEST(LinkFlowTest, EachLaneHasAShareThatNothingTakesFromIt) {
  SharedFlow shared;
  shared.pooled = limits::kInFlightPool;
  LinkFlow flow(shared);
  flow.Handed(Place(1, kSchool, Lane::kNormal), limits::kShareNormal, kByReceipt, kStart);
  EXPECT_EQ(flow.MayHand(Lane::kNormal, 1), May::kAfterOthers);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kShareUrgent), May::kNow);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kShareUrgent + 1), May::kAfterOthers);
}

TEST(LinkFlowTest, AFullWindowOfNormalMailLeavesTheUrgentLaneItsShareAndOneLargeItem) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1, kSchool, Lane::kNormal), limits::kInFlightLink, kByReceipt, kStart);
  EXPECT_EQ(flow.MayHand(Lane::kNormal, 1), May::kAfterReceipts);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kDeliveryBytesMax), May::kNow);
  flow.Handed(Place(1), 100, kByReceipt, kStart);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kShareUrgent - 100), May::kNow);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kShareUrgent), May::kAfterReceipts);
}

TEST(LinkFlowTest, WhoHasNotReceiptedInThisSessionTakesOfThePoolsFirstHalfOnly) {
  SharedFlow shared;
  shared.pooled = limits::kInFlightPool / 2;
  LinkFlow flow(shared);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kShareUrgent + 1), May::kAfterOthers);
  flow.Handed(Place(1), 10, kByReceipt, kStart);
  flow.Released(Place(1));
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kShareUrgent + 1), May::kNow);
}

TEST(LinkFlowTest, WhatIsNotReceiptedForLongHoldsNothingOfThePoolAndStillFillsTheWindow) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1), limits::kDeliveryBytesMax, kByReceipt, kStart);
  flow.Handed(Place(2), 100, kByReceipt, kStart + std::chrono::seconds(1));
  EXPECT_EQ(shared.pooled, limits::kDeliveryBytesMax + 100 - limits::kShareUrgent);
  flow.Lapse(kStart + limits::kClaimMax - std::chrono::milliseconds(1));
  EXPECT_GT(shared.pooled, 0U);
  flow.Lapse(kStart + limits::kClaimMax);
  EXPECT_EQ(shared.pooled, 0U);
  EXPECT_EQ(flow.bytes(), limits::kDeliveryBytesMax + 100);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, 1), May::kAfterReceipts);
  flow.Lapse(kStart + 2 * limits::kClaimMax);
  EXPECT_TRUE(flow.Released(Place(1)));
  EXPECT_TRUE(flow.Released(Place(2)));
  EXPECT_EQ(flow.bytes(), 0U);
  EXPECT_EQ(shared.in_flight, 0U);
  EXPECT_EQ(flow.MayHand(Lane::kUrgent, limits::kDeliveryBytesMax), May::kNow);
}

// Hosts that take what they are handed and receipt as little as they can.
class Hosts {
 public:
  explicit Hosts(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) flows_.push_back(std::make_unique<LinkFlow>(shared));
  }
  void ReceiptOne() {
    for (auto& flow : flows_) {
      flow->Handed(Place(++row_), 10, kByReceipt, now);
      flow->Released(Place(row_));
    }
  }
  // Each is handed items of this size in turn, until none takes more.
  void Fill(std::size_t bytes) {
    for (bool more = true; more;) {
      more = false;
      for (auto& flow : flows_) more = Hand(*flow, Lane::kNormal, bytes) || more;
      for (auto& flow : flows_) more = Hand(*flow, Lane::kUrgent, bytes) || more;
    }
  }
  bool Hand(LinkFlow& flow, Lane lane, std::size_t bytes) {
    if (flow.MayHand(lane, bytes) != May::kNow) return false;
    flow.Handed(Place(++row_, kSchool, lane), bytes, kByReceipt, now);
    return true;
  }
  void ComeBack() {
    for (auto& flow : flows_) {
      flow.reset();
      flow = std::make_unique<LinkFlow>(shared);
    }
  }
  void Lapse() {
    for (auto& flow : flows_) flow->Lapse(now);
  }

  SharedFlow shared;
  LinkFlow::Time now = kStart;

 private:
  std::vector<std::unique_ptr<LinkFlow>> flows_;
  std::uint64_t row_ = 0;
};

// D7: whatever any number of others do, an honest host is handed and receipts one after another.
RC_GTEST_PROP(LinkFlowTest, AnHonestHostGoesOnBesideAnyNumberThatReceiptNothing, ()) {
  Hosts stalled(*rc::gen::inRange<std::size_t>(0, limits::kSessionsMax));
  const auto sizes = *rc::gen::container<std::vector<std::size_t>>(
      3, rc::gen::element<std::size_t>(2U << 10U, 15U << 10U, 33U << 10U, 300U << 10U,
                                       limits::kDeliveryBytesMax));
  for (const std::size_t size : sizes) {
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        stalled.ReceiptOne();
        break;
      case 1:
        stalled.ComeBack();
        break;
      case 2:
        stalled.now += limits::kClaimMax / 2;
        break;
      default:
        break;
    }
    stalled.Lapse();
    stalled.Fill(size);
    RC_ASSERT(stalled.shared.pooled <= limits::kInFlightPool);
  }
  LinkFlow honest(stalled.shared);
  for (std::uint64_t n = 1; n <= 20; ++n) {
    for (const Lane lane : {Lane::kUrgent, Lane::kNormal}) {
      const MailboxPlace place = Place(n, kSchool, lane);
      const std::size_t share = lane == Lane::kUrgent ? limits::kShareUrgent : limits::kShareNormal;
      RC_ASSERT(honest.MayHand(lane, share) == May::kNow);
      honest.Handed(place, share, kByReceipt, stalled.now);
      honest.Released(place);
    }
  }
  // A large one waits until the others' claims lapse at the latest.
  stalled.now += limits::kClaimMax;
  stalled.Lapse();
  RC_ASSERT(honest.MayHand(Lane::kUrgent, limits::kDeliveryBytesMax) == May::kNow);
}

// As many as were once enough to hold all that may be in flight.
TEST(LinkFlowTest, BesideThousandStalledHostsAnHonestOneTakesLargeMessagesAtOnce) {
  Hosts stalled(1'000);
  stalled.ReceiptOne();
  stalled.Fill(8U << 10U);
  LinkFlow honest(stalled.shared);
  honest.Handed(Place(1), 10, kByReceipt, kStart);
  honest.Released(Place(1));
  EXPECT_EQ(honest.MayHand(Lane::kUrgent, limits::kDeliveryBytesMax), May::kNow);
}

TEST(LinkFlowTest, NewcomersThatReceiptNothingLeaveHalfThePoolToThoseThatDo) {
  Hosts stalled(limits::kSessionsMax - 1);
  stalled.Fill(limits::kDeliveryBytesMax);
  EXPECT_LE(stalled.shared.pooled, limits::kInFlightPool / 2);
  LinkFlow honest(stalled.shared);
  honest.Handed(Place(1), 10, kByReceipt, kStart);
  honest.Released(Place(1));
  EXPECT_EQ(honest.MayHand(Lane::kNormal, limits::kDeliveryBytesMax), May::kNow);
}

TEST(LinkFlowTest, AReleasedRowFreesItsBytesOnce) {
  SharedFlow shared;
  LinkFlow flow(shared);
  flow.Handed(Place(1), 100, kByReceipt, kStart);
  flow.Handed(Place(2), 30, kByReceipt, kStart);
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
  flow->Handed(Place(1), 100, kByReceipt, kStart);
  other.Handed(Place(2), 7, kByReceipt, kStart);
  flow.reset();
  EXPECT_EQ(shared.in_flight, 7U);
}

// A hosted desk speaks for many: one that is cut off must not hold up the others.
TEST(LinkFlowTest, AForgottenAgencysRowsFreeTheirBytesAndNobodyElses) {
  SharedFlow shared;
  LinkFlow flow(shared);
  const Reference first = flow.Handed(Place(1), 100, kByAnswer, kStart);
  flow.Handed(Place(9, kSchool, Lane::kNormal), 20, kByReceipt, kStart);
  const Reference others = flow.Handed(Place(1, kOther), 7, kByAnswer, kStart);
  flow.Forget(kSchool);
  EXPECT_EQ(flow.bytes(), 7U);
  EXPECT_EQ(shared.in_flight, 7U);
  EXPECT_EQ(flow.AnsweredRow(first), std::nullopt);
  EXPECT_EQ(flow.AnsweredRow(others), Place(1, kOther));
  flow.Handed(Place(1), 100, kByReceipt, kStart);  // Served again: handed anew.
}

TEST(LinkFlowTest, OnlyWhatAnAnswerEndsIsFoundByItsReference) {
  SharedFlow shared;
  LinkFlow flow(shared);
  const Reference grant = flow.Handed(Place(1), 10, kByReceipt, kStart);
  const Reference receipt = flow.Handed(Place(2), 10, kByAnswer, kStart);
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
  flow.Handed(Place(1), 10, kByReceipt, kStart);
  EXPECT_DEATH(flow.Handed(Place(1), 10, kByReceipt, kStart), "CHECK failed");
}

}  // namespace
}  // namespace havenline
