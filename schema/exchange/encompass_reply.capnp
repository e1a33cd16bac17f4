@0xc6f1903ab7d54e28;
# What a school answers to a notice about a child, or to a report that a child is missing: is the
# child in school, is there concern, what was done. The police read whether the child is safe and no
# more of the child than that needs; what worries the school is for children's services.
#
# It is not the acknowledgement (the desk makes that by itself), and no referral: whoever is worried
# refers as well.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct EncompassReply $Meta.exchange("encompass-reply") $Meta.version(1)
    $Meta.title("A school's reply about a child") $Meta.question("Is this child known here?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  childName @1 :Common.PersonName
      $Meta.label("Child's name") $Meta.sensitivity(restricted) $Meta.identifies;
  childBirth @2 :Text
      $Meta.label("Child's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  establishment @3 :Common.Establishment
      $Meta.label("School or setting") $Meta.sensitivity(toxic);
  reference @4 :Common.Reference
      $Meta.label("Police reference that this answers");
  attendance @5 :Attendance
      $Meta.label("Is the child in school?");
  concern @6 :Concern
      $Meta.label("Is there concern?");
  danger @7 :Text
      $Meta.label("What the danger is, now") $Meta.sensitivity(restricted)
      $Meta.help("Only what whoever goes to help must know. In an emergency call 999 first.")
      $Meta.maxLength(1000);
  observed @8 :Text
      $Meta.label("What the school saw and heard") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  voiceOfChild @9 :VoiceOfChild
      $Meta.label("What the child said") $Meta.sensitivity(restricted);
  done @10 :Done
      $Meta.label("What the school did") $Meta.sensitivity(restricted);
  collection @11 :Collection
      $Meta.label("Who came for the child") $Meta.sensitivity(toxic);
  siblings @12 :List(Sibling)
      $Meta.label("Brothers and sisters in other schools") $Meta.sensitivity(restricted)
      $Meta.maxLength(10);
  writer @13 :Common.Writer
      $Meta.label("Who replies") $Meta.sensitivity(toxic);

  enum Where {
    unknown @0 $Meta.label("Not known");
    inSchool @1 $Meta.label("In school");
    expectedAbsence @2 $Meta.label("Absent, and the school knows why");
    absent @3 $Meta.label("Absent, and nobody knows why");
    leftEarly @4 $Meta.label("Was in school and left before the end");
    elsewhere @5 $Meta.label("Taught in another place today");
    notOnRoll @6 $Meta.label("Not on our roll");
    closed @7 $Meta.label("School is closed today");
  }

  struct Attendance {
    where @0 :Where $Meta.label("Where");
    seen @1 :Common.IncidentTime $Meta.label("Last seen by staff");
    lastDay @2 :Text $Meta.label("Last day in school") $Meta.format("date") $Meta.maxLength(10);
  }

  enum Level {
    unknown @0 $Meta.label("Not stated");
    none @1 $Meta.label("None beyond the notice");
    some @2 $Meta.label("Some: children's services should know");
    immediate @3 $Meta.label("The child or somebody else is in danger now");
  }

  struct Concern {
    level @0 :Level $Meta.label("How much") $Meta.claim("concern");
    referred @1 :Common.YesNo $Meta.label("Referred to children's services as well?");
    called @2 :Common.YesNo $Meta.label("Was 999 called?");
  }

  struct VoiceOfChild {
    words @0 :Text $Meta.label("The child's own words") $Meta.maxLength(2000);
    toWhom @1 :Text $Meta.label("To whom") $Meta.maxLength(150);
    unasked @2 :Common.YesNo $Meta.label("Said without being asked?");
  }

  struct Done {
    keyAdult @0 :Common.YesNo $Meta.label("Did the key adult see the child?");
    staffTold @1 :Text $Meta.label("Which staff were told, and what") $Meta.maxLength(500);
    support @2 :Text $Meta.label("Support given in school") $Meta.maxLength(2000);
    earlier @3 :Text $Meta.label("What the safeguarding file held already") $Meta.maxLength(2000);
    wanted @4 :Text $Meta.label("What the school asks for") $Meta.maxLength(1000);
  }

  struct Collection {
    who @0 :Text $Meta.label("Who") $Meta.maxLength(150);
    barred @1 :Common.YesNo $Meta.label("Somebody who may not collect the child?");
    let @2 :Common.YesNo $Meta.label("Did the child go with them?");
    note @3 :Text $Meta.label("Note") $Meta.maxLength(500);
  }

  struct Sibling {
    name @0 :Common.PersonName $Meta.label("Name");
    birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
    school @2 :Common.Establishment $Meta.label("School or setting");
  }
}
