// A witness: what it cosigns, what it does not and why, and how it notices that it has forgotten.

#include "agents/link/cosigner.h"

#include <fstream>

#include "schema/seal/key_text.h"
#include "tests/agents/link/witness_fixture.h"
#include "tests/fakes/openings.h"

namespace havenline {
namespace {

class CosignerTest : public WitnessFixture {
 protected:
  CosignerTest() {
    partnership_.WriteKeys(kPolice, scratch_ / "keys");
    Start();
  }

  OwnAgency Own() const {
    OwnAgency own{kPolice, scratch_ / "keys", {}, "", Calendar()};
    own.witness_mark = scratch_ / "mark";
    return own;
  }
  void Start() {
    cosigner_.reset();  // It holds its mark.
    auto loaded = Cosigner::Load(kTestPartnership, Own(), documents(), agent_.store());
    ASSERT_TRUE(loaded.has_value()) << loaded.error().detail;
    cosigner_ = *std::move(loaded);
    ASSERT_NE(cosigner_, nullptr);
  }
  // The process ends and starts again.
  void Restart() {
    cosigner_.reset();
    agent_.Reopen();
    Start();
  }
  Documents::Announced InForce() {
    return {documents().directory().version(), documents().policy().version(), 0};
  }
  Cosigner::Said Cosign(TimePoint now = kNight) { return Cosign(InForce(), now); }
  Cosigner::Said Cosign(const Documents::Announced& announced, TimePoint now = kNight) {
    auto said = cosigner_->Cosign(announced, now);
    EXPECT_TRUE(said.has_value()) << said.error().detail;
    return *std::move(said);
  }
  // That it holds for this head, by the police's witness key.
  static ::testing::AssertionResult Cosigns(const Cosigner::Said& said, const LogHead& head) {
    const auto text = tlog::UnverifiedText(said.note);
    if (!text) return ::testing::AssertionFailure() << "nothing said; " << said.why_not;
    if (*text != tlog::CheckpointText(kTestPartnership, head))
      return ::testing::AssertionFailure() << "another head: " << *text;
    const auto cosignatures =
        tlog::CosignaturesOn(said.note, std::array{TestPartnership::WitnessOf(kPolice).key()});
    if (!cosignatures || cosignatures->size() != 1)
      return ::testing::AssertionFailure() << "no cosignature that holds";
    return ::testing::AssertionSuccess();
  }
  static ::testing::AssertionResult Refuses(const Cosigner::Said& said, std::string_view why) {
    if (!said.note.empty()) return ::testing::AssertionFailure() << "it cosigned";
    if (said.why_not.find(why) == std::string::npos)
      return ::testing::AssertionFailure() << "for another reason: " << said.why_not;
    return ::testing::AssertionSuccess();
  }
  static std::string RowKey() {
    Bytes id;
    AppendU32(id, tlog::WitnessKeyId(TestPartnership::WitnessOf(kPolice).key()));
    return "witness/" + kPolice.value() + "/" + HexEncode(id);
  }
  std::filesystem::path MarkFolder() const {
    return *std::filesystem::directory_iterator(scratch_ / "mark");
  }
  void CopyMark(const std::filesystem::path& from, const std::filesystem::path& to) const {
    std::filesystem::remove_all(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  }

  ScratchDirectory scratch_;
  std::unique_ptr<Cosigner> cosigner_;
};

// --- what it cosigns

TEST_F(CosignerTest, AHeadThatItsAgentVerifiedIsCosignedOnceKept) {
  ASSERT_TRUE(Show(5).value());
  EXPECT_TRUE(Cosigns(Cosign(), log_.HeadAt(5)));
  EXPECT_EQ(cosigner_->last(), log_.HeadAt(5));
  ASSERT_TRUE(Show(9).value());
  EXPECT_TRUE(Cosigns(Cosign(), log_.HeadAt(9)));
  Restart();
  EXPECT_EQ(cosigner_->last(), log_.HeadAt(9));
  EXPECT_TRUE(Cosigns(Cosign(), log_.HeadAt(9)));
}

TEST_F(CosignerTest, TheSameHeadIsCosignedAgainAfterAMinuteAndToABrokerThatMayHaveForgotten) {
  ASSERT_TRUE(Show(5).value());
  EXPECT_TRUE(Cosigns(Cosign(), log_.HeadAt(5)));
  EXPECT_TRUE(Refuses(Cosign(kNight + std::chrono::seconds(59)), ""));
  EXPECT_TRUE(Cosigns(Cosign(kNight + std::chrono::seconds(60)), log_.HeadAt(5)));
  cosigner_->SayAgain();
  EXPECT_TRUE(Cosigns(Cosign(kNight + std::chrono::seconds(61)), log_.HeadAt(5)));
}

TEST_F(CosignerTest, ASecondHistoryIsNeverCosignedAndBothHeadsAreKept) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  const TestLog other(7, 3);
  for (const std::uint64_t size : {5U, 9U}) {
    const auto shown = Show(size, {}, kNight, other);
    ASSERT_FALSE(shown.has_value());
    EXPECT_EQ(shown.error().code, FaultCode::kCorrupt);
    EXPECT_TRUE(agent_.store().Get(Table::kDocuments, "evidence/" + NumberText(size))->has_value());
    EXPECT_TRUE(Refuses(Cosign(), ""));
    EXPECT_EQ(cosigner_->last(), log_.HeadAt(5));
  }
  ASSERT_TRUE(Show(9).value()) << "the true one goes on";
  EXPECT_TRUE(Cosigns(Cosign(), log_.HeadAt(9)));
}

TEST_F(CosignerTest, ANewEpochThatGovernanceOpenedIsATreeOfItsOwn) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  agent_.Document(DocumentKind::kOpening, OpeningNoteOf(partnership_, 2));
  const LogHead first{2, 1, Digest{1}};
  ASSERT_TRUE(
      documents()
          .TakeCheckpoint(tlog::MakeCheckpoint(kTestPartnership, first, LogSignerOf(2)), 5, {})
          .value());
  EXPECT_TRUE(Cosigns(Cosign(), first));
  Restart();
  EXPECT_EQ(cosigner_->last(), first);
  EXPECT_FALSE(cosigner_->lost());
}

// --- what it does not

TEST_F(CosignerTest, WhoIsNotListedSaysNothing) {
  TestAgent other(partnership_, kPolice, {});
  other.Document(DocumentKind::kDirectory, DirectoryNote({kSchoolA, kSchoolB, kCouncil}));
  ASSERT_TRUE(other.documents().TakeCheckpoint(log_.Checkpoint(partnership_, 5), 0, {}).value());
  cosigner_.reset();
  auto loaded = Cosigner::Load(kTestPartnership, Own(), other.documents(), other.store());
  ASSERT_TRUE(loaded.has_value());
  const auto said = (*loaded)->Cosign(InForce(), kNight);
  EXPECT_TRUE(said->note.empty());
  EXPECT_TRUE(said->why_not.empty());
}

TEST_F(CosignerTest, AnAgencyWithoutAMarksFolderIsNoWitnessHere) {
  OwnAgency own = Own();
  own.witness_mark.clear();
  EXPECT_EQ(*Cosigner::Load(kTestPartnership, own, documents(), agent_.store()), nullptr);
}

TEST_F(CosignerTest, AKeyThatTheDirectoryDoesNotNameCosignsNothing) {
  const auto path = scratch_ / "keys" / "witness.key";
  std::filesystem::remove(path);
  std::ofstream(path) << seal::KeyToText("witness", ByteArray<32>{77});
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  Start();
  ASSERT_TRUE(Show(5).value());
  EXPECT_TRUE(Refuses(Cosign(), "another witness key"));
}

TEST_F(CosignerTest, AMissingOrForeignKeyFileIsAFaultThatSaysWhich) {
  const auto path = scratch_ / "keys" / "witness.key";
  std::filesystem::remove(path);
  cosigner_.reset();
  EXPECT_FALSE(Cosigner::Load(kTestPartnership, Own(), documents(), agent_.store()).has_value());
  std::filesystem::copy(scratch_ / "keys" / "envelope.key", path);
  const auto loaded = Cosigner::Load(kTestPartnership, Own(), documents(), agent_.store());
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(loaded.error().detail.find("witness.key"), std::string::npos);
}

TEST_F(CosignerTest, ALogWithAnOlderDirectoryOrPolicyThanTheWitnessHoldsIsNotCosigned) {
  ASSERT_TRUE(Show(5).value());
  Documents::Announced older = InForce();
  older.directory = partnership_.directory().version();
  EXPECT_TRUE(Refuses(Cosign(older), "directory version 2, and the log has version 1"));
  agent_.Document(DocumentKind::kPolicy, partnership_.Sign(partnership_.PolicyText(
                                             2, partnership_.policy().version().hash)));
  older = InForce();
  older.policy = partnership_.policy().version();
  EXPECT_TRUE(Refuses(Cosign(older), "policy version 2, and the log has version 1"));
  EXPECT_FALSE(cosigner_->last().has_value());
  EXPECT_TRUE(Cosigns(Cosign(), log_.HeadAt(5))) << "once the log has them";
}

TEST_F(CosignerTest, ALogThatHasAnotherDirectoryOfTheSameVersionIsNotCosigned) {
  ASSERT_TRUE(Show(5).value());
  Documents::Announced other = InForce();
  other.directory.hash = Digest{1};
  EXPECT_TRUE(Refuses(Cosign(other), "two different documents"));
}

// Governance hands it to the witness itself: a log that is kept from it is noticed.
TEST_F(CosignerTest, ANewerDirectoryBesideTheConfigurationCountsAsHeld) {
  ASSERT_TRUE(Show(5).value());
  const std::string third = partnership_.WithWitnesses(
      partnership_.DirectoryText(3, documents().directory().version().hash), Three(), 2);
  auto with_file =
      Documents::Load({kTestPartnership, partnership_.TestGovernance(), partnership_.Sign(third),
                       partnership_.Sign(partnership_.PolicyText())},
                      agent_.store());
  ASSERT_TRUE(with_file.has_value());
  EXPECT_EQ((*with_file)->directory().version().version, 2U) << "in force is what the log says";
  cosigner_.reset();
  auto loaded = Cosigner::Load(kTestPartnership, Own(), **with_file, agent_.store());
  ASSERT_TRUE(loaded.has_value());
  const auto said = (*loaded)->Cosign(InForce(), kNight);
  EXPECT_TRUE(Refuses(*said, "directory version 3, and the log has version 2"));
}

// --- what it notices of itself

TEST_F(CosignerTest, AMarkThatIsGoneRetiresTheKeyForEver) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  cosigner_.reset();
  CopyMark(MarkFolder(), scratch_ / "kept");
  const auto folder = MarkFolder();
  std::filesystem::remove_all(folder);
  Restart();
  EXPECT_TRUE(Refuses(Cosign(), "Retired: replace the key"));
  cosigner_.reset();
  CopyMark(scratch_ / "kept", folder);
  Restart();
  EXPECT_TRUE(Refuses(Cosign(), "its mark is gone")) << "also when it is back";
}

TEST_F(CosignerTest, AStoreThatForgotWhatTheMarkRemembersRetiresTheKey) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  cosigner_.reset();
  TestAgent restored(partnership_, kPolice, {});
  Begin(restored);
  auto loaded = Cosigner::Load(kTestPartnership, Own(), restored.documents(), restored.store());
  ASSERT_TRUE(loaded.has_value());
  EXPECT_TRUE(Refuses(*(*loaded)->Cosign(InForce(), kNight), "store has forgotten"));
}

TEST_F(CosignerTest, AnOlderStoreThanItsMarkRetiresTheKey) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  const auto row = agent_.store().Get(Table::kMeta, RowKey()).value();
  ASSERT_TRUE(row.has_value());
  ASSERT_TRUE(Show(9).value());
  Cosign();
  StoreBatch older;
  older.Put(Table::kMeta, RowKey(), *row);
  ASSERT_TRUE(agent_.store().Commit(older).has_value());
  Restart();
  EXPECT_TRUE(Refuses(Cosign(), "older than its mark"));
}

TEST_F(CosignerTest, HeadsThatTheStoreForgotRetireTheKey) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  StoreBatch forget;
  forget.Delete(Table::kDocuments, "checkpoint");
  ASSERT_TRUE(agent_.store().Commit(forget).has_value());
  Restart();
  ASSERT_TRUE(Show(9, {}, kNight, TestLog(7, 3)).value()) << "taken on trust, being the first";
  EXPECT_TRUE(Refuses(Cosign(), "forgotten heads"));
}

TEST_F(CosignerTest, ACosignatureOfItsKeyThatItDoesNotRememberRetiresTheKey) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  ASSERT_TRUE(Show(9, {kPolice}).value());
  EXPECT_TRUE(Refuses(Cosign(), "does not remember"));
  Restart();
  EXPECT_TRUE(Refuses(Cosign(), "does not remember"));
}

TEST_F(CosignerTest, ItsOwnRememberedCosignatureIsNoSurprise) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  ASSERT_TRUE(Show(5, {kPolice}).has_value());
  ASSERT_TRUE(Show(9).value());
  EXPECT_TRUE(Cosigns(Cosign(), log_.HeadAt(9)));
}

// The row is synced first, then the mark, then the cosignature leaves: between the two nobody has
// heard of it.
TEST_F(CosignerTest, ACrashBetweenRowAndMarkLosesNothing) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  cosigner_.reset();
  CopyMark(MarkFolder(), scratch_ / "kept");
  Start();
  ASSERT_TRUE(Show(9).value());
  Cosign();
  cosigner_.reset();
  CopyMark(scratch_ / "kept", MarkFolder());
  Restart();
  EXPECT_EQ(cosigner_->last(), log_.HeadAt(9));
  EXPECT_TRUE(Cosigns(Cosign(), log_.HeadAt(9)));
  EXPECT_EQ(ReadMark(MarkFolder())->newest, log_.HeadAt(9)) << "before it left";
}

TEST_F(CosignerTest, ANewKeyBeginsAnewBesideALostOne) {
  ASSERT_TRUE(Show(5).value());
  Cosign();
  cosigner_.reset();
  const auto folder = MarkFolder();
  std::filesystem::remove_all(folder);
  Restart();
  EXPECT_TRUE(cosigner_->lost());
  const auto path = scratch_ / "keys" / "witness.key";
  std::filesystem::remove(path);
  std::ofstream(path) << seal::KeyToText("witness", ByteArray<32>{77});
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  Restart();
  EXPECT_FALSE(cosigner_->lost());
  EXPECT_FALSE(cosigner_->last().has_value());
}

}  // namespace
}  // namespace havenline
