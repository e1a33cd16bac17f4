#include <algorithm>

#include "schema/text/toml.h"
#include "schema/text/writing.h"

namespace havenline::text {
namespace {

// What is written as [[name]] blocks rather than in brackets on one line.
bool IsTableArray(const Value& value) {
  return value.is(Value::Kind::kList) && !value.items().empty() &&
         std::ranges::all_of(value.items(),
                             [](const Value& item) { return item.is(Value::Kind::kMap); });
}

bool HasOwnBlock(const Value& value) { return value.is(Value::Kind::kMap) || IsTableArray(value); }

class TomlWriter {
 public:
  std::string Write(const Value& map) {
    PutBody(map.members(), "");
    return std::move(out_);
  }

 private:
  // The members on lines of their own first: after a header they would belong to its table.
  void PutBody(const Value::Members& members, const std::string& path) {
    for (const auto& [key, value] : members) {
      if (HasOwnBlock(value)) continue;
      out_ += KeyText(key) + " = ";
      PutInline(value);
      out_ += '\n';
    }
    for (const auto& [key, value] : members) {
      if (!HasOwnBlock(value)) continue;
      const std::string inner = path.empty() ? KeyText(key) : path + '.' + KeyText(key);
      if (value.is(Value::Kind::kMap)) {
        PutTable(value.members(), inner);
      } else {
        PutTableArray(value.items(), inner);
      }
    }
  }

  // A table that holds only tables needs no header: theirs imply it.
  void PutTable(const Value::Members& members, const std::string& path) {
    const bool implied = !members.empty() && std::ranges::all_of(members, [](const auto& member) {
      return HasOwnBlock(member.second);
    });
    if (!implied) PutHeader('[' + path + ']');
    PutBody(members, path);
  }

  void PutTableArray(const Value::Items& items, const std::string& path) {
    for (const Value& item : items) {
      PutHeader("[[" + path + "]]");
      PutBody(item.members(), path);
    }
  }

  void PutHeader(const std::string& header) {
    if (!out_.empty()) out_ += '\n';
    out_ += header + '\n';
  }

  void PutInline(const Value& value) {
    CHECK(!value.is(Value::Kind::kNull));  // TOML has none.
    switch (value.kind()) {
      case Value::Kind::kNull:
        break;
      case Value::Kind::kBool:
        out_ += value.boolean() ? "true" : "false";
        break;
      case Value::Kind::kInteger:
        out_ += std::to_string(value.integer());
        break;
      case Value::Kind::kReal:
        out_ += RealText(value.real());
        break;
      case Value::Kind::kText:
        AppendQuoted(out_, value.text(), DeleteCharacter::kEscaped);
        break;
      case Value::Kind::kList:
        PutInlineList(value.items());
        break;
      case Value::Kind::kMap:
        PutInlineTable(value.members());
        break;
    }
  }

  void PutInlineList(const Value::Items& items) {
    out_ += '[';
    for (const Value& item : items) {
      if (&item != &items.front()) out_ += ", ";
      PutInline(item);
    }
    out_ += ']';
  }

  void PutInlineTable(const Value::Members& members) {
    out_ += '{';
    for (const auto& member : members) {
      out_ += &member == &members.front() ? " " : ", ";
      out_ += KeyText(member.first) + " = ";
      PutInline(member.second);
    }
    out_ += members.empty() ? "}" : " }";
  }

  std::string out_;
};

}  // namespace

std::string ToToml(const Value& map) {
  CHECK(map.Depth() <= kNestingMax);  // Or we could not read it back.
  return TomlWriter().Write(map);
}

}  // namespace havenline::text
