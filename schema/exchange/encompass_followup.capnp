@0x9d3b6e0f48a1c752;
# What a force tells after an Encompass notice: more that is known by now, what the child said
# later, a correction, how it ended. Forces send in two stages (Bristol): brief first, then this.
#
# It stands by itself: each section is what holds now, and replaces what the notice of the same
# police reference said. Which notice it follows is the force's reference, the child and the school.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Notice = import "encompass_notice.capnp";

struct EncompassFollowup $Meta.exchange("encompass-followup") $Meta.version(1)
    $Meta.title("Operation Encompass follow-up") $Meta.question("Is this our pupil?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  childName @1 :Common.PersonName
      $Meta.label("Child's name") $Meta.sensitivity(restricted) $Meta.identifies;
  childBirth @2 :Text
      $Meta.label("Child's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.danger("turned-18") $Meta.format("date") $Meta.maxLength(10);
  establishment @3 :Common.Establishment
      $Meta.label("School or setting");
  reference @4 :Common.Reference
      $Meta.label("Police reference of the notice that this follows");
  about @5 :About
      $Meta.label("What this is");
  correctedFacts @6 :Text
      $Meta.label("What the notice had wrong: name, birth, time, presence")
      $Meta.sensitivity(restricted) $Meta.maxLength(1000)
      $Meta.help("Never another school: the school told by mistake must not learn which it is.");
  correctedCircumstances @7 :Text
      $Meta.label("What the notice had wrong of what happened")
      $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  incidentTime @8 :Common.IncidentTime
      $Meta.label("When it happened");
  presence @9 :Notice.PresenceAtIncident
      $Meta.label("Was the child there?");
  childPart @10 :Notice.ChildPart
      $Meta.label("The child's part in the incident") $Meta.claim("childPart");
  voiceOfChild @11 :Notice.VoiceOfChild
      $Meta.label("What the child said") $Meta.sensitivity(restricted);
  welfareCheck @12 :Notice.WelfareCheck
      $Meta.label("Was the child seen and well?");
  circumstances @13 :Text
      $Meta.label("What is known by now of what happened")
      $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  otherSafeguarding @14 :Notice.OtherSafeguarding
      $Meta.label("Other safeguarding information") $Meta.sensitivity(restricted);
  collection @15 :List(Notice.CollectionBar)
      $Meta.label("Who may not collect the child") $Meta.sensitivity(restricted)
      $Meta.help("All who may not, as of now. Whom the notice named and this does not, may.")
      $Meta.maxLength(10);
  outcome @16 :Outcome
      $Meta.label("How it ended") $Meta.sensitivity(restricted);
  handling @17 :Notice.Handling
      $Meta.label("How to handle this");
  risk @18 :Risk
      $Meta.label("Risk to the victim") $Meta.sensitivity(restricted);
  origin @19 :Common.Origin
      $Meta.label("Who sends this");

  enum Kind {
    unknown @0 $Meta.label("Not stated");
    moreIsKnown @1 $Meta.label("More is known than when the notice went");
    correction @2 $Meta.label("The notice had something wrong");
    outcome @3 $Meta.label("How it ended");
    wrongChild @4 $Meta.label("The notice was about another child, or for another school");
  }

  struct About {
    kind @0 :Kind $Meta.label("Kind") $Meta.claim("kind");
    noticed @1 :Text $Meta.label("Date of the notice") $Meta.format("date") $Meta.maxLength(10);
    number @2 :Int64 $Meta.label("How many follow-ups there are with this one")
        $Meta.format("count");
    moreToCome @3 :Common.YesNo $Meta.label("Will there be more?");
    servicesTold @4 :Common.YesNo $Meta.label("Did the notice go to children's services too?")
        $Meta.claim("servicesTold");
  }

  enum Ending {
    unknown @0 $Meta.label("Not stated");
    underInvestigation @1 $Meta.label("Still looked into");
    bailed @2 $Meta.label("Arrested, and out on bail");
    charged @3 $Meta.label("Charged");
    noFurtherAction @4 $Meta.label("No further action by the police");
    order @5 $Meta.label("A notice or an order to protect somebody");
  }

  struct Outcome {
    ending @0 :Ending $Meta.label("Where it stands");
    note @1 :Text $Meta.label("What the school should know of it") $Meta.maxLength(2000);
    until @2 :Text $Meta.label("Bail or order lasts until") $Meta.format("date")
        $Meta.maxLength(10);
    support @3 :Text $Meta.label("Support that the family has") $Meta.maxLength(1000);
  }

  struct Risk {
    grade @0 :Common.RiskGrade $Meta.label("Grade now") $Meta.claim("risk");
    noticed @1 :Common.RiskGrade $Meta.label("Grade that the notice gave");
    tool @2 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
  }
}
