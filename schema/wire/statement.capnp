@0xc86a90d1e5b7f321;
# Signed statements: of agencies receipts, voids, recalls, and what an agency says of itself; of the
# broker its word. Each inner struct is one single-segment unpacked message, signed as carried.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::wire::raw");

using Envelope = import "envelope.capnp";

enum ReceiptKind {
  stored @0;
  opened @1;
  acknowledged @2;
  toldByVoice @3;
  notOurs @4;
  unreadable @5;
  claimsDiffer @6;
  withheld @7;
  recalled @8;
}

struct Receipt {
  partnership @0 :Text;
  recipient @1 :Text;
  role @2 :Text;
  sender @3 :Text;
  origin @4 :Data;
  message @5 :Data;
  grant @6 :Data;
  kind @7 :ReceiptKind;
  time @8 :Int64;
  person @9 :Text;  # Empty: none.
  previous @10 :Data;
  key @11 :Data;
}

struct SignedReceipt {
  receipt @0 :Data;
  signature @1 :Envelope.TreeSignature;
}

struct VoidStatement {
  partnership @0 :Text;
  sender @1 :Text;
  recipient @2 :Text;
  lane @3 :UInt8;
  series @4 :UInt64;
  lastGiven @5 :UInt64;
  voided @6 :List(UInt64);
  key @7 :Data;
}

struct Recall {
  partnership @0 :Text;
  sender @1 :Text;
  origin @2 :Data;
  grants @3 :List(Data);
  time @4 :Int64;
  key @5 :Data;
}

struct RecipientKey {
  enum State {
    current @0;
    retiring @1;
    compromised @2;
  }
  role @0 :Text;
  epoch @1 :UInt32;
  key @2 :Data;
  state @3 :State;
}

struct DayRange {
  first @0 :Int32;  # Days since 1970-01-01.
  last @1 :Int32;   # Inclusive.
}

struct Calendar {
  zone @0 :Text;
  readyBy @1 :UInt16;  # Minutes after local midnight.
  weekdays @2 :UInt8;  # Bit 0 is Monday.
  terms @3 :List(DayRange);
  closures @4 :List(DayRange);
}

struct AgencyStatement {
  partnership @0 :Text;
  agency @1 :Text;
  counter @2 :UInt64;
  previous @3 :Data;
  time @4 :Int64;
  keys @5 :List(RecipientKey);
  telephone @6 :Text;
  calendar @7 :Calendar;
  alternate @8 :Text;  # Empty: none.
  key @9 :Data;
}

struct BrokersWord {
  enum Kind {
    released @0;
    stoodDown @1;
    undeliverable @2;
  }
  partnership @0 :Text;
  to @1 :Text;
  lane @2 :UInt8;
  kind @3 :Kind;
  message @4 :Data;
  origin @5 :Data;
  grant @6 :Data;
  why @7 :UInt16;      # A code; 0: none.
  mayArrive @8 :Bool;
  position @9 :Envelope.Position;
  number @10 :Envelope.SeriesNumber;
  time @11 :Int64;
}

struct Look {
  enum Reason {
    routine @0;
    sample @1;
    complaint @2;
    subjectRequest @3;
    breach @4;
    inspection @5;
  }
  partnership @0 :Text;
  agency @1 :Text;
  role @2 :Text;
  person @3 :Text;
  reason @4 :Reason;
  epoch @5 :UInt64;
  first @6 :UInt64;
  count @7 :UInt64;
  time @8 :Int64;
  key @9 :Data;
}

struct Signed {  # A VoidStatement, Recall, AgencyStatement, BrokersWord or Look with its signature.
  bytes @0 :Data;
  signature @1 :Data;
}
