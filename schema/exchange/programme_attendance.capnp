@0xa363ea5cf359a6c1;
# Whether somebody attends a programme, and what worries it. Who stops attending is often more
# dangerous than before, so those who support partners hear of it first.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct ProgrammeAttendance $Meta.exchange("programme-attendance") $Meta.version(1)
    $Meta.title("Attendance at a programme") $Meta.question("Does this desk know this person?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Name of who would attend") $Meta.sensitivity(restricted) $Meta.identifies;
  personBirth @2 :Text
      $Meta.label("Date of birth of who would attend") $Meta.sensitivity(restricted)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  reference @3 :Reference
      $Meta.label("Which referral");
  attendance @4 :Attendance
      $Meta.label("Attendance") $Meta.sensitivity(restricted);
  sessions @5 :List(Session)
      $Meta.label("Sessions") $Meta.sensitivity(restricted) $Meta.maxLength(60);
  progress @6 :Text
      $Meta.label("Progress") $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  concerns @7 :Text
      $Meta.label("What worries the programme") $Meta.sensitivity(toxic) $Meta.maxLength(2000);
  worker @8 :Common.Writer
      $Meta.label("Who answers");

  struct Reference {
    own @0 :Text $Meta.label("The referrer's own number") $Meta.maxLength(60);
    programme @1 :Text $Meta.label("The programme's number") $Meta.maxLength(60);
    received @2 :Text $Meta.label("Referral received") $Meta.format("date") $Meta.maxLength(10);
  }

  enum Standing {
    unknown @0 $Meta.label("Not stated");
    attending @1 $Meta.label("Attending");
    missed @2 $Meta.label("Misses sessions");
    suspended @3 $Meta.label("Suspended");
    left @4 $Meta.label("Left before the end");
    completed @5 $Meta.label("Completed");
  }

  struct Attendance {
    standing @0 :Standing $Meta.label("How it stands");
    since @1 :Text $Meta.label("Since") $Meta.format("date") $Meta.maxLength(10);
    attended @2 :Int64 $Meta.label("Sessions attended") $Meta.format("count");
    outOf @3 :Int64 $Meta.label("Of how many") $Meta.format("count");
    concern @4 :Common.YesNo $Meta.label("Is the programme worried about somebody's safety?")
        $Meta.claim("concern");
  }

  enum Came {
    unknown @0 $Meta.label("Not stated");
    attended @1 $Meta.label("Attended");
    late @2 $Meta.label("Came late or left early");
    excused @3 $Meta.label("Excused");
    missed @4 $Meta.label("Missed");
  }

  struct Session {
    date @0 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    came @1 :Came $Meta.label("Attendance");
  }
}
