@0xc31d60f9845be72a;
# Clare's Law: what was decided, to those who carry it out. What is said, to whom and by whom is for
# whoever says it and whoever stands by the person at risk. No word of it is left with that person
# in writing, and none reaches the subject. Why it was so decided stays with the police.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct DvdsDecision $Meta.exchange("dvds-decision") $Meta.version(1)
    $Meta.title("Decision for Clare's Law") $Meta.question("Is there a part for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personAtRiskName @1 :Common.PersonName
      $Meta.label("Name of who may be at risk") $Meta.sensitivity(toxic) $Meta.identifies;
  personAtRiskBirth @2 :Text
      $Meta.label("Date of birth of who may be at risk") $Meta.sensitivity(toxic)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  application @3 :Application
      $Meta.label("Application");
  decision @4 :Decision
      $Meta.label("Decision") $Meta.sensitivity(restricted);
  subject @5 :Subject
      $Meta.label("Subject") $Meta.sensitivity(toxic);
  words @6 :Text
      $Meta.label("What is to be said") $Meta.sensitivity(toxic) $Meta.maxLength(4000);
  delivery @7 :Delivery
      $Meta.label("To whom, by whom, when and where") $Meta.sensitivity(toxic);
  safeContact @8 :Common.SafeContact
      $Meta.label("How to reach the person at risk safely") $Meta.sensitivity(toxic);
  safetyPlan @9 :Text
      $Meta.label("Safety plan") $Meta.sensitivity(toxic) $Meta.maxLength(4000);
  children @10 :List(Common.ChildDetails)
      $Meta.label("Children who may be at risk") $Meta.sensitivity(toxic) $Meta.maxLength(15);
  childrenPlan @11 :Text
      $Meta.label("What children's services are asked") $Meta.sensitivity(restricted)
      $Meta.maxLength(2000);
  adultAtRisk @12 :Text
      $Meta.label("Care and support needs of the person at risk, and what is asked")
      $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  handling @13 :Handling
      $Meta.label("How to handle this");
  writer @14 :Common.Writer
      $Meta.label("Who writes");

  struct Application {
    number @0 :Text $Meta.label("Number") $Meta.maxLength(60);
    decided @1 :Text $Meta.label("Decided") $Meta.format("date") $Meta.maxLength(10);
    chair @2 :Text $Meta.label("Who chaired") $Meta.maxLength(150);
  }

  enum Outcome {
    unknown @0 $Meta.label("Not stated");
    disclose @1 $Meta.label("To be told");
    doNotDisclose @2 $Meta.label("Not to be told, but to be supported");
    nothingToDisclose @3 $Meta.label("There is nothing to tell");
  }

  struct Decision {
    outcome @0 :Outcome $Meta.label("Outcome") $Meta.claim("outcome");
    children @1 :Common.YesNo $Meta.label("Are children at risk?") $Meta.claim("children");
    careNeeds @2 :Common.YesNo
        $Meta.label("Is the person at risk an adult with care and support needs?")
        $Meta.claim("careNeeds");
    by @3 :Text $Meta.label("To be done by") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Subject {
    name @0 :Common.PersonName $Meta.label("Name");
    birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
    toPersonAtRisk @2 :Text $Meta.label("Relationship to the person at risk") $Meta.maxLength(100);
    whereNow @3 :Text $Meta.label("Where they are now") $Meta.maxLength(200);
    warnings @4 :Text $Meta.label("Warnings: weapons, violence to staff") $Meta.maxLength(500);
  }

  struct Delivery {
    toWhom @0 :Text $Meta.label("To whom, if not the person at risk") $Meta.maxLength(200);
    byWhom @1 :Text $Meta.label("By whom") $Meta.maxLength(200);
    when @2 :Common.IncidentTime $Meta.label("When");
    where @3 :Text $Meta.label("Where it is safe") $Meta.maxLength(300);
    undertaking @4 :Common.YesNo $Meta.label("Is an undertaking to keep it secret to be signed?");
    askedFor @5 :Common.YesNo $Meta.label("Did the person at risk ask?");
  }

  struct Handling {
    instruction @0 :Text $Meta.label("Instruction") $Meta.maxLength(500);
    nothingInWriting @1 :Common.YesNo $Meta.label("Must nothing be left in writing?");
    subjectTold @2 :Common.YesNo $Meta.label("Will the subject be told of the disclosure?");
  }
}
