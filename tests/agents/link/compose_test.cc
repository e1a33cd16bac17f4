// What a recipient can tell of what it may not see: nothing.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace havenline
