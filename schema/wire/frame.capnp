@0xd7f05c3a8e92b146;
# One payload frame of a link. docs/protocol.md tells who sends what when.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::wire::raw");

using Envelope = import "envelope.capnp";

struct Item {
  reference @0 :UInt64;
  bytes @1 :Data;
}

struct Hello {
  minorLowest @0 :UInt16;
  minorHighest @1 :UInt16;
  partnership @2 :Text;
  agencies @3 :List(Text);
  checkpoint @4 :Text;
  time @5 :Int64;
  software @6 :Text;
}

struct Welcome {
  minor @0 :UInt16;
  head @1 :Envelope.LogHead;
  checkpoint @2 :Text;
  consistency @3 :List(Data);
  directory @4 :Envelope.DocumentVersion;
  policy @5 :Envelope.DocumentVersion;
  statements @6 :UInt64;
  time @7 :Int64;
  creditMessages @8 :UInt64;
  creditBytes @9 :UInt64;
  recovery @10 :Bool;
}

struct Rehello {
  code @0 :UInt16;
  retryAfter @1 :UInt32;  # Milliseconds.
}

struct Submit {
  lane @0 :UInt8;
  items @1 :List(Item);
}

struct Objection {
  recipient @0 :Text;
  role @1 :Text;
  section @2 :Text;
  rule @3 :Text;
}

struct Answer {
  union {
    accepted :group {
      proof @0 :Envelope.PartProof;
      aheadOfTime @1 :Bool;
    }
    refused :group {
      code @2 :UInt16;
      objections @3 :List(Objection);
      proof @4 :Envelope.PartProof;
    }
    deferred :group {
      code @5 :UInt16;
      retryAfter @6 :UInt32;  # Milliseconds.
    }
    invalid :group {
      code @7 :UInt16;
    }
  }
}

struct AnswerItem {
  reference @0 :UInt64;
  answer @1 :Answer;
}

struct Answers {
  items @0 :List(AnswerItem);
}

struct Deliver {
  struct Item {
    reference @0 :UInt64;
    agency @1 :Text;
    lane @2 :UInt8;
    bytes @3 :Data;
  }
  items @0 :List(Item);
}

struct Receipts {  # Also the broker's words.
  struct Item {
    reference @0 :UInt64;
    bytes @1 :Data;
    proof @2 :Envelope.PartProof;  # Absent from recipient to broker.
  }
  items @0 :List(Item);
}

struct Items {
  items @0 :List(Item);
}

struct Head {
  checkpoint @0 :Text;
  fromSize @1 :UInt64;
  consistency @2 :List(Data);
  directory @3 :Envelope.DocumentVersion;
  policy @4 :Envelope.DocumentVersion;
  statements @5 :UInt64;
}

struct Cosign {
  cosignatures @0 :Text;
}

struct Credit {
  messages @0 :UInt64;
  bytes @1 :UInt64;
  padding @2 :Data;
  drained @3 :UInt64;  # 0: none.
}

struct Fetch {
  reference @0 :UInt64;
  union {
    document :group {
      hash @1 :Data;
    }
    leaves :group {
      epoch @2 :UInt64;
      first @3 :UInt64;
      count @4 :UInt32;
    }
    proofs :group {
      epoch @5 :UInt64;
      size @6 :UInt64;
      indices @7 :List(UInt64);
    }
    parts :group {
      position @8 :Envelope.Position;
      count @11 :UInt32;  # Of entries from there on; 0 is 1.
    }
    statements :group {
      after @9 :UInt64;
    }
    status @10 :Void;
  }
}

enum DocumentKind {
  directory @0;
  policy @1;
  suspension @2;
  opening @3;
  statement @4;
  leaf @5;
  proof @6;
  part @7;
  status @8;
}

struct Document {
  struct Piece {
    kind @0 :DocumentKind;
    index @1 :UInt64;
    bytes @2 :Data;
  }
  reference @0 :UInt64;
  pieces @1 :List(Piece);
  more @2 :Bool;
}

struct Alarm {
  enum Kind {
    overdue @0;
    brokerEquivocates @1;
    clock @2;
    checkpointLate @3;
  }
  kind @0 :Kind;
  message @1 :Data;
  grant @2 :Data;
}

struct Reconciled {
  reference @0 :UInt64;
  epoch @1 :UInt64;
  agencies @2 :List(Text);
}

struct Frame {
  session @0 :Data;  # 16 bytes; zeros in hello and rehello.
  union {
    hello @1 :Hello;
    welcome @2 :Welcome;
    rehello @3 :Rehello;
    submit @4 :Submit;
    answer @5 :Answers;
    deliver @6 :Deliver;
    receipt @7 :Receipts;
    receipted @8 :Answers;
    recall @9 :Items;
    void @10 :Items;
    statement @11 :Items;
    head @12 :Head;
    cosign @13 :Cosign;
    credit @14 :Credit;
    fetch @15 :Fetch;
    document @16 :Document;
    alarm @17 :Alarm;
    reconciled @18 :Reconciled;
    word @19 :Receipts;
    look @20 :Items;
  }
}
