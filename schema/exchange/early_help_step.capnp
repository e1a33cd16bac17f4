@0xf7248b0c5de96a1d;
# A family goes from children's services to Early Help (step down) or back (step up), with what the
# next worker needs so that the family is not asked everything again. Early Help is offered and can
# be declined, so down goes only with consent; up goes because a child needs it.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Mash = import "mash_common.capnp";

struct EarlyHelpStep $Meta.exchange("early-help-step") $Meta.version(1)
    $Meta.title("Step down or step up (Early Help)")
    $Meta.question("Is this family for this desk?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  childName @1 :Common.PersonName
      $Meta.label("Child's name") $Meta.sensitivity(restricted) $Meta.identifies;
  childBirth @2 :Text
      $Meta.label("Child's date of birth, or expected birth") $Meta.sensitivity(restricted)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  step @3 :Step
      $Meta.label("Up or down");
  consent @4 :Mash.FamilyConsent
      $Meta.label("Consent");
  childDetails @5 :Common.PersonDetails
      $Meta.label("More about the child") $Meta.sensitivity(restricted);
  establishment @6 :Common.Establishment
      $Meta.label("School or setting") $Meta.sensitivity(toxic);
  address @7 :Common.Address
      $Meta.label("Where the child lives") $Meta.sensitivity(toxic);
  otherChildren @8 :List(Mash.FamilyChild)
      $Meta.label("Other children of the family") $Meta.sensitivity(restricted)
      $Meta.maxLength(15);
  adults @9 :List(Mash.FamilyAdult)
      $Meta.label("Parents, carers and others in the household") $Meta.sensitivity(restricted)
      $Meta.maxLength(10);
  safeContact @10 :Common.SafeContact
      $Meta.label("How to reach the parent who is safe, safely") $Meta.sensitivity(toxic);
  fears @11 :Common.Fears
      $Meta.label("Whom the family fears and trusts") $Meta.sensitivity(toxic);
  whyNow @12 :Text
      $Meta.label("Why the step is made now") $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  needs @13 :Text
      $Meta.label("What the family needs") $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  plan @14 :List(PlanItem)
      $Meta.label("Plan") $Meta.sensitivity(restricted) $Meta.maxLength(20);
  worked @15 :Text
      $Meta.label("What worked and what did not") $Meta.sensitivity(restricted)
      $Meta.maxLength(4000);
  voice @16 :Mash.FamilyVoice
      $Meta.label("What the children and the parents say") $Meta.sensitivity(restricted);
  domesticAbuse @17 :DomesticAbuse
      $Meta.label("Domestic abuse: what the next worker must know to work safely")
      $Meta.sensitivity(toxic);
  harm @18 :Text
      $Meta.label("The harm that is feared, and what it rests on")
      $Meta.sensitivity(restricted) $Meta.maxLength(8000);
  perpetrators @19 :List(Common.PerpetratorDetails)
      $Meta.label("Who is said to do harm") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  socialCareHistory @20 :Text
      $Meta.label("Earlier assessments, plans and enquiries")
      $Meta.sensitivity(restricted) $Meta.maxLength(4000);
  agencies @21 :List(Agency)
      $Meta.label("Who else works with the family") $Meta.sensitivity(restricted)
      $Meta.maxLength(15);
  writer @22 :Common.Writer
      $Meta.label("Who writes") $Meta.sensitivity(restricted);

  enum Direction {
    unknown @0 $Meta.label("Not stated");
    down @1 $Meta.label("Down: from children's services to Early Help");
    up @2 $Meta.label("Up: from Early Help to children's services");
  }

  struct Step {
    direction @0 :Direction $Meta.label("Direction") $Meta.claim("direction");
    from @1 :Text $Meta.label("As from") $Meta.format("date") $Meta.maxLength(10);
    handover @2 :Text $Meta.label("Handover: when and with whom") $Meta.maxLength(300);
    number @3 :Text $Meta.label("The writer's own number of the case") $Meta.maxLength(60);
    back @4 :Text $Meta.label("What would have it come back") $Meta.maxLength(1000);
  }

  struct PlanItem {
    what @0 :Text $Meta.label("What") $Meta.maxLength(500);
    who @1 :Text $Meta.label("Who") $Meta.maxLength(150);
    due @2 :Text $Meta.label("By when") $Meta.format("date") $Meta.maxLength(10);
    state @3 :Text $Meta.label("How it stands") $Meta.maxLength(300);
  }

  struct DomesticAbuse {
    present @0 :Common.YesNo $Meta.label("Is there any, or was there?");
    safeWork @1 :Text $Meta.label("How to work with the family safely") $Meta.maxLength(2000)
        $Meta.help("Who is seen alone, what is never said in front of whom, who may not visit.");
    orders @2 :Text $Meta.label("Orders and bail conditions") $Meta.maxLength(1000);
    contact @3 :Text $Meta.label("Contact with the children") $Meta.maxLength(1000);
  }

  struct Agency {
    name @0 :Text $Meta.label("Agency") $Meta.maxLength(150);
    worker @1 :Text $Meta.label("Who, and how to reach them") $Meta.maxLength(200);
  }
}
