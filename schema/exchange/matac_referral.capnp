@0x9c07f3b5e86d421a;
# An agency refers somebody who does harm to the tasking meeting (MATAC), to be scored against the
# same data as all others. The subject does not know of it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Matac = import "matac_common.capnp";

struct MatacReferral $Meta.exchange("matac-referral") $Meta.version(1)
    $Meta.title("Referral of a perpetrator (MATAC)")
    $Meta.question("Is this subject for this meeting?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  subjectName @1 :Common.PersonName
      $Meta.label("Subject's name") $Meta.sensitivity(restricted) $Meta.identifies;
  subjectBirth @2 :Text
      $Meta.label("Subject's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  subjectDetails @3 :Common.PersonDetails
      $Meta.label("More about the subject") $Meta.sensitivity(restricted);
  subjectAddress @4 :Common.Address
      $Meta.label("Where the subject lives") $Meta.sensitivity(toxic);
  numbers @5 :Numbers
      $Meta.label("Numbers of the subject") $Meta.sensitivity(restricted);
  grounds @6 :Grounds
      $Meta.label("Why this subject");
  score @7 :Matac.MatacScore
      $Meta.label("Recency, frequency, gravity, victims") $Meta.sensitivity(restricted);
  incidents @8 :List(Matac.MatacIncident)
      $Meta.label("What the subject did") $Meta.sensitivity(restricted) $Meta.maxLength(40);
  behaviour @9 :Text
      $Meta.label("How the subject acts: control, stalking, several partners, escalation")
      $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  warnings @10 :Text
      $Meta.label("Warnings: weapons, violence to staff")
      $Meta.sensitivity(toxic) $Meta.maxLength(1000);
  orders @11 :Text
      $Meta.label("Orders, bail and licence conditions")
      $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  needs @12 :Text
      $Meta.label("The subject's own needs: housing, work, alcohol, drugs, health")
      $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  childContact @13 :Text
      $Meta.label("Contact with children") $Meta.sensitivity(toxic) $Meta.maxLength(2000);
  forums @14 :Matac.MatacForums
      $Meta.label("Other meetings that know the subject") $Meta.sensitivity(toxic);
  options @15 :Matac.MatacOptions
      $Meta.label("What could be done") $Meta.sensitivity(restricted);
  victimSafety @16 :Text
      $Meta.label("What must not be done, since it would endanger somebody")
      $Meta.sensitivity(toxic) $Meta.help("Without saying who, or where.") $Meta.maxLength(2000);
  victims @17 :List(Matac.MatacVictim)
      $Meta.label("Victims") $Meta.sensitivity(toxic) $Meta.maxLength(20)
      $Meta.help("Withheld unless the meeting cannot keep them safe without knowing who they are.");
  referrer @18 :Common.Writer
      $Meta.label("Who refers");

  struct Numbers {
    pnc @0 :Text $Meta.label("Police national computer number") $Meta.maxLength(20);
    own @1 :Text $Meta.label("The referrer's own number") $Meta.maxLength(60);
  }

  struct Grounds {
    serial @0 :Common.YesNo $Meta.label("Harm to more than one person?");
    escalating @1 :Common.YesNo $Meta.label("Is it getting worse?");
    ranked @2 :Common.YesNo $Meta.label("By the ranking of the police?");
    why @3 :Text $Meta.label("Why") $Meta.maxLength(2000);
    victimsNeeded @4 :Common.YesNo
        $Meta.label("Must the meeting know who the victims are, to keep them safe?")
        $Meta.claim("victimsNeeded");
  }
}
