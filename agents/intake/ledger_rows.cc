#include "agents/intake/ledger_rows.h"

#include <type_traits>

#include "agents/link/rows.h"

namespace havenline::intake {
namespace {

using text::Value;

// --- how each kind of member is stored: one that may be missing is left out, the rest never

class MemberWriter {
 public:
  template <class Member>
  void operator()(const char* name, const Member& member) {
    row_.Set(name, ValueOf(member));
  }
  template <class Member>
  void operator()(const char* name, const std::optional<Member>& member) {
    if (member) (*this)(name, *member);
  }
  template <class Member>
  void Later(const char* name, const Member& member) {
    (*this)(name, member);
  }
  template <class Member>
  void IfSet(const char* name, const Member& member) {
    if (member != Member{}) (*this)(name, member);
  }
  Value Take() && { return std::move(row_); }

 private:
  template <class Number>
  requires std::is_integral_v<Number>  // Also bool.
  static Value ValueOf(Number number) { return number; }
  template <class Enum>
  requires std::is_enum_v<Enum>
  static Value ValueOf(Enum named) { return static_cast<int>(named); }
  static Value ValueOf(const std::string& text) { return text; }
  static Value ValueOf(const Digest& digest) { return rows::Encode(digest); }
  static Value ValueOf(const MessageId& id) { return ToText(id); }
  static Value ValueOf(TimePoint time) { return ToMilliseconds(time); }
  static Value ValueOf(const std::vector<std::string>& texts) {
    Value list = Value::List();
    for (const std::string& text : texts) list.Add(text);
    return list;
  }
  static Value ValueOf(const Sections& sections) {
    Value map = Value::Map();
    for (const auto& [name, value] : sections) map.Set(name, value);
    return map;
  }

  Value row_ = Value::Map();
};

constexpr FileState LastOf(FileState) { return FileState::kDone; }
constexpr OutcomeKind LastOf(OutcomeKind) { return OutcomeKind::kHeld; }
constexpr HeldState LastOf(HeldState) { return HeldState::kRejected; }

class MemberReader {
 public:
  explicit MemberReader(const Value& row) : view_(row) {}

  template <class Member>
  void operator()(const char* name, Member& member) {
    Into(name, member);
  }
  template <class Member>
  void operator()(const char* name, std::optional<Member>& member) {
    if (view_.Has(name)) Into(name, member.emplace());
  }
  // A member that rows of older versions lack.
  template <class Member>
  void Later(const char* name, Member& member) {
    if (view_.Has(name)) (*this)(name, member);
  }
  template <class Member>
  void IfSet(const char* name, Member& member) {
    Later(name, member);
  }
  bool good() const { return good_ && view_.ok(); }

 private:
  void Into(const char* name, std::uint64_t& count) { count = view_.Count(name); }
  void Into(const char* name, bool& truth) { truth = view_.Bool(name); }
  void Into(const char* name, std::string& text) { text = view_.Text(name); }
  void Into(const char* name, Digest& digest) { digest = view_.Array<sizeof(Digest)>(name); }
  void Into(const char* name, MessageId& id) { id = view_.Message(name); }
  void Into(const char* name, TimePoint& time) { time = view_.Time(name); }
  void Into(const char* name, std::vector<std::string>& texts) {
    for (const Value& item : view_.List(name)) {
      good_ = good_ && item.is(Value::Kind::kText);
      if (good_) texts.push_back(item.text());
    }
  }
  void Into(const char* name, Sections& sections) {
    for (const auto& [section, value] : view_.Map(name)) sections.emplace(section, value);
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void Into(const char* name, Enum& named) {
    const std::int64_t number = view_.Integer(name);
    good_ = good_ && number >= 0 && number <= static_cast<std::int64_t>(LastOf(named));
    if (good_) named = static_cast<Enum>(number);
  }

  rows::RowView view_;
  bool good_ = true;
};

// --- the kinds of row: each says once what it is called and which members it has, in the order in
// which they are stored; `each` writes or reads

template <class Record>
struct Kind;

template <>
struct Kind<FileRecord> {
  static constexpr const char* kName = "intake file";
  static void Members(auto& file, auto& each) {
    each("number", file.number);
    each("name", file.name);
    each("digest", file.digest);
    each("bytes", file.bytes);
    each("modified", file.modified);
    each("taken", file.taken);
    each("state", file.state);
    each("next-row", file.next_row);
    each("notices", file.counts.notices);
    each("duplicates", file.counts.duplicates);
    each("quarantined", file.counts.quarantined);
    each("held", file.counts.held);
    each("failed", file.failed);
    each("target", file.target);
    each("changed", file.changed_meanwhile);
    each.IfSet("posted", file.posted);
    each("finished", file.finished);
  }
};

template <>
struct Kind<RowOutcome> {
  static constexpr const char* kName = "intake outcome";
  static void Members(auto& outcome, auto& each) {
    each("kind", outcome.kind);
    each("line", outcome.line);
    each("number", outcome.number);
    each("column", outcome.column);
    each("reason", outcome.reason);
    each("flags", outcome.flags);
    each("notes", outcome.notes);
    each.IfSet("field", outcome.field);
  }
};

template <>
struct Kind<NoticeRecord> {
  static constexpr const char* kName = "intake notice";
  static void Members(auto& notice, auto& each) {
    each("number", notice.number);
    each("reference", notice.reference);
    each("stated", notice.stated);
    each("content", notice.content);
    each("file", notice.file);
    each("row", notice.row);
    each("made", notice.made);
    each("rejected", notice.rejected);
    each("origin", notice.origin);
    each("held", notice.held);
  }
};

template <>
struct Kind<QuarantinedRow> {
  static constexpr const char* kName = "quarantined row";
  static void Members(auto& quarantined, auto& each) {
    each("number", quarantined.number);
    each("file", quarantined.file);
    each("line", quarantined.line);
    each("column", quarantined.column);
    each("reason", quarantined.reason);
    each("row", quarantined.row);
    each("time", quarantined.time);
    each("taken-on-by", quarantined.taken_on_by);
    each("over", quarantined.over);
    each.Later("child", quarantined.identity.child);
    each.Later("reference", quarantined.identity.reference);
    each.Later("stated", quarantined.identity.stated);
    each("content", quarantined.identity.content);
    each.Later("file-number", quarantined.file_number);
    each.Later("rest-of", quarantined.rest_of);
    each.IfSet("field", quarantined.field);
  }
};

template <>
struct Kind<HeldRow> {
  static constexpr const char* kName = "held row";
  static void Members(auto& held, auto& each) {
    each("number", held.number);
    each("notice", held.notice);
    each("file", held.file);
    each("line", held.line);
    each("flags", held.flags);
    each("notes", held.notes);
    each("time", held.time);
    each("alarmed-late", held.alarmed_late);
    each("state", held.state);
    each("decided-by", held.decided_by);
    each("decided", held.decided);
  }
};

template <>
struct Kind<Sections> {
  static constexpr const char* kName = "held row's content";
  static void Members(auto& sections, auto& each) { each("sections", sections); }
};

template <>
struct Kind<RegisterRecord> {
  static constexpr const char* kName = "register of establishments";
  static void Members(auto& taken, auto& each) {
    each("open", taken.open);
    each("confirmed-by", taken.confirmed_by);
  }
};

template <class Record>
Value Write(const Record& record) {
  MemberWriter writer;
  Kind<Record>::Members(record, writer);
  return std::move(writer).Take();
}

template <class Record>
Result<Record> Read(const Value& row) {
  MemberReader reader(row);
  Record record;
  Kind<Record>::Members(record, reader);
  if (!reader.good()) return rows::Corrupt(Kind<Record>::kName);
  return record;
}

}  // namespace

Value ToRow(const FileRecord& file) { return Write(file); }
Value ToRow(const RowOutcome& outcome) { return Write(outcome); }
Value ToRow(const NoticeRecord& notice) { return Write(notice); }
Value ToRow(const QuarantinedRow& quarantined) { return Write(quarantined); }
Value ToRow(const HeldRow& held) { return Write(held); }
Value ToRow(const Sections& sections) { return Write(sections); }
Value ToRow(const RegisterRecord& taken) { return Write(taken); }

Result<FileRecord> FileFrom(const Value& row) { return Read<FileRecord>(row); }
Result<RowOutcome> OutcomeFrom(const Value& row) { return Read<RowOutcome>(row); }
Result<NoticeRecord> NoticeFrom(const Value& row) { return Read<NoticeRecord>(row); }
Result<QuarantinedRow> QuarantinedFrom(const Value& row) { return Read<QuarantinedRow>(row); }
Result<HeldRow> HeldFrom(const Value& row) { return Read<HeldRow>(row); }
Result<Sections> SectionsFrom(const Value& row) { return Read<Sections>(row); }
Result<RegisterRecord> RegisterFrom(const Value& row) { return Read<RegisterRecord>(row); }

}  // namespace havenline::intake
