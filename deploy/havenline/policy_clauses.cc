#include "deploy/havenline/policy_clauses.h"

#include "deploy/havenline/document_words.h"
#include "deploy/havenline/html_page.h"
#include "deploy/havenline/table.h"

namespace havenline {
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

std::string BasesOf(const policy::Cell& cell) {
  std::vector<std::string> words;
  for (const std::string& code : SplitJoined(cell.basis)) words.push_back(BasisWords(code));
  return tool::Join(words, "; ");
}

std::string PurposesOf(const policy::Policy& policy, const policy::Cell& cell) {
  std::vector<std::string> words;
  for (const std::string& name : SplitJoined(cell.purpose))
    words.push_back(policy.purposes().at(name));
  return tool::Join(words, "; ");
}

std::string LabelOf(const policy::Policy& policy, const policy::Cell& cell) {
  return cell.retention.empty() ? "" : policy.retentions().at(cell.retention);
}

std::string DutyWords(const policy::Saying& saying) {
  const policy::Cell& cell = *saying.cell;
  std::vector<std::string> words;
  if (cell.required) words.emplace_back("must be told");
  if (cell.decision_required) words.emplace_back("to be told, or a decision not to recorded");
  if (saying.held != nullptr) words.push_back("held: " + HeldWords(*saying.held));
  if (cell.deadline != nullptr) words.push_back("acknowledges " + WordsOf(*cell.deadline));
  if (!cell.escalation.empty()) words.push_back("then " + EscalationWords(cell));
  return tool::Join(words, "; ");
}

std::string AboutExchange(const policy::Exchange& exchange) {
  std::string html =
      "<p>Version " + std::to_string(exchange.version) + ". " + StanceWords(exchange.consent);
  if (exchange.urgent) html += " Urgent.";
  if (exchange.strict) html += " Strict: not sent while the directory is out of date.";
  if (exchange.concealed) html += " Concealed: that there is one is itself secret.";
  if (!exchange.hold_flags.empty())
    html +=
        " Waits for a supervisor when flagged: " + HtmlText(tool::Join(exchange.hold_flags)) + ".";
  return html + "</p>\n";
}

std::string NeversTable(const policy::Rules& rules, const policy::Exchange& exchange) {
  std::string html =
      TableHead("Never, whatever else is said", {"Rule", "To", "From", "When", "Sections", "Why"});
  for (const policy::Rule& rule : rules.rules) {
    if (rule.effect != policy::Effect::kNever || rule.exchange != exchange.name) continue;
    const std::string when = RuleWhenWords(rule);
    html += "<tr>" + RowHead(rule.id.value()) + Cell(tool::Join(NamesOf(rule.to))) +
            Cell(tool::Join(NamesOf(rule.from)) +
                 (rule.profiles.empty() ? "" : " (profile " + tool::Join(rule.profiles) + ")")) +
            Cell(when.empty() ? "always" : when) + Cell(tool::Join(rule.sections)) +
            Cell(rule.why) + "</tr>\n";
  }
  return html + std::string(kTableEnd);
}

std::string ClaimsTable(const policy::Policy& policy, const policy::Exchange& exchange) {
  if (exchange.claims.empty()) return "";
  std::string html =
      TableHead("Claims: what is told beside the sections, so that rules can be checked",
                {"Claim", "Made of", "Values", "Who sees it"});
  for (const policy::Claim& claim : exchange.claims) {
    std::vector<std::string> seen = {"the broker"};
    for (std::string& role : RolesThatSee(policy, exchange.name, claim.name))
      seen.push_back(std::move(role));
    html += "<tr>" + RowHead(claim.name) +
            Cell(claim.section + (claim.field.empty() ? "" : "." + claim.field)) +
            Cell(tool::Join(claim.values)) + Cell(tool::Join(seen)) + "</tr>\n";
  }
  return html + std::string(kTableEnd);
}

std::string SignaturesTable(const std::string& what) {
  std::string html =
      "<h2>Approved</h2>\n<p>For each agency that is a party one line, filled in by whoever may "
      "bind "
      "that agency. Who signs approves this and nothing else: " +
      HtmlText(what) +
      ".</p>\n<p>This paper puts nothing in force. It is for the holders of governance's keys, who "
      "sign "
      "the text of that hash and no other.</p>\n<table class=\"sign\">\n<thead><tr>";
  for (const char* const head : {"Name", "Office, and agency", "Signature", "Date"})
    html += HeadCell(head);
  html += "</tr></thead>\n<tbody>\n";
  for (int i = 0; i < 8; ++i) html += "<tr><td></td><td></td><td></td><td></td></tr>\n";
  return html + std::string(kTableEnd);
}

}  // namespace havenline
