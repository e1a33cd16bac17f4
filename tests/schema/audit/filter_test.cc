// Matches(): each field of a filter keeps what it names and nothing else.

#include "schema/audit/filter.h"

#include <vector>

#include <gtest/gtest.h>

namespace havenline::audit {
namespace {

Event Disclosure() {
  Event event;
  event.act = Act::kDisclose;
  event.what = "receipt-not-ours";
  event.at = FromMilliseconds(1000);
  event.message = MessageId({1});
  event.origin = MessageId({2});
  event.exchange = ExchangeName("encompass-notice");
  event.from = AgencyId("police.testshire");
  event.to = AgencyId("school.1");
  event.role = Role("school");
  event.person = Pseudonym("p-1");
  event.rule = "ENC-1+ENC-10";
  event.code = "unable";
  event.released = {"childName"};
  event.withheld = {"adults"};
  return event;
}

// The filter with one thing set.
template <class Value>
Filter With(Value Filter::*field, Value value) {
  Filter filter;
  filter.*field = std::move(value);
  return filter;
}

TEST(FilterTest, NothingAskedIsEverything) {
  EXPECT_TRUE(Matches(Disclosure(), Filter{}));
  EXPECT_TRUE(Matches(Event{}, Filter{}));
}

TEST(FilterTest, WhatItNamesIsKept) {
  using std::optional;
  using std::string;
  const std::vector<Filter> kept = {
      With(&Filter::act, optional(Act::kDisclose)),
      With(&Filter::what, string("receipt-not-ours")),
      With(&Filter::what, string("receipt")),
      With(&Filter::party, optional(AgencyId("police.testshire"))),
      With(&Filter::party, optional(AgencyId("school.1"))),
      With(&Filter::role, optional(Role("school"))),
      With(&Filter::person, optional(Pseudonym("p-1"))),
      With(&Filter::exchange, optional(ExchangeName("encompass-notice"))),
      With(&Filter::section, string("childName")),
      With(&Filter::section, string("adults")),
      With(&Filter::rule, string("ENC-1")),
      With(&Filter::rule, string("ENC-10")),
      With(&Filter::code, string("unable")),
      With(&Filter::message, optional(MessageId({1}))),
      With(&Filter::message, optional(MessageId({2}))),
      With(&Filter::since, optional(FromMilliseconds(1000))),
      With(&Filter::until, optional(FromMilliseconds(1001))),
  };
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_TRUE(Matches(Disclosure(), kept[i])) << i;
    const bool by_time = kept[i].since || kept[i].until;
    EXPECT_EQ(Matches(Event{}, kept[i]), by_time) << i << ": says nothing of it";
  }
}

TEST(FilterTest, WhatItDoesNotNameIsNot) {
  using std::optional;
  using std::string;
  const std::vector<Filter> others = {
      With(&Filter::act, optional(Act::kRefuse)),
      With(&Filter::what, string("rece")),
      With(&Filter::party, optional(AgencyId("school"))),
      With(&Filter::role, optional(Role("police"))),
      With(&Filter::person, optional(Pseudonym("p-10"))),
      With(&Filter::exchange, optional(ExchangeName("dash-referral"))),
      With(&Filter::section, string("child")),
      With(&Filter::rule, string("ENC")),
      With(&Filter::rule, string("ENC-1+ENC-10")),
      With(&Filter::code, string("withheld")),
      With(&Filter::message, optional(MessageId({3}))),
      With(&Filter::since, optional(FromMilliseconds(1001))),
      With(&Filter::until, optional(FromMilliseconds(1000))),
  };
  for (std::size_t i = 0; i < others.size(); ++i)
    EXPECT_FALSE(Matches(Disclosure(), others[i])) << i;
}

TEST(FilterTest, AllThatIsSetMustHold) {
  Filter filter = With(&Filter::section, std::string("adults"));
  filter.act = Act::kDisclose;
  EXPECT_TRUE(Matches(Disclosure(), filter));
  filter.role = Role("police");
  EXPECT_FALSE(Matches(Disclosure(), filter));
}

}  // namespace
}  // namespace havenline::audit
