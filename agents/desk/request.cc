#include "agents/desk/request.h"

#include <algorithm>
#include <map>

#include "schema/exchange/content.h"
#include "schema/model/names.h"
#include "schema/text/nearest.h"
#include "schema/text/reader.h"

namespace havenline {
namespace {

using text::Value;

Result<std::map<std::string, Value>> SectionsFrom(const exchange::ExchangeType& type,
                                                  const Value* sections) {
  if (sections == nullptr || !sections->is(Value::Kind::kMap))
    return Fail(FaultCode::kInvalid, "\"sections\" must be a map");
  std::map<std::string, Value> content;
  for (const auto& [section, value] : sections->members()) {
    if (type.FindSection(section) == nullptr) {
      return Fail(FaultCode::kInvalid, exchange::UnknownField("sections", section, type.sections));
    }
    if (section == "exclusions" && !value.is(Value::Kind::kNull)) {
      return Fail(
          FaultCode::kInvalid,
          "exclusions cannot be sent yet: hold the message and tell the recipients by telephone");
    }
    content.emplace(section, value);
  }
  return content;
}

bool IsStated(const Value& value) {
  if (value.is(Value::Kind::kMap))
    return std::ranges::any_of(value.members(),
                               [](const auto& member) { return IsStated(member.second); });
  if (value.is(Value::Kind::kList)) return std::ranges::any_of(value.items(), IsStated);
  return !value.is(Value::Kind::kNull) && !(value.is(Value::Kind::kText) && value.text().empty());
}

// Of somebody whom nobody can find there is nothing to be done, and a clock would run all the same.
Result<void> CheckIdentified(const exchange::ExchangeType& type,
                             const std::map<std::string, Value>& values) {
  std::string identifying;
  for (const exchange::Field& section : type.sections) {
    if (!section.identifies) continue;
    const auto value = values.find(section.name);
    if (value != values.end() && IsStated(value->second)) return {};
    identifying += (identifying.empty() ? "" : ", ") + section.name;
  }
  return Fail(
      FaultCode::kInvalid,
      "it does not say whom or what it is about: \"sections\" must have one of " + identifying);
}

Result<Content> ContentFrom(const std::string& name, const Value* sections) {
  const exchange::ExchangeType* const type = exchange::FindExchange(ExchangeName(name));
  if (type == nullptr) {
    text::Nearest nearest(name);
    for (const exchange::ExchangeType& each : exchange::AllExchanges())
      nearest.Offer(each.name.value());
    return Fail(FaultCode::kInvalid,
                "this version knows no exchange of that name" +
                    (nearest.Found() ? "; did you mean " + *nearest.Found() + "?" : ""));
  }
  ASSIGN_OR_RETURN(const auto values, SectionsFrom(*type, sections));
  Content content{{}, {}, type->name, type->version, {}, exchange::ClaimsOf(*type, values)};
  for (const exchange::Field& section : type->sections) {
    const auto value = values.find(section.name);
    ASSIGN_OR_RETURN(Bytes bytes,
                     exchange::EncodeSection(*type, section.name,
                                             value == values.end() ? Value() : value->second));
    content.sections.emplace(section.name, std::move(bytes));
  }
  RETURN_IF_FAULT(CheckIdentified(*type, values));
  return content;
}

}  // namespace

Result<SendRequest> ReadSendRequest(const Value& body) {
  text::MapReader reader(body, "request");
  SendRequest request;
  if (auto from = reader.OptionalName("from")) request.from = AgencyId(*std::move(from));
  if (auto role = reader.OptionalName("role")) request.role = Role(*std::move(role));
  const std::string exchange = reader.Name("exchange");
  request.reference = reader.OptionalText("reference").value_or("");
  if (request.reference.size() > kReferenceBytesMax)
    reader.Problem("reference",
                   "must be at most " + std::to_string(kReferenceBytesMax) + " bytes long");
  for (text::MapReader& to : reader.OptionalMapList("to")) {
    WantedRecipient wanted;
    if (auto agency = to.OptionalName("agency")) wanted.agency = AgencyId(*std::move(agency));
    if (auto role = to.OptionalName("role")) wanted.role = Role(*std::move(role));
    if (!wanted.agency && !wanted.role) to.Problem("agency", "or \"role\" must be given");
    request.to.push_back(std::move(wanted));
  }
  for (std::string& role : reader.OptionalNameList("decided-against"))
    request.decided_against.emplace_back(std::move(role));
  request.flags = reader.OptionalNameList("flags");
  const Value* const sections = reader.Raw("sections");
  RETURN_IF_FAULT(reader.Finish());
  ASSIGN_OR_RETURN(request.content, ContentFrom(exchange, sections));
  return request;
}

Result<Outbox::Request> Complete(SendRequest request, const SendingFrom& from) {
  if (!request.from && from.agencies.size() != 1) {
    return Fail(FaultCode::kInvalid,
                "this agent speaks for several agencies: \"from\" must say which");
  }
  Content& content = request.content;
  content.sender = request.from ? *request.from : from.agencies.front();
  if (request.role) {
    content.role = *request.role;
    RETURN_IF_FAULT(from.addressing.CheckSender(content.sender, content.role));
  } else {
    ASSIGN_OR_RETURN(content.role, from.addressing.RoleFor(content.sender, content.exchange));
  }
  ASSIGN_OR_RETURN(std::vector<Recipient> recipients,
                   from.addressing.RecipientsOf(content, request.to, from.now));
  RETURN_IF_FAULT(from.addressing.CheckDecisions(content, request.decided_against, from.now));
  return Outbox::Request{std::move(content), std::move(recipients), std::move(request.reference),
                         std::move(request.decided_against), true};
}

}  // namespace havenline
