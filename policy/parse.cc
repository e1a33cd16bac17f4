// ParseRules(): the policy's TOML text to Rules. docs/policy.md describes the text.

#include <algorithm>
#include <array>

#include "policy/parse_rule.h"
#include "policy/rules.h"
#include "schema/model/limits.h"
#include "schema/model/names.h"
#include "schema/text/reader.h"
#include "schema/text/toml.h"
#include "schema/tlog/note.h"

namespace havenline::policy {
namespace {

using text::MapReader;

constexpr std::array<std::int64_t, 3> kSlots = {8, 16, 64};
constexpr std::array<std::string_view, 2> kDue = {"ready-by", "after"};
// In the order of Consent.
constexpr std::array<std::string_view, 3> kConsent = {"required", "not-required", "must-not-ask"};

std::chrono::minutes Minutes(MapReader& reader, std::string_view key, std::int64_t otherwise) {
  constexpr std::int64_t kMax = std::chrono::minutes(std::chrono::days(30)).count();
  return std::chrono::minutes(reader.OptionalInteger(key, 0, kMax).value_or(otherwise));
}

Deadline ReadDeadline(const std::string& name, MapReader& reader) {
  Deadline deadline;
  deadline.name = name;
  deadline.before_ready = reader.Choice("due", kDue) == 0;
  deadline.after = Minutes(reader, "minutes", 0);
  if (deadline.before_ready == (deadline.after.count() > 0)) {
    reader.Problem("`due = \"after\"` needs `minutes`, and `due = \"ready-by\"` has none");
  }
  deadline.at_least = Minutes(reader, "at-least-minutes", 0);
  deadline.warn = Minutes(reader, "warn-minutes", 30);
  deadline.move_max =
      std::chrono::days(reader.OptionalInteger("calendar-days-max", 0, 120).value_or(0));
  deadline.default_ready = std::chrono::minutes(
      reader.OptionalInteger("default-ready-minute-of-day", 0, 24 * 60 - 1).value_or(8 * 60 + 15));
  return deadline;
}

bool HasRepeats(std::vector<std::string> names) {
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

// `source = "risk.grade"`: a section, or a field of one.
void ReadSource(MapReader& reader, Claim& claim) {
  const std::string source = reader.Name("source");
  const auto dot = source.find('.');
  claim.section = source.substr(0, dot);
  if (dot != std::string::npos) claim.field = source.substr(dot + 1);
}

std::vector<Claim> ReadClaims(MapReader reader) {
  std::vector<Claim> claims;
  std::size_t combinations = 1;
  for (MapReader& claim : reader.OptionalMapList("claim")) {
    Claim read;
    read.name = claim.Name("name");
    read.values = claim.NameList("values");
    ReadSource(claim, read);
    read.words = claim.OptionalText("words").value_or("");
    if (read.values.empty()) claim.Problem("values", "must name at least one value");
    if (HasRepeats(read.values)) claim.Problem("values", "names a value twice");
    if (std::ranges::find(claims, read.name, &Claim::name) != claims.end())
      claim.Problem("name", "stands twice: a claim has one entry");
    claims.push_back(std::move(read));
    combinations *= std::max<std::size_t>(1, claims.back().values.size());
    if (combinations > 4096)
      claim.Problem("too many combinations of claims: at most 4096 make a table");
  }
  if (claims.size() > limits::kClaimsMax) reader.Problem("claim", "too many claims");
  return claims;
}

// What must hold of the sections whatever their exchange is.
void CheckSections(MapReader& reader, const std::vector<std::string>& sections) {
  if (sections.size() > limits::kSectionsMax) reader.Problem("sections", "at most 32 sections");
  if (HasRepeats(sections)) reader.Problem("sections", "names a section twice");
  std::size_t bytes = 0;
  for (const std::string& section : sections) bytes += section.size();
  if (bytes > limits::kSectionNamesBytesMax)
    reader.Problem("sections", "has names of more than 2048 letters together");
  if (std::ranges::find(sections, "exclusions") == sections.end())
    reader.Problem("sections", "must contain \"exclusions\": every exchange has that section");
}

// What consent needs of the exchange's claims.
void CheckConsent(MapReader& reader, const Exchange& exchange) {
  if (!reader.Has("consent")) return;
  const auto claim = std::ranges::find(exchange.claims, kConsentClaim, &Claim::name);
  const bool has = claim != exchange.claims.end();
  if (exchange.consent == Consent::kRequired && !has) {
    reader.Problem("consent",
                   "is required, so there must be a claim \"consent\" that says how it stands");
  }
  if (exchange.consent == Consent::kMustNotAsk && has) {
    reader.Problem("consent",
                   "is \"must-not-ask\", yet there is a claim \"consent\": nobody may be asked");
  }
  if (has && !std::ranges::equal(claim->values, kConsentValues)) {
    reader.Problem("claim",
                   "\"consent\" must have the values \"not-asked\", \"given\", \"refused\", "
                   "\"unsafe-to-ask\", \"cannot-consent\", in this order");
  }
}

Exchange ReadExchange(const std::string& name, MapReader& reader) {
  Exchange exchange;
  exchange.name = ExchangeName(name);
  exchange.title = reader.OptionalText("title").value_or(name);
  exchange.version = static_cast<std::uint16_t>(reader.Integer("version", 1, 65535));
  const std::int64_t slots = reader.Integer("slots", 8, 64);
  if (std::ranges::find(kSlots, slots) == kSlots.end())
    reader.Problem("slots", "must be 8, 16 or 64");
  exchange.slots = static_cast<std::size_t>(slots);
  exchange.urgent = reader.OptionalBool("urgent").value_or(false);
  exchange.strict = reader.OptionalBool("strict").value_or(false);
  if (exchange.urgent && exchange.strict)
    reader.Problem("strict", "no exchange is both urgent and strict");
  exchange.concealed = reader.OptionalBool("concealed").value_or(false);
  exchange.consent = static_cast<Consent>(reader.Choice("consent", kConsent));
  exchange.sections = reader.NameList("sections");
  CheckSections(reader, exchange.sections);
  exchange.unshared = reader.OptionalNameList("unshared");
  exchange.claims = ReadClaims(reader);
  CheckConsent(reader, exchange);
  exchange.hold_flags = reader.OptionalNameList("hold");
  return exchange;
}

Duty ReadDuty(const std::string& name, MapReader& reader) {
  Duty duty;
  duty.name = name;
  duty.title = reader.Text("title");
  duty.at = Role(reader.Name("at"));
  duty.person = reader.OptionalBool("person").value_or(false);
  return duty;
}

// `[roles]`: names that the writer chose, each with words for people.
std::map<std::string, std::string> ReadTitles(MapReader& top, std::string_view key) {
  std::map<std::string, std::string> titles;
  for (auto& [name, title] : top.OptionalTextMap(key)) {
    if (!IsName(name) || name.find('+') != std::string::npos)
      top.Problem(key, "has a key that is no name: letters, digits and . _ - /");
    titles.emplace(std::move(name), std::move(title));
  }
  return titles;
}

text::Mark MarkOf(MapReader& top, std::string_view table, const std::string& name) {
  const text::Value* const tables = top.Raw(table);
  const text::Value* const at =
      tables == nullptr || !tables->is(text::Value::Kind::kMap) ? nullptr : tables->Find(name);
  return at == nullptr ? text::Mark{} : at->mark();
}

Digest ReadPrevious(MapReader& reader, std::uint64_t version) {
  const auto text = reader.OptionalText("previous");
  if (text.has_value() != (version > 1)) {
    reader.Problem(
        "a policy of version 1 names no `previous`; every later one names the hash of the one "
        "before");
  }
  if (!text) return {};
  const auto bytes = HexDecode(*text);
  const auto hash = bytes ? ToArray<32>(*bytes) : std::nullopt;
  if (!hash) reader.Problem("previous", "must be 64 hexadecimal digits");
  return hash.value_or(Digest{});
}

void ReadRules(MapReader& top, std::string_view key, Effect effect, Rules& rules) {
  static const text::Value kNone;
  const text::Value* const list = top.Raw(key);
  std::size_t at = 0;
  for (MapReader& rule : top.OptionalMapList(key)) {
    const bool known =
        list != nullptr && list->is(text::Value::Kind::kList) && at < list->items().size();
    rules.rules.push_back(ReadRule(rule, effect, known ? list->items()[at] : kNone));
    ++at;
  }
}

void ReadAuditRules(MapReader& top, Rules& rules) {
  const text::Value* const list = top.Raw("audit");
  for (MapReader& reader : top.OptionalMapList("audit")) {
    AuditRule rule;
    rule.id = RuleId(reader.Name("rule"));
    for (std::string& role : reader.NameList("by")) rule.by.emplace_back(std::move(role));
    for (const std::string& name : NamesOrAll(reader, "exchanges")) {
      if (name == "*") {
        rule.unconcealed = true;
      } else {
        rule.exchanges.emplace_back(name);
      }
    }
    rule.why = reader.Text("why");
    const std::size_t at = rules.audit_rules.size();
    const bool known =
        list != nullptr && list->is(text::Value::Kind::kList) && at < list->items().size();
    rules.audit_marks.push_back(known ? list->items()[at].mark() : text::Mark{});
    rules.audit_rules.push_back(std::move(rule));
  }
}

}  // namespace

Result<Rules> ParseRules(std::string_view text, const std::string& source_name) {
  ASSIGN_OR_RETURN(const text::Value value, text::ParseToml(text, source_name));
  MapReader top(value, source_name);
  Rules rules;
  if (top.Name("document") != "policy") top.Problem("document", "must be \"policy\"");
  rules.partnership = PartnershipId(top.Name("partnership"));
  rules.version.version = static_cast<std::uint64_t>(top.Integer("version", 1, 1'000'000'000));
  rules.version.hash = tlog::NoteTextHash(text);
  rules.previous = ReadPrevious(top, rules.version.version);
  for (auto& [name, reader] : top.OptionalMapsByName("deadline"))
    rules.deadlines.push_back(ReadDeadline(name, reader));
  rules.roles = ReadTitles(top, "roles");
  rules.purposes = ReadTitles(top, "purposes");
  rules.retentions = ReadTitles(top, "retentions");
  for (auto& [name, reader] : top.OptionalMapsByName("duty")) {
    rules.duties.push_back(ReadDuty(name, reader));
    rules.duty_marks.emplace(name, MarkOf(top, "duty", name));
  }
  for (auto& [name, reader] : top.OptionalMapsByName("exchange")) {
    rules.exchanges.push_back(ReadExchange(name, reader));
    rules.exchange_marks.emplace(name, MarkOf(top, "exchange", name));
  }
  for (MapReader& profile : top.OptionalMapList("profile")) {
    Profile read{profile.Name("name"), {}};
    for (std::string& sender : profile.NameList("senders"))
      read.senders.emplace_back(std::move(sender));
    rules.profiles.push_back(std::move(read));
  }
  ReadRules(top, "share", Effect::kShare, rules);
  ReadRules(top, "require", Effect::kRequire, rules);
  ReadRules(top, "never", Effect::kNever, rules);
  ReadAuditRules(top, rules);
  RETURN_IF_FAULT(top.Finish());
  return rules;
}

}  // namespace havenline::policy
