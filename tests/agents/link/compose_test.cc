// What a recipient can tell of what it may not see: nothing.

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "deploy/havenline/policy_source.h"
#include "schema/exchange/content.h"
#include "schema/text/json.h"
#include "schema/wire/envelope_codec.h"
#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using text::Value;

const Recipient kTheSchool{kSchoolA, kSchoolRole};
const Recipient kAnotherSchool{kSchoolB, kSchoolRole};
const Recipient kHomeEducation{kCouncil, Role("home-education")};

class ComposeTest : public ::testing::Test {
 protected:
  // What the school is delivered of a notice that is also sent to `others`.
  Delivery ToTheSchool(const std::map<std::string, Value>& content,
                       std::vector<Recipient> others = {}) {
    others.push_back(kTheSchool);
    const Composed composed =
        partnership_.Compose(partnership_.MakeContent(content), others, random_, kNight);
    const auto grant = std::ranges::find(composed.envelope.grants, kSchoolA,
                                         [](const Grant& each) { return each.clear.recipient; });
    EXPECT_NE(grant, composed.envelope.grants.end());
    return partnership_.DeliveryOf(
        composed.envelope, static_cast<std::size_t>(grant - composed.envelope.grants.begin()));
  }

  // All that can be told of it without opening it, but for digests, keys and ciphertexts.
  static std::vector<std::string> ShapeOf(const Delivery& delivery) {
    const auto size = [](const auto& sized) { return std::to_string(sized.size()); };
    std::vector<std::string> shape = {size(wire::EncodeDelivery(delivery)),
                                      size(delivery.header_bytes), size(delivery.grant.clear_bytes),
                                      size(delivery.grant.ciphertext)};
    for (const SectionOpening& opening : delivery.sections)
      shape.push_back(opening.name + " " + std::to_string(opening.size));
    for (const SealedSection& sealed : delivery.sealed)
      shape.push_back(sealed.name + " " + size(sealed.sealed));
    for (const ClaimOpening& claim : delivery.claims)
      shape.push_back(claim.name + " " + claim.value);
    return shape;
  }

  TestPartnership partnership_;
  CountedRandom random_{7};
};

TEST_F(ComposeTest, TwoMessagesThatDifferInWhatARecipientMayNotSeeLookTheSameToIt) {
  auto content = partnership_.NoticeContent();
  const auto shape = ShapeOf(ToTheSchool(content));
  EXPECT_EQ(ShapeOf(ToTheSchool(content)), shape);

  for (const char* const withheld : {"location", "childAddress"}) {
    auto other = content;
    other[withheld] = std::string(300, 'x');
    EXPECT_EQ(ShapeOf(ToTheSchool(other)), shape) << withheld;
    other[withheld] = Value();
    EXPECT_EQ(ShapeOf(ToTheSchool(other)), shape) << withheld << ", left out";
  }
  auto adults = content;
  adults["adults"] = Value::List().Add(Value::Map().Set("part", "suspect")).Add(Value::Map());
  adults["identifiers"] = Value();
  EXPECT_EQ(ShapeOf(ToTheSchool(adults)), shape);
  EXPECT_EQ(ShapeOf(ToTheSchool(content, {kAnotherSchool, kHomeEducation})), shape)
      << "nor who else is told";

  auto seen = content;
  seen["circumstances"] = std::string(4'000, 'x');
  EXPECT_NE(ShapeOf(ToTheSchool(seen)), shape) << "what it may see may show";
}

// The same for every exchange and every role that its full example is told to.
class EveryExchangeTest : public ComposeTest {
 protected:
  static std::vector<Role> RolesOf(const policy::Policy& policy) {
    std::vector<Role> roles;
    for (const auto& [role, title] : policy.roles()) roles.emplace_back(role);
    return roles;
  }
  static Value Example(const std::string& exchange) {
    std::ifstream file(std::string(HAVENLINE_SOURCE) + "/tests/exchange/" + exchange +
                       ".full.json");
    std::ostringstream text;
    text << file.rdbuf();
    return text::ParseJson(text.str(), exchange).value();
  }
  static Content ContentOf(const Value& example, const exchange::ExchangeType& type) {
    std::map<std::string, Value> values;
    for (const auto& [section, value] : example.Find("sections")->members())
      values.emplace(section, value);
    Content content{kPolice, Role(example.Find("from")->text()), type.name, type.version,
                    {},      exchange::ClaimsOf(type, values)};
    for (const exchange::Field& section : type.sections)
      content.sections[section.name] =
          exchange::EncodeSection(type, section.name, values[section.name]).value();
    return content;
  }
  std::vector<ClaimOpening> ClaimsOf(const Content& content) const {
    std::vector<ClaimOpening> claims;
    for (const policy::Claim& claim : policy().Find(content.exchange)->claims)
      claims.push_back({Salt{}, claim.name, content.claims.at(claim.name)});
    return claims;
  }
  policy::Policy::Row RowOf(const Content& content, const Role& role) const {
    const auto rows = Rows(content);
    return *std::ranges::find(rows, role, &policy::Policy::Row::to);
  }
  std::vector<policy::Policy::Row> Rows(const Content& content) const {
    auto rows = policy().RowsFor(
        {content.exchange, content.sender, content.role, ClaimsOf(content), kNight});
    std::erase_if(rows, [](const auto& row) { return row.cell->sections == 0; });
    return rows;
  }
  std::vector<std::string> ShapeAt(const Content& content, const Role& role,
                                   const std::vector<Recipient>& recipients) {
    SealingView view;
    view.policy = &policy();
    const Envelope envelope =
        everyone_.Compose(view, content, recipients, random_, kNight).envelope;
    const auto grant =
        std::ranges::find(envelope.grants, role, [](const Grant& each) { return each.clear.role; });
    Delivery delivery =
        everyone_.DeliveryOf(envelope, static_cast<std::size_t>(grant - envelope.grants.begin()));
    delivery.claims.clear();
    const auto read = policy().ClaimsRead(content.exchange, content.role, role);
    for (const ClaimOpening& claim : envelope.claims) {
      if (std::ranges::find(read, claim.name) != read.end()) delivery.claims.push_back(claim);
    }
    return ShapeOf(delivery);
  }
  const policy::Policy& policy() const { return loaded_.policy; }

  LoadedPolicy loaded_ =
      LoadPolicy(std::string(HAVENLINE_SOURCE) + "/policy/partnerships/rotherham").value();
  TestPartnership everyone_{RolesOf(loaded_.policy)};
};

TEST_F(EveryExchangeTest, NoRecipientCanTellWhatItMayNotSeeNorWhoElseIsTold) {
  int compared = 0;
  for (const policy::Exchange& exchange : policy().exchanges()) {
    const exchange::ExchangeType& type = *exchange::FindExchange(exchange.name);
    const Content full = ContentOf(Example(exchange.name.value()), type);
    std::vector<Recipient> all;
    for (const auto& row : Rows(full)) all.push_back({kCouncil, row.to});
    for (const Recipient& recipient : all) {
      const auto told = exchange.NamesOf(RowOf(full, recipient.role).cell->sections);
      Content other = full;
      for (auto& [section, bytes] : other.sections) {
        const bool seen = std::ranges::find(told, section) != told.end();
        const bool decides = std::ranges::find(exchange.claims, section, &policy::Claim::section) !=
                             exchange.claims.end();
        if (!seen && !decides) bytes = exchange::EncodeSection(type, section, Value()).value();
      }
      EXPECT_EQ(ShapeAt(other, recipient.role, {recipient}), ShapeAt(full, recipient.role, all))
          << exchange.name.value() << " to " << recipient.role.value();
      ++compared;
    }
  }
  EXPECT_GT(compared, 100);
}

}  // namespace
}  // namespace havenline
