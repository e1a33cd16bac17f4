@0xa48c2f1be7609d53;
# Clare's Law (Domestic Violence Disclosure Scheme): the police ask agencies what they hold of a
# person, to decide whether somebody is to be told of that person's past. That there is an
# application is secret from the subject, and so is who applied: this has no field for an applicant,
# since nobody who is asked needs to know.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct DvdsResearch $Meta.exchange("dvds-research") $Meta.version(1)
    $Meta.title("Research for Clare's Law") $Meta.question("Does this agency know the subject?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  subjectName @1 :Common.PersonName
      $Meta.label("Subject's name") $Meta.sensitivity(toxic) $Meta.identifies;
  subjectBirth @2 :Text
      $Meta.label("Subject's date of birth") $Meta.sensitivity(toxic) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  subjectDetails @3 :SubjectDetails
      $Meta.label("More to find the subject by") $Meta.sensitivity(toxic);
  application @4 :Application
      $Meta.label("Application");
  asked @5 :Text
      $Meta.label("What is asked") $Meta.sensitivity(restricted) $Meta.maxLength(2000)
      $Meta.help("All who are asked read this. Nothing of who may be at risk, or who applied.");
  legality @6 :Legality
      $Meta.label("Why it is asked, and why no less would do")
      $Meta.help("All who are asked read this. Nothing of who may be at risk, or who applied.");
  personAtRisk @7 :PersonAtRisk
      $Meta.label("Who may be at risk") $Meta.sensitivity(toxic);
  children @8 :List(Common.ChildDetails)
      $Meta.label("Children who may be at risk") $Meta.sensitivity(toxic) $Meta.maxLength(15);
  immediate @9 :Text
      $Meta.label("What was done at once") $Meta.sensitivity(toxic) $Meta.maxLength(1000);
  handling @10 :Handling
      $Meta.label("How to handle this");
  writer @11 :Common.Writer
      $Meta.label("Who asks");

  struct SubjectDetails {
    otherNames @0 :List(Common.PersonName) $Meta.label("Other names and spellings")
        $Meta.maxLength(10);
    otherBirths @1 :Text $Meta.label("Other dates of birth given") $Meta.maxLength(100);
    addresses @2 :List(Common.Address) $Meta.label("Addresses, now and before")
        $Meta.maxLength(10);
    gender @3 :Text $Meta.label("Gender") $Meta.maxLength(50);
  }

  enum Route {
    unknown @0 $Meta.label("Not stated");
    rightToAsk @1 $Meta.label("Right to ask");
    rightToKnow @2 $Meta.label("Right to know");
  }

  struct Application {
    number @0 :Text $Meta.label("Number") $Meta.maxLength(60);
    received @1 :Text $Meta.label("Received") $Meta.format("date") $Meta.maxLength(10);
    replyBy @2 :Text $Meta.label("Answer by") $Meta.format("date") $Meta.maxLength(10);
    decisionBy @3 :Text $Meta.label("Decision due") $Meta.format("date") $Meta.maxLength(10);
    meeting @4 :Text $Meta.label("Meeting that decides") $Meta.maxLength(200);
  }

  struct Legality {
    reason @0 :Text $Meta.label("Reason") $Meta.maxLength(1000);
    scope @1 :Text $Meta.label("Scope: from when, of what kind") $Meta.maxLength(500);
    necessary @2 :Text $Meta.label("Why it is necessary and proportionate") $Meta.maxLength(1000);
  }

  struct PersonAtRisk {
    name @0 :Common.PersonName $Meta.label("Name");
    birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
    toSubject @2 :Text $Meta.label("Relationship to the subject") $Meta.maxLength(100);
    livesWithSubject @3 :Common.YesNo $Meta.label("Lives with the subject?");
    unaware @4 :Common.YesNo $Meta.label("Does not know of the application?");
    # Here, since it says whether somebody asked: not for whoever works with the subject.
    route @5 :Route $Meta.label("Route");
  }

  struct Handling {
    instruction @0 :Text $Meta.label("Instruction") $Meta.maxLength(500);
    noRecord @1 :Common.YesNo
        $Meta.label("Must it stay off any record that the subject could see or ask for?");
    noContact @2 :Common.YesNo $Meta.label("Must nobody in it be contacted?");
  }
}
