@0x9ad982110df73d07;
# Whether a programme takes somebody: accepted, not ready, or not a case for it. To those who
# referred, the result; to those who support partners, also whom the person names as partner, so
# that somebody can offer them support.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct ProgrammeScreening $Meta.exchange("programme-screening") $Meta.version(1)
    $Meta.title("A programme's screening") $Meta.question("Does this desk know this person?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Name of who would attend") $Meta.sensitivity(restricted) $Meta.identifies;
  personBirth @2 :Text
      $Meta.label("Date of birth of who would attend") $Meta.sensitivity(restricted)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  reference @3 :Reference
      $Meta.label("Which referral");
  result @4 :Screening
      $Meta.label("Result");
  reasons @5 :Text
      $Meta.label("Reasons") $Meta.sensitivity(restricted) $Meta.maxLength(1000);
  start @6 :Start
      $Meta.label("Start") $Meta.sensitivity(restricted);
  partners @7 :List(Partner)
      $Meta.label("Whom they name as partner") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  concerns @8 :Text
      $Meta.label("What worries the programme") $Meta.sensitivity(toxic) $Meta.maxLength(2000);
  worker @9 :Common.Writer
      $Meta.label("Who answers");
  safety @10 :Safety
      $Meta.label("Somebody's safety") $Meta.sensitivity(restricted);

  struct Reference {
    own @0 :Text $Meta.label("The referrer's own number") $Meta.maxLength(60);
    programme @1 :Text $Meta.label("The programme's number") $Meta.maxLength(60);
    received @2 :Text $Meta.label("Referral received") $Meta.format("date") $Meta.maxLength(10);
  }

  enum Result {
    unknown @0 $Meta.label("Not stated");
    accepted @1 $Meta.label("Accepted");
    notReady @2 $Meta.label("Not ready");
    inappropriate @3 $Meta.label("Not a case for the programme");
    notReached @4 $Meta.label("Not reached");
  }

  struct Screening {
    result @0 :Result $Meta.label("Result") $Meta.claim("result");
    date @1 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
  }

  struct Safety {
    concern @0 :Common.YesNo $Meta.label("Is the programme worried about somebody's safety?")
        $Meta.claim("concern") $Meta.help("If so, the police and partner support must be told.");
  }

  enum Course {
    unknown @0 $Meta.label("Not stated");
    adult @1 $Meta.label("Programme for adults");
    young @2 $Meta.label("Programme for young people");
    other @3 $Meta.label("Another course");
  }

  struct Start {
    course @0 :Course $Meta.label("Course");
    from @1 :Text $Meta.label("From") $Meta.format("date") $Meta.maxLength(10);
    weeks @2 :Int64 $Meta.label("Weeks") $Meta.format("count");
    day @3 :Text $Meta.label("Day and time") $Meta.maxLength(60);
  }

  struct Partner {
    name @0 :Common.PersonName $Meta.label("Name");
    relationship @1 :Text $Meta.label("Partner or former partner") $Meta.maxLength(100);
    children @2 :Common.YesNo $Meta.label("Children with them?");
    told @3 :Common.YesNo $Meta.label("Does the person know that partners are offered support?");
  }
}
