@0xd40e9ab36c7f1258;
# A child is referred to the children's front door (MASH): by an officer, a school, a midwife, a
# housing officer. Police grade it (red, amber, green, blue) and the grade sets the clock, as the
# area has it. Who does not grade leaves it so and gets the clock of a working day.
#
# One referral is about one child; brothers and sisters are named in it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Mash = import "mash_common.capnp";

struct MashReferral $Meta.exchange("mash-referral") $Meta.version(1)
    $Meta.title("Referral of a child (MASH)")
    $Meta.question("Is this child for this front door?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  childName @1 :Common.PersonName
      $Meta.label("Child's name") $Meta.sensitivity(restricted) $Meta.identifies;
  childBirth @2 :Text
      $Meta.label("Child's date of birth, or expected birth") $Meta.sensitivity(restricted)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  childDetails @3 :Common.PersonDetails
      $Meta.label("More about the child") $Meta.sensitivity(restricted);
  childNumbers @4 :Numbers
      $Meta.label("Numbers of the child") $Meta.sensitivity(restricted);
  establishment @5 :Common.Establishment
      $Meta.label("School or setting") $Meta.sensitivity(toxic);
  address @6 :Common.Address
      $Meta.label("Where the child lives") $Meta.sensitivity(toxic);
  otherChildren @7 :List(Mash.FamilyChild)
      $Meta.label("Other children of the family") $Meta.sensitivity(restricted)
      $Meta.maxLength(15);
  adults @8 :List(Mash.FamilyAdult)
      $Meta.label("Parents, carers and others in the household") $Meta.sensitivity(restricted)
      $Meta.maxLength(10);
  grading @9 :Grading
      $Meta.label("Grade");
  concerns @10 :Text
      $Meta.label("What worries you") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  incident @11 :Incident
      $Meta.label("What happened last") $Meta.sensitivity(restricted);
  voice @12 :Mash.FamilyVoice
      $Meta.label("What the children and the parents say") $Meta.sensitivity(restricted);
  strengths @13 :Text
      $Meta.label("What goes well, and who helps") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  history @14 :Text
      $Meta.label("What is known from before") $Meta.sensitivity(restricted)
      $Meta.maxLength(8000);
  domesticAbuse @15 :DomesticAbuse
      $Meta.label("Domestic abuse") $Meta.sensitivity(restricted);
  perpetrators @16 :List(Common.PerpetratorDetails)
      $Meta.label("Who is said to do harm") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  safeContact @17 :Common.SafeContact
      $Meta.label("How to reach the parent who is safe, safely") $Meta.sensitivity(toxic);
  fears @18 :Common.Fears
      $Meta.label("Whom the family fears and trusts") $Meta.sensitivity(toxic);
  health @19 :Text
      $Meta.label("Health of the child and of the adults, as it bears on the child")
      $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  policeRecord @20 :PoliceRecord
      $Meta.label("Police record") $Meta.sensitivity(restricted);
  done @21 :Text
      $Meta.label("What was done at once") $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  asked @22 :Text
      $Meta.label("What is asked of children's services") $Meta.maxLength(1000);
  otherAgencies @23 :List(Agency)
      $Meta.label("Who else works with the family") $Meta.sensitivity(restricted)
      $Meta.maxLength(15);
  consent @24 :Consent
      $Meta.label("Consent") $Meta.sensitivity(restricted);
  referrer @25 :Common.Writer
      $Meta.label("Who refers") $Meta.sensitivity(toxic);

  struct Numbers {
    upn @0 :Text $Meta.label("UPN") $Meta.format("upn") $Meta.maxLength(13);
    nhsNumber @1 :Text $Meta.label("NHS number") $Meta.format("nhs-number") $Meta.maxLength(10);
    socialCare @2 :Text $Meta.label("Number in social care records") $Meta.maxLength(60);
    own @3 :Text $Meta.label("The referrer's own number of the case") $Meta.maxLength(60);
  }

  enum Grade {
    unknown @0 $Meta.label("Not graded");
    red @1 $Meta.label("Red: serious harm, now");
    amber @2 $Meta.label("Amber: significant concern");
    green @3 $Meta.label("Green: concern");
    blue @4 $Meta.label("Blue: recorded, not shared");
  }

  struct Grading {
    grade @0 :Grade $Meta.label("Grade") $Meta.claim("grade");
    why @1 :Text $Meta.label("Why") $Meta.maxLength(1000);
    version @2 :Text $Meta.label("By which scale, and version") $Meta.maxLength(100);
    lowerGrades @3 :Int64 $Meta.label("Green ones in the last three months")
        $Meta.format("count");
    suspected @4 :Text $Meta.label("Kind of harm: physical, emotional, sexual, neglect")
        $Meta.maxLength(300);
  }

  struct Incident {
    reference @0 :Common.Reference $Meta.label("Police reference");
    time @1 :Common.IncidentTime $Meta.label("When");
    presence @2 :Text $Meta.label("Where the children were") $Meta.maxLength(300);
    what @3 :Text $Meta.label("What happened") $Meta.maxLength(8000);
    injuries @4 :Text $Meta.label("Injuries") $Meta.maxLength(1000);
  }

  struct DomesticAbuse {
    present @0 :Common.YesNo $Meta.label("Is there any?");
    victimGrade @1 :Common.RiskGrade $Meta.label("Risk to the adult victim");
    tool @2 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
    conference @3 :Common.YesNo $Meta.label("Referred to the conference (MARAC)?");
    note @4 :Text $Meta.label("Note") $Meta.maxLength(2000);
  }

  struct PoliceRecord {
    crime @0 :Text $Meta.label("Crime reference") $Meta.maxLength(100);
    officer @1 :Text $Meta.label("Officer in the case") $Meta.maxLength(150);
    orders @2 :Text $Meta.label("Orders and bail conditions") $Meta.maxLength(1000);
    protection @3 :Text $Meta.label("Police protection: from when to when") $Meta.maxLength(200);
    record @4 :Text $Meta.label("What the record holds of the adults, as it bears on the child")
        $Meta.maxLength(4000);
  }

  struct Agency {
    name @0 :Text $Meta.label("Agency") $Meta.maxLength(150);
    worker @1 :Text $Meta.label("Who, and how to reach them") $Meta.maxLength(200);
  }

  # Recorded, and nothing is decided by it: a child is referred whatever anybody says.
  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the parent who is safe to ask consent?");
    aware @1 :Common.YesNo $Meta.label("Do the parents know of this referral?");
    why @2 :Text $Meta.label("Why nobody was asked, or told") $Meta.maxLength(1000);
  }
}
