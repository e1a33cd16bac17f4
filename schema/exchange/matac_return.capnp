@0xd5831c6ae02f9b47;
# What a partner holds about a subject of the tasking meeting (MATAC), to its coordinator alone. It
# names no victim: there is no field for one. What would endanger somebody is said without whom.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Matac = import "matac_common.capnp";

struct MatacReturn $Meta.exchange("matac-return") $Meta.version(1)
    $Meta.title("Return about a perpetrator (MATAC)")
    $Meta.question("Is this a subject of this meeting?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  subjectName @1 :Common.PersonName
      $Meta.label("Subject's name") $Meta.sensitivity(restricted) $Meta.identifies;
  subjectBirth @2 :Text
      $Meta.label("Subject's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  meeting @3 :Matac.MatacMeeting
      $Meta.label("Meeting that asked");
  known @4 :Known
      $Meta.label("Is the subject known here?");
  whereabouts @5 :Whereabouts
      $Meta.label("Where the subject is and goes") $Meta.sensitivity(toxic);
  behaviour @6 :Text
      $Meta.label("How the subject acts with us") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  needs @7 :Text
      $Meta.label("The subject's own needs") $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  health @8 :Text
      $Meta.label("The subject's health, as far as it bears on the risk to others")
      $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  warnings @9 :Text
      $Meta.label("Warnings: weapons, violence to staff")
      $Meta.sensitivity(toxic) $Meta.maxLength(1000);
  orders @10 :Text
      $Meta.label("Orders, tenancy, licence or programme conditions")
      $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  childContact @11 :Text
      $Meta.label("Contact with children") $Meta.sensitivity(toxic) $Meta.maxLength(2000);
  options @12 :Matac.MatacOptions
      $Meta.label("What we could do") $Meta.sensitivity(restricted);
  victimSafety @13 :Text
      $Meta.label("What must not be done, since it would endanger somebody")
      $Meta.sensitivity(toxic) $Meta.help("Without saying who, or where.") $Meta.maxLength(2000);
  handling @14 :Handling
      $Meta.label("How to handle this");
  writer @15 :Common.Writer
      $Meta.label("Who writes");

  struct Known {
    known @0 :Common.YesNo $Meta.label("Known?");
    since @1 :Text $Meta.label("Since") $Meta.format("date") $Meta.maxLength(10);
    lastContact @2 :Text $Meta.label("Last contact") $Meta.format("date") $Meta.maxLength(10);
    worker @3 :Text $Meta.label("Who works with the subject") $Meta.maxLength(150);
    engages @4 :Text $Meta.label("How the subject engages") $Meta.maxLength(1000);
  }

  struct Whereabouts {
    address @0 :Common.Address $Meta.label("Address that we hold");
    staysAt @1 :Text $Meta.label("Also stays") $Meta.maxLength(300);
    works @2 :Text $Meta.label("Works at") $Meta.maxLength(150);
    vehicle @3 :Text $Meta.label("Vehicle") $Meta.maxLength(100);
    attends @4 :Text $Meta.label("When and where the subject comes to us") $Meta.maxLength(300);
  }

  struct Handling {
    mayBeSaid @0 :Common.YesNo $Meta.label("May it be said at the meeting?");
    mayBeMinuted @1 :Common.YesNo $Meta.label("May it be minuted?");
    instruction @2 :Text $Meta.label("Instruction") $Meta.maxLength(500);
  }
}
