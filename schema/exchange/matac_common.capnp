@0xe16b4d7fa2059c38;
# What the three exchanges of the tasking meeting on perpetrators (MATAC) share. They are about the
# subject: who does harm. Victims are in sections of their own, which are withheld by default.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

# Recency, frequency and gravity of the harm, and how many people it was done to: what subjects are
# ranked by. Numbers only.
struct MatacScore {
  recency @0 :Int64 $Meta.label("Recency") $Meta.format("count");
  frequency @1 :Int64 $Meta.label("Frequency") $Meta.format("count");
  gravity @2 :Int64 $Meta.label("Gravity") $Meta.format("count");
  victims @3 :Int64 $Meta.label("How many victims") $Meta.format("count");
  total @4 :Int64 $Meta.label("Score") $Meta.format("count");
  rank @5 :Int64 $Meta.label("Rank") $Meta.format("count");
  since @6 :Text $Meta.label("Counted since") $Meta.format("date") $Meta.maxLength(10);
  version @7 :Text $Meta.label("Method and version") $Meta.maxLength(100);
}

struct MatacIncident {
  date @0 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
  kind @1 :Text $Meta.label("What, without naming a victim") $Meta.maxLength(500);
  outcome @2 :Text $Meta.label("What came of it") $Meta.maxLength(300);
}

# Other meetings that know the subject: a pointer, never what they hold.
struct MatacForums {
  mappa @0 :Common.YesNo $Meta.label("Managed under MAPPA?");
  offenderManagement @1 :Common.YesNo $Meta.label("Integrated offender management?");
  conference @2 :Common.YesNo $Meta.label("Is a victim's case at the conference (MARAC)?");
  programme @3 :Common.YesNo $Meta.label("On a programme for perpetrators?");
  whom @4 :Text $Meta.label("Whom to ask there") $Meta.maxLength(300);
}

struct MatacOptions {
  support @0 :Text $Meta.label("Support") $Meta.maxLength(1000);
  prevention @1 :Text $Meta.label("Prevention") $Meta.maxLength(1000);
  diversion @2 :Text $Meta.label("Diversion") $Meta.maxLength(1000);
  disruption @3 :Text $Meta.label("Disruption") $Meta.maxLength(1000);
  enforcement @4 :Text $Meta.label("Enforcement") $Meta.maxLength(1000);
}

struct MatacVictim {
  name @0 :Common.PersonName $Meta.label("Name");
  birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
  toSubject @2 :Text $Meta.label("Relationship to the subject") $Meta.maxLength(100);
  risk @3 :Common.RiskGrade $Meta.label("Risk");
  adviser @4 :Text $Meta.label("Adviser or support worker") $Meta.maxLength(150);
}

struct MatacMeeting {
  date @0 :Text $Meta.label("Meeting") $Meta.format("date") $Meta.maxLength(10);
  case @1 :Text $Meta.label("Number of the case") $Meta.maxLength(60);
  returnBy @2 :Text $Meta.label("Returns by") $Meta.format("date") $Meta.maxLength(10);
}
