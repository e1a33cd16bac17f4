#include "agents/desk/danger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using text::Value;

class DangerTest : public ::testing::Test {
 protected:
  // kNight is in November 2026.
  Result<std::vector<std::string>> Flags(const std::string& birth,
                                         const std::vector<std::string>& stated = {},
                                         const char* exchange = "encompass-notice") {
    auto sections = partnership_.NoticeContent();
    sections["childBirth"] = birth.empty() ? Value() : Value(birth);
    Content content = partnership_.MakeContent(sections);
    content.exchange = ExchangeName(exchange);
    return FlagsOf(content, partnership_.policy(), stated, kNight);
  }

  TestPartnership partnership_;
};

TEST_F(DangerTest, ADateOfBirthRaisesItsFlagFromTheEighteenthBirthdayOn) {
  EXPECT_THAT(*Flags("2008-11-20"), ElementsAre("turned-18"));
  EXPECT_THAT(*Flags("2008-11-22"), IsEmpty());
  EXPECT_THAT(*Flags("1990-01-01"), ElementsAre("turned-18"));
  EXPECT_THAT(*Flags(""), IsEmpty()) << "whoever sends by hand knows";
}

TEST_F(DangerTest, WhatSomebodyStatesCountsBesideAndEachOnce) {
  EXPECT_THAT(*Flags("2008-11-20", {"covert-operation", "works-in-police", "turned-18"}),
              ElementsAre("works-in-police", "covert-operation", "turned-18"));
}

// A misspelt flag must not mean no danger.
TEST_F(DangerTest, AFlagThatPolicyDoesNotListIsRefusedWithTheOneProbablyMeant) {
  const auto wrong = Flags("2015-03-04", {"covert-operatoin"});
  ASSERT_FALSE(wrong.has_value());
  EXPECT_THAT(wrong.error().detail, HasSubstr("did you mean covert-operation?"));
}

TEST(RaisedByTest, ATruthRaisesItsFlagHoweverDeepItStandsAndInEachItem) {
  exchange::Field flag;
  flag.name = "covert";
  flag.kind = exchange::Field::Kind::kBool;
  flag.danger = "covert-operation";
  exchange::Field adults;
  adults.name = "adults";
  adults.kind = exchange::Field::Kind::kList;
  adults.item_kind = exchange::Field::Kind::kStruct;
  adults.fields = {flag};
  const auto raised = [&](bool first, bool second) {
    return RaisedBy(adults,
                    Value::List()
                        .Add(Value::Map().Set("covert", first))
                        .Add(Value::Map().Set("covert", second)),
                    Day());
  };
  EXPECT_THAT(raised(false, false), IsEmpty());
  EXPECT_THAT(raised(false, true), ElementsAre("covert-operation"));
  EXPECT_THAT(RaisedBy(adults, Value(), Day()), IsEmpty());
}

}  // namespace
}  // namespace havenline
