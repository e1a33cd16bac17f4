@0xd9bdbaf42c9b6b02;
# What the fitter did, for whoever ordered it, by the job's number alone: no address goes back,
# since whoever ordered it has it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Works = import "target_hardening_common.capnp";

struct TargetHardeningDone $Meta.exchange("target-hardening-done") $Meta.version(1)
    $Meta.title("Security works: what was done") $Meta.question("Did this desk order this job?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  job @1 :Job
      $Meta.label("Job") $Meta.identifies;
  result @2 :Result
      $Meta.label("How it went");
  done @3 :List(Done)
      $Meta.label("What was done") $Meta.maxLength(20);
  left @4 :Text
      $Meta.label("What is still to be done") $Meta.maxLength(1000);
  keys @5 :Keys
      $Meta.label("Keys") $Meta.sensitivity(toxic);
  defects @6 :Text
      $Meta.label("What else is not sound at the building") $Meta.maxLength(1000);
  worker @7 :Worker
      $Meta.label("Who did it");

  struct Job {
    number @0 :Text $Meta.label("Job number") $Meta.maxLength(60);
    visited @1 :Text $Meta.label("Visited") $Meta.format("date") $Meta.maxLength(10);
    visits @2 :Int64 $Meta.label("Visits so far") $Meta.format("count");
  }

  enum Outcome {
    unknown @0 $Meta.label("Not stated");
    done @1 $Meta.label("Done");
    partly @2 $Meta.label("Done in part");
    noAccess @3 $Meta.label("Nobody opened");
    declined @4 $Meta.label("Who opened did not want it");
    notPossible @5 $Meta.label("Not possible");
  }

  struct Result {
    outcome @0 :Outcome $Meta.label("Result");
    note @1 :Text $Meta.label("Note") $Meta.maxLength(500);
    nextVisit @2 :Text $Meta.label("Next visit") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Done {
    kind @0 :Works.WorkKind $Meta.label("What");
    where @1 :Text $Meta.label("Where in the home") $Meta.maxLength(150);
    note @2 :Text $Meta.label("What was fitted") $Meta.maxLength(300);
    number @3 :Int64 $Meta.label("How many") $Meta.format("count");
  }

  struct Keys {
    sets @0 :Int64 $Meta.label("Sets of keys handed over") $Meta.format("count");
    receivedBy @1 :Text $Meta.label("Received by") $Meta.maxLength(150);
    kept @2 :Common.YesNo $Meta.label("Does the firm keep one?");
  }

  struct Worker {
    firm @0 :Text $Meta.label("Firm") $Meta.maxLength(150);
    telephone @1 :Text $Meta.label("Telephone") $Meta.maxLength(40);
    fitter @2 :Text $Meta.label("Fitter") $Meta.maxLength(150);
    invoice @3 :Text $Meta.label("Invoice number") $Meta.maxLength(60);
  }
}
