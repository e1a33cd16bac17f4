@0xb85f2e60d91a74c3;
# What the children's front door decided on a referral, back to whoever made it: nobody should refer
# and never hear again. What happens, what the referrer is asked to do; no more of the family than
# the referrer's part in it needs.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct MashOutcome $Meta.exchange("mash-outcome") $Meta.version(1)
    $Meta.title("Outcome of a referral (MASH)") $Meta.question("Did this desk refer this child?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  childName @1 :Common.PersonName
      $Meta.label("Child's name") $Meta.sensitivity(restricted) $Meta.identifies;
  childBirth @2 :Text
      $Meta.label("Child's date of birth, or expected birth") $Meta.sensitivity(restricted)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  referral @3 :Referral
      $Meta.label("The referral that this answers");
  decision @4 :Decision
      $Meta.label("What was decided");
  regrading @5 :Regrading
      $Meta.label("Grade after the front door's own look") $Meta.sensitivity(restricted);
  reasons @6 :Text
      $Meta.label("Why") $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  asked @7 :Asked
      $Meta.label("What the referrer is asked");
  worker @8 :Worker
      $Meta.label("Who has the case now") $Meta.sensitivity(restricted);
  strategy @9 :Strategy
      $Meta.label("Strategy discussion") $Meta.sensitivity(toxic);
  handling @10 :Handling
      $Meta.label("What the family knows") $Meta.sensitivity(restricted);
  disagreement @11 :Text
      $Meta.label("Whom to turn to if you disagree") $Meta.maxLength(300);
  writer @12 :Common.Writer
      $Meta.label("Who writes") $Meta.sensitivity(restricted);
  otherCouncil @13 :Text
      $Meta.label("Council that it was passed to") $Meta.sensitivity(toxic) $Meta.maxLength(96)
      $Meta.help("It says where the family now lives.");

  struct Referral {
    own @0 :Text $Meta.label("The referrer's own number of the case") $Meta.maxLength(60);
    received @1 :Common.IncidentTime $Meta.label("Received");
    reference @2 :Common.Reference $Meta.label("Police reference");
  }

  enum Outcome {
    unknown @0 $Meta.label("Not stated");
    noFurtherAction @1 $Meta.label("No further action");
    advice @2 $Meta.label("Advice given");
    earlyHelp @3 $Meta.label("Stepped down to Early Help");
    assessment @4 $Meta.label("Assessment of a child in need (section 17)");
    enquiry @5 $Meta.label("Child protection enquiry (section 47)");
    alreadyOpen @6 $Meta.label("Already open: given to the child's social worker");
    otherCouncil @7 $Meta.label("Passed to another council");
    moreWanted @8 $Meta.label("Not yet: more is needed from the referrer");
  }

  struct Decision {
    outcome @0 :Outcome $Meta.label("Outcome");
    decided @1 :Common.IncidentTime $Meta.label("Decided");
    from @2 :Text $Meta.label("What happens next starts on") $Meta.format("date")
        $Meta.maxLength(10);
  }

  enum Grade {
    unknown @0 $Meta.label("Not graded");
    red @1 $Meta.label("Red");
    amber @2 $Meta.label("Amber");
    green @3 $Meta.label("Green");
    blue @4 $Meta.label("Blue");
  }

  struct Regrading {
    was @0 :Grade $Meta.label("As referred");
    now @1 :Grade $Meta.label("Now");
    why @2 :Text $Meta.label("Why it differs") $Meta.maxLength(1000);
  }

  struct Asked {
    what @0 :Text $Meta.label("What") $Meta.maxLength(2000);
    due @1 :Text $Meta.label("By when") $Meta.format("date") $Meta.maxLength(10);
    missing @2 :Text $Meta.label("What the referral lacked") $Meta.maxLength(1000);
  }

  struct Worker {
    team @0 :Text $Meta.label("Team") $Meta.maxLength(150);
    name @1 :Text $Meta.label("Name") $Meta.maxLength(150);
    telephone @2 :Text $Meta.label("Telephone") $Meta.maxLength(40);
  }

  struct Strategy {
    when @0 :Common.IncidentTime $Meta.label("When");
    how @1 :Text $Meta.label("Where, or how to join") $Meta.maxLength(300);
    bring @2 :Text $Meta.label("What to bring") $Meta.maxLength(1000);
  }

  struct Handling {
    parentsTold @0 :Common.YesNo $Meta.label("Do the parents know of the decision?");
    doNotTell @1 :Text $Meta.label("Who must not learn of it") $Meta.maxLength(500)
        $Meta.help("For people to read: it keeps the message from nobody.");
  }
}
