@0xbb02be005681d6f9;
# An order for works at a home: which locks, where, who opens the door. That is all a fitter
# needs, and all there is room for: not why, not who lives there, not who must stay out.
#
# What stands here is read in a van. It must look like any other order for a lock.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Works = import "target_hardening_common.capnp";

struct TargetHardeningRequest $Meta.exchange("target-hardening-request") $Meta.version(1)
    $Meta.title("Order for security works") $Meta.question("Is this a job for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  job @1 :Job
      $Meta.label("Job") $Meta.identifies;
  address @2 :Common.Address
      $Meta.label("Where the works are") $Meta.sensitivity(toxic);
  works @3 :List(Work)
      $Meta.label("What is to be done") $Meta.maxLength(20);
  access @4 :Access
      $Meta.label("Who opens the door") $Meta.sensitivity(toxic);
  property @5 :Property
      $Meta.label("About the building");
  orderer @6 :Orderer
      $Meta.label("Who orders");

  enum Urgency {
    unknown @0 $Meta.label("Not stated");
    routine @1 $Meta.label("Routine");
    urgent @2 $Meta.label("Urgent");
  }

  struct Job {
    number @0 :Text $Meta.label("Job number") $Meta.maxLength(60)
        $Meta.help("A number of its own: nobody's case number.");
    urgency @1 :Urgency $Meta.label("How soon") $Meta.claim("urgency");
    by @2 :Text $Meta.label("To be done by") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Work {
    kind @0 :Works.WorkKind $Meta.label("What");
    where @1 :Text $Meta.label("Where in the home") $Meta.maxLength(150);
    specification @2 :Text $Meta.label("Specification: standard, size, number of keys")
        $Meta.maxLength(500) $Meta.help("The works alone. Never the reason.");
    number @3 :Int64 $Meta.label("How many") $Meta.format("count");
  }

  struct Access {
    name @0 :Text $Meta.label("Name to ask for") $Meta.maxLength(150);
    telephone @1 :Text $Meta.label("Telephone") $Meta.maxLength(40);
    times @2 :Text $Meta.label("When") $Meta.maxLength(200);
    ringFirst @3 :Common.YesNo $Meta.label("Ring before coming?");
    keys @4 :Text $Meta.label("Keys: to whom they are handed") $Meta.maxLength(200);
  }

  struct Property {
    kind @0 :Text $Meta.label("House, flat, floor") $Meta.maxLength(100);
    owner @1 :Text $Meta.label("Who owns it, if not who lives there") $Meta.maxLength(150);
    ownerAgrees @2 :Common.YesNo $Meta.label("Has the owner agreed?");
    restrictions @3 :Text
        $Meta.label("What limits the works: fire doors, listed building, asbestos")
        $Meta.maxLength(500);
    parking @4 :Text $Meta.label("Parking and access") $Meta.maxLength(200);
  }

  struct Orderer {
    office @0 :Text $Meta.label("Office to ring") $Meta.maxLength(150)
        $Meta.help("No name of a team that says why.");
    telephone @1 :Text $Meta.label("Telephone") $Meta.maxLength(40);
    payment @2 :Text $Meta.label("Order or payment number") $Meta.maxLength(60);
    date @3 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
  }
}
