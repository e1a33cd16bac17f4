#include "tests/fuzz/seeds.h"

#include <algorithm>
#include <functional>
#include <map>

#include "agents/intake/mapping.h"
#include "agents/intake/report.h"
#include "schema/base/check.h"
#include "schema/base/z85.h"
#include "schema/exchange/content.h"
#include "schema/seal/key_text.h"
#include "schema/text/json.h"
#include "schema/tlog/leaf.h"
#include "schema/wire/envelope_codec.h"
#include "schema/wire/frame_codec.h"
#include "schema/wire/statement_codec.h"
#include "tests/fuzz/common.h"

namespace havenline::fuzz {
namespace {

using Seeds = std::vector<Seed>;

Bytes WithFirst(std::uint8_t first, ByteView rest) {
  Bytes bytes = {first};
  Append(bytes, rest);
  return bytes;
}

Seeds Content() {
  Seeds seeds;
  std::uint8_t index = 0;
  const auto content = Partnership().NoticeContent();
  for (const auto& type : exchange::AllExchanges()) {
    for (const exchange::Field& section : type.sections) {
      const auto value = content.find(section.name);
      if (type.name == kEncompass && value != content.end()) {
        const auto bytes = exchange::EncodeSection(type, section.name, value->second);
        CHECK(bytes.has_value());
        seeds.push_back({section.name, WithFirst(index, *bytes)});
      }
      ++index;
    }
  }
  return seeds;
}

Seeds Csv() {
  const auto text = [](std::uint8_t choice, std::string_view rest) {
    return WithFirst(choice, AsBytes(rest));
  };
  return {
      {"plain", text(0, "URN,NAME\r\n106890,Oak Hill\r\n106891,Mill Lane\r\n")},
      {"marked", text(1, "\xEF\xBB\xBFURN,NAME\n106890,\"Oak \"\"Hill\"\"\"\n")},
      {"windows", text(2, "URN,NAME\r\n106891,St Maud\x92s\r\n106892,\x81\r\n")},
      {"semicolons", text(3, "A;B;C\n1;\"2\n3\";4\n5;6\n7;8;9;10\n")},
      {"tabs", text(6, "A\tB\n=1\t+2\n\n-3\t@4\n")},
      {"quotes", text(0, "A,B\n1,\"cut \"short\" here\",\n2,x\"y\n3,\"never closed\n4,5\n")},
  };
}

Seeds Deliveries() {
  Seeds seeds;
  for (const Envelope& envelope : GenuineEnvelopes()) {
    for (std::size_t i = 0; i < envelope.grants.size(); ++i) {
      seeds.push_back({std::to_string(seeds.size()),
                       wire::EncodeDelivery(Partnership().DeliveryOf(envelope, i))});
    }
  }
  return seeds;
}

std::string KeyEntry(const AgencyId& agency, seal::Purpose purpose, const std::string& state) {
  const seal::SigningKey& key = Partnership().Key(agency, purpose);
  const std::string name(seal::NameOf(purpose));
  return "[[agency.key]]\npurpose = \"" + name + "\"\npublic = \"" +
         Base64Encode(key.public_key()) + "\"\nproof = \"" +
         Base64Encode(seal::ProvePossession(key, agency.value(), name)) + "\"\nstate = \"" + state +
         "\"\n";
}

// The partnership's own would do, but proofs of so many keys take longer than all the rest.
Seeds Directories() {
  const auto curve = [](std::uint8_t number) { return Z85Encode(ByteArray<32>{number, 1}); };
  const std::string text =
      "document = \"directory\"\npartnership = \"rotherham\"\nversion = 2\nminimum-suite = 1\n"
      "previous = \"" +
      HexEncode(Digest{5}) + "\"\n[governance]\nthreshold = 1\nkeys = [\"" +
      tlog::NoteKeyToText(Partnership().governance().key()) + "\"]\n[broker]\ncurve = \"" +
      curve(1) + "\"\nrelease = \"" +
      Base64Encode(Partnership().Key(kSchoolC, seal::Purpose::kVoid).public_key()) +
      "\"\nlog-keys = [\"" + tlog::NoteKeyToText(Partnership().log_signer().key()) +
      "\"]\n[[host]]\nname = \"h1\"\noperated-by = \"x\"\noperator-link = true\ncurve = [\"" +
      curve(2) + "\", \"" + curve(3) +
      "\"]\n[[agency]]\nname = \"police.south-yorkshire\"\ntitle = \"x\"\nroles = "
      "[\"police\"]\nhost = \"h1\"\nareas = [\"a\"]\n";
  const std::string school =
      "[[agency]]\nname = \"school.106890\"\ntitle = \"y\"\n"
      "roles = [\"school\", \"council\"]\nhost = \"h1\"\n";
  return {{"bare", ToBytes(text + school)},
          {"keys", ToBytes(text + KeyEntry(kPolice, seal::Purpose::kEnvelope, "current") +
                           KeyEntry(kPolice, seal::Purpose::kVoid, "retired"))}};
}

Seeds Envelopes() {
  Seeds seeds;
  for (const Envelope& envelope : GenuineEnvelopes())
    seeds.push_back({std::to_string(envelope.grants.size()), wire::EncodeEnvelope(envelope)});
  return seeds;
}

Frame FrameOf(decltype(Frame::body) body) {
  return {SessionId({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}), std::move(body)};
}

PartProof SomeProof() {
  return {{1, LogIndex(7)}, Salt{9}, ToBytes("{\"v\":1}"), {Digest{1}, Digest{2}}};
}

// One of every kind.
std::vector<Frame> Frames() {
  const Bytes item = {1, 2, 3};
  const std::string checkpoint = GenuineNotes().front();
  const std::vector<AnswerItem> answers = {
      {Reference(1), Accepted{SomeProof(), true}},
      {Reference(2),
       Refused{
           Code::kPolicyDenies, {{kSchoolA, kSchoolRole, "risk", RuleId("ENC-1")}}, SomeProof()}},
      {Reference(3), Deferred{Code::kOverload, Milliseconds(5000)}},
      {Reference(4), Invalid{Code::kSignature}}};
  Welcome welcome;
  welcome.head = {1, 8, Digest{3}};
  welcome.checkpoint = checkpoint;
  welcome.consistency = {Digest{4}};
  std::vector<decltype(Frame::body)> bodies = {
      Hello{0, 0, kTestPartnership, {kSchoolA, kSchoolB}, checkpoint, kNight, "test 1"},
      welcome,
      Rehello{Code::kOverload, Milliseconds(250)},
      Submit{Lane::kNormal, {{Reference(1), item}, {Reference(2), {}}}},
      AnswerFrame{answers},
      Deliver{{{Reference(1), kSchoolA, Lane::kUrgent, item}}},
      ReceiptFrame{{{Reference(1), item, {SomeProof()}}, {Reference(2), item, {}}}},
      Receipted{answers},
      RecallFrame{{{Reference(1), item}}},
      VoidFrame{{{Reference(1), item}}},
      StatementFrame{{{Reference(1), item}}},
      Head{checkpoint, 3, {Digest{5}}, {2, Digest{6}}, {3, Digest{7}}, 4},
      Cosign{checkpoint},
      Credit{5, 6, Bytes(16, 0)},
      DocumentFrame{Reference(3), {{DocumentKind::kLeaf, 7, item}}, true},
      AlarmFrame{AlarmFrame::Kind::kClock, MessageId({1}), Digest{8}},
      Reconciled{Reference(4), 2, {kSchoolA}},
      LookFrame{{{Reference(5), item}}}};
  for (const decltype(Fetch::what)& what : std::vector<decltype(Fetch::what)>{
           Fetch::Document{Digest{1}}, Fetch::Leaves{1, 2, 3},
           Fetch::Proofs{1, 8, {LogIndex(2), LogIndex(3)}}, Fetch::Parts{{1, LogIndex(4)}},
           Fetch::Parts{{1, LogIndex(5)}, 256}, Fetch::Statements{5}, Fetch::Status{}})
    bodies.emplace_back(Fetch{Reference(9), what});
  std::vector<Frame> frames;
  for (auto& body : bodies) frames.push_back(FrameOf(std::move(body)));
  return frames;
}

Seeds FrameSeeds() {
  Seeds seeds;
  for (const Frame& frame : Frames())
    seeds.push_back({std::to_string(frame.body.index()) + "-" + std::to_string(seeds.size()),
                     wire::EncodeFrame(frame)});
  return seeds;
}

using Row = std::map<std::string, std::string>;

intake::Mapping MappingOf(const std::string& force) {
  auto mapping =
      intake::Mapping::Parse(RepositoryFile("deploy/examples/" + force + ".mapping.toml"), force,
                             Partnership().policy().Find(kEncompass)->hold_flags);
  CHECK(mapping.has_value());
  return *std::move(mapping);
}

// What a row does not say is empty.
std::string Cell(const Row& row, const std::string& column) {
  const auto cell = row.find(column);
  return cell == row.end() ? std::string() : cell->second;
}

// A file with the columns that the force's mapping needs.
Bytes CsvOf(const std::string& force, const std::vector<Row>& rows) {
  const intake::Mapping mapping = MappingOf(force);
  const auto line = [&](auto cell_of) {
    std::string text;
    for (const std::string& column : mapping.Columns()) text += cell_of(column) + mapping.delimiter;
    text.pop_back();
    return text + "\r\n";
  };
  std::string text = line([](const std::string& column) { return column; });
  for (const Row& row : rows)
    text += line([&](const std::string& column) { return Cell(row, column); });
  return ToBytes(text);
}

// Of one incident, that of the first row, whose fields these are.
struct IncidentRows {
  std::vector<std::string> shared;
  std::vector<Row> rows;
};

Bytes XmlOf(const std::string& force, const IncidentRows& of) {
  const auto field = [](const std::string& name, const std::string& text) {
    return "<field name=\"" + name + "\">" + text + "</field>";
  };
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<incident xmlns=\"" +
                     std::string(intake::kIncidentSpace) + "\">";
  for (const std::string& column : of.shared) text += field(column, Cell(of.rows.front(), column));
  for (const Row& row : of.rows) {
    text += "\n<child>";
    for (const std::string& column : MappingOf(force).Columns()) {
      if (std::ranges::find(of.shared, column) == of.shared.end())
        text += field(column, Cell(row, column));
    }
    text += "</child>";
  }
  return ToBytes(text + "</incident>\n");
}

text::Value JsonIncident(const std::string& force, const IncidentRows& of) {
  text::Value incident = text::Value::Map();
  for (const std::string& column : of.shared) incident.Set(column, Cell(of.rows.front(), column));
  text::Value children = text::Value::List();
  for (const Row& row : of.rows) {
    text::Value child = text::Value::Map();
    for (const std::string& column : MappingOf(force).Columns()) {
      if (std::ranges::find(of.shared, column) == of.shared.end())
        child.Set(column, Cell(row, column));
    }
    children.Add(std::move(child));
  }
  return std::move(incident).Set(intake::kChildrenKey, std::move(children));
}

Bytes JsonOf(const text::Value& value) {
  return ToBytes(text::ToJson(value, text::JsonLayout::kIndented));
}

Seeds Intake() {
  const std::string canary(kCanary);
  const Row first = {{"OCCURRENCE_NO", "SY/1"},       {"INCIDENT_DATE", "20/11/2026"},
                     {"INCIDENT_TIME", "21:05"},      {"CHILD_NOMINAL", "N1"},
                     {"SCHOOL_URN", "106890"},        {"CHILD_SURNAME", canary},
                     {"CHILD_DOB", "04/03/2015"},     {"CHILD_ROLE", "VICTIM"},
                     {"CIRCUMSTANCES", "=" + canary}, {"ADDRESS_1", "1 " + canary + " Street"},
                     {"DASH_GRADE", "HIGH"},          {"NO_COLLECT_WHO", canary}};
  Row at_home = first;
  at_home["SCHOOL_URN"] = "";
  at_home["SCHOOL_NAME"] = "HOME EDUCATED";
  at_home["CHILD_UPN"] = "A" + canary;
  at_home["ADULT_OCCUPATION"] = "Teacher " + canary;
  Row wrong = first;
  wrong["CHILD_DOB"] = canary;
  wrong["INCIDENT_TIME"] = canary;
  wrong["SCHOOL_URN"] = canary;
  const Row other = {{"Incident", "L-1"},
                     {"Date and time", "2026-11-20 2105"},
                     {"Surname", canary},
                     {"First name", "Jessie"},
                     {"Date of birth", "2015-03-04"},
                     {"DfE number", "9992001"},
                     {"Child", "PRESENT"},
                     {"Moved", "no"}};
  const std::vector<std::string> of_incident = {"OCCURRENCE_NO", "INCIDENT_DATE", "INCIDENT_TIME",
                                                "CIRCUMSTANCES"};
  const std::vector<std::string> of_other = {"Incident", "Date and time"};
  const IncidentRows three = {of_incident, {at_home, wrong, first}};
  // The first byte: two bits the format, the last the mapping.
  constexpr std::uint8_t kJson = 0x80;
  constexpr std::uint8_t kXml = 0xC0;
  return {
      {"one", WithFirst(0, CsvOf("south-yorkshire", {first}))},
      {"three", WithFirst(0, CsvOf("south-yorkshire", three.rows))},
      {"other", WithFirst(1, CsvOf("lincolnshire", {other}))},
      {"xml-one", WithFirst(kXml, XmlOf("south-yorkshire", {of_incident, {first}}))},
      {"xml-three", WithFirst(kXml, XmlOf("south-yorkshire", three))},
      {"xml-other", WithFirst(kXml + 1, XmlOf("lincolnshire", {of_other, {other}}))},
      {"json-one",
       WithFirst(kJson, JsonOf(JsonIncident("south-yorkshire", {of_incident, {first}})))},
      {"json-list",
       WithFirst(kJson, JsonOf(text::Value::List()
                                   .Add(JsonIncident("south-yorkshire", three))
                                   .Add(JsonIncident("south-yorkshire", {of_incident, {first}}))))},
      {"json-other",
       WithFirst(kJson + 1, JsonOf(JsonIncident("lincolnshire", {of_other, {other}})))}};
}

Seeds Json() {
  const auto seed = [](std::string name, std::string_view text) {
    return Seed{std::move(name), ToBytes(text)};
  };
  return {
      seed("leaf", R"({"d":"00","g":{"document":"policy","hash":"ff","version":1},"n":0,"v":1})"),
      seed("numbers", "[0,-1,9223372036854775807,-9223372036854775808,1.5,-2e300,0.1]"),
      seed("texts", R"(["\u00e9\ud83d\ude00\u0000\"\\\/\b\f\n\r\t","é—😀"])"),
      seed("deep", R"({"a":{"b":[[[{"c":[null,true,false,{}]}]]]}})"),
      seed("part-looked",
           R"({"agency":"audit.testshire","at":1,"count":2,"epoch":1,"first":0,)"
           R"("key":"0011223344556677","kind":"looked","person":"p-1","reason":"sample",)"
           R"("role":"auditor","rule":"AUD-1","signature":")" +
               std::string(128, 'a') + R"(","time":2,"v":1})"),
      seed("part-receipts",
           R"({"at":1,"from":"school.1","kind":"receipts","receipts":[{"digest":")" +
               std::string(64, 'a') + R"(","kind":"stored","message":")" + std::string(32, 'b') +
               R"("}],"v":1})"),
      seed("part-overdue", R"({"at":1,"due":2,"from":"police.1","kind":"overdue","message":")" +
                               std::string(32, 'a') + R"(","origin":")" + std::string(32, 'b') +
                               R"(","role":"school","to":"school.1","v":1})")};
}

Seeds Notes() {
  Seeds seeds;
  for (const std::string& note : GenuineNotes())
    seeds.push_back({"note-" + std::to_string(seeds.size()), ToBytes(note)});
  const tlog::Leaf leaf{Digest{1}, LogIndex(3), tlog::DocumentMark{"policy", 2, Digest{4}}};
  seeds.push_back({"leaf", ToBytes(tlog::LeafText(leaf))});
  seeds.push_back({"note-key", ToBytes(tlog::NoteKeyToText(Partnership().governance().key()))});
  seeds.push_back({"key-file", ToBytes(seal::KeyToText("seal", ByteArray<32>{7}))});
  return seeds;
}

constexpr std::string_view kSmallPolicy = R"(document = "policy"
partnership = "testshire"
version = 1
[roles]
police = "Police"
school = "School"
services = "Services"
[purposes]
care = "Care"
[retentions]
file = "File"
[duty.head]
title = "Head"
at = "school"
[duty.desk]
title = "Desk"
at = "police"
person = true
[deadline.bell]
due = "ready-by"
[deadline.day]
due = "after"
minutes = 1440
[exchange.notice]
version = 1
slots = 8
urgent = true
sections = ["exclusions", "name", "place"]
hold = ["relocated"]
title = "a notice"
consent = "not-required"
concealed = false
[[exchange.notice.claim]]
name = "risk"
source = "name"
words = "graded {}"
values = ["unknown", "high"]
[[profile]]
name = "brief"
senders = ["police.brief"]
[[share]]
rule = "S-1"
exchange = "notice"
from = ["police"]
to = ["school"]
sections = ["*"]
basis = "daa2021-s49a"
purpose = "care"
acknowledge = "bell"
escalation = ["head", "desk"]
retention = "file"
starts = 2026-11-07
ends = 2036-11-07T08:00:00Z
why = "Told."
[[require]]
rule = "R-1"
exchange = "notice"
from = ["police"]
to = ["services"]
when = { risk = ["high"] }
sections = ["name"]
basis = "ca2004-s11"
purpose = "care"
visible-when-withheld = ["place"]
why = "Must."
[[never]]
rule = "N-1"
exchange = "notice"
from = ["police"]
to = ["school"]
profile = ["brief"]
sections = ["place"]
why = "Never."
)";

Seeds Policies() {
  // The shipped one is read by tests of its own, and takes as long as ten of these.
  return {{"small", ToBytes(kSmallPolicy)}};
}

Seeds SignedItems() {
  Seeds seeds;
  const auto add = [&](const std::string& kind, Bytes bytes) {
    seeds.push_back({kind + "-" + std::to_string(seeds.size()), std::move(bytes)});
  };
  for (const SignedReceipt& item : Genuine().receipts)
    add("receipt", wire::EncodeSignedReceipt(item));
  for (const SignedVoid& item : Genuine().voids) add("void", wire::EncodeSignedVoid(item));
  for (const SignedRecall& item : Genuine().recalls) add("recall", wire::EncodeSignedRecall(item));
  for (const SignedStatement& item : Genuine().statements)
    add("statement", wire::EncodeSignedStatement(item));
  for (const SignedLook& item : Genuine().looks) add("look", wire::EncodeSignedLook(item));
  return seeds;
}

Seeds Toml() {
  return {{"policy", ToBytes(kSmallPolicy)},
          {"kinds", ToBytes("a = 1\nb = 0x1F\n'c d' = \"\\u00e9\\n\"\ne.f = [1.5, 2e3]\n"
                            "g = {h = true, i = '''x\ny'''}\nj = 2026-11-22T08:15:00Z\n"
                            "k = 08:15:00\n[l.m]\n[[n]]\n[[n]]\no = []\n")}};
}

}  // namespace

std::vector<Seed> SeedsFor(std::string_view target) {
  static const std::map<std::string_view, std::function<Seeds()>> kMakers = {
      {"content", Content},     {"csv", Csv},
      {"delivery", Deliveries}, {"directory", Directories},
      {"envelope", Envelopes},  {"frame", FrameSeeds},
      {"intake", Intake},       {"json", Json},
      {"note", Notes},          {"policy", Policies},
      {"signed", SignedItems},  {"toml", Toml}};
  return kMakers.at(target)();
}

}  // namespace havenline::fuzz
