#include "broker/doctor/judgements.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace havenline::doctor {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using Is = Finding::Is;

constexpr std::uint64_t kMebibyte = 1U << 20U;

Is Worst(const Findings& findings) {
  return std::ranges::max_element(findings, {}, &Finding::is)->is;
}
// What is not sound says what to do; what is sound has nothing to say of it.
void ExpectHasRemedyUnlessSound(const Findings& findings) {
  for (const Finding& each : findings)
    EXPECT_EQ(each.remedy.empty(), each.is == Is::kSound) << each.what;
}

BrokerConfiguration At(const std::string& store, const std::string& mark) {
  BrokerConfiguration configuration;
  configuration.listen = "tcp://127.0.0.1:4780";
  configuration.store = store;
  configuration.mark = mark;
  return configuration;
}

TEST(JudgePathsTest, MarkAndStoreMayNotLieInOneAnother) {
  EXPECT_TRUE(JudgePaths(At("/srv/store", "/srv/mark")).empty());
  EXPECT_TRUE(JudgePaths(At("/srv/store", "/srv/store-mark")).empty());
  for (const auto& [store, mark] :
       {std::pair("/srv/store", "/srv/store/mark"), std::pair("/srv/store", "/srv/x/../store/mark"),
        std::pair("/srv/mark/store", "/srv/mark"), std::pair("/srv/one", "/srv/one")}) {
    const Findings findings = JudgePaths(At(store, mark));
    ASSERT_EQ(findings.size(), 1U) << store << mark;
    EXPECT_EQ(findings[0].is, Is::kBroken);
    ExpectHasRemedyUnlessSound(findings);
  }
}

TEST(JudgePathsTest, TheLogsFilesHaveAFolderOfTheirOwn) {
  auto configuration = At("/srv/store", "/srv/mark");
  for (const char* const path : {"/srv/log-files", "/srv/store-files", "/elsewhere"}) {
    configuration.log_files = path;
    EXPECT_TRUE(JudgePaths(configuration).empty()) << path;
  }
  for (const char* const path : {"/srv/store", "/srv/store/log", "/srv/mark/x", "/srv"}) {
    configuration.log_files = path;
    const Findings findings = JudgePaths(configuration);
    ASSERT_EQ(findings.size(), 1U) << path;
    EXPECT_EQ(findings[0].is, Is::kBroken);
    ExpectHasRemedyUnlessSound(findings);
  }
}

TEST(JudgePathsTest, AListenThatNamesNoPortIsBroken) {
  auto configuration = At("/srv/store", "/srv/mark");
  for (const char* const listen : {"tcp://127.0.0.1", "tcp://:4780", "tcp://a:0", "tcp://a:65536",
                                   "tcp://a:4780x", "udp://a:4780", ""}) {
    configuration.listen = listen;
    EXPECT_EQ(JudgePaths(configuration).size(), 1U) << listen;
  }
}

TEST(ParseEndpointTest, TakesNamesNumbersAndEverything) {
  EXPECT_EQ(ParseEndpoint("tcp://*:4780")->address, "*");
  EXPECT_EQ(ParseEndpoint("tcp://[::1]:4780")->address, "::1");
  EXPECT_EQ(ParseEndpoint("tcp://broker.example.org:4780")->address, "broker.example.org");
  EXPECT_EQ(ParseEndpoint("tcp://127.0.0.1:65535")->port, 65535);
}

TEST(JudgePrivateTest, OnlyItsOwnerMayReachIt) {
  const auto judged = [](uid_t owner, mode_t permissions) {
    PathState state;
    state.owner = owner;
    state.permissions = permissions;
    return JudgePrivate("keys", "/k", state, 7);
  };
  EXPECT_EQ(judged(7, 0600).is, Is::kSound);
  EXPECT_EQ(judged(8, 0600).is, Is::kBroken);
  EXPECT_THAT(judged(8, 0600).remedy, HasSubstr("chown 7 /k"));
  for (const mode_t permissions : {0640U, 0604U, 0620U, 0610U, 0666U}) {
    EXPECT_EQ(judged(7, permissions).is, Is::kBroken) << permissions;
    EXPECT_THAT(judged(7, permissions).remedy, HasSubstr("chmod go= /k"));
  }
}

StoreFacts Facts(LogHead head, std::optional<LogHead> mark) {
  return {head, mark, [](std::uint64_t, std::uint64_t) { return std::optional(Digest{1}); }};
}

TEST(JudgeMarkTest, AStoreAtOrPastItsMarkIsSound) {
  EXPECT_EQ(JudgeMark(Facts({1, 5, {}}, LogHead{1, 5, Digest{1}})).is, Is::kSound);
  EXPECT_EQ(JudgeMark(Facts({1, 9, {}}, LogHead{1, 5, Digest{1}})).is, Is::kSound);
  EXPECT_EQ(JudgeMark(Facts({2, 1, {}}, LogHead{1, 5, Digest{9}})).is, Is::kSound);
  EXPECT_EQ(JudgeMark(Facts({1, 0, {}}, std::nullopt)).is, Is::kSound);
}

TEST(JudgeMarkTest, AStoreBehindItsMarkOrWithoutOneOrOfAnotherLogIsBroken) {
  for (const StoreFacts& facts :
       {Facts({1, 4, {}}, LogHead{1, 5, Digest{1}}), Facts({1, 9, {}}, LogHead{2, 1, Digest{1}}),
        Facts({1, 5, {}}, std::nullopt), Facts({1, 5, {}}, LogHead{1, 5, Digest{2}})}) {
    const Finding finding = JudgeMark(facts);
    EXPECT_EQ(finding.is, Is::kBroken) << finding.what;
    EXPECT_THAT(finding.remedy, HasSubstr("havenline-broker epoch"));
  }
}

TEST(JudgeRoomTest, BelowTheReserveIsBrokenAndNearItDoubtful) {
  EXPECT_EQ(JudgeRoom(256 * kMebibyte - 1, 256 * kMebibyte).is, Is::kBroken);
  EXPECT_EQ(JudgeRoom(256 * kMebibyte, 256 * kMebibyte).is, Is::kDoubtful);
  EXPECT_EQ(JudgeRoom(1024 * kMebibyte, 256 * kMebibyte).is, Is::kSound);
}

ClockFacts Kept() {
  return {.state = {.synchronised = true, .error_max = Milliseconds(20)},
          .now = TimePoint(seconds(1'000'000)),
          .last_written = TimePoint(seconds(999'000))};
}

TEST(JudgeClockTest, AClockThatIsKeptRightIsSound) {
  EXPECT_EQ(Worst(JudgeClock(Kept())), Is::kSound);
}

TEST(JudgeClockTest, AClockThatNothingKeepsOrThatMayBeFarOffIsDoubtful) {
  ClockFacts facts = Kept();
  facts.state.synchronised = false;
  EXPECT_EQ(Worst(JudgeClock(facts)), Is::kDoubtful);
  ExpectHasRemedyUnlessSound(JudgeClock(facts));
  facts = Kept();
  facts.state.error_max = Milliseconds(5'001);
  EXPECT_EQ(Worst(JudgeClock(facts)), Is::kDoubtful);
}

TEST(JudgeClockTest, AClockThatWentBackOrJumpsIsBroken) {
  ClockFacts facts = Kept();
  facts.last_written = facts.now + seconds(61);
  EXPECT_EQ(Worst(JudgeClock(facts)), Is::kBroken);
  EXPECT_THAT(JudgeClock(facts)[0].what, HasSubstr("61 s"));
  facts.last_written = facts.now + seconds(59);
  EXPECT_EQ(Worst(JudgeClock(facts)), Is::kSound);
  for (const Milliseconds drift : {Milliseconds(51), Milliseconds(-51)}) {
    facts = Kept();
    facts.drift = drift;
    EXPECT_EQ(Worst(JudgeClock(facts)), Is::kBroken);
  }
}

TEST(JudgeLimitsTest, TooFewDescriptorsForAnyHostIsBrokenForAllDoubtful) {
  MachineLimits limits{.descriptors = 16384, .memory_bytes = 4096 * kMebibyte};
  EXPECT_EQ(Worst(JudgeLimits(limits)), Is::kSound);
  limits.descriptors = 1024;
  EXPECT_EQ(Worst(JudgeLimits(limits)), Is::kDoubtful);
  limits.descriptors = 600;
  EXPECT_EQ(Worst(JudgeLimits(limits)), Is::kBroken);
  EXPECT_THAT(JudgeLimits(limits)[0].remedy, HasSubstr("LimitNOFILE"));
  limits.descriptors.reset();  // Another user's process does not show its limits.
  EXPECT_EQ(Worst(JudgeLimits(limits)), Is::kSound);
}

TEST(JudgeLimitsTest, LessMemoryThanItsBoundIsDoubtful) {
  EXPECT_EQ(Worst(JudgeLimits({.descriptors = 16384, .memory_bytes = 512 * kMebibyte})),
            Is::kDoubtful);
}

PortFacts Port(PortState state) {
  return {"tcp://127.0.0.1:4780", state, std::nullopt, false, false};
}

TEST(JudgePortTest, FreeIsSoundUnlessABrokerRunsElsewhere) {
  PortFacts facts = Port(PortState::kFree);
  EXPECT_EQ(JudgePort(facts).is, Is::kSound);
  facts.broker = 77;
  EXPECT_EQ(JudgePort(facts).is, Is::kBroken);
}

TEST(JudgePortTest, TakenIsSoundOnlyByTheBrokerOrSystemd) {
  PortFacts facts = Port(PortState::kTaken);
  EXPECT_EQ(JudgePort(facts).is, Is::kBroken);
  EXPECT_THAT(JudgePort(facts).remedy, HasSubstr("ss -ltnp"));
  facts.systemd_listens = true;
  EXPECT_EQ(JudgePort(facts).is, Is::kSound);
  facts = Port(PortState::kTaken);
  facts.broker = 77;
  EXPECT_EQ(JudgePort(facts).is, Is::kBroken);
  facts.broker_listens = true;
  EXPECT_EQ(JudgePort(facts).is, Is::kSound);
}

TEST(JudgePortTest, WhatCannotBeToldIsDoubtfulAndNotSound) {
  PortFacts facts = Port(PortState::kTaken);
  facts.systemd_listens.reset();
  EXPECT_EQ(JudgePort(facts).is, Is::kDoubtful);
  facts = Port(PortState::kTaken);
  facts.broker = 77;
  facts.broker_listens.reset();
  EXPECT_EQ(JudgePort(facts).is, Is::kDoubtful);
}

TEST(JudgePortTest, AForbiddenPortAndAStrangeAddressAreBroken) {
  EXPECT_EQ(JudgePort(Port(PortState::kForbidden)).is, Is::kBroken);
  EXPECT_EQ(JudgePort(Port(PortState::kNoSuchAddress)).is, Is::kBroken);
}

}  // namespace
}  // namespace havenline::doctor
