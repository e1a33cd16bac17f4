@0xc8ed7e637285e6f4;
# Flag and tag: after the conference (MARAC) heard a case, each agency marks its own files, so that
# abuse within twelve months of the latest referral is known as a repeat and referred again,
# whatever its grade. It says whose files, from when and until when, and nothing of why.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";
using Common = import "common.capnp";
using Marac = import "marac_common.capnp";

struct MaracFlag $Meta.exchange("marac-flag") $Meta.version(1)
    $Meta.title("Flag for the files of a case (MARAC)")
    $Meta.question("Do we hold a file on anybody in this case?") {
  exclusions @0 :Common.Exclusions
      $Meta.label("Must not learn of it") $Meta.sensitivity(toxic);
  victimName @1 :Common.PersonName
      $Meta.label("Victim's name") $Meta.sensitivity(toxic) $Meta.identifies;
  victimBirth @2 :Text
      $Meta.label("Victim's date of birth") $Meta.sensitivity(toxic) $Meta.identifies
      $Meta.format("date") $Meta.maxLength(10);
  nhsNumber @3 :Text
      $Meta.label("Victim's NHS number") $Meta.sensitivity(toxic) $Meta.format("nhs-number")
      $Meta.maxLength(10);
  perpetrators @4 :List(Marac.ConferencePerson)
      $Meta.label("Who is said to do it") $Meta.sensitivity(toxic) $Meta.maxLength(10);
  children @5 :List(Marac.ConferenceChild)
      $Meta.label("The children") $Meta.sensitivity(toxic) $Meta.maxLength(15);
  about @6 :Marac.ConferenceCase
      $Meta.label("Meeting and case");
  flag @7 :Flag
      $Meta.label("The flag");
  whenSeen @8 :WhenSeen
      $Meta.label("What whoever sees the flag does");
  handling @9 :Marac.ConferenceHandling
      $Meta.label("How to handle this");
  coordinator @10 :Common.Writer
      $Meta.label("Who sends this");

  enum Instruction {
    unknown @0 $Meta.label("Not stated");
    place @1 $Meta.label("Place a flag");
    extend @2 $Meta.label("Extend the flag: referred again");
    remove @3 $Meta.label("Remove the flag");
  }

  struct Flag {
    instruction @0 :Instruction $Meta.label("What to do");
    from @1 :Text $Meta.label("Date of the latest referral") $Meta.format("date")
        $Meta.maxLength(10);
    until @2 :Text $Meta.label("Until") $Meta.format("date") $Meta.maxLength(10)
        $Meta.help("Twelve months from the latest referral, unless the partnership says else.");
    words @3 :Text $Meta.label("What the flag says on the file") $Meta.maxLength(200)
        $Meta.help("Words that do no harm if they are seen across a counter.");
    confirmBy @4 :Text $Meta.label("Placed by") $Meta.format("date") $Meta.maxLength(10);
    moved @5 :Bool $Meta.label("The victim has moved: flag the files there, too");
  }

  struct WhenSeen {
    referAgain @0 :Bool $Meta.label("Refer again on any abuse, whatever its grade");
    checkAddress @1 :Bool $Meta.label("Give out no address; check each letter's before it goes")
        $Meta.help("A letter with the new address was once posted to the old one.");
    seeAlone @2 :Bool $Meta.label("See the person alone; ask no questions before others");
    tell @3 :Text $Meta.label("Whom to tell") $Meta.maxLength(200);
    telephone @4 :Text $Meta.label("Telephone") $Meta.maxLength(40);
  }
}
