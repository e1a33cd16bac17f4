@0xb3d1f7a29c4e8a10;
# A message as it is carried. docs/protocol.md says what each field means and how digests are made.
# Header, ClearPart and BrokersPart are hashed as carried: each is one single-segment unpacked
# message.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::wire::raw");

struct DocumentVersion {
  version @0 :UInt64;
  hash @1 :Data;
}

struct LogHead {
  epoch @0 :UInt64;
  size @1 :UInt64;
  root @2 :Data;
}

struct Header {
  suite @0 :UInt16;
  partnership @1 :Text;
  id @2 :Data;
  origin @3 :Data;
  exchange @4 :Text;
  version @5 :UInt16;
  sender @6 :Text;
  role @7 :Text;
  key @8 :Data;
  created @9 :Int64;  # Milliseconds since 1970.
  policy @10 :DocumentVersion;
  directory @11 :DocumentVersion;
  threadMark @12 :Data;
  checkpoint @13 :LogHead;
  sections @14 :List(Data);
  claims @15 :List(Data);
  grants @16 :List(Data);
  brokersPart @17 :Data;
}

struct TreeSignature {
  size @0 :UInt64;
  index @1 :UInt64;
  path @2 :List(Data);
  signature @3 :Data;
}

struct SectionOpening {
  salt @0 :Data;
  name @1 :Text;
  size @2 :UInt32;
  sealedHash @3 :Data;
  commit @4 :Data;
}

struct ClaimOpening {
  salt @0 :Data;
  name @1 :Text;
  value @2 :Text;
}

struct SealedSection {
  name @0 :Text;
  sealed @1 :Data;
}

struct Condition {
  union {
    none @0 :Void;
    unacknowledged :group {
      grant @1 :Data;
      by @2 :Int64;
    }
    unable :group {
      grant @3 :Data;
    }
  }
}

struct SeriesNumber {
  series @0 :UInt64;
  n @1 :UInt64;
}

struct ClearPart {
  recipient @0 :Text;
  role @1 :Text;
  key @2 :Data;
  statement @3 :UInt64;
  rule @4 :Text;
  openings @5 :List(Text);
  condition @6 :Condition;
  acknowledgeBy @7 :Int64;    # 0: none.
  number @8 :SeriesNumber;    # n = 0: none.
  salt @9 :Data;
}

struct Grant {
  clearPart @0 :Data;
  enc @1 :Data;
  ciphertext @2 :Data;
}

struct BrokersPart {
  struct LeftOut {
    role @0 :Text;
    standIn @1 :Text;  # Empty: none.
  }
  leftOut @0 :List(LeftOut);
}

struct Envelope {
  header @0 :Data;
  signature @1 :TreeSignature;
  sections @2 :List(SectionOpening);
  claims @3 :List(ClaimOpening);
  brokersSalt @4 :Data;
  brokersPart @5 :Data;
  grants @6 :List(Grant);
  sealed @7 :List(SealedSection);
}

struct Position {
  epoch @0 :UInt64;
  index @1 :UInt64;
}

struct PartProof {
  position @0 :Position;
  salt @1 :Data;
  part @2 :Data;
  digests @3 :List(Data);
}

struct Delivery {
  header @0 :Data;
  signature @1 :TreeSignature;
  grant @2 :Grant;
  sections @3 :List(SectionOpening);
  claims @4 :List(ClaimOpening);
  sealed @5 :List(SealedSection);
  release @6 :Data;  # A Signed with a BrokersWord inside; empty unless the grant was held.
  proof @7 :PartProof;
  confirmByTelephone @8 :Bool;
}
