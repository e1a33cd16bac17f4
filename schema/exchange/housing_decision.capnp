@0xf00625b2c68f2201;
# What the housing service decided, for whoever referred the person: which duty, whether there is
# priority need, what happens next. Where somebody was placed goes to nobody but those who go on
# keeping them safe there.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct HousingDecision $Meta.exchange("housing-decision") $Meta.version(1)
    $Meta.title("The housing service's decision")
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
  decision @4 :Decision
      $Meta.label("Decision") $Meta.sensitivity(restricted);
  priorityNeed @5 :PriorityNeed
      $Meta.label("Priority need") $Meta.sensitivity(restricted);
  nextSteps @6 :Text
      $Meta.label("What happens next") $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  placedAt @7 :Common.Address
      $Meta.label("Where the person was placed") $Meta.sensitivity(toxic);
  consent @8 :Consent
      $Meta.label("Consent");
  worker @9 :Common.Writer
      $Meta.label("Who answers");

  struct Reference {
    own @0 :Text $Meta.label("The referrer's own number") $Meta.maxLength(60);
    service @1 :Text $Meta.label("Number at the service that answers") $Meta.maxLength(60);
    received @2 :Text $Meta.label("Referral received") $Meta.format("date") $Meta.maxLength(10);
  }

  enum Outcome {
    unknown @0 $Meta.label("Not stated");
    assessing @1 $Meta.label("Being assessed");
    interim @2 $Meta.label("Housed for the time being");
    prevention @3 $Meta.label("Owed the prevention duty");
    relief @4 $Meta.label("Owed the relief duty");
    mainDuty @5 $Meta.label("Owed the main duty");
    noDuty @6 $Meta.label("No duty is owed");
    otherCouncil @7 $Meta.label("Passed to another council, by agreement");
    notReached @8 $Meta.label("Not reached");
    withdrawn @9 $Meta.label("The person withdrew");
  }

  struct Decision {
    outcome @0 :Outcome $Meta.label("Decision");
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
  }

  enum PriorityWhy {
    unknown @0 $Meta.label("Not stated");
    domesticAbuse @1 $Meta.label("Homeless because of domestic abuse");
    children @2 $Meta.label("Children");
    pregnancy @3 $Meta.label("Pregnancy");
    vulnerable @4 $Meta.label("Vulnerable for another reason");
    emergency @5 $Meta.label("Flood, fire or other emergency");
  }

  struct PriorityNeed {
    need @0 :Common.YesNo $Meta.label("Priority need?");
    why @1 :PriorityWhy $Meta.label("On what ground");
    date @2 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Consent {
    state @0 :Common.ConsentState
        $Meta.label("Does the person agree that the referrer hears this?") $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
  }
}
