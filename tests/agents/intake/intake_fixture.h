// The whole intake over a real store, outbox and folder, with a clock in the test's hand.

#pragma once

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "agents/intake/intake.h"
#include "agents/intake/limits.h"
#include "tests/agents/intake/files.h"
#include "tests/fakes/test_agent.h"

namespace havenline::intake {

class SetClock final : public Clock {
 public:
  TimePoint Now() const override { return now_; }
  intake::Monotonic Monotonic() const override { return mono_; }
  void Pass(Milliseconds time) {
    now_ += time;
    mono_ += time;
  }

 private:
  TimePoint now_ = kNight;
  intake::Monotonic mono_{std::chrono::hours(100)};
};

inline constexpr const char* kHeader = "REF,WHEN,CHILD,URN,NAME,MOVED\n";
inline constexpr const char* kMapping = R"(exchange = "encompass-notice"
force = "test"
force-name = "Test Police"
flags-not-recorded = ["works-in-education", "works-in-police", "covert-operation", "exempt",
  "turned-18"]
forms = { days = ["yyyy-mm-dd"], clock = ["hh:mm"] }
incident = { reference = "REF", at = "WHEN" }
child.reference = ["CHILD"]
school.urn = "URN"
[[column]]
columns = ["NAME"]
to = "childName.family"
[[flag]]
flag = "relocated"
columns = ["MOVED"]
raised = ["Y"]
clear = ["N"]
)";

class IntakeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Write("mapping.toml", kMapping);
    Write("register.csv", SourceFile("tests/agents/intake/data/register.csv"));
    Write("links.csv", SourceFile("tests/agents/intake/data/links.csv"));
    configuration_.folder = scratch_ / "drop";
    configuration_.mapping = scratch_ / "mapping.toml";
    configuration_.schools = scratch_ / "register.csv";
    configuration_.links = scratch_ / "links.csv";
    configuration_.agency = kPolice;
    configuration_.role = kPoliceRole;
  }
  void Write(const std::string& path, const std::string& text) const {
    std::ofstream(scratch_ / path, std::ios::binary) << text;
  }
  void Open() {
    intake_.reset();
    auto opened = Intake::Open(configuration_, {agent_.store(), agent_.outbox(), agent_.alarms(),
                                                agent_.documents(), agent_.keys(), clock_});
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    intake_ = *std::move(opened);
    ASSERT_TRUE(intake_->Tick().has_value());
  }
  // As after a crash.
  void Reopen() {
    intake_.reset();
    agent_.Reopen();
    Open();
  }
  // Ticks for so long.
  void Run(Milliseconds time) {
    for (Milliseconds passed{}; passed < time; passed += 500ms) {
      clock_.Pass(500ms);
      ASSERT_TRUE(intake_->Tick().has_value());
    }
  }
  void Drop(const std::string& name, const std::string& rows) {
    Write("drop/IN/" + name, kHeader + rows);
    Run(6s);
  }
  static std::string Row(int child, const std::string& urn = "106890",
                         const std::string& moved = "N") {
    return "I1,2026-11-20 21:05,C" + std::to_string(child) + "," + urn + ",TESTCASE," + moved +
           "\n";
  }
  std::string Place(const std::string& name) const {
    for (const char* const place : {"IN", "SENT", "FAILED"}) {
      if (std::filesystem::exists(scratch_ / "drop" / place / name)) return place;
    }
    return "nowhere";
  }
  std::int64_t Count(const char* key) const {
    return intake_->Status().Find("counts")->Find(key)->integer();
  }
  std::string Words(AlarmKind kind) const {
    std::string words;
    for (const auto& [number, alarm] : agent_.alarms().all()) {
      if (alarm.kind == kind && alarm.open()) words += alarm.words + "\n";
    }
    return words;
  }

  const TestPartnership partnership_;
  mutable TestAgent agent_{partnership_, kPolice, {}};
  SetClock clock_;
  ScratchDirectory scratch_;
  IntakeConfiguration configuration_;
  std::unique_ptr<Intake> intake_;
};

}  // namespace havenline::intake
