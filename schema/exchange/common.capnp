@0xc2d94f7a60b81e35;
# What several exchanges speak of. Only what a person must be told or asked in the same words
# everywhere belongs here.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";

struct Exclusions {
  agencies @0 :List(Text) $Meta.label("Agencies") $Meta.maxLength(20);
  hosts @1 :List(Text) $Meta.label("Hosts") $Meta.maxLength(20);
  persons @2 :List(ExcludedPerson) $Meta.label("Persons") $Meta.maxLength(10);
}

struct ExcludedPerson {
  name @0 :PersonName $Meta.label("Name");
  birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
  works @2 :Text $Meta.label("Works at") $Meta.maxLength(100);
}

struct PersonName {
  given @0 :Text $Meta.label("Given names") $Meta.maxLength(100);
  family @1 :Text $Meta.label("Family name") $Meta.maxLength(100);
  alias @2 :Text $Meta.label("Also known as") $Meta.maxLength(100);
}

struct Establishment {
  urn @0 :Text $Meta.label("URN") $Meta.format("urn") $Meta.maxLength(6);
  name @1 :Text $Meta.label("Name") $Meta.maxLength(150);
}

struct Reference {
  force @0 :Text $Meta.label("Force") $Meta.maxLength(96);
  incident @1 :Text $Meta.label("Incident number") $Meta.maxLength(60);
}

struct IncidentTime {
  utc @0 :Int64 $Meta.label("Time (UTC)") $Meta.format("utc");  # Milliseconds since 1970.
  local @1 :Text $Meta.label("Local time") $Meta.format("local-time") $Meta.maxLength(16);
  zone @2 :Text $Meta.label("Time zone") $Meta.maxLength(40);
  ambiguous @3 :Bool $Meta.label("In the hour that came twice");
  nonexistent @4 :Bool $Meta.label("In the hour that the clocks skipped");  # utc: that hour's end.
}

enum YesNo {
  unknown @0 $Meta.label("Not known");
  yes @1 $Meta.label("Yes");
  no @2 $Meta.label("No");
}

enum RiskGrade {
  unknown @0 $Meta.label("Not graded");
  standard @1 $Meta.label("Standard");
  medium @2 $Meta.label("Medium");
  high @3 $Meta.label("High");
}

struct Origin {
  unit @0 :Text $Meta.label("Unit") $Meta.maxLength(150);
  contact @1 :Text $Meta.label("Telephone for questions") $Meta.maxLength(40);
  basis @2 :Text $Meta.label("Legal basis") $Meta.maxLength(96);
}

# Whether the person whom it is about agreed to the sharing. Policy knows these values by name.
enum ConsentState {
  notAsked @0 $Meta.label("Not asked") $Meta.value("not-asked");
  given @1 $Meta.label("Given");
  refused @2 $Meta.label("Refused");
  unsafeToAsk @3 $Meta.label("Not safe to ask") $Meta.value("unsafe-to-ask");
  cannotConsent @4 $Meta.label("Cannot consent") $Meta.value("cannot-consent");
}

struct Address {
  lines @0 :Text $Meta.label("Address") $Meta.maxLength(300);
  postcode @1 :Text $Meta.label("Postcode") $Meta.maxLength(10);
  area @2 :Text $Meta.label("Council area") $Meta.maxLength(96);
}

# How somebody can be reached without whoever threatens them learning of it.
struct SafeContact {
  telephone @0 :Text $Meta.label("Telephone") $Meta.maxLength(40);
  safeToCall @1 :YesNo $Meta.label("Is this number safe to call?");
  times @2 :Text $Meta.label("When it is safe") $Meta.maxLength(200);
  safeToText @3 :YesNo $Meta.label("Is it safe to send a text?");
  safeToWrite @4 :YesNo $Meta.label("Is it safe to send a letter?");
  safeToVisit @5 :YesNo $Meta.label("Is it safe to visit?");
  through @6 :Text $Meta.label("Whom to go through instead") $Meta.maxLength(200);
  codeWord @7 :Text $Meta.label("Agreed word or reason to give") $Meta.maxLength(200);
}

# An adult whom a matter is about.
struct PersonDetails {
  gender @0 :Text $Meta.label("Gender") $Meta.maxLength(50);
  ethnicity @1 :Text $Meta.label("Ethnicity") $Meta.maxLength(100);
  language @2 :Text $Meta.label("Language") $Meta.maxLength(60);
  interpreter @3 :YesNo $Meta.label("Interpreter needed?");
  disability @4 :Text $Meta.label("Disability") $Meta.maxLength(300);
  sexuality @5 :Text $Meta.label("Sexual orientation") $Meta.maxLength(60);
  immigration @6 :Text $Meta.label("Immigration status, no recourse to public funds")
      $Meta.maxLength(200);
  otherNeeds @7 :Text $Meta.label("Other needs") $Meta.maxLength(500);
  otherNames @8 :List(PersonName) $Meta.label("Other names and spellings") $Meta.maxLength(10);
  otherBirths @9 :Text $Meta.label("Other dates of birth given") $Meta.maxLength(100);
}

struct ChildDetails {
  name @0 :PersonName $Meta.label("Name");
  birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
  school @2 :Establishment $Meta.label("School or setting");
  toVictim @3 :Text $Meta.label("Relationship to the victim") $Meta.maxLength(100);
  toPerpetrator @4 :Text $Meta.label("Relationship to the perpetrator") $Meta.maxLength(100);
  livesWith @5 :Text $Meta.label("Lives with") $Meta.maxLength(150);
  concerns @6 :Text $Meta.label("Concerns") $Meta.maxLength(1000);
}

# Who is said to do it.
struct PerpetratorDetails {
  name @0 :PersonName $Meta.label("Name");
  birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
  address @2 :Address $Meta.label("Address");
  toVictim @3 :Text $Meta.label("Relationship to the victim") $Meta.maxLength(100);
  whereNow @4 :Text $Meta.label("Where they are now") $Meta.maxLength(200);
  works @5 :Text $Meta.label("Works at") $Meta.maxLength(150)
      $Meta.help("If at an agency that would be told of this: do not send it, telephone.");
  warnings @6 :Text $Meta.label("Warnings: weapons, violence to staff") $Meta.maxLength(500);
  otherNames @7 :List(PersonName) $Meta.label("Other names and spellings") $Meta.maxLength(10);
}

# Of whom the victim is afraid, and whom one may and must not speak to.
struct Fears {
  afraidOf @0 :Text $Meta.label("Of whom the victim is afraid, all of them") $Meta.maxLength(500);
  safeToTalkTo @1 :Text $Meta.label("Who is safe to talk to") $Meta.maxLength(500);
  notSafeToTalkTo @2 :Text $Meta.label("Who is not safe to talk to") $Meta.maxLength(500)
      $Meta.help("For people to read: it keeps the message from nobody.");
}

# Who writes, for an exchange between professionals.
struct Writer {
  unit @0 :Text $Meta.label("Agency and team") $Meta.maxLength(150);
  name @1 :Text $Meta.label("Name") $Meta.maxLength(150);
  role @2 :Text $Meta.label("Role") $Meta.maxLength(100);
  telephone @3 :Text $Meta.label("Telephone") $Meta.maxLength(40);
  email @4 :Text $Meta.label("Email") $Meta.maxLength(150);
  date @5 :Text $Meta.label("Date") $Meta.format("date") $Meta.maxLength(10);
}
