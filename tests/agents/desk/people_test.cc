#include "agents/desk/people.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/files.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kToken(32, 'a');
const std::string kOther(32, 'b');
const AgencyId kCouncil("council.rotherham");

std::vector<OwnAgency> Host(std::vector<std::pair<const char*, std::vector<Role>>> agencies) {
  std::vector<OwnAgency> host;
  for (auto& [name, receives] : agencies)
    host.push_back({AgencyId(name), {}, std::move(receives), "", Calendar()});
  return host;
}

class PeopleTest : public ::testing::Test {
 protected:
  Result<People> Read(const std::string& text, const std::vector<OwnAgency>& host) const {
    const auto path = folder_.path() / "tokens.txt";
    EXPECT_TRUE(WriteFileDurably(path, AsBytes(text), kPrivateFile).has_value());
    return People::Read(path, seal::LockedSecret<32>({1, 2, 3}), host);
  }
  std::string Words(const std::string& text) const { return Words(text, one_desk_); }
  std::string Words(const std::string& text, const std::vector<OwnAgency>& host) const {
    const auto people = Read(text, host);
    return people ? "read" : people.error().detail;
  }

  const std::vector<OwnAgency> one_desk_ = Host({{"school.1", {Role("school")}}});
  const std::vector<OwnAgency> many_ =
      Host({{"council.rotherham", {Role("housing"), Role("idva")}}, {"police.a", {}}});
  ScratchDirectory folder_;
};

TEST_F(PeopleTest, ALoginWorksAtTheDesksThatItsLineNamesAndNowhereElse) {
  const auto people = Read("# login token\nall " + kToken + " council.rotherham\nsome " + kOther +
                               " council.rotherham:housing police.a\n",
                           many_);
  ASSERT_TRUE(people.has_value()) << people.error().detail;
  const auto all = people->WhoHas(kToken);
  const auto some = people->WhoHas(kOther);
  ASSERT_TRUE(all && some);
  EXPECT_TRUE(all->WorksAt(kCouncil, Role("idva")) && all->WorksAt(kCouncil));
  EXPECT_FALSE(all->WorksAt(AgencyId("police.a")));
  EXPECT_TRUE(some->WorksAt(kCouncil, Role("housing")) && some->WorksAt(kCouncil));
  EXPECT_FALSE(some->WorksAt(kCouncil, Role("idva")));
  EXPECT_TRUE(some->WorksAt(AgencyId("police.a"), Role("police")));
  EXPECT_FALSE(some->WorksAt(AgencyId("police.b"), Role("police")));
  EXPECT_FALSE(some->WorksAt(AgencyId("police.b")));
}

// Whoever forgot to name desks must not open every door of a shared machine.
TEST_F(PeopleTest, ALoginWithoutADeskIsRefusedWithItsLineUnlessTheHostHasOneDeskAlone) {
  const std::string line = "one " + kToken;
  const auto alone = Read(line + "\n", one_desk_);
  ASSERT_TRUE(alone.has_value()) << alone.error().detail;
  EXPECT_TRUE(alone->WhoHas(kToken)->WorksAt(AgencyId("school.1"), Role("school")));
  const auto sends_only = Host({{"police.a", {}}});
  EXPECT_EQ(Words(line + "\n", sends_only), "read");
  const auto two_roles = Host({{"council.rotherham", {Role("housing"), Role("idva")}}});
  const auto two_agencies = Host({{"school.1", {Role("school")}}, {"school.2", {Role("school")}}});
  for (const auto& host : {two_roles, two_agencies}) {
    EXPECT_THAT(Words("# a\n" + line + "\n", host),
                AllOf(HasSubstr("tokens.txt:2: this host has several desks"),
                      HasSubstr("agency:role"), Not(HasSubstr(kToken))));
    const std::string desk = " " + host.front().id.value();
    EXPECT_EQ(Words(line + desk + "\n", host), "read");
    EXPECT_THAT(Words(line + " head@" + host.front().id.value() + "\n", host),
                HasSubstr("several desks"))
        << "a duty is no desk";
  }
}

TEST_F(PeopleTest, AnAgencyOfAnotherHostIsRefusedWithItsLineAndNotNamed) {
  for (const char* const place : {"school.2", "school.2:school", "head@school.2"}) {
    EXPECT_THAT(Words("one " + kToken + " " + place + "\n"),
                AllOf(HasSubstr("tokens.txt:1: it names an agency that this host does not"),
                      Not(HasSubstr("school.2"))));
  }
}

// A desk that cannot be read must not become every desk.
TEST_F(PeopleTest, ADeskThatIsNoneIsRefusedWithItsLine) {
  for (const char* const desk :
       {":housing", "school.1:", "school 1:a:b", "-", "head@", "@school.1"}) {
    EXPECT_THAT(Words("one " + kToken + " " + desk + "\n"), HasSubstr("tokens.txt:1: each line is"))
        << desk;
  }
  EXPECT_THAT(Words("one " + kToken + "\none " + kOther + "\n"), HasSubstr("tokens.txt:2:"));
  EXPECT_THAT(Words("one " + kToken.substr(1) + "\n"), HasSubstr("at least 32"));
  EXPECT_THAT(Words("# nobody\n"), HasSubstr("names nobody"));
}

TEST_F(PeopleTest, AlarmsAreForTheDesksTheyAreOfAndThoseOfTheMachineForAll) {
  const auto people = Read("housing " + kToken + " council.rotherham:housing\nforce " + kOther +
                               " police.a duty-officer@police.a\n",
                           many_);
  ASSERT_TRUE(people.has_value()) << people.error().detail;
  const auto sees = [&](const std::string& token, const AlarmPlace& place) {
    return people->MaySee(*people->WhoHas(token), place);
  };
  EXPECT_TRUE(sees(kToken, {}) && sees(kOther, {}));
  EXPECT_TRUE(sees(kToken, {kCouncil, {}, {}}));
  EXPECT_FALSE(sees(kOther, {kCouncil, {}, {}}));
  EXPECT_TRUE(sees(kToken, {kCouncil, Role("housing"), {}}));
  EXPECT_FALSE(sees(kToken, {kCouncil, Role("idva"), {}}));
  EXPECT_FALSE(sees(kToken, {AgencyId("police.a"), {}, {}}));
  // A duty is asked alone, unless nobody here holds it.
  const AgencyId police("police.a");
  EXPECT_TRUE(sees(kOther, {police, {}, "duty-officer"}));
  EXPECT_FALSE(sees(kToken, {police, {}, "duty-officer"}));
  EXPECT_TRUE(sees(kOther, {police, {}, "inspector"})) << "nobody holds it";
  EXPECT_FALSE(sees(kToken, {police, {}, "inspector"})) << "nor is it of their agency";
  EXPECT_TRUE(sees(kToken, {kCouncil, Role("housing"), "housing-duty"}));
}

}  // namespace
}  // namespace havenline
