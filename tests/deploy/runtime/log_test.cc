#include "deploy/runtime/log.h"

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/log_line.h"
#include "schema/base/thread.h"

namespace havenline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// C5, kept by the compiler: what a value cannot be made of cannot be logged.
static_assert(!std::is_constructible_v<LogValue, std::string>);
static_assert(!std::is_constructible_v<LogValue, std::string_view>);
static_assert(!std::is_constructible_v<LogValue, const char*>);
static_assert(!std::is_constructible_v<LogValue, char*>);
static_assert(!std::is_constructible_v<LogValue, char>);
static_assert(!std::is_constructible_v<LogValue, unsigned char>);
static_assert(!std::is_constructible_v<LogValue, char32_t>);
static_assert(!std::is_constructible_v<LogValue, Bytes>);
static_assert(!std::is_constructible_v<LogValue, ByteView>);
static_assert(!std::is_constructible_v<LogValue, double>);
static_assert(!std::is_constructible_v<LogValue, AgencyId>);
static_assert(!std::is_constructible_v<LogValue, HostId>);
static_assert(!std::is_constructible_v<LogValue, Role>);
static_assert(!std::is_constructible_v<LogValue, ExchangeName>);
static_assert(!std::is_constructible_v<LogValue, Pseudonym>);
static_assert(!std::is_constructible_v<LogValue, KeyId>);
static_assert(!std::is_constructible_v<LogValue, Fault>);
static_assert(!std::is_convertible_v<Fault, OperatorDetail>);
static_assert(!std::is_constructible_v<FixedText, std::string>);
static_assert(!std::is_constructible_v<FixedText, std::string_view>);
static_assert(!std::is_constructible_v<FixedText, const char*>);
static_assert(!std::is_constructible_v<OperatorDetail, std::string>);
static_assert(!std::is_constructible_v<OpaqueId, std::string>);
static_assert(!std::is_constructible_v<OpaqueId, ByteView>);
static_assert(!std::is_constructible_v<OpaqueId, AgencyId>);
static_assert(!std::is_constructible_v<OpaqueId, KeyId>);

class SetClock final : public Clock {
 public:
  TimePoint Now() const override { return now; }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::time_point(now.time_since_epoch());
  }

  TimePoint now = FromMilliseconds(1'795'335'300'123);
};

class LogTest : public ::testing::Test {
 protected:
  LogTest() { Init(LogLevel::kInfo, LogFormat::kJson); }
  ~LogTest() override { InitLog({}); }

  void Init(LogLevel level, LogFormat format) {
    InitLog({.level = level, .format = format, .output = &output_, .clock = &clock_});
  }

  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    std::istringstream text(output_.str());
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }

  SetClock clock_;
  std::ostringstream output_;
};

TEST_F(LogTest, AnEventIsOneLineOfJson) {
  LogEvent(LogLevel::kInfo, "broker.started", {{"epoch", 3}, {"size", std::uint64_t{12}}});
  EXPECT_THAT(Lines(), ElementsAre(R"({"time":"2026-11-22T08:15:00.123Z","level":"info",)"
                                   R"("event":"broker.started","epoch":3,"size":12})"));
}

TEST_F(LogTest, AnEventIsOneLineOfTextIfAskedFor) {
  Init(LogLevel::kInfo, LogFormat::kText);
  LogEvent(LogLevel::kError, "store.failed", {{"after", std::chrono::seconds(2)}, {"final", true}});
  EXPECT_THAT(Lines(),
              ElementsAre("2026-11-22T08:15:00.123Z error store.failed after_ms=2000 final=true"));
}

TEST_F(LogTest, EveryKindOfValueHasItsForm) {
  LogEvent(LogLevel::kInfo, "all",
           {{"negative", -1},
            {"largest", UINT64_MAX},
            {"index", LogIndex(7)},
            {"no", false},
            {"waited", std::chrono::microseconds(1500)},
            {"word", "kept"},
            {"message", OpaqueId(MessageId({0xAB}))},
            {"root", OpaqueId(Digest{1})}});
  EXPECT_THAT(Lines(),
              ElementsAre(HasSubstr(
                  R"("negative":-1,"largest":18446744073709551615,"index":7,"no":false,)"
                  R"("waited_ms":1,"word":"kept","message":"ab000000000000000000000000000000",)"
                  R"("root":"01)")));
}

TEST_F(LogTest, NoByteOfADetailLeavesItsPlace) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  for (const LogFormat format : {LogFormat::kJson, LogFormat::kText}) {
    output_.str("");
    Init(LogLevel::kInfo, format);
    LogEvent(LogLevel::kError, "odd", {{"detail", OperatorDetail({FaultCode::kIo, every})}});
    const std::string text = output_.str();
    EXPECT_THAT(Lines(), SizeIs(1));
    for (const char c : text.substr(0, text.size() - 1))
      EXPECT_TRUE(c >= ' ' && c <= '~') << int{c};
    EXPECT_THAT(text, HasSubstr(R"(\\x0a)"));
    EXPECT_THAT(text, HasSubstr(R"(!\"#)"));
    EXPECT_THAT(text, HasSubstr(R"([\\])"));
    EXPECT_THAT(text, HasSubstr(R"(\\xff")"));
  }
}

TEST_F(LogTest, ALongDetailIsCut) {
  LogEvent(LogLevel::kError, "long",
           {{"detail", OperatorDetail({FaultCode::kIo, std::string(5000, 'x')})}});
  ASSERT_THAT(Lines(), SizeIs(1));
  EXPECT_LT(Lines()[0].size(), 1200U);
  EXPECT_THAT(Lines()[0], HasSubstr("xxx ...\""));
}

TEST_F(LogTest, WhatIsBelowTheLevelIsNotWritten) {
  Init(LogLevel::kWarning, LogFormat::kJson);
  LogEvent(LogLevel::kDebug, "one");
  LogEvent(LogLevel::kInfo, "two");
  LogEvent(LogLevel::kWarning, "three");
  LogEvent(LogLevel::kError, "four");
  EXPECT_THAT(Lines(), ElementsAre(HasSubstr("three"), HasSubstr("four")));
}

TEST_F(LogTest, AFloodIsCountedInsteadOfWritten) {
  for (int i = 0; i < 5000; ++i) LogEvent(LogLevel::kInfo, "flood");
  EXPECT_THAT(Lines(), SizeIs(kLogLinesMax));
  // Others are not suppressed with it, and nothing is said before the window is over.
  LogEvent(LogLevel::kInfo, "calm");
  EXPECT_THAT(Lines(), SizeIs(kLogLinesMax + 1));
  clock_.now += kLogWindow;
  LogEvent(LogLevel::kInfo, "calm");
  ASSERT_THAT(Lines(), SizeIs(kLogLinesMax + 3));
  EXPECT_THAT(Lines()[kLogLinesMax + 1],
              HasSubstr(R"("event":"log.suppressed","of":"flood","lines":4900)"));
  LogEvent(LogLevel::kInfo, "flood");
  EXPECT_THAT(Lines(), SizeIs(kLogLinesMax + 4));
}

TEST_F(LogTest, WhatWasCountedIsSaidAtTheEnd) {
  for (int i = 0; i < kLogLinesMax + 7; ++i) LogEvent(LogLevel::kInfo, "flood");
  FlushLog();
  FlushLog();
  ASSERT_THAT(Lines(), SizeIs(kLogLinesMax + 1));
  EXPECT_THAT(Lines().back(), HasSubstr(R"("lines":7)"));
}

TEST_F(LogTest, ThreadsDoNotMixTheirLines) {
  std::array<Thread, 4> threads;
  for (Thread& thread : threads) {
    thread = Thread("logger", [] {
      for (int j = 0; j < 20; ++j) LogEvent(LogLevel::kInfo, "parallel", {{"number", j}});
    });
  }
  for (Thread& thread : threads) thread.Join();
  const auto lines = Lines();
  EXPECT_THAT(lines, SizeIs(80));
  for (const std::string& line : lines) {
    EXPECT_TRUE(line.starts_with("{\"time\"") && line.ends_with("}")) << line;
  }
}

}  // namespace
}  // namespace havenline
