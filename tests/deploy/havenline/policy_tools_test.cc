// What the tools say of a policy: why, who, what changes, whether it decides as it should, and a
// page to sign.

#include "deploy/havenline/html_page.h"
#include "deploy/havenline/policy_cases.h"
#include "deploy/havenline/policy_check.h"
#include "deploy/havenline/policy_explain.h"
#include "deploy/havenline/policy_page.h"
#include "deploy/havenline/policy_source.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/partnership.h"

namespace havenline {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPolicy = std::string(HAVENLINE_SOURCE) + "/tests/fakes/policy.toml";
const std::string kRotherham = std::string(HAVENLINE_SOURCE) + "/policy/partnerships/rotherham";

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path);
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
              AllOf(HasSubstr("police.elsewhere (no profile)"), HasSubstr("school:"),
                    HasSubstr("is told       nothing"),
                    HasSubstr("establishment, location, collection, adults, identifiers (no rule "
                              "shares it)")));
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
  EXPECT_THAT(Words(Explain(loaded, asked)), HasSubstr("only encompass-notice"));
  asked = Asked();
  asked.from = "school";
  EXPECT_THAT(Words(Explain(loaded, asked)), HasSubstr("--from"));
  asked = Asked();
  asked.to = "housing";
  EXPECT_THAT(Words(Explain(loaded, asked)), HasSubstr("--to"));
}

TEST_F(PolicyToolsTest, WhoCanSeeNamesRolesCasesAndClaims) {
  const LoadedPolicy loaded = Loaded();
  EXPECT_THAT(
      Words(WhoCanSee(loaded, "encompass-notice", "childAddress")),
      AllOf(HasSubstr("home-education  any police  always"), Not(HasSubstr("childrens-services")),
            HasSubstr("never school: rule ENC-6"), Not(HasSubstr("claim"))));
  EXPECT_THAT(Words(WhoCanSee(loaded, "encompass-notice", "handling")),
              HasSubstr("childrens-services  any police"));
  EXPECT_THAT(Words(WhoCanSee(loaded, "encompass-notice", "childPart")),
              HasSubstr("the claim childPart, which is made of it: the broker, school"));
  EXPECT_THAT(Words(WhoCanSee(loaded, "encompass-notice", "diary")), HasSubstr("only exclusions"));
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
