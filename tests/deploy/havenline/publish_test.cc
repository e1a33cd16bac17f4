#include "deploy/havenline/publish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/havenline/code_words.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

using ::testing::HasSubstr;

const DocumentVersion kVersion{3, {}};

tool::Answer For(const Answer& answer) {
  return PublicationAnswer(DocumentKind::kPolicy, kVersion, answer);
}

TEST(PublicationAnswerTest, OnlyAcceptedIsExitZero) {
  Accepted accepted;
  accepted.proof.position = {1, LogIndex(17)};
  EXPECT_EQ(For(accepted).code, ExitCode::kOk);
  EXPECT_EQ(For(Deferred{Code::kDiskFull, {}}).code, ExitCode::kTemporary);
  EXPECT_EQ(For(Refused{}).code, ExitCode::kFailed);
  EXPECT_EQ(For(Invalid{Code::kDocument}).code, ExitCode::kFailed);
}

TEST(PublicationAnswerTest, AnAcceptedOneHasItsPosition) {
  Accepted accepted;
  accepted.proof.position = {2, LogIndex(17)};
  EXPECT_EQ(For(accepted).words, "policy version 3 is in force from entry 17 of epoch 2\n");
  EXPECT_THAT(text::ToJson(For(accepted).json),
              HasSubstr(R"("already":false,"epoch":2,"index":17)"));
}

// The broker takes a repeat in silence: no entry, so no position.
TEST(PublicationAnswerTest, OneThatIsInForceAlreadySaysSo) {
  EXPECT_EQ(For(Accepted{}).words, "policy version 3 is in force already\n");
  EXPECT_THAT(text::ToJson(For(Accepted{}).json), HasSubstr(R"("already":true)"));
}

TEST(PublicationAnswerTest, ACodeComesWithItsRemedy) {
  const tool::Answer answer = For(Invalid{Code::kDocument});
  EXPECT_THAT(answer.words, HasSubstr("(309): It does not parse"));
  EXPECT_THAT(text::ToJson(answer.json), HasSubstr(R"("number":309)"));
}

TEST(CodeWordsTest, EveryCodeHasWordsOfItsOwn) {
  std::set<std::string> seen;
  for (const int first : {100, 200, 300}) {
    for (int i = 0; i <= 12; ++i) {
      const auto code = static_cast<Code>(first + i);
      if ((first == 200 && i > 6) || (first == 300 && i > 11)) continue;
      EXPECT_TRUE(seen.insert(std::string(RemedyFor(code))).second) << first + i;
    }
  }
}

}  // namespace
}  // namespace havenline
