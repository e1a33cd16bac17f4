// Witnesses in the directory, everything for which they are refused, and when they are enough.

#include "schema/directory/witnesses.h"

#include <gtest/gtest.h>

#include "tests/schema/directory/documents.h"

namespace havenline {
namespace {

const PartnershipId kTestshire("testshire");
const TimePoint kTime = FromMilliseconds(1'795'218'000'000);
constexpr const char* kCheckpoint = "testshire/log/1\n1\nAAAA\n";

tlog::WitnessSigner WitnessOf(const std::string& agency, std::uint8_t seed) {
  return {WitnessName(kTestshire, AgencyId(agency)), TestKey(seed)};
}

std::string WitnessEntry(const std::string& agency, std::uint8_t seed,
                         const std::string& more = "since = 1\n") {
  return "[[witness]]\nagency = \"" + agency + "\"\nkey = \"" +
         tlog::WitnessKeyToText(WitnessOf(agency, seed).key()) + "\"\nproof = \"" +
         Base64Encode(seal::ProvePossession(TestKey(seed), agency, kWitnessPurpose)) + "\"\n" +
         more;
}

// The directory with a third operator, whose agency is a fourth.
std::string WithTrust(const std::string& top, const std::string& witnesses) {
  return Changed(DirectoryText(), "minimum-suite = 1\n", "minimum-suite = 1\n" + top) +
         "[[host]]\nname = \"host.trust\"\noperated-by = \"Test Trust\"\ncurve = [\"" +
         CurveText(5) +
         "\"]\n[[agency]]\nname = \"trust.test\"\ntitle = \"Test Trust\"\nroles = "
         "[\"health\"]\nhost = \"host.trust\"\n" +
         witnesses;
}

std::string ThreeWitnesses() {
  return WitnessEntry("police.test", 40) + WitnessEntry("school.100001", 41) +
         WitnessEntry("trust.test", 42);
}
std::string Text(const std::string& quorum = "2") {
  return WithTrust("quorum = " + quorum + "\n", ThreeWitnesses());
}
Directory Good(const std::string& text = Text()) {
  auto directory = Directory::Parse(text, "d.toml");
  EXPECT_TRUE(directory.has_value()) << directory.error().detail;
  return *std::move(directory);
}

TEST(WitnessesTest, ADirectoryOfBeforeHasNoneAndAsksForNone) {
  const Directory directory = Good(DirectoryText());
  EXPECT_TRUE(directory.witnesses().empty());
  EXPECT_EQ(directory.quorum(), 0U);
  EXPECT_FALSE(QuorumTime(directory, {}).has_value());
}

TEST(WitnessesTest, SaysWhoCosignsForWhichAgencyAndHost) {
  const Directory directory = Good();
  EXPECT_EQ(directory.quorum(), 2U);
  ASSERT_EQ(directory.witnesses().size(), 3U);
  const Witness* const police = FindWitness(directory, AgencyId("police.test"));
  ASSERT_NE(police, nullptr);
  EXPECT_EQ(police->key, WitnessOf("police.test", 40).key());
  EXPECT_EQ(FindWitness(directory, AgencyId("school.100002")), nullptr);
  EXPECT_EQ(WitnessKeys(directory).size(), 3U);
  const auto at_desk = WitnessKeysOf(directory, HostId("host.desk"));
  ASSERT_EQ(at_desk.size(), 1U);
  EXPECT_EQ(at_desk[0], WitnessOf("school.100001", 41).key());
}

TEST(WitnessesTest, ThereAreNoneOrThreeToSeven) {
  const std::string two = WitnessEntry("police.test", 40) + WitnessEntry("trust.test", 42);
  EXPECT_TRUE(
      Refused(Directory::Parse(WithTrust("quorum = 2\n", two), "d.toml"), "three to seven"));
  std::string agencies;
  std::string eight = ThreeWitnesses();
  for (std::uint8_t i = 0; i < 5; ++i) {
    const std::string name = "school.20000" + std::to_string(i);
    agencies += "[[agency]]\nname = \"" + name +
                "\"\ntitle = \"Another School\"\nroles = [\"school\"]\nhost = \"host.desk\"\n";
    eight += WitnessEntry(name, static_cast<std::uint8_t>(50 + i));
  }
  EXPECT_TRUE(Refused(Directory::Parse(WithTrust("quorum = 2\n", agencies + eight), "d.toml"),
                      "three to seven"));
}

TEST(WitnessesTest, AQuorumIsNamedAndOnlyWithWitnesses) {
  EXPECT_TRUE(Refused(Directory::Parse(WithTrust("", ThreeWitnesses()), "d.toml"), "`quorum`"));
  EXPECT_TRUE(Refused(Directory::Parse(WithTrust("quorum = 2\n", ""), "d.toml"),
                      "there is no [[witness]]"));
}

// Two machines of one operator are one voice.
TEST(WitnessesTest, AQuorumThatDistinctOperatorsCannotReachIsRefused) {
  EXPECT_TRUE(Directory::Parse(Text("3"), "d.toml").has_value());
  for (const char* const other : {"Test Council", "test  COUNCIL"}) {
    const std::string text = Changed(Text("3"), "operated-by = \"Test Trust\"",
                                     std::string("operated-by = \"") + other + "\"");
    EXPECT_TRUE(Refused(Directory::Parse(text, "d.toml"), "2 distinct operators")) << other;
  }
}

// Else two halves could each make a head final, and the heads contradict each other.
TEST(WitnessesTest, AQuorumIsMoreThanHalfOfTheOperators) {
  EXPECT_TRUE(Refused(Directory::Parse(Text("1"), "d.toml"), "more than half"));
}

TEST(WitnessesTest, AKeyIsOneAgencysAloneAndProvedAndNamedAfterIt) {
  const auto refused = [](const std::string& third, std::string_view words) {
    const std::string text =
        WithTrust("quorum = 2\n",
                  WitnessEntry("police.test", 40) + WitnessEntry("school.100001", 41) + third);
    return Refused(Directory::Parse(text, "d.toml"), words);
  };
  EXPECT_TRUE(refused(WitnessEntry("trust.test", 41), "never shared"));
  EXPECT_TRUE(refused(WitnessEntry("trust.test", 30), "never shared"))
      << "that is an envelope key of the police";
  EXPECT_TRUE(refused(WitnessEntry("nobody.test", 42), "names no [[agency]]"));
  EXPECT_TRUE(refused(WitnessEntry("police.test", 42), "two witness keys"));
  EXPECT_TRUE(refused(WitnessEntry("trust.test", 42, "since = 2\n"), "later than"));
  const std::string good = WitnessEntry("trust.test", 42);
  EXPECT_TRUE(refused(
      Changed(good, Base64Encode(seal::ProvePossession(TestKey(42), "trust.test", kWitnessPurpose)),
              Base64Encode(seal::ProvePossession(TestKey(42), "police.test", kWitnessPurpose))),
      "does not prove"));
  const tlog::WitnessSigner misnamed("testshire/witness/police.test", TestKey(42));
  EXPECT_TRUE(refused(Changed(good, tlog::WitnessKeyToText(WitnessOf("trust.test", 42).key()),
                              tlog::WitnessKeyToText(misnamed.key())),
                      "must be named"));
  const tlog::NoteSigner of_notes("testshire/witness/trust.test", TestKey(42));
  EXPECT_TRUE(refused(Changed(good, tlog::WitnessKeyToText(WitnessOf("trust.test", 42).key()),
                              tlog::NoteKeyToText(of_notes.key())),
                      "not a witness's key"));
}

TEST(WitnessesTest, ARetiredKeyStaysListedAndCountsForNothing) {
  const std::string text = WithTrust(
      "quorum = 2\n", ThreeWitnesses() +
                          WitnessEntry("police.test", 43, "since = 1\nstate = \"retired\"\n") +
                          WitnessEntry("gone.test", 44, "since = 1\nstate = \"retired\"\n"));
  const Directory directory = Good(text);
  EXPECT_EQ(directory.witnesses().size(), 5U) << "also of an agency that left";
  EXPECT_EQ(WitnessKeys(directory).size(), 3U);
  EXPECT_EQ(FindWitness(directory, AgencyId("police.test"))->key,
            WitnessOf("police.test", 40).key());
  const std::vector<tlog::Cosignature> one_counts = {
      WitnessOf("police.test", 43).Cosign(kCheckpoint, kTime),
      WitnessOf("trust.test", 42).Cosign(kCheckpoint, kTime)};
  EXPECT_FALSE(QuorumTime(directory, one_counts).has_value());
}

TEST(WitnessesTest, AQuorumIsReachedWhenTheLastOfEnoughOperatorsCosigned) {
  const Directory directory = Good();
  const auto at = [](const std::string& agency, std::uint8_t seed, int minutes) {
    return WitnessOf(agency, seed).Cosign(kCheckpoint, kTime + std::chrono::minutes(minutes));
  };
  std::vector<tlog::Cosignature> cosignatures = {at("police.test", 40, 0)};
  EXPECT_FALSE(QuorumTime(directory, cosignatures).has_value());
  cosignatures.push_back(at("school.100001", 41, 3));
  EXPECT_EQ(QuorumTime(directory, cosignatures), kTime);
  cosignatures.push_back(at("trust.test", 42, 5));
  EXPECT_EQ(QuorumTime(directory, cosignatures), kTime + std::chrono::minutes(3));
}

TEST(WitnessesTest, TwoWitnessesOfOneOperatorAreOneVoice) {
  const Directory directory =
      Good(WithTrust("quorum = 2\n", ThreeWitnesses() + WitnessEntry("school.100002", 45)));
  std::vector<tlog::Cosignature> cosignatures = {
      WitnessOf("school.100001", 41).Cosign(kCheckpoint, kTime),
      WitnessOf("school.100002", 45).Cosign(kCheckpoint, kTime)};
  EXPECT_FALSE(QuorumTime(directory, cosignatures).has_value());
  cosignatures.push_back(WitnessOf("trust.test", 42).Cosign(kCheckpoint, kTime));
  EXPECT_TRUE(QuorumTime(directory, cosignatures).has_value());
}

}  // namespace
}  // namespace havenline
