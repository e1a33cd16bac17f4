// What a section says, written again, says the same; and claims can be made of it.

#include "schema/exchange/content.h"

#include <map>
#include <utility>
#include <vector>

#include "schema/base/check.h"
#include "tests/fuzz/common.h"
#include "tests/fuzz/targets.h"

namespace havenline::fuzz {
namespace {

using Section = std::pair<const exchange::ExchangeType*, std::string>;

// All sections of all exchanges, in their order.
const Section& SectionAt(std::size_t index) {
  static const std::vector<Section> kAll = [] {
    std::vector<Section> all;
    for (const auto& type : exchange::AllExchanges())
      for (const std::string& name : type.SectionNames()) all.emplace_back(&type, name);
    return all;
  }();
  return kAll[index % kAll.size()];
}

}  // namespace

bool TryContent(ByteView input) {
  if (input.empty()) return false;
  const auto& [type, section] = SectionAt(input.front());
  const auto value = exchange::DecodeSection(*type, section, input.subspan(1));
  if (!value) {
    CheckFault(value.error());
    return false;
  }
  const auto encoded = exchange::EncodeSection(*type, section, *value);
  CHECK(encoded.has_value());
  const auto again = exchange::DecodeSection(*type, section, *encoded);
  CHECK(again.has_value() && *again == *value);
  std::map<std::string, text::Value> content;
  content.emplace(section, *value);
  CHECK(exchange::ClaimsOf(*type, content).size() == type->claims.size());
  return true;
}

}  // namespace havenline::fuzz
