@0xc6b0353c6d2ffa2a;
# Between those who support the partners of who attends a programme, and the advisers. The
# programme itself never sees it and never learns that there is such a message. It says how to
# reach the partner safely, what they say, and whether they are safe.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct PartnerSupport $Meta.exchange("partner-support") $Meta.version(1)
    $Meta.title("Support of a partner") $Meta.question("Is this for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Person's name") $Meta.sensitivity(restricted) $Meta.identifies;
  personBirth @2 :Text
      $Meta.label("Person's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  safeContact @3 :Common.SafeContact
      $Meta.label("How to reach the partner safely") $Meta.sensitivity(toxic);
  attender @4 :Attender
      $Meta.label("Who attends the programme") $Meta.sensitivity(toxic);
  status @5 :Status
      $Meta.label("How support stands") $Meta.sensitivity(restricted);
  safety @6 :Safety
      $Meta.label("How safe the partner is") $Meta.sensitivity(restricted);
  voice @7 :Text
      $Meta.label("What the partner says") $Meta.sensitivity(toxic) $Meta.maxLength(4000);
  household @8 :Household
      $Meta.label("Children") $Meta.sensitivity(restricted);
  fears @9 :Common.Fears
      $Meta.label("Whom the partner fears and trusts") $Meta.sensitivity(toxic);
  planned @10 :Text
      $Meta.label("What was agreed with the partner") $Meta.sensitivity(toxic)
      $Meta.maxLength(2000);
  consent @11 :Consent
      $Meta.label("Consent");
  worker @12 :Common.Writer
      $Meta.label("Who writes");

  struct Attender {
    name @0 :Common.PersonName $Meta.label("Name");
    birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
    relationship @2 :Text $Meta.label("Relationship to the partner") $Meta.maxLength(100);
    number @3 :Text $Meta.label("The programme's number") $Meta.maxLength(60);
  }

  enum Engagement {
    unknown @0 $Meta.label("Not stated");
    offered @1 $Meta.label("Support was offered");
    supported @2 $Meta.label("Is supported");
    declined @3 $Meta.label("Does not want support");
    unsafe @4 $Meta.label("Not safe to contact");
    notReached @5 $Meta.label("Not reached");
    ended @6 $Meta.label("Support has ended");
  }

  struct Status {
    engagement @0 :Engagement $Meta.label("Status");
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    knows @2 :Common.YesNo $Meta.label("Does who attends know of it?");
  }

  struct Safety {
    grade @0 :Common.RiskGrade $Meta.label("Grade") $Meta.claim("risk");
    tool @1 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
    date @2 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    changed @3 :Text $Meta.label("What has changed") $Meta.maxLength(2000);
  }

  struct Household {
    children @0 :Common.YesNo $Meta.label("Are there children?");
    howMany @1 :Int64 $Meta.label("How many") $Meta.format("count");
    pregnant @2 :Common.YesNo $Meta.label("Is the person pregnant?");
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the person consent?") $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
  }
}
