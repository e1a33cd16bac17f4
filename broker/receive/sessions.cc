#include "broker/receive/sessions.h"

#include "schema/model/limits.h"

namespace havenline {

std::optional<LinkId> Sessions::Start(LinkId link, const SessionId& session, const HostId& host,
                                      Time now) {
  std::optional<LinkId> older;
  const auto known = link_of_.find(host.value());
  if (known != link_of_.end() && known->second != link) {
    older = known->second;
    End(*older);
  }
  End(link);  // It may have spoken for another host.
  states_.insert_or_assign(link.value(), SessionState{session, host, now, {}, {}, {}});
  link_of_.insert_or_assign(host.value(), link);
  return older;
}

void Sessions::End(LinkId link) {
  const auto state = states_.find(link.value());
  if (state == states_.end()) return;
  const auto of_host = link_of_.find(state->second.host.value());
  if (of_host != link_of_.end() && of_host->second == link) link_of_.erase(of_host);
  states_.erase(state);
}

SessionState* Sessions::Find(LinkId link) {
  const auto state = states_.find(link.value());
  return state == states_.end() ? nullptr : &state->second;
}

SessionState* Sessions::Hear(LinkId link, const SessionId& session, Time now) {
  SessionState* const state = Find(link);
  if (state == nullptr || state->session != session) return nullptr;
  state->last_heard = now;
  return state;
}

std::vector<LinkId> Sessions::EndSilent(Time now) {
  std::vector<LinkId> silent;
  for (const auto& [link, state] : states_) {
    if (now - state.last_heard > limits::kSilenceMax) silent.push_back(LinkId(link));
  }
  for (const LinkId link : silent) End(link);
  return silent;
}

}  // namespace havenline
