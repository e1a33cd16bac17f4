@0xc4cfe39d9a2f809d;
# What the request for works at a home and the answer to it both speak of. None of it says why.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");
using Meta = import "meta.capnp";

enum WorkKind {
  unknown @0 $Meta.label("Not stated");
  doorLock @1 $Meta.label("Lock of a door");
  windowLock @2 $Meta.label("Lock of a window");
  door @3 $Meta.label("Door or frame");
  chainOrViewer @4 $Meta.label("Door chain or viewer");
  letterbox @5 $Meta.label("Letterbox guard");
  lighting @6 $Meta.label("Lighting");
  fenceOrGate @7 $Meta.label("Fence or gate");
  smokeAlarm @8 $Meta.label("Smoke alarm");
  otherAlarm @9 $Meta.label("Other alarm or camera");
  marking @10 $Meta.label("Property marking");
  other @11 $Meta.label("Other");
}
