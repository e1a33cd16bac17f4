@0xfa50c7e81d3b6924;
# What the daily hub (MADA) decided on one incident, to the agency that is to act. One message is
# about one victim and one course; a case that takes two courses is two messages, so that none
# learns of the other's part. A perpetrator goes to the tasking meeting by a referral of their own
# (matac-referral).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct MadaDecision $Meta.exchange("mada-decision") $Meta.version(1)
    $Meta.title("Decision of the daily hub (MADA)") $Meta.question("Is this case for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(restricted) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  decision @3 :Decision
      $Meta.label("Decision");
  consent @4 :Consent
      $Meta.label("Consent");
  reference @5 :Common.Reference
      $Meta.label("Police reference");
  incident @6 :IncidentSummary
      $Meta.label("The incident") $Meta.sensitivity(restricted);
  repeats @7 :Repeats
      $Meta.label("What happened before") $Meta.sensitivity(restricted);
  perpetrator @8 :Common.PerpetratorDetails
      $Meta.label("Who is said to have done it") $Meta.sensitivity(toxic);
  victimAddress @9 :Common.Address
      $Meta.label("Where the victim lives") $Meta.sensitivity(toxic);
  safeContact @10 :Common.SafeContact
      $Meta.label("How to reach the victim safely") $Meta.sensitivity(toxic);
  fears @11 :Common.Fears
      $Meta.label("Whom the victim fears and trusts") $Meta.sensitivity(toxic);
  children @12 :List(Common.ChildDetails)
      $Meta.label("The children") $Meta.sensitivity(restricted) $Meta.maxLength(15);
  careNeeds @13 :Text
      $Meta.label("Care and support needs of the victim")
      $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  housing @14 :Text
      $Meta.label("Housing: what is needed, by when")
      $Meta.sensitivity(restricted) $Meta.maxLength(1000);
  reasons @15 :Text
      $Meta.label("Why") $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  task @16 :Task
      $Meta.label("What this desk is asked");
  writer @17 :Common.Writer
      $Meta.label("Who writes");

  enum Course {
    unknown @0 $Meta.label("Not stated");
    none @1 $Meta.label("Nothing more");
    conference @2 $Meta.label("The conference and an adviser (MARAC, IDVA)");
    support @3 $Meta.label("Support is offered");
    outreach @4 $Meta.label("Outreach for complex needs");
    children @5 $Meta.label("The children's front door");
    earlyHelp @6 $Meta.label("Early Help");
    careNeeds @7 $Meta.label("Adult safeguarding");
    housing @8 $Meta.label("Housing");
  }

  struct Decision {
    course @0 :Course $Meta.label("Course") $Meta.claim("course");
    grade @1 :Common.RiskGrade $Meta.label("Grade after the hub's look");
    wasGrade @2 :Common.RiskGrade $Meta.label("Grade as reported");
    day @3 :Text $Meta.label("Decided") $Meta.format("date") $Meta.maxLength(10);
    number @4 :Int64 $Meta.label("Number in the digest") $Meta.format("count");
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the victim want it?") $Meta.claim("consent");
    why @1 :Text $Meta.label("Why nobody was asked") $Meta.maxLength(1000);
  }

  struct IncidentSummary {
    time @0 :Common.IncidentTime $Meta.label("When");
    what @1 :Text $Meta.label("What happened") $Meta.maxLength(4000);
    done @2 :Text $Meta.label("What was done at once") $Meta.maxLength(1000);
    orders @3 :Text $Meta.label("Orders and bail conditions") $Meta.maxLength(1000);
  }

  struct Repeats {
    earlier @0 :Int64 $Meta.label("Incidents reported in 12 months") $Meta.format("count");
    lastConference @1 :Text $Meta.label("Last conference") $Meta.format("date")
        $Meta.maxLength(10);
    tried @2 :Text $Meta.label("What was tried, and why it did not hold") $Meta.maxLength(2000);
  }

  struct Task {
    what @0 :Text $Meta.label("What") $Meta.maxLength(1000);
    due @1 :Text $Meta.label("By when") $Meta.format("date") $Meta.maxLength(10);
    back @2 :Text $Meta.label("Whom to tell when it is done") $Meta.maxLength(150);
  }
}
