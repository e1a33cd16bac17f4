// A decision is a look-up: it allocates nothing, whatever is asked. Counted by an operator new of
// this program's own.

#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "tests/policy/texts.h"

namespace {
std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) return memory;  // NOLINT(cppcoreguidelines-no-malloc)
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc)
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc)
}

namespace havenline::policy {
namespace {

// Longer than a string that needs no memory of its own.
std::string Long(const std::string& name) { return name + "-" + std::string(40, 'x'); }

std::string LongText() {
  std::string text(kGood);
  for (const std::string name : {"notice", "police", "school", "brief"}) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 46)) {
      const bool whole =
          at > 0 && (text[at - 1] == '"' || text[at - 1] == '.' || text[at - 1] == '\n');
      const char next = text[at + name.size()];
      if (whole && (next == '"' || next == ']' || next == '.' || next == ' '))
        text.replace(at, name.size(), Long(name));
    }
  }
  return text;
}

TEST(AllocationTest, ALookUpAllocatesNothingWhateverIsAsked) {
  const std::string text = LongText();
  const auto policy = Policy::Parse(text, "p.toml");
  ASSERT_TRUE(policy.has_value()) << policy.error().detail << text;
  const ExchangeName notice(Long("notice"));
  const ExchangeName unknown(Long("unknown"));
  const AgencyId brief("police." + Long("brief"));
  const AgencyId other("police." + Long("other"));
  const Role police(Long("police"));
  const Role school(Long("school"));
  const Role nobody(Long("nobody"));
  const std::vector<ClaimOpening> claims = {{Salt{}, "risk", "high"}, {Salt{}, "part", "victim"}};
  const std::vector<ClaimOpening> wrong = {{Salt{}, "risk", Long("high")},
                                           {Salt{}, "part", "victim"}};
  const std::size_t before = allocations;
  const Cell& told = policy->Look({notice, other, police, school, claims, kNow});
  const Cell& less = policy->Look({notice, brief, police, school, claims, kNow});
  const Cell& none = policy->Look({unknown, other, police, school, claims, kNow});
  const Cell& no_role = policy->Look({notice, other, police, nobody, claims, kNow});
  const Cell& no_value = policy->Look({notice, other, police, school, wrong, kNow});
  EXPECT_EQ(allocations, before);
  EXPECT_NE(told.sections, 0U);
  EXPECT_NE(less.sections, 0U);
  EXPECT_EQ(none.sections | no_role.sections | no_value.sections, 0U);
}

TEST(AllocationTest, TheCounterCounts) {
  const std::size_t before = allocations;
  const std::string text(100, 'x');
  EXPECT_GT(allocations, before) << text;
}

}  // namespace
}  // namespace havenline::policy
