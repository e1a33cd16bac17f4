#include "deploy/havenline/message_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/text/json.h"

namespace havenline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

text::Value Json(const char* text) { return text::ParseJson(text, "test").value(); }

TEST(NoticeWordsTest, SectionsStandUnderTheirLabelsWithFieldsInWords) {
  const std::string words = NoticeWords(Json(
      R"({"notice":3,"state":"opened","agency":"school.106890","role":"school",
          "from":"police.a","from-title":"The force","exchange":"encompass-notice",
          "title":"Operation Encompass notice",
          "warnings":["It came late."],"sections":[
          {"name":"childName","label":"Child","value":{"given":"Jessie","family":"Testcase"}},
          {"name":"circumstances","label":"What happened","value":"First line.\nSecond line."},
          {"name":"location","label":"Where","value":null}],
          "why":{"words":"Because.","withheld":["Address"]}})"));
  EXPECT_THAT(words, HasSubstr("notice 3, Operation Encompass notice from The force (police.a) to "
                               "school.106890 as school\n  warning: It came late.\n"));
  EXPECT_THAT(words, HasSubstr("  Child:\n"));
  EXPECT_THAT(words, HasSubstr(": Jessie\n"));
  EXPECT_THAT(words, HasSubstr("  What happened:\n    First line.\n    Second line.\n"));
  EXPECT_THAT(words, HasSubstr("  Where: not stated\n"));
  EXPECT_THAT(words, HasSubstr("Because.\nNot shown to this role: Address.\n"));
}

TEST(NoticeWordsTest, WhatOthersWroteCannotMoveTheCursor) {
  const std::string words = NoticeWords(Json(
      R"({"notice":1,"sections":[{"name":"x",
          "label":"L\u001b[2J","value":"a\u001b[1Ab\r\nc\u202ed"}]})"));
  EXPECT_THAT(words, Not(HasSubstr("\x1B")));
  EXPECT_THAT(words, Not(HasSubstr("\r")));
  EXPECT_THAT(words, Not(HasSubstr("\u202E")));
}

TEST(NoticeListWordsTest, AnEmptyDeskSaysSo) {
  EXPECT_EQ(NoticeListWords(Json(R"({"notices":[]})")), "no notices\n");
}

TEST(TakenWordsTest, ASenderIsToldAtOnceWhoIsToldAndWhoCannotBe) {
  const std::string words = TakenWords(Json(
      R"({"origin":"01","recipients":[
          {"agency":"service.a","role":"idva","progress":"sent"},
          {"agency":"council.a","role":"housing","progress":"impossible"}]})"));
  EXPECT_THAT(words,
              HasSubstr("message 01 is the agent's to deliver\n  to service.a as idva: sent\n"));
  EXPECT_THAT(words, HasSubstr("to council.a as housing: policy tells it nothing"));
}

TEST(SentWordsTest, EachRecipientHasALineAndALateOneSaysSo) {
  const std::string words = SentWords(Json(
      R"({"sent":[{"origin":"01","recipients":[{"agency":"school.1","progress":"sent","late":true},
          {"agency":"school.2","progress":"acknowledged","late":false}]}]})"));
  EXPECT_THAT(words, HasSubstr("school.1"));
  EXPECT_THAT(words, HasSubstr("acknowledged\n"));
  EXPECT_EQ(words.find("LATE"), words.rfind("LATE"));
  EXPECT_THAT(words, HasSubstr("LATE"));
}

// An answer of another kind than expected is another program's mistake, not ours to crash on.
TEST(SentWordsTest, WhoIsHeldBackWasReleasedOrWillNotBeToldIsSaid) {
  const std::string words = SentWords(Json(
      R"({"sent":[{"origin":"01","recipients":[
          {"agency":"school.1","progress":"undeliverable","undeliverable":"recipient-suspended",
           "may-arrive":true},
          {"agency":"council.a","progress":"held",
           "held":{"condition":"unacknowledged","watches":"school.2","by":1795218000000}},
          {"agency":"council.b","progress":"held",
           "held":{"condition":"unable","watches":"school.3"}},
          {"agency":"council.c","progress":"stored","released":1795218000000,
           "held":{"condition":"unable","watches":"school.4"}}]}]})"));
  EXPECT_THAT(words, HasSubstr("NOT TOLD: recipient-suspended, but it may arrive"));
  EXPECT_THAT(words, HasSubstr("only if school.2 has not acknowledged by 2026-"));
  EXPECT_THAT(words, HasSubstr("only if school.3 cannot be told"));
  EXPECT_THAT(words, HasSubstr("released at 2026-"));
  EXPECT_THAT(words, Not(HasSubstr("school.4")));
}

TEST(NoticeListWordsTest, AReleasedNoticeSaysSoAndWhenTheOneFirstAskedHasAnsweredButNotWho) {
  const std::string words = NoticeListWords(Json(
      R"({"notices":[{"notice":4,"state":"new","agency":"council.a","released":1795218000000,
          "stood-down":1795221600000}]})"));
  EXPECT_THAT(words, HasSubstr("notice 4:\n  told at 2026-"));
  EXPECT_THAT(words, HasSubstr("who was asked first has answered meanwhile, at 2026-"));
}

TEST(MessageWordsTest, AnswersOfAnyShapeAreSurvived) {
  for (const char* const text : {"null", "1", "[]", R"({"notices":1,"sent":{},"alarms":"x"})",
                                 R"({"notices":[1,null],"sent":[[],{"recipients":[0]}],
            "alarms":[7],"sections":[1,{"value":1}]})"}) {
    const text::Value value = Json(text);
    NoticeListWords(value);
    NoticeWords(value);
    NoticeStateWords(value);
    SentWords(value);
    AlarmListWords(value);
    AlarmWords(value);
  }
}

}  // namespace
}  // namespace havenline
