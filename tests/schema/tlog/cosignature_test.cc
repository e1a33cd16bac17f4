#include "schema/tlog/cosignature.h"

#include <array>

#include <gtest/gtest.h>

#include "schema/tlog/checkpoint.h"
#include "schema/tlog/signature_lines.h"
#include "tests/fakes/vectors.h"

namespace havenline::tlog {
namespace {

const PartnershipId kRotherham("rotherham");
const TimePoint kTime = FromMilliseconds(1'795'218'000'000);

NoteSigner LogSigner() {
  return {OriginOf(kRotherham, 1), seal::SigningKey::FromSeed(ByteArray<32>{1})};
}
WitnessSigner Witness(std::uint8_t seed) {
  return {"rotherham/witness/" + std::to_string(seed),
          seal::SigningKey::FromSeed(ByteArray<32>{seed})};
}

// --- the public vectors, and those of the synthetic log

WitnessSigner WitnessOf(const nlohmann::json& vector) {
  return {vector["name"].get<std::string>(),
          seal::SigningKey::FromSeed(ArrayFromHex<32>(vector["ed25519_seed_hex"]))};
}

TEST(CosignatureVectorsTest, WhatOurWitnessesMakeOfTheSyntheticCheckpointIsTheVectorByteForByte) {
  VECTORS_OR_SKIP(file, "tlog_vectors.json");
  const auto& synthetic = file["synthetic"];
  const auto body = synthetic["checkpoint_1000_body"].get<std::string>();
  auto note = synthetic["checkpoint_1000_signed"].get<std::string>();
  for (const auto& vector : synthetic["witnesses"]) {
    const WitnessSigner signer = WitnessOf(vector);
    EXPECT_EQ(WitnessKeyToText(signer.key()), vector["vkey"].get<std::string>());
    note +=
        signer.Cosign(body, FromMilliseconds(1000 * vector["timestamp"].get<std::int64_t>())).line;
  }
  EXPECT_EQ(note, synthetic["checkpoint_1000_cosigned"].get<std::string>());
}

TEST(CosignatureVectorsTest, TheSyntheticCosignedCheckpointVerifies) {
  VECTORS_OR_SKIP(file, "tlog_vectors.json");
  const auto& synthetic = file["synthetic"];
  std::vector<WitnessKey> known;
  for (const auto& vector : synthetic["witnesses"]) {
    const auto key = WitnessKeyFromText(vector["vkey"].get<std::string>());
    ASSERT_TRUE(key.has_value()) << key.error().detail;
    known.push_back(*key);
  }
  const auto note = synthetic["checkpoint_1000_cosigned"].get<std::string>();
  const auto split = Split(note);
  ASSERT_TRUE(split.has_value());
  const auto opened = OpenCosignatures(split->text, note.substr(split->text.size() + 1), known);
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  ASSERT_EQ(opened->size(), 2U);
  EXPECT_EQ((*opened)[0].seconds, 1'700'000'000U);
  EXPECT_EQ((*opened)[1].seconds, 1'700'000'001U);
  const auto response = synthetic["add_checkpoint_response_w1"].get<std::string>();
  EXPECT_EQ((*opened)[0].line, response);
  EXPECT_TRUE(OpenCosignatures(split->text, response, known).has_value());
  const auto other = synthetic["checkpoint_300_body"].get<std::string>();
  EXPECT_FALSE(OpenCosignatures(other, response, known).has_value()) << "of another checkpoint";
}

TEST(CosignatureVectorsTest, ThePublicTimeIsReadAndABlobOfANoteSignatureIsRefused) {
  const auto field = Base64Decode(
      "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJ"
      "XORmnFBOBA==");
  ASSERT_TRUE(field.has_value());
  ASSERT_EQ(field->size(), 76U);
  const auto parsed = ParseCosignatureField(ByteView(*field).subspan(4));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->seconds, 1'727'964'367U);
  const Bytes of_note(68);  // Key id and a signature of type 0x01.
  EXPECT_FALSE(ParseCosignatureField(ByteView(of_note).subspan(4)).has_value());
}

TEST(CosignatureVectorsTest, KeysOfTheTwoTypesAreNotTakenForEachOther) {
  constexpr const char* kOfNotes = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6";
  constexpr const char* kOfWitness =
      "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
  EXPECT_TRUE(NoteKeyFromText(kOfNotes).has_value());
  EXPECT_FALSE(WitnessKeyFromText(kOfNotes).has_value());
  const auto witness = WitnessKeyFromText(kOfWitness);
  ASSERT_TRUE(witness.has_value()) << witness.error().detail;
  EXPECT_EQ(WitnessKeyToText(*witness), kOfWitness);
  EXPECT_FALSE(NoteKeyFromText(kOfWitness).has_value());
  const std::string good = kOfWitness;
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(WitnessKeyFromText(good.substr(0, length)).has_value()) << length;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    ++changed[i];
    EXPECT_FALSE(WitnessKeyFromText(changed).has_value()) << changed;
  }
}

// --- our own checkpoints

class CosignatureTest : public ::testing::Test {
 protected:
  Result<CosignedCheckpoint> Open(const std::string& note,
                                  std::vector<WitnessKey> known = {Witness(2).key(),
                                                                   Witness(3).key()}) {
    return OpenCosignedCheckpoint(kRotherham, note, std::array{LogSigner().key()}, known);
  }
  std::string Line(std::uint8_t witness, TimePoint time = kTime) {
    return Witness(witness).Cosign(text_, time).line;
  }

  const LogHead head_{1, 4711, Digest{7}};
  const std::string text_ = CheckpointText(kRotherham, head_);
  const std::string note_ = MakeCheckpoint(kRotherham, head_, LogSigner());
};

TEST_F(CosignatureTest, ACheckpointOpensWithItsCosignaturesAndTheirTimes) {
  const auto opened = Open(note_ + Line(2) + Line(3, kTime + std::chrono::minutes(1)));
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(opened->head, head_);
  ASSERT_EQ(opened->cosignatures.size(), 2U);
  EXPECT_EQ(opened->cosignatures[0].witness, Witness(2).key());
  EXPECT_EQ(opened->cosignatures[0].time(), kTime);
  EXPECT_EQ(opened->cosignatures[1].time(), kTime + std::chrono::minutes(1));
}

TEST_F(CosignatureTest, OneWitnessTwiceIsOneAndItsNewestCounts) {
  const auto opened =
      Open(note_ + Line(2) + Line(2, kTime + std::chrono::hours(1)) + Line(2, kTime));
  ASSERT_TRUE(opened.has_value());
  ASSERT_EQ(opened->cosignatures.size(), 1U);
  EXPECT_EQ(opened->cosignatures[0].time(), kTime + std::chrono::hours(1));
}

TEST_F(CosignatureTest, AStrangersLineIsPassedOver) {
  const auto opened = Open(note_ + Line(4) + Line(2));
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->cosignatures.size(), 1U);
}

// Whoever shows such a note is not to be believed in the rest of it either.
TEST_F(CosignatureTest, AKnownWitnessesLineThatDoesNotHoldRefusesTheWholeNote) {
  const LogHead other{1, 4712, Digest{7}};
  const std::string foreign = Witness(3).Cosign(CheckpointText(kRotherham, other), kTime).line;
  EXPECT_FALSE(Open(note_ + Line(2) + foreign).has_value());
}

TEST_F(CosignatureTest, NoBitOfACosignedCheckpointCanChange) {
  const std::string good = note_ + Line(2);
  ASSERT_TRUE(Open(good).has_value());
  const std::size_t from = note_.size();
  for (std::size_t bit = from * 8; bit < good.size() * 8; ++bit) {
    std::string flipped = good;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto opened = Open(flipped);
    // A changed name or key id is another's line; whatever else was changed is refused.
    EXPECT_TRUE(!opened || opened->cosignatures.empty()) << bit - from * 8;
  }
}

TEST_F(CosignatureTest, ANotesSignatureByTheWitnessesKeyIsNoCosignature) {
  const WitnessSigner witness = Witness(2);
  const NoteSigner as_note(witness.key().name, seal::SigningKey::FromSeed(ByteArray<32>{2}));
  const auto opened = Open(note_ + as_note.SignatureLine(text_));
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(opened->cosignatures.empty()) << "another type, so another key";
}

TEST_F(CosignatureTest, ATimeOfZeroOrBeyondSixtyThreeBitsIsNone) {
  Bytes field(72);
  EXPECT_FALSE(ParseCosignatureField(field).has_value());
  field[7] = 1;
  EXPECT_TRUE(ParseCosignatureField(field).has_value());
  field[0] = 0x80;
  EXPECT_FALSE(ParseCosignatureField(field).has_value());
  field[0] = 0x7F;
  EXPECT_TRUE(ParseCosignatureField(field).has_value());
  field.push_back(0);
  EXPECT_FALSE(ParseCosignatureField(field).has_value());
}

TEST_F(CosignatureTest, AWitnessesKeyOfSmallOrderIsRefused) {
  EXPECT_TRUE(WitnessKeyFromText(WitnessKeyToText(Witness(2).key())).has_value());
  EXPECT_FALSE(WitnessKeyFromText(WitnessKeyToText({"w", {}})).has_value());
  EXPECT_FALSE(WitnessKeyFromText(WitnessKeyToText({"w", {1}})).has_value());
}

}  // namespace
}  // namespace havenline::tlog
