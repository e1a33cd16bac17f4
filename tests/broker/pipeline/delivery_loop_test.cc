// The delivery thread: hellos, what a link is handed, how much at once, and what takes it out of a
// mailbox.

#include "broker/pipeline/delivery_loop.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "schema/seal/joined.h"
#include "schema/tlog/checkpoint.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/statement_codec.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

class DeliveryLoopTest : public ::testing::Test {
 protected:
  explicit DeliveryLoopTest(std::size_t in_flight_pool = limits::kInFlightPool)
      : loops_(false, in_flight_pool) {}
  TestBroker& broker() { return loops_.broker(); }
  Composed Submit(const std::vector<AgencyId>& schools = {kSchoolA}) {
    Composed notice = broker().Notice(schools);
    loops_.Offer(1, broker().Submission(notice));
    return notice;
  }
  void Receipt(const Composed& notice, ReceiptKind kind = ReceiptKind::kStored) {
    loops_.Offer(2, broker().Item(broker().Receipt(notice, 0, kind)));
  }
  std::optional<Code> RefusalOf(Hello hello, const HostId& host) {
    loops_.link(9) = {};
    loops_.SayHello(9, host, std::move(hello));
    EXPECT_FALSE(loops_.link(9).welcome.has_value());
    if (!loops_.link(9).rehello) return std::nullopt;
    EXPECT_GT(loops_.link(9).rehello->retry_after, Milliseconds(0));
    return loops_.link(9).rehello->code;
  }
  static std::size_t BytesOf(const std::vector<DeliverItem>& items) {
    std::size_t bytes = 0;
    for (const DeliverItem& item : items) bytes += item.bytes.size();
    return bytes;
  }
  static MessageId MessageOf(const DeliverItem& item) {
    const auto delivery = wire::ParseDelivery(item.bytes);
    EXPECT_TRUE(delivery.has_value());
    return delivery->header.id;
  }

  TestLoops loops_;
};

TEST_F(DeliveryLoopTest, AWelcomeSaysWhatIsInForceAndWhereTheLogStands) {
  loops_.SayHello(1, {kPolice});
  ASSERT_TRUE(loops_.link(1).welcome.has_value());
  const Welcome& welcome = *loops_.link(1).welcome;
  EXPECT_EQ(welcome.head, broker().committer().head());
  EXPECT_EQ(welcome.directory, broker().committer().standing().directory->version());
  EXPECT_EQ(welcome.policy, broker().committer().standing().policy->version());
  EXPECT_EQ(welcome.statements, broker().committer().notices());
  EXPECT_EQ(welcome.credit_messages, limits::kCreditMessages);
  EXPECT_FALSE(welcome.recovery);
  EXPECT_NE(loops_.link(1).session, SessionId());
  const auto checkpoint = tlog::OpenCheckpoint(
      kTestPartnership, welcome.checkpoint, broker().committer().standing().directory->log_keys());
  ASSERT_TRUE(checkpoint.has_value());
  EXPECT_EQ(*checkpoint, loops_.mark().marked) << "the mark stands before the checkpoint leaves";
  EXPECT_EQ(loops_.observer().started, 1);
}

TEST_F(DeliveryLoopTest, AHelloThatDoesNotFitIsToldWhy) {
  const HostId police = TestPartnership::HostOf(kPolice);
  Hello hello = TestLoops::HelloOf({kPolice});
  hello.partnership = PartnershipId("elsewhere");
  EXPECT_EQ(RefusalOf(hello, police), Code::kPartnership);
  hello = TestLoops::HelloOf({kPolice});
  hello.minor_lowest = hello.minor_highest = kMinorHighest + 1;
  EXPECT_EQ(RefusalOf(hello, police), Code::kUnsupported);
  EXPECT_EQ(RefusalOf(TestLoops::HelloOf({kPolice}), HostId("host.nowhere")),
            Code::kSenderSuspended);
  EXPECT_EQ(RefusalOf(TestLoops::HelloOf({kPolice, kSchoolA}), police), Code::kForeignSender);
  EXPECT_EQ(RefusalOf(TestLoops::HelloOf({AgencyId("school.0")}), police), Code::kForeignSender);
  hello = TestLoops::HelloOf({kPolice});
  hello.checkpoint = "not a note";
  EXPECT_EQ(RefusalOf(hello, police), Code::kMalformed);
  EXPECT_EQ(loops_.observer().started, 0);
}

TEST_F(DeliveryLoopTest, AHostHasOneSessionAndTheNewestWins) {
  loops_.SayHello(1, {kSchoolA});
  loops_.SayHello(2, {kSchoolA});
  EXPECT_TRUE(loops_.link(1).ended);
  EXPECT_FALSE(loops_.link(2).ended);
  EXPECT_NE(loops_.link(1).session, loops_.link(2).session);
  Submit();
  EXPECT_TRUE(loops_.Delivered(1).empty());
  EXPECT_EQ(loops_.Delivered(2).size(), 1U);
  EXPECT_EQ(loops_.state().sessions, 1U);
}

TEST_F(DeliveryLoopTest, WhatIsAcceptedIsHandedAtOnceAndOnceASession) {
  loops_.SayHello(2, {kSchoolA});
  const Composed notice = Submit({kSchoolA, kSchoolB});
  loops_.clock().Wait(Milliseconds(1'000));
  loops_.Settle();
  const auto delivered = loops_.Delivered(2);
  ASSERT_EQ(delivered.size(), 1U);
  EXPECT_EQ(delivered[0].agency, kSchoolA);
  EXPECT_EQ(MessageOf(delivered[0]), notice.envelope.header.id);
}

TEST_F(DeliveryLoopTest, WhatWaitedIsHandedToWhoComesLaterAndAgainUntilReceipted) {
  const Composed first = Submit();
  const Composed second = Submit();
  for (const std::uint64_t link : {2U, 3U}) {
    loops_.SayHello(link, {kSchoolA});
    const auto delivered = loops_.Delivered(link);
    ASSERT_EQ(delivered.size(), 2U);
    EXPECT_EQ(MessageOf(delivered[0]), first.envelope.header.id);
    EXPECT_EQ(MessageOf(delivered[1]), second.envelope.header.id);
  }
  Receipt(first);
  loops_.SayHello(4, {kSchoolA});
  ASSERT_EQ(loops_.Delivered(4).size(), 1U);
  EXPECT_EQ(MessageOf(loops_.Delivered(4)[0]), second.envelope.header.id);
}

TEST_F(DeliveryLoopTest, ALinkIsHandedItsWindowAndMoreForEachReceipt) {
  std::vector<Composed> notices;
  for (int i = 0; i < 40; ++i) notices.push_back(Submit());
  loops_.SayHello(2, {kSchoolA});
  const std::size_t first = loops_.Delivered(2).size();
  EXPECT_LE(BytesOf(loops_.Delivered(2)), limits::kInFlightFirst);
  ASSERT_GT(first, 0U);
  ASSERT_LT(first, notices.size()) << "more must wait than fits";
  Receipt(notices[0]);
  EXPECT_GT(loops_.Delivered(2).size(), first);
  for (const Composed& notice : notices) Receipt(notice);
  const auto delivered = loops_.Delivered(2);
  ASSERT_EQ(delivered.size(), notices.size());
  for (std::size_t i = 0; i < notices.size(); ++i)
    EXPECT_EQ(MessageOf(delivered[i]), notices[i].envelope.header.id) << i;
}

// D7: a host that receipts nothing has its window and no more; another is not slowed.
TEST_F(DeliveryLoopTest, AFullLinkDoesNotHoldUpAnother) {
  loops_.SayHello(2, {kSchoolA});
  loops_.SayHello(3, {kSchoolB});
  for (int i = 0; i < 40; ++i) Submit();
  ASSERT_LT(loops_.Delivered(2).size(), 40U);
  Submit({kSchoolB});
  EXPECT_EQ(loops_.Delivered(3).size(), 1U);
}

// A notice that is too long for a link's own share.
Composed LongNotice(TestBroker& broker, const AgencyId& school) {
  auto content = broker.partnership().NoticeContent();
  content["circumstances"] = std::string(8'000, 'x');
  content["voiceOfChild"] =
      text::Value::Map().Set("spokenTo", "yes").Set("words", std::string(2'000, 'y'));
  return broker.partnership().Compose(broker.partnership().MakeContent(content),
                                      {{school, kSchoolRole}}, broker.random(), kNight);
}

// What of it is claimed of the pool.
std::size_t ClaimOfLongNotice() {
  TestLoops loops;
  loops.SayHello(2, {kSchoolA});
  loops.Offer(1, loops.broker().Submission(LongNotice(loops.broker(), kSchoolA)));
  CHECK(loops.Delivered(2).size() == 1);
  const std::size_t bytes = loops.Delivered(2)[0].bytes.size();
  CHECK(bytes > limits::kShareUrgent);
  return bytes - limits::kShareUrgent;
}

// A broker whose pool takes three such notices, and one of those who have not receipted yet.
class SmallPoolTest : public DeliveryLoopTest {
 protected:
  SmallPoolTest() : DeliveryLoopTest(3 * ClaimOfLongNotice()) {
    loops_.Offer(1, broker().Document(DocumentKind::kDirectory, NextDirectory()));
    loops_.SayHello(2, {kSchoolA});
    loops_.SayHello(3, {kSchoolB, kSchoolC});
  }
  // Two schools on one host.
  std::string NextDirectory() {
    const DocumentVersion last = broker().committer().standing().directory->version();
    return broker().partnership().Sign(
        TestPartnership::WithHost(broker().partnership().DirectoryText(last.version + 1, last.hash),
                                  kSchoolC, TestPartnership::HostOf(kSchoolB)));
  }
  void SubmitLarge(const AgencyId& school) {
    loops_.Offer(1, broker().Submission(LongNotice(broker(), school)));
  }
  void Wait(std::chrono::seconds time) {
    loops_.clock().Wait(time);
    loops_.Settle();
  }
};

// D7: who receipts nothing holds nothing for long, and what waits for it holds up nobody else.
TEST_F(SmallPoolTest, WhatWaitsForAnotherHostsClaimLetsTheOthersOfItsHostGoFirst) {
  SubmitLarge(kSchoolA);
  ASSERT_EQ(loops_.Delivered(2).size(), 1U);
  SubmitLarge(kSchoolB);
  EXPECT_TRUE(loops_.Delivered(3).empty());
  const Composed small = Submit({kSchoolC});
  ASSERT_EQ(loops_.Delivered(3).size(), 1U);
  EXPECT_EQ(loops_.Delivered(3)[0].agency, kSchoolC);
  CommitItem receipt = broker().Item(broker().Receipt(small, 0, ReceiptKind::kStored));
  loops_.Offer(3, std::move(receipt));
  ASSERT_EQ(loops_.Delivered(3).size(), 2U);
  EXPECT_EQ(loops_.Delivered(3)[1].agency, kSchoolB);
}

TEST_F(SmallPoolTest, AnUrgentRowThatWaitsForAnotherHostLetsNormalMailGo) {
  SubmitLarge(kSchoolA);
  SubmitLarge(kSchoolB);
  const TestPartnership& partnership = broker().partnership();
  SignedVoid voided = SignVoid(partnership, kPolice, kSchoolB, {});
  voided.value.lane = Lane::kNormal;
  voided.bytes = wire::EncodeVoid(voided.value);
  voided.signature =
      partnership.Key(kPolice, seal::Purpose::kVoid)
          .Sign(seal::Joined(seal::LabelOf(seal::Purpose::kVoid)).Add(voided.bytes).bytes());
  loops_.Offer(1, broker().Item(voided));
  EXPECT_TRUE(loops_.Delivered(3).empty());
  EXPECT_TRUE(std::ranges::any_of(loops_.link(3).frames, [](const Frame& frame) {
    return std::holds_alternative<VoidFrame>(frame.body);
  }));
}

TEST_F(SmallPoolTest, AClaimThatIsNotReceiptedIsTheNextHostsAfterAMinute) {
  SubmitLarge(kSchoolA);
  SubmitLarge(kSchoolB);
  Wait(std::chrono::seconds(59));
  EXPECT_TRUE(loops_.Delivered(3).empty());
  Wait(std::chrono::seconds(2));
  EXPECT_EQ(loops_.Delivered(3).size(), 1U);
  EXPECT_EQ(loops_.Delivered(2).size(), 1U) << "handed once a session";
}

TEST_F(SmallPoolTest, WhoHasReceiptedHasTheRestOfThePoolAtOnce) {
  SubmitLarge(kSchoolA);
  const Composed small = Submit({kSchoolC});
  loops_.Offer(3, broker().Item(broker().Receipt(small, 0, ReceiptKind::kStored)));
  SubmitLarge(kSchoolB);
  EXPECT_EQ(loops_.Delivered(3).size(), 2U);
}

TEST_F(DeliveryLoopTest, AReceiptComesToItsSenderWithItsProofUntilAnswered) {
  loops_.SayHello(1, {kPolice});
  const Composed notice = Submit();
  Receipt(notice, ReceiptKind::kAcknowledged);
  const auto receipts = loops_.Receipts(1);
  ASSERT_EQ(receipts.size(), 1U);
  ASSERT_EQ(receipts[0].proof.size(), 1U);
  EXPECT_NE(ToText(receipts[0].proof[0].part).find("acknowledged"), std::string::npos);
  EXPECT_EQ(broker().store().mailbox_size(), 1U);
  loops_.Answer(1, {receipts[0].reference}, Deferred{Code::kOverload, Milliseconds(1)});
  EXPECT_EQ(broker().store().mailbox_size(), 1U) << "only an acceptance takes it";
  loops_.Answer(1, {receipts[0].reference, receipts[0].reference}, Accepted{});
  EXPECT_EQ(broker().store().mailbox_size(), 0U);
}

// D2, D5: a message leaves its mailbox by its recipient's signed receipt, which its sender sees,
// and never by a frame that nobody signed.
TEST_F(DeliveryLoopTest, AnAnswerDoesNotTakeAMessageOutOfItsMailbox) {
  Submit();
  loops_.SayHello(2, {kSchoolA});
  ASSERT_EQ(loops_.Delivered(2).size(), 1U);
  loops_.Answer(2, {loops_.Delivered(2)[0].reference}, Accepted{});
  EXPECT_EQ(broker().store().mailbox_size(), 1U);
  loops_.SayHello(3, {kSchoolA});
  EXPECT_EQ(loops_.Delivered(3).size(), 1U);
}

TEST_F(DeliveryLoopTest, AnAnswerOfAnotherSessionMeansNothing) {
  loops_.SayHello(1, {kPolice});
  Receipt(Submit(), ReceiptKind::kAcknowledged);
  const Reference reference = loops_.Receipts(1).at(0).reference;
  loops_.link(1).session = SessionId(ByteArray<16>{1});
  loops_.Answer(1, {reference}, Accepted{});
  EXPECT_EQ(broker().store().mailbox_size(), 1U);
}

TEST_F(DeliveryLoopTest, ACheckpointGoesToEverySessionWithItsProof) {
  loops_.SayHello(1, {kPolice});
  loops_.SayHello(2, {kSchoolA});
  const LogHead before = loops_.mark().marked;
  Submit();
  loops_.clock().Wait(Milliseconds(300));
  loops_.Settle();
  EXPECT_EQ(loops_.mark().marked, broker().committer().head());
  for (const std::uint64_t link : {1U, 2U}) {
    const auto& frames = loops_.link(link).frames;
    const auto head = std::ranges::find_if(
        frames, [](const Frame& frame) { return std::holds_alternative<Head>(frame.body); });
    ASSERT_NE(head, frames.end());
    EXPECT_EQ(std::get<Head>(head->body).from_size, before.size);
    EXPECT_FALSE(std::get<Head>(head->body).consistency.empty());
  }
}

TEST_F(DeliveryLoopTest, AnOverdueMessageIsAlarmedAtItsSender) {
  loops_.SayHello(1, {kPolice});
  loops_.SayHello(2, {kSchoolA});
  const Composed notice = Submit();
  loops_.clock().Wait(std::chrono::hours(9));
  loops_.Settle();
  loops_.Drain(2);
  loops_.clock().Wait(Milliseconds(500));
  loops_.Settle();
  EXPECT_EQ(loops_.observer().overdue, 1U);
  const auto alarms = [&](std::uint64_t link) {
    return std::ranges::count_if(loops_.link(link).frames, [&](const Frame& frame) {
      const auto* const alarm = std::get_if<AlarmFrame>(&frame.body);
      return alarm != nullptr && alarm->kind == AlarmFrame::Kind::kOverdue &&
             alarm->message == notice.envelope.header.id;
    });
  };
  EXPECT_EQ(alarms(1), 1);
  EXPECT_EQ(alarms(2), 0);
}

TEST_F(DeliveryLoopTest, AClockThatIsOffIsAlarmedAtItsHost) {
  Hello hello = TestLoops::HelloOf({kSchoolA});
  hello.time = kNight + std::chrono::minutes(6);
  loops_.SayHello(2, TestPartnership::HostOf(kSchoolA), hello);
  ASSERT_EQ(loops_.link(2).frames.size(), 1U);
  const auto* const alarm = std::get_if<AlarmFrame>(&loops_.link(2).frames[0].body);
  ASSERT_NE(alarm, nullptr);
  EXPECT_EQ(alarm->kind, AlarmFrame::Kind::kClock);
}

TEST_F(DeliveryLoopTest, EveryTokenComesBack) {
  loops_.SayHello(1, {kPolice});
  loops_.SayHello(2, {kSchoolA});
  const Composed notice = Submit();
  Receipt(notice);
  loops_.Answer(1, {loops_.Receipts(1).at(0).reference}, Accepted{});
  EXPECT_EQ(loops_.released().items, 5U);
  EXPECT_EQ(loops_.released().bytes, 10U + 10U + 100U + 100U + 10U);
}

TEST_F(DeliveryLoopTest, AStoreThatCannotBeReadStopsTheBroker) {
  loops_.SayHello(2, {kSchoolA});
  const Composed notice = broker().Notice();
  ASSERT_TRUE(IsAccepted(broker().Offer(notice)));
  broker().store().FailReads(1);
  EXPECT_THROW(loops_.SayHello(3, {kSchoolA}), Stopped);
}

}  // namespace
}  // namespace havenline
