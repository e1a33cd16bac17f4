// What the tests of policy share: a small good text, and ways to spoil it.

#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace havenline::policy {

inline constexpr std::string_view kGood = R"(document = "policy"
partnership = "testshire"
version = 1

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

[[exchange.notice.claim]]
name = "risk"
values = ["unknown", "standard", "high"]

[[exchange.notice.claim]]
name = "part"
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
basis = "law-1"
acknowledge = "bell"
why = "Schools are told."

[[require]]
rule = "R-1"
exchange = "notice"
from = ["police"]
to = ["services"]
when = { risk = ["high"] }
sections = ["name", "place"]
basis = "law-2"
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

inline std::string With(std::string_view more) { return std::string(kGood).append(more); }

inline std::size_t LineOf(std::string_view text, std::string_view what) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string_view::npos) << what;
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, at), '\n'));
}

// Refused with these words, on the line on which `where` stands.
inline ::testing::AssertionResult IsRefused(const std::string& text, std::string_view where,
                                            std::string_view words) {
  const auto policy = Policy::Parse(text, "p.toml");
  if (policy) return ::testing::AssertionFailure() << "it was taken";
  if (policy.error().code != FaultCode::kInvalid)
    return ::testing::AssertionFailure() << "another code";
  const std::string start = "p.toml:" + std::to_string(LineOf(text, where)) + ":";
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

}  // namespace havenline::policy
