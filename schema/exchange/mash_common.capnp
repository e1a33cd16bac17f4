@0xa17c5e92d408fb63;
# What the children's front door and Early Help both speak of.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct FamilyChild {
  name @0 :Common.PersonName $Meta.label("Name");
  birth @1 :Text $Meta.label("Date of birth, or expected birth") $Meta.format("date")
      $Meta.maxLength(10);
  school @2 :Common.Establishment $Meta.label("School or setting");
  relationship @3 :Text $Meta.label("Relationship to the child it is about") $Meta.maxLength(100);
  livesWith @4 :Text $Meta.label("Lives with") $Meta.maxLength(150);
  concerns @5 :Text $Meta.label("Concerns") $Meta.maxLength(1000);
}

struct FamilyAdult {
  name @0 :Common.PersonName $Meta.label("Name");
  birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
  relationship @2 :Text $Meta.label("Relationship to the child") $Meta.maxLength(100);
  responsibility @3 :Common.YesNo $Meta.label("Parental responsibility?");
  inHousehold @4 :Common.YesNo $Meta.label("Lives in the household?");
  needs @5 :Text $Meta.label("Language, disability, other needs") $Meta.maxLength(500);
}

struct FamilyVoice {
  children @0 :Text $Meta.label("What the children said, or showed") $Meta.maxLength(4000);
  howHeard @1 :Text $Meta.label("To whom, and who else was there") $Meta.maxLength(300);
  parents @2 :Text $Meta.label("What the parents say") $Meta.maxLength(2000);
}

struct FamilyConsent {
  state @0 :Common.ConsentState $Meta.label("Does the parent who is safe to ask consent?")
      $Meta.claim("consent");
  aware @1 :Common.YesNo $Meta.label("Do the parents know of it?");
  why @2 :Text $Meta.label("Why nobody was asked, or told") $Meta.maxLength(1000);
}
