#include "deploy/havenline/bench_notice.h"

#include <algorithm>
#include <array>

#include "deploy/havenline/bench_board.h"
#include "schema/base/check.h"
#include "schema/directory/suspension.h"
#include "schema/exchange/content.h"
#include "schema/exchange/exchange_type.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/text/json.h"
#include "schema/text/toml.h"

namespace havenline::bench {
namespace {

using text::Value;

constexpr const char* kNotice = "encompass-notice";
constexpr const char* kOneSection = "one-section";
constexpr const char* kBeside = "one-section-beside";
constexpr const char* kPayload = "payload";
constexpr auto kAcknowledgeWithin = std::chrono::hours(12);

// As long as a night's notices are; of nobody.
constexpr std::string_view kContent = R"({
  "childName": {"given": "Jessie", "family": "Testcase"},
  "childBirth": "2015-03-04",
  "establishment": {"urn": "106890", "name": "Oak Hill Primary School"},
  "reference": {"force": "South Yorkshire Police", "incident": "SY/2026/000123"},
  "incidentTime": {"utc": 1767135900000, "local": "2025-12-30 23:05", "zone": "Europe/London"},
  "location": "1 Example Street, Testham, ZZ99 3VZ",
  "presence": {"presence": "present", "where": "upstairs, in bed"},
  "childPart": "household",
  "voiceOfChild": {"spokenTo": "yes",
                   "words": "Said that there had been shouting, and that it was loud."},
  "welfareCheck": {"made": "yes",
                   "note": "Seen, unhurt, went back to sleep before officers left."},
  "circumstances": "Shouting heard by a neighbour at about eleven. A door was damaged. )"
                                      R"(One adult had left before officers came and was found )"
                                      R"(nearby. A younger child slept through it elsewhere.",
  "otherSafeguarding": {"childrensServices": "yes", "note": "Told at 01:10 by telephone."},
  "collection": [{"who": "Alex Testcase", "relationship": "parent's former partner",
                  "order": "bail, not to contact"}],
  "handling": {"instruction": "Quiet support; the family knows that school is told.",
               "doNotApproachParents": true},
  "risk": {"grade": "medium", "tool": "DASH 2009"},
  "adults": [{"name": {"given": "Alex", "family": "Testcase"}, "part": "suspect",
              "relationship": "parent's former partner"}],
  "childAddress": "1 Example Street, Testham, ZZ99 3VZ",
  "origin": {"unit": "Safeguarding Desk", "contact": "01632 960001", "basis": "daa2021-s49a"}
})";

// What the statutory notice tells a school, as policy/partnerships/rotherham has it.
constexpr std::array kToldToSchools = {
    "childName",         "childBirth", "establishment", "reference",    "incidentTime",
    "presence",          "childPart",  "voiceOfChild",  "welfareCheck", "circumstances",
    "otherSafeguarding", "collection", "handling",      "risk",         "origin"};

template <class Names>
Value List(const Names& names) {
  Value list = Value::List();
  for (const auto& name : names) list.Add(std::string(name));
  return list;
}

Value ShareRule(const char* id, const char* exchange, Value sections) {
  return Value::Map()
      .Set("rule", id)
      .Set("exchange", exchange)
      .Set("from", Value::List().Add("police"))
      .Set("to", Value::List().Add(kRecipientRole))
      .Set("sections", std::move(sections))
      .Set("basis", "daa2021-s49a")
      .Set("purpose", "measuring")
      .Set("acknowledge", "within-hours")
      .Set("why", "What is measured with is about nobody.");
}

const exchange::ExchangeType& Notice() {
  const exchange::ExchangeType* const type = exchange::FindExchange(ExchangeName(kNotice));
  CHECK(type != nullptr);
  return *type;
}

Value ExchangeTable(std::uint16_t version, std::size_t recipients, bool urgent, Value sections) {
  // One slot is the sender's own.
  return Value::Map()
      .Set("version", version)
      .Set("slots", recipients < 8 ? 8 : 16)
      .Set("urgent", urgent)
      .Set("consent", "not-required")
      .Set("sections", std::move(sections));
}

Result<Content> NoticeContent(const AgencyId& sender) {
  const exchange::ExchangeType& type = Notice();
  ASSIGN_OR_RETURN(const Value values, text::ParseJson(kContent, "the notice"));
  Content content{sender, Role("police"), type.name, type.version, {}, {}};
  std::map<std::string, Value> by_section;
  for (const std::string& section : type.SectionNames()) {
    const Value* const value = values.Find(section);
    if (value != nullptr) by_section[section] = *value;
    ASSIGN_OR_RETURN(content.sections[section],
                     exchange::EncodeSection(type, section, value != nullptr ? *value : Value()));
  }
  content.claims = exchange::ClaimsOf(type, by_section);
  return content;
}

Content OneSection(const AgencyId& sender, const Messages& messages, seal::RandomSource& random) {
  Bytes payload(messages.section_bytes.value_or(0));
  random.Fill(payload);
  return {sender,
          Role("police"),
          ExchangeName(messages.beside ? kBeside : kOneSection),
          1,
          {{"exclusions", Bytes()}, {kPayload, std::move(payload)}},
          {}};
}

}  // namespace

std::string PolicyText(const Shape& shape) {
  const exchange::ExchangeType& type = Notice();
  const auto table = [&](std::uint16_t version, bool urgent, Value sections) {
    return ExchangeTable(version, shape.recipients, urgent, std::move(sections));
  };
  const bool urgent = !shape.normal_lane;
  const Value one_section = List(std::array{"exclusions", kPayload});
  Value claims = Value::List();
  for (const exchange::ClaimSource& claim : type.claims) {
    Value values = Value::List();
    for (const exchange::Choice& choice : claim.values) values.Add(choice.name);
    claims.Add(
        Value::Map()
            .Set("name", claim.name)
            .Set("source", claim.field.empty() ? claim.section : claim.section + "." + claim.field)
            .Set("values", std::move(values)));
  }
  Value unshared = Value::List();
  for (const std::string& section : type.SectionNames()) {
    if (section != "exclusions" &&
        std::ranges::find(kToldToSchools, section) == kToldToSchools.end())
      unshared.Add(section);
  }
  return text::ToToml(
      Value::Map()
          .Set("document", "policy")
          .Set("partnership", kPartnership)
          .Set("version", 1)
          .Set("roles", Value::Map().Set("police", "Sender").Set(kRecipientRole, "Recipient"))
          .Set("purposes", Value::Map().Set("measuring", "To measure a broker"))
          .Set("deadline", Value::Map().Set("within-hours",
                                            Value::Map().Set("due", "after").Set("minutes", 720)))
          .Set("exchange", Value::Map()
                               .Set(kNotice, table(type.version, urgent, List(type.SectionNames()))
                                                 .Set("unshared", std::move(unshared))
                                                 .Set("claim", std::move(claims)))
                               .Set(kOneSection, table(1, urgent, one_section))
                               .Set(kBeside, table(1, false, one_section)))
          .Set("share", Value::List()
                            .Add(ShareRule("BENCH-1", kNotice, List(kToldToSchools)))
                            .Add(ShareRule("BENCH-2", kOneSection, List(std::array{kPayload})))
                            .Add(ShareRule("BENCH-3", kBeside, List(std::array{kPayload})))));
}

// The last four random bytes of the id are the message's number, the one before them the sender's.
std::optional<Place> PlaceOf(const MessageId& id) {
  const ByteView bytes(id.value());
  const Place place{bytes[11], ReadU32(bytes.subspan(12))};
  return place.sender < kSendersMax ? std::optional(place) : std::nullopt;
}

NoticeMaker::NoticeMaker(const LoadedPartnership& partnership, std::size_t sender,
                         std::size_t among, Content content, seal::RandomSource& random)
    : partnership_(partnership),
      sender_(sender),
      among_(among > 0 ? among : partnership.recipients.size()),
      content_(std::move(content)),
      random_(random),
      series_(ReadU64(random.Array<8>())) {
  for (const HostLink& link : partnership.recipients) {
    for (const Party& party : link.parties)
      recipients_.push_back({party.agency, Role(kRecipientRole)});
  }
}

Result<NoticeMaker> NoticeMaker::Make(const LoadedPartnership& partnership, std::size_t sender,
                                      const Messages& messages, seal::RandomSource& random) {
  const AgencyId& agency = partnership.senders.at(sender).parties.front().agency;
  if (messages.section_bytes)
    return NoticeMaker(partnership, sender, messages.among, OneSection(agency, messages, random),
                       random);
  ASSIGN_OR_RETURN(Content content, NoticeContent(agency));
  return NoticeMaker(partnership, sender, messages.among, std::move(content), random);
}

Result<Bytes> NoticeMaker::Next() {
  const TimePoint now = SystemClock().Now();
  auto tail = random_.Array<10>();
  Bytes place{static_cast<std::uint8_t>(sender_)};
  const std::uint64_t number = made_++;
  AppendU32(place, static_cast<std::uint32_t>(number));
  std::ranges::copy(place, tail.begin() + 5);
  const MessageId id = MakeMessageId(now, tail);
  const SuspensionBook suspensions;
  const SenderView view{partnership_.directory, partnership_.policy, partnership_.statements,
                        suspensions, LogHead()};
  const ComposeTools tools{partnership_.senders.at(sender_).parties.front().key, random_,
                           [this](const AgencyId&, Lane) {
                             return SeriesNumber{series_, made_};
                           },
                           [](const policy::Deadline&, const AgencyId&, TimePoint at) {
                             return std::optional<TimePoint>(at + kAcknowledgeWithin);
                           }};
  const std::vector<Recipient> to = partnership_.shape.crowd > 0
                                        ? std::vector{recipients_.at(HostOfMessage(number, among_))}
                                        : recipients_;
  ASSIGN_OR_RETURN(Composed composed, Compose({content_, to, id, id, now}, view, tools));
  if (composed.granted.size() != to.size())
    return Fail(FaultCode::kInvalid, "the policy of the measurement leaves somebody out");
  return std::move(composed.bytes);
}

}  // namespace havenline::bench
