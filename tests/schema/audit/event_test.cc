// EventsOf: what is taken for a fact, what is refused, and that docs/formats/audit.md has each
// kind. That all parts which the broker makes are of this vocabulary, the store of the broker's
// tests sees to (tests/fakes/fake_store.cc).

#include "schema/audit/event.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "schema/model/limits.h"

namespace havenline::audit {
namespace {

const AgencyId kPolice("police.south-yorkshire");
const AgencyId kSchool("school.106890");
const std::string kId(32, 'a');
const std::string kOther(32, 'b');
const std::string kHash(64, 'c');

// The one text for these members: they are given in order.
std::string Object(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string text = "{";
  for (const auto& [key, value] : members) {
    if (text.size() > 1) text += ',';
    text.append("\"").append(key).append("\":").append(value);
  }
  return text + "}";
}
std::string Quoted(const std::string& text) { return "\"" + text + "\""; }

using Members = std::map<std::string, std::string>;
std::string Part(const Members& members) { return Object({members.begin(), members.end()}); }

Members Start(const std::string& kind) {
  return {{"kind", Quoted(kind)}, {"at", "1700000000000"}, {"v", "1"}};
}
Members With(Members members, const Members& more) {
  for (const auto& [key, value] : more) members[key] = value;
  return members;
}
Members OfMessage(const std::string& kind) {
  return With(Start(kind), {{"message", Quoted(kId)},
                            {"origin", Quoted(kOther)},
                            {"exchange", Quoted("encompass-notice")},
                            {"from", Quoted(kPolice.value())},
                            {"policy", "{\"hash\":" + Quoted(kHash) + ",\"version\":7}"}});
}
Members OfGrant(const std::string& kind) {
  return With(Start(kind), {{"message", Quoted(kId)},
                            {"origin", Quoted(kOther)},
                            {"grant", Quoted(kHash)},
                            {"from", Quoted(kPolice.value())},
                            {"to", Quoted(kSchool.value())},
                            {"role", Quoted("school")}});
}
Members Disclosed() {
  Members members = OfMessage("accepted");
  members.merge(Members{{"grant", Quoted(kHash)},
                        {"to", Quoted(kSchool.value())},
                        {"role", Quoted("school")},
                        {"rule", Quoted("ENC-1+ENC-5")},
                        {"basis", Quoted("daa2021-s49a")},
                        {"released", R"(["childName","risk"])"},
                        {"withheld", R"(["adults"])"}});
  return members;
}
std::string Receipt(const std::string& kind, const std::string& more) {
  return "[{\"digest\":" + Quoted(kHash) + more + ",\"kind\":" + Quoted(kind) +
         ",\"message\":" + Quoted(kId);
}
std::string OneReceipt(const std::string& kind) {
  return Receipt(kind, ",\"grant\":" + Quoted(kHash)) + ",\"origin\":" + Quoted(kOther) +
         R"(,"person":"p-17","role":"school","sender":"police.south-yorkshire",)"
         R"("time":1699999999000}])";
}

std::vector<Event> Read(const AgencyId& party, const std::string& part) {
  const auto events = EventsOf(party, AsBytes(part));
  EXPECT_TRUE(events.has_value()) << events.error().detail;
  return events.value_or(std::vector<Event>{});
}
std::string Refused(const std::string& part) {
  const auto events = EventsOf(kPolice, AsBytes(part));
  EXPECT_FALSE(events.has_value()) << part;
  return events ? "" : events.error().detail;
}

TEST(EventTest, ADisclosureSaysWhoWasGivenWhatWhyAndWhatNot) {
  const auto events = Read(kSchool, Part(Disclosed()));
  ASSERT_EQ(events.size(), 1U);
  const Event& event = events.front();
  EXPECT_EQ(event.act, Act::kDisclose);
  EXPECT_EQ(event.what, "accepted");
  EXPECT_EQ(ToMilliseconds(event.at), 1700000000000);
  EXPECT_EQ(event.from, kPolice);
  EXPECT_EQ(event.to, kSchool);
  EXPECT_EQ(event.role, Role("school"));
  EXPECT_EQ(event.exchange, ExchangeName("encompass-notice"));
  EXPECT_EQ(event.policy, 7U);
  EXPECT_EQ(event.rule, "ENC-1+ENC-5");
  EXPECT_EQ(event.basis, "daa2021-s49a");
  EXPECT_EQ(event.released, (std::vector<std::string>{"childName", "risk"}));
  EXPECT_EQ(event.withheld, (std::vector<std::string>{"adults"}));
}

TEST(EventTest, TheSendersPartIsACollectionAndNamesNoRecipient) {
  Members members = OfMessage("accepted");
  members.merge(Members{{"header", Quoted(kHash)}, {"grants", "2"}, {"debts", "[]"}});
  const auto events = Read(kPolice, Part(members));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events.front().act, Act::kCollect);
  EXPECT_FALSE(events.front().to.has_value());
  members["decided"] = R"(["idva"])";
  EXPECT_EQ(Read(kPolice, Part(members)).size(), 1U);
}

TEST(EventTest, EachPairThatARefusalNamesIsAFactOfItsOwn) {
  Members members = OfMessage("refused");
  members.merge(Members{
      {"header", Quoted(kHash)},
      {"code", Quoted("policy-denies")},
      {"objections", R"([{"role":"school","rule":"ENC-5","section":"adults","to":"school.106890"},)"
                     R"({"role":"housing","rule":"","section":"","to":"council.rotherham"}])"},
      {"objections-in-all", "9"}});
  const auto events = Read(kPolice, Part(members));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].act, Act::kRefuse);
  EXPECT_EQ(events[0].withheld, (std::vector<std::string>{"adults"}));
  EXPECT_EQ(events[1].to, AgencyId("council.rotherham"));
  EXPECT_TRUE(events[1].withheld.empty() && events[1].rule.empty());
  members["objections"] = "[]";
  EXPECT_EQ(Read(kPolice, Part(members)).size(), 1U) << "refused all the same";
}

TEST(EventTest, WhoLookedAndWhenIsInTheReceiptsPart) {
  const Members start = With(Start("receipts"), {{"from", Quoted(kSchool.value())}});
  const auto opened = Read(kPolice, Part(With(start, {{"receipts", OneReceipt("opened")}})));
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened.front().act, Act::kConsult);
  EXPECT_EQ(opened.front().what, "receipt-opened");
  EXPECT_EQ(opened.front().person, Pseudonym("p-17"));
  EXPECT_EQ(ToMilliseconds(*opened.front().signed_at), 1699999999000);
  EXPECT_EQ(opened.front().from, kPolice);
  EXPECT_EQ(opened.front().to, kSchool);
  for (const auto& [kind, act] : std::map<std::string, Act>{{"acknowledged", Act::kDisclose},
                                                            {"told-by-voice", Act::kDisclose},
                                                            {"claims-differ", Act::kDisclose},
                                                            {"not-ours", Act::kRefuse},
                                                            {"unreadable", Act::kRefuse},
                                                            {"withheld", Act::kRefuse},
                                                            {"recalled", Act::kErase}}) {
    const auto events = Read(kSchool, Part(With(start, {{"receipts", OneReceipt(kind)}})));
    ASSERT_EQ(events.size(), 1U) << kind;
    EXPECT_EQ(events.front().act, act) << kind;
  }
  // Many that are stored share a part, which says less of each.
  const std::string two = Receipt("stored", "") + "}," + Receipt("stored", "").substr(1) + "}]";
  const auto stored = Read(kSchool, Part(With(start, {{"receipts", two}})));
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_FALSE(stored[1].from.has_value()) << "the recipient's part has those of many senders";
}

TEST(EventTest, AnEntrysFactsAreMergedFromItsParts) {
  const Members start = With(Start("receipts"), {{"from", Quoted(kSchool.value())}});
  const std::string two = Receipt("stored", "") + "}," +
                          "{\"digest\":" + Quoted(std::string(64, 'd')) +
                          R"(,"kind":"stored","message":)" + Quoted(kOther) + "}]";
  const std::string one = Receipt("stored", "") + "}]";
  const AgencyId unknown;
  auto events = Read(unknown, Part(With(start, {{"receipts", two}})));
  EXPECT_EQ(events.size(), 2U);
  EXPECT_FALSE(events.front().from.has_value()) << "whose part it is is not known";
  const auto of_sender = Read(kPolice, Part(With(start, {{"receipts", one}})));
  events.insert(events.end(), of_sender.begin(), of_sender.end());
  const auto merged = Merged(events);
  ASSERT_EQ(merged.size(), 2U) << "one stands in both parts";
  EXPECT_EQ(merged[0].from, kPolice) << "and the sender's says more";
  EXPECT_FALSE(merged[1].from.has_value());
  std::ranges::reverse(events);
  EXPECT_EQ(Merged(events).size(), 2U) << "in whatever order";
  Event other = merged[0];
  other.to = AgencyId("school.2");
  EXPECT_EQ(Merged({merged[0], other}).size(), 2U);
}

TEST(EventTest, EveryOtherKindIsRead) {
  const std::string head = "{\"epoch\":1,\"root\":" + Quoted(kHash) + ",\"size\":3}";
  Members overdue = With(OfGrant("overdue"), {{"due", "1"}});
  overdue.erase("grant");
  const std::map<std::string, std::pair<Act, Members>> kinds = {
      {"overdue", {Act::kDisclose, overdue}},
      {"released",
       {Act::kDisclose,
        With(OfGrant("released"), {{"because", Quoted("unacknowledged")}, {"by", "2"}})}},
      {"released for its sender",
       {Act::kDisclose,
        With(OfGrant("released"), {{"because", Quoted("unable")}, {"watched", Quoted(kHash)}})}},
      {"stood-down", {Act::kDisclose, OfGrant("stood-down")}},
      {"undeliverable",
       {Act::kRefuse,
        With(Start("undeliverable"),
             {{"code", Quoted("recipient-suspended")},
              {"epoch", "1"},
              {"from", Quoted(kPolice.value())},
              {"grants", "[{\"grant\":" + Quoted(kHash) +
                             ",\"may-arrive\":true,\"message\":" + Quoted(kId) + "}]"},
              {"index", "12"},
              {"to", Quoted(kSchool.value())}})}},
      {"void",
       {Act::kAdmin, With(Start("void"), {{"from", Quoted(kPolice.value())},
                                          {"to", Quoted(kSchool.value())},
                                          {"digest", Quoted(kHash)}})}},
      {"statement",
       {Act::kAdmin,
        With(Start("statement"),
             {{"agency", Quoted(kPolice.value())}, {"counter", "4"}, {"digest", Quoted(kHash)}})}},
      {"invalid",
       {Act::kRefuse, With(Start("invalid"), {{"host", Quoted("host.police")},
                                              {"code", Quoted("malformed")},
                                              {"items", "3"},
                                              {"since", "5"}})}},
      {"looked",
       {Act::kConsult, With(Start("looked"), {{"agency", Quoted("audit.testshire")},
                                              {"count", "512"},
                                              {"epoch", "1"},
                                              {"first", "0"},
                                              {"key", Quoted(std::string(16, 'e'))},
                                              {"person", Quoted("p-1")},
                                              {"reason", Quoted("subject-request")},
                                              {"role", Quoted("auditor")},
                                              {"rule", Quoted("AUD-1")},
                                              {"signature", Quoted(std::string(128, 'f'))},
                                              {"time", "3"}})}},
      {"opened",
       {Act::kAdmin, With(Start("opened"), {{"epoch", "2"},
                                            {"found", Quoted("the store is behind its mark")},
                                            {"mark", head},
                                            {"store", head},
                                            {"shown", "[" + head + "]"}})}},
      {"reconciled",
       {Act::kAdmin,
        With(Start("reconciled"), {{"agency", Quoted(kPolice.value())}, {"epoch", "2"}})}},
  };
  for (const auto& [name, expected] : kinds) {
    const auto events = Read(kPolice, Part(expected.second));
    ASSERT_EQ(events.size(), 1U) << name;
    EXPECT_EQ(events.front().act, expected.first) << name;
    EXPECT_TRUE(name.starts_with(events.front().what)) << name;
  }
}

TEST(EventTest, AFieldTooFewOrTooManyOrOfAnotherFormIsRefusedByItsName) {
  const Members good = Disclosed();
  for (const auto& [key, value] : good) {
    Members less = good;
    less.erase(key);
    EXPECT_NE(Refused(Part(less)), "") << key;
    EXPECT_NE(Refused(Part(With(good, {{key, "true"}}))), "") << key;
  }
  EXPECT_NE(Refused(Part(With(good, {{"surname", Quoted("Testcase")}}))).find("surname"),
            std::string::npos);
  EXPECT_EQ(Refused(Part(With(good, {{"surname", Quoted("Testcase")}}))).find("Testcase"),
            std::string::npos);
  EXPECT_NE(Refused(Part(With(good, {{"v", "2"}}))).find("no later vocabulary"), std::string::npos);
  EXPECT_NE(Refused(Part(With(good, {{"kind", Quoted("rewritten")}}))), "");
  EXPECT_NE(Refused(Part(With(good, {{"grant", Quoted(std::string(64, 'C'))}}))), "");
  EXPECT_NE(Refused(Part(With(good, {{"at", "1.5"}}))), "") << "no real is canonical";
  EXPECT_NE(Refused(" " + Part(good)), "");
  EXPECT_NE(Refused("[]"), "");
  EXPECT_NE(Refused(Part(With(good, {{"basis", Quoted(std::string(4096, 'x'))}}))), "");
}

// With every name as long as a name may be, of 32 sections as long as those of an exchange may be
// together. Larger ones would stop the broker, which CHECKs.
TEST(EventTest, TheLongestPartsFitTheirLimit) {
  const std::string name = Quoted(std::string(limits::kNameBytesMax, 'n'));
  const std::string count = "9223372036854775807";
  const auto list = [](std::size_t items, std::size_t bytes) {
    std::string text = "[";
    for (std::size_t i = 0; i < items; ++i)
      text += (i == 0 ? "" : ",") + Quoted(std::string(bytes / items, 's'));
    return text + "]";
  };
  const std::string sections = list(limits::kSectionsMax, limits::kSectionNamesBytesMax);
  const auto longest = [&](const std::string& kind) {
    return With(OfMessage(kind),
                {{"exchange", name},
                 {"from", name},
                 {"at", count},
                 {"policy", "{\"hash\":" + Quoted(kHash) + ",\"version\":" + count + "}"}});
  };
  std::string objections = "[";
  for (int i = 0; i < 8; ++i)
    objections.append(i == 0 ? "" : ",")
        .append("{\"role\":" + name + ",\"rule\":" + name + ",\"section\":" + name)
        .append(",\"to\":" + name + "}");
  std::string stored = "[";
  for (std::size_t i = 0; i < limits::kReceiptsPerEntryMax; ++i)
    stored += (i == 0 ? "" : ",") + Receipt("stored", "").substr(1) + "}";
  std::string grants = "[";
  for (std::size_t i = 0; i < limits::kReceiptsPerEntryMax; ++i)
    grants.append(i == 0 ? "" : ",")
        .append("{\"grant\":" + Quoted(kHash) + ",\"may-arrive\":false,\"message\":" + Quoted(kId))
        .append("}");
  const std::map<std::string, Members> parts = {
      {"grant", With(longest("accepted"), {{"grant", Quoted(kHash)},
                                           {"to", name},
                                           {"role", name},
                                           {"rule", name},
                                           {"basis", name},
                                           {"released", sections},
                                           {"withheld", "[]"}})},
      {"sender", With(longest("accepted"), {{"header", Quoted(kHash)},
                                            {"grants", "63"},
                                            {"debts", list(22, 2048)},
                                            {"decided", "[]"}})},
      {"refused", With(longest("refused"), {{"header", Quoted(kHash)},
                                            {"code", Quoted("policy-denies")},
                                            {"objections", objections + "]"},
                                            {"objections-in-all", count}})},
      {"stored", With(Start("receipts"), {{"from", name}, {"receipts", stored + "]"}})},
      {"undeliverable", With(Start("undeliverable"), {{"code", Quoted("recipient-suspended")},
                                                      {"epoch", count},
                                                      {"from", name},
                                                      {"grants", grants + "]"},
                                                      {"index", count},
                                                      {"to", name}})},
  };
  for (const auto& [what, members] : parts) {
    const std::string part = Part(members);
    EXPECT_LE(part.size(), limits::kPartBytesMax) << what;
    EXPECT_FALSE(Read(kPolice, part).empty()) << what;
  }
}

TEST(EventTest, TheVocabularysPageHasEachActAndEachKind) {
  std::ifstream file(std::string(HAVENLINE_SOURCE) + "/docs/formats/audit.md");
  std::set<std::string> acts;
  std::set<std::string> kinds;
  std::set<std::string>* in = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line == "## Acts") in = &acts;
    if (line == "## Parts") in = &kinds;
    if (in != nullptr && line.starts_with("| `")) in->insert(line.substr(3, line.find('`', 3) - 3));
  }
  std::set<std::string> known_acts;
  for (int i = 0; i <= static_cast<int>(Act::kAdmin); ++i) {
    known_acts.insert(std::string(NameOf(static_cast<Act>(i))));
    EXPECT_EQ(ActNamed(NameOf(static_cast<Act>(i))), static_cast<Act>(i));
  }
  EXPECT_EQ(ActNamed("forget"), std::nullopt);
  EXPECT_EQ(acts, known_acts);
  const auto all = PartKinds();
  EXPECT_EQ(kinds, std::set<std::string>(all.begin(), all.end()));
}

}  // namespace
}  // namespace havenline::audit
