// What the ledger stores, text for text: a store outlives the program that wrote it.

#include "agents/intake/ledger_rows.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/text/json.h"
#include "tests/fakes/partnership.h"

namespace havenline::intake {
namespace {

using text::Value;

Digest DigestOf(std::uint8_t byte) {
  Digest digest;
  digest.fill(byte);
  return digest;
}

FileRecord AFile() {
  FileRecord file;
  file.number = 3;
  file.name = "night.csv";
  file.digest = DigestOf(7);
  file.bytes = 911;
  file.modified = FromMilliseconds(1);
  file.taken = FromMilliseconds(2);
  file.state = FileState::kMoving;
  file.next_row = 4;
  file.counts = {1, 2, 3, 5};
  file.failed = "why";
  file.target = "night.3.csv";
  file.changed_meanwhile = true;
  return file;
}

NoticeRecord ANotice() {
  NoticeRecord notice;
  notice.number = 4;
  notice.reference = "f|i|c|106891";
  notice.stated = "f|i|c|900101";
  notice.content = DigestOf(9);
  notice.file = 3;
  notice.row = 1;
  notice.made = FromMilliseconds(5);
  notice.rejected = true;
  return notice;
}

QuarantinedRow AQuarantined() {
  QuarantinedRow row;
  row.number = 17;
  row.file = "night.csv";
  row.line = 4;
  row.column = 5;
  row.reason = "why";
  row.row = DigestOf(1);
  row.identity = {"f|i|c|", "f|i|c|106891", "f|i|c|900101", std::nullopt};
  row.file_number = 3;
  row.rest_of = 2;
  row.time = FromMilliseconds(6);
  return row;
}

HeldRow AHeld() {
  HeldRow row;
  row.number = 2;
  row.notice = 4;
  row.file = "night.csv";
  row.line = 5;
  row.flags = {"relocated"};
  row.notes = {"a note"};
  row.time = FromMilliseconds(7);
  row.alarmed_late = true;
  row.state = HeldState::kReleased;
  row.decided_by = "sergeant";
  return row;
}

struct Stored {
  const char* name;
  Value row;
  std::string text;
  std::function<Result<Value>(const Value&)> again;  // Read, and written once more.
};

template <class Record>
Stored Of(const char* name, const Record& record, Result<Record> (*read)(const Value&),
          std::string text) {
  return {name, ToRow(record), std::move(text), [read](const Value& row) -> Result<Value> {
            ASSIGN_OR_RETURN(const Record back, read(row));
            return ToRow(back);
          }};
}

std::vector<Stored> All() {
  FileRecord finished = AFile();
  finished.finished = FromMilliseconds(8);
  finished.posted = true;
  NoticeRecord held = ANotice();
  held.origin = MessageId(ByteArray<16>{1});
  held.held = 2;
  QuarantinedRow over = AQuarantined();
  over.over = FromMilliseconds(9);
  over.taken_on_by = "keyadult";
  over.field = "CHILD_DOB";
  over.identity.content = DigestOf(2);
  HeldRow decided = AHeld();
  decided.decided = FromMilliseconds(10);
  const RowOutcome outcome{OutcomeKind::kHeld, 2, 4, 5, "why", {"relocated"}, {"a note"}};
  RowOutcome of_field = outcome;
  of_field.field = "CHILD_DOB";
  const Sections sections = {{"childBirth", Value("2015-03-04")}};
  return {Of("file", AFile(), FileFrom,
             R"({"number":3,"name":"night.csv",)"
             R"("digest":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","bytes":911,)"
             R"("modified":1,"taken":2,"state":1,"next-row":4,"notices":1,)"
             R"("duplicates":2,"quarantined":3,"held":5,"failed":"why",)"
             R"("target":"night.3.csv","changed":true})"),
          Of("finished file", finished, FileFrom,
             R"({"number":3,"name":"night.csv",)"
             R"("digest":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","bytes":911,)"
             R"("modified":1,"taken":2,"state":1,"next-row":4,"notices":1,)"
             R"("duplicates":2,"quarantined":3,"held":5,"failed":"why",)"
             R"("target":"night.3.csv","changed":true,"posted":true,"finished":8})"),
          Of("outcome", outcome, OutcomeFrom,
             R"({"kind":3,"line":2,"number":4,"column":5,"reason":"why",)"
             R"("flags":["relocated"],"notes":["a note"]})"),
          Of("outcome of a field", of_field, OutcomeFrom,
             R"({"kind":3,"line":2,"number":4,"column":5,"reason":"why",)"
             R"("flags":["relocated"],"notes":["a note"],"field":"CHILD_DOB"})"),
          Of("notice", ANotice(), NoticeFrom,
             R"({"number":4,"reference":"f|i|c|106891","stated":"f|i|c|900101",)"
             R"("content":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=","file":3,)"
             R"("row":1,"made":5,"rejected":true})"),
          Of("held notice", held, NoticeFrom,
             R"({"number":4,"reference":"f|i|c|106891","stated":"f|i|c|900101",)"
             R"("content":"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=","file":3,)"
             R"("row":1,"made":5,"rejected":true,)"
             R"("origin":"01000000000000000000000000000000","held":2})"),
          Of("quarantined", AQuarantined(), QuarantinedFrom,
             R"({"number":17,"file":"night.csv","line":4,"column":5,"reason":"why",)"
             R"("row":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=","time":6,)"
             R"("taken-on-by":"",)"
             R"("child":"f|i|c|","reference":"f|i|c|106891",)"
             R"("stated":"f|i|c|900101","file-number":3,"rest-of":2})"),
          Of("quarantined, over", over, QuarantinedFrom,
             R"({"number":17,"file":"night.csv","line":4,"column":5,"reason":"why",)"
             R"("row":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=","time":6,)"
             R"("taken-on-by":"keyadult","over":9,)"
             R"("child":"f|i|c|","reference":"f|i|c|106891",)"
             R"("stated":"f|i|c|900101",)"
             R"("content":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=",)"
             R"("file-number":3,"rest-of":2,"field":"CHILD_DOB"})"),
          Of("held", AHeld(), HeldFrom,
             R"({"number":2,"notice":4,"file":"night.csv","line":5,)"
             R"("flags":["relocated"],"notes":["a note"],"time":7,"alarmed-late":true,)"
             R"("state":2,"decided-by":"sergeant"})"),
          Of("held, decided", decided, HeldFrom,
             R"({"number":2,"notice":4,"file":"night.csv","line":5,)"
             R"("flags":["relocated"],"notes":["a note"],"time":7,"alarmed-late":true,)"
             R"("state":2,"decided-by":"sergeant","decided":10})"),
          Of("register", RegisterRecord{24'300, "keyadult"}, RegisterFrom,
             R"({"open":24300,"confirmed-by":"keyadult"})"),
          Of("sections", sections, SectionsFrom, R"({"sections":{"childBirth":"2015-03-04"}})")};
}

TEST(LedgerRowsTest, EachKindIsStoredAsItAlwaysWas) {
  for (const Stored& stored : All())
    EXPECT_EQ(text::ToJson(stored.row), stored.text) << stored.name;
}

TEST(LedgerRowsTest, WhatWasStoredIsReadWhole) {
  for (const Stored& stored : All()) {
    const auto row = text::ParseJson(stored.text, stored.name);
    ASSERT_TRUE(row.has_value()) << stored.name;
    const auto again = stored.again(*row);
    ASSERT_TRUE(again.has_value()) << stored.name;
    EXPECT_EQ(text::ToJson(*again), stored.text) << stored.name;
  }
}

TEST(LedgerRowsTest, AQuarantinedRowOfAnOlderVersionIsReadAndKnownByItsCellsAlone) {
  const auto row = text::ParseJson(
      R"({"number":17,"file":"night.csv","line":4,"column":5,"reason":"why",)"
      R"("row":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=","time":6,"taken-on-by":""})",
      "older");
  const auto read = QuarantinedFrom(row.value());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->row, DigestOf(1));
  EXPECT_EQ(read->identity.child, "");
  EXPECT_EQ(read->file_number, 0U);
  EXPECT_EQ(read->rest_of, 0U);
}

// Members that a row may lack: only now and then there, or not in rows of older versions.
bool MayLack(const std::string& kind, const std::string& member) {
  static const std::set<std::string> kOfAny = {"finished", "origin", "over",
                                               "decided",  "posted", "field"};
  static const std::set<std::string> kOfQuarantined = {"child",   "reference",   "stated",
                                                       "content", "file-number", "rest-of"};
  return kOfAny.contains(member) || (kind == "held notice" && member == "held") ||
         (kind.starts_with("quarantined") && kOfQuarantined.contains(member));
}

// Of each kind: a member missing, of another kind of value, or out of its range.
TEST(LedgerRowsTest, ARowThatIsNotWholeIsCorruptAndNeverGuessedAt) {
  for (const Stored& stored : All()) {
    for (const auto& [spoiled, value] : stored.row.members()) {
      const bool may_lack = MayLack(stored.name, spoiled);
      Value without = Value::Map();
      Value wrong = Value::Map();
      for (const auto& [name, member] : stored.row.members()) {
        if (name != spoiled) without.Set(name, member);
        wrong.Set(name, name == spoiled ? Value(1.5) : member);
      }
      EXPECT_EQ(stored.again(without).has_value(), may_lack) << stored.name << " " << spoiled;
      const auto read = stored.again(wrong);
      ASSERT_FALSE(read.has_value()) << stored.name << " " << spoiled;
      EXPECT_EQ(read.error().code, FaultCode::kCorrupt);
    }
  }
  Value file = ToRow(AFile());
  Value outcome = ToRow(RowOutcome{});
  Value held = ToRow(AHeld());
  for (const int state : {-1, 4}) {
    EXPECT_FALSE(FileFrom(file.Set("state", state)).has_value());
    EXPECT_FALSE(OutcomeFrom(outcome.Set("kind", state)).has_value());
    EXPECT_FALSE(HeldFrom(held.Set("state", state)).has_value());
  }
}

}  // namespace
}  // namespace havenline::intake
