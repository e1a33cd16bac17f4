// What an Operation Encompass notice can say: the published full list, and what protects the child
// in it.

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "schema/exchange/exchange_type.h"
#include "schema/exchange/formats.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"

namespace havenline::exchange {
namespace {

class EncompassNoticeTest : public ::testing::Test {
 protected:
  const Field& Section(const std::string& name) const {
    const Field* const section = type_->FindSection(name);
    EXPECT_NE(section, nullptr) << name;
    return *section;
  }
  // All fields as "section.field", with their formats.
  std::set<std::string> Paths() const {
    std::set<std::string> paths;
    for (const Field& section : type_->sections) {
      paths.insert(section.name);
      for (const Field& field : section.fields) paths.insert(section.name + "." + field.name);
    }
    return paths;
  }

  const ExchangeType* const type_ = FindExchange(ExchangeName("encompass-notice"));
};

TEST_F(EncompassNoticeTest, IsKnownByItsName) {
  ASSERT_NE(type_, nullptr);
  EXPECT_EQ(type_->version, 1);
  EXPECT_EQ(FindExchange(ExchangeName("encompass")), nullptr);
  EXPECT_EQ(FindExchange(ExchangeName()), nullptr);
  EXPECT_EQ(type_->FindSection("childname"), nullptr);
}

// Operation Encompass's own list, and what forces add to it.
TEST_F(EncompassNoticeTest, SaysAllOfThePublishedFullList) {
  const auto paths = Paths();
  for (const char* const path : {"childName.given",
                                 "childName.family",
                                 "childName.alias",
                                 "childBirth",
                                 "establishment.urn",
                                 "establishment.name",
                                 "reference.force",
                                 "reference.incident",
                                 "incidentTime.utc",
                                 "incidentTime.local",
                                 "incidentTime.zone",
                                 "incidentTime.ambiguous",
                                 "incidentTime.nonexistent",
                                 "location",
                                 "presence.presence",
                                 "presence.where",
                                 "childPart",
                                 "voiceOfChild.spokenTo",
                                 "voiceOfChild.words",
                                 "voiceOfChild.with",
                                 "welfareCheck.made",
                                 "welfareCheck.note",
                                 "circumstances",
                                 "otherSafeguarding.childrensServices",
                                 "otherSafeguarding.note",
                                 "collection.who",
                                 "collection.relationship",
                                 "collection.order",
                                 "handling.instruction",
                                 "handling.doNotApproachParents",
                                 "handling.forInformationOnly",
                                 "risk.grade",
                                 "risk.tool",
                                 "adults.name",
                                 "adults.part",
                                 "adults.relationship",
                                 "identifiers.upn",
                                 "identifiers.nhsNumber",
                                 "childAddress",
                                 "origin.unit",
                                 "origin.contact",
                                 "origin.basis",
                                 "exclusions.agencies",
                                 "exclusions.hosts",
                                 "exclusions.persons"})
    EXPECT_TRUE(paths.contains(path)) << path;
}

TEST_F(EncompassNoticeTest, TheExclusionsComeFirstAndAllSectionsFit) {
  EXPECT_EQ(type_->sections.front().name, "exclusions");
  EXPECT_LE(type_->sections.size(), limits::kSectionsMax);
  std::size_t bytes = 0;
  for (const std::string& name : type_->SectionNames()) {
    EXPECT_TRUE(IsName(name)) << name;
    bytes += name.size();
  }
  EXPECT_LE(bytes, limits::kSectionNamesBytesMax);
}

TEST_F(EncompassNoticeTest, WhatCanLeadAnAbuserToSomeoneIsMarkedToxic) {
  std::set<std::string> toxic;
  for (const Field& section : type_->sections)
    if (section.sensitivity == Sensitivity::kToxic) toxic.insert(section.name);
  EXPECT_EQ(toxic, (std::set<std::string>{"exclusions", "location", "adults", "childAddress"}));
  for (const char* const name : {"childName", "childBirth", "voiceOfChild", "circumstances", "risk",
                                 "collection", "identifiers", "otherSafeguarding"})
    EXPECT_EQ(Section(name).sensitivity, Sensitivity::kRestricted) << name;
}

TEST_F(EncompassNoticeTest, PolicyReadsTheChildsPartAndTheRisk) {
  ASSERT_EQ(type_->claims.size(), 2U);
  std::map<std::string, std::vector<std::string>> claims;
  for (const ClaimSource& claim : type_->claims)
    for (const Choice& choice : claim.values) claims[claim.name].push_back(choice.name);
  EXPECT_EQ(claims["childPart"], (std::vector<std::string>{"unknown", "household", "victim",
                                                           "allegedSuspect", "unborn"}));
  EXPECT_EQ(claims["risk"], (std::vector<std::string>{"unknown", "standard", "medium", "high"}));
}

TEST_F(EncompassNoticeTest, PresenceIsPresentOrNotOrNotKnown) {
  const Field& presence = Section("presence").fields.front();
  ASSERT_EQ(presence.kind, Field::Kind::kChoice);
  ASSERT_EQ(presence.choices.size(), 3U);
  EXPECT_EQ(presence.choices[0].name, "unknown");
  EXPECT_EQ(presence.choices[2].label, "Not present");
}

// For every exchange: people see a label, whatever may be long says how long, no format is
// misspelt.
void CheckField(const Field& field) {
  EXPECT_FALSE(field.label.empty()) << field.name;
  if (field.kind == Field::Kind::kText || field.kind == Field::Kind::kList) {
    EXPECT_GT(field.length_max.value_or(0), 0U) << field.name;
  }
  const std::set<std::string> of_texts = {"", "date", "local-time", "urn", "upn", "nhs-number"};
  const std::set<std::string> of_integers = {"utc", "count"};
  EXPECT_TRUE((field.kind == Field::Kind::kInteger ? of_integers : of_texts).contains(field.format))
      << field.name;
  for (const Choice& choice : field.choices) {
    EXPECT_FALSE(choice.label.empty()) << choice.name;
    EXPECT_TRUE(IsName(choice.name)) << "its value may become a claim";
  }
  if (field.kind == Field::Kind::kChoice) {
    const std::string& first = field.choices.front().name;
    EXPECT_TRUE(first == "unknown" || first == "not-asked") << field.name << ": not stated";
  }
  for (const Field& inner : field.fields) CheckField(inner);
}

// The most bytes that a section can take as UTF-8, without Cap'n Proto's own.
std::size_t Largest(const Field& field) {
  std::size_t inside = 8;
  for (const Field& inner : field.fields) inside += Largest(inner);
  switch (field.kind) {
    case Field::Kind::kText:
      return field.length_max.value_or(0) + 16;
    case Field::Kind::kList:
      return *field.length_max *
             (field.item_kind == Field::Kind::kText ? limits::kNameBytesMax + 16 : inside);
    default:
      return inside;
  }
}

TEST(AllExchangesTest, EveryFieldDescribesItselfAndEverySectionFits) {
  ASSERT_FALSE(AllExchanges().empty());
  std::set<std::string> names;
  for (const ExchangeType& type : AllExchanges()) {
    EXPECT_TRUE(names.insert(type.name.value()).second) << "two exchanges of one name";
    EXPECT_TRUE(IsName(type.name.value()));
    EXPECT_LE(type.claims.size(), limits::kClaimsMax);
    for (const Field& section : type.sections) {
      CheckField(section);
      EXPECT_LT(Largest(section), limits::kSectionBytesMax) << section.name;
    }
  }
}

}  // namespace
}  // namespace havenline::exchange
