#include "deploy/havenline/directory_changes.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class DirectoryChangesTest : public ::testing::Test {
 protected:
  std::vector<std::string> Changes(const std::string& after) {
    const auto parsed = Directory::Parse(after, "after");
    EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
    std::vector<std::string> lines;
    for (const DirectoryChange& change : CompareDirectories(partnership_.directory(), *parsed))
      lines.push_back(change.about + " " + change.name + " " + change.words);
    return lines;
  }
  std::string With(const std::string& what, const std::string& with) const {
    return TestPartnership::Replace(text_, what, with);
  }

  TestPartnership partnership_;
  const std::string text_ = partnership_.DirectoryText();
};

TEST_F(DirectoryChangesTest, TheSameDirectoryChangesNothing) {
  EXPECT_THAT(Changes(text_), IsEmpty());
}

TEST_F(DirectoryChangesTest, ATitleARoleAndAHostsOperatorAreNamed) {
  EXPECT_THAT(Changes(With("title = \"Test school.106891\"\nroles = [\"school\"]",
                           "title = \"Mill Lane\"\nroles = [\"school\", \"home-education\"]")),
              ElementsAre("agency school.106891 is now called Mill Lane",
                          "agency school.106891 now holds the role home-education"));
  EXPECT_THAT(Changes(With("operated-by = \"the operator\"", "operated-by = \"another\"")),
              ElementsAre("host host.operator is run by another, no longer by the operator"));
}

TEST_F(DirectoryChangesTest, AnAgencyThatMovesIsNamedWithBothHosts) {
  EXPECT_THAT(Changes(With("host = \"host.school.106891\"", "host = \"host.school.106892\"")),
              ElementsAre("agency school.106891 moves to host host.school.106892 from "
                          "host.school.106891"));
}

TEST_F(DirectoryChangesTest, AnAgencyThatIsGoneOrNewIsNamed) {
  const std::string gone = text_.substr(0, text_.find("[[agency]]\nname = \"council.rotherham\""));
  EXPECT_THAT(Changes(gone), ElementsAre("agency council.rotherham is gone"));

  const auto less = Directory::Parse(gone, "gone");
  ASSERT_TRUE(less.has_value());
  const auto changes = CompareDirectories(*less, partnership_.directory());
  ASSERT_EQ(changes.size(), 6U);  // The agency, and its five keys.
  EXPECT_EQ(changes[0].words,
            "is new: Test council.rotherham; childrens-services, home-education; on "
            "host.council.rotherham");
  EXPECT_THAT(changes[1].words, StartsWith("has a new envelope key "));
}

TEST_F(DirectoryChangesTest, AKeyThatIsRetiredIsNamed) {
  EXPECT_THAT(
      Changes(With("purpose = \"envelope\"\n", "purpose = \"envelope\"\nstate = \"retired\"\n")),
      ElementsAre(::testing::ContainsRegex(
          "agency police.south-yorkshire has its envelope key [0-9a-f]+ retired, no longer "
          "current")));
}

}  // namespace
}  // namespace havenline
