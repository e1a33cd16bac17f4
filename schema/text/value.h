// Value: one tree for everything that people and other systems write to us, whatever the format,
// and for what we write back.
//
// A value type; pure; any thread. What always holds, however a Value was made:
//   - text and keys are UTF-8 (a byte string is not text: encode it first);
//   - a real is finite;
//   - the keys of a map are unique, and in the order in which they were written.
// Breaking one of these is the caller's bug and CHECKs; the parsers of this folder refuse such
// input.
//
//   auto value = Value::Map().Set("name", "north").Set("ports", Value::List().Add(1).Add(2));

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "schema/base/check.h"
#include "schema/text/mark.h"

namespace havenline::text {

// Of any tree that we read. Nesting (lists and maps inside each other, the outermost counted)
// bounds recursion; the number of values bounds memory, since a short one costs many times its own
// bytes.
inline constexpr std::size_t kNestingMax = 32;
inline constexpr std::size_t kValuesMax = 2'000'000;

template <class T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool>;

class Value {
 public:
  enum class Kind : std::uint8_t { kNull, kBool, kInteger, kReal, kText, kList, kMap };
  using Items = std::vector<Value>;
  using Members = std::vector<std::pair<std::string, Value>>;

  Value() = default;  // Null.

  // Implicit, so that a tree reads in code as it will be written.
  // NOLINTBEGIN(google-explicit-constructor)
  template <std::same_as<bool> T>  // A template, or every pointer would be a bool.
  Value(T truth) : data_(truth) {}
  template <WholeNumber T>
  Value(T number) : data_(static_cast<std::int64_t>(number)) {
    CHECK(std::in_range<std::int64_t>(number));
  }
  Value(double number);
  Value(std::string text);
  Value(std::string_view text) : Value(std::string(text)) {}
  Value(const char* text) : Value(std::string(text)) {}
  // NOLINTEND(google-explicit-constructor)

  static Value List(Items items = {});
  static Value Map(Members members = {});

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is(Kind kind) const { return this->kind() == kind; }

  // Each CHECKs the kind: look before, or use MapReader.
  bool boolean() const { return As<bool>(); }
  std::int64_t integer() const { return As<std::int64_t>(); }
  double real() const { return As<double>(); }
  const std::string& text() const { return As<std::string>(); }
  const Items& items() const { return As<Items>(); }
  const Members& members() const { return As<Members>(); }

  // The member named `key`, or nullptr. Looks at one member after the other.
  const Value* Find(std::string_view key) const;

  // Of a map: replaces the member named `key`, or adds it at the end.
  Value& Set(std::string key, Value value) &;
  Value&& Set(std::string key, Value value) && {
    return std::move(Set(std::move(key), std::move(value)));
  }
  // Of a list: adds at the end.
  Value& Add(Value value) &;
  Value&& Add(Value value) && { return std::move(Add(std::move(value))); }

  // Where it was written. Of a table: its header, or its opening brace.
  Mark mark() const { return mark_; }
  void set_mark(Mark mark) { mark_ = mark; }

  // Scalars are 0 deep, an empty list 1.
  std::size_t Depth() const;

  // The same content: marks and the order of keys do not count. 1 and 1.0 differ.
  friend bool operator==(const Value& a, const Value& b);

 private:
  template <class T>
  const T& As() const {
    const T* held = std::get_if<T>(&data_);
    CHECK(held != nullptr);
    return *held;
  }

  // In the order of Kind.
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Items, Members> data_;
  Mark mark_;
};

// For people: "a whole number", "text" ….
std::string_view NameOf(Value::Kind kind);

}  // namespace havenline::text
