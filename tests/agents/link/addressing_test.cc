#include "agents/link/addressing.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Role kHomeEducation("home-education");

class AddressingTest : public ::testing::Test {
 protected:
  static policy::Policy PolicyOf(const std::string& text) {
    auto policy = policy::Policy::Parse(text, "policy.toml");
    EXPECT_TRUE(policy.has_value()) << (policy ? "" : policy.error().detail);
    return *std::move(policy);
  }
  // As the fakes' policy has it, but children's services must be told of what is graded high.
  std::string Compelling() const {
    const std::string text = partnership_.PolicyText();
    const auto rule = text.find("[[share]]\nrule = \"ENC-4\"");
    return std::string(text).replace(rule, 9, "[[require]]");
  }
  Content Notice(const std::string& grade) const {
    auto content = partnership_.NoticeContent();
    content["risk"] = text::Value::Map().Set("grade", grade);
    return partnership_.MakeContent(content);
  }
  Result<std::vector<Recipient>> To(const std::vector<WantedRecipient>& wanted,
                                    const std::string& grade = "medium") const {
    return Addressing(directory_, policy_).RecipientsOf(Notice(grade), wanted, kNight);
  }
  static std::string Words(const auto& result) {
    return result.has_value() ? "taken" : result.error().detail;
  }

  TestPartnership partnership_;
  policy::Policy policy_ = PolicyOf(Compelling());
  const Directory& directory_ = partnership_.directory();
};

TEST_F(AddressingTest, WhoIsNamedWholeIsTakenAsNamedAndOnce) {
  const WantedRecipient school{kSchoolA, kSchoolRole};
  EXPECT_THAT(*To({school, school}), ElementsAre(Recipient{kSchoolA, kSchoolRole}));
}

TEST_F(AddressingTest, ARoleThatOneAgencyHoldsNamesIt) {
  EXPECT_THAT(*To({{std::nullopt, kHomeEducation}}),
              ElementsAre(Recipient{kCouncil, kHomeEducation}));
}

TEST_F(AddressingTest, ARoleThatSeveralHoldMustSayWhich) {
  EXPECT_THAT(Words(To({{std::nullopt, kSchoolRole}})),
              HasSubstr("name one of school.106890, school.106891, school.106892"));
  EXPECT_THAT(Words(To({{std::nullopt, Role("idva")}})), HasSubstr("no agency of the directory"));
}

TEST_F(AddressingTest, OfSeveralThoseOfTheSendersAreaComeFirst) {
  std::string text = partnership_.DirectoryText();
  for (const AgencyId& agency : {kPolice, kSchoolB}) {
    const std::string id = "\nname = \"" + agency.value() + "\"";
    text = TestPartnership::Replace(text, id, id + "\nareas = [\"rotherham\"]");
  }
  const auto directory = Directory::Parse(text, "directory.toml");
  ASSERT_TRUE(directory.has_value()) << directory.error().detail;
  const auto to = Addressing(*directory, policy_)
                      .RecipientsOf(Notice("medium"), {{std::nullopt, kSchoolRole}}, kNight);
  EXPECT_THAT(*to, ElementsAre(Recipient{kSchoolB, kSchoolRole}));
}

TEST_F(AddressingTest, AnAgencyIsToldInTheOneRoleThatMayBeTold) {
  EXPECT_THAT(*To({{kCouncil, std::nullopt}}), ElementsAre(Recipient{kCouncil, kHomeEducation}));
  EXPECT_THAT(Words(To({{kCouncil, std::nullopt}}, "high")),
              HasSubstr("name one of childrens-services, home-education"));
  EXPECT_THAT(Words(To({{kPolice, std::nullopt}})), HasSubstr("be told nothing of this case"));
  EXPECT_THAT(Words(To({{AgencyId("school.999999"), std::nullopt}})), HasSubstr("has no agency"));
}

TEST_F(AddressingTest, WhoMustNeverBeToldIsRefusedAtOnceWithTheRuleThatForbidsIt) {
  const std::string text = TestPartnership::Replace(
      partnership_.PolicyText(), "[[share]]\nrule = \"ENC-3\"",
      "[[never]]\nrule = \"ENC-9\"\nexchange = \"encompass-notice\"\nfrom = [\"police\"]\n"
      "to = [\"childrens-services\"]\nwhen = { risk = [\"medium\"] }\nsections = [\"*\"]\n"
      "why = \"Not theirs.\"\n\n[[share]]\nrule = \"ENC-3\"");
  const policy::Policy policy = PolicyOf(text);
  const Addressing addressing(directory_, policy);
  const auto to = [&](const char* grade, const WantedRecipient& who) {
    return addressing.RecipientsOf(Notice(grade), {who, {kSchoolA, kSchoolRole}}, kNight);
  };
  for (const WantedRecipient& who :
       {WantedRecipient{kCouncil, kServicesRole}, WantedRecipient{std::nullopt, kServicesRole}}) {
    EXPECT_THAT(Words(to("medium", who)), HasSubstr("rule ENC-9 forbids it: Not theirs."));
    EXPECT_EQ(to("high", who)->size(), 2U);
    // Told nothing, but forbidden by nobody: a person takes that on.
    EXPECT_EQ(to("standard", who)->size(), 2U);
  }
}

TEST_F(AddressingTest, WithoutAnybodyNamedItGoesToThoseWhoMustBeTold) {
  EXPECT_THAT(*To({}, "high"), ElementsAre(Recipient{kCouncil, kServicesRole}));
}

TEST_F(AddressingTest, WhereNobodyMustBeToldTheSenderIsAskedAndNothingIsGuessed) {
  EXPECT_THAT(Words(To({})), HasSubstr("These may be told: home-education, school"));
}

TEST_F(AddressingTest, WhatGoesToAnotherAreaNamesTheAgencyAndNobodyNearIsGuessed) {
  const std::string text = TestPartnership::Replace(
      partnership_.PolicyText(), "[[share]]\nrule = \"ENC-3\"",
      "[[share]]\nrule = \"ENC-9\"\nexchange = \"encompass-notice\"\nfrom = [\"police\"]\n"
      "to = [\"police\"]\nsections = [\"childName\", \"childPart\", \"risk\"]\n"
      "basis = \"ca2004-s11\"\npurpose = \"safeguard-child\"\nwhy = \"The family moved.\"\n\n"
      "[[share]]\nrule = \"ENC-3\"");
  const policy::Policy policy = PolicyOf(text);
  const Addressing addressing(directory_, policy);
  EXPECT_THAT(
      Words(addressing.RecipientsOf(Notice("medium"), {{std::nullopt, kHomeEducation}}, kNight)),
      HasSubstr("name the agency, as role@agency"));
  EXPECT_THAT(*addressing.RecipientsOf(Notice("medium"), {{kCouncil, kHomeEducation}}, kNight),
              ElementsAre(Recipient{kCouncil, kHomeEducation}));
}

TEST_F(AddressingTest, NobodySendsInARoleThatIsNotTheirs) {
  const Addressing addressing(directory_, policy_);
  EXPECT_TRUE(addressing.CheckSender(kPolice, kPoliceRole).has_value());
  EXPECT_THAT(Words(addressing.CheckSender(kSchoolA, kPoliceRole)),
              HasSubstr("does not say that school.106890 is police"));
}

TEST_F(AddressingTest, ADecisionIsRecordedOnlyWherePolicyWantsOneAndErrorsDoNotRepeatTheName) {
  const Addressing addressing(directory_, policy_);
  const auto check = [&](const char* role) {
    return addressing.CheckDecisions(Notice("high"), {Role(role)}, kNight);
  };
  EXPECT_TRUE(addressing.CheckDecisions(Notice("high"), {}, kNight).has_value());
  EXPECT_THAT(check("childrens-services").error().detail, HasSubstr("one about nobody"));
  EXPECT_THAT(check("jessie-testcase").error().detail, Not(HasSubstr("jessie")));
}

TEST_F(AddressingTest, ASenderSendsInItsOneRoleThatMay) {
  const Addressing addressing(directory_, policy_);
  EXPECT_EQ(*addressing.RoleFor(kPolice, kEncompass), kPoliceRole);
  EXPECT_THAT(Words(addressing.RoleFor(kSchoolA, kEncompass)),
              HasSubstr("lets school.106890 send no encompass-notice"));
  EXPECT_THAT(Words(addressing.RoleFor(AgencyId("police.nowhere"), kEncompass)),
              HasSubstr("has no agency"));
}

}  // namespace
}  // namespace havenline
