// What governance and agencies say of themselves: directories, policies, suspensions, statements,
// voids.

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "schema/directory/suspension.h"
#include "schema/seal/hash.h"
#include "schema/tlog/leaf.h"
#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

std::string Same(std::string text) { return text; }

class DocumentTest : public ::testing::Test {
 protected:
  const CommitBatch& LastBatch() { return broker_.store().batches().back(); }
  const Standing& standing() { return broker_.committer().standing(); }
  std::string SignedPolicy(std::uint64_t version, const Digest& previous) {
    return broker_.partnership().Sign(broker_.partnership().PolicyText(version, previous));
  }
  Answer Offer(DocumentKind kind, const std::string& note) {
    return broker_.Offer(broker_.Document(kind, note));
  }
  // The agency's next statement, changed by `edit`.
  SignedStatement NextStatement(const AgencyId& agency,
                                const std::function<void(AgencyStatement&)>& edit = {}) {
    AgencyStatement next = *standing().statements.Find(agency);
    ++next.counter;
    next.previous = seal::Sha256(broker_.partnership().StatementOf(agency).bytes);
    if (edit) edit(next);
    return broker_.partnership().SignStatementOf(next);
  }
  tlog::NoteSigner OwnSigner(const AgencyId& name, const AgencyId& key) {
    return tlog::NoteSigner(
        AgencyNoteName(kTestPartnership, name),
        seal::SigningKey::FromSeed(
            broker_.partnership().Key(key, seal::Purpose::kStatement).ExposeSeed()));
  }
  std::string SelfSuspension(const AgencyId& agency, std::uint64_t number, bool lifted) {
    const std::string text = SuspensionText({kTestPartnership, agency, number, lifted});
    return tlog::MakeNote(text, std::array{OwnSigner(agency, agency).SignatureLine(text)});
  }

  TestBroker broker_;
};

// --- directory and policy

TEST_F(DocumentTest, ANextPolicyIsInForceFromItsEntryOn) {
  const Answer answer = broker_.PublishPolicy(Same);
  ASSERT_TRUE(IsAccepted(answer));
  EXPECT_EQ(standing().policy->version().version, 2U);
  const Position position = std::get<Accepted>(answer).proof.position;
  const auto leaf = tlog::ParseLeaf(broker_.store().ReadLeaves(position, 1)->at(0));
  ASSERT_TRUE(leaf && leaf->document);
  EXPECT_EQ(leaf->document->document, "policy");
  EXPECT_EQ(leaf->document->hash, standing().policy->version().hash);
  broker_.Restart();
  EXPECT_EQ(standing().policy->version().version, 2U);
  EXPECT_NE(standing().Named(broker_.partnership().policy().version()), nullptr)
      << "the one before is kept for what was sealed under it";
}

TEST_F(DocumentTest, ANextDirectoryIsInForceFromItsEntryOn) {
  const Composed before = broker_.Notice();
  const Composed after = broker_.Notice();
  const DocumentVersion version = standing().directory->version();
  const std::string next = broker_.partnership().WithKeyState(
      broker_.partnership().DirectoryText(version.version + 1, version.hash), kPolice,
      seal::Purpose::kEnvelope, "retired");
  std::vector<CommitItem> items;
  items.push_back(broker_.Submission(before));
  items.push_back(broker_.Document(DocumentKind::kDirectory, broker_.partnership().Sign(next)));
  items.push_back(broker_.Submission(after));
  const Committed committed = broker_.Commit(std::move(items));
  EXPECT_TRUE(committed.standing_changed);
  ASSERT_EQ(committed.answers.size(), 3U);
  EXPECT_TRUE(IsAccepted(committed.answers[0].answer));
  EXPECT_EQ(CodeOf(committed.answers[2].answer), Code::kSenderKey) << "validity is by position";
  broker_.Restart();
  EXPECT_EQ(standing().directory->version().version, 2U);
}

TEST_F(DocumentTest, TheDocumentInForceOfferedAgainIsTakenInSilence) {
  const std::string note = SignedPolicy(2, standing().policy->version().hash);
  EXPECT_TRUE(IsAccepted(Offer(DocumentKind::kPolicy, note)));
  const int applies = broker_.store().applies();
  EXPECT_TRUE(IsAccepted(Offer(DocumentKind::kPolicy, note)));
  EXPECT_EQ(broker_.store().applies(), applies);
}

TEST_F(DocumentTest, ADocumentThatDoesNotFollowIsRefusedAndTheOldOneStays) {
  const TestPartnership& partnership = broker_.partnership();
  const Digest policy = standing().policy->version().hash;
  const Digest directory = standing().directory->version().hash;
  const std::vector<std::pair<DocumentKind, std::string>> wrong = {
      {DocumentKind::kPolicy, SignedPolicy(3, policy)},
      {DocumentKind::kPolicy, SignedPolicy(2, Digest{1})},
      {DocumentKind::kPolicy, partnership.PolicyText(2, policy)},
      {DocumentKind::kPolicy, partnership.Sign("document = \"policy\"\n")},
      {DocumentKind::kPolicy, partnership.Sign(TestPartnership::Replace(
                                  partnership.PolicyText(2, policy), "partnership = \"rotherham\"",
                                  "partnership = \"elsewhere\""))},
      {DocumentKind::kDirectory, partnership.Sign(partnership.DirectoryText(3, directory))},
      {DocumentKind::kDirectory, partnership.Sign(partnership.DirectoryText(2, Digest{1}))},
      {DocumentKind::kDirectory, partnership.Sign(partnership.PolicyText(2, policy))},
      {DocumentKind::kOpening, partnership.OpeningNote()},
      {DocumentKind::kStatement, partnership.OpeningNote()},
      {DocumentKind::kLeaf, ""},
  };
  const int applies = broker_.store().applies();
  for (std::size_t i = 0; i < wrong.size(); ++i)
    EXPECT_EQ(CodeOf(Offer(wrong[i].first, wrong[i].second)), Code::kDocument) << i;
  const auto& batches = broker_.store().batches();
  EXPECT_TRUE(std::all_of(batches.begin() + applies, batches.end(), HoldsOnlyInvalid));
  EXPECT_EQ(standing().policy->version().version, 1U);
  EXPECT_EQ(standing().directory->version().version, 1U);
}

TEST_F(DocumentTest, ADirectoryThatChangesWhoGovernsIsRefused) {
  const tlog::NoteSigner newcomer(kTestPartnership.value() + "/governance/2",
                                  seal::SigningKey::Generate(broker_.random()));
  const std::string mine = "\"" + tlog::NoteKeyToText(broker_.partnership().governance().key());
  const std::string text = TestPartnership::Replace(
      broker_.partnership().DirectoryText(2, standing().directory->version().hash), mine,
      "\"" + tlog::NoteKeyToText(newcomer.key()) + "\", " + mine);
  EXPECT_EQ(CodeOf(Offer(DocumentKind::kDirectory, broker_.partnership().Sign(text))),
            Code::kDocument);
  EXPECT_EQ(standing().directory->version().version, 1U);
}

TEST_F(DocumentTest, AStrangersSignatureIsRefused) {
  const tlog::NoteSigner stranger(kTestPartnership.value() + "/governance/1",
                                  seal::SigningKey::Generate(broker_.random()));
  const std::string text = broker_.partnership().PolicyText(2, standing().policy->version().hash);
  const std::string note = tlog::MakeNote(text, std::array{stranger.SignatureLine(text)});
  EXPECT_EQ(CodeOf(Offer(DocumentKind::kPolicy, note)), Code::kDocument);
}

// --- suspension

TEST_F(DocumentTest, ASuspensionIsAnEntryThatDoesNotNameTheAgency) {
  std::vector<CommitItem> items;
  items.push_back(broker_.Document(DocumentKind::kSuspension,
                                   broker_.partnership().SuspensionNote(kSchoolA, 1, false)));
  const Committed committed = broker_.Commit(std::move(items));
  EXPECT_TRUE(committed.standing_changed);
  EXPECT_TRUE(standing().suspensions.IsSuspended(kSchoolA));
  const std::string& leaf = LastBatch().entries.at(0).leaf;
  EXPECT_NE(leaf.find("suspension"), std::string::npos);
  EXPECT_EQ(leaf.find(kSchoolA.value()), std::string::npos);
  broker_.Restart();
  EXPECT_TRUE(standing().suspensions.IsSuspended(kSchoolA));
}

TEST_F(DocumentTest, AnAgencyMaySuspendItselfAndOnlyGovernanceLifts) {
  EXPECT_TRUE(IsAccepted(Offer(DocumentKind::kSuspension, SelfSuspension(kSchoolA, 1, false))));
  EXPECT_EQ(CodeOf(Offer(DocumentKind::kSuspension, SelfSuspension(kSchoolA, 2, true))),
            Code::kDocument);
  EXPECT_TRUE(standing().suspensions.IsSuspended(kSchoolA));
  EXPECT_TRUE(IsAccepted(broker_.Suspend(kSchoolA, 2, true)));
  EXPECT_FALSE(standing().suspensions.IsSuspended(kSchoolA));
}

TEST_F(DocumentTest, OneAgencyCannotSuspendAnother) {
  const std::string text = SuspensionText({kTestPartnership, kSchoolA, 1, false});
  for (const AgencyId& name : {kSchoolA, kSchoolB}) {
    const std::string note =
        tlog::MakeNote(text, std::array{OwnSigner(name, kSchoolB).SignatureLine(text)});
    EXPECT_EQ(CodeOf(Offer(DocumentKind::kSuspension, note)), Code::kDocument);
  }
  EXPECT_FALSE(standing().suspensions.IsSuspended(kSchoolA));
}

TEST_F(DocumentTest, AnOldSuspensionCannotBePlayedAgain) {
  const std::string first = broker_.partnership().SuspensionNote(kSchoolA, 1, false);
  ASSERT_TRUE(IsAccepted(Offer(DocumentKind::kSuspension, first)));
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA, 2, true)));
  EXPECT_EQ(CodeOf(Offer(DocumentKind::kSuspension, first)), Code::kDocument);
  EXPECT_FALSE(standing().suspensions.IsSuspended(kSchoolA));
}

// A tool whose answer was lost offers again, as for any other document.
TEST_F(DocumentTest, TheLastSuspensionOfferedAgainIsTakenInSilence) {
  const std::string note = broker_.partnership().SuspensionNote(kSchoolA, 1, false);
  ASSERT_TRUE(IsAccepted(Offer(DocumentKind::kSuspension, note)));
  const int applies = broker_.store().applies();
  EXPECT_TRUE(IsAccepted(Offer(DocumentKind::kSuspension, note)));
  EXPECT_EQ(broker_.store().applies(), applies);
}

TEST_F(DocumentTest, ASuspensionOutlivesTheKeyThatSignedIt) {
  ASSERT_TRUE(IsAccepted(Offer(DocumentKind::kSuspension, SelfSuspension(kSchoolA, 1, false))));
  ASSERT_TRUE(IsAccepted(broker_.PublishDirectory([&](const std::string& text) {
    return broker_.partnership().WithKeyState(text, kSchoolA, seal::Purpose::kStatement,
                                              "compromised");
  })));
  ASSERT_TRUE(broker_.TryRestart().has_value()) << "a broker that cannot start serves nobody";
  EXPECT_TRUE(standing().suspensions.IsSuspended(kSchoolA));
}

TEST_F(DocumentTest, ASuspensionTooLongToBeOneIsNotEvenParsed) {
  const std::string text = SuspensionText({kTestPartnership, kSchoolA, 1, false}) + "# " +
                           std::string(100'000, 'x') + "\n";
  EXPECT_EQ(CodeOf(Offer(DocumentKind::kSuspension, broker_.partnership().Sign(text))),
            Code::kDocument);
}

// --- statements

TEST_F(DocumentTest, ANextStatementIsInForceFromItsEntryOn) {
  const SignedStatement statement =
      NextStatement(kSchoolA, [](AgencyStatement& next) { next.telephone = "01632 960999"; });
  const std::uint64_t notices = broker_.committer().notices();
  ASSERT_TRUE(IsAccepted(broker_.Offer(broker_.Item(statement))));
  EXPECT_EQ(broker_.committer().notices(), notices + 1);
  EXPECT_EQ(standing().statements.Find(kSchoolA)->telephone, "01632 960999");
  broker_.Restart();
  EXPECT_EQ(standing().statements.Find(kSchoolA)->telephone, "01632 960999");
  EXPECT_EQ(broker_.committer().notices(), notices + 1);
}

TEST_F(DocumentTest, TheStatementInForceOfferedAgainIsTakenInSilence) {
  const SignedStatement statement = NextStatement(kSchoolA);
  ASSERT_TRUE(IsAccepted(broker_.Offer(broker_.Item(statement))));
  const int applies = broker_.store().applies();
  EXPECT_TRUE(IsAccepted(broker_.Offer(broker_.Item(statement))));
  EXPECT_EQ(broker_.store().applies(), applies);
}

TEST_F(DocumentTest, AStatementThatDoesNotFollowIsRefused) {
  const auto skipped = NextStatement(kSchoolA, [](AgencyStatement& next) { ++next.counter; });
  EXPECT_EQ(CodeOf(broker_.Offer(broker_.Item(skipped))), Code::kDocument);
  const auto unchained =
      NextStatement(kSchoolB, [](AgencyStatement& next) { next.previous = Digest{1}; });
  EXPECT_EQ(CodeOf(broker_.Offer(broker_.Item(unchained))), Code::kDocument);
  EXPECT_EQ(standing().statements.Find(kSchoolA)->counter, 1U);
}

TEST_F(DocumentTest, StatementsOfOneAgencyFollowEachOtherInOneBatch) {
  std::vector<CommitItem> items;
  AgencyStatement next = *standing().statements.Find(kSchoolA);
  Digest previous = seal::Sha256(broker_.partnership().StatementOf(kSchoolA).bytes);
  for (int i = 0; i < 3; ++i) {
    ++next.counter;
    next.previous = previous;
    const SignedStatement statement = broker_.partnership().SignStatementOf(next);
    previous = seal::Sha256(statement.bytes);
    items.push_back(broker_.Item(statement));
  }
  for (const Answered& answered : broker_.Commit(std::move(items)).answers)
    EXPECT_TRUE(IsAccepted(answered.answer));
  broker_.Restart();
  EXPECT_EQ(standing().statements.Find(kSchoolA)->counter, 4U);
}

TEST_F(DocumentTest, WhatIsSealedToAKeyStatedCompromisedIsRefused) {
  const Composed notice = broker_.Notice();
  ASSERT_TRUE(
      IsAccepted(broker_.Offer(broker_.Item(NextStatement(kSchoolA, [](AgencyStatement& next) {
        next.keys.at(0).state = RecipientKey::State::kCompromised;
      })))));
  EXPECT_EQ(CodeOf(broker_.Offer(notice)), Code::kRecipientKey);
}

// --- voids

TEST_F(DocumentTest, AVoidReachesItsRecipientWithItsPart) {
  const SignedVoid value = SignVoid(broker_.partnership(), kPolice, kSchoolA, {1, 2});
  ASSERT_TRUE(IsAccepted(broker_.Offer(broker_.Item(value))));
  const auto rows = broker_.store().Rows({kSchoolA, Lane::kUrgent, 0}, 10);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->at(0).kind, MailboxRow::Kind::kVoid);
  const EntryParts parts = **broker_.store().ReadParts(rows->at(0).position);
  EXPECT_EQ(parts.parts.at(rows->at(0).part).party, kSchoolA);
}

TEST_F(DocumentTest, AVoidForNobodyWeKnowIsRefused) {
  const SignedVoid value = SignVoid(broker_.partnership(), kPolice, AgencyId("school.999999"), {1});
  EXPECT_EQ(CodeOf(broker_.Offer(broker_.Item(value))), Code::kNotEntitled);
}

// --- who may say it

TEST_F(DocumentTest, WhatIsSentFromAnotherHostIsForeign) {
  CommitItem statement = broker_.Item(NextStatement(kSchoolA));
  statement.route.host = TestPartnership::HostOf(kSchoolB);
  EXPECT_EQ(CodeOf(broker_.Offer(std::move(statement))), Code::kForeignSender);
  CommitItem value = broker_.Item(SignVoid(broker_.partnership(), kPolice, kSchoolA, {1}));
  value.route.host = TestPartnership::HostOf(kSchoolB);
  EXPECT_EQ(CodeOf(broker_.Offer(std::move(value))), Code::kForeignSender);
}

TEST_F(DocumentTest, WhatAKeySignedThatIsNoLongerCurrentIsNotTaken) {
  const SignedStatement statement = NextStatement(kSchoolA);
  const SignedVoid value = SignVoid(broker_.partnership(), kPolice, kSchoolA, {1});
  ASSERT_TRUE(IsAccepted(broker_.PublishDirectory([&](const std::string& text) {
    const auto& partnership = broker_.partnership();
    return partnership.WithKeyState(
        partnership.WithKeyState(text, kSchoolA, seal::Purpose::kStatement, "retired"), kPolice,
        seal::Purpose::kVoid, "retired");
  })));
  EXPECT_EQ(CodeOf(broker_.Offer(broker_.Item(statement))), Code::kKeyUnknown);
  EXPECT_EQ(CodeOf(broker_.Offer(broker_.Item(value))), Code::kKeyUnknown);
}

TEST_F(DocumentTest, StatementsAndVoidsOfASuspendedAgencyAreNotTaken) {
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kPolice)));
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  EXPECT_EQ(CodeOf(broker_.Offer(broker_.Item(NextStatement(kSchoolA)))), Code::kSenderSuspended);
  EXPECT_EQ(
      CodeOf(broker_.Offer(broker_.Item(SignVoid(broker_.partnership(), kPolice, kSchoolB, {1})))),
      Code::kSenderSuspended);
}

}  // namespace
}  // namespace havenline
