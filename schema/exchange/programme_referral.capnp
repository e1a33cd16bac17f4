@0xb5f771b5c0d3061e;
# A referral of somebody who has been abusive, or fears becoming so, to a programme that helps
# them to stop. It is about that person alone. It has no field for who suffered it: neither a
# name nor a place, and the words must not say them either.
#
# Partners are supported by others, through a channel of its own (partner-support).

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct ProgrammeReferral $Meta.exchange("programme-referral") $Meta.version(1)
    $Meta.title("Referral to a programme") $Meta.question("Is this for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Name of who would attend") $Meta.sensitivity(restricted) $Meta.identifies;
  personBirth @2 :Text
      $Meta.label("Date of birth of who would attend") $Meta.sensitivity(restricted)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  contact @3 :Contact
      $Meta.label("How to reach them") $Meta.sensitivity(toxic);
  personDetails @4 :Common.PersonDetails
      $Meta.label("More about them") $Meta.sensitivity(restricted);
  course @5 :CourseAsked
      $Meta.label("Which course");
  behaviour @6 :Text
      $Meta.label("What they have done") $Meta.sensitivity(restricted) $Meta.maxLength(4000)
      $Meta.help("Nothing of who suffered it: no name, no place, nothing that they said.");
  readiness @7 :Readiness
      $Meta.label("How ready they are") $Meta.sensitivity(restricted);
  orders @8 :Text
      $Meta.label("Orders, bail and licence conditions") $Meta.sensitivity(restricted)
      $Meta.maxLength(1000)
      $Meta.help("Their kind and until when. Not who is protected, and no address.");
  warnings @9 :Warnings
      $Meta.label("Safety of staff") $Meta.sensitivity(restricted);
  needs @10 :Needs
      $Meta.label("What else they need help with") $Meta.sensitivity(restricted);
  parenting @11 :Parenting
      $Meta.label("Children") $Meta.sensitivity(restricted);
  consent @12 :Consent
      $Meta.label("Consent");
  referrer @13 :Common.Writer
      $Meta.label("Who refers");

  struct Contact {
    telephone @0 :Text $Meta.label("Telephone") $Meta.maxLength(40);
    email @1 :Text $Meta.label("Email") $Meta.maxLength(150);
    lives @2 :Common.Address $Meta.label("Where they live");
    times @3 :Text $Meta.label("When") $Meta.maxLength(200);
  }

  enum Course {
    unknown @0 $Meta.label("Not stated");
    adult @1 $Meta.label("Programme for adults");
    young @2 $Meta.label("Programme for young people");
    other @3 $Meta.label("Another course");
  }

  struct CourseAsked {
    course @0 :Course $Meta.label("Course");
    condition @1 :Common.YesNo $Meta.label("Is it a condition of a court or a licence?");
    by @2 :Text $Meta.label("To be started by") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Readiness {
    accepts @0 :Common.YesNo $Meta.label("Do they accept that they did it?");
    willing @1 :Common.YesNo $Meta.label("Are they willing to attend?");
    before @2 :Text $Meta.label("Programmes before, and how they ended") $Meta.maxLength(500);
    note @3 :Text $Meta.label("What they say themselves") $Meta.maxLength(1000);
  }

  struct Warnings {
    weapons @0 :Common.YesNo $Meta.label("Weapons?");
    staff @1 :Common.YesNo $Meta.label("Threats to staff?");
    note @2 :Text $Meta.label("Note") $Meta.maxLength(500);
  }

  struct Needs {
    alcohol @0 :Common.YesNo $Meta.label("Alcohol");
    drugs @1 :Common.YesNo $Meta.label("Drugs");
    mentalHealth @2 :Common.YesNo $Meta.label("Mental health");
    reading @3 :Common.YesNo $Meta.label("Reading and writing");
    note @4 :Text $Meta.label("Note") $Meta.maxLength(500);
  }

  struct Parenting {
    contact @0 :Common.YesNo $Meta.label("Do they see their children?");
    plan @1 :Common.YesNo $Meta.label("Is there a child protection plan?");
    proceedings @2 :Common.YesNo $Meta.label("Are there family proceedings?");
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the person referred agree?")
        $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
  }
}
