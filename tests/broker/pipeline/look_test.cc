// Looks into the audit log: the entry comes first, and then whoever's role policy lets it reads
// what it may of these entries, on that link.

#include <gtest/gtest.h>

#include "schema/audit/event.h"
#include "schema/model/limits.h"
#include "schema/wire/envelope_codec.h"
#include "tests/fakes/test_loops.h"

namespace havenline {
namespace {

constexpr std::uint64_t kAuditorsLink = 5;

class LookTest : public ::testing::Test {
 protected:
  LookTest() {
    PublishRule("\"*\"");
    const Composed notice = broker().Notice({kSchoolA});
    loops_.Offer(1, broker().Submission(notice));
    position_ = (*broker().store().ReadGrant(notice.granted[0].grant))->position;
    loops_.SayHello(2, {kSchoolA});
    loops_.Offer(2, broker().Item(broker().Receipt(notice, 0, ReceiptKind::kOpened)));
    Cover();
    loops_.SayHello(kAuditorsLink, {kCouncil});
  }
  TestBroker& broker() { return loops_.broker(); }
  std::uint64_t size() { return broker().committer().head().size; }

  // The council's children's services may look at these exchanges, from now on.
  void PublishRule(const std::string& exchanges, bool concealed = false) {
    const auto edit = [&](std::string text) {
      if (concealed) text = TestPartnership::Replace(text, "urgent = true\n", "concealed = true\n");
      if (exchanges.empty()) return text;
      return text + "\n[[audit]]\nrule = \"AUD-1\"\nby = [\"childrens-services\"]\nexchanges = [" +
             exchanges + "]\nwhy = \"The council looks after it.\"\n";
    };
    ASSERT_TRUE(IsAccepted(broker().PublishPolicy(edit)));
    loops_.commit().Announce();
    loops_.Settle();
  }
  // Until a checkpoint covers everything.
  void Cover() {
    loops_.clock().Wait(Milliseconds(300));
    loops_.Settle();
  }
  Answer Take(const Look& draft, std::uint64_t link = kAuditorsLink) {
    loops_.ForgetFrames(link);
    loops_.Offer(link, broker().Item(SignLook(broker().partnership(), draft)));
    const auto answers = loops_.Answers(link);
    EXPECT_EQ(answers.size(), 1U);
    return answers.empty() ? Answer{} : answers.front().answer;
  }
  Look Everything() { return DraftLook(kCouncil, kServicesRole, 0, size()); }
  std::vector<PartProof> Read(std::uint64_t link, Position from, std::uint32_t count = 1) {
    std::vector<PartProof> proofs;
    for (const auto& piece : loops_.Ask(link, Fetch{{}, Fetch::Parts{from, count}}).pieces)
      proofs.push_back(*wire::ParsePartProof(piece.bytes));
    return proofs;
  }

  std::ptrdiff_t Statements() {
    return std::ranges::count_if(
        Read(kAuditorsLink, {1, LogIndex(0)}, 250), [](const PartProof& part) {
          return AsText(part.part).find("\"statement\"") != std::string_view::npos;
        });
  }

  TestLoops loops_;
  Position position_;  // Of the notice, to which the council is no party.
};

TEST_F(LookTest, WithoutALookAnAuditorReadsNothingThatIsNotItsOwn) {
  EXPECT_TRUE(Read(kAuditorsLink, position_).empty());
}

TEST_F(LookTest, TheLookIsAnEntryAndThenThePartsOfAllPartiesAreThereWithProofs) {
  const std::uint64_t before = size();
  const Answer answer = Take(Everything());
  ASSERT_TRUE(IsAccepted(answer));
  const PartProof& proof = std::get<Accepted>(answer).proof;
  EXPECT_EQ(proof.position.index.value(), before);
  const auto looked = audit::EventsOf(kCouncil, proof.part);
  ASSERT_TRUE(looked.has_value()) << looked.error().detail;
  EXPECT_EQ(looked->front().act, audit::Act::kConsult);
  EXPECT_EQ(looked->front().person, Pseudonym("p-auditor"));
  EXPECT_EQ(looked->front().code, "complaint");
  EXPECT_EQ(looked->front().rule, "AUD-1");
  const auto parts = Read(kAuditorsLink, position_);
  ASSERT_EQ(parts.size(), 2U) << "the sender's and the school's";
  for (const PartProof& part : parts) EXPECT_TRUE(tlog::LeafHashOf(part).has_value());
  // Of a run of entries those that have any; receipts too.
  const auto all = Read(kAuditorsLink, {1, LogIndex(0)}, 250);
  const auto is_opened = [](const PartProof& part) {
    return AsText(part.part).find("\"kind\":\"opened\"") != std::string_view::npos;
  };
  EXPECT_EQ(std::ranges::count_if(all, is_opened), 2) << "the school's own and the sender's";
}

TEST_F(LookTest, ItCoversItsEntriesOnItsLinkInItsSession) {
  const std::uint64_t at = position_.index.value();
  ASSERT_TRUE(IsAccepted(Take(DraftLook(kCouncil, kServicesRole, at, 1))));
  EXPECT_EQ(Read(kAuditorsLink, position_).size(), 2U);
  const Position next{1, LogIndex(at + 1)};  // That it was opened.
  EXPECT_TRUE(Read(kAuditorsLink, next).empty()) << "it ends before it";
  ASSERT_TRUE(IsAccepted(Take(DraftLook(kCouncil, kServicesRole, at + 1, 1))));
  EXPECT_EQ(Read(kAuditorsLink, next).size(), 2U);
  loops_.SayHello(3, {kSchoolB});
  EXPECT_TRUE(Read(3, position_).empty()) << "another host's link";
  loops_.SayHello(kAuditorsLink, {kCouncil});
  EXPECT_TRUE(Read(kAuditorsLink, position_).empty()) << "another session";
  ASSERT_TRUE(IsAccepted(Take(DraftLook(kCouncil, kServicesRole, at + 1, 1))));
  EXPECT_TRUE(Read(kAuditorsLink, position_).empty()) << "it begins after it";
}

TEST_F(LookTest, AConcealedExchangeIsReadByARoleThatIsNamedWithItAlone) {
  PublishRule("\"*\"", true);
  ASSERT_TRUE(IsAccepted(Take(Everything())));
  for (const PartProof& part : Read(kAuditorsLink, {1, LogIndex(0)}, 250))
    EXPECT_EQ(AsText(part.part).find("encompass-notice"), std::string_view::npos);
  EXPECT_TRUE(Read(kAuditorsLink, position_).empty());
  const auto is_receipt = [](const PartProof& part) {
    return AsText(part.part).find("\"receipts\"") != std::string_view::npos;
  };
  const auto all = Read(kAuditorsLink, {1, LogIndex(0)}, 250);
  EXPECT_EQ(std::ranges::count_if(all, is_receipt), 0) << "nor that it was opened";
  EXPECT_GT(Statements(), 1) << "they are of no exchange";
  PublishRule("\"encompass-notice\"", true);
  EXPECT_EQ(Read(kAuditorsLink, position_).size(), 2U) << "policy is that of the reading";
}

TEST_F(LookTest, APolicyThatTakesTheRuleBackEndsTheReadingToo) {
  ASSERT_TRUE(IsAccepted(Take(Everything())));
  EXPECT_EQ(Read(kAuditorsLink, position_).size(), 2U);
  PublishRule("");
  EXPECT_TRUE(Read(kAuditorsLink, position_).empty());
  EXPECT_EQ(Statements(), 1) << "its own";
  EXPECT_EQ(CodeOf(Take(Everything())), Code::kNotEntitled);
}

TEST_F(LookTest, WhoMayNotAndWhatIsNotThereIsOneAnswerAndNoLook) {
  Look other_role = Everything();
  other_role.role = kSchoolRole;
  Look nothing = Everything();
  nothing.count = 0;
  Look too_much = Everything();
  too_much.count = limits::kLookEntriesMax + 1;
  Look beyond = Everything();
  beyond.first = size() + 100;
  Look other_epoch = Everything();
  other_epoch.epoch = 2;
  for (const Look& draft : {other_role, nothing, too_much, beyond, other_epoch}) {
    EXPECT_EQ(CodeOf(Take(draft)), Code::kNotEntitled);
    EXPECT_TRUE(Read(kAuditorsLink, position_).empty());
  }
  // A role of theirs that no rule names.
  loops_.SayHello(1, {kPolice});
  EXPECT_EQ(CodeOf(Take(DraftLook(kPolice, kPoliceRole, 0, 1), 1)), Code::kNotEntitled);
  EXPECT_TRUE(Read(1, {1, LogIndex(0)}, 250).size() < size());
}

TEST_F(LookTest, ASuspendedAuditorLooksNoMore) {
  ASSERT_TRUE(IsAccepted(Take(Everything())));
  loops_.Offer(1, broker().Document(DocumentKind::kSuspension,
                                    broker().partnership().SuspensionNote(kCouncil, 1, false)));
  EXPECT_TRUE(loops_.link(kAuditorsLink).ended);
  EXPECT_EQ(CodeOf(broker().Offer(broker().Item(
                SignLook(broker().partnership(), DraftLook(kCouncil, kServicesRole, 0, 1))))),
            Code::kSenderSuspended);
}

TEST_F(LookTest, OnlyTheLastFewLooksOfASessionHold) {
  ASSERT_TRUE(IsAccepted(Take(Everything())));
  for (std::size_t i = 0; i < DeliverySession::kLooksMax; ++i) {
    EXPECT_EQ(Read(kAuditorsLink, position_).size(), 2U);
    ASSERT_TRUE(IsAccepted(Take(DraftLook(kCouncil, kServicesRole, 0, 1))));
  }
  EXPECT_TRUE(Read(kAuditorsLink, position_).empty());
}

}  // namespace
}  // namespace havenline
