// The directory: what it says, and everything for which its text is refused, with the line.

#include "schema/directory/directory.h"

#include <gtest/gtest.h>

#include "schema/model/limits.h"
#include "tests/schema/directory/documents.h"

namespace havenline {
namespace {

Directory Good() {
  auto directory = Directory::Parse(DirectoryText(), "d.toml");
  EXPECT_TRUE(directory.has_value()) << directory.error().detail;
  return *std::move(directory);
}

// Spoils the first `from`; refused on the line on which `to` then ends.
::testing::AssertionResult Spoilt(const std::string& from, const std::string& to,
                                  std::string_view words) {
  const std::string text = Changed(DirectoryText(), from, to);
  const auto end =
      text.begin() + static_cast<std::ptrdiff_t>(DirectoryText().find(from) + to.size());
  const auto line = 1 + std::count(text.begin(), end, '\n') - (to.ends_with('\n') ? 1 : 0);
  const auto directory = Directory::Parse(text, "d.toml");
  if (directory) return ::testing::AssertionFailure() << "it was taken";
  const std::string& detail = directory.error().detail;
  for (auto at = detail.find("d.toml:" + std::to_string(line) + ":"); at != std::string::npos;
       at = detail.find("\nd.toml:" + std::to_string(line) + ":", at + 1)) {
    if (detail.substr(at + 1, detail.find('\n', at + 1) - at).find(words) != std::string::npos)
      return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "not for that reason on line " << line << ":\n" << detail;
}

std::string PublicOf(std::uint8_t seed) { return Base64Encode(TestKey(seed).public_key()); }

TEST(DirectoryTest, SaysWhoIsWho) {
  const Directory directory = Good();
  EXPECT_EQ(directory.partnership(), PartnershipId("testshire"));
  EXPECT_EQ(directory.version().version, 1U);
  EXPECT_EQ(directory.version().hash, tlog::NoteTextHash(DirectoryText()));
  EXPECT_EQ(directory.governance(), TwoOfThree());
  EXPECT_EQ(directory.broker_curve(), CurveKey(CurveText(1)));
  EXPECT_EQ(directory.broker_release_key(), TestKey(21).public_key());
  ASSERT_EQ(directory.log_keys().size(), 1U);
  const Agency* const police = directory.Find(AgencyId("police.test"));
  ASSERT_NE(police, nullptr);
  EXPECT_EQ(police->title, "Test Force");
  EXPECT_TRUE(police->Holds(Role("police")));
  EXPECT_TRUE(police->Holds(Role("vawg-lead")));
  EXPECT_FALSE(police->Holds(Role("school")));
  EXPECT_EQ(police->areas, std::vector<std::string>{"north"});
  EXPECT_EQ(directory.Find(AgencyId("police.tes")), nullptr);
  EXPECT_EQ(directory.Find(AgencyId()), nullptr);
}

TEST(DirectoryTest, AHostIsFoundByItsNameAndByEachOfItsKeys) {
  const Directory directory = Good();
  const Host* const desk = directory.Find(HostId("host.desk"));
  ASSERT_NE(desk, nullptr);
  EXPECT_TRUE(desk->operator_link);
  EXPECT_EQ(directory.HostOf(CurveKey(CurveText(3))), desk);
  EXPECT_EQ(directory.HostOf(CurveKey(CurveText(4))), desk);
  EXPECT_EQ(directory.HostOf(CurveKey(CurveText(1))), nullptr) << "the broker's is no host's";
  EXPECT_EQ(directory.HostOf(CurveKey()), nullptr);
  const auto hosted = directory.AgenciesOf(HostId("host.desk"));
  ASSERT_EQ(hosted.size(), 2U);
  EXPECT_EQ(hosted[1]->id, AgencyId("school.100002"));
  EXPECT_TRUE(directory.AgenciesOf(HostId("host.none")).empty());
}

TEST(DirectoryTest, AKeyIsFoundByIdWhateverItsStateAndOneIsCurrent) {
  const Directory directory = Good();
  const AgencyId police("police.test");
  const auto envelope = seal::Purpose::kEnvelope;
  const auto id = [](std::uint8_t seed) {
    return seal::KeyIdOf("envelope", TestKey(seed).public_key());
  };
  ASSERT_NE(directory.CurrentKey(police, envelope), nullptr);
  EXPECT_EQ(directory.CurrentKey(police, envelope)->id, id(30));
  EXPECT_EQ(directory.FindKey(police, envelope, id(31))->state, KeyState::kRetired);
  EXPECT_EQ(directory.FindKey(police, envelope, id(32))->state, KeyState::kCompromised);
  EXPECT_EQ(directory.FindKey(police, envelope, id(33)), nullptr);
  EXPECT_EQ(directory.FindKey(police, seal::Purpose::kReceipt, id(30)), nullptr)
      << "a key is for one purpose";
  EXPECT_EQ(directory.FindKey(AgencyId("school.100001"), envelope, id(30)), nullptr);
  EXPECT_EQ(directory.CurrentKey(AgencyId("school.100002"), envelope), nullptr);
  EXPECT_EQ(directory.CurrentKey(AgencyId("nobody"), envelope), nullptr);
}

TEST(DirectoryTextTest, TheTopSaysWhatItIs) {
  EXPECT_TRUE(Spoilt("\"directory\"", "\"policy\"", "must be \"directory\""));
  EXPECT_TRUE(Spoilt("version = 1", "version = 0", "from 1"));
  EXPECT_TRUE(Spoilt("minimum-suite = 1", "minimum-suite = 2", "from 1 to 1"));
  EXPECT_TRUE(Spoilt("minimum-suite = 1", "minimum-suite = 1\nsuites = 1", "unknown key"));
  EXPECT_TRUE(Refused(Directory::Parse(Changed(DirectoryText(), "version = 1", "version = 2"), ""),
                      "`previous`"));
  EXPECT_TRUE(Spoilt("version = 1", "version = 2\nprevious = \"abcd\"", "64 hexadecimal"));
  EXPECT_TRUE(
      Refused(Directory::Parse(Changed(DirectoryText(), "version = 1",
                                       "version = 1\nprevious = \"" + std::string(64, 'a') + "\""),
                               ""),
              "`previous`"));
}

TEST(DirectoryTextTest, TheThresholdIsBetweenOneAndAllKeys) {
  EXPECT_TRUE(Spoilt("threshold = 2", "threshold = 0", "from 1 to 3"));
  EXPECT_TRUE(Spoilt("threshold = 2", "threshold = 4", "from 1 to 3"));
  EXPECT_TRUE(
      Directory::Parse(Changed(DirectoryText(), "threshold = 2", "threshold = 3"), "").has_value());
}

// Each key is one party's and for one purpose: a shared one lets one claim another's signatures.
TEST(DirectoryTextTest, NoKeyStandsTwice) {
  const std::string governor = tlog::NoteKeyToText(Governor(2).key());
  EXPECT_TRUE(Spoilt(governor, tlog::NoteKeyToText(Governor(1).key()), "never shared"));
  const tlog::NoteSigner other_name("testshire/governance/9", TestKey(1));
  EXPECT_TRUE(Spoilt(governor, tlog::NoteKeyToText(other_name.key()), "never shared"))
      << "one person under two names would be two of k";
  EXPECT_TRUE(Spoilt(PublicOf(21), PublicOf(1), "never shared"));
  EXPECT_TRUE(Spoilt(CurveText(4), CurveText(3), "never shared"));
  EXPECT_TRUE(Spoilt(CurveText(2), CurveText(1), "never shared"));
  EXPECT_TRUE(Spoilt(PublicOf(31), PublicOf(30), "never shared"));
}

TEST(DirectoryTextTest, WeakAndMalformedKeysAreRefused) {
  const std::string identity = Base64Encode(ByteArray<32>{1});  // The neutral element.
  EXPECT_TRUE(Spoilt(PublicOf(21), identity, "not an acceptable Ed25519 key"));
  EXPECT_TRUE(Spoilt(PublicOf(31), identity, "not an acceptable Ed25519 key"));
  EXPECT_TRUE(Spoilt(PublicOf(21), "AAAA", "32 bytes in base64"));
  EXPECT_TRUE(Spoilt(CurveText(2), std::string(40, '0'), "40 characters of Z85")) << "all zero";
  EXPECT_TRUE(Spoilt(CurveText(2), CurveText(2).substr(1), "40 characters of Z85"));
  EXPECT_FALSE(IsCurveKey(""));
  const std::string governor = tlog::NoteKeyToText(Governor(2).key());
  EXPECT_TRUE(Spoilt(governor, "testshire/governance/2", "not a note key"));
}

// Whoever names a key as its own must hold the private half, and for that agency and purpose.
TEST(DirectoryTextTest, APossessionIsProvedForTheAgencyAndThePurpose) {
  const auto proof = [](const std::string& agency, const std::string& purpose) {
    return Base64Encode(seal::ProvePossession(TestKey(30), agency, purpose));
  };
  const std::string good = proof("police.test", "envelope");
  EXPECT_TRUE(Spoilt(good, proof("school.100001", "envelope"), "does not prove"));
  EXPECT_TRUE(Spoilt(good, proof("police.test", "receipt"), "does not prove"));
  EXPECT_TRUE(Spoilt(good, Base64Encode(Signature{}), "does not prove"));
  EXPECT_TRUE(Spoilt(good, "", "must not be empty"));
}

TEST(DirectoryTextTest, OneKeyOfAPurposeIsCurrent) {
  const auto directory =
      Directory::Parse(Changed(DirectoryText(), "state = \"retired\"", "state = \"current\""), "");
  EXPECT_TRUE(Refused(directory, "two current keys for one purpose"));
  EXPECT_TRUE(Spoilt("state = \"retired\"", "state = \"old\"", "must be one of"));
}

TEST(DirectoryTextTest, NamesAreUniqueAndHostsAreThere) {
  EXPECT_TRUE(
      Refused(Directory::Parse(
                  Changed(DirectoryText(), "name = \"host.desk\"", "name = \"host.police\""), ""),
              "a host has one entry"));
  EXPECT_TRUE(Refused(
      Directory::Parse(
          Changed(DirectoryText(), "name = \"school.100002\"", "name = \"school.100001\""), ""),
      "an agency has one entry"));
  EXPECT_TRUE(
      Refused(Directory::Parse(
                  Changed(DirectoryText(), "host = \"host.police\"", "host = \"host.none\""), ""),
              "names no [[host]]"));
  EXPECT_TRUE(Spoilt("roles = [\"police\", \"vawg-lead\"]", "roles = []", "at least one role"));
  EXPECT_TRUE(Spoilt("name = \"police.test\"", "name = \"../police\"", "must be a name"));
}

// All agencies of a host are in the hello of its link.
TEST(DirectoryTextTest, AHostSpeaksForNoMoreAgenciesThanAHelloNames) {
  std::string text = DirectoryText();
  for (std::size_t i = 1; i < limits::kAgenciesPerHostMax; ++i) {
    text += "[[agency]]\nname = \"a." + std::to_string(i) +
            "\"\ntitle = \"Example\"\nroles = [\"school\"]\nhost = \"host.police\"\n";
  }
  EXPECT_TRUE(Directory::Parse(text, "").has_value());
  text +=
      "[[agency]]\nname = \"a.last\"\ntitle = \"Example\"\nroles = [\"school\"]\nhost = "
      "\"host.police\"\n";
  EXPECT_TRUE(Refused(Directory::Parse(text, ""), "has too many agencies"));
}

TEST(DirectoryTextTest, AnyPieceLeftOutIsRefused) {
  for (const char* const key : {"document", "partnership", "version", "minimum-suite", "threshold",
                                "keys", "curve", "release", "log-keys", "name", "operated-by",
                                "title", "roles", "host =", "purpose", "public", "proof"}) {
    std::string text = DirectoryText();
    const auto before = text.find("\n" + std::string(key));
    const std::size_t start = text.starts_with(key) ? 0 : before + 1;
    ASSERT_TRUE(text.substr(start).starts_with(key)) << key;
    text.erase(start, text.find('\n', start) - start);
    EXPECT_FALSE(Directory::Parse(text, "").has_value()) << key;
  }
}

}  // namespace
}  // namespace havenline
