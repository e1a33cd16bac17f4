@0xe4b87d2f905c13a6;
# Operation Encompass: a police force tells a child's school, before the child arrives, that the
# child was in a household where domestic abuse was reported. Domestic Abuse Act 2021 s49A (in force
# 7 Nov 2025).
#
# Each field of EncompassNotice is a section: sealed by itself and shared by policy. Published
# practice runs from four facts (Lincolnshire: name, birth, time, present or not) to the full list
# below; both are policy. One notice is about one incident, one child and one establishment.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct EncompassNotice $Meta.exchange("encompass-notice") $Meta.version(1)
    $Meta.title("Operation Encompass notice") $Meta.question("Is this our pupil?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  childName @1 :Common.PersonName
      $Meta.label("Child's name") $Meta.sensitivity(restricted) $Meta.identifies;
  childBirth @2 :Text
      $Meta.label("Child's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.danger("turned-18") $Meta.format("date") $Meta.maxLength(10);
  establishment @3 :Common.Establishment
      $Meta.label("School or setting");
  reference @4 :Common.Reference
      $Meta.label("Police reference");
  incidentTime @5 :Common.IncidentTime
      $Meta.label("When it happened");
  location @6 :Text
      $Meta.label("Where it happened") $Meta.sensitivity(toxic) $Meta.maxLength(300);
  presence @7 :PresenceAtIncident
      $Meta.label("Was the child there?");
  childPart @8 :ChildPart
      $Meta.label("The child's part in the incident") $Meta.claim("childPart");
  voiceOfChild @9 :VoiceOfChild
      $Meta.label("What the child said") $Meta.sensitivity(restricted);
  welfareCheck @10 :WelfareCheck
      $Meta.label("Was the child seen and well?");
  circumstances @11 :Text
      $Meta.label("What happened") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  otherSafeguarding @12 :OtherSafeguarding
      $Meta.label("Other safeguarding information") $Meta.sensitivity(restricted);
  collection @13 :List(CollectionBar)
      $Meta.label("Who may not collect the child") $Meta.sensitivity(restricted)
      $Meta.maxLength(10);
  handling @14 :Handling
      $Meta.label("How to handle this");
  risk @15 :Risk
      $Meta.label("Risk to the victim") $Meta.sensitivity(restricted);
  adults @16 :List(Adult)
      $Meta.label("Adults involved") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  identifiers @17 :Identifiers
      $Meta.label("Numbers of the child") $Meta.sensitivity(restricted);
  childAddress @18 :Text
      $Meta.label("Child's address") $Meta.sensitivity(toxic) $Meta.maxLength(300);
  origin @19 :Common.Origin
      $Meta.label("Who sends this");
}

enum Presence {
  unknown @0 $Meta.label("Not known");
  present @1 $Meta.label("Present");
  notPresent @2 $Meta.label("Not present");
}

struct PresenceAtIncident {
  presence @0 :Presence $Meta.label("Present?");
  where @1 :Text $Meta.label("Where the child was") $Meta.maxLength(200);
}

enum ChildPart {
  unknown @0 $Meta.label("Not stated");
  household @1 $Meta.label("Lives in or visits the household");
  victim @2 $Meta.label("Victim");
  allegedSuspect @3 $Meta.label("Alleged suspect");
  unborn @4 $Meta.label("Unborn");
}

struct VoiceOfChild {
  spokenTo @0 :Common.YesNo $Meta.label("Spoken to?");
  words @1 :Text $Meta.label("What the child said") $Meta.maxLength(2000);
  with @2 :Text $Meta.label("Who else was there") $Meta.maxLength(200);
}

struct WelfareCheck {
  made @0 :Common.YesNo $Meta.label("Check made?");
  note @1 :Text $Meta.label("Note") $Meta.maxLength(500);
}

struct OtherSafeguarding {
  childrensServices @0 :Common.YesNo $Meta.label("Children's services told?");
  note @1 :Text $Meta.label("Note") $Meta.maxLength(2000);
}

struct CollectionBar {
  who @0 :Text $Meta.label("Who") $Meta.maxLength(150);
  relationship @1 :Text $Meta.label("Relationship to the child") $Meta.maxLength(100);
  order @2 :Text $Meta.label("Order or bail condition") $Meta.maxLength(200);
}

struct Handling {
  instruction @0 :Text $Meta.label("Instruction") $Meta.maxLength(500);
  doNotApproachParents @1 :Bool $Meta.label("Do not approach the parents about this");
  forInformationOnly @2 :Bool $Meta.label("For information only");
}

struct Risk {
  grade @0 :Common.RiskGrade $Meta.label("Grade") $Meta.claim("risk");
  tool @1 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
}

struct Adult {
  name @0 :Common.PersonName $Meta.label("Name");
  part @1 :Text $Meta.label("Part in the incident") $Meta.maxLength(100);
  relationship @2 :Text $Meta.label("Relationship to the child") $Meta.maxLength(100);
}

struct Identifiers {
  upn @0 :Text $Meta.label("UPN") $Meta.format("upn") $Meta.maxLength(13);
  nhsNumber @1 :Text $Meta.label("NHS number") $Meta.format("nhs-number") $Meta.maxLength(10);
}
