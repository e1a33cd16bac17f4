@0xb6448dd7bb01ba39;
# The answer to a request for a place. An offer says what the place is like, never where it is;
# only when the person has accepted do those who bring them learn where to meet, and those who
# must know it the address.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct PlacementOffer $Meta.exchange("placement-offer") $Meta.version(1)
    $Meta.title("Answer to a request for a place")
    $Meta.question("Did this desk ask for this place?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Person's name") $Meta.sensitivity(restricted) $Meta.identifies;
  reference @2 :Reference
      $Meta.label("Which request");
  offer @3 :Offer
      $Meta.label("Offer");
  place @4 :Place
      $Meta.label("What the place is like") $Meta.sensitivity(restricted);
  conditions @5 :Text
      $Meta.label("What living there asks of people") $Meta.sensitivity(restricted)
      $Meta.maxLength(2000);
  meeting @6 :Meeting
      $Meta.label("Where and when to meet") $Meta.sensitivity(toxic);
  address @7 :Common.Address
      $Meta.label("Address") $Meta.sensitivity(toxic);
  consent @8 :Consent
      $Meta.label("Consent");
  worker @9 :Common.Writer
      $Meta.label("Who answers")
      $Meta.help("The service's office and its number. Never those of the house.");

  struct Reference {
    own @0 :Text $Meta.label("The asking desk's own number") $Meta.maxLength(60);
    service @1 :Text $Meta.label("Number at the service that answers") $Meta.maxLength(60);
  }

  enum Stage {
    unknown @0 $Meta.label("Not stated");
    noPlace @1 $Meta.label("No place");
    offered @2 $Meta.label("Offered");
    accepted @3 $Meta.label("The person has accepted");
    declined @4 $Meta.label("The person has declined");
    lapsed @5 $Meta.label("The offer has lapsed");
  }

  struct Offer {
    stage @0 :Stage $Meta.label("How it stands") $Meta.claim("stage");
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    until @2 :Text $Meta.label("Held until") $Meta.format("local-time") $Meta.maxLength(16);
    whyNot @3 :Text $Meta.label("If there is no place, why: room, needs, distance")
        $Meta.maxLength(500);
  }

  enum Kind {
    unknown @0 $Meta.label("Not stated");
    refuge @1 $Meta.label("Refuge");
    saferOptions @2 $Meta.label("Safer options");
    specialist @3 $Meta.label("Specialist property");
    any @4 $Meta.label("Any of these");
  }

  struct Place {
    kind @0 :Kind $Meta.label("Kind");
    persons @1 :Int64 $Meta.label("Persons that it holds") $Meta.format("count");
    selfContained @2 :Common.YesNo $Meta.label("Self-contained?");
    stepFree @3 :Common.YesNo $Meta.label("Step-free?");
    from @4 :Text $Meta.label("Free from") $Meta.format("date") $Meta.maxLength(10);
    support @5 :Text $Meta.label("Support there") $Meta.maxLength(500);
  }

  struct Meeting {
    where @0 :Text $Meta.label("Where") $Meta.maxLength(300);
    when @1 :Text $Meta.label("When") $Meta.format("local-time") $Meta.maxLength(16);
    who @2 :Text $Meta.label("Who will be there") $Meta.maxLength(150);
    telephone @3 :Text $Meta.label("Telephone") $Meta.maxLength(40);
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the person consent?") $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
  }
}
