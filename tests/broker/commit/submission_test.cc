// What becomes of an offered message: what an acceptance writes, what a repeat gets, what is
// refused.

#include <algorithm>

#include <gtest/gtest.h>

#include "broker/commit/parts.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/seal/hash.h"
#include "schema/text/json.h"
#include "schema/tlog/leaf.h"
#include "schema/tlog/signed_tree.h"
#include "tests/broker/forbidden_message.h"
#include "tests/fakes/test_broker.h"

namespace havenline {
namespace {

class SubmissionTest : public ::testing::Test {
 protected:
  const CommitBatch& LastBatch() { return broker_.store().batches().back(); }
  static text::Value Json(const Part& part) {
    const auto parsed = text::ParseJson(AsText(part.json), "part");
    EXPECT_TRUE(parsed.has_value());
    return parsed.value_or(text::Value::Map());
  }
  static std::string Text(const text::Value& map, const char* key) {
    const text::Value* const value = map.Find(key);
    return value != nullptr && value->is(text::Value::Kind::kText) ? value->text() : "";
  }
  template <class... Items>
  std::vector<Answer> Answers(Items... items) {
    std::vector<CommitItem> batch;
    (batch.push_back(std::move(items)), ...);
    std::vector<Answer> answers;
    for (Answered& answered : broker_.Commit(std::move(batch)).answers)
      answers.push_back(std::move(answered.answer));
    return answers;
  }

  TestBroker broker_;
};

// What an answer may name is bounded, what an entry says of it too; the count is whole.
TEST_F(SubmissionTest, ARefusalNamesAsManyObjectionsAsAnAnswerMayAndItsEntryCountsThemAll) {
  const ForbiddenMessage forbidden = MakeForbiddenMessage(broker_);
  ASSERT_EQ(forbidden.composed.envelope.header.grants.size(), limits::kGrantsMax);
  ASSERT_GT(forbidden.objections, limits::kObjectionsMax);
  const Answer answer = broker_.Offer(forbidden.composed);
  const auto* const refused = std::get_if<Refused>(&answer);
  ASSERT_NE(refused, nullptr) << static_cast<int>(CodeOf(answer).value_or(Code{}));
  EXPECT_EQ(refused->code, Code::kPolicyDenies);
  EXPECT_EQ(refused->objections.size(), limits::kObjectionsMax);

  const text::Value part = Json(LastBatch().entries.at(0).parts.at(0));
  ASSERT_NE(part.Find("objections"), nullptr);
  EXPECT_EQ(part.Find("objections")->items().size(), 8U);
  ASSERT_NE(part.Find("objections-in-all"), nullptr);
  EXPECT_EQ(part.Find("objections-in-all")->integer(),
            static_cast<std::int64_t>(forbidden.objections));
  // A repeat gets the very same answer, from the store.
  EXPECT_EQ(broker_.Offer(forbidden.composed), answer);
}

TEST_F(SubmissionTest, WhatTwoPoliciesForbidUnderOneRuleIsOneObjection) {
  const ForbiddenMessage forbidden = MakeForbiddenMessage(broker_);
  ASSERT_TRUE(IsAccepted(broker_.PublishPolicy([](const std::string& text) {
    return TestPartnership::Replace(text, "slots = 8", "slots = 64");
  })));
  ASSERT_EQ(CodeOf(broker_.Offer(forbidden.composed)), Code::kPolicyDenies);
  EXPECT_EQ(Json(LastBatch().entries.at(0).parts.at(0)).Find("objections-in-all")->integer(),
            static_cast<std::int64_t>(forbidden.objections));
}

TEST_F(SubmissionTest, AnAcceptedMessageWritesExactlyTheRowsPromised) {
  const Composed notice = broker_.Notice({kSchoolA, kSchoolB});
  const LogHead before = broker_.committer().head();
  ASSERT_TRUE(IsAccepted(broker_.Offer(notice)));
  const CommitBatch& batch = LastBatch();
  const Position position{1, LogIndex(before.size)};

  ASSERT_EQ(batch.entries.size(), 1U);
  EXPECT_EQ(batch.entries[0].position, position);
  EXPECT_EQ(batch.entries[0].digests.size(), 8U);
  ASSERT_EQ(batch.entries[0].parts.size(), 3U);
  EXPECT_EQ(batch.head.size, before.size + 1);

  ASSERT_EQ(batch.outcomes.size(), 1U);
  EXPECT_EQ(batch.outcomes[0].sender, kPolice);
  EXPECT_EQ(batch.outcomes[0].id, notice.envelope.header.id);
  EXPECT_EQ(batch.outcomes[0].header_hash, seal::Sha256(notice.envelope.header_bytes));

  ASSERT_EQ(batch.messages.size(), 1U);
  EXPECT_EQ(batch.messages[0].position, position);
  EXPECT_EQ(batch.messages[0].bytes, notice.bytes);
  EXPECT_EQ(batch.messages[0].undelivered, 2U);

  ASSERT_EQ(batch.grants.size(), 2U);
  ASSERT_EQ(batch.mailbox_rows.size(), 2U);
  ASSERT_EQ(batch.timers.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const MailboxRow& row = batch.mailbox_rows[i];
    EXPECT_EQ(row.place, (MailboxPlace{i == 0 ? kSchoolA : kSchoolB, Lane::kUrgent, 1}));
    EXPECT_EQ(row.grant, notice.granted[i].grant);
    EXPECT_EQ(row.position, position);
    EXPECT_EQ(row.part, i + 1);
    const auto grant = std::ranges::find(batch.grants, row.grant, &GrantRecord::grant);
    ASSERT_NE(grant, batch.grants.end());
    EXPECT_EQ(grant->index, i);
    EXPECT_EQ(grant->place, row.place);
    EXPECT_EQ(grant->sender, kPolice);
    EXPECT_EQ(grant->message, notice.envelope.header.id);
    EXPECT_EQ(grant->acknowledge_by, notice.granted[i].acknowledge_by);
    EXPECT_EQ(grant->claims, std::vector<std::string>{"childPart"});
    EXPECT_FALSE(grant->stored);
    EXPECT_NE(std::ranges::find(batch.timers, TimerRecord{*grant->acknowledge_by, row.grant}),
              batch.timers.end());
  }
  EXPECT_TRUE(batch.undelivered.empty());
  EXPECT_TRUE(batch.mailbox_removed.empty());
  EXPECT_TRUE(batch.documents.empty());
  EXPECT_TRUE(batch.notices.empty());
  EXPECT_TRUE(batch.answered.empty());
}

TEST_F(SubmissionTest, EachPartyGetsItsOwnPartAndNothingOfTheOthers) {
  const Composed notice = broker_.Notice({kSchoolA, kSchoolB});
  ASSERT_TRUE(IsAccepted(broker_.Offer(notice)));
  const Entry& entry = LastBatch().entries[0];
  EXPECT_EQ(entry.parts[0].party, kPolice);
  EXPECT_EQ(Text(Json(entry.parts[0]), "message"), ToText(notice.envelope.header.id));
  for (std::size_t i = 1; i < 3; ++i) {
    const Part& part = entry.parts[i];
    const AgencyId& other = i == 1 ? kSchoolB : kSchoolA;
    EXPECT_EQ(part.party, i == 1 ? kSchoolA : kSchoolB);
    EXPECT_EQ(Text(Json(part), "to"), part.party.value());
    EXPECT_EQ(Text(Json(part), "rule"), "ENC-1");
    EXPECT_EQ(Text(Json(part), "basis"), "daa2021-s49a");
    EXPECT_EQ(Text(Json(part), "grant"), HexEncode(notice.granted[i - 1].grant));
    EXPECT_EQ(AsText(part.json).find(other.value()), std::string_view::npos) << "C4";
  }
}

TEST_F(SubmissionTest, TheSendersPartNamesARoleLeftOutByDecision) {
  const Composed notice = broker_.Notice({kSchoolA});
  const auto verified = VerifiedEnvelope::Verify(
      notice.envelope, kTestPartnership,
      [&](const AgencyId& agency, seal::Purpose purpose, const KeyId& id) {
        const AgencyKey* const key = broker_.partnership().directory().FindKey(agency, purpose, id);
        return key == nullptr ? std::nullopt : std::optional(key->key);
      });
  ASSERT_TRUE(std::holds_alternative<VerifiedEnvelope>(verified));
  const auto part = [&](const Permit& permit) {
    const Bytes json =
        parts::AcceptedForSender(std::get<VerifiedEnvelope>(verified), permit, kNight);
    return *text::ParseJson(AsText(json), "part");
  };
  EXPECT_EQ(part({}).Find("decided"), nullptr);
  Permit permit;
  permit.decided = {kServicesRole};
  const text::Value with = part(permit);
  ASSERT_NE(with.Find("decided"), nullptr);
  EXPECT_EQ(with.Find("decided")->items().at(0).text(), "childrens-services");
}

TEST_F(SubmissionTest, TheAnswerProvesTheSendersPartToTheLeaf) {
  const Answer answer = broker_.Offer(broker_.Notice());
  const PartProof& proof = std::get<Accepted>(answer).proof;
  const auto leaves = broker_.store().ReadLeaves(proof.position, 1);
  EXPECT_EQ(tlog::LeafHashOf(proof), tlog::LeafHash(AsBytes(leaves->at(0))));
}

TEST_F(SubmissionTest, ARepeatGetsTheOriginalAnswerAndWritesNothing) {
  const Composed notice = broker_.Notice();
  const Answer first = broker_.Offer(notice);
  const int applies = broker_.store().applies();
  EXPECT_EQ(broker_.Offer(notice), first);
  EXPECT_EQ(broker_.store().applies(), applies) << "a repeat costs no sync";
}

TEST_F(SubmissionTest, ARepeatInTheSameBatchGetsTheSameAnswer) {
  const Composed notice = broker_.Notice();
  const auto answers = Answers(broker_.Submission(notice), broker_.Submission(notice));
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(IsAccepted(answers[0]));
  EXPECT_EQ(answers[0], answers[1]);
  EXPECT_EQ(LastBatch().entries.size(), 1U);
}

// Ed25519 and the signature's tree leave room for other bytes of the same message.
TEST_F(SubmissionTest, ARepeatUnderAnotherSignatureIsStillARepeat) {
  const Composed notice = broker_.Notice();
  const Answer first = broker_.Offer(notice);
  Envelope again = notice.envelope;
  again.signature =
      tlog::SignTogether(broker_.partnership().Key(kPolice, seal::Purpose::kEnvelope),
                         seal::Purpose::kEnvelope, std::vector<Bytes>{{1}, again.header_bytes})[1];
  EXPECT_EQ(broker_.Offer(ComposedOf(again)), first);
}

TEST_F(SubmissionTest, ARepeatGetsTheOriginalAnswerWhateverHappenedSince) {
  const Composed notice = broker_.Notice();
  const Answer first = broker_.Offer(notice);
  broker_.Restart();
  EXPECT_EQ(broker_.Offer(notice), first) << "after a restart";
  ASSERT_TRUE(IsAccepted(broker_.PublishDirectory([&](const std::string& text) {
    return broker_.partnership().WithKeyState(text, kPolice, seal::Purpose::kEnvelope, "retired");
  })));
  EXPECT_EQ(broker_.Offer(notice), first) << "after the key was retired";
  ASSERT_TRUE(IsAccepted(broker_.Suspend(kSchoolA)));
  EXPECT_EQ(broker_.Offer(notice), first) << "after the recipient was suspended";
  broker_.Wait(std::chrono::hours(24 * 420));
  EXPECT_EQ(broker_.Offer(notice), first) << "after it has become too old";
  broker_.Restart();
  EXPECT_EQ(broker_.Offer(notice), first) << "after all of it and a restart";
}

TEST_F(SubmissionTest, ARefusalIsFinalAndRepeated) {
  Forge forge(broker_.Notice().envelope);
  forge.header().role = kSchoolRole;
  const Composed wrong = ComposedOf(forge.Whole(broker_.partnership()));
  const Answer first = broker_.Offer(wrong);
  EXPECT_EQ(CodeOf(first), Code::kSenderRole);
  ASSERT_EQ(LastBatch().outcomes.size(), 1U);
  EXPECT_TRUE(LastBatch().messages.empty());
  EXPECT_TRUE(LastBatch().mailbox_rows.empty());
  EXPECT_TRUE(LastBatch().grants.empty());
  EXPECT_EQ(LastBatch().entries.at(0).parts.size(), 1U) << "nobody but the sender learns of it";
  broker_.Restart();
  EXPECT_EQ(broker_.Offer(wrong), first);
}

TEST_F(SubmissionTest, WhatIsDeferredOrInvalidIsNotStored) {
  Forge ahead(broker_.Notice().envelope);
  ++ahead.header().policy.version;
  const int applies = broker_.store().applies();
  EXPECT_EQ(CodeOf(broker_.Offer(ComposedOf(ahead.Whole(broker_.partnership())))),
            Code::kVersionAhead);
  EXPECT_EQ(broker_.store().applies(), applies);
  const Composed notice = broker_.Notice();
  CommitItem foreign = broker_.Submission(notice);
  foreign.route.host = TestPartnership::HostOf(kSchoolA);
  EXPECT_EQ(CodeOf(broker_.Offer(std::move(foreign))), Code::kForeignSender);
  EXPECT_TRUE(HoldsOnlyInvalid(LastBatch()));
  EXPECT_TRUE(IsAccepted(broker_.Offer(notice)));
}

TEST_F(SubmissionTest, AReusedIdIsRefusedAndTheOriginalStands) {
  const Composed notice = broker_.Notice();
  const Answer first = broker_.Offer(notice);
  Forge forge(notice.envelope);
  forge.header().thread_mark[0] ^= 1U;
  const Composed other = ComposedOf(forge.Whole(broker_.partnership()));
  EXPECT_EQ(CodeOf(broker_.Offer(other)), Code::kIdReused);
  EXPECT_TRUE(LastBatch().outcomes.empty());
  EXPECT_TRUE(LastBatch().mailbox_rows.empty());
  EXPECT_EQ(broker_.Offer(notice), first);
  broker_.Restart();
  EXPECT_EQ(CodeOf(broker_.Offer(other)), Code::kIdReused);
  EXPECT_EQ(broker_.Offer(notice), first);
}

TEST_F(SubmissionTest, AReusedIdInTheSameBatchIsRefused) {
  const Composed notice = broker_.Notice();
  Forge forge(notice.envelope);
  forge.header().thread_mark[0] ^= 1U;
  const auto answers = Answers(broker_.Submission(notice),
                               broker_.Submission(ComposedOf(forge.Whole(broker_.partnership()))),
                               broker_.Submission(notice));
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_TRUE(IsAccepted(answers[0]));
  EXPECT_EQ(CodeOf(answers[1]), Code::kIdReused);
  EXPECT_EQ(answers[2], answers[0]);
}

TEST_F(SubmissionTest, AMessageAheadOfTimeIsAcceptedAndMarked) {
  const Composed notice = broker_.Notice();
  broker_.Wait(-std::chrono::minutes(11));
  const Answer answer = broker_.Offer(notice);
  ASSERT_TRUE(IsAccepted(answer));
  EXPECT_TRUE(std::get<Accepted>(answer).ahead_of_time);
}

TEST_F(SubmissionTest, SequencesOfAMailboxRiseByOneOverBatchesAndRestarts) {
  std::vector<std::uint64_t> sequences;
  for (int i = 0; i < 6; ++i) {
    if (i % 2 == 0) broker_.Restart();
    ASSERT_TRUE(IsAccepted(broker_.Offer(broker_.Notice())));
    sequences.push_back(LastBatch().mailbox_rows.at(0).place.sequence);
  }
  EXPECT_EQ(sequences, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6}));
}

// What Committed tells the delivery thread is what was written, and nothing before it was.
TEST_F(SubmissionTest, CommittedNamesTheRowsThatMayBeDelivered) {
  std::vector<CommitItem> items;
  items.push_back(broker_.Submission(broker_.Notice({kSchoolA, kSchoolB})));
  items.push_back(broker_.Submission(broker_.Notice({kSchoolA})));
  const Committed committed = broker_.Commit(std::move(items));
  std::vector<MailboxPlace> rows;
  for (const MailboxRow& row : LastBatch().mailbox_rows) rows.push_back(row.place);
  EXPECT_EQ(committed.added, rows);
  EXPECT_EQ(committed.head, broker_.committer().head());
  EXPECT_FALSE(committed.standing_changed);
}

TEST_F(SubmissionTest, ABatchIsFullAfterItsMessagesOrItsBytes) {
  Committer& committer = broker_.committer();
  EXPECT_TRUE(committer.empty());
  std::size_t taken = 0;
  while (!committer.full()) {
    committer.Take(broker_.Submission(broker_.Notice()), broker_.now());
    ++taken;
    ASSERT_LE(taken, limits::kBatchMessagesMax);
  }
  EXPECT_GT(taken, 20U);
  const auto committed = committer.Commit();
  ASSERT_TRUE(committed.has_value());
  EXPECT_EQ(committed->answers.size(), taken);
  EXPECT_FALSE(committer.full());
  EXPECT_TRUE(committer.empty());
}

TEST_F(SubmissionTest, AnEmptyBatchCostsNothing) {
  const int applies = broker_.store().applies();
  EXPECT_TRUE(broker_.Commit({}).answers.empty());
  EXPECT_EQ(broker_.store().applies(), applies);
}

}  // namespace
}  // namespace havenline
