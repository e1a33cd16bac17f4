@0xb92e5f7a40c8d316;
# The day's incidents of domestic abuse, for the hub where agencies look at them each morning
# (MADA): one digest a day. No public description of the hub was found; what stands here follows its
# peers, a daily meeting on high risk (Hampshire) and a daily review of incidents with children
# (Bristol).
#
# Incidents are sorted into classes by who looks at them. One that belongs to two stands in both.
# One that some agency of its class must not learn of is left out and goes as a referral of its own.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

struct MadaDigest $Meta.exchange("mada-digest") $Meta.version(1)
    $Meta.title("Incidents of the day (MADA)") $Meta.question("Is this the digest of this day?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  digest @1 :Digest
      $Meta.label("Digest") $Meta.identifies;
  incidentsHigh @2 :List(Incident)
      $Meta.label("Graded high") $Meta.sensitivity(toxic) $Meta.maxLength(60);
  incidentsChildren @3 :List(ChildIncident)
      $Meta.label("With children in the household, graded high or medium")
      $Meta.sensitivity(toxic) $Meta.maxLength(25);
  incidentsCareNeeds @4 :List(Incident)
      $Meta.label("Of an adult with care and support needs")
      $Meta.sensitivity(toxic) $Meta.maxLength(60);
  incidentsRepeat @5 :List(Incident)
      $Meta.label("Of somebody to whom it happened before")
      $Meta.sensitivity(toxic) $Meta.maxLength(60);
  incidentsAgreed @6 :List(Incident)
      $Meta.label("Of somebody who wants support")
      $Meta.sensitivity(toxic) $Meta.maxLength(60);
  meeting @7 :Meeting
      $Meta.label("Meeting");
  writer @8 :Common.Writer
      $Meta.label("Who writes");

  struct Digest {
    day @0 :Text $Meta.label("Day") $Meta.format("date") $Meta.maxLength(10);
    area @1 :Text $Meta.label("Council area") $Meta.maxLength(96);
    from @2 :Common.IncidentTime $Meta.label("Incidents reported from");
    to @3 :Common.IncidentTime $Meta.label("To");
    incidents @4 :Int64 $Meta.label("Incidents on that day") $Meta.format("count");
    high @5 :Int64 $Meta.label("Graded high") $Meta.format("count");
    medium @6 :Int64 $Meta.label("Graded medium") $Meta.format("count");
    withChildren @7 :Int64 $Meta.label("With children") $Meta.format("count");
  }

  struct Incident {
    number @0 :Int64 $Meta.label("Number in the digest") $Meta.format("count");
    reference @1 :Common.Reference $Meta.label("Police reference");
    time @2 :Common.IncidentTime $Meta.label("When");
    victim @3 :Common.PersonName $Meta.label("Victim's name");
    victimBirth @4 :Text $Meta.label("Victim's date of birth") $Meta.format("date")
        $Meta.maxLength(10);
    perpetrator @5 :Common.PersonName $Meta.label("Name of who is said to have done it");
    perpetratorBirth @6 :Text $Meta.label("Their date of birth") $Meta.format("date")
        $Meta.maxLength(10);
    relationship @7 :Text $Meta.label("Relationship between them") $Meta.maxLength(100);
    grade @8 :Common.RiskGrade $Meta.label("Grade");
    tool @9 :Text $Meta.label("Tool and version") $Meta.maxLength(60);
    earlier @10 :Int64 $Meta.label("Incidents reported in 12 months") $Meta.format("count");
    children @11 :Common.YesNo $Meta.label("Children in the household?");
    what @12 :Text $Meta.label("What happened") $Meta.maxLength(2000);
    done @13 :Text $Meta.label("What was done, and where the person now is who did it")
        $Meta.maxLength(1000);
    question @14 :Text $Meta.label("To decide") $Meta.maxLength(500);
    consent @15 :Common.ConsentState $Meta.label("Does the victim want support?");
  }

  struct ChildIncident {
    incident @0 :Incident $Meta.label("Incident");
    childrenNamed @1 :List(Common.ChildDetails) $Meta.label("Children") $Meta.maxLength(15);
    noticed @2 :Common.YesNo $Meta.label("Were the schools told (Operation Encompass)?");
    referred @3 :Common.YesNo $Meta.label("Referred to the children's front door?");
  }

  struct Meeting {
    when @0 :Common.IncidentTime $Meta.label("When");
    how @1 :Text $Meta.label("Where, or how to join") $Meta.maxLength(300);
    chair @2 :Text $Meta.label("Chair") $Meta.maxLength(150);
  }
}
