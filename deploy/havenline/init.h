// `havenline init`: a whole partnership from a plan: governance's keys and first documents, the
// broker's folder, a folder for each host and one for the operator's tool.
//
// Everything is made in one place, which suits a trial or a small area where one office sets all up
// and carries the folders to their machines. An agency that makes its own keys joins by `agency
// request` and `agency add` instead.

#pragma once

#include <filesystem>

#include "deploy/havenline/plan.h"
#include "schema/base/result.h"

namespace havenline {

// Makes:
//   governance/governance-<n>.key, directory.toml|note, policy.toml|note, opening-1.note
//   broker/broker.toml, keys/, documents
//   hosts/<host>/agent.toml, keys/, tokens/, documents
//   operator/operator.toml, keys/
// kInvalid if `into` holds anything already.
Result<void> InitPartnership(const Plan& plan, const std::filesystem::path& into);

}  // namespace havenline
