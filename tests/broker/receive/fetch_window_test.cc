// How many answers to one session's fetches are made before it has read those it got.

#include "broker/receive/fetch_window.h"

#include <gtest/gtest.h>

#include "schema/model/limits.h"

namespace havenline {
namespace {

Fetch Numbered(std::uint64_t reference) { return {Reference(reference), Fetch::Status{}}; }

TEST(FetchWindowTest, FetchesAreAnsweredInOrderAndAsManyAsMayBeUnread) {
  FetchWindow window;
  for (std::uint64_t n = 1; n <= 5; ++n) EXPECT_TRUE(window.Add(Numbered(n)));
  std::uint64_t inside = 0;
  while (window.Ready(0) != nullptr) EXPECT_EQ(window.Take().reference, Reference(++inside));
  EXPECT_EQ(inside, limits::kFetchUnreadMax / limits::kFetchAnswerMax);
  window.Answered();
  EXPECT_NE(window.Ready(0), nullptr) << "its answer was read at once";
}

TEST(FetchWindowTest, NothingIsAnsweredWhileAnotherAnswerWouldBeTooMuchUnread) {
  FetchWindow window;
  window.Add(Numbered(1));
  EXPECT_NE(window.Ready(limits::kFetchUnreadMax - limits::kFetchAnswerMax), nullptr);
  EXPECT_EQ(window.Ready(limits::kFetchUnreadMax - limits::kFetchAnswerMax + 1), nullptr);
  EXPECT_TRUE(window.waits());
}

TEST(FetchWindowTest, SoManyWaitAndTheNextOnesAreDropped) {
  FetchWindow window;
  for (std::uint64_t n = 1; n <= limits::kFetchesWaitingMax; ++n)
    EXPECT_TRUE(window.Add(Numbered(n)));
  EXPECT_FALSE(window.Add(Numbered(100)));
  window.Take();
  EXPECT_TRUE(window.Add(Numbered(100)));
}

TEST(FetchWindowTest, WhatIsAskedAgainWhileItWaitsOrIsAnsweredIsAskedOnce) {
  FetchWindow window;
  EXPECT_TRUE(window.Add(Numbered(1)));
  EXPECT_FALSE(window.Add(Numbered(1)));
  window.Take();
  EXPECT_FALSE(window.Add(Numbered(1)));
  window.Answered();
  EXPECT_TRUE(window.Add(Numbered(1)));
}

}  // namespace
}  // namespace havenline
