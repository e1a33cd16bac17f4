#include "deploy/havenline/directory_changes.h"

#include <algorithm>

#include "deploy/havenline/table.h"
#include "schema/base/bytes.h"

namespace havenline {
namespace {

using tool::Join;

std::vector<std::string> Names(const std::vector<Role>& roles) {
  std::vector<std::string> names;
  names.reserve(roles.size());
  for (const Role& role : roles) names.push_back(role.value());
  return names;
}

std::string KeyName(const AgencyKey& key) {
  return std::string(seal::NameOf(key.purpose)) + " key " + HexEncode(key.id.value());
}

class Comparison {
 public:
  Comparison(const Directory& before, const Directory& after) : before_(before), after_(after) {}

  std::vector<DirectoryChange> Run() {
    CompareTop();
    for (const Host& host : after_.hosts()) {
      const Host* const old = before_.Find(host.id);
      if (old == nullptr) {
        Add("host", host.id.value(), "is new, run by " + host.operated_by);
      } else {
        CompareHost(*old, host);
      }
    }
    for (const Host& host : before_.hosts()) {
      if (after_.Find(host.id) == nullptr) Add("host", host.id.value(), "is gone");
    }
    for (const Agency& agency : after_.agencies()) {
      const Agency* const old = before_.Find(agency.id);
      if (old == nullptr) {
        AddNew(agency);
      } else {
        CompareAgency(*old, agency);
      }
    }
    for (const Agency& agency : before_.agencies()) {
      if (after_.Find(agency.id) == nullptr) Add("agency", agency.id.value(), "is gone");
    }
    CompareWitnesses();
    return std::move(changes_);
  }

 private:
  void Add(std::string about, std::string name, std::string words) {
    changes_.push_back({std::move(about), std::move(name), std::move(words)});
  }

  void CompareTop() {
    if (before_.governance() != after_.governance())
      Add("governance", "", "has other keys or another threshold");
    if (before_.broker_curve() != after_.broker_curve()) Add("broker", "", "has another CURVE key");
    if (before_.broker_release_key() != after_.broker_release_key())
      Add("broker", "", "has another release key");
    for (const tlog::NoteKey& key : after_.log_keys()) {
      if (std::ranges::find(before_.log_keys(), key) == before_.log_keys().end())
        Add("broker", "", "has a new log key " + key.name);
    }
    for (const tlog::NoteKey& key : before_.log_keys()) {
      if (std::ranges::find(after_.log_keys(), key) == after_.log_keys().end())
        Add("broker", "", "has no longer the log key " + key.name);
    }
  }

  void CompareWitnesses() {
    if (before_.quorum() != after_.quorum()) {
      Add("witness", "",
          "the quorum is " + std::to_string(after_.quorum()) + ", no longer " +
              std::to_string(before_.quorum()));
    }
    const auto find = [](const Directory& directory, const Witness& witness) {
      const auto all = directory.witnesses();
      const auto at = std::ranges::find(all, witness.key, &Witness::key);
      return at == all.end() ? nullptr : &*at;
    };
    for (const Witness& witness : after_.witnesses()) {
      const Witness* const old = find(before_, witness);
      const std::string key = tlog::WitnessKeyToText(witness.key);
      if (old == nullptr && !witness.retired)
        Add("witness", witness.agency.value(), "is a new witness with the key " + key);
      if (old != nullptr && old->retired != witness.retired) {
        Add("witness", witness.agency.value(),
            witness.retired ? "has its witness key retired: " + key
                            : "has a retired witness key back: " + key);
      }
    }
    for (const Witness& witness : before_.witnesses()) {
      if (find(after_, witness) == nullptr)
        Add("witness", witness.agency.value(), "is no longer listed as a witness");
    }
  }

  void CompareHost(const Host& before, const Host& after) {
    const std::string& name = after.id.value();
    if (before.operated_by != after.operated_by) {
      Add("host", name, "is run by " + after.operated_by + ", no longer by " + before.operated_by);
    }
    if (before.operator_link != after.operator_link) {
      Add("host", name,
          after.operator_link ? "may now ask the broker for its status"
                              : "may no longer ask the broker for its status");
    }
    for (const CurveKey& key : after.curve) {
      if (std::ranges::find(before.curve, key) == before.curve.end())
        Add("host", name, "has a new CURVE key " + key.value());
    }
    for (const CurveKey& key : before.curve) {
      if (std::ranges::find(after.curve, key) == after.curve.end())
        Add("host", name, "has no longer the CURVE key " + key.value());
    }
  }

  void AddNew(const Agency& agency) {
    Add("agency", agency.id.value(),
        "is new: " + agency.title + "; " + Join(Names(agency.roles)) + "; on " +
            agency.host.value());
    for (const AgencyKey& key : agency.keys)
      Add("agency", agency.id.value(), "has a new " + KeyName(key));
  }

  void CompareAgency(const Agency& before, const Agency& after) {
    const std::string& name = after.id.value();
    if (before.title != after.title) Add("agency", name, "is now called " + after.title);
    for (const Role& role : after.roles) {
      if (!before.Holds(role)) Add("agency", name, "now holds the role " + role.value());
    }
    for (const Role& role : before.roles) {
      if (!after.Holds(role)) Add("agency", name, "no longer holds the role " + role.value());
    }
    if (before.host != after.host) {
      Add("agency", name, "moves to host " + after.host.value() + " from " + before.host.value());
    }
    if (before.areas != after.areas) Add("agency", name, "has the areas " + Join(after.areas));
    CompareKeys(before, after);
  }

  void CompareKeys(const Agency& before, const Agency& after) {
    const std::string& name = after.id.value();
    for (const AgencyKey& key : after.keys) {
      const AgencyKey* const old = before_.FindKey(after.id, key.purpose, key.id);
      if (old == nullptr) {
        Add("agency", name, "has a new " + KeyName(key));
      } else if (old->state != key.state) {
        Add("agency", name,
            "has its " + KeyName(key) + " " + std::string(WordFor(key.state)) + ", no longer " +
                std::string(WordFor(old->state)));
      }
    }
    for (const AgencyKey& key : before.keys) {
      if (after_.FindKey(after.id, key.purpose, key.id) == nullptr)
        Add("agency", name, "has no longer its " + KeyName(key));
    }
  }

  const Directory& before_;
  const Directory& after_;
  std::vector<DirectoryChange> changes_;
};

}  // namespace

std::string_view WordFor(KeyState state) {
  switch (state) {
    case KeyState::kCurrent:
      return "current";
    case KeyState::kRetired:
      return "retired";
    case KeyState::kCompromised:
      return "compromised";
  }
  return "unknown";
}

std::vector<DirectoryChange> CompareDirectories(const Directory& before, const Directory& after) {
  return Comparison(before, after).Run();
}

}  // namespace havenline
