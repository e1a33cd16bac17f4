@0x89e1e32f10d8acf2;
# From one conference (MARAC) to another when a victim moves: all that the new one needs, with the
# minutes and plans before, and the handover from adviser to adviser. What is enclosed is listed,
# and what is missing, so that the receiver can chase it. The new address is what an abuser looks
# for: it goes to the two desks that need it, and never under a directory that may be stale.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Marac = import "marac_common.capnp";

struct MaracTransfer $Meta.exchange("marac-transfer") $Meta.version(1)
    $Meta.title("Transfer from another conference (MARAC)")
    $Meta.question("Does the victim now live in this conference's area?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(toxic) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(toxic) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  victimDetails @3 :Common.PersonDetails
      $Meta.label("More about the victim") $Meta.sensitivity(restricted);
  newArea @4 :Text
      $Meta.label("Council area that the victim moved to") $Meta.sensitivity(toxic)
      $Meta.identifies $Meta.maxLength(96);
  newAddress @5 :Common.Address
      $Meta.label("Where the victim lives now") $Meta.sensitivity(toxic)
      $Meta.help("Of a refuge, the council area only: the adviser knows how to reach it.");
  oldAddress @6 :Common.Address
      $Meta.label("Where the victim lived") $Meta.sensitivity(toxic);
  safeContact @7 :Common.SafeContact
      $Meta.label("How to reach the victim safely") $Meta.sensitivity(toxic);
  identifiers @8 :Identifiers
      $Meta.label("Numbers of the victim") $Meta.sensitivity(restricted);
  perpetrators @9 :List(Common.PerpetratorDetails)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  children @10 :List(Common.ChildDetails)
      $Meta.label("The children") $Meta.sensitivity(toxic) $Meta.maxLength(15);
  origin @11 :Origin
      $Meta.label("The conference that it comes from");
  move @12 :Move
      $Meta.label("The move") $Meta.sensitivity(toxic);
  assessment @13 :Assessment
      $Meta.label("The latest assessment") $Meta.sensitivity(restricted);
  awareness @14 :Awareness
      $Meta.label("What the victim knows and agrees to") $Meta.sensitivity(restricted);
  fears @15 :Common.Fears
      $Meta.label("Whom the victim fears and trusts") $Meta.sensitivity(toxic);
  recentIncident @16 :Text
      $Meta.label("What happened last") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  history @17 :Text
      $Meta.label("What happened before") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  previousMinutes @18 :List(Minuted)
      $Meta.label("From the minutes before") $Meta.sensitivity(restricted) $Meta.maxLength(100);
  actions @19 :List(PlannedAction)
      $Meta.label("Actions, done and open") $Meta.sensitivity(restricted) $Meta.maxLength(60);
  safetyPlan @20 :Text
      $Meta.label("The safety plan") $Meta.sensitivity(toxic) $Meta.maxLength(8000);
  handover @21 :Handover
      $Meta.label("From adviser to adviser") $Meta.sensitivity(toxic);
  orders @22 :Text
      $Meta.label("Orders, bail and proceedings") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  enclosed @23 :List(Enclosed)
      $Meta.label("What is enclosed and what is missing") $Meta.maxLength(20);
  handling @24 :Marac.ConferenceHandling
      $Meta.label("How to handle this");
  writer @25 :Common.Writer
      $Meta.label("Who sends this");

  struct Identifiers {
    nhsNumber @0 :Text $Meta.label("NHS number") $Meta.format("nhs-number") $Meta.maxLength(10);
    socialCare @1 :Text $Meta.label("Number in social care records") $Meta.maxLength(60);
    police @2 :Text $Meta.label("Crime references") $Meta.maxLength(300);
  }

  # Where the case stood when the victim moved: it decides who hears it.
  enum Stage {
    unknown @0 $Meta.label("Not stated");
    referred @1 $Meta.label("Referred, not yet on a list");
    listed @2 $Meta.label("On a list that is out, not yet heard");
    heard @3 $Meta.label("Heard, with actions open");
    completed @4 $Meta.label("Heard, all actions complete");
  }

  struct Origin {
    stage @0 :Stage $Meta.label("Where the case stands");
    last @1 :Marac.ConferenceCase $Meta.label("Last meeting and case");
    firstHeard @2 :Text $Meta.label("First heard") $Meta.format("date") $Meta.maxLength(10);
    timesHeard @3 :Int64 $Meta.label("How often heard") $Meta.format("count");
    latestReferral @4 :Text $Meta.label("Latest referral") $Meta.format("date")
        $Meta.maxLength(10);
    coordinator @5 :Text $Meta.label("Coordinator there") $Meta.maxLength(150);
    telephone @6 :Text $Meta.label("Telephone") $Meta.maxLength(40);
  }

  struct Move {
    date @0 :Text $Meta.label("Date of the move") $Meta.format("date") $Meta.maxLength(10);
    permanent @1 :Common.YesNo $Meta.label("Is it for good?");
    perpetratorKnows @2 :Common.YesNo $Meta.label("Does who is said to do it know of it?");
    perpetratorNear @3 :Text $Meta.label("Ties of theirs to the new area") $Meta.maxLength(500);
    childrenMoved @4 :Common.YesNo $Meta.label("Did the children move, too?");
    mustNotLearn @5 :Text $Meta.label("Who must not learn where to") $Meta.maxLength(500)
        $Meta.help("For people to read: it keeps the message from nobody.");
  }

  struct Assessment {
    tool @0 :Text $Meta.label("Tool and version") $Meta.maxLength(100);
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    score @2 :Int64 $Meta.label("Score") $Meta.format("count");
    grade @3 :Common.RiskGrade $Meta.label("Grade");
    ground @4 :Text $Meta.label("Ground of the referral") $Meta.maxLength(300);
    sinceMove @5 :Common.YesNo $Meta.label("Assessed since the move?");
  }

  struct Awareness {
    aware @0 :Common.YesNo $Meta.label("Does the victim know of this transfer?");
    whyNot @1 :Text $Meta.label("Why not") $Meta.maxLength(1000);
    consent @2 :Common.ConsentState $Meta.label("Does the victim consent?");
  }

  struct Minuted {
    date @0 :Text $Meta.label("Date of the meeting") $Meta.format("date") $Meta.maxLength(10);
    originator @1 :Text $Meta.label("Agency that it came from") $Meta.maxLength(150);
    text @2 :Text $Meta.label("What was said") $Meta.maxLength(4000);
    nature @3 :Marac.ConferenceNature $Meta.label("Fact or opinion");
    agreed @4 :Common.YesNo $Meta.label("Did that agency agree to pass it on?");
  }

  struct PlannedAction {
    number @0 :Text $Meta.label("Number of the action") $Meta.maxLength(20);
    what @1 :Text $Meta.label("Action") $Meta.maxLength(2000);
    owner @2 :Text $Meta.label("Agency that owns it") $Meta.maxLength(150);
    due @3 :Text $Meta.label("Due") $Meta.format("date") $Meta.maxLength(10);
    state @4 :Marac.ConferenceActionState $Meta.label("What became of it");
    staysThere @5 :Bool $Meta.label("Stays with the agency in the old area");
  }

  enum Engagement {
    unknown @0 $Meta.label("Not stated");
    engaged @1 $Meta.label("In contact with the adviser");
    notReached @2 $Meta.label("Not reached");
    declined @3 $Meta.label("Declined an adviser");
    unsafe @4 $Meta.label("Not safe to contact");
  }

  struct Handover {
    adviser @0 :Text $Meta.label("Adviser until now") $Meta.maxLength(150);
    telephone @1 :Text $Meta.label("Telephone") $Meta.maxLength(40);
    engagement @2 :Engagement $Meta.label("How it stands with the victim");
    lastContact @3 :Text $Meta.label("Last contact") $Meta.format("date") $Meta.maxLength(10);
    wishes @4 :Text $Meta.label("What the victim wants") $Meta.maxLength(2000);
    needs @5 :Text $Meta.label("What is needed first") $Meta.maxLength(2000);
    until @6 :Text $Meta.label("The adviser stays in contact until") $Meta.format("date")
        $Meta.maxLength(10);
    spoken @7 :Common.YesNo $Meta.label("Have the two advisers spoken?");
  }

  struct Enclosed {
    what @0 :Text $Meta.label("Paper") $Meta.maxLength(150)
        $Meta.help("Referral, assessment, minutes of each meeting, action plan, safety plan.");
    enclosed @1 :Common.YesNo $Meta.label("Enclosed?");
    follows @2 :Text $Meta.label("If missing: who sends it, by when") $Meta.maxLength(200);
  }
}
