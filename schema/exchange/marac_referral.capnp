@0x9bb7d2065c1ef843;
# A referral of a victim to the conference on victims at high risk (MARAC): the coordinator's own
# form, from any agency. The advisers are told at the same time: a conference that nobody speaks at
# for the victim is none. Ground and score are the referrer's; the coordinator lists the case.
#
# `exclusions` is the form's question who else must not receive information about this case: each
# one named there is shut out, not only warned of. Whom to speak to and whom not is in `fears`.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct MaracReferral $Meta.exchange("marac-referral") $Meta.version(1)
    $Meta.title("Referral to the conference (MARAC)")
    $Meta.question("Is this a case for this conference or for its advisers?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(restricted) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  victimDetails @3 :Common.PersonDetails
      $Meta.label("More about the victim") $Meta.sensitivity(restricted);
  situation @4 :Situation
      $Meta.label("How the victim lives") $Meta.sensitivity(restricted);
  victimAddress @5 :Common.Address
      $Meta.label("Where the victim lives") $Meta.sensitivity(toxic)
      $Meta.help("It decides which conference hears the case. Of a refuge, the council area only.");
  safeContact @6 :Common.SafeContact
      $Meta.label("How to reach the victim safely") $Meta.sensitivity(toxic);
  identifiers @7 :Identifiers
      $Meta.label("Numbers of the victim") $Meta.sensitivity(restricted);
  perpetrators @8 :List(Common.PerpetratorDetails)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  children @9 :List(Common.ChildDetails)
      $Meta.label("The children") $Meta.sensitivity(toxic) $Meta.maxLength(15);
  assessment @10 :Assessment
      $Meta.label("The assessment");
  grounds @11 :Grounds
      $Meta.label("Why it is referred");
  lastConference @12 :LastConference
      $Meta.label("Conferences before");
  awareness @13 :Awareness
      $Meta.label("What the victim knows and agrees to") $Meta.sensitivity(restricted);
  wishes @14 :Text
      $Meta.label("What the victim wants") $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  fears @15 :Common.Fears
      $Meta.label("Whom the victim fears and trusts") $Meta.sensitivity(toxic);
  recentIncident @16 :Text
      $Meta.label("What happened last") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  history @17 :Text
      $Meta.label("What happened before") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  support @18 :Text
      $Meta.label("Support that is there, and what was done at once")
      $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  policeRecord @19 :PoliceRecord
      $Meta.label("Police record") $Meta.sensitivity(restricted);
  adviser @20 :Adviser
      $Meta.label("The independent adviser");
  referrer @21 :Common.Writer
      $Meta.label("Who refers");

  struct Situation {
    relationship @0 :Text $Meta.label("Relationship status") $Meta.maxLength(150);
    practice @1 :Text $Meta.label("Doctor's practice") $Meta.maxLength(150);
    pregnant @2 :Common.YesNo $Meta.label("Is the victim pregnant?");
    tenancy @3 :Text $Meta.label("Whose home it is: tenancy, ownership") $Meta.maxLength(200);
  }

  struct Identifiers {
    nhsNumber @0 :Text $Meta.label("NHS number") $Meta.format("nhs-number") $Meta.maxLength(10);
    socialCare @1 :Text $Meta.label("Number in social care records") $Meta.maxLength(60);
    own @2 :Text $Meta.label("The referrer's own number of the case") $Meta.maxLength(60);
  }

  enum Tool {
    unknown @0 $Meta.label("Not stated");
    dash @1 $Meta.label("SafeLives Dash, 24 questions");
    policeDash @2 $Meta.label("Police DASH 2009");
    dara @3 $Meta.label("DARA");
    dashYp @4 $Meta.label("Dash for young people");
    other @5 $Meta.label("Another tool");
    none @6 $Meta.label("No tool was used");
  }

  struct Assessment {
    tool @0 :Tool $Meta.label("Tool");
    version @1 :Text $Meta.label("Version of the tool") $Meta.maxLength(60);
    date @2 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    score @3 :Int64 $Meta.label("Score: how many were answered yes") $Meta.format("count");
    outOf @4 :Int64 $Meta.label("Of how many") $Meta.format("count");
    grade @5 :Common.RiskGrade $Meta.label("The assessor's grade");
  }

  struct Grounds {
    highScore @0 :Common.YesNo $Meta.label("Visible high risk: by the score");
    judgement @1 :Common.YesNo $Meta.label("Professional judgement");
    escalation @2 :Common.YesNo $Meta.label("Potential escalation: by the number of incidents");
    repeat @3 :Common.YesNo $Meta.label("A repeat within 12 months of the last referral")
        $Meta.help("Any abuse by the same person; no crime, violence or report is needed.");
    incidents @4 :Int64 $Meta.label("Incidents reported in 12 months") $Meta.format("count");
    why @5 :Text $Meta.label("Why, where it is by judgement") $Meta.maxLength(2000);
  }

  struct LastConference {
    date @0 :Text $Meta.label("Last conference") $Meta.format("date") $Meta.maxLength(10);
    caseNumber @1 :Text $Meta.label("Number of the case then") $Meta.maxLength(60);
    elsewhere @2 :Text $Meta.label("Referred elsewhere: where, when") $Meta.maxLength(300);
  }

  struct Awareness {
    aware @0 :Common.YesNo $Meta.label("Does the victim know of this referral?");
    whyNotAware @1 :Text $Meta.label("Why not") $Meta.maxLength(1000);
    consent @2 :Common.ConsentState $Meta.label("Does the victim consent?")
        $Meta.help("The conference does not depend on it.");
    whyNoConsent @3 :Text $Meta.label("If not: why it is referred all the same")
        $Meta.maxLength(1000);
  }

  struct PoliceRecord {
    crime @0 :Text $Meta.label("Crime reference") $Meta.maxLength(100);
    officer @1 :Text $Meta.label("Officer in the case") $Meta.maxLength(150);
    markers @2 :Text $Meta.label("Markers: SIG, PNC") $Meta.maxLength(500);
    orders @3 :Text $Meta.label("Orders: non-molestation, restraining") $Meta.maxLength(1000);
    bail @4 :Text $Meta.label("Bail conditions") $Meta.maxLength(1000);
    disposal @5 :Text $Meta.label("Disposal") $Meta.maxLength(300);
    court @6 :Text $Meta.label("Court: which, when") $Meta.maxLength(300);
    sentence @7 :Text $Meta.label("Sentence") $Meta.maxLength(300);
  }

  struct Adviser {
    referred @0 :Common.YesNo $Meta.label("Is the victim with an adviser already?");
    name @1 :Text $Meta.label("Name") $Meta.maxLength(150);
    telephone @2 :Text $Meta.label("Telephone") $Meta.maxLength(40);
  }
}
