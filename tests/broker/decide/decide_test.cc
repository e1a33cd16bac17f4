// May this message go? Each reason for a "no", and what a "yes" says.

#include "broker/decide/decide.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "schema/base/check.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/seal/digests.h"
#include "tests/fakes/signed_items.h"

namespace havenline {
namespace {

using Edit = std::function<std::string(std::string)>;

class DecideTest : public ::testing::Test {
 protected:
  DecideTest() {
    standing_.directory = std::make_shared<const Directory>(partnership_.directory());
    // The partnership's own, and outlived by it.
    standing_.policy = {std::shared_ptr<void>(), &partnership_.policy()};
    standing_.statements = partnership_.statements();
  }

  VerifiedEnvelope Verified(const Envelope& envelope) const {
    auto verified = VerifiedEnvelope::Verify(
        envelope, kTestPartnership,
        [this](const AgencyId& agency, seal::Purpose purpose, const KeyId& id) {
          const AgencyKey* const key = partnership_.directory().FindKey(agency, purpose, id);
          return key == nullptr ? std::nullopt : std::optional(key->key);
        });
    CHECK(std::holds_alternative<VerifiedEnvelope>(verified));
    return std::get<VerifiedEnvelope>(std::move(verified));
  }
  Decision Judge(const Envelope& envelope) const {
    return Decide(Verified(envelope), standing_, now_);
  }
  Decision Judge(Forge& forge) const { return Judge(forge.Whole(partnership_)); }
  Decision Judge() const { return Judge(composed_.envelope); }
  Forge Forged() const { return Forge(composed_.envelope); }

  static std::optional<Code> Denied(const Decision& decision) {
    const auto* denial = std::get_if<Denial>(&decision);
    return denial == nullptr ? std::nullopt : std::optional(denial->code);
  }
  static bool Permitted(const Decision& decision) {
    return std::holds_alternative<Permit>(decision);
  }

  std::shared_ptr<const policy::Policy> NextPolicy(const Edit& edit) const {
    const DocumentVersion last = standing_.policy->version();
    auto parsed = policy::Policy::Parse(edit(partnership_.PolicyText(last.version + 1, last.hash)),
                                        "next policy");
    if (!parsed) std::fprintf(stderr, "%s\n", parsed.error().detail.c_str());
    CHECK(parsed.has_value());
    return std::make_shared<const policy::Policy>(*std::move(parsed));
  }
  void PutInForce(const Edit& edit) { standing_.PutInForce(NextPolicy(edit)); }
  void PutDirectoryInForce(const Edit& edit) {
    const DocumentVersion last = standing_.directory->version();
    auto parsed = Directory::Parse(edit(partnership_.DirectoryText(last.version + 1, last.hash)),
                                   "next directory");
    if (!parsed) std::fprintf(stderr, "%s\n", parsed.error().detail.c_str());
    CHECK(parsed.has_value());
    standing_.directory = std::make_shared<const Directory>(*std::move(parsed));
  }
  void Suspend(const AgencyId& agency) {
    ASSERT_TRUE(standing_.suspensions.Apply({kTestPartnership, agency, 1, false}).has_value());
  }
  Composed Compose(const SealingView& view, const std::map<std::string, text::Value>& content,
                   const std::vector<Recipient>& recipients) {
    return partnership_.Compose(view, partnership_.MakeContent(content), recipients, random_,
                                kNight);
  }

  TestPartnership partnership_;
  CountedRandom random_{1};
  Composed composed_ =
      partnership_.Compose({{kSchoolA, kSchoolRole}, {kSchoolB, kSchoolRole}}, random_, kNight);
  Standing standing_;
  TimePoint now_ = kNight + std::chrono::seconds(1);
};

std::string Same(std::string text) { return text; }

// A policy that requires children's services to be told of everything.
std::string RequireServices(const std::string& text) {
  return text +
         "\n[[require]]\nrule = \"ENC-9\"\nexchange = \"encompass-notice\"\nfrom = [\"police\"]\n"
         "to = [\"childrens-services\"]\nsections = [\"childName\"]\nbasis = \"ca2004-s11\"\n"
         "purpose = \"safeguard-child\"\n"
         "acknowledge = \"one-working-day\"\nwhy = \"A test.\"\n";
}
std::string NotUrgent(const std::string& text) {
  return TestPartnership::Replace(text, "urgent = true", "urgent = false");
}

TEST_F(DecideTest, WhatPolicySharesMayGoWithItsRuleBasisAndSections) {
  const Decision decision = Judge();
  ASSERT_TRUE(Permitted(decision));
  const Permit& permit = std::get<Permit>(decision);
  EXPECT_EQ(permit.lane, Lane::kUrgent);
  EXPECT_FALSE(permit.ahead_of_time);
  EXPECT_TRUE(permit.debts.empty());
  ASSERT_EQ(permit.grants.size(), 2U);
  const GrantDecision& grant = permit.grants[0];
  EXPECT_EQ(grant.rule, RuleId("ENC-1"));
  EXPECT_EQ(grant.basis, "daa2021-s49a");
  EXPECT_EQ(grant.claims, std::vector<std::string>{"childPart"});
  EXPECT_EQ(grant.released.size() + grant.withheld.size(), 20U);
  EXPECT_EQ(grant.withheld,
            (std::vector<std::string>{"location", "adults", "identifiers", "childAddress"}));
}

TEST_F(DecideTest, ANormalExchangeGoesInTheNormalLane) {
  PutInForce(NotUrgent);
  EXPECT_EQ(std::get<Permit>(Judge()).lane, Lane::kNormal);
}

// --- the sender

TEST_F(DecideTest, AnAgencyThatLeftTheDirectoryIsUnknown) {
  PutDirectoryInForce([](const std::string& text) {
    const auto from = text.find("[[agency]]");
    return text.substr(0, from) + text.substr(text.find("[[agency]]", from + 1));
  });
  const Decision decision = Judge();
  ASSERT_TRUE(std::holds_alternative<Invalid>(decision));
  EXPECT_EQ(std::get<Invalid>(decision).code, Code::kKeyUnknown);
}

TEST_F(DecideTest, ASuspendedSenderIsTurnedAwayWithNothingStored) {
  Suspend(kPolice);
  const Decision decision = Judge();
  ASSERT_TRUE(std::holds_alternative<Invalid>(decision));
  EXPECT_EQ(std::get<Invalid>(decision).code, Code::kSenderSuspended);
}

TEST_F(DecideTest, ASendersKeyThatIsNoLongerCurrentIsRefused) {
  for (const char* const state : {"retired", "compromised"}) {
    PutDirectoryInForce([&](const std::string& text) {
      return partnership_.WithKeyState(text, kPolice, seal::Purpose::kEnvelope, state);
    });
    EXPECT_EQ(Denied(Judge()), Code::kSenderKey) << state;
  }
}

TEST_F(DecideTest, ARoleThatTheSenderDoesNotHoldIsRefused) {
  Forge forge = Forged();
  forge.header().role = kSchoolRole;
  EXPECT_EQ(Denied(Judge(forge)), Code::kSenderRole);
}

// --- the time

TEST_F(DecideTest, AMessageFarFromNowIsRefusedAndOneNearItMarked) {
  struct Case {
    TimePoint now;
    std::optional<Code> denied;
    bool marked;
  };
  const Milliseconds one(1);
  for (const Case& each : {
           Case{kNight, std::nullopt, false},
           Case{kNight - limits::kFutureMarked, std::nullopt, false},
           Case{kNight - limits::kFutureMarked - one, std::nullopt, true},
           Case{kNight - limits::kFutureRefused, std::nullopt, true},
           Case{kNight - limits::kFutureRefused - one, Code::kTooFarAhead, false},
           Case{kNight + limits::kAgeRefused, std::nullopt, false},
           Case{kNight + limits::kAgeRefused + one, Code::kTooOld, false},
       }) {
    now_ = each.now;
    const Decision decision = Judge();
    EXPECT_EQ(Denied(decision), each.denied);
    const auto* const permit = std::get_if<Permit>(&decision);
    EXPECT_EQ(permit != nullptr && permit->ahead_of_time, each.marked);
  }
}

// --- versions

TEST_F(DecideTest, AVersionWeDoNotHaveYetIsDeferred) {
  for (const bool policy : {true, false}) {
    Forge forge = Forged();
    ++(policy ? forge.header().policy : forge.header().directory).version;
    const Decision decision = Judge(forge);
    ASSERT_TRUE(std::holds_alternative<Deferred>(decision));
    EXPECT_EQ(std::get<Deferred>(decision).code, Code::kVersionAhead);
    EXPECT_GT(std::get<Deferred>(decision).retry_after, Milliseconds(0));
  }
}

TEST_F(DecideTest, AnOlderPolicyIsGoodWhileItIsKept) {
  for (std::size_t i = 0; i < kPoliciesKept; ++i) {
    PutInForce(Same);
    EXPECT_TRUE(Permitted(Judge())) << i;
  }
  PutInForce(Same);
  EXPECT_EQ(Denied(Judge()), Code::kPolicyUnknown);
}

// What was accepted under a policy before, as it is about to be handed out.
TEST_F(DecideTest, WhatALaterPolicyForbidsIsNotAllowedStill) {
  const Envelope& message = composed_.envelope;
  const ClearPart& clear = message.grants[0].clear;
  EXPECT_TRUE(StillAllows(*standing_.policy, message, clear));
  const auto with = [&](const std::string& what, const std::string& by) {
    return StillAllows(
        *NextPolicy([&](std::string text) { return TestPartnership::Replace(text, what, by); }),
        message, clear);
  };
  EXPECT_TRUE(with("minutes = 1440", "minutes = 1500"));
  EXPECT_FALSE(
      with("[\"location\", \"adults\", \"childAddress\", \"identifiers\"]",
           "[\"location\", \"adults\", \"childAddress\", \"identifiers\", \"reference\"]"));
  EXPECT_FALSE(with("senders = [\"police.south-yorkshire\"]", "senders = [\"police.elsewhere\"]"))
      << "its sender has another profile";
  ClearPart gone = clear;
  gone.openings.emplace_back("noSuchSection");
  EXPECT_FALSE(StillAllows(*standing_.policy, message, gone));
}

// A pointer under a condition is allowed as what it is.
TEST_F(DecideTest, WhatIsHeldIsAllowedStillWhereItMayBeHeld) {
  const auto pointer = [](std::string text) {
    return text +
           "\n[[share]]\nrule = \"ENC-9\"\nexchange = \"encompass-notice\"\nfrom = "
           "[\"police\"]\nto = [\"childrens-services\"]\nwhen = { risk = [\"unknown\", "
           "\"standard\", \"medium\"] }\nsections = [\"reference\"]\nbasis = \"ca2004-s11\"\n"
           "purpose = \"safeguard-child\"\nheld = \"unable\"\nwatches = \"school\"\nwhy = "
           "\"A test.\"\n";
  };
  PutInForce(pointer);
  ClearPart clear = composed_.envelope.grants[0].clear;
  clear.recipient = kCouncil;
  clear.role = kServicesRole;
  clear.openings = {"exclusions", "reference"};
  EXPECT_FALSE(StillAllows(*standing_.policy, composed_.envelope, clear)) << "not at once";
  clear.condition.kind = Condition::Kind::kUnable;
  EXPECT_TRUE(StillAllows(*standing_.policy, composed_.envelope, clear));
  EXPECT_FALSE(StillAllows(partnership_.policy(), composed_.envelope, clear));
}

TEST_F(DecideTest, APolicyOfOurVersionAndOtherHashIsUnknown) {
  Forge forge = Forged();
  forge.header().policy.hash[0] ^= 1U;
  EXPECT_EQ(Denied(Judge(forge)), Code::kPolicyUnknown);
}

// --- the recipients

TEST_F(DecideTest, ARecipientWithoutTheRoleIsUnknownAndNamed) {
  Forge forge = Forged();
  forge.grant(1).clear.role = kServicesRole;
  const Decision decision = Judge(forge);
  EXPECT_EQ(Denied(decision), Code::kRecipientUnknown);
  EXPECT_EQ(std::get<Denial>(decision).objections,
            (std::vector<Objection>{{kSchoolB, kServicesRole, "", RuleId("ENC-1")}}));
}

TEST_F(DecideTest, ARecipientThatIsNotInTheDirectoryIsUnknown) {
  Forge forge = Forged();
  forge.grant(1).clear.recipient = AgencyId("school.999999");
  EXPECT_EQ(Denied(Judge(forge)), Code::kRecipientUnknown);
}

// C6: whoever is suspended gets nothing; the others of the message are not told by half a message.
TEST_F(DecideTest, ASuspendedRecipientStopsTheMessageAndIsNamed) {
  Suspend(kSchoolB);
  const Decision decision = Judge();
  EXPECT_EQ(Denied(decision), Code::kRecipientSuspended);
  EXPECT_EQ(std::get<Denial>(decision).objections.at(0).recipient, kSchoolB);
}

TEST_F(DecideTest, AKeyThatTheRecipientNeverStatedIsRefused) {
  Forge forge = Forged();
  forge.grant(0).clear.key = KeyId({9, 9, 9});
  EXPECT_EQ(Denied(Judge(forge)), Code::kRecipientKey);
}

TEST_F(DecideTest, AnotherRecipientsKeyIsRefused) {
  Forge forge = Forged();
  std::swap(forge.grant(0).clear.key, forge.grant(1).clear.key);
  EXPECT_EQ(Denied(Judge(forge)), Code::kRecipientKey);
}

TEST_F(DecideTest, ARetiringRecipientKeyIsGoodAndACompromisedOneIsNot) {
  for (const auto state : {RecipientKey::State::kRetiring, RecipientKey::State::kCompromised}) {
    StatementBook statements;
    ASSERT_TRUE(statements.Apply(partnership_.StatementOf(kSchoolB)).has_value());
    AgencyStatement changed = partnership_.StatementOf(kSchoolA).statement;
    changed.keys.at(0).state = state;
    ASSERT_TRUE(statements.Apply(partnership_.SignStatementOf(changed)).has_value());
    standing_.statements = statements;
    EXPECT_EQ(Denied(Judge()), state == RecipientKey::State::kRetiring
                                   ? std::nullopt
                                   : std::optional(Code::kRecipientKey));
  }
}

// --- held grants

TEST_F(DecideTest, AGrantHeldOnAnotherOfTheMessageIsPermitted) {
  Forge forge = Forged();
  forge.grant(1).clear.number.reset();
  const TimePoint deadline = forge.grant(0).clear.acknowledge_by.value_or(kNight);
  forge.grant(1).clear.condition = {Condition::Kind::kUnacknowledged,
                                    seal::GrantDigest(forge.grant(0)), deadline};
  EXPECT_TRUE(std::holds_alternative<Permit>(Judge(forge)));
}

TEST_F(DecideTest, AConditionThatIsUpBeforeTheDeadlineItWatchesIsRefused) {
  Forge forge = Forged();
  forge.grant(0).clear.acknowledge_by = kNight + std::chrono::hours(8);
  forge.Whole(partnership_);
  forge.grant(1).clear.number.reset();
  forge.grant(1).clear.condition = {Condition::Kind::kUnacknowledged,
                                    seal::GrantDigest(forge.grant(0)), kNight};
  EXPECT_EQ(Denied(Judge(forge)), Code::kCondition);
}

TEST_F(DecideTest, AGrantHeldOnNoneOfTheMessageIsRefused) {
  Forge forge = Forged();
  forge.grant(1).clear.number.reset();
  forge.grant(1).clear.condition = {Condition::Kind::kUnable, Digest{7}, {}};
  const Decision decision = Judge(forge);
  EXPECT_EQ(Denied(decision), Code::kCondition);
  EXPECT_EQ(std::get<Denial>(decision).objections.at(0).recipient, kSchoolB);
}

TEST_F(DecideTest, AGrantHeldOnAHeldOneIsRefused) {
  Forge forge = Forged();
  forge.grant(0).clear.number.reset();
  forge.grant(0).clear.condition = {Condition::Kind::kUnable, Digest{7}, {}};
  forge.Whole(partnership_);  // So that the second can name the first as it is now.
  forge.grant(1).clear.number.reset();
  forge.grant(1).clear.condition = {
      Condition::Kind::kUnable, seal::GrantDigest(forge.grant(0)), {}};
  EXPECT_EQ(Denied(Judge(forge)), Code::kCondition);
}

// --- the shape

TEST_F(DecideTest, AnExchangeThatPolicyDoesNotKnowIsDenied) {
  Forge forge = Forged();
  forge.header().exchange = ExchangeName("dash-referral");
  EXPECT_EQ(Denied(Judge(forge)), Code::kPolicyDenies);
}

TEST_F(DecideTest, AMessageOfAnotherShapeIsRefused) {
  for (int change = 0; change < 5; ++change) {
    Forge forge = Forged();
    Envelope& envelope = forge.envelope();
    if (change == 0) ++envelope.header.version;
    if (change == 1) envelope.claims.pop_back();
    if (change == 2) std::swap(envelope.claims[0], envelope.claims[1]);
    if (change == 3) std::swap(envelope.sections[0], envelope.sections[1]);
    if (change == 4) {
      // One that nobody is granted: it could be left out without anyone missing it.
      std::erase_if(envelope.sections,
                    [](const SectionOpening& section) { return section.name == "location"; });
    }
    EXPECT_EQ(Denied(Judge(forge)), Code::kShape) << change;
  }
}

TEST_F(DecideTest, MoreSlotsThanTheExchangesAreRefused) {
  Forge forge = Forged();
  for (std::uint8_t i = 0; i < 8; ++i) forge.header().grants.push_back(Digest{0xEE, i});
  std::ranges::sort(forge.header().grants);
  EXPECT_EQ(Denied(Judge(forge.Signed(partnership_))), Code::kShape);
}

// --- policy

TEST_F(DecideTest, ASectionBeyondPolicyIsRefusedWithEachPairNamed) {
  Forge forge = Forged();
  for (const std::size_t i : {0U, 1U}) {
    forge.grant(i).clear.openings.push_back("location");
    forge.grant(i).ciphertext.resize(forge.grant(i).ciphertext.size() + 32);
  }
  // Sealed as a sender who breaks policy would: with the bytes there.
  const auto& opening = *std::ranges::find(forge.envelope().sections, std::string("childName"),
                                           &SectionOpening::name);
  const auto& bytes =
      std::ranges::find(forge.envelope().sealed, std::string("childName"), &SealedSection::name)
          ->sealed;
  auto& location =
      *std::ranges::find(forge.envelope().sections, std::string("location"), &SectionOpening::name);
  location.sealed_hash = opening.sealed_hash;
  location.size = opening.size;
  forge.envelope().sealed.push_back({"location", bytes});
  const Decision decision = Judge(forge);
  EXPECT_EQ(Denied(decision), Code::kPolicyDenies);
  EXPECT_EQ(std::get<Denial>(decision).objections,
            (std::vector<Objection>{{kSchoolA, kSchoolRole, "location", RuleId("ENC-1")},
                                    {kSchoolB, kSchoolRole, "location", RuleId("ENC-1")}}));
}

TEST_F(DecideTest, ARuleRemovedBetweenSealingAndAcceptanceRefusesTheMessage) {
  PutInForce([](const std::string& before) {
    const std::string text =
        TestPartnership::Replace(before, "unshared = [", "unshared = [\"collection\", ");
    const auto from = text.find("[[share]]\nrule = \"ENC-1\"");
    return text.substr(0, from) + text.substr(text.find("[[share]]\nrule = \"ENC-2\""));
  });
  const Decision decision = Judge();
  EXPECT_EQ(Denied(decision), Code::kPolicyDenies);
  EXPECT_EQ(std::get<Denial>(decision).objections.size(), 2 * 16U);
  EXPECT_EQ(std::get<Denial>(decision).objections.at(0).rule, RuleId());
}

TEST_F(DecideTest, ASectionForbiddenBetweenSealingAndAcceptanceRefusesTheMessage) {
  PutInForce([](const std::string& text) {
    return TestPartnership::Replace(text, "\"location\", \"adults\", \"childAddress\"",
                                    "\"location\", \"adults\", \"handling\", \"childAddress\"");
  });
  const Decision decision = Judge();
  EXPECT_EQ(Denied(decision), Code::kPolicyDenies);
  ASSERT_EQ(std::get<Denial>(decision).objections.size(), 2U);
  EXPECT_EQ(std::get<Denial>(decision).objections[1].section, "handling");
}

// The version that the sender named binds it, too: a later one that allows more does not widen a
// message.
TEST_F(DecideTest, WhatTheNamedPolicyForbidsIsRefusedThoughTheNewOneAllowsIt) {
  const auto wider = NextPolicy([](const std::string& before) {
    const std::string text =
        TestPartnership::Replace(before, "unshared = [\"location\", ", "unshared = [");
    return TestPartnership::Replace(text, "\"location\", \"adults\", \"childAddress\"",
                                    "\"adults\", \"childAddress\"") +
           "\n[[share]]\nrule = \"ENC-8\"\nexchange = \"encompass-notice\"\nfrom = [\"police\"]\n"
           "to = [\"school\"]\nsections = [\"location\"]\nbasis = \"daa2021-s49a\"\n"
           "purpose = \"support-child\"\n"
           "acknowledge = \"before-the-bell\"\nwhy = \"A test.\"\n";
  });
  SealingView view;
  view.policy = wider.get();
  const Composed composed = Compose(view, partnership_.NoticeContent(), {{kSchoolA, kSchoolRole}});
  Forge forge(composed.envelope);
  standing_.PutInForce(wider);
  EXPECT_TRUE(Permitted(Judge(forge)));
  forge.header().policy = partnership_.policy().version();
  const Decision decision = Judge(forge);
  EXPECT_EQ(Denied(decision), Code::kPolicyDenies);
  EXPECT_EQ(std::get<Denial>(decision).objections,
            (std::vector<Objection>{{kSchoolA, kSchoolRole, "location", RuleId("ENC-1")}}));
}

TEST_F(DecideTest, ClaimsDecideWhatMayGo) {
  auto content = partnership_.NoticeContent();
  content["risk"] = text::Value::Map().Set("grade", "high");
  const Composed high = Compose({}, content, {{kCouncil, kServicesRole}});
  ASSERT_EQ(high.granted.size(), 1U);
  EXPECT_TRUE(Permitted(Judge(high.envelope)));
  for (const char* const grade : {"medium", "unknown", "a grade nobody declared"}) {
    Forge forge(high.envelope);
    forge.envelope().claims.at(1).value = grade;
    EXPECT_EQ(Denied(Judge(forge)), Code::kPolicyDenies) << grade;
  }
}

TEST_F(DecideTest, ARecipientGetsTheClaimsThatEitherPolicyReads) {
  // From version 2 on a rule for schools reads the risk, too.
  PutInForce([](const std::string& text) {
    return text +
           "\n[[never]]\nrule = \"ENC-8\"\nexchange = \"encompass-notice\"\nfrom = [\"police\"]\n"
           "to = [\"school\"]\nwhen = { risk = [\"high\"] }\nsections = [\"handling\"]\nwhy = \"A "
           "test.\"\n";
  });
  EXPECT_EQ(std::get<Permit>(Judge()).grants.at(0).claims,
            (std::vector<std::string>{"childPart", "risk"}));
}

// --- roles that must be told (C3)

TEST_F(DecideTest, AnUrgentMessageThatLeavesOutARequiredRoleGoesAndOwes) {
  PutInForce(RequireServices);
  const Decision decision = Judge();
  ASSERT_TRUE(Permitted(decision));
  EXPECT_EQ(std::get<Permit>(decision).debts, std::vector<Role>{kServicesRole});
}

TEST_F(DecideTest, ANormalMessageThatLeavesOutARequiredRoleIsRefusedWithTheRole) {
  PutInForce([](const std::string& text) { return NotUrgent(RequireServices(text)); });
  const Decision decision = Judge();
  EXPECT_EQ(Denied(decision), Code::kRequiredMissing);
  EXPECT_EQ(std::get<Denial>(decision).objections.at(0).role, kServicesRole);
}

TEST_F(DecideTest, AMessageThatTellsTheRequiredRoleOwesNothing) {
  const auto requires_services = NextPolicy(RequireServices);
  SealingView view;
  view.policy = requires_services.get();
  const Composed composed = Compose(view, partnership_.NoticeContent(),
                                    {{kSchoolA, kSchoolRole}, {kCouncil, kServicesRole}});
  standing_.PutInForce(requires_services);
  const Decision decision = Judge(composed.envelope);
  ASSERT_TRUE(Permitted(decision));
  EXPECT_TRUE(std::get<Permit>(decision).debts.empty());
}

TEST_F(DecideTest, AStandInThatIsNotToldStandsInForNobody) {
  PutInForce(RequireServices);
  Forge forge = Forged();
  forge.envelope().brokers_part.left_out = {{kServicesRole, kSchoolC}};
  const Decision decision = Judge(forge);
  ASSERT_TRUE(Permitted(decision));
  EXPECT_EQ(std::get<Permit>(decision).debts, std::vector<Role>{kServicesRole});
}

// --- C2, whatever is sealed

// Any sections to any of the roles, under any claims: what is permitted is what the table says, and
// what is refused names exactly the rest.
TEST_F(DecideTest, OnlyWhatTheTableSaysIsPermitted) {
  auto content = partnership_.NoticeContent();
  content["risk"] = text::Value::Map().Set("grade", "high");
  const Composed base = Compose({}, content, {{kSchoolA, kSchoolRole}, {kCouncil, kServicesRole}});
  ASSERT_EQ(base.granted.size(), 2U);
  const policy::Exchange& exchange = *partnership_.policy().Find(kEncompass);
  const SealedSection any = base.envelope.sealed.at(1);
  const SectionOpening& opened =
      *std::ranges::find(base.envelope.sections, any.name, &SectionOpening::name);
  EXPECT_TRUE(rc::check("permitted is what the table shares", [&] {
    Forge forge(base.envelope);
    Envelope& envelope = forge.envelope();
    for (std::size_t i = 0; i < exchange.claims.size(); ++i)
      envelope.claims[i].value = *rc::gen::elementOf(exchange.claims[i].values);
    std::vector<Objection> expected;
    std::set<std::string> carried;
    for (const std::size_t i : {0U, 1U}) {
      ClearPart& clear = forge.grant(i).clear;
      const auto bits = *rc::gen::inRange<std::uint32_t>(1, 1U << exchange.sections.size());
      const auto allowed = *rc::gen::arbitrary<bool>();
      const policy::Cell& cell = partnership_.policy().Look(
          {kEncompass, kPolice, kPoliceRole, clear.role, envelope.claims, envelope.header.created});
      clear.openings = exchange.NamesOf(allowed && cell.sections != 0 ? cell.sections : bits);
      forge.grant(i).ciphertext.resize(32 * (clear.openings.size() + 1) + 16);
      carried.insert(clear.openings.begin(), clear.openings.end());
      const auto shared = exchange.NamesOf(cell.sections);
      for (const std::string& section : clear.openings) {
        if (std::ranges::find(shared, section) == shared.end())
          expected.push_back({clear.recipient, clear.role, section, cell.rule});
      }
    }
    envelope.sealed.clear();
    for (const std::string& section : carried) {
      const bool fixed_size = section == "exclusions";
      const SealedSection& bytes = fixed_size ? base.envelope.sealed.front() : any;
      envelope.sealed.push_back({section, bytes.sealed});
      if (fixed_size) continue;
      auto& opening = *std::ranges::find(envelope.sections, section, &SectionOpening::name);
      opening.size = opened.size;
      opening.sealed_hash = opened.sealed_hash;
    }
    const Decision decision = Judge(forge);
    RC_CLASSIFY(expected.empty(), "permitted");
    RC_ASSERT(Permitted(decision) == expected.empty());
    if (!expected.empty()) RC_ASSERT(std::get<Denial>(decision).objections == expected);
  }));
}

}  // namespace
}  // namespace havenline
