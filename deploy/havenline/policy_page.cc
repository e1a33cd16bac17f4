#include "deploy/havenline/policy_page.h"

#include "deploy/havenline/html_page.h"
#include "deploy/havenline/policy_clauses.h"
#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/compare.h"
#include "policy/promises.h"

namespace havenline {
namespace {

class Page {
 public:
  explicit Page(const LoadedPolicy& loaded)
      : loaded_(loaded),
        policy_(loaded.policy),
        senders_(SendersOf(policy_)),
        sayings_(policy::SayingsOf(policy_)) {}

  std::string Make() {
    html_ = PageHead("Sharing policy");
    Title();
    for (const policy::Exchange& exchange : policy_.exchanges()) {
      html_ +=
          "<h2>" + HtmlText(exchange.name.value()) + ": " + HtmlText(exchange.title) + "</h2>\n";
      html_ += AboutExchange(exchange);
      Matrix(exchange);
      Terms(exchange);
      html_ += NeversTable(loaded_.rules, exchange) + ClaimsTable(policy_, exchange);
    }
    Glossary();
    html_ += SignaturesTable() + std::string(kPageEnd);
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
      html_ += "<tr>" + RowHead(std::to_string(++number)) + Cell(saying.to.value()) +
               Cell(SenderWords(saying, senders_)) + Cell(when.empty() ? "always" : when) +
               Cell(cell.rule.value() + ": " + cell.why) + Cell(BasesOf(cell)) +
               Cell(PurposesOf(policy_, cell)) + Cell(DutyWords(saying)) +
               Cell(LabelOf(policy_, cell)) + "</tr>\n";
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

  const LoadedPolicy& loaded_;
  const policy::Policy& policy_;
  ProfileSenders senders_;
  std::vector<policy::Saying> sayings_;
  std::string html_;
};

}  // namespace

std::string PolicyPage(const LoadedPolicy& loaded) { return Page(loaded).Make(); }

}  // namespace havenline
