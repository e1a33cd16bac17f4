#include "deploy/havenline/document_check.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DocumentCheckTest : public ::testing::Test {
 protected:
  CheckedDocument Policy(const std::string& text, const Governance* governance = nullptr) {
    return CheckDocument(DocumentFrom(text, "policy.toml"), DocumentKind::kPolicy, governance);
  }
  CheckedDocument Directory(const std::string& text) {
    return CheckDocument(DocumentFrom(text, "directory.toml"), DocumentKind::kDirectory, nullptr);
  }
  static std::string Replace(const std::string& text, const std::string& what,
                             const std::string& with) {
    return TestPartnership::Replace(text, what, with);
  }

  TestPartnership partnership_;
  const std::string policy_ = partnership_.PolicyText();
  const std::string directory_ = partnership_.DirectoryText();
};

TEST_F(DocumentCheckTest, ThePartnershipsOwnDocumentsHaveNoProblems) {
  EXPECT_THAT(Policy(policy_).problems, IsEmpty());
  EXPECT_THAT(Directory(directory_).problems, IsEmpty());
}

TEST_F(DocumentCheckTest, TheWrongKindOfDocumentIsSaid) {
  EXPECT_THAT(Directory(policy_).problems,
              ElementsAre("directory.toml: this is a policy, not a directory"));
}

TEST_F(DocumentCheckTest, EveryProblemIsNamedWithItsLine) {
  std::string text = Replace(policy_, "slots = 8", "slots = 9");
  text = Replace(text, "warn-minutes = 30", "warn-minutes = \"x\"");
  const auto problems = Policy(text).problems;
  EXPECT_THAT(problems, Contains(HasSubstr("policy.toml:12:")));
  EXPECT_THAT(problems, Contains(HasSubstr("policy.toml:22:")));
}

TEST_F(DocumentCheckTest, ASectionThisProgramDoesNotKnowIsAProblemWithItsLine) {
  const auto problems =
      Policy(Replace(policy_, "\"identifiers\", \"childAddress\", \"origin\"]\n# A row",
                     "\"identifiers\", \"childAddress\", \"diary\"]\n# A row"))
          .problems;
  // Rules name the section that is gone as well: the policy does not compile.
  EXPECT_THAT(problems, Contains(HasSubstr("the exchange has no section origin")));

  const std::string unshared = Replace(policy_, "unshared = [", "unshared = [\"diary\", ");
  const auto added = Policy(Replace(unshared, "\"childAddress\", \"origin\"]\n# A row",
                                    "\"childAddress\", \"origin\", \"diary\"]\n# A row"))
                         .problems;
  EXPECT_THAT(added, ElementsAre("policy.toml:24:12: in [exchange.encompass-notice]: `sections`: "
                                 "this program does not know \"diary\""));
}

TEST_F(DocumentCheckTest, SectionsMustStandInTheExchangesOrder) {
  const auto problems =
      Policy(Replace(policy_,
                     "\"exclusions\", \"childName\", \"childBirth\", \"establishment\", "
                     "\"reference\", \"incidentTime\", \"location\"",
                     "\"exclusions\", \"childBirth\", \"childName\", \"establishment\", "
                     "\"reference\", \"incidentTime\", \"location\""))
          .problems;
  EXPECT_THAT(problems, ElementsAre(HasSubstr("the order must be \"exclusions\", \"childName\"")));
}

TEST_F(DocumentCheckTest, ClaimsAndTheirValuesMustBeTheExchanges) {
  const auto source = Policy(Replace(policy_, "source = \"risk.grade\"", "source = \"risk.tool\""));
  EXPECT_THAT(source.problems, ElementsAre(HasSubstr("\"risk\" is made of \"risk.grade\"")));
  const auto values = Policy(Replace(policy_, "[\"unknown\", \"standard\", \"medium\", \"high\"]",
                                     "[\"unknown\", \"medium\", \"high\"]"))
                          .problems;
  EXPECT_THAT(values, ElementsAre(HasSubstr("the values of \"risk\": missing: \"standard\"")));
}

TEST_F(DocumentCheckTest, AnExchangeThisProgramDoesNotKnowIsAProblem) {
  const auto problems =
      Policy(policy_ +
             "[exchange.diary]\nversion = 1\nslots = 8\nconsent = \"not-required\"\nunshared = "
             "[\"page\"]\nsections = [\"exclusions\", \"page\"]\n")
          .problems;
  EXPECT_THAT(problems, ElementsAre(HasSubstr("this program knows no exchange of that name")));
}

TEST_F(DocumentCheckTest, AVersionAheadOfThisProgramIsAProblem) {
  const auto problems = Policy(Replace(policy_, "[exchange.encompass-notice]\nversion = 1",
                                       "[exchange.encompass-notice]\nversion = 2"))
                            .problems;
  EXPECT_THAT(problems, ElementsAre(HasSubstr("knows the exchange up to version 1")));
}

TEST_F(DocumentCheckTest, SignaturesOfANoteAreHeldToGovernance) {
  const std::string note = partnership_.Sign(directory_);
  EXPECT_THAT(Directory(note).problems, IsEmpty());
  EXPECT_THAT(Directory(note).signed_by, ElementsAre("rotherham/governance/1"));
  EXPECT_EQ(Directory(directory_).signatures_needed, 1U);

  const std::string changed = Replace(note, "title = \"Test school.106890\"", "title = \"Other\"");
  EXPECT_THAT(Directory(changed).problems,
              ElementsAre(HasSubstr("a signature of a known key on the note does not hold")));
}

TEST_F(DocumentCheckTest, TooFewSignaturesAreAProblemOfANoteOnly) {
  Governance governance = partnership_.directory().governance();
  governance.threshold = 2;
  EXPECT_THAT(Policy(policy_, &governance).problems, IsEmpty());
  EXPECT_THAT(Policy(partnership_.Sign(policy_), &governance).problems,
              ElementsAre(HasSubstr("signed by 1 of the 2 governance keys it needs")));
}

TEST_F(DocumentCheckTest, ASuccessorNamesTheOneBeforeIt) {
  const CheckedDocument before = Policy(policy_);
  CheckedDocument next = Policy(partnership_.PolicyText(2, before.version()->hash));
  CheckSuccession(next, before);
  EXPECT_THAT(next.problems, IsEmpty());

  CheckedDocument other = Policy(partnership_.PolicyText(2, Digest{1}));
  CheckSuccession(other, before);
  EXPECT_THAT(other.problems, ElementsAre(HasSubstr("`previous` is not the hash of version 1")));

  CheckedDocument late = Policy(partnership_.PolicyText(3, before.version()->hash));
  CheckSuccession(late, before);
  EXPECT_THAT(late.problems, ElementsAre(HasSubstr("version 2 is next")));
}

// There are two lines `version` in a policy, and a hash that nobody can guess.
TEST_F(DocumentCheckTest, WhatDoesNotFollowIsToldWhatToWriteWhere) {
  const CheckedDocument before = Policy(policy_);
  CheckedDocument same = Policy(policy_);
  CheckSuccession(same, before);
  EXPECT_THAT(same.problems,
              ElementsAre(HasSubstr("write at the top, above the first [, `version = 2` and "
                                    "`previous = \"" +
                                    HexEncode(before.version()->hash) +
                                    "\"` (a `version` further down, under [exchange.…], is that "
                                    "exchange's own: leave it)")));
}

TEST_F(DocumentCheckTest, ProblemsThatAreNotNamedAreCountedAndNoProblemThemselves) {
  std::string many = policy_;
  for (int i = 0; i < 23; ++i)
    many += "[[never]]\nrule = \"X-" + std::to_string(i) +
            "\"\nexchange = \"encompass-notice\"\nfrom = [\"police\"]\nto = [\"nobody\"]\n"
            "sections = [\"location\"]\nwhy = \"Because.\"\n";
  const CheckedDocument checked = Policy(many);
  EXPECT_EQ(checked.problems.size(), 20U);
  EXPECT_EQ(checked.problems_left_out, 3U);
}

TEST_F(DocumentCheckTest, ATextThatCannotBeSignedIsAProblem) {
  EXPECT_THAT(Policy(policy_ + "# no end").problems,
              Contains(HasSubstr("the last line has no line end")));
}

}  // namespace
}  // namespace havenline
