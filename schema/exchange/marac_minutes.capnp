@0xf613ab4f9616eff8;
# The minutes of the conference (MARAC) on one case, after the checklist for them. What was said is
# sorted into classes by who may read it, and each item names the agency that it came from: nothing
# is passed on without that agency's agreement. An item that fits no class goes as an action of its
# own, or is said by voice. Confidential; never to the perpetrator's side, a school or a contractor.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Marac = import "marac_common.capnp";

struct MaracMinutes $Meta.exchange("marac-minutes") $Meta.version(1)
    $Meta.title("Minutes of the conference (MARAC)")
    $Meta.question("Did this agency take part in this case?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(toxic) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(toxic) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  perpetrators @3 :List(Marac.ConferencePerson)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  children @4 :List(Marac.ConferenceChild)
      $Meta.label("The children") $Meta.sensitivity(toxic) $Meta.maxLength(15);
  meeting @5 :Marac.ConferenceMeeting
      $Meta.label("The meeting");
  handling @6 :Marac.ConferenceHandling
      $Meta.label("How to handle this");
  attendance @7 :List(Attendee)
      $Meta.label("Present") $Meta.maxLength(40);
  observers @8 :List(Observer)
      $Meta.label("Observers") $Meta.maxLength(10);
  apologies @9 :List(Apology)
      $Meta.label("Apologies") $Meta.maxLength(20);
  listing @10 :Marac.ConferenceListing
      $Meta.label("How it came to the meeting") $Meta.sensitivity(restricted);
  lastActions @11 :List(LastAction)
      $Meta.label("Actions of the last meeting") $Meta.sensitivity(restricted)
      $Meta.maxLength(40);
  itemsAll @12 :List(Item)
      $Meta.label("For all who took part") $Meta.sensitivity(restricted) $Meta.maxLength(60);
  itemsStatutory @13 :List(Item)
      $Meta.label("For statutory agencies") $Meta.sensitivity(restricted) $Meta.maxLength(60);
  itemsHealth @14 :List(Item)
      $Meta.label("For health services") $Meta.sensitivity(restricted) $Meta.maxLength(60);
  itemsPolice @15 :List(Item)
      $Meta.label("For police and probation") $Meta.sensitivity(toxic) $Meta.maxLength(60);
  itemsChildren @16 :List(Item)
      $Meta.label("For services for children") $Meta.sensitivity(restricted) $Meta.maxLength(60);
  itemsHousing @17 :List(Item)
      $Meta.label("For housing services") $Meta.sensitivity(toxic) $Meta.maxLength(60);
  itemsSupport @18 :List(Item)
      $Meta.label("For advisers and support services") $Meta.sensitivity(toxic)
      $Meta.maxLength(60);
  contact @19 :Marac.ConferenceContact
      $Meta.label("Who speaks to the victim");
  next @20 :Next
      $Meta.label("What follows");
  minuteTaker @21 :Common.Writer
      $Meta.label("Who sends this");

  struct Attendee {
    agency @0 :Text $Meta.label("Agency") $Meta.maxLength(150);
    name @1 :Text $Meta.label("Name") $Meta.maxLength(150);
    role @2 :Text $Meta.label("Role") $Meta.maxLength(100);
    signed @3 :Common.YesNo $Meta.label("Confidentiality statement signed?");
    left @4 :Text $Meta.label("Left the room for this case, and why") $Meta.maxLength(200);
  }

  struct Observer {
    agency @0 :Text $Meta.label("Agency") $Meta.maxLength(150);
    name @1 :Text $Meta.label("Name") $Meta.maxLength(150);
    signed @2 :Common.YesNo $Meta.label("Confidentiality statement signed?");
  }

  struct Apology {
    agency @0 :Text $Meta.label("Agency") $Meta.maxLength(150);
    name @1 :Text $Meta.label("Name") $Meta.maxLength(150);
    sent @2 :Common.YesNo $Meta.label("Information sent?");
    received @3 :Text $Meta.label("Received") $Meta.format("date") $Meta.maxLength(10);
  }

  # By its number only: what the action is stands in the minutes that agreed it.
  struct LastAction {
    number @0 :Text $Meta.label("Number of the action") $Meta.maxLength(20);
    owner @1 :Text $Meta.label("Agency that owns it") $Meta.maxLength(150);
    due @2 :Text $Meta.label("Was due") $Meta.format("date") $Meta.maxLength(10);
    state @3 :Marac.ConferenceActionState $Meta.label("What became of it");
  }

  enum ItemKind {
    unknown @0 $Meta.label("Not stated");
    information @1 $Meta.label("Information");
    risk @2 $Meta.label("Risk");
    action @3 $Meta.label("Action");
  }

  struct Item {
    number @0 :Text $Meta.label("Number") $Meta.maxLength(20);
    kind @1 :ItemKind $Meta.label("Information, risk or action");
    originator @2 :Text $Meta.label("Agency that it came from") $Meta.maxLength(150)
        $Meta.help("Nobody passes it on without this agency's agreement.");
    text @3 :Text $Meta.label("What was said or agreed") $Meta.maxLength(4000)
        $Meta.help("No address, no telephone number, nothing of a refuge.");
    nature @4 :Marac.ConferenceNature $Meta.label("Fact or opinion");
    owner @5 :Text $Meta.label("Of an action: agency that owns it") $Meta.maxLength(150);
    due @6 :Text $Meta.label("Of an action: due") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Next {
    grade @0 :Common.RiskGrade $Meta.label("Risk as the meeting sees it");
    flagUntil @1 :Text $Meta.label("Files are flagged until") $Meta.format("date")
        $Meta.maxLength(10);
    review @2 :Text $Meta.label("Heard again on") $Meta.format("date") $Meta.maxLength(10);
    linked @3 :Text $Meta.label("Other forums that know of it, by name only")
        $Meta.maxLength(200) $Meta.help("MAPPA, MATAC: a pointer, never their content.");
  }
}
