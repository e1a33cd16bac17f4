@0xfbb73daaefe56387;
# Whether an adviser reached the person who was referred to them: contacted, declined, or not
# safe to contact. It goes back to whoever referred, so that nobody else tries and nobody
# believes that somebody is cared for who is not.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct EngagementStatus $Meta.exchange("engagement-status") $Meta.version(1)
    $Meta.title("Whether an adviser reached the person")
    $Meta.question("Did this desk refer this person?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Person's name") $Meta.sensitivity(restricted) $Meta.identifies;
  personBirth @2 :Text
      $Meta.label("Person's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  reference @3 :Reference
      $Meta.label("Which referral");
  status @4 :Status
      $Meta.label("Status") $Meta.sensitivity(restricted);
  handling @5 :Handling
      $Meta.label("How to treat the person now") $Meta.sensitivity(toxic);
  tries @6 :Tries
      $Meta.label("How the adviser tried to reach the person") $Meta.sensitivity(restricted);
  worker @7 :Common.Writer
      $Meta.label("Who answers");

  struct Reference {
    own @0 :Text $Meta.label("The referrer's own number") $Meta.maxLength(60);
    service @1 :Text $Meta.label("Number at the service that answers") $Meta.maxLength(60);
    received @2 :Text $Meta.label("Referral received") $Meta.format("date") $Meta.maxLength(10);
  }

  enum Engagement {
    unknown @0 $Meta.label("Not stated");
    contacted @1 $Meta.label("Contacted");
    declined @2 $Meta.label("Declined");
    unsafe @3 $Meta.label("Not safe to contact");
    notReached @4 $Meta.label("Not reached");
    ended @5 $Meta.label("Support has ended");
  }

  struct Status {
    engagement @0 :Engagement $Meta.label("Status") $Meta.claim("engagement");
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Handling {
    doNotContact @0 :Common.YesNo $Meta.label("Must nobody contact the person?");
    instruction @1 :Text $Meta.label("Instruction") $Meta.maxLength(500);
    onlyThrough @2 :Text $Meta.label("Only through whom") $Meta.maxLength(200);
    until @3 :Text $Meta.label("Until") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Tries {
    calls @0 :Int64 $Meta.label("Calls made") $Meta.format("count");
    texts @1 :Int64 $Meta.label("Texts sent") $Meta.format("count");
    letters @2 :Int64 $Meta.label("Letters sent") $Meta.format("count")
        $Meta.help("Only where it is safe to write.");
    last @3 :Text $Meta.label("Last tried") $Meta.format("date") $Meta.maxLength(10);
    wouldHelp @4 :Text $Meta.label("What would help: a safer number, a better time")
        $Meta.maxLength(500);
  }
}
