@0xa9f3c65d1b8e2740;
# Annotations by which an exchange describes itself to forms, views, intake and policy.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("havenline::exchange::raw");

enum Sensitivity {
  ordinary @0;
  restricted @1;  # Not for a wider circle than policy names; blanked in lists.
  toxic @2;       # Can lead an abuser to someone. Never in a list, a title or an export by default.
}

annotation exchange @0xf09c6b2e71a4d8e1 (struct) :Text;   # Its name: encompass-notice.
annotation version @0xf09c6b2e71a4d8e2 (struct) :UInt16;
annotation label @0xf09c6b2e71a4d8e3 (field, enumerant) :Text;
annotation help @0xf09c6b2e71a4d8e4 (field) :Text;
annotation sensitivity @0xf09c6b2e71a4d8e5 (field) :Sensitivity;
annotation maxLength @0xf09c6b2e71a4d8e6 (field) :UInt32;  # Of a text in bytes, of a list in items.
annotation format @0xf09c6b2e71a4d8e7 (field) :Text;  # date, local-time, utc, urn, upn, nhs-number.
annotation claim @0xf09c6b2e71a4d8e8 (field) :Text;  # An enumerated field that policy may read.
