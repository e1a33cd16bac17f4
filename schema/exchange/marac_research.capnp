@0xd1ec049a9aadd456;
# What an agency found in its own records about a case of the conference (MARAC). Good practice
# keeps this paper inside the agency and has it said at the meeting, where it is relevant and
# proportionate. So it goes to the coordinator alone, and its content only where the agency hands it
# over; else it says no more than who will speak, and whether there is anything to say. What is
# known stands apart from what is thought; for what is not shared, the reason is written down.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Marac = import "marac_common.capnp";

struct MaracResearch $Meta.exchange("marac-research") $Meta.version(1)
    $Meta.title("Research for the conference (MARAC)")
    $Meta.question("Is this a case of this conference?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(toxic) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(toxic) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  about @3 :Marac.ConferenceCase
      $Meta.label("Meeting and case");
  holding @4 :Holding
      $Meta.label("Handed over, or held by the agency");
  known @5 :Known
      $Meta.label("Whom the agency knows") $Meta.sensitivity(restricted);
  corrections @6 :Text
      $Meta.label("What the list has wrong: names, births, addresses") $Meta.sensitivity(toxic)
      $Meta.maxLength(2000);
  children @7 :List(Marac.ConferenceChild)
      $Meta.label("Children whom the list does not have") $Meta.sensitivity(toxic)
      $Meta.maxLength(15);
  facts @8 :List(Fact)
      $Meta.label("Facts") $Meta.sensitivity(restricted) $Meta.maxLength(60);
  opinions @9 :List(Opinion)
      $Meta.label("Professional opinions") $Meta.sensitivity(restricted) $Meta.maxLength(20);
  victimVoice @10 :Text
      $Meta.label("What the victim said or wants") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  risks @11 :Risks
      $Meta.label("Risks") $Meta.sensitivity(restricted);
  protection @12 :Text
      $Meta.label("What protects: support, orders, people") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  proposals @13 :List(Proposal)
      $Meta.label("Actions that the agency proposes") $Meta.sensitivity(restricted)
      $Meta.maxLength(20);
  notShared @14 :List(NotShared)
      $Meta.label("What is not shared, and why") $Meta.sensitivity(restricted)
      $Meta.maxLength(20);
  writer @15 :Common.Writer
      $Meta.label("Who researched");

  enum Disposition {
    unknown @0 $Meta.label("Not stated: held by the agency");
    heldAtSource @1 $Meta.label("Held by the agency, presented at the meeting");
    handedOver @2 $Meta.label("Handed over to the coordinator");
  }

  struct Holding {
    disposition @0 :Disposition $Meta.label("Where it is") $Meta.claim("disposition");
    presenter @1 :Text $Meta.label("Who presents it") $Meta.maxLength(150);
    telephone @2 :Text $Meta.label("Telephone") $Meta.maxLength(40);
    attends @3 :Common.YesNo $Meta.label("Comes to the meeting?");
    anything @4 :Common.YesNo $Meta.label("Is there anything to say?");
  }

  struct Known {
    victim @0 :Common.YesNo $Meta.label("Is the victim known?");
    perpetrator @1 :Common.YesNo $Meta.label("Is who is said to do it known?");
    children @2 :Common.YesNo $Meta.label("Are the children known?");
    period @3 :Text $Meta.label("How far back was looked") $Meta.maxLength(150);
    systems @4 :Text $Meta.label("Which records were looked at") $Meta.maxLength(500);
    flagged @5 :Common.YesNo $Meta.label("Are the files flagged?");
    lastSeen @6 :Text $Meta.label("Last contact") $Meta.format("date") $Meta.maxLength(10);
    worker @7 :Text $Meta.label("Worker who knows the family") $Meta.maxLength(150);
  }

  # For whom a piece is meant, so that the minutes can be sorted by it.
  enum Audience {
    unknown @0 $Meta.label("Not stated: the coordinator asks");
    all @1 $Meta.label("All who take part");
    statutory @2 $Meta.label("Statutory agencies");
    health @3 $Meta.label("Health services");
    police @4 $Meta.label("Police and probation");
    children @5 $Meta.label("Services for children");
    housing @6 $Meta.label("Housing services");
    support @7 $Meta.label("Advisers and support services");
    coordinator @8 $Meta.label("The coordinator and chair alone");
  }

  struct Fact {
    date @0 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    what @1 :Text $Meta.label("What happened or is recorded") $Meta.maxLength(2000);
    about @2 :Text $Meta.label("About whom") $Meta.maxLength(150);
    source @3 :Text $Meta.label("From which record, or told by whom") $Meta.maxLength(200);
    audience @4 :Audience $Meta.label("For whom");
  }

  struct Opinion {
    whose @0 :Text $Meta.label("Whose opinion") $Meta.maxLength(150);
    what @1 :Text $Meta.label("Opinion") $Meta.maxLength(2000);
    grounds @2 :Text $Meta.label("On what it rests") $Meta.maxLength(1000);
    audience @3 :Audience $Meta.label("For whom");
  }

  struct Risks {
    victim @0 :Text $Meta.label("To the victim") $Meta.maxLength(2000);
    children @1 :Text $Meta.label("To the children") $Meta.maxLength(2000);
    perpetrator @2 :Text $Meta.label("To who is said to do it") $Meta.maxLength(1000);
    others @3 :Text $Meta.label("To others") $Meta.maxLength(1000);
    staff @4 :Text $Meta.label("To staff") $Meta.maxLength(1000);
  }

  struct Proposal {
    what @0 :Text $Meta.label("Action") $Meta.maxLength(1000);
    owner @1 :Text $Meta.label("Who would do it") $Meta.maxLength(150);
    due @2 :Text $Meta.label("By when") $Meta.format("date") $Meta.maxLength(10);
  }

  # Why something stays in the agency; what it is goes by its kind alone.
  struct NotShared {
    kind @0 :Text $Meta.label("Kind of information") $Meta.maxLength(200);
    reason @1 :Text $Meta.label("Why it is not shared") $Meta.maxLength(1000);
    decidedBy @2 :Text $Meta.label("Who decided") $Meta.maxLength(150);
    date @3 :Text $Meta.label("When") $Meta.format("date") $Meta.maxLength(10);
  }
}
