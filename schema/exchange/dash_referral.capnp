@0xb1f6d0427ec95a83;
# A referral of a victim of domestic abuse with an assessment of the risk: by a midwife, an officer,
# a housing officer. One form for every tool (Dash of 24 questions, police DASH, DARA, DASH-YP,
# HARK): which it was, in which version, what was answered, what that counts to, and what the
# assessor thinks, who may always think worse. Areas set the thresholds; policy reads the grade.
#
# Every assessment is a snapshot: a later one is a later referral.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct DashReferral $Meta.exchange("dash-referral") $Meta.version(1)
    $Meta.title("Referral with a risk assessment")
    $Meta.question("Is this a case for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(restricted) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  victimDetails @3 :Common.PersonDetails
      $Meta.label("More about the victim") $Meta.sensitivity(restricted);
  victimAddress @4 :Common.Address
      $Meta.label("Where the victim lives") $Meta.sensitivity(toxic);
  safeContact @5 :Common.SafeContact
      $Meta.label("How to reach the victim safely") $Meta.sensitivity(toxic);
  identifiers @6 :Identifiers
      $Meta.label("Numbers of the victim") $Meta.sensitivity(restricted);
  perpetrators @7 :List(Common.PerpetratorDetails)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  household @8 :Household
      $Meta.label("Children in the household");
  children @9 :List(Common.ChildDetails)
      $Meta.label("The children") $Meta.sensitivity(restricted) $Meta.maxLength(15);
  assessment @10 :Assessment
      $Meta.label("The assessment");
  answers @11 :List(Answer)
      $Meta.label("What was answered") $Meta.sensitivity(restricted) $Meta.maxLength(80);
  risk @12 :Risk
      $Meta.label("Risk");
  grounds @13 :Grounds
      $Meta.label("Why it is referred");
  chaos @14 :Chaos
      $Meta.label("Complex needs (Chaos Indicator)") $Meta.sensitivity(restricted);
  recentIncident @15 :Text
      $Meta.label("What happened last") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  history @16 :Text
      $Meta.label("What happened before") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  fears @17 :Common.Fears
      $Meta.label("Whom the victim fears and trusts") $Meta.sensitivity(toxic);
  support @18 :Text
      $Meta.label("Support that is there, and what was done at once")
      $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  health @19 :Health
      $Meta.label("Health") $Meta.sensitivity(restricted);
  policeRecord @20 :PoliceRecord
      $Meta.label("Police record") $Meta.sensitivity(restricted);
  consent @21 :Consent
      $Meta.label("Consent");
  referrer @22 :Common.Writer
      $Meta.label("Who refers");

  struct Identifiers {
    nhsNumber @0 :Text $Meta.label("NHS number") $Meta.format("nhs-number") $Meta.maxLength(10);
    socialCare @1 :Text $Meta.label("Number in social care records") $Meta.maxLength(60);
    own @2 :Text $Meta.label("The referrer's own number of the case") $Meta.maxLength(60);
  }

  struct Household {
    children @0 :Common.YesNo $Meta.label("Are there children?") $Meta.claim("children");
    howMany @1 :Int64 $Meta.label("How many") $Meta.format("count");
    pregnant @2 :Common.YesNo $Meta.label("Is the victim pregnant?");
  }

  enum Tool {
    unknown @0 $Meta.label("Not stated");
    dash @1 $Meta.label("SafeLives Dash, 24 questions");
    policeDash @2 $Meta.label("Police DASH 2009");
    dara @3 $Meta.label("DARA");
    dashYp @4 $Meta.label("Dash for young people");
    hark @5 $Meta.label("HARK");
    other @6 $Meta.label("Another tool");
  }

  struct Assessment {
    tool @0 :Tool $Meta.label("Tool");
    version @1 :Text $Meta.label("Version of the tool") $Meta.maxLength(60);
    date @2 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    score @3 :Int64 $Meta.label("Score: how many were answered yes") $Meta.format("count");
    outOf @4 :Int64 $Meta.label("Of how many") $Meta.format("count");
    computed @5 :Common.RiskGrade $Meta.label("Grade by the score alone");
    withWhom @6 :Text $Meta.label("Who else was there") $Meta.maxLength(200);
  }

  enum Said {
    unknown @0 $Meta.label("Not asked");
    yes @1 $Meta.label("Yes");
    no @2 $Meta.label("No");
    dontKnow @3 $Meta.label("Does not know");
  }

  struct Answer {
    item @0 :Text $Meta.label("Question") $Meta.maxLength(20)
        $Meta.help("Its number in the tool: 15, or S3 for the third about stalking.");
    said @1 :Said $Meta.label("Answer");
    comment @2 :Text $Meta.label("Comment") $Meta.maxLength(1000);
    source @3 :Text $Meta.label("From whom, if not the victim") $Meta.maxLength(150);
    about @4 :Text $Meta.label("To whom: the victim, children, others") $Meta.maxLength(150);
  }

  struct Risk {
    grade @0 :Common.RiskGrade $Meta.label("The assessor's grade") $Meta.claim("risk");
    judgement @1 :Common.YesNo $Meta.label("Is it by professional judgement?");
    why @2 :Text $Meta.label("Why it differs from the score") $Meta.maxLength(2000);
    triggers @3 :Text $Meta.label("What stands out: strangling, stalking, threats to kill")
        $Meta.maxLength(1000);
    repeat @4 :Common.YesNo $Meta.label("A repeat within 12 months of the last conference?")
        $Meta.claim("repeat");
  }

  struct Grounds {
    highScore @0 :Common.YesNo $Meta.label("Visible high risk: by the score");
    judgement @1 :Common.YesNo $Meta.label("Professional judgement");
    escalation @2 :Common.YesNo $Meta.label("Potential escalation: by the number of incidents");
    incidents @3 :Int64 $Meta.label("Incidents reported in 12 months") $Meta.format("count");
    lastConference @4 :Text $Meta.label("Last conference") $Meta.format("date")
        $Meta.maxLength(10);
    otherConferences @5 :Text $Meta.label("Referred elsewhere: where, when") $Meta.maxLength(300);
  }

  struct Chaos {
    version @0 :Text $Meta.label("Version of the indicator") $Meta.maxLength(60);
    score @1 :Int64 $Meta.label("Score") $Meta.format("count");
    answers @2 :List(Answer) $Meta.label("Answers") $Meta.maxLength(40);
    note @3 :Text $Meta.label("Note") $Meta.maxLength(1000);
  }

  struct Health {
    injuries @0 :Text $Meta.label("Injuries") $Meta.maxLength(2000);
    mentalHealth @1 :Text $Meta.label("Mental health, self-harm, suicide") $Meta.maxLength(2000);
    substances @2 :Text $Meta.label("Alcohol and drugs") $Meta.maxLength(1000);
    pregnancy @3 :Text $Meta.label("Pregnancy, or a baby under 18 months") $Meta.maxLength(500);
    practice @4 :Text $Meta.label("Doctor's practice") $Meta.maxLength(150);
  }

  struct PoliceRecord {
    crime @0 :Text $Meta.label("Crime reference") $Meta.maxLength(100);
    officer @1 :Text $Meta.label("Officer in the case") $Meta.maxLength(150);
    markers @2 :Text $Meta.label("Markers") $Meta.maxLength(500);
    orders @3 :Text $Meta.label("Orders and bail conditions") $Meta.maxLength(1000);
    court @4 :Text $Meta.label("Court, disposal, sentence") $Meta.maxLength(500);
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the victim consent?") $Meta.claim("consent");
    aware @1 :Common.YesNo $Meta.label("Does the victim know of this referral?");
    why @2 :Text $Meta.label("Why not") $Meta.maxLength(1000);
  }
}
