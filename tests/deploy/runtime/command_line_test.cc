#include "deploy/runtime/command_line.h"

#include <sstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace havenline {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    Command& desk = program_.root().Add("desk", "What people do.");
    desk.Add("open", "Opens a message.")
        .Text({"--store", "The desk's directory.", kRequired}, store_)
        .Integer({"--limit", "How many."}, {.min = 1, .max = 100}, limit_)
        .Choice({"--form", "How to print."}, {"json", "text"}, form_)
        .Flag({"--all", "Everything."}, all_)
        .Texts({"--role", "A role."}, roles_)
        .Text({"message", "Which one."}, message_)
        .Texts({"rest", "More of them."}, rest_)
        .Example("havenline desk open --store /var/lib/desk 0190")
        .Example("havenline desk open --store /var/lib/desk --all")
        .Handler([this] {
          ++opened_;
          return result_;
        });
    desk.Add("close", "Closes it.").Handler([] { return ExitCode::kFailed; });
  }

  int Run(std::vector<const char*> words) {
    words.insert(words.begin(), "havenline");
    return program_.Run(static_cast<int>(words.size()), words.data(), out_, err_);
  }

  // Expects a refusal that says so in these words, and nothing else.
  void ExpectUsage(const std::vector<const char*>& words, const std::string& error) {
    EXPECT_EQ(Run(words), 64);
    EXPECT_EQ(err_.str(), error);
    EXPECT_EQ(out_.str(), "");
    EXPECT_EQ(opened_, 0);
  }

  std::string store_;
  std::string form_ = "text";
  std::string message_;
  std::int64_t limit_ = 10;
  bool all_ = false;
  std::vector<std::string> roles_;
  std::vector<std::string> rest_;
  ExitCode result_ = ExitCode::kOk;
  int opened_ = 0;
  std::ostringstream out_;
  std::ostringstream err_;
  CommandLine program_{"havenline", "0.1.0", "Carries safeguarding messages."};
};

TEST_F(CommandLineTest, ParsesIntoItsVariablesAndCallsTheHandler) {
  result_ = ExitCode::kTemporary;
  EXPECT_EQ(Run({"desk", "open", "--store", "/x", "--limit=7", "--form", "json", "--all", "--role",
                 "idva", "--role", "housing", "one", "two", "three"}),
            75);
  EXPECT_EQ(err_.str(), "");
  EXPECT_EQ(opened_, 1);
  EXPECT_EQ(store_, "/x");
  EXPECT_EQ(limit_, 7);
  EXPECT_EQ(form_, "json");
  EXPECT_TRUE(all_);
  EXPECT_THAT(roles_, ElementsAre("idva", "housing"));
  EXPECT_EQ(message_, "one");
  EXPECT_THAT(rest_, ElementsAre("two", "three"));
}

TEST_F(CommandLineTest, WhatIsNotGivenKeepsItsDefault) {
  EXPECT_EQ(Run({"desk", "open", "--store", "/x"}), 0);
  EXPECT_EQ(limit_, 10);
  EXPECT_EQ(form_, "text");
  EXPECT_FALSE(all_);
  EXPECT_THAT(roles_, ElementsAre());
}

TEST_F(CommandLineTest, ARepeatedOptionTakesOneValueEachTime) {
  EXPECT_EQ(Run({"desk", "open", "--store", "/x", "--role", "idva", "one"}), 0);
  EXPECT_THAT(roles_, ElementsAre("idva"));
  EXPECT_EQ(message_, "one");
}

TEST_F(CommandLineTest, TheOtherHandlerIsCalledForTheOtherCommand) {
  EXPECT_EQ(Run({"desk", "close"}), 1);
  EXPECT_EQ(opened_, 0);
}

TEST_F(CommandLineTest, HelpShowsDefaultsAndExamplesAndIsNoError) {
  EXPECT_EQ(Run({"desk", "open", "--help"}), 0);
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("Opens a message."), HasSubstr("havenline desk open [OPTIONS]"),
                    HasSubstr("REQUIRED"), HasSubstr("=10"), HasSubstr("--form {json, text}=text "),
                    HasSubstr("Examples:\n  havenline desk open --store /var/lib/desk 0190\n")));
  EXPECT_EQ(err_.str(), "");
  EXPECT_EQ(opened_, 0);
}

TEST_F(CommandLineTest, HelpOfAGroupListsItsCommands) {
  EXPECT_EQ(Run({"desk", "-h"}), 0);
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("open"), HasSubstr("Closes it."), Not(HasSubstr("--version"))));
}

TEST_F(CommandLineTest, TheVersionIsOneLine) {
  EXPECT_EQ(Run({"--version"}), 0);
  EXPECT_EQ(out_.str(), "havenline 0.1.0\n");
}

TEST_F(CommandLineTest, AMissingCommandIsSaidAtItsLevel) {
  ExpectUsage({}, "havenline: a command is missing after 'havenline'\ntry 'havenline --help'\n");
}

TEST_F(CommandLineTest, AMissingCommandIsSaidBelow) {
  ExpectUsage({"desk"},
              "havenline desk: a command is missing after 'havenline desk'\n"
              "try 'havenline desk --help'\n");
}

TEST_F(CommandLineTest, AMistypedCommandIsGuessed) {
  ExpectUsage({"desk", "opne", "--store", "/x"},
              "havenline desk: argument 2 is no command of 'havenline desk'; did you mean 'open'?\n"
              "try 'havenline desk --help'\n");
}

TEST_F(CommandLineTest, AMistypedOptionIsGuessedBeforeTheRightOneIsMissed) {
  ExpectUsage({"desk", "open", "--stroe=/x"},
              "havenline desk open: argument 3 is not expected; did you mean '--store'?\n"
              "try 'havenline desk open --help'\n");
}

TEST_F(CommandLineTest, AMissingOptionIsNamed) {
  ExpectUsage({"desk", "open"},
              "havenline desk open: --store is required\ntry 'havenline desk open --help'\n");
}

TEST_F(CommandLineTest, AnOptionWithoutItsValueIsNamed) {
  ExpectUsage({"desk", "open", "--store"},
              "havenline desk open: --store needs a value, and is given once\n"
              "try 'havenline desk open --help'\n");
}

TEST_F(CommandLineTest, AnOptionGivenTwiceIsNamed) {
  ExpectUsage({"desk", "open", "--store", "/x", "--store", "/y"},
              "havenline desk open: --store needs a value, and is given once\n"
              "try 'havenline desk open --help'\n");
}

TEST_F(CommandLineTest, AnEmptyTextIsRefused) {
  ExpectUsage({"desk", "open", "--store", ""},
              "havenline desk open: --store must not be empty\ntry 'havenline desk open --help'\n");
}

TEST_F(CommandLineTest, AWordThatIsNoChoiceIsRefused) {
  ExpectUsage(
      {"desk", "open", "--store", "/x", "--form", "xml"},
      "havenline desk open: --form is one of: json, text\ntry 'havenline desk open --help'\n");
}

TEST_F(CommandLineTest, OnlyWholeNumbersInRangeAreNumbers) {
  for (const char* wrong : {"--limit=0", "--limit=101", "--limit=-5", "--limit=7x", "--limit= 7",
                            "--limit=0x7", "--limit=7.0", "--limit=99999999999999999999"}) {
    err_.str("");
    ExpectUsage({"desk", "open", "--store", "/x", wrong},
                "havenline desk open: --limit needs a whole number from 1 to 100\n"
                "try 'havenline desk open --help'\n");
  }
}

// C5: stderr ends up in mails and journals, and what was typed may be somebody's name.
TEST_F(CommandLineTest, AnErrorNeverRepeatsWhatWasTyped) {
  const std::vector<std::vector<const char*>> lines = {
      {"Smith"},
      {"desk", "Smith"},
      {"desk", "close", "Smith"},
      {"desk", "close", "--Smith"},
      {"desk", "open", "--store=/x", "--limit", "Smith"},
      {"desk", "open", "--store=/x", "--form", "Smith"},
      {"desk", "open", "--store=/x", "--all=Smith"},
      {"desk", "open", "--store=/x", "--Smith=Smith"},
      {"desk", "open", "--store=/x", "-S", "Smith"},
      {"desk", "open", "--store=/x", "--store", "Smith"},
  };
  for (const auto& line : lines) {
    err_.str("");
    EXPECT_EQ(Run(line), 64) << line.back();
    EXPECT_THAT(err_.str(), AllOf(Not(HasSubstr("Smith")), HasSubstr("\ntry 'havenline")));
  }
}

TEST(ExitCodeTest, AFaultHasItsCode) {
  EXPECT_EQ(ExitCodeFor({FaultCode::kCorrupt, ""}), ExitCode::kData);
  EXPECT_EQ(ExitCodeFor({FaultCode::kInvalid, ""}), ExitCode::kData);
  EXPECT_EQ(ExitCodeFor({FaultCode::kMissing, ""}), ExitCode::kData);
  EXPECT_EQ(ExitCodeFor({FaultCode::kUnavailable, ""}), ExitCode::kTemporary);
  EXPECT_EQ(ExitCodeFor({FaultCode::kIo, ""}), ExitCode::kIo);
}

}  // namespace
}  // namespace havenline
