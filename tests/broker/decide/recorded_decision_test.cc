// Where only consent allows telling, a required role is told, or a decision not to stands in the
// message. And a rule's time is the message's.

#include <gtest/gtest.h>

#include "broker/decide/decide.h"
#include "schema/base/check.h"
#include "schema/seal/digests.h"
#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

constexpr std::string_view kReferral = R"(
[exchange.referral]
version = 1
slots = 8
consent = "required"
sections = ["exclusions", "childName", "handling"]

[[exchange.referral.claim]]
name = "consent"
source = "handling"
values = ["not-asked", "given", "refused", "unsafe-to-ask", "cannot-consent"]

[[share]]
rule = "REF-1"
exchange = "referral"
from = ["police"]
to = ["school"]
when = { consent = ["given"] }
ENDS
sections = ["*"]
basis = "ca2004-s10"
purpose = "support-child"
why = "A test."

[[require]]
rule = "REF-2"
exchange = "referral"
from = ["police"]
to = ["childrens-services"]
when = { consent = ["given"] }
sections = ["*"]
basis = "ca2004-s10"
purpose = "support-child"
why = "A test."
)";

class RecordedDecisionTest : public ::testing::Test {
 protected:
  void PutInForce(const std::string& ends = "") {
    const auto& before = partnership_.policy().version();
    std::string more(kReferral);
    more.replace(more.find("ENDS\n"), 5, ends);
    auto parsed = policy::Policy::Parse(partnership_.PolicyText(2, before.hash) + more, "p");
    ASSERT_TRUE(parsed.has_value()) << parsed.error().detail;
    policy_ = std::make_shared<const policy::Policy>(*std::move(parsed));
  }
  Composed Made(const std::vector<Recipient>& recipients, std::vector<Role> decided_against = {}) {
    Content content = partnership_.MakeContent(partnership_.NoticeContent());
    content.exchange = ExchangeName("referral");
    content.version = 1;
    content.claims = {{"consent", "given"}};
    const SenderView view{partnership_.directory(), *policy_, partnership_.statements(),
                          suspensions_, LogHead{}};
    const ComposeTools tools{
        partnership_.Key(kPolice, seal::Purpose::kEnvelope), random_,
        [](const AgencyId&, Lane) {
          return SeriesNumber{SeriesId(7), 1};
        },
        [](const policy::Deadline&, const AgencyId&, TimePoint from) { return from; }};
    const MessageId id = seal::NewMessageId(random_, kNight);
    auto composed = Compose({.content = content,
                             .recipients = recipients,
                             .origin = id,
                             .id = id,
                             .now = kNight,
                             .decided_against = std::move(decided_against)},
                            view, tools);
    CHECK(composed.has_value());
    return *std::move(composed);
  }
  Decision Judge(const Composed& composed, TimePoint now = kNight) const {
    Standing standing;
    standing.directory = std::make_shared<const Directory>(partnership_.directory());
    standing.policy = policy_;
    standing.statements = partnership_.statements();
    auto verified = VerifiedEnvelope::Verify(
        composed.envelope, kTestPartnership,
        [this](const AgencyId& agency, seal::Purpose purpose, const KeyId& id) {
          const AgencyKey* const key = partnership_.directory().FindKey(agency, purpose, id);
          return key == nullptr ? std::nullopt : std::optional(key->key);
        });
    CHECK(std::holds_alternative<VerifiedEnvelope>(verified));
    return Decide(std::get<VerifiedEnvelope>(std::move(verified)), standing, now);
  }

  const Recipient school_{kSchoolA, kSchoolRole};
  const Recipient council_{kCouncil, kServicesRole};
  TestPartnership partnership_;
  SuspensionBook suspensions_;
  CountedRandom random_{1};
  std::shared_ptr<const policy::Policy> policy_;
};

TEST_F(RecordedDecisionTest, ToTellTheRoleIsADecision) {
  PutInForce();
  const Decision decision = Judge(Made({school_, council_}));
  ASSERT_TRUE(std::holds_alternative<Permit>(decision));
  EXPECT_TRUE(std::get<Permit>(decision).debts.empty());
  EXPECT_TRUE(std::get<Permit>(decision).decided.empty());
}

TEST_F(RecordedDecisionTest, ToPassOverTheRoleInSilenceIsNot) {
  PutInForce();
  const Decision decision = Judge(Made({school_}));
  const auto* const denial = std::get_if<Denial>(&decision);
  ASSERT_NE(denial, nullptr);
  EXPECT_EQ(denial->code, Code::kRequiredMissing);
  EXPECT_EQ(denial->objections.at(0).role, kServicesRole);
}

TEST_F(RecordedDecisionTest, ADecisionNotToTellIsNamedAndOwesNothing) {
  PutInForce();
  const Composed composed = Made({school_}, {kServicesRole});
  ASSERT_EQ(composed.envelope.brokers_part.left_out.size(), 1U);
  EXPECT_EQ(composed.envelope.brokers_part.left_out[0].role, kServicesRole);
  const Decision decision = Judge(composed);
  ASSERT_TRUE(std::holds_alternative<Permit>(decision));
  EXPECT_TRUE(std::get<Permit>(decision).debts.empty());
  EXPECT_EQ(std::get<Permit>(decision).decided, std::vector<Role>{kServicesRole});
}

// Nobody decides by this what policy does not leave to them.
TEST_F(RecordedDecisionTest, ARoleThatIsNotToBeDecidedAboutIsNotNamed) {
  PutInForce();
  const Composed composed = Made({council_}, {kSchoolRole});
  EXPECT_TRUE(composed.envelope.brokers_part.left_out.empty());
}

// Sealed while the rule held, accepted after it ended: all three judge by when it was made.
TEST_F(RecordedDecisionTest, ARuleThatEndedSinceStillHoldsForTheMessage) {
  PutInForce("ends = 2026-11-21\n");
  const Composed composed = Made({school_, council_});
  EXPECT_EQ(composed.granted.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<Permit>(Judge(composed, kNight + std::chrono::hours(48))));
  PutInForce("ends = 2026-11-20T23:40:00Z\n");
  EXPECT_EQ(Made({school_, council_}).granted.size(), 1U);
}

}  // namespace
}  // namespace havenline
