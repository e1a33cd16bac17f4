@0xdbe94057b37cfb6b;
# A public body tells the council's housing service that somebody is homeless, or may be within
# 56 days, because the person agreed to it (Homelessness Reduction Act 2017 s10). Others who meet
# such a person refer in the same way.
#
# Every place in it is toxic: where the person is, where they were, and above all where they must
# not be sent.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct DutyToRefer $Meta.exchange("duty-to-refer") $Meta.version(1)
    $Meta.title("Referral to the housing service") $Meta.question("Is this for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Person's name") $Meta.sensitivity(restricted) $Meta.identifies;
  personBirth @2 :Text
      $Meta.label("Person's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  personDetails @3 :Common.PersonDetails
      $Meta.label("More about the person") $Meta.sensitivity(restricted);
  safeContact @4 :Common.SafeContact
      $Meta.label("How to reach the person safely") $Meta.sensitivity(toxic);
  reason @5 :Reason
      $Meta.label("Why they are homeless") $Meta.sensitivity(restricted);
  nowAt @6 :Common.Address
      $Meta.label("Where the person is now") $Meta.sensitivity(toxic);
  lastAddress @7 :Common.Address
      $Meta.label("Last settled address") $Meta.sensitivity(toxic);
  unsafeAreas @8 :Text
      $Meta.label("Where the person must not be housed") $Meta.sensitivity(toxic)
      $Meta.maxLength(1000);
  household @9 :Household
      $Meta.label("Who is to be housed together") $Meta.sensitivity(restricted);
  children @10 :List(Common.ChildDetails)
      $Meta.label("The children") $Meta.sensitivity(restricted) $Meta.maxLength(15);
  perpetrators @11 :List(Common.PerpetratorDetails)
      $Meta.label("From whom the person must be safe") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  risk @12 :Risk
      $Meta.label("Risk") $Meta.sensitivity(restricted);
  needs @13 :Needs
      $Meta.label("What the home must be like") $Meta.sensitivity(restricted);
  consent @14 :Consent
      $Meta.label("Consent");
  referrer @15 :Common.Writer
      $Meta.label("Who refers");

  enum Why {
    unknown @0 $Meta.label("Not stated");
    domesticAbuse @1 $Meta.label("Domestic abuse");
    otherViolence @2 $Meta.label("Other violence or threats");
    leavingHospital @3 $Meta.label("Leaving hospital");
    leavingCustody @4 $Meta.label("Leaving custody");
    leavingCare @5 $Meta.label("Leaving care");
    evicted @6 $Meta.label("Asked to leave or evicted");
    other @7 $Meta.label("Another reason");
  }

  struct Reason {
    why @0 :Why $Meta.label("Main reason");
    homelessNow @1 :Common.YesNo $Meta.label("Homeless tonight?");
    by @2 :Text $Meta.label("Homeless by or since") $Meta.format("date") $Meta.maxLength(10);
    agreed @3 :Text $Meta.label("Reason, in words agreed with the person") $Meta.maxLength(1000);
    tenancy @4 :Text $Meta.label("Tenancy: whose, joint, arrears") $Meta.maxLength(300);
  }

  struct Household {
    children @0 :Common.YesNo $Meta.label("Are there children?");
    howMany @1 :Int64 $Meta.label("How many") $Meta.format("count");
    pregnant @2 :Common.YesNo $Meta.label("Is somebody pregnant?");
    others @3 :Text $Meta.label("Other adults") $Meta.maxLength(300);
    animals @4 :Text $Meta.label("Animals") $Meta.maxLength(200);
  }

  struct Risk {
    grade @0 :Common.RiskGrade $Meta.label("Grade");
    tool @1 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
    date @2 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    note @3 :Text $Meta.label("Note") $Meta.maxLength(1000);
  }

  struct Needs {
    mobility @0 :Text $Meta.label("Mobility and access") $Meta.maxLength(300);
    health @1 :Text $Meta.label("Health, as far as a home must suit it") $Meta.maxLength(1000);
    support @2 :Text $Meta.label("Support that is there") $Meta.maxLength(500);
    noRecourse @3 :Common.YesNo $Meta.label("No recourse to public funds?");
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the person consent?") $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
    authority @2 :Text $Meta.label("Council that the person chose") $Meta.maxLength(96);
    contactAgreed @3 :Common.YesNo $Meta.label("May the council contact the person?");
  }
}
