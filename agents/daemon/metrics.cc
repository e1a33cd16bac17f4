#include "agents/daemon/metrics.h"

#include <algorithm>
#include <optional>

#include "schema/model/names.h"

namespace havenline {
namespace {

double Seconds(TimePoint time) { return static_cast<double>(ToMilliseconds(time)) / 1000; }

struct Outgoing {
  std::size_t unsettled = 0;
  std::size_t late = 0;
  std::optional<TimePoint> oldest;
};

Outgoing Count(Outbox& outbox) {
  Outgoing counted;
  for (const auto& [origin, message] : outbox.messages()) {
    if (message.ended()) continue;
    ++counted.unsettled;
    counted.late +=
        std::ranges::any_of(message.recipients,
                            [](const OutRecipient& r) { return r.late && !r.answered(); })
            ? 1U
            : 0U;
    const auto time = TimeOf(origin);
    if (time) counted.oldest = std::min(counted.oldest.value_or(*time), *time);
  }
  return counted;
}

std::size_t Unanswered(Inbox& inbox) {
  const auto& messages = inbox.messages();
  return static_cast<std::size_t>(std::ranges::count_if(messages, [](const auto& each) {
    return each.second.state == InState::kPresented || each.second.state == InState::kOpened;
  }));
}

}  // namespace

std::vector<Metric> MetricsOf(Agent& agent, TimePoint now) {
  const Outgoing out = Count(agent.outbox());
  const auto& final_head = agent.documents().final_head();
  const auto gauge = [](FixedText name, double value) {
    return Metric{name, Metric::Kind::kGauge, value};
  };
  const auto number = [&](FixedText name, std::size_t value) {
    return gauge(name, static_cast<double>(value));
  };
  return {
      gauge("havenline_agent_written_seconds", Seconds(now)),
      gauge("havenline_agent_session", agent.up() ? 1 : 0),
      gauge("havenline_agent_last_session_seconds", Seconds(agent.last_up())),
      number("havenline_agent_verified_entries", agent.documents().head().size),
      number("havenline_agent_final_entries", final_head ? final_head->head.size : 0),
      gauge("havenline_agent_final_seconds", final_head ? Seconds(final_head->time) : 0),
      number("havenline_agent_outbox_unsettled", out.unsettled),
      number("havenline_agent_outbox_late", out.late),
      gauge("havenline_agent_outbox_oldest_seconds",
            out.oldest ? std::max(0.0, Seconds(now) - Seconds(*out.oldest)) : 0),
      number("havenline_agent_inbox_unanswered", Unanswered(agent.inbox())),
      number("havenline_agent_alarms_open", agent.alarms().open_count()),
  };
}

}  // namespace havenline
