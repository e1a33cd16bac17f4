@0x8f9a4d17c25e60b3;
# A notice or order to protect somebody from domestic abuse (DAPN, DAPO; elsewhere DVPN, DVPO) was
# made, varied or has ended. The police tell whoever must act on it: each the conditions that are
# its own, since places in conditions are where a victim lives, works or brings the children.
#
# It stands by itself: it replaces whatever was said of the same order before.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct ProtectionOrder $Meta.exchange("protection-order") $Meta.version(1)
    $Meta.title("Domestic abuse protection notice or order")
    $Meta.question("Must this desk act on it?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  boundName @1 :Common.PersonName
      $Meta.label("Name of the person bound") $Meta.sensitivity(restricted) $Meta.identifies;
  boundBirth @2 :Text
      $Meta.label("Date of birth of the person bound") $Meta.sensitivity(restricted)
      $Meta.identifies $Meta.format("date") $Meta.maxLength(10);
  order @3 :Order
      $Meta.label("Order");
  changed @4 :Text
      $Meta.label("What changed") $Meta.sensitivity(toxic) $Meta.maxLength(1000);
  aboutChildren @5 :Common.YesNo
      $Meta.label("Are children protected or affected?") $Meta.claim("children");
  aboutSchool @6 :Common.YesNo
      $Meta.label("Is there a condition about a school?") $Meta.claim("school");
  aboutHome @7 :Common.YesNo
      $Meta.label("Is there a condition about a rented home?") $Meta.claim("home");
  aboutProgramme @8 :Common.YesNo
      $Meta.label("Is a programme to be attended?") $Meta.claim("programme");
  supervised @9 :Common.YesNo
      $Meta.label("Is the person bound under probation?") $Meta.claim("supervised");
  boundAddress @10 :Common.Address
      $Meta.label("Where the person bound lives now") $Meta.sensitivity(toxic);
  warnings @11 :Text
      $Meta.label("Warnings: weapons, violence to staff")
      $Meta.sensitivity(toxic) $Meta.maxLength(1000);
  protected @12 :List(Protected)
      $Meta.label("Who is protected") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  children @13 :List(Common.ChildDetails)
      $Meta.label("Children who are protected or affected") $Meta.sensitivity(toxic)
      $Meta.maxLength(15);
  pupils @14 :List(Protected)
      $Meta.label("Children who go to the school told") $Meta.sensitivity(restricted)
      $Meta.help("One school a message: a brother's or a sister's school is told by its own.")
      $Meta.maxLength(15);
  conditionsContact @15 :List(Condition)
      $Meta.label("Whom the person bound may not contact, and how")
      $Meta.sensitivity(toxic) $Meta.maxLength(20);
  conditionsPlaces @16 :List(Condition)
      $Meta.label("Where the person bound may not go")
      $Meta.sensitivity(toxic) $Meta.maxLength(20);
  conditionsHome @17 :List(Condition)
      $Meta.label("About the home: must leave it, may not evict or come near")
      $Meta.sensitivity(toxic) $Meta.maxLength(10);
  conditionsSchool @18 :List(Condition)
      $Meta.label("About a school: may not go there, may not collect children")
      $Meta.sensitivity(restricted) $Meta.maxLength(10);
  conditionsProgramme @19 :List(Condition)
      $Meta.label("Programmes and assessments to attend")
      $Meta.sensitivity(restricted) $Meta.maxLength(10);
  conditionsTag @20 :List(Condition)
      $Meta.label("Electronic monitoring") $Meta.sensitivity(restricted) $Meta.maxLength(10);
  conditionsNotify @21 :List(Condition)
      $Meta.label("Name and address to be notified to the police")
      $Meta.sensitivity(restricted) $Meta.maxLength(10);
  conditionsOther @22 :List(Condition)
      $Meta.label("Other conditions") $Meta.sensitivity(restricted) $Meta.maxLength(20);
  onBreach @23 :OnBreach
      $Meta.label("What to do if it is broken");
  safeContact @24 :Common.SafeContact
      $Meta.label("How to reach who is protected safely") $Meta.sensitivity(toxic);
  origin @25 :Common.Origin
      $Meta.label("Who sends this");

  enum Kind {
    unknown @0 $Meta.label("Not stated");
    dapn @1 $Meta.label("Domestic abuse protection notice (DAPN)");
    dapo @2 $Meta.label("Domestic abuse protection order (DAPO)");
    dvpn @3 $Meta.label("Domestic violence protection notice (DVPN)");
    dvpo @4 $Meta.label("Domestic violence protection order (DVPO)");
  }

  enum State {
    unknown @0 $Meta.label("Not stated");
    issued @1 $Meta.label("In force");
    varied @2 $Meta.label("In force, with other conditions than before");
    ended @3 $Meta.label("No longer in force");
  }

  struct Order {
    kind @0 :Kind $Meta.label("Kind");
    state @1 :State $Meta.label("State");
    number @2 :Text $Meta.label("Number") $Meta.maxLength(60);
    court @3 :Text $Meta.label("Court, or authorising officer") $Meta.maxLength(150);
    served @4 :Common.IncidentTime $Meta.label("Served on the person bound");
    from @5 :Common.IncidentTime $Meta.label("In force from");
    until @6 :Common.IncidentTime $Meta.label("In force until");
    open @7 :Common.YesNo $Meta.label("In force until a court ends it?");
    hearing @8 :Common.IncidentTime $Meta.label("Next hearing");
  }

  struct Protected {
    name @0 :Common.PersonName $Meta.label("Name");
    birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
    toBound @2 :Text $Meta.label("Relationship to the person bound") $Meta.maxLength(100);
  }

  struct Condition {
    number @0 :Int64 $Meta.label("Number in the order") $Meta.format("count");
    text @1 :Text $Meta.label("Condition, in the order's words") $Meta.maxLength(1000);
    until @2 :Text $Meta.label("Until, if sooner than the order") $Meta.format("date")
        $Meta.maxLength(10);
    exception @3 :Text $Meta.label("Exception") $Meta.maxLength(500);
  }

  struct OnBreach {
    instruction @0 :Text $Meta.label("Instruction") $Meta.maxLength(500);
    arrestable @1 :Common.YesNo $Meta.label("Is a breach a crime of itself?");
    telephone @2 :Text $Meta.label("Whom to call") $Meta.maxLength(40);
  }
}
