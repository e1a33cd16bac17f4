@0xfc6d155ef3949f40;
# How many places there are in refuge and other safe accommodation, and for whom they are fit.
# Counts and needs, never a place: where a refuge is must not travel with whether it has room.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct VacancyStatus $Meta.exchange("vacancy-status") $Meta.version(1)
    $Meta.title("Places in safe accommodation") $Meta.question("Does this desk look for places?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  service @1 :Service
      $Meta.label("Whose places") $Meta.identifies;
  vacancies @2 :List(Vacancy)
      $Meta.label("Places") $Meta.maxLength(20);
  needsMet @3 :NeedsMet
      $Meta.label("For whom they are fit");
  waiting @4 :Waiting
      $Meta.label("How many wait");
  limits @5 :Text
      $Meta.label("Which groups cannot be taken now") $Meta.maxLength(500)
      $Meta.help("Needs that cannot be met. Nobody's name, and not who lives there.");
  contact @6 :Contact
      $Meta.label("Whom to ask");

  struct Service {
    name @0 :Text $Meta.label("Service") $Meta.maxLength(150)
        $Meta.help("Its public name. Never where it is.");
    asOf @1 :Text $Meta.label("As of") $Meta.format("local-time") $Meta.maxLength(16);
  }

  enum Kind {
    unknown @0 $Meta.label("Not stated");
    refuge @1 $Meta.label("Refuge");
    saferOptions @2 $Meta.label("Safer options");
    specialist @3 $Meta.label("Specialist property");
    any @4 $Meta.label("Any of these");
  }

  struct Vacancy {
    kind @0 :Kind $Meta.label("Kind");
    free @1 :Int64 $Meta.label("Places free") $Meta.format("count");
    inAll @2 :Int64 $Meta.label("Places in all") $Meta.format("count");
    persons @3 :Int64 $Meta.label("Persons that each holds") $Meta.format("count");
    selfContained @4 :Common.YesNo $Meta.label("Self-contained?");
    from @5 :Text $Meta.label("Free from") $Meta.format("date") $Meta.maxLength(10);
  }

  struct NeedsMet {
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
  }

  struct Waiting {
    households @0 :Int64 $Meta.label("Households that wait") $Meta.format("count");
    refused @1 :Int64 $Meta.label("Turned away this month") $Meta.format("count");
    forRoom @2 :Int64 $Meta.label("Of these, for want of room") $Meta.format("count");
  }

  struct Contact {
    desk @0 :Text $Meta.label("Desk") $Meta.maxLength(150);
    telephone @1 :Text $Meta.label("Telephone") $Meta.maxLength(40);
    hours @2 :Text $Meta.label("Hours") $Meta.maxLength(200);
  }
}
