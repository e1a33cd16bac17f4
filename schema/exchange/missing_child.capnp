@0x8e52d7c1f06b39a4;
# A child is missing, or has been found: the police tell the child's school, as in Suffolk and
# Hertfordshire, so that the child is looked for there and met with care afterwards. The school
# answers by encompass-reply. One message is about one child and one state.
#
# Where a child was last seen, was found and may be is where somebody else can find the child too.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct MissingChild $Meta.exchange("missing-child") $Meta.version(1)
    $Meta.title("Missing or found child") $Meta.question("Is this our pupil?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  childName @1 :Common.PersonName
      $Meta.label("Child's name") $Meta.sensitivity(restricted) $Meta.identifies;
  childBirth @2 :Text
      $Meta.label("Child's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  establishment @3 :Common.Establishment
      $Meta.label("School or setting");
  reference @4 :Common.Reference
      $Meta.label("Police reference");
  report @5 :Report
      $Meta.label("Missing or found");
  circumstances @6 :Text
      $Meta.label("What happened, as far as a school should know")
      $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  appearance @7 :Text
      $Meta.label("How the child looks: clothes, bag, anything that stands out")
      $Meta.sensitivity(restricted) $Meta.maxLength(1000);
  asked @8 :Text
      $Meta.label("What the school is asked") $Meta.maxLength(1000);
  needs @9 :Text
      $Meta.label("Illness, disability, medicine that the child needs")
      $Meta.sensitivity(restricted) $Meta.maxLength(1000);
  lastSeenPlace @10 :Text
      $Meta.label("Where the child was last seen") $Meta.sensitivity(toxic) $Meta.maxLength(300);
  mayBe @11 :Text
      $Meta.label("Where and with whom the child may be")
      $Meta.sensitivity(toxic) $Meta.maxLength(2000);
  livesAt @12 :Common.Address
      $Meta.label("Where the child lives") $Meta.sensitivity(toxic);
  risk @13 :Risk
      $Meta.label("Risk to the child") $Meta.sensitivity(restricted);
  domesticAbuse @14 :DomesticAbuse
      $Meta.label("Domestic abuse in the family") $Meta.sensitivity(toxic);
  history @15 :History
      $Meta.label("Missing before") $Meta.sensitivity(restricted);
  found @16 :Found
      $Meta.label("How the child was found") $Meta.sensitivity(restricted);
  foundPlace @17 :Text
      $Meta.label("Where the child was found, and is now") $Meta.sensitivity(toxic)
      $Meta.maxLength(300);
  saidOnReturn @18 :Text
      $Meta.label("What the child said on return") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  carers @19 :List(Carer)
      $Meta.label("Parents and carers, and who may be spoken to") $Meta.sensitivity(toxic)
      $Meta.maxLength(6);
  handling @20 :Handling
      $Meta.label("How to handle this");
  origin @21 :Common.Origin
      $Meta.label("Who sends this");

  enum State {
    unknown @0 $Meta.label("Not stated");
    missing @1 $Meta.label("Missing");
    found @2 $Meta.label("Found");
  }

  struct Report {
    state @0 :State $Meta.label("State") $Meta.claim("state");
    lastSeen @1 :Common.IncidentTime $Meta.label("Last seen");
    reported @2 :Common.IncidentTime $Meta.label("Reported missing");
    foundAt @3 :Common.IncidentTime $Meta.label("Found");
  }

  enum Grade {
    unknown @0 $Meta.label("Not graded");
    noApparentRisk @1 $Meta.label("No apparent risk");
    low @2 $Meta.label("Low");
    medium @3 $Meta.label("Medium");
    high @4 $Meta.label("High");
  }

  struct Risk {
    grade @0 :Grade $Meta.label("Grade");
    why @1 :Text $Meta.label("Why") $Meta.maxLength(2000);
    exploitation @2 :Common.YesNo $Meta.label("Risk that the child is exploited?");
    selfHarm @3 :Common.YesNo $Meta.label("Risk that the child harms themselves?");
  }

  struct DomesticAbuse {
    inFamily @0 :Common.YesNo $Meta.label("Is there any?");
    takenBy @1 :Text $Meta.label("Who may have taken the child, or from whom the child may hide")
        $Meta.maxLength(500);
    note @2 :Text $Meta.label("Note") $Meta.maxLength(2000);
  }

  struct History {
    times @0 :Int64 $Meta.label("Times missing in the last 90 days") $Meta.format("count");
    note @1 :Text $Meta.label("Note") $Meta.maxLength(1000);
    lookedAfter @2 :Common.YesNo $Meta.label("Is the child looked after by a council?");
    whichCouncil @3 :Text $Meta.label("Which council") $Meta.maxLength(96);
  }

  struct Found {
    seen @0 :Common.YesNo $Meta.label("Seen by the police and well?");
    note @1 :Text $Meta.label("What a school should know to meet the child with care")
        $Meta.maxLength(2000);
    interview @2 :Common.YesNo $Meta.label("Is a return interview due?");
  }

  struct Carer {
    name @0 :Common.PersonName $Meta.label("Name");
    relationship @1 :Text $Meta.label("Relationship to the child") $Meta.maxLength(100);
    speak @2 :Common.YesNo $Meta.label("May be spoken to?");
    telephone @3 :Text $Meta.label("Telephone") $Meta.maxLength(40);
  }

  struct Handling {
    instruction @0 :Text $Meta.label("Instruction") $Meta.maxLength(500);
    doNotTell @1 :Text $Meta.label("Who must not be told where the child is") $Meta.maxLength(300)
        $Meta.help("For people to read: it keeps the message from nobody.");
    callIfSeen @2 :Text $Meta.label("Whom to call at once if the child is seen")
        $Meta.maxLength(100);
  }
}
