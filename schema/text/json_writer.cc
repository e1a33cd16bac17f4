#include <algorithm>
#include <vector>

#include "schema/text/json.h"
#include "schema/text/writing.h"

namespace havenline::text {
namespace {

enum class Form : std::uint8_t { kOneLine, kIndented, kCanonical };

class JsonWriter {
 public:
  explicit JsonWriter(Form form) : form_(form) {}

  std::string Write(const Value& value) {
    CHECK(value.Depth() <= kNestingMax);  // Or we could not read it back.
    Put(value);
    if (form_ == Form::kIndented) out_ += '\n';
    return std::move(out_);
  }

 private:
  void Put(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::kNull:
        out_ += "null";
        break;
      case Value::Kind::kBool:
        out_ += value.boolean() ? "true" : "false";
        break;
      case Value::Kind::kInteger:
        out_ += std::to_string(value.integer());
        break;
      case Value::Kind::kReal:
        PutReal(value.real());
        break;
      case Value::Kind::kText:
        PutText(value.text());
        break;
      case Value::Kind::kList:
        PutList(value.items());
        break;
      case Value::Kind::kMap:
        PutMap(value.members());
        break;
    }
  }

  void PutReal(double number) {
    CHECK(form_ != Form::kCanonical);
    out_ += RealText(number);
  }

  void PutText(std::string_view text) { AppendQuoted(out_, text, DeleteCharacter::kAsItIs); }

  void PutList(const Value::Items& items) {
    Open('[');
    for (const Value& item : items) {
      Next(&item == &items.front());
      Put(item);
    }
    Close(']', items.empty());
  }

  void PutMap(const Value::Members& members) {
    std::vector<const Value::Members::value_type*> ordered;
    ordered.reserve(members.size());
    for (const auto& member : members) ordered.push_back(&member);
    if (form_ == Form::kCanonical) {
      std::ranges::sort(ordered, {},
                        [](const auto* member) -> const std::string& { return member->first; });
    }
    Open('{');
    for (const auto* member : ordered) {
      Next(member == ordered.front());
      PutText(member->first);
      out_ += form_ == Form::kIndented ? ": " : ":";
      Put(member->second);
    }
    Close('}', members.empty());
  }

  void Open(char bracket) {
    out_ += bracket;
    ++depth_;
  }
  void Next(bool first) {
    if (!first) out_ += ',';
    BreakLine();
  }
  void Close(char bracket, bool empty) {
    --depth_;
    if (!empty) BreakLine();
    out_ += bracket;
  }
  void BreakLine() {
    constexpr std::size_t kIndent = 2;
    if (form_ == Form::kIndented) out_.append(1, '\n').append(depth_ * kIndent, ' ');
  }

  Form form_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string ToJson(const Value& value, JsonLayout layout) {
  return JsonWriter(layout == JsonLayout::kIndented ? Form::kIndented : Form::kOneLine)
      .Write(value);
}

std::string CanonicalJson(const Value& value) { return JsonWriter(Form::kCanonical).Write(value); }

}  // namespace havenline::text
