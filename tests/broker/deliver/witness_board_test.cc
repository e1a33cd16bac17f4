#include "broker/deliver/witness_board.h"

#include <array>
#include <memory>

#include <gtest/gtest.h>

#include "schema/directory/witnesses.h"
#include "schema/model/limits.h"
#include "schema/tlog/checkpoint.h"
#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using Heard = WitnessBoard::Heard;

class WitnessBoardTest : public ::testing::Test {
 protected:
  WitnessBoardTest() { board_.SetDirectory(directory_); }

  std::shared_ptr<const Directory> DirectoryWith(const std::vector<AgencyId>& witnesses,
                                                 std::size_t quorum) const {
    auto parsed = Directory::Parse(
        partnership_.WithWitnesses(partnership_.DirectoryText(), witnesses, quorum), "directory");
    CHECK(parsed.has_value());
    return std::make_shared<const Directory>(*std::move(parsed));
  }
  static LogHead HeadOf(std::uint64_t size, std::uint8_t root = 1) {
    return {1, size, Digest{root, static_cast<std::uint8_t>(size)}};
  }
  void Publish(const LogHead& head) {
    board_.Publish(head, tlog::MakeCheckpoint(kTestPartnership, head, partnership_.log_signer()));
  }
  static std::string Line(const AgencyId& agency, const LogHead& head, TimePoint time = kNight) {
    return TestPartnership::WitnessOf(agency)
        .Cosign(tlog::CheckpointText(kTestPartnership, head), time)
        .line;
  }
  static std::string Note(const AgencyId& agency, const LogHead& head, TimePoint time = kNight) {
    const std::string line = Line(agency, head, time);
    return tlog::MakeNote(tlog::CheckpointText(kTestPartnership, head), std::array{line});
  }
  Heard Hear(const AgencyId& agency, const std::string& note) {
    return board_.Hear(note, std::array{TestPartnership::WitnessOf(agency).key()}, kNight);
  }
  Heard Cosign(const AgencyId& agency, const LogHead& head, TimePoint time = kNight) {
    return Hear(agency, Note(agency, head, time));
  }

  TestPartnership partnership_;
  const std::vector<AgencyId> three_ = {kPolice, kSchoolA, kCouncil};
  std::shared_ptr<const Directory> directory_ = DirectoryWith(three_, 2);
  WitnessBoard board_;
};

TEST_F(WitnessBoardTest, AHeadIsFinalOnceAQuorumOfOperatorsCosignedIt) {
  Publish(HeadOf(5));
  EXPECT_EQ(Cosign(kPolice, HeadOf(5)), Heard::kTaken);
  EXPECT_FALSE(board_.final_head().has_value());
  EXPECT_EQ(Cosign(kCouncil, HeadOf(5), kNight + std::chrono::seconds(2)), Heard::kTaken);
  ASSERT_TRUE(board_.final_head().has_value());
  EXPECT_EQ(board_.final_head()->head, HeadOf(5));
  EXPECT_EQ(board_.final_head()->time, kNight) << "when the last of two had said it";
  const auto opened = tlog::OpenCosignedCheckpoint(kTestPartnership, board_.final_head()->note,
                                                   std::array{partnership_.log_signer().key()},
                                                   WitnessKeys(*directory_));
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(opened->cosignatures.size(), 2U);
}

TEST_F(WitnessBoardTest, CosignaturesOfTwoHeadsDoNotAddUp) {
  Publish(HeadOf(5));
  Publish(HeadOf(6));
  EXPECT_EQ(Cosign(kPolice, HeadOf(5)), Heard::kTaken);
  EXPECT_EQ(Cosign(kCouncil, HeadOf(6)), Heard::kTaken);
  EXPECT_FALSE(board_.final_head().has_value());
}

TEST_F(WitnessBoardTest, WhatComesLateOfAnOlderHeadTakesNothingBack) {
  Publish(HeadOf(5));
  Publish(HeadOf(6));
  Cosign(kPolice, HeadOf(6));
  Cosign(kCouncil, HeadOf(6));
  Cosign(kPolice, HeadOf(5));
  Cosign(kCouncil, HeadOf(5));
  EXPECT_EQ(board_.final_head()->head, HeadOf(6));
}

TEST_F(WitnessBoardTest, TheSameHeadCosignedAgainIsFinalAnew) {
  Publish(HeadOf(5));
  for (const AgencyId& agency : three_) Cosign(agency, HeadOf(5));
  EXPECT_EQ(Cosign(kPolice, HeadOf(5)), Heard::kRepeated);
  Cosign(kPolice, HeadOf(5), kNight + std::chrono::minutes(1));
  EXPECT_EQ(board_.final_head()->time, kNight) << "one is no quorum";
  Cosign(kCouncil, HeadOf(5), kNight + std::chrono::minutes(2));
  EXPECT_EQ(board_.final_head()->time, kNight + std::chrono::minutes(1));
}

// --- what is not taken

TEST_F(WitnessBoardTest, ALinkSpeaksForItsOwnWitnessesAlone) {
  Publish(HeadOf(5));
  EXPECT_EQ(Hear(kPolice, Note(kCouncil, HeadOf(5))), Heard::kInvalid);
  EXPECT_EQ(board_.Hear(Note(kCouncil, HeadOf(5)), {}, kNight), Heard::kNoWitness);
  EXPECT_EQ(board_.NoteOf(HeadOf(5)).find("/witness/"), std::string::npos);
}

TEST_F(WitnessBoardTest, AHeadThatWeDidNotSignIsNotCosigned) {
  Publish(HeadOf(5));
  EXPECT_EQ(Cosign(kPolice, HeadOf(5, 2)), Heard::kOtherHead);
  EXPECT_EQ(Cosign(kPolice, HeadOf(7)), Heard::kOtherHead);
}

TEST_F(WitnessBoardTest, ALineThatDoesNotHoldOrIsOneTooManyOrOfAnotherKeyIsRefused) {
  Publish(HeadOf(5));
  const std::string text = tlog::CheckpointText(kTestPartnership, HeadOf(5));
  const std::string other = Line(kPolice, HeadOf(6));
  EXPECT_EQ(Hear(kPolice, tlog::MakeNote(text, std::array{other})), Heard::kInvalid);
  const std::string line = Line(kPolice, HeadOf(5));
  EXPECT_EQ(Hear(kPolice, tlog::MakeNote(text, std::array{line, line})), Heard::kInvalid);
  const std::string replaced = TestPartnership::WitnessOf(kPolice, 2).Cosign(text, kNight).line;
  EXPECT_EQ(Hear(kPolice, tlog::MakeNote(text, std::array{replaced})), Heard::kInvalid);
  EXPECT_EQ(Hear(kPolice, "nonsense"), Heard::kInvalid);
  EXPECT_EQ(Hear(kPolice, text), Heard::kInvalid);
}

TEST_F(WitnessBoardTest, ACosignatureOfATimeThatIsNotYetIsRefused) {
  Publish(HeadOf(5));
  EXPECT_EQ(Cosign(kPolice, HeadOf(5), kNight + limits::kFutureMarked + std::chrono::seconds(1)),
            Heard::kAhead);
  EXPECT_EQ(Cosign(kPolice, HeadOf(5), kNight + limits::kFutureMarked), Heard::kTaken);
}

// --- what is kept

TEST_F(WitnessBoardTest, OnlyTheNewestHeadsAreKept) {
  for (std::uint64_t size = 1; size <= limits::kHeadsForWitnesses + 1; ++size)
    Publish(HeadOf(size));
  EXPECT_EQ(Cosign(kPolice, HeadOf(1)), Heard::kOtherHead);
  EXPECT_EQ(Cosign(kPolice, HeadOf(2)), Heard::kTaken);
}

TEST_F(WitnessBoardTest, ANewEpochForgetsWhatWasSaidOfTheOneBefore) {
  Publish(HeadOf(5));
  for (const AgencyId& agency : three_) Cosign(agency, HeadOf(5));
  LogHead next = HeadOf(1);
  next.epoch = 2;
  board_.Publish(next, tlog::CheckpointText(kTestPartnership, next) + "\n" +
                           "\xE2\x80\x94 rotherham/log/2 AAAAAAA=\n");
  EXPECT_FALSE(board_.final_head().has_value());
  EXPECT_EQ(board_.standings()[0].size, 0U);
}

TEST_F(WitnessBoardTest, WhoIsNoWitnessAnyMoreCountsNoLonger) {
  Publish(HeadOf(5));
  Cosign(kPolice, HeadOf(5));
  board_.SetDirectory(DirectoryWith({kSchoolA, kSchoolB, kCouncil}, 2));
  Cosign(kCouncil, HeadOf(5));
  EXPECT_FALSE(board_.final_head().has_value());
  Cosign(kSchoolA, HeadOf(5));
  EXPECT_TRUE(board_.final_head().has_value());
}

TEST_F(WitnessBoardTest, APartnershipWithoutWitnessesHasNothingToSay) {
  WitnessBoard board;
  board.SetDirectory(std::make_shared<const Directory>(partnership_.directory()));
  board.Publish(HeadOf(5),
                tlog::MakeCheckpoint(kTestPartnership, HeadOf(5), partnership_.log_signer()));
  EXPECT_TRUE(board.standings().empty());
  EXPECT_FALSE(board.final_head().has_value());
  EXPECT_EQ(board.Hear(Note(kPolice, HeadOf(5)), {}, kNight), Heard::kNoWitness);
}

TEST_F(WitnessBoardTest, EachWitnessStandsWhereItCosignedLast) {
  Publish(HeadOf(5));
  Publish(HeadOf(6));
  Cosign(kPolice, HeadOf(6), kNight + std::chrono::seconds(1));
  Cosign(kSchoolA, HeadOf(5));
  const auto standings = board_.standings();
  ASSERT_EQ(standings.size(), 3U);
  EXPECT_EQ(standings[0].agency, kPolice);
  EXPECT_EQ(standings[0].size, 6U);
  EXPECT_EQ(standings[0].time, kNight + std::chrono::seconds(1));
  EXPECT_EQ(standings[1].size, 5U);
  EXPECT_EQ(standings[2].size, 0U);
}

// The largest that a directory can name still fits the frames that carry it.
TEST_F(WitnessBoardTest, ACheckpointWithSevenLongNamedCosignaturesFitsItsFrame) {
  const std::string line = Line(AgencyId(std::string(limits::kNameBytesMax, 'a')), HeadOf(5));
  EXPECT_LT(7 * (line.size() + limits::kNameBytesMax) + 1024, 16U << 10U);
}

}  // namespace
}  // namespace havenline
