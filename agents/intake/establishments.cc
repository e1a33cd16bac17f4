#include "agents/intake/establishments.h"

#include <algorithm>
#include <deque>
#include <set>

#include "agents/intake/register_reader.h"
#include "agents/intake/texts.h"
#include "schema/base/check.h"
#include "schema/exchange/formats.h"

namespace havenline::intake {
namespace {

constexpr std::size_t kGenerationsMax =
    1'000;  // Of successors; bounds a register that runs in circles.

// "371/2001" and "371-2001" are 3712001.
std::string LaestabOf(std::string_view text) {
  std::string digits(text);
  if (digits.size() == 8 && (digits[3] == '/' || digits[3] == '-' || digits[3] == ' '))
    digits.erase(3, 1);
  return digits.size() == 7 && IsDigits(digits) ? digits : "";
}

std::string ClosedWords(const Establishment& school, std::string_view why) {
  return "the establishment " + school.urn + " is not open" + std::string(why) +
         ": ask which school the child goes to now";
}

}  // namespace

bool Establishment::OpenOn(Day day) const {
  if (closed && *closed < day) return false;
  if (status == Status::kProposed) return opened && *opened <= day;
  return status == Status::kOpen;
}

Result<Establishments> Establishments::Parse(const RegisterFile& schools,
                                             const std::optional<RegisterFile>& links) {
  RegisterReader reader;
  RETURN_IF_FAULT(reader.ReadSchools(schools));
  if (links) RETURN_IF_FAULT(reader.ReadLinks(*links));
  return reader.Finish();
}

const Establishment* Establishments::Find(const std::string& urn) const {
  const auto at = by_urn_.find(urn);
  return at == by_urn_.end() ? nullptr : &at->second;
}

Placing Establishments::Place(const SchoolNamed& named, Day today) const {
  CHECK(named.given());
  if (!named.urn.empty()) {
    if (!exchange::IsUrn(named.urn))
      return std::string(exchange::WhyNotUrn(named.urn)) + ": correct it";
    const Establishment* const stated = Find(named.urn);
    if (stated == nullptr) {
      return "no establishment of the register has this URN: correct it, or bring the register up "
             "to date";
    }
    return PlaceOne(*stated, named, today);
  }
  if (!named.laestab.empty()) return PlaceLaestab(LaestabOf(named.laestab), today);
  return PlaceName(named.name, today);
}

// The establishment that teaches the pupils of `stated` today, or why nobody can say.
std::variant<const Establishment*, std::string> Establishments::Follow(const Establishment& stated,
                                                                       Day today) const {
  if (stated.OpenOn(today)) return &stated;
  std::deque<std::string> waiting = {stated.urn};
  std::set<std::string> seen = {stated.urn};
  Group open;
  bool known = false;
  while (!waiting.empty() && seen.size() < kGenerationsMax) {
    const auto successors = successors_.find(waiting.front());
    waiting.pop_front();
    if (successors == successors_.end()) continue;
    for (const std::string& urn : successors->second) {
      const Establishment* const next = Find(urn);
      if (next == nullptr || !seen.insert(urn).second) continue;
      known = true;
      if (next->OpenOn(today)) {
        open.push_back(next);
      } else {
        waiting.push_back(urn);
      }
    }
  }
  if (open.size() == 1) return open.front();
  if (open.size() > 1)
    return ClosedWords(stated, " and has " + std::to_string(open.size()) + " open successors");
  if (known) return ClosedWords(stated, " and no successor of it is open");
  return ClosedWords(stated, " and has no known successor");
}

Placing Establishments::PlaceOne(const Establishment& stated, const SchoolNamed& named,
                                 Day today) const {
  auto followed = Follow(stated, today);
  if (auto* const why = std::get_if<std::string>(&followed)) return std::move(*why);
  const Establishment* const now = std::get<const Establishment*>(followed);
  if (!named.laestab.empty()) {
    const std::string laestab = LaestabOf(named.laestab);
    if (laestab != stated.laestab && laestab != now->laestab)
      return "the URN and the LA/establishment number name different schools: correct one of them";
  }
  return Placed{&stated, now};
}

// An academy mostly keeps the number of the school it follows, so several may have it; one is open.
Placing Establishments::PlaceLaestab(const std::string& laestab, Day today) const {
  if (laestab.empty()) return "the LA/establishment number is not seven digits: correct it";
  const auto group = by_laestab_.find(laestab);
  if (group == by_laestab_.end()) {
    return "no establishment of the register has this LA/establishment number: correct it, or "
           "bring the "
           "register up to date";
  }
  Group open;
  std::ranges::copy_if(group->second, std::back_inserter(open),
                       [&](const Establishment* school) { return school->OpenOn(today); });
  if (open.size() == 1) return Placed{group->second.front(), open.front()};
  if (open.size() > 1)
    return "several open establishments have this LA/establishment number: give the URN";
  std::set<const Establishment*> followed;
  std::string why;
  for (const Establishment* const school : group->second) {
    auto next = Follow(*school, today);
    if (const auto* const found = std::get_if<const Establishment*>(&next)) {
      followed.insert(*found);
    } else {
      why = std::get<std::string>(next);
    }
  }
  if (followed.empty()) return why;
  if (followed.size() > 1)
    return "the establishment of this number is closed and has several open successors: give the "
           "URN";
  return Placed{group->second.front(), *followed.begin()};
}

// A name says less than a number: every establishment that ever had it must lead to the same open
// one.
Placing Establishments::PlaceName(const std::string& name, Day today) const {
  const auto group = by_name_.find(FoldedName(name));
  if (group == by_name_.end()) {
    return "no establishment of the register has this name: give the URN";
  }
  std::set<const Establishment*> followed;
  for (const Establishment* const school : group->second) {
    auto next = Follow(*school, today);
    if (const auto* const found = std::get_if<const Establishment*>(&next)) {
      followed.insert(*found);
    } else if (group->second.size() == 1) {
      return std::get<std::string>(next);
    } else {
      return std::to_string(group->second.size()) +
             " establishments have this name, not all of them open: give the URN";
    }
  }
  if (followed.size() > 1) {
    return std::to_string(followed.size()) + " establishments have this name: give the URN";
  }
  return Placed{group->second.front(), *followed.begin()};
}

}  // namespace havenline::intake
