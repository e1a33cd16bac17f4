#include "deploy/havenline/document_words.h"
#include "deploy/havenline/policy_changes.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/text/json.h"
#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class DocumentWordsTest : public ::testing::Test {
 protected:
  CheckedDocument Policy() const {
    return CheckDocument(DocumentFrom(partnership_.PolicyText(), "p"), DocumentKind::kPolicy,
                         nullptr);
  }
  CheckedDocument Directory() const {
    return CheckDocument(DocumentFrom(partnership_.Sign(partnership_.DirectoryText()), "d"),
                         DocumentKind::kDirectory, nullptr);
  }
  TestPartnership partnership_;
};

TEST_F(DocumentWordsTest, APolicySaysWhoIsToldWhatAndWhy) {
  EXPECT_THAT(WordsOf(Policy()),
              AllOf(HasSubstr("policy of rotherham, version 1"),
                    HasSubstr("police to school, from police.south-yorkshire (profile full), when "
                              "childPart is allegedSuspect:"),
                    HasSubstr("police to childrens-services, from any sender without a profile, "
                              "when risk is high:"),
                    HasSubstr("rule ENC-3, basis daa2021-s49a, purpose safeguard-child, to "
                              "acknowledge within 1440 minutes"),
                    HasSubstr("by the recipient's ready-by time")));
}

TEST_F(DocumentWordsTest, ADirectorySaysWhoIsWhoAndWhoSigned) {
  EXPECT_THAT(WordsOf(Directory()),
              AllOf(HasSubstr("signed by rotherham/governance/1 (1 needed)"),
                    HasSubstr("Governance: 1 of 1 key must sign"), HasSubstr("council.rotherham"),
                    HasSubstr("childrens-services, home-education")));
}

TEST_F(DocumentWordsTest, JsonHasTheSameUnderStableNames) {
  const text::Value directory = JsonOf(Directory());
  EXPECT_EQ(directory.Find("document")->text(), "directory");
  EXPECT_EQ(directory.Find("version")->integer(), 1);
  EXPECT_EQ(directory.Find("agencies")->items().size(), 5U);
  EXPECT_EQ(directory.Find("hosts")->items().size(), 6U);
  EXPECT_EQ(directory.Find("previous"), nullptr);
  const text::Value policy = JsonOf(Policy());
  EXPECT_EQ(policy.Find("exchanges")->items().size(), 1U);
  EXPECT_GT(policy.Find("shares")->items().size(), 5U);
}

// Titles come from a file that somebody else wrote.
TEST_F(DocumentWordsTest, NothingInADocumentSteersTheTerminal) {
  const std::string text = TestPartnership::Replace(
      partnership_.DirectoryText(), "title = \"Test school.106890\"", "title = \"a\\u001B[2Jb\"");
  const auto document = CheckDocument(DocumentFrom(text, "d"), DocumentKind::kDirectory, nullptr);
  EXPECT_THAT(WordsOf(document), AllOf(HasSubstr("a [2Jb"), Not(HasSubstr("\x1B"))));
}

TEST(ChangeWordsTest, SayWhoGainsWhatFromWhomAndWhen) {
  policy::Change change{.kind = policy::Change::Kind::kGains,
                        .exchange = ExchangeName("encompass-notice"),
                        .from = Role("police"),
                        .to = Role("school"),
                        .section = "location",
                        .rule = "",
                        .before = "",
                        .after = "",
                        .every_sender = false,
                        .other_senders = true,
                        .senders = {AgencyId("police.north")},
                        .when = {{{"risk", {"high"}}}},
                        .in_some_case = false};
  EXPECT_EQ(WordsOf(change),
            "school gains location of encompass-notice from police (police.north, any sender that "
            "no profile names), when risk is high");
  change.every_sender = true;
  change.kind = policy::Change::Kind::kMustBeTold;
  change.section.clear();
  change.when = {{}};
  EXPECT_EQ(WordsOf(change), "school must now be told of encompass-notice from police");
  EXPECT_EQ(
      text::ToJson(JsonOf(change)),
      R"({"change":"must-be-told","exchange":"encompass-notice","from":"police","to":"school",)"
      R"("every-sender":true,"other-senders":true,"senders":["police.north"],"when":[{}],)"
      R"("in-some-case":false})");
}

}  // namespace
}  // namespace havenline
