@0xd07c1f5be3a94826;
# An exchange that does not exist: a gardener tells a neighbour what grew. For tests.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "/schema/exchange/meta.capnp";
using Common = import "/schema/exchange/common.capnp";

struct GardenVisit $Meta.exchange("garden-visit") $Meta.version(1)
    $Meta.title("Visit to a garden") $Meta.question("Is this our garden?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  gardener @1 :Common.PersonName
      $Meta.label("Gardener") $Meta.identifies;
  weather @2 :Weather
      $Meta.label("Weather") $Meta.claim("weather");
  beds @3 :List(Bed)
      $Meta.label("Beds") $Meta.maxLength(5);
  secret @4 :Text
      $Meta.label("Where the key lies") $Meta.sensitivity(toxic) $Meta.maxLength(100);

  consent @5 :Common.ConsentState
      $Meta.label("Does the gardener agree?") $Meta.claim("consent");

  enum Weather {
    unknown @0 $Meta.label("Not noted");
    dry @1 $Meta.label("Dry");
    wet @2 $Meta.label("Wet");
  }

  struct Bed {
    plant @0 :Text $Meta.label("Plant") $Meta.maxLength(60);
    count @1 :Int64 $Meta.label("How many") $Meta.format("count");
  }
}
