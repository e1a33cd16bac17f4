@0xb47cfecffaf5e0f5;
# One front door: whoever meets somebody who lives with domestic abuse refers them to one
# service, which finds out who helps. A person who comes by themselves is written down here too,
# by the desk that they came to.
#
# It carries what the referrer has been told already, so that nobody must tell it twice. It asks
# for no address: the service needs to know how to reach a person and in which area they live.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct FrontDoorReferral $Meta.exchange("front-door-referral") $Meta.version(1)
    $Meta.title("Referral to the front door") $Meta.question("Is this for this desk?") {
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
  livesIn @5 :Text
      $Meta.label("Council area where the person lives") $Meta.sensitivity(restricted)
      $Meta.maxLength(96);
  perpetrators @6 :List(Common.PerpetratorDetails)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  household @7 :Household
      $Meta.label("Children in the household") $Meta.sensitivity(restricted);
  children @8 :List(Common.ChildDetails)
      $Meta.label("The children") $Meta.sensitivity(restricted) $Meta.maxLength(15);
  risk @9 :Risk
      $Meta.label("Risk") $Meta.sensitivity(restricted);
  whatHappened @10 :Text
      $Meta.label("What happened") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  fears @11 :Common.Fears
      $Meta.label("Whom the person fears and trusts") $Meta.sensitivity(toxic);
  wishes @12 :Text
      $Meta.label("What the person wants") $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  involved @13 :List(Involved)
      $Meta.label("Who helps already") $Meta.sensitivity(restricted) $Meta.maxLength(15);
  route @14 :Route
      $Meta.label("How it came");
  consent @15 :Consent
      $Meta.label("Consent");
  referrer @16 :Common.Writer
      $Meta.label("Who refers");

  struct Household {
    children @0 :Common.YesNo $Meta.label("Are there children?");
    howMany @1 :Int64 $Meta.label("How many") $Meta.format("count");
    pregnant @2 :Common.YesNo $Meta.label("Is the person pregnant?");
  }

  struct Risk {
    grade @0 :Common.RiskGrade $Meta.label("Grade, if assessed");
    tool @1 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
    score @2 :Int64 $Meta.label("Score") $Meta.format("count");
    date @3 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    concern @4 :Text $Meta.label("What worries the referrer most") $Meta.maxLength(1000);
  }

  struct Involved {
    agency @0 :Text $Meta.label("Agency") $Meta.maxLength(150);
    contact @1 :Text $Meta.label("Name and telephone") $Meta.maxLength(150);
    since @2 :Text $Meta.label("Since when") $Meta.maxLength(60);
  }

  enum How {
    unknown @0 $Meta.label("Not stated");
    agency @1 $Meta.label("An agency refers");
    self @2 $Meta.label("The person came by themselves");
    other @3 $Meta.label("Family, friend or employer, with the person");
  }

  struct Route {
    how @0 :How $Meta.label("How it came");
    heardOf @1 :Text $Meta.label("How the person heard of the service") $Meta.maxLength(200);
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the person consent?") $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
  }
}
