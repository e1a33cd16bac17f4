// What is proved of every policy before it is used, in the words of docs/policy.md.

#pragma once

#include <array>
#include <string_view>

namespace havenline::policy {

inline constexpr std::array<std::string_view, 10> kPromises = {
    "A `never` rule holds in every case.",
    "Whoever must be told is told something.",
    "Consent is respected.",
    "Sender, broker and recipient come to the same answer.",
    "Nobody can lie about a claim unnoticed.",
    "What is forbidden is not given away by a claim.",
    "Every message fits.",
    "Every rule counts.",
    "Nothing is collected for nobody.",
    "Escalation ends at a person.",
};

}  // namespace havenline::policy
