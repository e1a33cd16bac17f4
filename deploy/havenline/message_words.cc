#include "deploy/havenline/message_words.h"

#include <algorithm>
#include <vector>

#include "agents/link/inbox.h"
#include "deploy/havenline/table.h"
#include "schema/exchange/exchange_type.h"
#include "schema/text/json.h"

namespace havenline {
namespace {

using text::Value;
using tool::LocalText;
using tool::Plain;

const Value* Member(const Value& map, std::string_view key, Value::Kind kind) {
  const Value* const found = map.is(Value::Kind::kMap) ? map.Find(key) : nullptr;
  return found != nullptr && found->is(kind) ? found : nullptr;
}

std::string Text(const Value& map, std::string_view key) {
  const Value* const text = Member(map, key, Value::Kind::kText);
  return text == nullptr ? "" : Plain(text->text());
}

std::string Number(const Value& map, std::string_view key) {
  const Value* const number = Member(map, key, Value::Kind::kInteger);
  return number == nullptr ? "" : std::to_string(number->integer());
}

std::string Time(const Value& map, std::string_view key) {
  const Value* const time = Member(map, key, Value::Kind::kInteger);
  return time == nullptr ? "" : LocalText(FromMilliseconds(time->integer()));
}

bool Is(const Value& map, std::string_view key) {
  const Value* const truth = Member(map, key, Value::Kind::kBool);
  return truth != nullptr && truth->boolean();
}

const Value::Items& Items(const Value& map, std::string_view key) {
  static const Value::Items kNone;
  const Value* const list = Member(map, key, Value::Kind::kList);
  return list == nullptr ? kNone : list->items();
}

// "South Yorkshire Police (police.south-yorkshire)".
std::string Sender(const Value& notice) {
  const std::string title = Text(notice, "from-title");
  const std::string id = Text(notice, "from");
  return title.empty() || title == id ? id : title + " (" + id + ")";
}

bool IsWaiting(const Value& notice) {
  const std::string state = Text(notice, "state");
  return state == NameOf(InState::kPresented) || state == NameOf(InState::kOpened);
}

std::string Warnings(const Value& notice) {
  std::string words;
  for (const Value& warning : Items(notice, "warnings")) {
    if (warning.is(Value::Kind::kText)) words += "  warning: " + Plain(warning.text()) + "\n";
  }
  return words;
}

// Of what was held back: somebody else was asked first, and who is not said.
std::string ReleaseWords(const Value& notice) {
  std::string words;
  if (const std::string at = Time(notice, "released"); !at.empty())
    words += "  told at " + at + ", since who was asked first had not taken it on\n";
  if (const std::string at = Time(notice, "stood-down"); !at.empty())
    words += "  who was asked first has answered meanwhile, at " + at +
             "; it may still be acknowledged here\n";
  return words;
}

// Whom it was taken to, since nobody answered: the latest.
std::string EscalatedWords(const Value& message) {
  const Value::Items& steps = Items(message, "escalated");
  return steps.empty() ? "" : Text(steps.back(), "title");
}

// --- sections

std::string ScalarWords(const Value& value, const exchange::Field* field) {
  if (value.is(Value::Kind::kBool)) return value.boolean() ? "yes" : "no";
  if (!value.is(Value::Kind::kText)) return text::ToJson(value);
  if (field != nullptr) {
    const auto choice = std::ranges::find(field->choices, value.text(), &exchange::Choice::name);
    if (choice != field->choices.end()) return choice->label;
  }
  return value.text();
}

const exchange::Field* FieldNamed(const std::vector<exchange::Field>* fields,
                                  const std::string& name) {
  if (fields == nullptr) return nullptr;
  const auto found = std::ranges::find(*fields, name, &exchange::Field::name);
  return found == fields->end() ? nullptr : &*found;
}

// `label` and what stands under it. Text of several lines stays so, each under the label.
void AddValue(std::string& words, const std::string& label, const Value& value,
              const exchange::Field* field, std::size_t depth) {
  const std::string indent(2 * depth, ' ');
  const std::vector<exchange::Field>* const fields = field == nullptr ? nullptr : &field->fields;
  words += indent + Plain(label) + ":";
  if (value.is(Value::Kind::kNull)) {
    words += " not stated\n";
  } else if (value.is(Value::Kind::kMap)) {
    words += "\n";
    for (const auto& [name, member] : value.members()) {
      const exchange::Field* const below = FieldNamed(fields, name);
      AddValue(words, below == nullptr ? name : below->label, member, below, depth + 1);
    }
  } else if (value.is(Value::Kind::kList)) {
    words += "\n";
    std::size_t number = 0;
    for (const Value& item : value.items())
      AddValue(words, std::to_string(++number), item, field, depth + 1);
  } else {
    const std::string text = ScalarWords(value, field);
    const bool lines = text.find('\n') != std::string::npos;
    words += lines ? "\n" + tool::PlainLines(text, indent + "  ") + "\n" : " " + Plain(text) + "\n";
  }
}

std::string SectionWords(const Value& notice) {
  const std::string name = Text(notice, "exchange");
  const exchange::ExchangeType* type = nullptr;
  for (const exchange::ExchangeType& each : exchange::AllExchanges()) {
    if (each.name.value() == name) type = &each;
  }
  std::string words;
  for (const Value& section : Items(notice, "sections")) {
    const Value* const value = section.is(Value::Kind::kMap) ? section.Find("value") : nullptr;
    if (value == nullptr) continue;
    const exchange::Field* const field =
        type == nullptr ? nullptr : type->FindSection(Text(section, "name"));
    AddValue(words, Text(section, "label"), *value, field, 1);
  }
  return words;
}

std::string WhyWords(const Value& notice) {
  const Value* const why = Member(notice, "why", Value::Kind::kMap);
  if (why == nullptr) return "";
  std::vector<std::string> withheld;
  for (const Value& label : Items(*why, "withheld")) {
    if (label.is(Value::Kind::kText)) withheld.push_back(Plain(label.text()));
  }
  std::string words = Text(*why, "words") + "\n";
  if (!withheld.empty()) words += "Not shown to this role: " + tool::Join(withheld) + ".\n";
  return words;
}

// What a person at the sender wants to see of a recipient besides how far it is.
std::string RemarkOn(const Value& recipient) {
  std::vector<std::string> remarks;
  if (Is(recipient, "late")) remarks.emplace_back("LATE");
  if (const std::string to = EscalatedWords(recipient); !to.empty())
    remarks.push_back("asked: " + to);
  if (const std::string why = Text(recipient, "undeliverable"); !why.empty())
    remarks.push_back("NOT TOLD: " + why +
                      (Is(recipient, "may-arrive") ? ", but it may arrive" : ""));
  const Value* const held = Member(recipient, "held", Value::Kind::kMap);
  if (held == nullptr) return tool::Join(remarks);
  if (const std::string at = Time(recipient, "released"); !at.empty()) {
    remarks.push_back("released at " + at);
  } else if (const std::string by = Time(*held, "by"); !by.empty()) {
    remarks.push_back("only if " + Text(*held, "watches") + " has not acknowledged by " + by);
  } else {
    remarks.push_back("only if " + Text(*held, "watches") + " cannot be told");
  }
  return tool::Join(remarks);
}

}  // namespace

std::string NoticeListWords(const Value& answer) {
  tool::Table table({"notice", "state", "to", "from", "kind", "received", "acknowledge by"});
  std::string warnings;
  for (const Value& notice : Items(answer, "notices")) {
    table.Add({Number(notice, "notice"), Text(notice, "state"), Text(notice, "agency"),
               Sender(notice), Text(notice, "exchange"), Time(notice, "received"),
               Time(notice, "acknowledge-by")});
    std::string own = Warnings(notice) + ReleaseWords(notice);
    if (const std::string to = EscalatedWords(notice); !to.empty() && IsWaiting(notice))
      own += "  nobody has acknowledged it; now asked: " + to + "\n";
    if (!own.empty()) warnings += "notice " + Number(notice, "notice") + ":\n" + own;
  }
  return table.empty() ? "no notices\n" : table.Text() + warnings;
}

std::string NoticeWords(const Value& notice) {
  std::string words = "notice " + Number(notice, "notice");
  if (const std::string question = Text(notice, "question"); !question.empty()) {
    words += ": " + question + "\n";
  } else {
    const std::string title = Text(notice, "title");
    words += ", " + (title.empty() ? Text(notice, "exchange") : title) + " from " + Sender(notice) +
             " to " + Text(notice, "agency") + " as " + Text(notice, "role") + "\n";
  }
  words += Warnings(notice) + ReleaseWords(notice) + SectionWords(notice);
  if (const std::string by = Time(notice, "acknowledge-by"); !by.empty())
    words += "To be acknowledged by " + by + "; it is " + Text(notice, "state") + ".\n";
  return words + WhyWords(notice);
}

std::string NoticeStateWords(const Value& notice) {
  return "notice " + Number(notice, "notice") + " from " + Sender(notice) + " is " +
         Text(notice, "state") + "; its sender is told\n";
}

std::string SentWords(const Value& answer) {
  tool::Table table(
      {"origin", "from", "kind", "taken", "state", "to", "role", "progress", "acknowledge by", ""});
  for (const Value& message : Items(answer, "sent")) {
    for (const Value& recipient : Items(message, "recipients")) {
      table.Add({Text(message, "origin"), Text(message, "from"), Text(message, "exchange"),
                 Time(message, "taken"), Text(message, "state"), Text(recipient, "agency"),
                 Text(recipient, "role"), Text(recipient, "progress"),
                 Time(recipient, "acknowledge-by"), RemarkOn(recipient)});
    }
  }
  return table.empty() ? "nothing sent\n" : table.Text();
}

std::string TakenWords(const Value& message) {
  std::string words = "message " + Text(message, "origin") + " is the agent's to deliver\n";
  for (const Value& recipient : Items(message, "recipients")) {
    const std::string progress = Text(recipient, "progress");
    const std::string by = Time(recipient, "acknowledge-by");
    words += "  to " + Text(recipient, "agency") + " as " + Text(recipient, "role") +
             (progress == "impossible"
                  ? ": policy tells it nothing of this case, or it is not there; a person here "
                    "must take it on"
                  : ": " + progress) +
             (by.empty() ? "" : ", to be acknowledged by " + by) + "\n";
  }
  return words;
}

namespace {

std::string FlagsOf(const Value& held) {
  std::vector<std::string> flags;
  for (const Value& flag : Items(held, "flags")) {
    if (flag.is(Value::Kind::kText)) flags.push_back(Plain(flag.text()));
  }
  return tool::Join(flags);
}

}  // namespace

std::string HeldWords(const Value& held) {
  const std::string number = Number(held, "held");
  return "held as " + number + " for a supervisor (" + FlagsOf(held) +
         "): nobody has been told. Another person decides: `havenline held release " + number +
         "` or `reject`\n";
}

std::string HeldListWords(const Value& answer) {
  std::string words;
  for (const Value& held : Items(answer, "held")) {
    const std::string number = Number(held, "held") + Number(held, "number");
    const std::string since = Time(held, "since");
    words += "held " + number + ": " + FlagsOf(held) + "; since " +
             (since.empty() ? Text(held, "since") : since) + (Is(held, "late") ? ", LATE" : "");
    if (const std::string by = Text(held, "sent-by"); !by.empty()) words += ", sent by " + by;
    words += "\n";
    for (const Value& to : Items(held, "to"))
      words += "  to " + Text(to, "agency") + " as " + Text(to, "role") + "\n";
    words += SectionWords(held);
  }
  return words.empty() ? "nothing is held\n" : words;
}

std::string DecidedWords(const Value& decided) {
  if (const std::string origin = Text(decided, "origin"); !origin.empty())
    return "released: message " + origin + " is the agent's to deliver\n";
  return "rejected: nobody is told\n";
}

std::string AlarmWords(const Value& alarm) {
  std::string words = "alarm " + Number(alarm, "alarm") + ", " + Text(alarm, "kind") + ", since " +
                      Time(alarm, "raised");
  if (const std::string by = Text(alarm, "taken-by"); !by.empty())
    words += ", taken on by " + by + " at " + Time(alarm, "taken");
  if (const std::string over = Time(alarm, "over"); !over.empty()) words += ", over at " + over;
  return words + "\n  " + Text(alarm, "words") + "\n";
}

std::string AlarmListWords(const Value& answer) {
  std::string words;
  for (const Value& alarm : Items(answer, "alarms")) words += AlarmWords(alarm);
  return words.empty() ? "no alarms\n" : words;
}

}  // namespace havenline
