// Mistakes that people make when they write a policy, each planted in a whole one: each is caught,
// with the case that shows it.

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/policy/texts.h"

namespace havenline::policy {
namespace {

// Beside the notice: a referral that needs consent, minutes that are strict, and those whom both
// endanger.
constexpr std::string_view kMore = R"(
[exchange.dash-referral]
title = "a referral"
version = 1
slots = 8
consent = "required"
sections = ["exclusions", "consent", "assessment", "victim", "address"]

[[exchange.dash-referral.claim]]
name = "consent"
source = "consent"
values = ["not-asked", "given", "refused", "unsafe-to-ask", "cannot-consent"]
words = "consent {}"

[[exchange.dash-referral.claim]]
name = "grade"
source = "assessment.grade"
values = ["unknown", "standard", "high"]
words = "graded {}"

[exchange.marac-minutes]
title = "minutes of a conference"
version = 1
slots = 8
strict = true
concealed = true
consent = "not-required"
sections = ["exclusions", "itemsAll", "itemsStatutory"]

[[require]]
rule = "DASH-1"
exchange = "dash-referral"
from = ["police"]
to = ["idva"]
when = { grade = ["high"], consent = ["given", "unsafe-to-ask", "cannot-consent"] }
sections = ["consent", "assessment", "victim", "address"]
basis = "dpa2018-sch1-18"
purpose = "protect"
acknowledge = "one-working-day"
escalation = ["idva-duty"]
why = "Whoever advises a victim at high risk must know."

[[share]]
rule = "DASH-2"
exchange = "dash-referral"
from = ["police"]
to = ["housing"]
when = { consent = ["given"] }
sections = ["consent", "assessment", "victim"]
basis = "hra2017-s10"
purpose = "protect"
visible-when-withheld = ["address"]
why = "A home for who must leave hers."

[[share]]
rule = "DASH-3"
exchange = "dash-referral"
from = ["police"]
to = ["perpetrator-programme"]
when = { consent = ["given"] }
sections = ["assessment", "consent"]
basis = "cda1998-s115"
purpose = "protect"
why = "The programme must know how dangerous he is."

[[never]]
rule = "DASH-4"
exchange = "dash-referral"
from = ["police"]
to = ["perpetrator-programme"]
sections = ["victim", "address"]
why = "Nothing that leads to her."

[[share]]
rule = "MIN-1"
exchange = "marac-minutes"
from = ["coordinator"]
to = ["police", "idva"]
sections = ["itemsAll", "itemsStatutory"]
basis = "cda1998-s115"
purpose = "protect"
why = "Whoever acts on them."

[[never]]
rule = "MIN-2"
exchange = "marac-minutes"
from = ["coordinator"]
to = ["school", "perpetrator-programme"]
sections = ["itemsAll", "itemsStatutory"]
why = "Minutes stay with those who were there."

[duty.idva-duty]
title = "adviser on duty"
at = "idva"
person = true
)";

std::string Whole() {
  std::ifstream file(std::string(HAVENLINE_SOURCE) + "/tests/fakes/policy.toml");
  EXPECT_TRUE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return Replaced(Replaced(text.str(), "[roles]\n",
                           "[roles]\nidva = \"Adviser\"\nhousing = \"Housing\"\ncoordinator = "
                           "\"Coordinator\"\nperpetrator-programme = \"Programme\"\n"),
                  "[purposes]\n", "[purposes]\nprotect = \"Protect the victim\"\n") +
         std::string(kMore);
}

struct Mistake {
  const char* name;
  const char* from;  // The first place in the text with these words
  const char* to;    // says this instead.
  std::vector<const char*> words;
  const char* after = "";  // The first place after these words.
};

std::string Rule(const std::string& kind, const std::string& more) {
  return "[[" + kind + "]]\nrule = \"X-1\"\nwhy = \"A mistake.\"\n" + more + "\n[duty.idva-duty]";
}

const std::string kShareLocation =
    Rule("share",
         "exchange = \"encompass-notice\"\nfrom = [\"police\"]\nto = [\"school\"]\nsections = "
         "[\"location\"]\nbasis = \"daa2021-s49a\"\npurpose = \"support-child\"\n");
const std::string kAddressToProgramme = Rule(
    "share",
    "exchange = \"dash-referral\"\nfrom = [\"police\"]\nto = [\"perpetrator-programme\"]\nwhen = { "
    "consent = [\"given\"] }\nsections = [\"address\"]\nbasis = \"cda1998-s115\"\npurpose = "
    "\"protect\"\n");
const std::string kMinutesToSchool =
    Rule("share",
         "exchange = \"marac-minutes\"\nfrom = [\"coordinator\"]\nto = [\"school\"]\nsections = "
         "[\"*\"]\n"
         "basis = \"ca2004-s11\"\npurpose = \"protect\"\n");
const std::string kRequiredMinutesToSchool =
    Rule("require",
         "exchange = \"marac-minutes\"\nfrom = [\"coordinator\"]\nto = [\"school\"]\nsections = "
         "[\"itemsAll\"]\nbasis = \"ca2004-s11\"\npurpose = \"protect\"\n");
const std::string kRefusedIdva =
    Rule("require",
         "exchange = \"dash-referral\"\nfrom = [\"police\"]\nto = [\"idva\"]\nwhen = { consent = "
         "[\"refused\"] }\nsections = [\"consent\", \"assessment\"]\nbasis = "
         "\"dpa2018-sch1-18\"\npurpose "
         "= \"protect\"\nacknowledge = \"one-working-day\"\n");
const std::string kNeverRisk = Rule("never",
                                    "exchange = \"encompass-notice\"\nfrom = [\"police\"]\nto = "
                                    "[\"childrens-services\"]\nsections = "
                                    "[\"risk\"]\n");
const std::string kNeverBroker =
    Rule("never",
         "exchange = \"dash-referral\"\nfrom = [\"police\"]\nto = [\"broker\"]\nsections = "
         "[\"consent\"]\n");
const std::string kShareWithBroker =
    Rule("share",
         "exchange = \"dash-referral\"\nfrom = [\"police\"]\nto = [\"broker\"]\nsections = "
         "[\"consent\"]\nbasis = \"cda1998-s115\"\npurpose = \"protect\"\n");
const std::string kHeldOnUnseen = Rule(
    "share",
    "exchange = \"encompass-notice\"\nfrom = [\"police\"]\nto = [\"home-education\"]\nprofile = "
    "[\"held\"]\nsections = [\"childName\"]\nbasis = \"ca2004-s11\"\npurpose = "
    "\"safeguard-child\"\nheld = \"unable\"\nwatches = \"childrens-services\"\n");
const std::string kOtherClock = Rule(
    "share",
    "exchange = \"dash-referral\"\nfrom = [\"police\"]\nto = [\"idva\"]\nwhen = { consent = "
    "[\"given\"] }\nsections = [\"consent\", \"assessment\"]\nbasis = \"cda1998-s115\"\npurpose "
    "= \"protect\"\nacknowledge = \"before-the-bell\"\n");
const std::string kMoreRoles =
    Rule("share",
         "exchange = \"marac-minutes\"\nfrom = [\"coordinator\"]\nto = [\"home-education\", "
         "\"childrens-services\", \"housing\", \"coordinator\", \"a\", \"b\"]\nsections = "
         "[\"itemsAll\"]\nbasis = \"ca2004-s11\"\npurpose = \"protect\"\n");

const std::vector<Mistake>& Mistakes() {
  static const char* const kEnd = "[duty.idva-duty]";
  static const std::vector<Mistake> kAll = {
      // What a rule names.
      {"a role misspelt",
       "to = [\"housing\"]",
       "to = [\"housin\"]",
       {"rule DASH-2: there is no role housin; did you mean \"housing\"?"}},
      {"a sender's role misspelt",
       "from = [\"coordinator\"]",
       "from = [\"co-ordinator\"]",
       {"there is no role co-ordinator; did you mean \"coordinator\"?"}},
      {"a section misspelt",
       "\"circumstances\"]",
       "\"circumstance\"]",
       {"rule ENC-5: the exchange has no section circumstance; did you mean \"circumstances\"?"}},
      {"a value misspelt",
       "risk = [\"high\"]",
       "risk = [\"hgih\"]",
       {"rule ENC-4: claim risk has no value hgih; did you mean \"high\"?"}},
      {"a claim misspelt",
       "when = { childPart",
       "when = { childpart",
       {"rule ENC-5: the exchange has no claim childpart; did you mean \"childPart\"?"}},
      {"an exchange misspelt",
       "exchange = \"marac-minutes\"",
       "exchange = \"marac-minute\"",
       {"rule MIN-1: there is no [exchange.marac-minute]; did you mean \"marac-minutes\"?"}},
      {"a profile misspelt",
       "profile = [\"four-facts\"]",
       "profile = [\"four-fact\"]",
       {"rule ENC-2: there is no profile four-fact; did you mean \"four-facts\"?"}},
      {"a deadline misspelt",
       "acknowledge = \"before-the-bell\"",
       "acknowledge = \"before-the-ball\"",
       {"rule ENC-1: there is no [deadline.before-the-ball]; did you mean \"before-the-bell\"?"}},
      {"a purpose that is not declared",
       "purpose = \"support-child\"",
       "purpose = \"curiosity\"",
       {"rule ENC-1: there is no purpose curiosity"}},
      {"a retention label that is not declared",
       "retention = \"child-safeguarding-file\"",
       "retention = \"for-ever\"",
       {"rule ENC-1: there is no retention label for-ever"}},
      {"two rules of one id",
       "rule = \"MIN-2\"",
       "rule = \"MIN-1\"",
       {"rule MIN-1: another rule has the same id"}},
      // On what ground.
      {"no basis", "basis = \"hra2017-s10\"\n", "", {"\"basis\" is missing"}},
      {"a basis that is no law",
       "basis = \"hra2017-s10\"",
       "basis = \"because-we-may\"",
       {"rule DASH-2: there is no lawful basis because-we-may"}},
      {"a basis misspelt",
       "basis = \"daa2021-s49a\"",
       "basis = \"daa2021-s49b\"",
       {"rule ENC-1: there is no lawful basis daa2021-s49b; did you mean \"daa2021-s49a\"?"}},
      // Consent.
      {"no consent stance", "consent = \"required\"\n", "", {"\"consent\" is missing"}},
      {"a share that does not ask for consent",
       "when = { consent = [\"given\"] }\n",
       "",
       {"rule DASH-2: shares on hra2017-s10, which rests on consent, and consent is not-asked",
        "a referral, consent not-asked, graded unknown, from police to housing"}},
      {"a share where consent was refused",
       "consent = [\"given\"]",
       "consent = [\"given\", \"refused\"]",
       {"rule DASH-3: shares what needs consent, and consent is refused",
        "a referral, consent refused, graded unknown, from police to perpetrator-programme"},
       "rule = \"DASH-3\""},
      {"a requirement against consent",
       kEnd,
       kRefusedIdva.c_str(),
       {"rule X-1: requires what needs consent, and consent is refused",
        "a referral, consent refused, graded unknown, from police to idva"}},
      {"a basis that rests on consent where none is asked",
       "basis = \"ca2004-s11\"",
       "basis = \"ukgdpr-6-1-a\"",
       {"rule ENC-4: shares on ukgdpr-6-1-a, which rests on consent, and this exchange does not "
        "say",
        "graded high, from police to childrens-services"}},
      {"a consent claim where nobody may be asked",
       "consent = \"required\"",
       "consent = \"must-not-ask\"",
       {"nobody may be asked"}},
      {"consent required, and nothing says how it stands",
       "consent = \"not-required\"\nsections",
       "consent = \"required\"\nsections",
       {"there must be a claim \"consent\""}},
      {"consent with values of one's own",
       "\"refused\", \"unsafe-to-ask\"",
       "\"refused\", \"unsafe\"",
       {"\"consent\" must have the values"}},
      // What is forbidden.
      {"an address for a school",
       kEnd,
       kShareLocation.c_str(),
       {"rule X-1: can never take effect"}},
      {"the address for the perpetrator programme",
       kEnd,
       kAddressToProgramme.c_str(),
       {"rule X-1: can never take effect"}},
      {"minutes for a school", kEnd, kMinutesToSchool.c_str(), {"rule X-1: can never take effect"}},
      {"a school that must be told minutes",
       kEnd,
       kRequiredMinutesToSchool.c_str(),
       {"rule X-1: must be told, yet `never` leaves it nothing",
        "minutes of a conference, from coordinator to school"}},
      {"a claim that gives away what is forbidden",
       kEnd,
       kNeverRisk.c_str(),
       {"rule X-1: forbids risk, yet childrens-services is told the claim risk",
        "graded high, from police to childrens-services"}},
      {"a claim that the broker must not see",
       kEnd,
       kNeverBroker.c_str(),
       {"rule X-1: forbids the broker consent, yet it is told the claim consent",
        "a referral, consent given"}},
      {"a share with the broker",
       kEnd,
       kShareWithBroker.c_str(),
       {"rule X-1: shares with the broker, which opens nothing"}},
      {"exclusions forbidden",
       "sections = [\"victim\", \"address\"]",
       "sections = [\"victim\", \"exclusions\"]",
       {"rule DASH-4: cannot forbid exclusions"}},
      {"what is concealed shows",
       "why = \"Whoever acts on them.\"",
       "visible-when-withheld = [\"itemsAll\"]\nwhy = \"Whoever acts on them.\"",
       {"rule MIN-1: nothing of a concealed exchange may show"}},
      // Claims.
      {"a claim that nobody can check",
       "\"risk\", \"childAddress\"",
       "\"childAddress\"",
       {"claim risk decides who is told what, but nobody who is told can check it",
        "graded unknown, from police"}},
      {"a claim of a section that is not there",
       "source = \"assessment.grade\"",
       "source = \"assesment.grade\"",
       {"`source` of grade names section assesment, which it has not; did you mean "
        "\"assessment\"?"}},
      {"a held share that its recipient cannot judge",
       kEnd,
       kHeldOnUnseen.c_str(),
       {"what home-education may be told depends on claims that it does not see",
        "graded unknown"}},
      // What nobody sees, what cannot fit.
      {"a section that nobody is told",
       "unshared = [\"location\", ",
       "unshared = [",
       {"section location is told to nobody"}},
      {"a section that is not meant to be told, and is",
       "unshared = [",
       "unshared = [\"handling\", ",
       {"section handling is in `unshared`, yet a rule shares it"}},
      {"a rule that says nothing",
       "visible-when-withheld = [\"address\"]",
       "visible-when-withheld = [\"victim\"]",
       {"rule DASH-2: lets it show that victim is withheld, which it never is"}},
      {"more roles than slots",
       kEnd,
       kMoreRoles.c_str(),
       {"has too few slots", "minutes of a conference"}},
      {"urgent and strict",
       "strict = true",
       "strict = true\nurgent = true",
       {"no exchange is both urgent and strict"}},
      // Escalation, clocks, times.
      {"an escalation in a circle",
       "escalation = [\"deputy-key-adult\", \"head\", ",
       "escalation = [\"deputy-key-adult\", \"head\", \"deputy-key-adult\", ",
       {"rule ENC-1: escalates in a circle: deputy-key-adult -> head -> deputy-key-adult"}},
      {"an escalation that ends at nobody",
       ", \"head\", \"safeguarding-desk\"]",
       ", \"head\"]",
       {"rule ENC-1: escalates to nobody: deputy-key-adult -> head ends at head of the school"}},
      {"an escalation to who is no party",
       "escalation = [\"idva-duty\"]",
       "escalation = [\"duty-team\"]",
       {"rule DASH-1: escalates to children's services duty team at a childrens-services, which is "
        "no party to what police tells idva"}},
      {"an escalation without end",
       "escalation = [\"deputy-key-adult\", \"head\", ",
       "escalation = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", ",
       {"rule ENC-1: escalates to more than 8 duties"}},
      {"an escalation without a clock",
       "acknowledge = \"one-working-day\"\nescalation = [\"idva-duty\"]",
       "escalation = [\"idva-duty\"]",
       {"needs `acknowledge`"}},
      {"a duty at a role that is not there",
       "at = \"idva\"",
       "at = \"adviser\"",
       {"duty idva-duty: there is no role adviser"}},
      {"a rule that ends before it begins",
       "why = \"Whoever acts on them.\"",
       "starts = 2027-01-01\nends = 2026-01-01\nwhy = \"Whoever acts on them.\"",
       {"must be later than `starts`"}},
      {"rules that ask for different clocks",
       kEnd,
       kOtherClock.c_str(),
       {"rule DASH-1: and rule X-1 differ in `acknowledge` or `thread`",
        "a referral, consent given, graded high"}},
  };
  return kAll;
}

TEST(PolicyMistakeTest, WithoutAMistakeTheTextIsTaken) {
  const auto policy = Policy::Parse(Whole(), "p.toml");
  EXPECT_TRUE(policy.has_value()) << policy.error().detail;
}

TEST(PolicyMistakeTest, EachIsCaughtInWordsThatShowIt) {
  ASSERT_GE(Mistakes().size(), 30U);
  for (const Mistake& mistake : Mistakes()) {
    std::string text = Whole();
    const auto after = text.find(mistake.after);
    const auto at = after == std::string::npos ? after : text.find(mistake.from, after);
    ASSERT_NE(at, std::string::npos) << mistake.name;
    text.replace(at, std::string_view(mistake.from).size(), mistake.to);
    if (std::string_view(mistake.name) == "more roles than slots")
      text = Replaced(text, "[roles]\n", "[roles]\na = \"A\"\nb = \"B\"\n");
    if (std::string_view(mistake.name) == "a held share that its recipient cannot judge") {
      text =
          Replaced(text, "[[share]]\nrule = \"ENC-1\"",
                   "[[profile]]\nname = \"held\"\nsenders = [\"police.held\"]\n[[share]]\nrule = "
                   "\"ENC-1\"");
      text = Replaced(text, "rule = \"ENC-3\"",
                      "rule = \"ENC-3\"\nprofile = [\"full\", \"four-facts\"]");
    }
    const auto policy = Policy::Parse(text, "p.toml");
    ASSERT_FALSE(policy.has_value()) << mistake.name;
    for (const char* const words : mistake.words) {
      EXPECT_NE(policy.error().detail.find(words), std::string::npos)
          << mistake.name << ": " << words << "\nnot in:\n"
          << policy.error().detail;
    }
  }
}

}  // namespace
}  // namespace havenline::policy
