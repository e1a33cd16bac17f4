@0x929b4e81f08c2b7f;
# What became of a referral, for whoever made it: taken on, at which level, not engaged, passed
# on. No more than the referrer needs, so that they know whether somebody cares for the person
# now.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct TriageOutcome $Meta.exchange("triage-outcome") $Meta.version(1)
    $Meta.title("What became of a referral") $Meta.question("Did this desk refer this person?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Person's name") $Meta.sensitivity(restricted) $Meta.identifies;
  personBirth @2 :Text
      $Meta.label("Person's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  reference @3 :Reference
      $Meta.label("Which referral");
  outcome @4 :Outcome
      $Meta.label("Outcome") $Meta.sensitivity(restricted);
  level @5 :Level
      $Meta.label("Level") $Meta.sensitivity(restricted);
  tries @6 :Tries
      $Meta.label("How the service tried to reach the person") $Meta.sensitivity(restricted);
  worker @7 :Common.Writer
      $Meta.label("Who answers");

  struct Reference {
    own @0 :Text $Meta.label("The referrer's own number") $Meta.maxLength(60);
    service @1 :Text $Meta.label("Number at the service that answers") $Meta.maxLength(60);
    received @2 :Text $Meta.label("Referral received") $Meta.format("date") $Meta.maxLength(10);
  }

  enum Result {
    unknown @0 $Meta.label("Not stated");
    accepted @1 $Meta.label("Accepted");
    notEngaged @2 $Meta.label("Did not engage");
    notReached @3 $Meta.label("Not reached");
    declined @4 $Meta.label("Does not want support");
    signposted @5 $Meta.label("Told of another service");
    passedOn @6 $Meta.label("Passed on, by agreement");
    unsuitable @7 $Meta.label("Not a referral for this service");
  }

  struct Outcome {
    result @0 :Result $Meta.label("Outcome") $Meta.claim("outcome");
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Level {
    grade @0 :Common.RiskGrade $Meta.label("Level");
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
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
