#include "deploy/havenline/document_file.h"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/files.h"
#include "schema/directory/suspension.h"
#include "schema/seal/key_text.h"
#include "tests/fakes/counted_random.h"
#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using ::testing::HasSubstr;

const std::string kText = "document = \"policy\"\n\nversion = 1\n";

tlog::NoteSigner Signer(std::uint64_t seed, const std::string& name = "p/governance/1") {
  CountedRandom random(seed);
  return {name, seal::SigningKey::Generate(random)};
}

template <class... Signers>
Result<DocumentFile> SignWith(DocumentFile file, Signers... each) {
  std::vector<tlog::NoteSigner> signers;
  (signers.push_back(std::move(each)), ...);
  return Sign(std::move(file), signers);
}

TEST(DocumentFileTest, AFileWithoutSignaturesIsAText) {
  const DocumentFile file = DocumentFrom(kText, "a");
  EXPECT_FALSE(file.is_note());
  EXPECT_EQ(file.text, kText);
}

TEST(DocumentFileTest, ASignedTextIsANoteAndComesApartAgain) {
  const auto signed_file = SignWith(DocumentFrom(kText, "a"), Signer(1));
  ASSERT_TRUE(signed_file.has_value());
  const DocumentFile again = DocumentFrom(signed_file->Note(), "b");
  EXPECT_TRUE(again.is_note());
  EXPECT_EQ(again.text, kText);
  EXPECT_EQ(again.signature_lines, signed_file->signature_lines);
  EXPECT_EQ(again.Note(), signed_file->Note());
  EXPECT_EQ(again.Hash(), tlog::NoteTextHash(kText));
}

TEST(SignTest, AddsToTheSignaturesThatAreThere) {
  const auto one = SignWith(DocumentFrom(kText, "a"), Signer(1));
  const auto two = SignWith(DocumentFrom(one->Note(), "a"), Signer(2, "p/governance/2"));
  ASSERT_TRUE(two.has_value());
  const auto opened =
      tlog::OpenNote(two->Note(), std::vector{Signer(1).key(), Signer(2, "p/governance/2").key()});
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(opened->signers.size(), 2U);
}

TEST(SignTest, ASecondSignatureByTheSameKeyReplacesTheFirst) {
  const auto one = SignWith(DocumentFrom(kText, "a"), Signer(1));
  const auto again = SignWith(*one, Signer(1));
  EXPECT_EQ(again->signature_lines.size(), 1U);
}

TEST(SignTest, AnotherKeyOfTheSameNameIsAnotherSigner) {
  const auto two = SignWith(DocumentFrom(kText, "a"), Signer(1), Signer(2));
  EXPECT_EQ(two->signature_lines.size(), 2U);
}

// A note is lines of printable UTF-8: what cannot be one is said with its place, before it is
// signed.
TEST(CheckSignableTest, SaysWhereATextCannotBeANotes) {
  const auto problem = [](const std::string& text) {
    const auto signable = CheckSignable(DocumentFrom(text, "p.toml"));
    return signable ? std::string("none") : signable.error().detail;
  };
  EXPECT_EQ(problem(kText), "none");
  EXPECT_EQ(problem("a = 1\nb = 2"), "p.toml:2:6: the last line has no line end");
  EXPECT_THAT(problem("a = 1\n\tb = 2\n"), HasSubstr("p.toml:2:1: a tab"));
  EXPECT_THAT(problem("a = 1\r\n"), HasSubstr("p.toml:1:6: a carriage return"));
  EXPECT_THAT(problem("a = \x01\n"), HasSubstr("p.toml:1:5: a control character"));
  EXPECT_THAT(problem("a = \xFF\n"), HasSubstr("p.toml:1:5: this is not UTF-8"));
}

TEST(KindOfTest, IsWhatTheDocumentSaysOfItself) {
  EXPECT_EQ(*KindOf(DocumentFrom("document = \"directory\"\n", "a")), DocumentKind::kDirectory);
  EXPECT_EQ(*KindOf(DocumentFrom("document = \"suspension\"\n", "a")), DocumentKind::kSuspension);
  EXPECT_THAT(KindOf(DocumentFrom("x = 1\ndocument = \"poem\"\n", "a")).error().detail,
              HasSubstr("a:2:12: `document` must say"));
  EXPECT_THAT(KindOf(DocumentFrom("x = 1\n", "a")).error().detail, HasSubstr("a:1:1:"));
}

class ReadSignersTest : public ::testing::Test {
 protected:
  ReadSignersTest() { std::filesystem::create_directories(folder_); }
  ~ReadSignersTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& kind) {
    CountedRandom random(9);
    const std::string path = folder_ / name;
    CHECK(WriteFileDurably(path, AsBytes(seal::KeyToText(kind, random.Array<32>())), kPrivateFile));
    return path;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("havenline-signers-" + std::to_string(getpid()));
};

TEST_F(ReadSignersTest, ANoteKeySignsUnderTheNameBesideIt) {
  const std::string path = Write("g.key", "note");
  ASSERT_TRUE(WriteFileDurably(path + ".name", AsBytes("p/governance/1\n"), kPublicFile));
  const auto signers = ReadSigners({path}, std::nullopt);
  ASSERT_TRUE(signers.has_value()) << signers.error().detail;
  EXPECT_EQ(signers->front().key().name, "p/governance/1");
}

TEST_F(ReadSignersTest, AStatementKeySignsAsItsAgencyAndOnlyWhereThatIsKnown) {
  const std::string path = Write("statement.key", "statement");
  EXPECT_FALSE(ReadSigners({path}, std::nullopt).has_value());
  const auto signers = ReadSigners({path}, AgencySigner{kTestPartnership, kSchoolA});
  ASSERT_TRUE(signers.has_value()) << signers.error().detail;
  EXPECT_EQ(signers->front().key().name, AgencyNoteName(kTestPartnership, kSchoolA));
}

TEST_F(ReadSignersTest, AnAgencyWhoseNameNoNoteKeyCanBearSignsNothing) {
  const auto signers = ReadSigners({Write("statement.key", "statement")},
                                   AgencySigner{kTestPartnership, AgencyId("school.a+b")});
  ASSERT_FALSE(signers.has_value());
  EXPECT_THAT(signers.error().detail, HasSubstr("'+'"));
}

TEST_F(ReadSignersTest, OneKeySignsOnce) {
  const std::string path = Write("statement.key", "statement");
  const auto signers = ReadSigners({path, path}, AgencySigner{kTestPartnership, kSchoolA});
  ASSERT_FALSE(signers.has_value());
  EXPECT_THAT(signers.error().detail, HasSubstr("given twice"));
}

}  // namespace
}  // namespace havenline
