@0xb29011450ff21337;
# An action that the conference (MARAC) agreed, to the agency that owns it, and that agency's report
# back. Each action is a message of its own, so that its owner learns what the action needs and no
# more. A report says whether it could not be done, because circumstances changed, or was not.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Marac = import "marac_common.capnp";

struct MaracAction $Meta.exchange("marac-action") $Meta.version(1)
    $Meta.title("Action for the safety of a person")
    $Meta.question("Is this an action for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(toxic) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(toxic) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  perpetrators @3 :List(Marac.ConferencePerson)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  children @4 :List(Child)
      $Meta.label("The children that it is about") $Meta.sensitivity(toxic)
      $Meta.identifies $Meta.maxLength(15);
  about @5 :Marac.ConferenceCase
      $Meta.label("Meeting and case");
  action @6 :Action
      $Meta.label("The action");
  background @7 :Text
      $Meta.label("What its owner must know to do it") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000)
      $Meta.help("Only what came from agencies that agreed to pass it on to this owner.");
  place @8 :Common.Address
      $Meta.label("Where it is to be done") $Meta.sensitivity(toxic);
  contact @9 :Marac.ConferenceContact
      $Meta.label("Who speaks to the victim");
  handling @10 :Marac.ConferenceHandling
      $Meta.label("How to handle this");
  outcome @11 :Outcome
      $Meta.label("What became of it");
  detail @12 :Text
      $Meta.label("What was found in doing it") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  writer @13 :Common.Writer
      $Meta.label("Who sends this");

  # A school that owns an action is told these and not who the adults are.
  struct Child {
    name @0 :Common.PersonName $Meta.label("Name");
    birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Action {
    number @0 :Text $Meta.label("Number of the action") $Meta.maxLength(20);
    what @1 :Text $Meta.label("Action") $Meta.maxLength(2000)
        $Meta.help("A school that owns it reads this: nothing of the adults, no address.");
    owner @2 :Text $Meta.label("Agency that owns it") $Meta.maxLength(150);
    person @3 :Text $Meta.label("Who there does it") $Meta.maxLength(150);
    due @4 :Text $Meta.label("Due") $Meta.format("date") $Meta.maxLength(10);
    originator @5 :Text $Meta.label("Agency that proposed it") $Meta.maxLength(150);
    beforeContact @6 :Bool $Meta.label("Ask the adviser before anything reaches the home")
        $Meta.help("Letters, calls and visits can be seen by whoever else lives there.");
  }

  struct Outcome {
    state @0 :Marac.ConferenceActionState $Meta.label("What became of it");
    date @1 :Text $Meta.label("When") $Meta.format("date") $Meta.maxLength(10);
    reason @2 :Text $Meta.label("If not done: why") $Meta.maxLength(1000);
    changed @3 :Text $Meta.label("If not possible: what changed") $Meta.maxLength(1000);
    newDue @4 :Text $Meta.label("If still open: by when") $Meta.format("date")
        $Meta.maxLength(10);
    riskChanged @5 :Common.YesNo $Meta.label("Is the risk greater than before?");
  }
}
