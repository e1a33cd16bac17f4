@0xfc9aec4853005d84;
# A referral of a person to an independent adviser: on domestic violence (IDVA), on sexual
# violence (ISVA, to and through court), or both. The adviser is who speaks to the person, so how
# to do that safely is the heart of it.
#
# A case at high risk of which the person wants nothing known goes as a referral with a risk
# assessment, not as this.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct AdvocateReferral $Meta.exchange("advocate-referral") $Meta.version(1)
    $Meta.title("Referral to an adviser") $Meta.question("Is this for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  personName @1 :Common.PersonName
      $Meta.label("Person's name") $Meta.sensitivity(restricted) $Meta.identifies;
  personBirth @2 :Text
      $Meta.label("Person's date of birth") $Meta.sensitivity(restricted) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  personDetails @3 :Common.PersonDetails
      $Meta.label("More about the person") $Meta.sensitivity(restricted);
  safeContact @4 :Common.SafeContact
      $Meta.label("How to reach the person safely") $Meta.sensitivity(toxic);
  advocate @5 :Advocate
      $Meta.label("Which adviser");
  risk @6 :Risk
      $Meta.label("Risk") $Meta.sensitivity(restricted);
  whatHappened @7 :Text
      $Meta.label("What happened") $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  sexualViolence @8 :Text
      $Meta.label("What happened of sexual violence") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  perpetrators @9 :List(Common.PerpetratorDetails)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  household @10 :Household
      $Meta.label("Children in the household") $Meta.sensitivity(restricted);
  fears @11 :Common.Fears
      $Meta.label("Whom the person fears and trusts") $Meta.sensitivity(toxic);
  proceedings @12 :Proceedings
      $Meta.label("Police and court") $Meta.sensitivity(restricted);
  support @13 :Text
      $Meta.label("Who helps already") $Meta.sensitivity(restricted) $Meta.maxLength(2000);
  consent @14 :Consent
      $Meta.label("Consent");
  referrer @15 :Common.Writer
      $Meta.label("Who refers");

  enum Which {
    unknown @0 $Meta.label("Not stated");
    idva @1 $Meta.label("Adviser on domestic violence (IDVA)");
    isva @2 $Meta.label("Adviser on sexual violence (ISVA)");
    both @3 $Meta.label("Both");
  }

  struct Advocate {
    which @0 :Which $Meta.label("Which adviser") $Meta.claim("advocate");
    wishes @1 :Text $Meta.label("What the person wants: a woman, a language, a place")
        $Meta.maxLength(500);
  }

  struct Risk {
    grade @0 :Common.RiskGrade $Meta.label("Grade") $Meta.claim("risk");
    tool @1 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
    score @2 :Int64 $Meta.label("Score") $Meta.format("count");
    date @3 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
    triggers @4 :Text $Meta.label("What stands out: strangling, stalking, threats to kill")
        $Meta.maxLength(1000);
  }

  struct Household {
    children @0 :Common.YesNo $Meta.label("Are there children?");
    howMany @1 :Int64 $Meta.label("How many") $Meta.format("count");
    pregnant @2 :Common.YesNo $Meta.label("Is the person pregnant?");
  }

  struct Proceedings {
    reported @0 :Common.YesNo $Meta.label("Reported to the police?");
    crime @1 :Text $Meta.label("Crime reference") $Meta.maxLength(100);
    officer @2 :Text $Meta.label("Officer in the case") $Meta.maxLength(150);
    stage @3 :Text $Meta.label("How far it has come") $Meta.maxLength(200);
    hearing @4 :Text $Meta.label("Next hearing") $Meta.format("date") $Meta.maxLength(10);
    court @5 :Text $Meta.label("Court") $Meta.maxLength(150);
    specialMeasures @6 :Text $Meta.label("Special measures asked for or granted")
        $Meta.maxLength(300);
    orders @7 :Text $Meta.label("Orders and bail conditions") $Meta.maxLength(1000);
  }

  struct Consent {
    state @0 :Common.ConsentState $Meta.label("Does the person consent?") $Meta.claim("consent");
    why @1 :Text $Meta.label("If not, why not or why not asked") $Meta.maxLength(1000);
  }
}
