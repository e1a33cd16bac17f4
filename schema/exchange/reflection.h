// Cap'n Proto's schemas of the exchanges. Private to schema/exchange.

#pragma once

#include <capnp/schema.h>

#include <vector>

#include "schema/exchange/exchange_type.h"

namespace havenline::exchange {

// Generated: one for each *.capnp file.
std::vector<capnp::StructSchema> AllSchemas();

// CHECKs that the annotations are there and make sense: they are ours, so anything else is a bug.
ExchangeType Describe(capnp::StructSchema schema);
capnp::StructSchema SchemaOf(const ExchangeName& name);

}  // namespace havenline::exchange
