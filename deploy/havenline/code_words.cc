#include "deploy/havenline/code_words.h"

namespace havenline {

// A table in the form of a switch. No default: a new code without words does not compile.
// NOLINTNEXTLINE(readability-function-size)
std::string_view RemedyFor(Code code) {
  switch (code) {
    case Code::kPolicyDenies:
      return "Policy does not let this sender tell that recipient those sections; the objections "
             "name them.";
    case Code::kRequiredMissing:
      return "A role that policy says must be told is left out; add it, or say who stands in.";
    case Code::kRecipientUnknown:
      return "The directory has no such agency, or it does not hold the role.";
    case Code::kRecipientSuspended:
      return "The recipient is suspended; telephone it, or wait until governance lifts that.";
    case Code::kRecipientKey:
      return "The message was sealed to a key that is no longer good; its agent seals it again by "
             "itself.";
    case Code::kSenderRole:
      return "The directory does not give the sender the role it names.";
    case Code::kSenderKey:
      return "The sender's signing key was retired or compromised; give the agent its current key.";
    case Code::kPolicyUnknown:
      return "The message names a policy or directory that is too old; its agent seals it again by "
             "itself.";
    case Code::kIdReused:
      return "Another message had this id. The store of the sender's agent may be a copy: ask its "
             "operator.";
    case Code::kTooOld:
      return "It is older than any message may be.";
    case Code::kTooFarAhead:
      return "Its time lies over a day ahead: correct the clock of the sender's machine.";
    case Code::kShape:
      return "Its sections or claims are not those of the exchange's version: bring the agent up "
             "to date.";
    case Code::kCondition:
      return "A held grant watches a grant that is not in the message, or is up before that "
             "grant's deadline.";
    case Code::kOverload:
      return "The broker has too much to do, or is still starting. Try again in a moment.";
    case Code::kDiskFull:
      return "The broker's disk is full: make room there, then try again.";
    case Code::kRecovery:
      return "The broker is in recovery mode: it cannot vouch for its own store. See its status "
             "and log before anything else.";
    case Code::kDraining:
      return "The broker is stopping. Try again once it runs.";
    case Code::kVersionAhead:
      return "It names a policy or directory that the broker has not yet. Publish that first.";
    case Code::kUnsupported:
      return "This broker's version cannot do that yet: bring it or this program up to date.";
    case Code::kStale:
      return "The session was over. Try again.";
    case Code::kMalformed:
      return "The broker could not read it: are both programs of the same version?";
    case Code::kTooLarge:
      return "It is larger than the protocol allows.";
    case Code::kSignature:
      return "A signature does not hold.";
    case Code::kKeyUnknown:
      return "The broker does not know this key. Is this host in the directory in force, with this "
             "key, and is the broker's key in the configuration the right one?";
    case Code::kForeignSender:
      return "The directory in force does not put that agency on this host.";
    case Code::kPartnership:
      return "The broker serves another partnership: check its address in the configuration.";
    case Code::kSuite:
      return "It uses a cipher suite that this partnership does not.";
    case Code::kDigest:
      return "A part of the message does not match its header.";
    case Code::kSenderSuspended:
      return "The sender is suspended, or this host is no longer in the directory.";
    case Code::kDocument:
      return "It does not parse, is not signed by enough governance keys, or does not follow the "
             "one in force. Check it with `havenline directory check` or `policy check`.";
    case Code::kReceiptUnknown:
      return "The broker never accepted a message that this receipt answers.";
    case Code::kNotEntitled:
      return "It is not this host's, or it is not there.";
  }
  return "The broker's version is newer than this program's: bring this program up to date.";
}

std::string WordsOf(Code code) {
  return std::string(NameOf(code)) + " (" + std::to_string(static_cast<unsigned>(code)) +
         "): " + std::string(RemedyFor(code));
}

}  // namespace havenline
