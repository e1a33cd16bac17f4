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
annotation title @0xf09c6b2e71a4d8eb (struct) :Text;     # For people: Operation Encompass notice.
annotation question @0xf09c6b2e71a4d8ec (struct) :Text;  # Asked before a desk opens one.
annotation identifies @0xf09c6b2e71a4d8ea (field) :Void;  # A section shown with that question.
annotation label @0xf09c6b2e71a4d8e3 (field, enumerant) :Text;
annotation help @0xf09c6b2e71a4d8e4 (field) :Text;
annotation sensitivity @0xf09c6b2e71a4d8e5 (field) :Sensitivity;
annotation maxLength @0xf09c6b2e71a4d8e6 (field) :UInt32;  # Of a text in bytes, of a list in items.
annotation format @0xf09c6b2e71a4d8e7 (field) :Text;  # One of formats.h.
annotation claim @0xf09c6b2e71a4d8e8 (field) :Text;  # An enumerated field that policy may read.
# The flag of policy's hold list that it raises: a truth; a date of birth, of whoever is 18 by now.
annotation danger @0xf09c6b2e71a4d8ed (field) :Text;
# What the choice is called in messages and claims, where that is no name here: not-asked.
annotation value @0xf09c6b2e71a4d8e9 (enumerant) :Text;
