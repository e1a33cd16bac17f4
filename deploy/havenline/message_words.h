// What an agent's local port answers, in words for a terminal. The values come from another program
// and carry what other agencies wrote: nothing in them is trusted to be of any kind. Pure.

#pragma once

#include <string>

#include "schema/text/value.h"

namespace havenline {

// Desk: one line each, nothing of whom they are about.
std::string NoticeListWords(const text::Value& answer);
// Desk: the sections shown, with the labels of their exchange, and why this desk sees them.
std::string NoticeWords(const text::Value& notice);
// What became of a notice that somebody acknowledged or handed back.
std::string NoticeStateWords(const text::Value& notice);

// Sender: what became of a message just handed over.
std::string TakenWords(const text::Value& message);
// Sender: what is held instead of going, since it is dangerous; what waits so; what was decided.
std::string HeldWords(const text::Value& held);
std::string HeldListWords(const text::Value& answer);
std::string DecidedWords(const text::Value& decided);
// Sender: one line for each recipient of each message.
std::string SentWords(const text::Value& answer);
std::string AlarmListWords(const text::Value& answer);
std::string AlarmWords(const text::Value& alarm);

}  // namespace havenline
