// What the tests of held grants share: a police force, a school that is asked first, and the
// council, which gets a pointer if the school does not take a notice on.

#pragma once

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "schema/seal/word.h"
#include "schema/wire/word_codec.h"
#include "tests/fakes/test_agent.h"

namespace havenline {

inline const Recipient kToSchool{kSchoolA, kSchoolRole};
inline const Recipient kToCouncil{kCouncil, kServicesRole};

class HeldFixture : public ::testing::Test {
 protected:
  void SetUp() override { PutInForce("unacknowledged"); }

  // A policy in which the council gets a pointer under this condition.
  std::string PolicyWith(const std::string& held) const {
    return partnership_.PolicyText(2, partnership_.policy().version().hash) + R"(
[[share]]
rule = "ENC-9"
exchange = "encompass-notice"
from = ["police"]
to = ["childrens-services"]
when = { risk = ["unknown", "standard", "medium"] }
sections = ["reference", "origin"]
basis = "ca2004-s11"
purpose = "safeguard-child"
held = ")" +
           held + R"("
watches = "school"
acknowledge = "one-working-day"
why = "Somebody must see to it."
)";
  }
  void PutInForce(const std::string& held) {
    const std::string note = partnership_.Sign(PolicyWith(held));
    for (TestAgent* const agent : {&police_, &school_, &council_})
      agent->Document(DocumentKind::kPolicy, note);
  }
  void StateKeys() {
    school_.StateTo(police_);
    council_.StateTo(police_);
  }
  MessageId Send(TimePoint now = kNight) {
    const auto origin = police_.outbox().Take(
        {partnership_.MakeContent(partnership_.NoticeContent()), {kToCouncil, kToSchool}, ""}, now);
    EXPECT_TRUE(origin.has_value()) << (origin ? "" : origin.error().detail);
    return *origin;
  }
  const OutMessage& Message(const MessageId& origin) {
    return police_.outbox().messages().at(origin);
  }
  const OutRecipient& Council(const MessageId& origin) { return Message(origin).recipients.at(0); }
  const OutRecipient& School(const MessageId& origin) { return Message(origin).recipients.at(1); }
  // The next that is to be offered: the school's grant first, then the council's.
  Envelope Offered() {
    const auto offer = police_.outbox().NextOffer(3U << 20U).value();
    EXPECT_TRUE(offer.has_value());
    return offer ? wire::ParseEnvelope(offer->bytes).value() : Envelope();
  }
  void Tick(TimePoint now) { ASSERT_TRUE(police_.outbox().Tick(now).has_value()); }
  void Suspend(TestAgent& told, const AgencyId& agency, std::uint64_t number = 1,
               bool lifted = false) {
    told.Notice(DocumentKind::kSuspension,
                ToBytes(partnership_.SuspensionNote(agency, number, lifted)));
  }

  BrokersWord Word(WordKind kind, const AgencyId& to, const Envelope& envelope, std::size_t grant,
                   std::uint64_t n = 1, TimePoint time = kNight) const {
    return {.partnership = kTestPartnership,
            .to = to,
            .lane = Lane::kUrgent,
            .kind = kind,
            .message = envelope.header.id,
            .origin = envelope.header.origin,
            .grant = seal::GrantDigest(envelope.grants.at(grant)),
            .why = kind == WordKind::kUndeliverable ? std::optional(Code::kRecipientSuspended)
                                                    : std::nullopt,
            .may_arrive = false,
            .position = {1, LogIndex(40)},
            .number = {SeriesId(11), n},
            .time = time};
  }
  SignedWord Signed(const BrokersWord& word) const {
    SignedWord signed_word{wire::EncodeWord(word), word, {}};
    signed_word.signature = seal::SignWord(partnership_.release_key(), signed_word.bytes);
    return signed_word;
  }
  // A receipt of the agent's, as the police would get it.
  void Receipt(TestAgent& from, const Role& role, const OutRecipient& recipient,
               const MessageId& origin, ReceiptKind kind, TimePoint now = kNight) {
    havenline::Receipt draft;
    draft.recipient = from.agency();
    draft.role = role;
    draft.sender = kPolice;
    draft.origin = origin;
    draft.message = Message(origin).message;
    draft.grant = recipient.grant;
    draft.kind = kind;
    draft.time = now;
    StoreBatch batch;
    const SignedReceipt receipt = from.receipts().Sign({draft}, batch).front();
    const PartProof proof = broker_.Enter(receipt);
    const auto taken = police_.outbox().OnReceipt(receipt, &proof, now);
    ASSERT_TRUE(taken.has_value() && *taken);
  }

  TestPartnership partnership_;
  TestAgent police_{partnership_, kPolice, {}};
  TestAgent school_{partnership_, kSchoolA, {kSchoolRole}};
  TestAgent council_{partnership_, kCouncil, {kServicesRole}};
  TestBroker broker_;
};

}  // namespace havenline
