@0xd64e0b1f7a2c9e53;
# What the messages of the conference on victims at high risk (MARAC) share: which case of which
# meeting, who is who, what is to be done and what became of it. The conference is no agency and
# holds no case: every action, and all that was said, stays with the agency that it came from.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";

# A case of a meeting.
struct ConferenceCase {
  conference @0 :Text $Meta.label("Conference") $Meta.maxLength(150);
  date @1 :Text $Meta.label("Date of the meeting") $Meta.format("date") $Meta.maxLength(10);
  caseNumber @2 :Text $Meta.label("Number of the case") $Meta.maxLength(60);
}

# A meeting, with where it is. Nobody but those who come needs the latter.
struct ConferenceMeeting {
  about @0 :ConferenceCase $Meta.label("Meeting and case");
  time @1 :Text $Meta.label("Begins") $Meta.maxLength(60);
  venue @2 :Text $Meta.label("Venue, or how to join") $Meta.maxLength(300);
  chair @3 :Text $Meta.label("Chair") $Meta.maxLength(150);
}

enum ConferenceListingKind {
  unknown @0 $Meta.label("Not stated");
  newCase @1 $Meta.label("Heard for the first time, or after more than 12 months");
  repeatCase @2 $Meta.label("A repeat within 12 months");
  transferredIn @3 $Meta.label("Moved here from another conference");
  review @4 $Meta.label("Heard again to review actions");
}

# How the case came to the meeting.
struct ConferenceListing {
  kind @0 :ConferenceListingKind $Meta.label("Heard as");
  referredBy @1 :Text $Meta.label("Referring agency") $Meta.maxLength(150);
  referred @2 :Text $Meta.label("Date of the referral") $Meta.format("date") $Meta.maxLength(10);
  lastHeard @3 :Text $Meta.label("Last heard") $Meta.format("date") $Meta.maxLength(10);
  cameFrom @4 :Text $Meta.label("Conference that it came from") $Meta.maxLength(150);
}

# Somebody in a case, by what is needed to find a record and no more.
struct ConferencePerson {
  name @0 :Common.PersonName $Meta.label("Name");
  birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
  otherNames @2 :List(Common.PersonName) $Meta.label("Other names and spellings")
      $Meta.maxLength(10);
  otherBirths @3 :Text $Meta.label("Other dates of birth given") $Meta.maxLength(100);
  toVictim @4 :Text $Meta.label("Relationship to the victim") $Meta.maxLength(100);
}

struct ConferenceChild {
  name @0 :Common.PersonName $Meta.label("Name");
  birth @1 :Text $Meta.label("Date of birth") $Meta.format("date") $Meta.maxLength(10);
  toVictim @2 :Text $Meta.label("Relationship to the victim") $Meta.maxLength(100);
  toPerpetrator @3 :Text $Meta.label("Relationship to the perpetrator") $Meta.maxLength(100);
}

# What became of an action. The meeting tells what could not be done from what was left undone.
enum ConferenceActionState {
  unknown @0 $Meta.label("Not stated");
  open @1 $Meta.label("Not yet done");
  done @2 $Meta.label("Done");
  notPossible @3 $Meta.label("Not possible: circumstances changed");
  notUndertaken @4 $Meta.label("Not undertaken");
}

# Whether what is written is known or thought.
enum ConferenceNature {
  unknown @0 $Meta.label("Not stated");
  fact @1 $Meta.label("Fact: seen, recorded or said by the person");
  reported @2 $Meta.label("Reported by somebody else, not checked");
  opinion @3 $Meta.label("Professional opinion");
}

# What a reader may do with it.
struct ConferenceHandling {
  marking @0 :Text $Meta.label("Marking") $Meta.maxLength(100);
  instruction @1 :Text $Meta.label("How to handle this") $Meta.maxLength(1000);
  noOnwardSharing @2 :Bool $Meta.label("Not to be copied or passed on")
      $Meta.help("Without the agreement of the agencies that it came from.");
  notForPerpetrator @3 :Bool $Meta.label("Nobody on the perpetrator's side may learn of it");
  keptApart @4 :Bool $Meta.label("Keep apart from records that the family can read")
      $Meta.help("Online access to records, shared household files, letters to the home.");
}

# Who speaks to the victim. Agencies do not do so themselves about the conference.
struct ConferenceContact {
  adviser @0 :Text $Meta.label("Independent adviser") $Meta.maxLength(150);
  telephone @1 :Text $Meta.label("The adviser's telephone") $Meta.maxLength(40);
  throughAdviserOnly @2 :Bool $Meta.label("Speak to the victim through the adviser only");
  note @3 :Text $Meta.label("Note") $Meta.maxLength(500);
}
