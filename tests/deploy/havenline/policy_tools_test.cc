// What the tools say of a policy: why, who, what changes, whether it decides as it should, and a
// page to sign.

#include "deploy/havenline/html_page.h"
#include "deploy/havenline/policy_cases.h"
#include "deploy/havenline/policy_check.h"
#include "deploy/havenline/policy_explain.h"
#include "deploy/havenline/policy_notes.h"
#include "deploy/havenline/policy_page.h"
#include "deploy/havenline/policy_seers.h"
#include "deploy/havenline/policy_source.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPolicy = std::string(HAVENLINE_SOURCE) + "/tests/fakes/policy.toml";
const std::string kRotherham = std::string(HAVENLINE_SOURCE) + "/policy/partnerships/rotherham";

std::string Read(const std::filesystem::path& path) {
  const std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class PolicyToolsTest : public ::testing::Test {
 protected:
  PolicyToolsTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~PolicyToolsTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  static LoadedPolicy Loaded(const std::string& path = kPolicy) {
    auto loaded = LoadPolicy(path);
    EXPECT_TRUE(loaded.has_value()) << loaded.error().detail;
    return *std::move(loaded);
  }
  static CaseAsked Asked() {
    return {"encompass-notice",
            "police.south-yorkshire",
            "police",
            "school",
            {"childPart=allegedSuspect", "risk=high"},
            kNight};
  }
  std::string Cases(const std::string& cases) const {
    return Write("cases.toml",
                 "document = \"policy-cases\"\npartnership = \"rotherham\"\n" + cases);
  }
  static std::string Case(const std::string& more) {
    return "[[case]]\nname = \"One\"\nexchange = \"encompass-notice\"\nsender = "
           "\"police.south-yorkshire\"\nfrom = \"police\"\nto = \"school\"\n" +
           more;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("policy_tools_test." + std::to_string(getpid()));
};

std::string Words(const Result<tool::Answer>& answer) {
  return answer ? answer->words : "fault: " + answer.error().detail;
}

TEST_F(PolicyToolsTest, CheckSaysWhatWasProvedOfHowMuch) {
  const LoadedPolicy loaded = Loaded();
  EXPECT_THAT(ProofWords(loaded), AllOf(HasSubstr("180 cells, 6 rules, 1 exchange"),
                                        HasSubstr("A `never` rule holds in every case."),
                                        HasSubstr("ENC-4  share"), HasSubstr("15 cells")));
  text::Value json = text::Value::Map();
  AddProof(loaded, json);
  EXPECT_EQ(json.Find("cells")->integer(), 180);
  EXPECT_EQ(json.Find("rules")->items().size(), 6U);
  EXPECT_EQ(json.Find("proved")->items().size(), 10U);
  EXPECT_LT(loaded.took, std::chrono::seconds(1));
}

TEST_F(PolicyToolsTest, ExplainSaysWhatIsToldByWhichRuleAndWhyNotMore) {
  const auto answer = Explain(Loaded(), Asked());
  EXPECT_THAT(Words(answer),
              AllOf(HasSubstr("school: School, college or other setting"),
                    HasSubstr("ENC-1: The force must tell the child's school"),
                    HasSubstr("Domestic Abuse Act 2021 s49A: the force's duty"),
                    HasSubstr("voiceOfChild, circumstances (forbidden by ENC-5"),
                    HasSubstr("location, adults, identifiers, childAddress (forbidden by ENC-6"),
                    HasSubstr("head of the school or setting (school)"),
                    HasSubstr("sees claims   childPart"), Not(HasSubstr("home-education"))));
  const text::Value& card = answer->json.Find("roles")->items().at(0);
  EXPECT_EQ(card.Find("rule")->text(), "ENC-1");
  EXPECT_EQ(card.Find("withheld")->items().size(), 6U);
}

TEST_F(PolicyToolsTest, ExplainShowsEveryRoleAndWhatNoRuleShares) {
  CaseAsked asked = Asked();
  asked.to.clear();
  asked.sender = "police.elsewhere";
  EXPECT_THAT(Words(Explain(Loaded(), asked)),
              AllOf(HasSubstr("police.elsewhere, which no profile names; named are "
                              "police.lincolnshire (profile four-facts)"),
                    HasSubstr("school:"), HasSubstr("is told       nothing"),
                    HasSubstr("establishment, location, collection, adults, identifiers (no rule "
                              "shares it)")));
}

// To say "nothing" of a sender whom nobody asked about would be a false answer to a real question.
TEST_F(PolicyToolsTest, ExplainAnswersForEachProfileWhereItMattersWhoSends) {
  CaseAsked asked = Asked();
  asked.sender.clear();
  const auto answer = Explain(Loaded(), asked);
  EXPECT_THAT(Words(answer),
              AllOf(HasSubstr("what is told depends on who sends it"),
                    HasSubstr("FROM police: police.south-yorkshire (profile full)\n\nschool:"),
                    HasSubstr("FROM police: police.lincolnshire (profile four-facts)\n\nschool:"),
                    HasSubstr("FROM any police that no profile names\n\nschool:")));
  EXPECT_EQ(answer->json.Find("roles"), nullptr);
  EXPECT_EQ(answer->json.Find("by-sender")->items().size(), 3U);
  // Of what all say alike there is one answer.
  asked.to = "home-education";
  const auto alike = Explain(Loaded(), asked);
  EXPECT_THAT(Words(alike), AllOf(HasSubstr("from any police, made"), Not(HasSubstr("FROM"))));
  EXPECT_EQ(alike->json.Find("roles")->items().size(), 1U);
}

TEST_F(PolicyToolsTest, ExplainSaysWhyARoleIsToldNothing) {
  CaseAsked asked = Asked();
  asked.sender = "police.elsewhere";
  EXPECT_THAT(
      Words(Explain(Loaded(), asked)),
      AllOf(HasSubstr("is told       nothing\n  because       ENC-1 shares only from police: "
                      "police.south-yorkshire (profile full)\n"),
            HasSubstr("(forbidden by ENC-6")));
  asked.to = "childrens-services";
  asked.claims = {"risk=medium"};
  EXPECT_THAT(Words(Explain(Loaded(), asked)),
              HasSubstr("because       ENC-4 shares only when risk is high (here it is medium)\n"));
  asked.to = "police";
  EXPECT_THAT(Words(Explain(Loaded(), asked)),
              HasSubstr("because       no rule tells police anything of it from police\n"));
  const std::string whole = Read(kPolicy);
  const std::string later = TestPartnership::Replace(whole, "rule = \"ENC-4\"\n",
                                                     "rule = \"ENC-4\"\nstarts = 2027-01-01\n");
  asked.to = "childrens-services";
  asked.claims = {"risk=high"};
  const auto before = Explain(Loaded(Write("later.toml", later)), asked);
  EXPECT_THAT(Words(before), HasSubstr("ENC-4 shares only made from 2027-01-01 on\n"));
  EXPECT_EQ(before->json.Find("roles")->items().at(0).Find("why-nothing")->items().size(), 1U);
}

TEST_F(PolicyToolsTest, ExplainNamesWhatIsThereWhereTheQuestionIsWrong) {
  const LoadedPolicy loaded = Loaded();
  CaseAsked asked = Asked();
  asked.claims = {"risk=hgih"};
  EXPECT_THAT(Words(Explain(loaded, asked)), HasSubstr("only unknown, standard, medium, high"));
  asked.claims = {"grade=high"};
  EXPECT_THAT(Words(Explain(loaded, asked)), HasSubstr("its claims are childPart, risk"));
  asked = Asked();
  asked.exchange = "notice";
  EXPECT_THAT(Words(Explain(loaded, asked)), HasSubstr("it has only encompass-notice"));
  asked = Asked();
  asked.from = "school";
  EXPECT_THAT(Words(Explain(loaded, asked)), HasSubstr("--from"));
  asked = Asked();
  asked.to = "shcool";
  EXPECT_THAT(Words(Explain(loaded, asked)),
              HasSubstr("--to: the policy has no role shcool; did you mean \"school\"?"));
}

TEST_F(PolicyToolsTest, WhoCanSeeNamesRolesCasesAndClaims) {
  const LoadedPolicy loaded = Loaded();
  EXPECT_THAT(
      Words(WhoCanSee(loaded, "encompass-notice", "childAddress")),
      AllOf(HasSubstr("home-education  any police  always"), Not(HasSubstr("childrens-services")),
            HasSubstr("never school, from any police, always: rule ENC-6"),
            Not(HasSubstr("claim"))));
  EXPECT_THAT(Words(WhoCanSee(loaded, "encompass-notice", "handling")),
              HasSubstr("childrens-services  any police"));
  EXPECT_THAT(Words(WhoCanSee(loaded, "encompass-notice", "childPart")),
              HasSubstr("the claim childPart, which is made of it: the broker, school"));
  EXPECT_THAT(Words(WhoCanSee(loaded, "encompass-notice", "diary")), HasSubstr("only exclusions"));
}

TEST_F(PolicyToolsTest, WhoCanSeeFindsASectionByItsLabelAndSaysWhatIsNear) {
  const LoadedPolicy loaded = Loaded();
  const std::string by_name = Words(WhoCanSee(loaded, "encompass-notice", "childAddress"));
  EXPECT_EQ(Words(WhoCanSee(loaded, "encompass-notice", "CHILD address")), by_name);
  const auto at = by_name.find('(');
  const std::string label = by_name.substr(at + 1, by_name.find(')') - at - 1);
  EXPECT_NE(label, "childAddress");
  EXPECT_EQ(Words(WhoCanSee(loaded, "encompass-notice", label)), by_name);
  EXPECT_THAT(Words(WhoCanSee(loaded, "encompass-notice", "address")),
              HasSubstr("did you mean childAddress ("));
}

TEST_F(PolicyToolsTest, WhoCanSeeOfEveryExchangeHasEachThatHasTheSection) {
  const auto answer = WhoCanSee(Loaded(kRotherham), "*", "safeContact");
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  const auto& exchanges = answer->json.Find("exchanges")->items();
  EXPECT_GT(exchanges.size(), 2U);
  for (const text::Value& each : exchanges) {
    EXPECT_THAT(answer->words, HasSubstr(" of " + each.Find("exchange")->text() + ", "));
  }
  EXPECT_THAT(Words(WhoCanSee(Loaded(kRotherham), "*", "safeContcat")),
              HasSubstr("did you mean \"safeContact\"?"));
}

// Thirty lines that say one thing hide the one that does not.
TEST_F(PolicyToolsTest, WhoCanSeeFoldsSendersAndSaysOfWhomANeverRuleSpeaks) {
  const auto answer = WhoCanSee(Loaded(kRotherham), "order-breach", "safeContact");
  const std::string words = Words(answer);
  EXPECT_LT(std::ranges::count(words, '\n'), 12) << words;
  EXPECT_THAT(words, HasSubstr(", from any perpetrator-programme, "));
}

TEST_F(PolicyToolsTest, SectionsAreListedWithTheirWordsAndClaimsWithTheirValues) {
  EXPECT_THAT(
      Words(ShowSections(Loaded(), "encompass-notice")),
      AllOf(HasSubstr("encompass-notice: a notice about a child"), HasSubstr("childAddress  "),
            HasSubstr("risk       risk.grade  unknown, standard, medium, high")));
  EXPECT_THAT(Words(ShowSections(Loaded(), "encompas-notice")),
              HasSubstr("did you mean \"encompass-notice\"?"));
}

// --- notes

TEST_F(PolicyToolsTest, ASectionThatARuleListsAndANeverRuleAlwaysForbidsIsWarnedOf) {
  EXPECT_TRUE(NotesOf(Loaded()).empty()) << "forbidden in some cases only is what never is for";
  const std::string text =
      TestPartnership::Replace(Read(kPolicy), "sections = [\"childName\", ",
                               "sections = [\"childName\", \"childAddress\", ");
  const auto notes = NotesOf(Loaded(Write("listed.toml", text)));
  ASSERT_FALSE(notes.empty());
  EXPECT_EQ(notes[0].never, std::vector<std::string>{"ENC-6"});
  EXPECT_THAT(WordsOf(notes), HasSubstr("WARNING: ENC-1 lists childAddress for school, which ENC-6 "
                                        "always forbids"));
  EXPECT_EQ(CountOfWarnings({notes[0]}), ", 1 warning");
  EXPECT_THAT(PolicyPage(Loaded(Write("listed.toml", text))),
              HasSubstr("ENC-1 lists childAddress"));
}

TEST_F(PolicyToolsTest, OfARuleThatSharesAllItIsOnlyANote) {
  const std::string text = Read(kPolicy);
  const auto begin = text.find("sections = [", text.find("rule = \"ENC-1\""));
  const auto end = text.find(']', begin);
  const auto notes = NotesOf(
      Loaded(Write("all.toml", text.substr(0, begin) + "sections = [\"*\"" + text.substr(end))));
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_THAT(WordsOf(notes), AllOf(HasSubstr("note: ENC-1 shares \"*\" with school, all but "),
                                    HasSubstr("which ENC-6 always forbids")));
  EXPECT_EQ(CountOfWarnings(notes), "");
}

TEST_F(PolicyToolsTest, CasesThatHoldAreSaidToAndRulesWithoutACaseAreNamed) {
  const auto answer =
      TestCases(Loaded(), {Cases(Case("claims = { childPart = \"victim\" }\nincludes "
                                      "= [\"circumstances\"]\nwithheld = "
                                      "[\"location\"]\nrule = \"ENC-1\"\n"))});
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_THAT(answer->words, AllOf(HasSubstr("holds  One"),
                                   HasSubstr("no case tests ENC-2, ENC-3, ENC-4, ENC-5")));
  EXPECT_EQ(answer->code, ExitCode::kData) << "each rule must have a case";
  const auto whole = TestCases(Loaded(kRotherham), *CasesIn(kRotherham));
  ASSERT_TRUE(whole.has_value()) << whole.error().detail;
  EXPECT_EQ(whole->code, ExitCode::kOk) << whole->words;
}

TEST_F(PolicyToolsTest, ACaseThatDoesNotHoldSaysWhatIsAndWhere) {
  const auto fails = [&](const std::string& more, const std::string& words) {
    const auto answer = TestCases(Loaded(), {Cases(Case(more))});
    EXPECT_THAT(Words(answer), AllOf(HasSubstr("FAILS  One"), HasSubstr(words))) << more;
    EXPECT_EQ(answer->code, ExitCode::kData);
  };
  // Of an alleged suspect, which no case here leaves out.
  fails("includes = [\"circumstances\"]\n",
        "it is not told circumstances: a notice about a child, the child's part in the incident: "
        "allegedSuspect");
  fails("withheld = [\"childName\"]\n", "it is told childName");
  fails("told = [\"childName\"]\n", "it is told childName, childBirth");
  fails("nothing = true\n", "it is told childName");
  fails("withheld = [\"location\"]\nrule = \"ENC-2\"\n", "the rule is ENC-1");
  fails("withheld = [\"location\"]\nbasis = \"ca2004-s11\"\n", "the basis is daa2021-s49a");
  fails("withheld = [\"location\"]\nrequired = true\n", "it need not be told");
  fails("withheld = [\"location\"]\nheld = true\n", "it is not held");
  fails("withheld = [\"location\"]\nacknowledge = \"one-working-day\"\n",
        "the clock is before-the-bell");
  fails("withheld = [\"locaton\"]\n", "no section locaton");
  fails("withheld = [\"location\"]\nclaims = { risk = \"hgih\" }\n", "has no value hgih");
}

TEST_F(PolicyToolsTest, CasesThatSayNothingAreRefusedWithTheirLine) {
  const std::string path = Cases(Case("rule = \"ENC-1\"\n"));
  EXPECT_THAT(Words(TestCases(Loaded(), {path})),
              AllOf(HasSubstr(path + ":3:"), HasSubstr("must say what is `told`")));
  EXPECT_THAT(Words(TestCases(Loaded(), {Cases(Case("nothing = true\nmade = \"soon\"\n"))})),
              HasSubstr("must be a day"));
  EXPECT_THAT(Words(TestCases(Loaded(), {Cases(Case("nothing = true\nrlue = \"x\"\n"))})),
              HasSubstr("unknown key \"rlue\"; did you mean \"rule\"?"));
}

TEST_F(PolicyToolsTest, AFolderOfTextsIsOnePolicyWhoseProblemsNameTheirFile) {
  const std::string whole = Read(kPolicy);
  const auto at = whole.find("[[share]]\nrule = \"ENC-3\"");
  ASSERT_NE(at, std::string::npos);
  Write("policy.toml", whole.substr(0, at));
  Write("rules.toml", whole.substr(at));
  Write("cases.toml", "this is not read\n");
  const LoadedPolicy loaded = Loaded(folder_.string());
  EXPECT_EQ(loaded.rules.rules.size(), 6U);
  EXPECT_EQ(loaded.file.text, whole);
  Write("rules.toml", TestPartnership::Replace(whole.substr(at), "to = [\"home-education\"]",
                                               "to = [\"home-educaton\"]"));
  const auto broken = LoadPolicy(folder_.string());
  ASSERT_FALSE(broken.has_value());
  EXPECT_THAT(broken.error().detail,
              HasSubstr((folder_ / "rules.toml").string() + ":5:7: rule ENC-3: there is no role"));
  std::filesystem::remove(folder_ / "policy.toml");
  EXPECT_FALSE(LoadPolicy(folder_.string()).has_value());
}

TEST_F(PolicyToolsTest, ThePageHasEverySectionRoleRuleAndBasis) {
  const LoadedPolicy loaded = Loaded();
  const std::string page = PolicyPage(loaded);
  EXPECT_THAT(page, AllOf(HasSubstr("<!DOCTYPE html>"),
                          HasSubstr(HexEncode(loaded.policy.version().hash)), HasSubstr("Approved"),
                          Not(HasSubstr("<script")), HasSubstr("default-src 'none'")));
  for (const std::string& section : loaded.policy.exchanges()[0].sections)
    EXPECT_THAT(page, HasSubstr(">" + section + "<"));
  for (const policy::Rule& rule : loaded.rules.rules) {
    EXPECT_THAT(page, HasSubstr(rule.id.value()));
    EXPECT_THAT(page, HasSubstr(HtmlText(rule.why)));
  }
  EXPECT_THAT(page, HasSubstr("Children Act 2004 s11"));
}

// A hundred senders of one thing are one line, and no table is wider than a sheet.
TEST_F(PolicyToolsTest, ThePageOfALargePolicyFitsASheet) {
  const std::string page = PolicyPage(Loaded(kRotherham));
  EXPECT_THAT(page, AllOf(HasSubstr("size: A4 landscape"), HasSubstr("whoever sends it"),
                          HasSubstr("roles 1 to 8 of 1")));
  std::size_t widest = 0;
  for (auto at = page.find("<thead><tr>"); at != std::string::npos;
       at = page.find("<thead><tr>", at + 1)) {
    const std::string head = page.substr(at, page.find("</tr>", at) - at);
    std::size_t columns = 0;
    for (auto th = head.find("<th"); th != std::string::npos; th = head.find("<th", th + 1))
      ++columns;
    widest = std::max(widest, columns);
  }
  EXPECT_EQ(widest, 10U) << "\"<thead\" and nine columns";
}

TEST_F(PolicyToolsTest, ThePageSaysWhoMayLookIntoTheAuditLog) {
  EXPECT_THAT(PolicyPage(Loaded()), Not(HasSubstr("audit log")));
  const std::string text = Read(kPolicy) +
                           "[[audit]]\nrule = \"LOOK-1\"\nby = [\"police\"]\nexchanges = [\"*\"]\n"
                           "why = \"Somebody must look.\"\n";
  EXPECT_THAT(PolicyPage(Loaded(Write("audit.toml", text))),
              AllOf(HasSubstr("Who may look into the audit log"), HasSubstr("LOOK-1"),
                    HasSubstr("all that are not concealed"), HasSubstr("Somebody must look.")));
}

TEST_F(PolicyToolsTest, WhoSignsIsToldWhatBySigningIsApproved) {
  const LoadedPolicy loaded = Loaded();
  const std::string page = PolicyPage(loaded);
  EXPECT_THAT(
      page.substr(page.find("<h2>Approved")),
      AllOf(HasSubstr("filled in by whoever may bind that agency"),
            HasSubstr("version 1, whose hash is " + HexEncode(loaded.policy.version().hash))));
}

// Whoever writes a policy writes no page.
TEST_F(PolicyToolsTest, NothingInAPolicyWritesMarkup) {
  EXPECT_EQ(HtmlText("<a href=\"x\" b='y'>&\x1B\xE2\x80\xAE"),
            "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;  ");
  std::string text = Read(kPolicy);
  for (const char* const what : {"why = \"", "title = \"", "words = \"", "support-child = \"",
                                 "school = \"", "child-safeguarding-file = \""}) {
    text = TestPartnership::Replace(text, what, std::string(what) + "<script>alert(1)</script>");
  }
  const std::string page = PolicyPage(Loaded(Write("policy.toml", text)));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

}  // namespace
}  // namespace havenline
