@0xb2e9165c7d30fa84;
# The coordinator of the tasking meeting (MATAC) sends partners the profile of a subject before the
# meeting and asks what each of them holds. Each sees what it needs to find the subject in its own
# records and to be safe; a victim's adviser alone is told who the victims are.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Matac = import "matac_common.capnp";

struct MatacProfile $Meta.exchange("matac-profile") $Meta.version(1)
    $Meta.title("Profile of a perpetrator (MATAC)")
    $Meta.question("Does this agency know the subject?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  subjectName @1 :Common.PersonName
      $Meta.label("Subject's name") $Meta.sensitivity(restricted) $Meta.identifies;
  subjectBirth @2 :Text
      $Meta.label("Subject's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  meeting @3 :Matac.MatacMeeting
      $Meta.label("Meeting");
  asked @4 :Text
      $Meta.label("What partners are asked") $Meta.maxLength(2000);
  subjectDetails @5 :Common.PersonDetails
      $Meta.label("More about the subject") $Meta.sensitivity(restricted);
  subjectAddress @6 :Common.Address
      $Meta.label("Where the subject lives") $Meta.sensitivity(toxic);
  warnings @7 :Text
      $Meta.label("Warnings: weapons, violence to staff")
      $Meta.sensitivity(toxic) $Meta.maxLength(1000);
  score @8 :Matac.MatacScore
      $Meta.label("Recency, frequency, gravity, victims") $Meta.sensitivity(restricted);
  incidents @9 :List(Matac.MatacIncident)
      $Meta.label("What the subject did") $Meta.sensitivity(restricted) $Meta.maxLength(40);
  behaviour @10 :Text
      $Meta.label("How the subject acts") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  orders @11 :Text
      $Meta.label("Orders, bail and licence conditions")
      $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  needs @12 :Text
      $Meta.label("The subject's own needs") $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  childContact @13 :Text
      $Meta.label("Contact with children") $Meta.sensitivity(toxic) $Meta.maxLength(2000);
  forums @14 :Matac.MatacForums
      $Meta.label("Other meetings that know the subject") $Meta.sensitivity(toxic);
  victims @15 :List(Matac.MatacVictim)
      $Meta.label("Victims") $Meta.sensitivity(toxic) $Meta.maxLength(20);
  handling @16 :Handling
      $Meta.label("How to handle this");
  writer @17 :Common.Writer
      $Meta.label("Who writes");

  struct Handling {
    instruction @0 :Text $Meta.label("Instruction") $Meta.maxLength(500);
    subjectUnaware @1 :Common.YesNo $Meta.label("Must the subject not learn of it?");
    doNotContactVictims @2 :Common.YesNo $Meta.label("Must victims not be contacted about it?");
  }
}
