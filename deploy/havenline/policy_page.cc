#include "deploy/havenline/policy_page.h"

#include <algorithm>

#include "deploy/havenline/html_page.h"
#include "deploy/havenline/policy_clauses.h"
#include "deploy/havenline/policy_fold.h"
#include "deploy/havenline/policy_notes.h"
#include "deploy/havenline/policy_words.h"
#include "deploy/havenline/table.h"
#include "policy/compare.h"
#include "policy/promises.h"

namespace havenline {
namespace {

constexpr std::size_t kRolesAcross = 8;  // That fit beside the sections on a sheet of A4.

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
      const std::vector<FoldedSaying> sayings = Fold(sayings_, exchange.name);
      Matrix(exchange, sayings);
      Terms(exchange, sayings);
      html_ += NeversTable(loaded_.rules, exchange) + ClaimsTable(policy_, exchange);
    }
    Audit();
    Notes();
    Glossary();
    html_ += SignaturesTable("the policy of " + policy_.partnership().value() + ", version " +
                             std::to_string(policy_.version().version) + ", whose hash is " +
                             HexEncode(policy_.version().hash)) +
             std::string(kPageEnd);
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

  // The sections down, a few roles across: in each field the numbers of the lines of Terms() by
  // which that role is told that section. So it fits a sheet however many senders and cases there
  // are.
  void Matrix(const policy::Exchange& exchange, const std::vector<FoldedSaying>& sayings) {
    std::vector<Role> roles;
    for (const FoldedSaying& each : sayings) {
      if (std::ranges::find(roles, each.saying->to) == roles.end())
        roles.push_back(each.saying->to);
    }
    for (std::size_t first = 0; first < roles.size(); first += kRolesAcross) {
      const std::size_t last = std::min(first + kRolesAcross, roles.size());
      std::vector<std::string> heads = {"Section"};
      for (std::size_t i = first; i < last; ++i) heads.push_back(roles[i].value());
      html_ +=
          TableHead("Who is told what, by which line of the next table" +
                        (roles.size() <= kRolesAcross
                             ? std::string()
                             : "; roles " + std::to_string(first + 1) + " to " +
                                   std::to_string(last) + " of " + std::to_string(roles.size())),
                    heads);
      for (const std::string& section : exchange.sections) {
        html_ += "<tr>" + RowHead(section);
        for (std::size_t i = first; i < last; ++i)
          html_ += "<td class=\"mark\">" + HtmlText(MarksOf(exchange, sayings, roles[i], section)) +
                   "</td>";
        html_ += "</tr>\n";
      }
      html_ += kTableEnd;
    }
  }

  // "1, 2, shown as withheld 3".
  static std::string MarksOf(const policy::Exchange& exchange,
                             const std::vector<FoldedSaying>& sayings, const Role& to,
                             const std::string& section) {
    const policy::SectionSet bit = *exchange.SetOf({section});
    std::vector<std::string> marks;
    for (std::size_t i = 0; i < sayings.size(); ++i) {
      const policy::Saying& saying = *sayings[i].saying;
      if (saying.to != to) continue;
      const std::string number = std::to_string(i + 1);
      if ((saying.cell->sections & bit) != 0) {
        marks.push_back(number);
      } else if ((saying.cell->visible & bit) != 0) {
        marks.push_back("shown as withheld " + number);
      }
    }
    return tool::Join(marks);
  }

  void Terms(const policy::Exchange& exchange, const std::vector<FoldedSaying>& sayings) {
    html_ += TableHead("The lines", {"Line", "To", "From", "When", "Rule and why", "Basis",
                                     "Purpose", "Duty and clock", "Label"});
    const auto sending = SendingRoles(policy_, exchange.name);
    for (std::size_t i = 0; i < sayings.size(); ++i) {
      const policy::Saying& saying = *sayings[i].saying;
      const policy::Cell& cell = *saying.cell;
      const std::string when = CasesWords(saying.when);
      html_ += "<tr>" + RowHead(std::to_string(i + 1)) + Cell(saying.to.value()) +
               Cell(FoldedWords(sayings[i].senders, senders_, sending)) +
               Cell(when.empty() ? "always" : when) + Cell(cell.rule.value() + ": " + cell.why) +
               Cell(BasesOf(cell)) + Cell(PurposesOf(policy_, cell)) + Cell(DutyWords(saying)) +
               Cell(LabelOf(policy_, cell)) + "</tr>\n";
    }
    html_ += kTableEnd;
  }

  void Notes() {
    const std::vector<PolicyNote> notes = NotesOf(loaded_);
    if (notes.empty()) return;
    html_ += "<h2>Notes</h2>\n<ul>\n";
    std::string_view lines;
    const std::string words = WordsOf(notes);
    for (lines = words; !lines.empty();) {
      const auto end = lines.find('\n');
      html_ += "<li>" + HtmlText(lines.substr(0, end)) + "</li>\n";
      lines.remove_prefix(end + 1);
    }
    html_ += "</ul>\n";
  }

  void Audit() {
    if (policy_.audit_rules().empty()) return;
    html_ += "<h2>Who may look into the audit log</h2>\n" +
             TableHead("Beside what is their own agency's", {"Rule", "Role", "Exchanges", "Why"});
    for (const policy::AuditRule& rule : policy_.audit_rules()) {
      std::vector<std::string> exchanges;
      if (rule.unconcealed) exchanges.emplace_back("all that are not concealed");
      for (const ExchangeName& exchange : rule.exchanges) exchanges.push_back(exchange.value());
      html_ += "<tr>" + RowHead(rule.id.value()) + Cell(tool::Join(NamesOf(rule.by))) +
               Cell(tool::Join(exchanges)) + Cell(rule.why) + "</tr>\n";
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
