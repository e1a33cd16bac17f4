@0xe7063bd82c941fa5;
# Somebody broke a condition of an order that protects another, or seems to have: an agency tells
# the police. Whoever saw it and whoever is protected are sections of their own.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct OrderBreach $Meta.exchange("order-breach") $Meta.version(1)
    $Meta.title("Breach of a protection order") $Meta.question("Is this an order of this force?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  boundName @1 :Common.PersonName
      $Meta.label("Name of the person bound") $Meta.sensitivity(restricted) $Meta.identifies;
  boundBirth @2 :Text
      $Meta.label("Date of birth of the person bound") $Meta.sensitivity(restricted)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  order @3 :Order
      $Meta.label("Order");
  breach @4 :Breach
      $Meta.label("Breach");
  what @5 :Text
      $Meta.label("What happened") $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  where @6 :Text
      $Meta.label("Where it happened") $Meta.sensitivity(toxic) $Meta.maxLength(300);
  whereNow @7 :Text
      $Meta.label("Where the person bound is now") $Meta.sensitivity(toxic) $Meta.maxLength(300);
  protected @8 :Protected
      $Meta.label("Who is protected") $Meta.sensitivity(toxic);
  safeContact @9 :Common.SafeContact
      $Meta.label("How to reach who is protected safely") $Meta.sensitivity(toxic);
  children @10 :List(Common.ChildDetails)
      $Meta.label("Children who were there") $Meta.sensitivity(toxic) $Meta.maxLength(15);
  witnesses @11 :List(Witness)
      $Meta.label("Who saw or heard it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  evidence @12 :Text
      $Meta.label("Evidence, and who keeps it") $Meta.sensitivity(restricted)
      $Meta.maxLength(1000);
  attendance @13 :Attendance
      $Meta.label("Programme or appointment missed") $Meta.sensitivity(restricted);
  done @14 :Text
      $Meta.label("What was done at once") $Meta.sensitivity(restricted) $Meta.maxLength(1000);
  reporter @15 :Common.Writer
      $Meta.label("Who reports") $Meta.sensitivity(toxic);

  struct Order {
    number @0 :Text $Meta.label("Number") $Meta.maxLength(60);
    conditions @1 :Text $Meta.label("Which conditions") $Meta.maxLength(500);
  }

  enum Kind {
    unknown @0 $Meta.label("Not stated");
    contact @1 $Meta.label("Contact");
    place @2 $Meta.label("Went where they may not");
    home @3 $Meta.label("About the home");
    school @4 $Meta.label("About a school");
    programme @5 $Meta.label("Did not attend");
    tag @6 $Meta.label("Electronic monitoring");
    notification @7 $Meta.label("Did not notify name or address");
    other @8 $Meta.label("Another condition");
  }

  struct Breach {
    kind @0 :Kind $Meta.label("Kind");
    time @1 :Common.IncidentTime $Meta.label("When");
    danger @2 :Common.YesNo $Meta.label("Is somebody in danger now?") $Meta.claim("danger")
        $Meta.help("Call 999 first. This does not replace the call.");
    called @3 :Common.YesNo $Meta.label("Was 999 called?");
    certain @4 :Common.YesNo $Meta.label("Is it sure that it was the person bound?");
    times @5 :Int64 $Meta.label("How many times it happened") $Meta.format("count");
  }

  struct Protected {
    name @0 :Common.PersonName $Meta.label("Name");
    birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
    unharmed @2 :Common.YesNo $Meta.label("Seen since, and unharmed?");
    aware @3 :Common.YesNo $Meta.label("Do they know of this report?");
    wishes @4 :Text $Meta.label("What they want") $Meta.maxLength(1000);
  }

  struct Witness {
    name @0 :Common.PersonName $Meta.label("Name");
    contact @1 :Text $Meta.label("Safe way to reach them") $Meta.maxLength(150);
    saw @2 :Text $Meta.label("What they saw or heard") $Meta.maxLength(1000);
  }

  struct Attendance {
    what @0 :Text $Meta.label("What was to be attended") $Meta.maxLength(150);
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    reason @2 :Text $Meta.label("Reason given") $Meta.maxLength(500);
    missed @3 :Int64 $Meta.label("How many were missed by now") $Meta.format("count");
  }
}
