// The sharing agreement's schedule and the data flows: what is told, and who can technically read
// it.

#include "deploy/havenline/policy_agreement.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/havenline/html_page.h"
#include "policy/basis.h"
#include "tests/fakes/partnership.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using text::Value;

class PolicyAgreementTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  LoadedPolicy Loaded(const std::string& text) const {
    auto loaded = LoadPolicy(Write("policy.toml", text));
    EXPECT_TRUE(loaded.has_value()) << loaded.error().detail;
    return *std::move(loaded);
  }
  LoadedPolicy Loaded() const { return Loaded(partnership_.PolicyText()); }
  Directory Who(const std::string& text) const {
    auto directory =
        LoadDirectory(Write("directory.toml", text), partnership_.policy().partnership());
    EXPECT_TRUE(directory.has_value()) << directory.error().detail;
    return *std::move(directory);
  }
  Directory Who() const { return Who(partnership_.DirectoryText()); }

  TestPartnership partnership_;
  ScratchDirectory folder_;
};

Value FlowTo(const Value& json, const std::string& role) {
  for (const Value& flow : json.Find("flows")->items()) {
    if (flow.Find("to")->text() == role) return flow;
  }
  ADD_FAILURE() << "no flow to " << role;
  return {};
}

std::vector<std::string> TextsOf(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& item : list.items()) texts.push_back(item.text());
  return texts;
}

TEST_F(PolicyAgreementTest, TheScheduleHasEveryShareWithPurposeBasisConsentLabelAndClock) {
  const LoadedPolicy loaded = Loaded();
  const std::string page = AgreementPage(loaded, Who());
  EXPECT_THAT(page, AllOf(HasSubstr("<!DOCTYPE html>"), HasSubstr("default-src 'none'"),
                          HasSubstr("No consent is needed."), HasSubstr("when risk is high"),
                          HasSubstr("deputy key adult (school)"),
                          HasSubstr(HexEncode(loaded.policy.version().hash)),
                          HasSubstr(HexEncode(Who().version().hash))));
  for (const policy::Rule& rule : loaded.rules.rules) {
    EXPECT_THAT(page, HasSubstr(rule.id.value()));
    EXPECT_THAT(page, HasSubstr(HtmlText(rule.why)));
    if (rule.effect == policy::Effect::kNever) continue;
    EXPECT_THAT(page, HasSubstr(HtmlText(policy::FindBasis(rule.basis)->words)));
    EXPECT_THAT(page, HasSubstr(HtmlText(loaded.policy.purposes().at(rule.purpose))));
    EXPECT_THAT(page, HasSubstr(HtmlText(loaded.policy.retentions().at(rule.retention))));
  }
  const Value json = AgreementJson(loaded, Who());
  const Value& exchange = json.Find("exchanges")->items().at(0);
  EXPECT_EQ(exchange.Find("shares")->items().size(), 9U) << "three profiles of senders";
  EXPECT_EQ(exchange.Find("never")->items().size(), 2U);
}

TEST_F(PolicyAgreementTest, AFlowSaysWhoHoldsTheRoleTodayOnWhichHostRunByWhom) {
  const Directory who = Who();
  const Value json = AgreementJson(Loaded(), who);
  const Value flow = FlowTo(json, "school");
  const auto schools = TextsOf(*flow.Find("agencies"));
  EXPECT_THAT(schools,
              AllOf(::testing::Contains(kSchoolA.value()), ::testing::Contains(kSchoolB.value()),
                    Not(::testing::Contains(kPolice.value()))));
  EXPECT_EQ(TextsOf(*flow.Find("claims")), std::vector<std::string>{"childPart"});
  const auto sections = TextsOf(*flow.Find("sections"));
  EXPECT_THAT(sections, ::testing::Contains("circumstances"));
  EXPECT_THAT(sections, Not(::testing::Contains("childAddress")));
  const Host* const host = who.Find(who.Find(kSchoolA)->host);
  ASSERT_NE(host, nullptr);
  const Value& readable = flow.Find("readable-at")->items().at(0);
  EXPECT_EQ(readable.Find("host")->text(), host->id.value());
  EXPECT_EQ(readable.Find("operated-by")->text(), host->operated_by);
  EXPECT_THAT(AgreementPage(Loaded(), who), HasSubstr(HtmlText(host->operated_by)));
  EXPECT_FALSE(json.Find("broker")->Find("reads-sections")->boolean());
}

TEST_F(PolicyAgreementTest, ARoleThatNobodyHoldsIsSaidToBeHeldByNobody) {
  const std::string text = TestPartnership::Replace(
      partnership_.DirectoryText(), "roles = [\"childrens-services\"", "roles = [\"housing\"");
  const Directory who = Who(text);
  const Value json = AgreementJson(Loaded(), who);
  EXPECT_TRUE(FlowTo(json, "childrens-services").Find("readable-at")->items().empty());
  EXPECT_THAT(AgreementPage(Loaded(), who), HasSubstr("<td><p>nobody today</p></td>"));
}

TEST_F(PolicyAgreementTest, TheBrokersOperatorIsSaidToSeeClaimsAndNoSection) {
  EXPECT_THAT(AgreementPage(Loaded(), Who()),
              AllOf(HasSubstr("whoever runs it reads none"),
                    HasSubstr("<th scope=\"row\">encompass-notice</th><td>childPart, risk</td>")));
}

TEST_F(PolicyAgreementTest, AnOperatorWhoAlsoRunsADeskIsSaidToReadThere) {
  EXPECT_THAT(AgreementPage(Loaded(), Who()), Not(HasSubstr("also runs")));
  const Directory who = Who(TestPartnership::Replace(
      partnership_.DirectoryText(), "operated-by = \"the operator\"",
      "operated-by = \"" + Who().Find(Who().Find(kSchoolA)->host)->operated_by + "\""));
  const HostId desk = who.Find(kSchoolA)->host;
  EXPECT_THAT(AgreementPage(Loaded(), who),
              AllOf(HasSubstr("also runs " + desk.value() + ": there it can read what is told to"),
                    HasSubstr("Test " + kSchoolA.value())));
  const Value json = AgreementJson(Loaded(), who);
  EXPECT_EQ(TextsOf(*json.Find("broker")->Find("operator-also-runs")),
            std::vector<std::string>{desk.value()});
}

TEST_F(PolicyAgreementTest, WhatIsOnlyHeldIsSaidToBe) {
  const std::string text = TestPartnership::Replace(
      partnership_.PolicyText(), "why = \"Children's services are told of incidents",
      "profile = [\"full\", \"four-facts\"]\nheld = \"unacknowledged\"\nwatches = \"school\"\n"
      "why = \"Children's services are told of incidents");
  const Value json = AgreementJson(Loaded(text), Who());
  const Value flow = FlowTo(json, "childrens-services");
  ASSERT_FALSE(flow.Find("sections")->items().empty());
  EXPECT_EQ(flow.Find("held")->items().size(), flow.Find("sections")->items().size());
  EXPECT_THAT(AgreementPage(Loaded(text), Who()),
              HasSubstr("only if somebody else does not take it on: exclusions, childName"));
}

TEST_F(PolicyAgreementTest, NothingInPolicyOrDirectoryWritesMarkup) {
  std::string text = partnership_.PolicyText();
  for (const char* const what : {"why = \"", "title = \"", "support-child = \"", "school = \"",
                                 "child-safeguarding-file = \""}) {
    text = TestPartnership::Replace(text, what, std::string(what) + "<script>alert(1)</script>");
  }
  std::string who = partnership_.DirectoryText();
  for (const char* const what : {"title = \"", "operated-by = \""})
    who = TestPartnership::Replace(who, what, std::string(what) + "<script>alert(2)</script>");
  const std::string page = AgreementPage(Loaded(text), Who(who));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), HasSubstr("&lt;script&gt;alert(1)"),
                          HasSubstr("&lt;script&gt;alert(2)")));
}

TEST_F(PolicyAgreementTest, AFolderIsAskedForTheDirectoryInIt) {
  const PartnershipId ours = partnership_.policy().partnership();
  const auto none = LoadDirectory(folder_.path().string(), ours);
  ASSERT_FALSE(none.has_value());
  EXPECT_THAT(none.error().detail, HasSubstr("has neither a directory.note nor a directory.toml"));
  Write("directory.toml", partnership_.DirectoryText());
  EXPECT_TRUE(LoadDirectory(folder_.path().string(), ours).has_value());
  Write("directory.note", "nothing\n");
  EXPECT_FALSE(LoadDirectory(folder_.path().string(), ours).has_value()) << "the note comes first";
}

TEST_F(PolicyAgreementTest, WhoSignsSeesBothHashes) {
  const LoadedPolicy loaded = Loaded();
  const std::string page = AgreementPage(loaded, Who());
  EXPECT_THAT(page.substr(page.find("<h2>Approved")),
              AllOf(HasSubstr(HexEncode(loaded.policy.version().hash)),
                    HasSubstr(HexEncode(Who().version().hash))));
}

TEST_F(PolicyAgreementTest, AnotherPartnershipsDirectoryIsRefused) {
  const std::string path = Write("directory.toml", partnership_.DirectoryText());
  const auto refused = LoadDirectory(path, PartnershipId("elsewhere"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().detail, HasSubstr("and the policy is that of elsewhere"));
  EXPECT_FALSE(LoadDirectory(Write("p.toml", partnership_.PolicyText()), PartnershipId("rotherham"))
                   .has_value());
}

}  // namespace
}  // namespace havenline
