@0xe1a3580c7bd64f29;
# One case of the list for a meeting of the conference (MARAC): ahead of it each agency researches
# its own records. It says who is to be looked for and by when, and nothing of what happened: that
# is said at the meeting. One message is one case, since each has other people who must not learn
# of it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Marac = import "marac_common.capnp";

struct MaracAgenda $Meta.exchange("marac-agenda") $Meta.version(1)
    $Meta.title("Case listed for the conference (MARAC)")
    $Meta.question("Do we hold records on anybody in this case?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(toxic) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(toxic) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  victimOthers @3 :OtherIdentity
      $Meta.label("Other names and births of the victim") $Meta.sensitivity(toxic);
  perpetrators @4 :List(Marac.ConferencePerson)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  children @5 :List(Marac.ConferenceChild)
      $Meta.label("The children") $Meta.sensitivity(toxic) $Meta.maxLength(15);
  addresses @6 :Addresses
      $Meta.label("Addresses to look under") $Meta.sensitivity(toxic);
  nhsNumber @7 :Text
      $Meta.label("Victim's NHS number") $Meta.sensitivity(toxic) $Meta.format("nhs-number")
      $Meta.maxLength(10);
  socialCareNumber @8 :Text
      $Meta.label("Victim's number in social care records") $Meta.sensitivity(toxic)
      $Meta.maxLength(60);
  meeting @9 :Marac.ConferenceMeeting
      $Meta.label("The meeting");
  listing @10 :Marac.ConferenceListing
      $Meta.label("How it came to the meeting") $Meta.sensitivity(restricted);
  research @11 :ResearchAsked
      $Meta.label("What is asked");
  contact @12 :Marac.ConferenceContact
      $Meta.label("Who speaks to the victim");
  handling @13 :Marac.ConferenceHandling
      $Meta.label("How to handle this");
  coordinator @14 :Common.Writer
      $Meta.label("Who sends this");

  struct OtherIdentity {
    names @0 :List(Common.PersonName) $Meta.label("Other names and spellings")
        $Meta.maxLength(10);
    births @1 :Text $Meta.label("Other dates of birth given") $Meta.maxLength(100);
  }

  struct Addresses {
    victim @0 :Common.Address $Meta.label("Victim's address")
        $Meta.help("Never that of a refuge or of a place that is kept secret.");
    victimBefore @1 :List(Common.Address) $Meta.label("Where the victim lived before")
        $Meta.maxLength(5);
    perpetrators @2 :List(Common.Address) $Meta.label("Addresses of who is said to do it")
        $Meta.maxLength(5);
  }

  struct ResearchAsked {
    due @0 :Text $Meta.label("Answer by") $Meta.format("date") $Meta.maxLength(10);
    period @1 :Text $Meta.label("How far back to look") $Meta.maxLength(150);
    what @2 :Text $Meta.label("What is asked of you") $Meta.maxLength(1000);
    mayHold @3 :Bool $Meta.label("You may keep it and present it at the meeting");
  }
}
