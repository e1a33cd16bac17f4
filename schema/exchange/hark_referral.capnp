@0xf44851a9a080a501;
# The fast track from a surgery, a ward or a counter to support: an emergency department, a
# doctor, a dentist, an optician or a pharmacist has asked the four questions (humiliation,
# afraid, rape, kick) and the patient wants help.
#
# It is short on purpose: who it is, how to reach them safely, what the questions came to. The
# service asks the rest itself.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct HarkReferral $Meta.exchange("hark-referral") $Meta.version(1)
    $Meta.title("Fast-track referral from health") $Meta.question("Is this for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  patientName @1 :Common.PersonName
      $Meta.label("Patient's name") $Meta.sensitivity(restricted) $Meta.identifies;
  patientBirth @2 :Text
      $Meta.label("Patient's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  safeContact @3 :Common.SafeContact
      $Meta.label("How to reach the patient safely") $Meta.sensitivity(toxic);
  answers @4 :Answers
      $Meta.label("What was answered") $Meta.sensitivity(restricted);
  score @5 :Score
      $Meta.label("Score") $Meta.sensitivity(restricted);
  danger @6 :Danger
      $Meta.label("Danger now") $Meta.sensitivity(restricted);
  needs @7 :Needs
      $Meta.label("What the patient needs to be reached") $Meta.sensitivity(restricted);
  household @8 :Household
      $Meta.label("Children in the household") $Meta.sensitivity(restricted);
  consent @9 :Consent
      $Meta.label("Consent");
  referrer @10 :Common.Writer
      $Meta.label("Who refers");

  struct Answers {
    humiliated @0 :Common.YesNo $Meta.label("Humiliated or emotionally abused in the last year?");
    afraid @1 :Common.YesNo $Meta.label("Afraid of a partner or former partner in the last year?");
    raped @2 :Common.YesNo $Meta.label("Raped or forced into sexual activity in the last year?");
    kicked @3 :Common.YesNo $Meta.label("Kicked, hit, slapped or otherwise hurt in the last year?");
    comment @4 :Text $Meta.label("Comment") $Meta.maxLength(1000);
  }

  struct Score {
    score @0 :Int64 $Meta.label("How many were answered yes") $Meta.format("count")
        $Meta.help("Of four. One or more is a positive result.");
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    version @2 :Text $Meta.label("Version of the questions") $Meta.maxLength(60);
    askedAlone @3 :Common.YesNo $Meta.label("Was the patient asked alone?");
  }

  struct Danger {
    now @0 :Common.YesNo $Meta.label("Is the patient in danger now?") $Meta.claim("danger");
    waiting @1 :Common.YesNo $Meta.label("Is the patient still with you?");
    note @2 :Text $Meta.label("What the danger is") $Meta.maxLength(500);
  }

  struct Needs {
    language @0 :Text $Meta.label("Language") $Meta.maxLength(60);
    interpreter @1 :Common.YesNo $Meta.label("Interpreter needed?");
    other @2 :Text $Meta.label("Other needs") $Meta.maxLength(300);
  }

  struct Household {
    children @0 :Common.YesNo $Meta.label("Are there children?");
    howMany @1 :Int64 $Meta.label("How many") $Meta.format("count");
    pregnant @2 :Common.YesNo $Meta.label("Is the person pregnant?");
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the person consent?") $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
  }
}
