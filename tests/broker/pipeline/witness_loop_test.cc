// The loops and the witnesses: whose word is taken, what everyone is shown of it, and that nothing
// waits for it.

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "broker/pipeline/status.h"
#include "schema/directory/witnesses.h"
#include "schema/model/limits.h"
#include "schema/seal/digests.h"
#include "schema/tlog/checkpoint.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

const std::vector<AgencyId> kWitnesses = {kPolice, kSchoolA, kCouncil};

void NameWitnesses(TestBroker& broker) {
  const TestPartnership& partnership = broker.partnership();
  CHECK(IsAccepted(broker.PublishDirectory(
      [&](const std::string& text) { return partnership.WithWitnesses(text, kWitnesses, 2); })));
}

class WitnessLoopTest : public ::testing::Test {
 protected:
  WitnessLoopTest() {
    for (std::size_t i = 0; i < kWitnesses.size(); ++i) loops_.SayHello(i + 1, {kWitnesses[i]});
    loops_.SayHello(9, {kSchoolB});
  }

  LogHead Newest() { return loops_.broker().committer().head(); }
  // A cosignature of the newest head, as that agency's agent would send it.
  std::string NoteOf(const AgencyId& agency) {
    const std::string text = tlog::CheckpointText(kTestPartnership, Newest());
    const std::string line =
        TestPartnership::WitnessOf(agency).Cosign(text, loops_.clock().Now()).line;
    return tlog::MakeNote(text, std::array{line});
  }
  void Cosign(std::uint64_t link, const AgencyId& agency) { loops_.Cosign(link, NoteOf(agency)); }
  void CosignAll() {
    for (std::size_t i = 0; i < kWitnesses.size(); ++i) Cosign(i + 1, kWitnesses[i]);
  }
  // The newest head frame of this link whose checkpoint a quorum cosigned.
  std::optional<LogHead> FinalShown(std::uint64_t link) {
    const Directory& directory = *loops_.broker().committer().standing().directory;
    std::optional<LogHead> shown;
    for (const Frame& frame : loops_.link(link).frames) {
      const auto* head = std::get_if<Head>(&frame.body);
      if (head == nullptr) continue;
      const auto opened = tlog::OpenCosignedCheckpoint(
          kTestPartnership, head->checkpoint,
          std::array{loops_.broker().partnership().log_signer().key()}, WitnessKeys(directory));
      CHECK(opened.has_value());
      if (QuorumTime(directory, opened->cosignatures)) shown = opened->head;
    }
    return shown;
  }
  void Wait(Milliseconds time) {
    loops_.clock().Wait(time);
    loops_.Settle();
  }

  TestLoops loops_{false, limits::kInFlightPool, NameWitnesses};
};

TEST_F(WitnessLoopTest, WhatAQuorumCosignedIsShownToEveryone) {
  Cosign(1, kPolice);
  EXPECT_FALSE(FinalShown(9).has_value());
  Cosign(3, kCouncil);
  EXPECT_EQ(FinalShown(9), Newest());
  EXPECT_EQ(loops_.state().final_entries, Newest().size);
  EXPECT_EQ(loops_.state().final_time, ToMilliseconds(loops_.clock().Now()));
}

TEST_F(WitnessLoopTest, WhoComesLaterFindsTheCosignaturesInTheWelcome) {
  CosignAll();
  loops_.SayHello(10, {kSchoolC});
  const auto cosigned =
      tlog::CosignaturesOn(loops_.link(10).welcome->checkpoint,
                           WitnessKeys(*loops_.broker().committer().standing().directory));
  ASSERT_TRUE(cosigned.has_value());
  EXPECT_EQ(cosigned->size(), 3U);
}

TEST_F(WitnessLoopTest, AHostSpeaksForItsOwnWitnessesAlone) {
  Cosign(9, kPolice);
  Cosign(1, kCouncil);
  Cosign(1, kPolice);
  EXPECT_FALSE(FinalShown(9).has_value());
  EXPECT_EQ(loops_.state().cosignatures_refused, 2U);
}

TEST_F(WitnessLoopTest, ASuspendedAgencysCosignatureDoesNotCount) {
  loops_.Offer(3, loops_.broker().Document(
                      DocumentKind::kSuspension,
                      loops_.broker().partnership().SuspensionNote(kSchoolA, 1, false)));
  Wait(std::chrono::seconds(1));
  Cosign(2, kSchoolA);
  Cosign(1, kPolice);
  EXPECT_FALSE(FinalShown(9).has_value());
  Cosign(3, kCouncil);
  EXPECT_TRUE(FinalShown(9).has_value());
}

TEST_F(WitnessLoopTest, WithoutAQuorumNothingWaitsAndAfterFiveMinutesItIsSaid) {
  CosignAll();
  const LogHead before = Newest();
  Wait(limits::kQuorumLate);
  EXPECT_FALSE(loops_.state().quorum_late);
  Wait(std::chrono::seconds(2));
  EXPECT_TRUE(loops_.state().quorum_late);
  EXPECT_EQ(loops_.observer().quorum_late, 1);
  EXPECT_EQ(loops_.state().witnesses_behind, 3U);
  // D8.
  loops_.Offer(1, loops_.broker().Submission(loops_.broker().Notice({kSchoolB})));
  ASSERT_EQ(loops_.Answers(1).size(), 1U);
  EXPECT_TRUE(IsAccepted(loops_.Answers(1)[0].answer));
  EXPECT_EQ(loops_.Delivered(9).size(), 1U);
  EXPECT_EQ(loops_.state().final_entries, before.size);
  Wait(std::chrono::seconds(1));
  CosignAll();
  Wait(std::chrono::seconds(2));
  EXPECT_EQ(FinalShown(9), Newest());
  EXPECT_FALSE(loops_.state().quorum_late);
  EXPECT_EQ(loops_.observer().quorum_back, 1);
}

TEST_F(WitnessLoopTest, WhatIsFinalIsToldOnceASecondAtMost) {
  CosignAll();
  const LogHead first = Newest();
  loops_.Offer(1, loops_.broker().Submission(loops_.broker().Notice({kSchoolB})));
  Wait(std::chrono::milliseconds(300));
  CosignAll();
  EXPECT_EQ(loops_.state().final_entries, Newest().size);
  EXPECT_EQ(FinalShown(9), first);
  Wait(std::chrono::milliseconds(700));
  EXPECT_EQ(FinalShown(9), Newest());
}

TEST_F(WitnessLoopTest, AQuietLogIsFinalAnewAndToldOnceAMinute) {
  CosignAll();
  Wait(std::chrono::seconds(5));
  loops_.ForgetFrames(9);
  for (int minute = 0; minute < 10; ++minute) {
    Wait(std::chrono::seconds(61));
    CosignAll();
  }
  EXPECT_FALSE(loops_.state().quorum_late);
  EXPECT_EQ(std::ranges::count_if(
                loops_.link(9).frames,
                [](const Frame& frame) { return std::holds_alternative<Head>(frame.body); }),
            10);
}

TEST_F(WitnessLoopTest, TheOperatorIsToldWhoIsBehind) {
  Cosign(1, kPolice);
  Cosign(3, kCouncil);
  Wait(std::chrono::seconds(2));
  EXPECT_EQ(loops_.state().witnesses, 3U);
  EXPECT_EQ(loops_.state().witnesses_behind, 1U);
  const text::Value status = StatusValue({.software = "test",
                                          .partnership = "rotherham",
                                          .quorum = 2,
                                          .witnesses = {{kPolice, 7, kNight}, {kSchoolA, 0, {}}}},
                                         loops_.state());
  const text::Value* const each = status.Find("witnesses")->Find("each");
  ASSERT_NE(each, nullptr);
  EXPECT_EQ(each->Find(kPolice.value())->Find("entries")->integer(), 7);
  EXPECT_EQ(each->Find(kSchoolA.value())->Find("cosigned")->integer(), 0);
}

// --- what agents say of the log

TEST_F(WitnessLoopTest, AContradictionIsToldToTheSenderByWhomTheMessageWasForAndNobodyElse) {
  const Composed notice = loops_.broker().Notice({kSchoolB});
  loops_.Offer(1, loops_.broker().Submission(notice));
  const AlarmFrame alarm{AlarmFrame::Kind::kBrokerEquivocates, notice.envelope.header.id,
                         seal::GrantDigest(notice.envelope.grants[0])};
  const auto told = [&] {
    return std::ranges::count_if(loops_.link(1).frames, [&](const Frame& frame) {
      const auto* const said = std::get_if<AlarmFrame>(&frame.body);
      return said != nullptr && *said == alarm;
    });
  };
  AlarmFrame other = alarm;
  other.message = MessageId();
  loops_.Alarm(9, other);
  loops_.Alarm(3, alarm);
  other = alarm;
  other.kind = AlarmFrame::Kind::kOverdue;
  loops_.Alarm(9, other);
  EXPECT_EQ(told(), 0);
  EXPECT_EQ(loops_.state().contradictions, 0U);
  loops_.Alarm(9, alarm);
  EXPECT_EQ(told(), 1);
  EXPECT_EQ(loops_.state().contradictions, 1U);
  EXPECT_EQ(loops_.observer().contradicted, 1);
}

TEST(NoWitnessLoopTest, APartnershipWithoutWitnessesIsNeverLate) {
  TestLoops loops;
  loops.SayHello(1, {kPolice});
  loops.clock().Wait(std::chrono::hours(1));
  loops.Settle();
  EXPECT_FALSE(loops.state().quorum_late);
  EXPECT_EQ(loops.state().witnesses, 0U);
}

}  // namespace
}  // namespace havenline
