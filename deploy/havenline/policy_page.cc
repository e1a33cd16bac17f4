#include "deploy/havenline/policy_page.h"

#include <algorithm>
#include <set>

#include "deploy/havenline/document_words.h"
#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/cells.h"
#include "policy/promises.h"
#include "policy/time_text.h"

namespace havenline {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Sharing policy</title>
<style>
body { font: 10pt/1.4 Arial, sans-serif; margin: 2em; color: #000; background: #fff; }
h1 { font-size: 18pt; } h2 { font-size: 14pt; margin-top: 2em; }
table { border-collapse: collapse; width: 100%; margin: 1em 0; }
caption { text-align: left; font-weight: bold; padding: .3em 0; }
th, td { border: 1px solid #666; padding: .3em .5em; text-align: left; vertical-align: top; }
thead th { background: #eee; }
td.mark { text-align: center; }
.sign td { height: 3em; }
code { overflow-wrap: anywhere; }
@media print { body { margin: 0; } h2 { break-before: page; } tr { break-inside: avoid; } }
</style>
</head>
<body>
)";

std::string Cell(std::string_view text) { return "<td>" + HtmlText(text) + "</td>"; }
std::string HeadCell(std::string_view text) {
  return "<th scope=\"col\">" + HtmlText(text) + "</th>";
}
std::string RowHead(std::string_view text) {
  return "<th scope=\"row\">" + HtmlText(text) + "</th>";
}

std::string TableHead(std::string_view caption, const std::vector<std::string>& names) {
  std::string html = "<table>\n<caption>" + HtmlText(caption) + "</caption>\n<thead><tr>";
  for (const std::string& name : names) html += HeadCell(name);
  return html + "</tr></thead>\n<tbody>\n";
}
constexpr std::string_view kTableEnd = "</tbody>\n</table>\n";

std::string StanceWords(policy::Consent consent) {
  switch (consent) {
    case policy::Consent::kRequired:
      return "Consent is needed; without it nothing is shared, but for the law's exceptions.";
    case policy::Consent::kNotRequired:
      return "No consent is needed.";
    case policy::Consent::kMustNotAsk:
      return "No consent is needed, and nobody may be asked: that would endanger somebody.";
  }
  return "";
}

class Page {
 public:
  explicit Page(const LoadedPolicy& loaded)
      : loaded_(loaded),
        policy_(loaded.policy),
        senders_(SendersOf(policy_)),
        sayings_(policy::SayingsOf(policy_)) {}

  std::string Make() {
    html_ = kHead;
    Title();
    for (const policy::Exchange& exchange : policy_.exchanges()) {
      html_ +=
          "<h2>" + HtmlText(exchange.name.value()) + ": " + HtmlText(exchange.title) + "</h2>\n";
      About(exchange);
      Matrix(exchange);
      Terms(exchange);
      Nevers(exchange);
      Claims(exchange);
    }
    Glossary();
    Signatures();
    html_ += "</body>\n</html>\n";
    return std::move(html_);
  }

 private:
  void Title() {
    html_ += "<h1>Sharing policy of " + HtmlText(policy_.partnership().value()) + ", version " +
             std::to_string(policy_.version().version) + "</h1>\n<p>Hash of the text: <code>" +
             HexEncode(policy_.version().hash) + "</code></p>\n<p>" +
             std::to_string(CellsOf(policy_)) + " cells and " +
             std::to_string(loaded_.rules.rules.size()) +
             " rules. What no rule below shares is not shared. Proved of every cell:</p>\n<ul>\n";
    for (const std::string_view promise : policy::kPromises)
      html_ += "<li>" + HtmlText(promise) + "</li>\n";
    html_ += "</ul>\n";
  }

  void About(const policy::Exchange& exchange) {
    html_ +=
        "<p>Version " + std::to_string(exchange.version) + ". " + StanceWords(exchange.consent);
    if (exchange.urgent) html_ += " Urgent.";
    if (exchange.strict) html_ += " Strict: not sent while the directory is out of date.";
    if (exchange.concealed) html_ += " Concealed: that there is one is itself secret.";
    if (!exchange.hold_flags.empty())
      html_ +=
          " Waits for a supervisor when flagged: " + HtmlText(tool::Join(exchange.hold_flags)) +
          ".";
    html_ += "</p>\n";
  }

  // Sections down, what is said across.
  void Matrix(const policy::Exchange& exchange) {
    std::vector<std::string> heads = {"Section"};
    std::vector<const policy::Saying*> sayings;
    for (const policy::Saying& saying : sayings_) {
      if (saying.exchange != exchange.name) continue;
      sayings.push_back(&saying);
      heads.push_back(std::to_string(sayings.size()));
    }
    html_ += TableHead("Who is told what; the columns are explained below", heads);
    for (const std::string& section : exchange.sections) {
      const policy::SectionSet bit = *exchange.SetOf({section});
      html_ += "<tr>" + RowHead(section);
      for (const policy::Saying* const saying : sayings) {
        const bool told = (saying->cell->sections & bit) != 0;
        const bool shows = (saying->cell->visible & bit) != 0;
        html_ += std::string("<td class=\"mark\">") +
                 (told    ? "told"
                  : shows ? "shown as withheld"
                          : "") +
                 "</td>";
      }
      html_ += "</tr>\n";
    }
    html_ += kTableEnd;
  }

  void Terms(const policy::Exchange& exchange) {
    html_ += TableHead("The columns", {"", "To", "From", "When", "Rule and why", "Basis", "Purpose",
                                       "Duty and clock", "Label"});
    std::size_t number = 0;
    for (const policy::Saying& saying : sayings_) {
      if (saying.exchange != exchange.name) continue;
      const policy::Cell& cell = *saying.cell;
      const std::string when = CasesWords(saying.when);
      std::string basis;
      for (const std::string& code : SplitJoined(cell.basis))
        basis += (basis.empty() ? "" : "; ") + BasisWords(code);
      std::string purpose;
      for (const std::string& name : SplitJoined(cell.purpose))
        purpose += (purpose.empty() ? "" : "; ") + policy_.purposes().at(name);
      html_ += "<tr>" + RowHead(std::to_string(++number)) + Cell(saying.to.value()) +
               Cell(SenderWords(saying, senders_)) + Cell(when.empty() ? "always" : when) +
               Cell(cell.rule.value() + ": " + cell.why) + Cell(basis) + Cell(purpose) +
               Cell(DutyWords(saying)) +
               Cell(cell.retention.empty() ? "" : policy_.retentions().at(cell.retention)) +
               "</tr>\n";
    }
    html_ += kTableEnd;
  }

  static std::string DutyWords(const policy::Saying& saying) {
    const policy::Cell& cell = *saying.cell;
    std::vector<std::string> words;
    if (cell.required) words.emplace_back("must be told");
    if (cell.decision_required) words.emplace_back("to be told, or a decision not to recorded");
    if (saying.held != nullptr) words.push_back("held: " + HeldWords(*saying.held));
    if (cell.deadline != nullptr) words.push_back("acknowledges " + WordsOf(*cell.deadline));
    if (!cell.escalation.empty()) words.push_back("then " + EscalationWords(cell));
    return tool::Join(words, "; ");
  }

  void Nevers(const policy::Exchange& exchange) {
    html_ += TableHead("Never, whatever else is said",
                       {"Rule", "To", "From", "When", "Sections", "Why"});
    for (const policy::Rule& rule : loaded_.rules.rules) {
      if (rule.effect != policy::Effect::kNever || rule.exchange != exchange.name) continue;
      html_ += "<tr>" + RowHead(rule.id.value()) + Cell(NamesOf(rule.to)) +
               Cell(NamesOf(rule.from) +
                    (rule.profiles.empty() ? "" : " (profile " + tool::Join(rule.profiles) + ")")) +
               Cell(WhenWords(rule)) + Cell(tool::Join(rule.sections)) + Cell(rule.why) + "</tr>\n";
    }
    html_ += kTableEnd;
  }

  static std::string NamesOf(const std::vector<Role>& roles) {
    std::vector<std::string> names;
    for (const Role& role : roles) names.push_back(role.value());
    return tool::Join(names);
  }
  static std::string WhenWords(const policy::Rule& rule) {
    std::string words = policy::Words({rule.when.begin(), rule.when.end()});
    if (rule.starts) words += " from " + policy::TimeText(*rule.starts) + " on";
    if (rule.ends) words += " until before " + policy::TimeText(*rule.ends);
    return words.empty() ? "always" : words;
  }

  void Claims(const policy::Exchange& exchange) {
    if (exchange.claims.empty()) return;
    html_ += TableHead("Claims: what is told beside the sections, so that rules can be checked",
                       {"Claim", "Made of", "Values", "Who sees it"});
    for (const policy::Claim& claim : exchange.claims) {
      std::vector<std::string> seen = {"the broker"};
      for (std::string& role : RolesThatSee(policy_, exchange.name, claim.name))
        seen.push_back(std::move(role));
      html_ += "<tr>" + RowHead(claim.name) +
               Cell(claim.section + (claim.field.empty() ? "" : "." + claim.field)) +
               Cell(tool::Join(claim.values)) + Cell(tool::Join(seen)) + "</tr>\n";
    }
    html_ += kTableEnd;
  }

  void Glossary() {
    html_ += "<h2>Words</h2>\n" + TableHead("Roles", {"Role", "What it is"});
    for (const auto& [name, title] : policy_.roles())
      html_ += "<tr>" + RowHead(name) + Cell(title) + "</tr>\n";
    html_ += std::string(kTableEnd) +
             TableHead("Duties", {"Duty", "Who", "At", "Held at every hour by a person"});
    for (const auto& [name, duty] : policy_.duties()) {
      html_ += "<tr>" + RowHead(name) + Cell(duty.title) + Cell(duty.at.value()) +
               Cell(duty.person ? "yes" : "no") + "</tr>\n";
    }
    html_ += std::string(kTableEnd) + TableHead("Profiles", {"Profile", "Senders"});
    for (const auto& [profile, senders] : senders_)
      html_ += "<tr>" + RowHead(profile) + Cell(tool::Join(senders)) + "</tr>\n";
    html_ += kTableEnd;
  }

  void Signatures() {
    html_ += "<h2>Approved</h2>\n<table class=\"sign\">\n<thead><tr>";
    for (const char* const head : {"Name", "For", "Signature", "Date"}) html_ += HeadCell(head);
    html_ += "</tr></thead>\n<tbody>\n";
    for (int i = 0; i < 6; ++i) html_ += "<tr><td></td><td></td><td></td><td></td></tr>\n";
    html_ += kTableEnd;
  }

  const LoadedPolicy& loaded_;
  const policy::Policy& policy_;
  ProfileSenders senders_;
  std::vector<policy::Saying> sayings_;
  std::string html_;
};

}  // namespace

std::string HtmlText(std::string_view text) {
  std::string html;
  for (const char c : tool::Plain(text)) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string PolicyPage(const LoadedPolicy& loaded) { return Page(loaded).Make(); }

}  // namespace havenline
