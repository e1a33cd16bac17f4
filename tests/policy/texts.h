// What the tests of policy share: a small good text, and ways to spoil it.

#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace havenline::policy {

// When messages of tests are made.
inline constexpr TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);

inline constexpr std::string_view kGood = R"(document = "policy"
partnership = "testshire"
version = 1

[roles]
police = "Police force"
school = "School"
services = "Council services"
gp = "General practice"

[purposes]
care = "Care for the child"
other-care = "Other care"

[deadline.bell]
due = "ready-by"

[deadline.day]
due = "after"
minutes = 1440

[exchange.notice]
version = 1
slots = 8
urgent = true
sections = ["exclusions", "name", "birth", "place", "story"]
hold = ["relocated"]
consent = "not-required"

[[exchange.notice.claim]]
name = "risk"
source = "name"
values = ["unknown", "standard", "high"]

[[exchange.notice.claim]]
name = "part"
source = "name"
values = ["unknown", "victim"]

[[profile]]
name = "brief"
senders = ["police.brief"]

[[share]]
rule = "S-1"
exchange = "notice"
from = ["police"]
to = ["school"]
sections = ["name", "birth", "story"]
basis = "daa2021-s49a"
purpose = "care"
acknowledge = "bell"
why = "Schools are told."

[[require]]
rule = "R-1"
exchange = "notice"
from = ["police"]
to = ["services"]
when = { risk = ["high"] }
sections = ["name", "place"]
basis = "ca2004-s11"
purpose = "care"
why = "Services must be told of high risk."

[[never]]
rule = "N-1"
exchange = "notice"
from = ["police"]
to = ["school"]
profile = ["brief"]
sections = ["story"]
why = "Brief forces tell no story."
)";

// `kGood` with the first `from` replaced.
inline std::string Changed(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline std::string With(std::string_view more) { return std::string(kGood).append(more); }

inline std::size_t LineAt(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n'));
}

// Refused with these words, on the line of that byte.
inline ::testing::AssertionResult IsRefusedAt(const std::string& text, std::size_t at,
                                              std::string_view words) {
  const auto policy = Policy::Parse(text, "p.toml");
  if (policy) return ::testing::AssertionFailure() << "it was taken";
  if (policy.error().code != FaultCode::kInvalid)
    return ::testing::AssertionFailure() << "another code";
  const std::string start = "p.toml:" + std::to_string(LineAt(text, at)) + ":";
  std::string_view detail = policy.error().detail;
  while (!detail.empty()) {
    const std::string_view line = detail.substr(0, detail.find('\n'));
    if (line.starts_with(start) && line.find(words) != std::string_view::npos)
      return ::testing::AssertionSuccess();
    detail.remove_prefix(std::min(detail.size(), line.size() + 1));
  }
  return ::testing::AssertionFailure() << start << " … " << words << "\nnot in:\n"
                                       << policy.error().detail;
}

// The same, on the line on which `where` stands.
inline ::testing::AssertionResult IsRefused(const std::string& text, std::string_view where,
                                            std::string_view words) {
  const auto at = text.find(where);
  EXPECT_NE(at, std::string::npos) << where;
  return IsRefusedAt(text, at, words);
}

}  // namespace havenline::policy
