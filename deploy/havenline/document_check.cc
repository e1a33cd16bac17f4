#include "deploy/havenline/document_check.h"

#include <algorithm>
#include <charconv>

#include "deploy/havenline/table.h"
#include "schema/base/check.h"
#include "schema/directory/governance.h"
#include "schema/exchange/exchange_type.h"
#include "schema/text/toml.h"

namespace havenline {
namespace {

using text::Value;

// "and 3 more", as parsers say it in place of the rest; 0: another line.
std::size_t LeftOut(std::string_view line) {
  constexpr std::string_view kAnd = "and ";
  constexpr std::string_view kMore = " more";
  std::size_t count = 0;
  if (!line.starts_with(kAnd) || !line.ends_with(kMore)) return 0;
  const char* const end = line.data() + line.size() - kMore.size();
  const auto read = std::from_chars(line.data() + kAnd.size(), end, count);
  return read.ec == std::errc() && read.ptr == end ? count : 0;
}

void AddLines(CheckedDocument& checked, std::string_view lines) {
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const std::string_view line = lines.substr(0, end);
    if (const std::size_t left_out = LeftOut(line); left_out > 0) {
      checked.problems_left_out += left_out;
    } else {
      checked.problems.emplace_back(line);
    }
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
}

std::string Quoted(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  quoted.reserve(names.size());
  for (const std::string& name : names) quoted.push_back("\"" + name + "\"");
  return tool::Join(quoted);
}

// Which of `names` the other list lacks.
std::vector<std::string> Without(const std::vector<std::string>& names,
                                 const std::vector<std::string>& others) {
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (std::ranges::find(others, name) == others.end()) missing.push_back(name);
  }
  return missing;
}

// Why the two lists are not one, in words; empty if they are.
std::string Difference(const std::vector<std::string>& has,
                       const std::vector<std::string>& should) {
  if (has == should) return "";
  std::string words;
  if (const auto unknown = Without(has, should); !unknown.empty())
    words = "this program does not know " + Quoted(unknown);
  if (const auto missing = Without(should, has); !missing.empty())
    words += (words.empty() ? "" : "; ") + ("missing: " + Quoted(missing));
  return words.empty() ? "the order must be " + Quoted(should) : words;
}

// Holds one [exchange.<name>] of the policy against the type that this program has.
class ExchangeChecker {
 public:
  ExchangeChecker(const std::string& source, const Value* table, std::vector<std::string>& problems)
      : source_(source), table_(table), problems_(problems) {}

  void Check(const policy::Exchange& exchange) {
    name_ = exchange.name.value();
    const exchange::ExchangeType* const type = exchange::FindExchange(exchange.name);
    if (type == nullptr) {
      std::vector<std::string> known;
      known.reserve(exchange::AllExchanges().size());
      for (const exchange::ExchangeType& each : exchange::AllExchanges())
        known.push_back(each.name.value());
      return Problem("", "this program knows no exchange of that name, only " + Quoted(known));
    }
    if (exchange.version > type->version) {
      return Problem("version", "this program knows the exchange up to version " +
                                    std::to_string(type->version));
    }
    std::vector<std::string> sections = type->SectionNames();
    // An exchange only grows, at its end: an older version is a first part of the newer.
    if (exchange.version < type->version)
      sections.resize(std::min(sections.size(), exchange.sections.size()));
    if (const auto words = Difference(exchange.sections, sections); !words.empty())
      Problem("sections", words);
    CheckClaims(exchange, *type);
  }

 private:
  void CheckClaims(const policy::Exchange& exchange, const exchange::ExchangeType& type) {
    std::vector<std::string> has;
    has.reserve(exchange.claims.size());
    std::vector<std::string> should;
    for (const policy::Claim& claim : exchange.claims) has.push_back(claim.name);
    for (const exchange::ClaimSource& claim : type.claims) {
      // A claim that is made from a section that an older version has not.
      if (std::ranges::find(exchange.sections, claim.section) != exchange.sections.end())
        should.push_back(claim.name);
    }
    if (const auto words = Difference(has, should); !words.empty()) return Problem("claim", words);
    for (const policy::Claim& claim : exchange.claims) {
      const auto source = std::ranges::find(type.claims, claim.name, &exchange::ClaimSource::name);
      if (claim.section != source->section || claim.field != source->field) {
        Problem("claim", "\"" + claim.name + "\" is made of \"" + source->section +
                             (source->field.empty() ? "" : "." + source->field) + "\"");
      }
      std::vector<std::string> values;
      values.reserve(source->values.size());
      for (const exchange::Choice& choice : source->values) values.push_back(choice.name);
      if (exchange.version < type.version)
        values.resize(std::min(values.size(), claim.values.size()));
      if (const auto words = Difference(claim.values, values); !words.empty())
        Problem("claim", "the values of \"" + claim.name + "\": " + words);
    }
  }

  void Problem(std::string_view key, std::string_view what) {
    const Value* const at = table_ == nullptr ? nullptr : table_->Find(key);
    const text::Mark mark = at != nullptr       ? at->mark()
                            : table_ != nullptr ? table_->mark()
                                                : text::Mark{1, 1};
    std::string words = "in [exchange." + name_ + "]: ";
    if (!key.empty()) words += "`" + std::string(key) + "`: ";
    problems_.push_back(text::Located(source_, mark, words + std::string(what)));
  }

  const std::string& source_;
  const Value* table_;
  std::vector<std::string>& problems_;
  std::string name_;
};

void CheckSignatures(const DocumentFile& file, const Governance& governance,
                     CheckedDocument& checked) {
  checked.signatures_needed = governance.threshold;
  if (!file.is_note()) return;
  const auto opened = tlog::OpenNote(file.Note(), governance.keys);
  if (!opened) {
    checked.problems.push_back(file.source + ": " + opened.error().detail);
    return;
  }
  for (const tlog::NoteKey& key : opened->signers) checked.signed_by.push_back(key.name);
  if (opened->signers.size() >= governance.threshold) return;
  checked.problems.push_back(file.source + ": signed by " + std::to_string(opened->signers.size()) +
                             " of the " + std::to_string(governance.threshold) +
                             " governance keys it needs: sign it again with another");
}

void CheckTheDirectory(const DocumentFile& file, const Governance* governance,
                       CheckedDocument& checked) {
  auto parsed = Directory::Parse(file.text, file.source);
  if (!parsed) return AddLines(checked, parsed.error().detail);
  CheckSignatures(file, parsed->governance(), checked);
  if (governance != nullptr) {
    if (const auto same = CheckSameGovernance(*governance, parsed->governance()); !same)
      checked.problems.push_back(file.source + ": " + same.error().detail);
  }
  checked.directory = *std::move(parsed);
}

void CheckThePolicy(const DocumentFile& file, const Governance* governance,
                    CheckedDocument& checked) {
  auto parsed = policy::Policy::Parse(file.text, file.source);
  if (!parsed) return AddLines(checked, parsed.error().detail);
  const auto problems = ExchangeProblems(file, *parsed);
  checked.problems.insert(checked.problems.end(), problems.begin(), problems.end());
  if (governance != nullptr) CheckSignatures(file, *governance, checked);
  checked.policy = *std::move(parsed);
}

}  // namespace

std::vector<std::string> ExchangeProblems(const DocumentFile& file, const policy::Policy& policy) {
  std::vector<std::string> problems;
  const auto tree = text::ParseToml(file.text, file.source);
  const Value* const exchanges = tree ? tree->Find("exchange") : nullptr;
  for (const policy::Exchange& exchange : policy.exchanges()) {
    const Value* const table =
        exchanges == nullptr ? nullptr : exchanges->Find(exchange.name.value());
    ExchangeChecker(file.source, table, problems).Check(exchange);
  }
  return problems;
}

const PartnershipId* CheckedDocument::partnership() const {
  if (directory) return &directory->partnership();
  return policy ? &policy->partnership() : nullptr;
}

const DocumentVersion* CheckedDocument::version() const {
  if (directory) return &directory->version();
  return policy ? &policy->version() : nullptr;
}

Digest CheckedDocument::previous() const {
  if (directory) return directory->previous();
  return policy ? policy->previous() : Digest{};
}

CheckedDocument CheckDocument(const DocumentFile& file, DocumentKind kind,
                              const Governance* governance) {
  CheckedDocument checked;
  checked.kind = kind;
  if (const auto signable = CheckSignable(file); !signable)
    AddLines(checked, signable.error().detail);
  const auto is = KindOf(file);
  if (!is) {
    AddLines(checked, is.error().detail);
  } else if (*is != kind) {
    checked.problems.push_back(file.source + ": this is a " + std::string(WordFor(*is)) +
                               ", not a " + std::string(WordFor(kind)));
  } else if (kind == DocumentKind::kDirectory) {
    CheckTheDirectory(file, governance, checked);
  } else if (kind == DocumentKind::kPolicy) {
    CheckThePolicy(file, governance, checked);
  }
  for (std::string& problem : checked.problems) problem = Relocated(file, problem);
  return checked;
}

std::string HowToFollow(const CheckedDocument& before) {
  CHECK(before.version() != nullptr);
  std::string words = "write at the top, above the first [, `version = " +
                      std::to_string(before.version()->version + 1) + "` and `previous = \"" +
                      HexEncode(before.version()->hash) + "\"`";
  if (before.policy)
    words += " (a `version` further down, under [exchange.…], is that exchange's own: leave it)";
  return words;
}

void CheckSuccession(CheckedDocument& checked, const CheckedDocument& before) {
  if (checked.version() == nullptr || before.version() == nullptr) return;
  if (*checked.partnership() != *before.partnership())
    checked.problems.emplace_back("the two are of different partnerships");
  const Succession next{*checked.version(), checked.previous()};
  if (const auto follows = CheckFollows(*before.version(), next); !follows)
    checked.problems.push_back(follows.error().detail + "; " + HowToFollow(before));
  if (!checked.directory || !before.directory) return;
  const auto same =
      CheckSameGovernance(before.directory->governance(), checked.directory->governance());
  if (!same) checked.problems.push_back(same.error().detail);
}

}  // namespace havenline
