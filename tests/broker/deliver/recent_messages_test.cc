#include "broker/deliver/recent_messages.h"

#include <gtest/gtest.h>

namespace havenline {
namespace {

Position At(std::uint64_t index) { return {1, LogIndex(index)}; }

RecentMessages::Message Message(std::uint64_t number) {
  RecentMessages::Message message;
  message.envelope.header.version = static_cast<std::uint16_t>(number);
  return message;
}

std::uint16_t NumberOf(const RecentMessages::Message* message) {
  return message == nullptr ? std::uint16_t{0} : message->envelope.header.version;
}

TEST(RecentMessagesTest, WhatWasKeptIsFoundByItsPosition) {
  RecentMessages messages;
  EXPECT_EQ(messages.Find(At(1)), nullptr);
  EXPECT_EQ(NumberOf(&messages.Keep(At(1), 100, Message(1))), 1);
  messages.Keep(At(2), 100, Message(2));
  EXPECT_EQ(NumberOf(messages.Find(At(1))), 1);
  EXPECT_EQ(NumberOf(messages.Find(At(2))), 2);
  EXPECT_EQ(messages.Find({2, LogIndex(1)}), nullptr);  // Of another epoch.
}

TEST(RecentMessagesTest, TheOldestGoWhenTheyAreTooMany) {
  RecentMessages messages;
  for (std::uint64_t i = 1; i <= RecentMessages::kCountMax + 1; ++i)
    messages.Keep(At(i), 1, Message(i));
  EXPECT_EQ(messages.Find(At(1)), nullptr);
  EXPECT_EQ(NumberOf(messages.Find(At(2))), 2);
  EXPECT_NE(messages.Find(At(RecentMessages::kCountMax + 1)), nullptr);
}

TEST(RecentMessagesTest, TheOldestGoWhenTheyAreTooLarge) {
  RecentMessages messages;
  constexpr std::size_t kHalf = RecentMessages::kBytesMax / 2;
  messages.Keep(At(1), kHalf, Message(1));
  messages.Keep(At(2), kHalf, Message(2));
  EXPECT_NE(messages.Find(At(1)), nullptr);
  messages.Keep(At(3), 1, Message(3));
  EXPECT_EQ(messages.Find(At(1)), nullptr);
  EXPECT_NE(messages.Find(At(2)), nullptr);
  // One that is larger than all may be is there for those who follow, and leaves with the next.
  messages.Keep(At(4), 2 * RecentMessages::kBytesMax, Message(4));
  EXPECT_EQ(messages.Find(At(3)), nullptr);
  EXPECT_EQ(NumberOf(messages.Find(At(4))), 4);
  messages.Keep(At(5), 1, Message(5));
  EXPECT_EQ(messages.Find(At(4)), nullptr);
  EXPECT_NE(messages.Find(At(5)), nullptr);
}

}  // namespace
}  // namespace havenline
