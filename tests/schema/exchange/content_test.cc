// Content: from values to the bytes of a section and back, and what is refused on each way.

#include "schema/exchange/content.h"

#include <capnp/serialize.h>

#include <gtest/gtest.h>

#include "schema/exchange/encompass_notice.capnp.h"
#include "schema/model/limits.h"
#include "schema/text/json.h"
#include "schema/wire/message.h"

namespace havenline::exchange {
namespace {

using text::Value;

constexpr std::string_view kNotice = R"({
  "exclusions": {"agencies": ["school.100002"], "hosts": ["desk.example"],
                 "persons": [{"name": {"given": "Alex", "family": "Testcase"},
                              "birth": "1984-02-29", "works": "Example Primary School"}]},
  "childName": {"given": "Jessie", "family": "Testcase", "alias": "J\u00e9ss"},
  "childBirth": "2015-03-04",
  "establishment": {"urn": "100001", "name": "Example Primary School"},
  "reference": {"force": "police.testshire", "incident": "T-2026-000123"},
  "incidentTime": {"utc": 1792893600000, "local": "2026-10-25 01:30", "zone": "Europe/London",
                   "ambiguous": true, "nonexistent": true},
  "location": "1 Example Street, ZZ99 3VZ",
  "presence": {"presence": "present", "where": "Upstairs, asleep"},
  "childPart": "household",
  "voiceOfChild": {"spokenTo": "yes", "words": "\"I heard it\"\nand nothing more", "with": "Nan"},
  "welfareCheck": {"made": "no", "note": "Asleep"},
  "circumstances": "Words for a test.",
  "otherSafeguarding": {"childrensServices": "yes", "note": "Told at 02:00"},
  "collection": [{"who": "Alex Testcase", "relationship": "uncle", "order": "bail"}],
  "handling": {"instruction": "Speak to nobody else", "doNotApproachParents": true,
               "forInformationOnly": true},
  "risk": {"grade": "high", "tool": "DASH 2009"},
  "adults": [{"name": {"given": "Sam", "family": "Testcase"}, "part": "victim",
              "relationship": "parent"}, {}],
  "identifiers": {"upn": "B801200005001", "nhsNumber": "9434765919"},
  "childAddress": "2 Example Street, ZZ99 3VZ",
  "origin": {"unit": "Safeguarding desk", "contact": "01632 960001", "basis": "daa2021-s49a"}
})";

const ExchangeType& Notice() { return *FindExchange(ExchangeName("encompass-notice")); }

Value Json(std::string_view json) {
  auto value = text::ParseJson(json, "test");
  EXPECT_TRUE(value.has_value()) << value.error().detail;
  return value ? *value : Value();
}

std::string RefusedAs(const std::string& section, const Value& value) {
  const auto bytes = EncodeSection(Notice(), section, value);
  if (bytes) return "taken";
  EXPECT_EQ(bytes.error().code, FaultCode::kInvalid);
  return bytes.error().detail;
}
std::string RefusedJson(const std::string& section, std::string_view json) {
  return RefusedAs(section, Json(json));
}

TEST(ContentTest, AWholeNoticeIsReadBackAsItWasWritten) {
  const Value notice = Json(kNotice);
  ASSERT_EQ(notice.members().size(), Notice().sections.size()) << "the sample has every section";
  Value read = Value::Map();
  for (const Field& section : Notice().sections) {
    const auto bytes = EncodeSection(Notice(), section.name, *notice.Find(section.name));
    ASSERT_TRUE(bytes.has_value()) << bytes.error().detail;
    EXPECT_LE(bytes->size(), limits::kSectionBytesMax);
    auto value = DecodeSection(Notice(), section.name, *bytes);
    ASSERT_TRUE(value.has_value()) << value.error().detail;
    read.Set(section.name, *std::move(value));
  }
  EXPECT_EQ(read, notice);
  EXPECT_EQ(Json(text::ToJson(read)), notice);
}

TEST(ContentTest, WhatIsLeftOutIsNotStated) {
  for (const Field& section : Notice().sections) {
    const auto bytes = EncodeSection(Notice(), section.name, Value());
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(DecodeSection(Notice(), section.name, *bytes), Value()) << section.name;
  }
  const auto empty = EncodeSection(Notice(), "childName", Json("{}"));
  EXPECT_EQ(DecodeSection(Notice(), "childName", *empty), Json("{}"));
  const auto unknown = EncodeSection(Notice(), "risk", Json(R"({"grade":"unknown","tool":null})"));
  EXPECT_EQ(DecodeSection(Notice(), "risk", *unknown), Json("{}"));
}

TEST(ContentTest, AValueOfAnotherKindIsRefusedByItsPath) {
  EXPECT_EQ(RefusedJson("childName", R"("Jessie")"), "childName must be a table");
  EXPECT_EQ(RefusedJson("childName", R"({"given": 1})"), "childName.given must be text");
  EXPECT_EQ(RefusedJson("childBirth", "20150304"), "childBirth must be text");
  EXPECT_EQ(RefusedJson("incidentTime", R"({"utc": "1"})"),
            "incidentTime.utc must be a whole number");
  EXPECT_EQ(RefusedJson("incidentTime", R"({"ambiguous": 1})"),
            "incidentTime.ambiguous must be true or false");
  EXPECT_EQ(RefusedJson("collection", "{}"), "collection must be a list");
  EXPECT_EQ(RefusedJson("collection", R"([{}, "x"])"), "collection[2] must be a table");
  EXPECT_EQ(RefusedJson("exclusions", R"({"agencies": [1]})"),
            "exclusions.agencies[1] must be text");
  EXPECT_EQ(RefusedJson("exclusions", R"({"persons": [{"name": {"given": true}}]})"),
            "exclusions.persons[1].name.given must be text");
}

TEST(ContentTest, AFieldThatIsNotThereIsRefused) {
  EXPECT_EQ(RefusedJson("childName", R"({"givn": "x"})"),
            "childName.givn is not known; did you mean given?");
  EXPECT_EQ(RefusedJson("childPart", R"("suspect")"),
            "childPart must be one of: unknown, household, victim, allegedSuspect, unborn");
}

TEST(ContentTest, AFormatIsHeld) {
  EXPECT_EQ(RefusedJson("childBirth", R"("2015-02-30")"), "childBirth is not a date");
  EXPECT_EQ(RefusedJson("establishment", R"({"urn": "001"})"), "establishment.urn is not a urn");
  EXPECT_EQ(RefusedJson("identifiers", R"({"upn": "B801200005002"})"),
            "identifiers.upn is not a upn");
  EXPECT_EQ(RefusedJson("incidentTime", R"({"local": "2026-10-25"})"),
            "incidentTime.local is not a local-time");
  EXPECT_EQ(RefusedJson("incidentTime", R"({"utc": -1})"), "incidentTime.utc is not a utc");
  EXPECT_EQ(RefusedJson("childBirth", R"("")"), "taken") << "an empty text is none";
}

TEST(ContentTest, EveryLengthIsHeldOnBothWays) {
  const std::string longest(300, 'x');
  const auto bytes = EncodeSection(Notice(), "location", longest);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(DecodeSection(Notice(), "location", *bytes), Value(longest));
  EXPECT_EQ(RefusedAs("location", Value(longest + "x")), "location is too long: at most 300 bytes");
  // Bytes count, not letters.
  std::string accents;
  for (int i = 0; i < 151; ++i) accents += "\u00e9";
  EXPECT_EQ(RefusedAs("location", Value(accents)), "location is too long: at most 300 bytes");
  Value list = Value::List();
  for (int i = 0; i < 10; ++i) list.Add(Value::Map());
  EXPECT_TRUE(EncodeSection(Notice(), "adults", list).has_value());
  EXPECT_EQ(RefusedAs("adults", list.Add(Value::Map())), "adults has too many items: at most 10");
  EXPECT_EQ(
      RefusedAs("exclusions", Value::Map().Set("hosts", Value::List().Add(std::string(97, 'h')))),
      "exclusions.hosts[1] is too long");
}

// Cap'n Proto's writers stop at a NUL: the rest would be lost without a word.
TEST(ContentTest, NoTextHasANul) {
  using std::string_literals::operator""s;
  EXPECT_EQ(RefusedAs("circumstances", Value("seen\0and well"s)),
            "circumstances contains a NUL character");
  EXPECT_EQ(RefusedJson("circumstances", R"("seen\u0000and well")"),
            "circumstances contains a NUL character");
  EXPECT_EQ(RefusedJson("exclusions", R"({"agencies": ["school.1\u0000"]})"),
            "exclusions.agencies[1] contains a NUL character");
}

TEST(ContentTest, AFaultNeverSaysWhatTheFieldHeld) {
  for (const auto& [section, json] : std::vector<std::pair<std::string, std::string>>{
           {"childName", R"({"Jessie Testcase": "x"})"},
           {"childBirth", R"("Jessie Testcase")"},
           {"childPart", R"("Jessie Testcase")"},
           {"risk", R"({"grade": "Jessie Testcase"})"},
           {"establishment", R"({"urn": "Jessie"})"}}) {
    const std::string fault = RefusedJson(section, json);
    EXPECT_NE(fault, "taken");
    EXPECT_EQ(fault.find("Jessie"), std::string::npos) << fault;
  }
}

// --- bytes that our own writer does not make

class HostileContentTest : public ::testing::Test {
 public:
  ~HostileContentTest() noexcept override = default;

 protected:
  std::string Refused(const std::string& section) { return RefusedBytes(section, Encoded()); }
  Bytes Encoded() { return wire::ToSingleSegment(message_); }
  static std::string RefusedBytes(const std::string& section, ByteView bytes) {
    const auto value = DecodeSection(Notice(), section, bytes);
    if (value) return "taken";
    EXPECT_EQ(value.error().code, FaultCode::kCorrupt);
    return value.error().detail;
  }

  capnp::MallocMessageBuilder message_;
  raw::EncompassNotice::Builder notice_ = message_.initRoot<raw::EncompassNotice>();
};

// What policy shares as the name is not where the address may hide.
TEST_F(HostileContentTest, ASectionCarriesNoOther) {
  notice_.initChildName().setGiven("Jessie");
  notice_.setChildAddress("2 Example Street");
  EXPECT_EQ(Refused("childName"), "childName carries another section");
  EXPECT_EQ(Refused("childAddress"), "childAddress carries another section");
  EXPECT_EQ(Refused("risk"), "risk carries another section");
}

TEST_F(HostileContentTest, AnEnumerationOutOfRangeIsNotGuessed) {
  notice_.setChildPart(static_cast<raw::ChildPart>(5));
  EXPECT_EQ(Refused("childPart"), "childPart is a choice that this version does not know");
}

TEST_F(HostileContentTest, LengthsAndFormatsAreHeldWhoeverWrote) {
  notice_.setLocation(std::string(301, 'x'));
  EXPECT_EQ(Refused("location"), "location is too long: at most 300 bytes");
  notice_.disownLocation();
  notice_.initAdults(11);
  EXPECT_EQ(Refused("adults"), "adults has too many items");
  notice_.disownAdults();
  notice_.setChildBirth("yesterday");
  EXPECT_EQ(Refused("childBirth"), "childBirth is not a date");
  notice_.disownChildBirth();
  notice_.initIncidentTime().setUtc(INT64_MAX);
  EXPECT_EQ(Refused("incidentTime"), "incidentTime.utc is not a utc");
  notice_.disownIncidentTime();
  notice_.setCircumstances("\xFF\xFE");
  EXPECT_NE(Refused("circumstances"), "taken");
  notice_.disownCircumstances();
  notice_.initExclusions().initAgencies(1).set(0, std::string(97, 'a'));
  EXPECT_NE(Refused("exclusions"), "taken");
}

TEST_F(HostileContentTest, AllBytesAreTheMessagesAndNoMoreThanASection) {
  notice_.setLocation("x");
  Bytes bytes = Encoded();
  bytes.resize(bytes.size() + 8);
  EXPECT_NE(RefusedBytes("location", bytes), "taken");
  EXPECT_NE(RefusedBytes("location", {}), "taken");
  EXPECT_NE(RefusedBytes("location", Bytes(limits::kSectionBytesMax + 8)), "taken");
  bytes = Encoded();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(RefusedBytes("location", ByteView(bytes).first(size)), "taken") << size;
}

// Each byte of each section of a whole notice, damaged: refused, or read as what can be written.
TEST(DamagedContentTest, EndsInAFaultOrInContentThatHoldsItsLimits) {
  const Value notice = Json(kNotice);
  int refused = 0;
  int read = 0;
  for (const auto& [section, value] : notice.members()) {
    const Bytes good = *EncodeSection(Notice(), section, value);
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
        Bytes bad = good;
        bad[at] = static_cast<std::uint8_t>(bad[at] ^ change);
        const auto decoded = DecodeSection(Notice(), section, bad);
        ++(decoded ? read : refused);
        if (!decoded) {
          EXPECT_EQ(decoded.error().code, FaultCode::kCorrupt);
        } else {
          const auto again = EncodeSection(Notice(), section, *decoded);
          ASSERT_TRUE(again.has_value()) << section << " " << at << " " << again.error().detail;
          EXPECT_EQ(DecodeSection(Notice(), section, *again), *decoded);
        }
      }
    }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(read, 1000);
}

// --- claims

using Claims = std::map<std::string, std::string>;

TEST(ClaimsTest, EachClaimHasAValueTheFirstWhereItIsLeftOut) {
  EXPECT_EQ(ClaimsOf(Notice(), {}), (Claims{{"childPart", "unknown"}, {"risk", "unknown"}}));
  EXPECT_EQ(ClaimsOf(Notice(), {{"childPart", Value("victim")}, {"risk", Json("{}")}}),
            (Claims{{"childPart", "victim"}, {"risk", "unknown"}}));
  EXPECT_EQ(ClaimsOf(Notice(), {{"childPart", Value()}, {"risk", Json(R"({"grade":"high"})")}}),
            (Claims{{"childPart", "unknown"}, {"risk", "high"}}));
}

TEST(ClaimsTest, AValueOfAnotherKindClaimsNothing) {
  EXPECT_EQ(ClaimsOf(Notice(), {{"childPart", Value(1)}, {"risk", Value("high")}}),
            (Claims{{"childPart", "unknown"}, {"risk", "unknown"}}));
}

// Sender and recipient make the claims from the same content: one from what was given, one from
// what was read.
TEST(ClaimsTest, AreTheSameBeforeAndAfterSealing) {
  for (const char* const grade : {"unknown", "standard", "medium", "high"}) {
    const std::map<std::string, Value> given = {{"risk", Value::Map().Set("grade", grade)},
                                                {"childPart", Value("unborn")}};
    std::map<std::string, Value> read;
    for (const auto& [section, value] : given)
      read[section] = *DecodeSection(Notice(), section, *EncodeSection(Notice(), section, value));
    EXPECT_EQ(ClaimsOf(Notice(), read), ClaimsOf(Notice(), given)) << grade;
  }
}

}  // namespace
}  // namespace havenline::exchange
