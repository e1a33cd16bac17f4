#include "schema/tlog/note.h"

#include <array>

#include <gtest/gtest.h>

#include "tests/fakes/counted_random.h"
#include "tests/fakes/vectors.h"

namespace havenline::tlog {
namespace {

NoteSigner Signer(std::string name, std::uint8_t seed) {
  return {std::move(name), seal::SigningKey::FromSeed(ByteArray<32>{seed})};
}

TEST(NoteVectorsTest, PublicNotesOpenAndBadKeysAreRefused) {
  VECTORS_OR_SKIP(file, "tlog_vectors.json");
  int opened = 0;
  for (const char* name : {"c2sp_example", "go_sumdb_note"}) {
    const auto& example = file["public"][name];
    const auto key = NoteKeyFromText(example["vkey"].get<std::string>());
    ASSERT_TRUE(key.has_value()) << key.error().detail;
    EXPECT_EQ(NoteKeyToText(*key), example["vkey"].get<std::string>());
    EXPECT_TRUE(OpenNote(example["note"].get<std::string>(), std::array{*key}).has_value());
    ++opened;
  }
  EXPECT_EQ(opened, 2);
  for (const auto& bad : file["public"]["go_sumdb_note"]["bad_vkeys"]) {
    EXPECT_FALSE(NoteKeyFromText(bad.get<std::string>()).has_value()) << bad;
  }
  const auto good = file["public"]["go_sumdb_note"]["vkey"].get<std::string>();
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(NoteKeyFromText(good.substr(0, length)).has_value()) << length;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    ++changed[i];
    EXPECT_FALSE(NoteKeyFromText(changed).has_value()) << changed;
  }
}

TEST(NoteVectorsTest, TheSyntheticCheckpointIsReproducedByteForByte) {
  VECTORS_OR_SKIP(file, "tlog_vectors.json");
  const auto& log = file["synthetic"]["log"];
  const NoteSigner signer(log["origin"].get<std::string>(),
                          seal::SigningKey::FromSeed(ArrayFromHex<32>(log["ed25519_seed_hex"])));
  EXPECT_EQ(NoteKeyToText(signer.key()), log["vkey"].get<std::string>());
  const auto body = file["synthetic"]["checkpoint_1000_body"].get<std::string>();
  EXPECT_EQ(MakeNote(body, std::array{signer.SignatureLine(body)}),
            file["synthetic"]["checkpoint_1000_signed"].get<std::string>());
  // The cosignatures are of a type we do not know here: ignored, as the specification says.
  EXPECT_TRUE(OpenNote(file["synthetic"]["checkpoint_1000_cosigned"].get<std::string>(),
                       std::array{signer.key()})
                  .has_value());
}

// Governance's and log keys enter a configuration or directory in this form: whoever could name a
// point of small order as one could sign anything in its name.
TEST(NoteTest, AKeyOfSmallOrderIsRefused) {
  const auto read = [](const seal::VerifyKey& key) {
    return NoteKeyFromText(NoteKeyToText({"a.example", key}));
  };
  EXPECT_TRUE(read(Signer("a.example", 1).key().key).has_value());
  EXPECT_FALSE(read({}).has_value());
  EXPECT_FALSE(read({1}).has_value());
  seal::VerifyKey not_canonical{};
  not_canonical.fill(0xFF);
  EXPECT_FALSE(read(not_canonical).has_value());
}

TEST(NoteTest, ACertainSignatureThatFailsRefusesTheNoteEvenBesideAGoodOne) {
  const NoteSigner a = Signer("a.example", 1);
  const NoteSigner b = Signer("b.example", 2);
  const std::string text = "line\n\nmore\n";
  const std::array known{a.key(), b.key()};
  const std::string good = MakeNote(text, std::array{a.SignatureLine(text), b.SignatureLine(text)});
  const auto opened = OpenNote(good, known);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->text, text);
  EXPECT_EQ(opened->signers.size(), 2U);
  const std::string mixed =
      MakeNote(text, std::array{a.SignatureLine(text), b.SignatureLine("other\n")});
  EXPECT_FALSE(OpenNote(mixed, known).has_value());
  EXPECT_TRUE(OpenNote(mixed, std::array{a.key()}).has_value());  // b is unknown here, so ignored.
}

TEST(NoteTest, OneSignerTwiceIsOneSigner) {
  const NoteSigner a = Signer("a.example", 1);
  const std::string text = "line\n";
  const auto opened =
      OpenNote(MakeNote(text, std::array{a.SignatureLine(text), a.SignatureLine(text)}),
               std::array{a.key()});
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->signers.size(), 1U);
}

TEST(NoteTest, WhatIsNotANoteIsRefused) {
  const NoteSigner a = Signer("a.example", 1);
  const std::string text = "line\n";
  const std::string note = MakeNote(text, std::array{a.SignatureLine(text)});
  const std::array known{a.key()};
  ASSERT_TRUE(OpenNote(note, known).has_value());
  for (std::size_t length = 0; length < note.size(); ++length) {
    EXPECT_FALSE(OpenNote(note.substr(0, length), known).has_value()) << length;
  }
  for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
    std::string flipped = note;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(OpenNote(flipped, known).has_value()) << bit;
  }
  EXPECT_FALSE(OpenNote("\x01" + note, known).has_value());
  EXPECT_FALSE(OpenNote(note + note, known).has_value());
}

}  // namespace
}  // namespace havenline::tlog
