// What the desk and the local port show, as JSON values. Pure.

#pragma once

#include "agents/desk/people.h"
#include "agents/link/agent.h"
#include "schema/exchange/exchange_type.h"
#include "schema/text/value.h"

namespace havenline::views {

// A message received, without anything of its content.
text::Value InMessageView(const InMessage& message, const Directory& directory);
// A message sent, with how far each recipient is.
text::Value OutMessageView(const OutMessage& message);
text::Value AlarmView(std::uint64_t number, const Alarm& alarm);
// The counts of messages and alarms are of the desks at which this person works.
text::Value StatusView(Agent& agent, const People& people, const Person& person);

// Why this desk sees this message: the rule, and of what was withheld that alone which policy says
// may show.
text::Value WhyCard(const InMessage& message, const exchange::ExchangeType& type,
                    const Documents& documents);

}  // namespace havenline::views
