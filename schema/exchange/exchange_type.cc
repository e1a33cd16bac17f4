#include "schema/exchange/exchange_type.h"

#include <algorithm>

#include "schema/exchange/reflection.h"

namespace havenline::exchange {

const Field* ExchangeType::FindSection(std::string_view section) const {
  const auto at = std::ranges::find(sections, section, &Field::name);
  return at == sections.end() ? nullptr : &*at;
}

std::vector<std::string> ExchangeType::SectionNames() const {
  std::vector<std::string> names;
  for (const Field& section : sections) names.push_back(section.name);
  return names;
}

const std::vector<ExchangeType>& AllExchanges() {
  static const std::vector<ExchangeType> all = [] {
    std::vector<ExchangeType> types;
    for (const auto schema : AllSchemas()) types.push_back(Describe(schema));
    return types;
  }();
  return all;
}

const ExchangeType* FindExchange(const ExchangeName& name) {
  const auto& all = AllExchanges();
  const auto at = std::ranges::find(all, name, &ExchangeType::name);
  return at == all.end() ? nullptr : &*at;
}

}  // namespace havenline::exchange
