#include "agents/desk/people.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/files.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::HasSubstr;

const std::string kToken(32, 'a');
const std::string kOther(32, 'b');
const AgencyId kCouncil("council.rotherham");

class PeopleTest : public ::testing::Test {
 protected:
  Result<People> Read(const std::string& text) const {
    const auto path = folder_.path() / "tokens.txt";
    EXPECT_TRUE(WriteFileDurably(path, AsBytes(text), kPrivateFile).has_value());
    return People::Read(path, seal::LockedSecret<32>({1, 2, 3}));
  }
  static std::string Words(const Result<People>& people) {
    return people ? "read" : people.error().detail;
  }

  ScratchDirectory folder_;
};

TEST_F(PeopleTest, WhoNamesNoDeskWorksAtAllAndWhoNamesSomeAtThoseAlone) {
  const auto people = Read("# login token\nall " + kToken + "\nsome " + kOther +
                           " council.rotherham:housing police.a\n");
  ASSERT_TRUE(people.has_value()) << people.error().detail;
  const auto all = people->WhoHas(kToken);
  const auto some = people->WhoHas(kOther);
  ASSERT_TRUE(all && some);
  EXPECT_TRUE(all->WorksAt(kCouncil, Role("idva")) && all->WorksAt(kCouncil));
  EXPECT_TRUE(some->WorksAt(kCouncil, Role("housing")) && some->WorksAt(kCouncil));
  EXPECT_FALSE(some->WorksAt(kCouncil, Role("idva")));
  EXPECT_TRUE(some->WorksAt(AgencyId("police.a"), Role("police")));
  EXPECT_FALSE(some->WorksAt(AgencyId("police.b"), Role("police")));
  EXPECT_FALSE(some->WorksAt(AgencyId("police.b")));
}

// A desk that cannot be read must not become every desk.
TEST_F(PeopleTest, ADeskThatIsNoneIsRefusedWithItsLine) {
  for (const char* const desk : {":housing", "council.rotherham:", "council rotherham:a:b", "-"}) {
    EXPECT_THAT(Words(Read("one " + kToken + " " + desk + "\n")),
                HasSubstr("tokens.txt:1: each line is"))
        << desk;
  }
  EXPECT_THAT(Words(Read("one " + kToken + "\none " + kOther + "\n")), HasSubstr("tokens.txt:2:"));
  EXPECT_THAT(Words(Read("one " + kToken.substr(1) + "\n")), HasSubstr("at least 32"));
  EXPECT_THAT(Words(Read("# nobody\n")), HasSubstr("names nobody"));
}

}  // namespace
}  // namespace havenline
