@0xdfcc778195e9eb49;
# Somebody needs a place in refuge or other safe accommodation, and wants it. It carries what a
# house must know to say yes: who comes, what they need, and from whom they and those who live
# there already must be safe.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct PlacementRequest $Meta.exchange("placement-request") $Meta.version(1)
    $Meta.title("Request for a place") $Meta.question("Is this for this desk?") {
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
  place @5 :Place
      $Meta.label("What is needed");
  household @6 :Household
      $Meta.label("Who comes") $Meta.sensitivity(restricted);
  children @7 :List(ComingChild)
      $Meta.label("The children who come") $Meta.sensitivity(restricted) $Meta.maxLength(15);
  fleeingFrom @8 :Text
      $Meta.label("Council area that the person leaves") $Meta.sensitivity(toxic)
      $Meta.maxLength(96);
  unsafeAreas @9 :Text
      $Meta.label("Where the person would be found") $Meta.sensitivity(toxic) $Meta.maxLength(1000);
  perpetrators @10 :List(Common.PerpetratorDetails)
      $Meta.label("From whom the person must be safe") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  fears @11 :Common.Fears
      $Meta.label("Whom the person fears and trusts") $Meta.sensitivity(toxic);
  risk @12 :Risk
      $Meta.label("Risk") $Meta.sensitivity(restricted);
  needs @13 :Needs
      $Meta.label("What the person needs") $Meta.sensitivity(restricted);
  others @14 :Text
      $Meta.label("What those who live there must be safe from") $Meta.sensitivity(restricted)
      $Meta.maxLength(2000);
  money @15 :Money
      $Meta.label("Money") $Meta.sensitivity(restricted);
  consent @16 :Consent
      $Meta.label("Consent");
  referrer @17 :Common.Writer
      $Meta.label("Who asks");

  enum Kind {
    unknown @0 $Meta.label("Not stated");
    refuge @1 $Meta.label("Refuge");
    saferOptions @2 $Meta.label("Safer options");
    specialist @3 $Meta.label("Specialist property");
    any @4 $Meta.label("Any of these");
  }

  struct Place {
    kind @0 :Kind $Meta.label("Kind of place");
    tonight @1 :Common.YesNo $Meta.label("Needed tonight?");
    by @2 :Text $Meta.label("Needed by") $Meta.format("date") $Meta.maxLength(10);
    number @3 :Text $Meta.label("The asking desk's own number") $Meta.maxLength(60);
  }

  struct Household {
    children @0 :Common.YesNo $Meta.label("Are there children?");
    howMany @1 :Int64 $Meta.label("How many") $Meta.format("count");
    pregnant @2 :Common.YesNo $Meta.label("Is the person pregnant?");
  }

  struct ComingChild {
    birth @0 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
    gender @1 :Text $Meta.label("Gender") $Meta.maxLength(50);
    needs @2 :Text $Meta.label("Needs") $Meta.maxLength(500);
    order @3 :Text $Meta.label("Order or proceedings about the child") $Meta.maxLength(300);
  }

  struct Risk {
    grade @0 :Common.RiskGrade $Meta.label("Grade");
    tool @1 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
    date @2 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    note @3 :Text $Meta.label("What stands out") $Meta.maxLength(2000);
  }

  struct Needs {
    children @0 :Common.YesNo $Meta.label("Children");
    largeFamily @1 :Common.YesNo $Meta.label("More than three children");
    olderBoys @2 :Common.YesNo $Meta.label("Boys of 13 or more");
    men @3 :Common.YesNo $Meta.label("Men");
    wheelchair @4 :Common.YesNo $Meta.label("Wheelchair users");
    mentalHealth @5 :Common.YesNo $Meta.label("Mental health needs");
    substances @6 :Common.YesNo $Meta.label("Alcohol and drugs");
    noRecourse @7 :Common.YesNo $Meta.label("No recourse to public funds");
    interpreter @8 :Common.YesNo $Meta.label("Other languages");
    animals @9 :Common.YesNo $Meta.label("Animals");
    note @10 :Text $Meta.label("Note") $Meta.maxLength(500);
    health @11 :Text $Meta.label("Health and medicines") $Meta.maxLength(1000);
  }

  struct Money {
    noRecourse @0 :Common.YesNo $Meta.label("No recourse to public funds?");
    benefits @1 :Text $Meta.label("Benefits and income") $Meta.maxLength(500);
    immigration @2 :Text $Meta.label("Immigration status") $Meta.maxLength(300);
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the person consent?") $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
  }
}
