// What a decision costs, and what making the table costs that it is looked up in: on the Rotherham
// policy, and on one of the size that a large partnership may reach.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <benchmark/benchmark.h>

#include "deploy/havenline/policy_source.h"
#include "policy/policy.h"
#include "schema/base/check.h"

namespace havenline::policy {
namespace {

std::string Rotherham() {
  const auto joined = JoinFolder(std::string(HAVENLINE_SOURCE) + "/policy/partnerships/rotherham");
  CHECK(joined.has_value());
  return joined->text;
}

// Twenty exchanges of 32 sections and 1,200 cases each, forty roles, six profiles.
std::string Large() {
  std::string roles;
  std::string names;
  for (int i = 0; i < 40; ++i) {
    roles += "role-of-agency-" + std::to_string(i) + " = \"R\"\n";
    names += (i == 0 ? "\"" : ", \"") + ("role-of-agency-" + std::to_string(i)) + "\"";
  }
  std::string text = "document = \"policy\"\npartnership = \"large\"\nversion = 1\n[roles]\n" +
                     roles + "[purposes]\ncare = \"Care\"\n";
  for (int i = 0; i < 6; ++i) {
    text += "[[profile]]\nname = \"p" + std::to_string(i) + "\"\nsenders = [\"police.force-" +
            std::to_string(i) + "\"]\n";
  }
  std::string rules;
  for (int e = 0; e < 20; ++e) {
    const std::string name = "exchange-number-" + std::to_string(e);
    std::string sections = "\"exclusions\"";
    for (int s = 1; s < 32; ++s) sections += ", \"section" + std::to_string(s) + "\"";
    text += "[exchange." + name +
            "]\nversion = 1\nslots = 64\nconsent = \"not-required\"\nsections = [" + sections +
            "]\n";
    for (const char* const claim : {"risk", "part", "area"}) {
      text +=
          "[[exchange." + name + ".claim]]\nname = \"" + claim +
          "\"\nsource = \"section1\"\nvalues = [\"unknown\", \"a\", \"b\", \"c\", \"d\", \"e\"]\n";
    }
    for (const char* const risk : {"a", "b", "c"}) {
      rules += "[[share]]\nrule = \"S" + std::to_string(e) + risk + "\"\nexchange = \"" + name +
               "\"\nfrom = [\"role-of-agency-0\"]\nto = [" + names + "]\nwhen = { risk = [\"" +
               risk +
               "\"] }\nsections = [\"*\"]\nbasis = "
               "\"ca2004-s11\"\npurpose = \"care\"\nwhy = \"w\"\n";
    }
  }
  return text + rules;
}

struct Sample {
  explicit Sample(const std::string& text) {
    const auto begin = std::chrono::steady_clock::now();
    auto parsed = Policy::Parse(text, "bench");
    compile = std::chrono::steady_clock::now() - begin;
    if (!parsed) {
      std::fprintf(stderr, "%s\n", parsed.error().detail.c_str());
      std::exit(1);
    }
    policy = std::make_unique<Policy>(*std::move(parsed));
    for (const auto& place : policy->table()) cells += place.second.size();
    AddQuestions();
  }

  void AddQuestions() {
    for (const auto& [key, place] : policy->table()) {
      const auto& [exchange, profile, from, to] = key;
      AgencyId sender("police.of-no-profile");
      for (const auto& [agency, of] : policy->profiles())
        if (of == profile) sender = agency;
      std::vector<ClaimOpening> claims;
      for (const Claim& claim : policy->Find(exchange)->claims)
        claims.push_back({Salt{}, claim.name, claim.values.back()});
      asked.push_back({exchange, sender, from, to, std::move(claims)});
    }
  }

  struct Asked {
    ExchangeName exchange;
    AgencyId sender;
    Role from;
    Role to;
    std::vector<ClaimOpening> claims;
  };
  std::unique_ptr<Policy> policy;
  std::vector<Asked> asked;
  std::size_t cells = 0;
  std::chrono::nanoseconds compile{};
};

const Cell& Look(const Sample& sample, std::size_t i) {
  const Sample::Asked& asked = sample.asked[i % sample.asked.size()];
  return sample.policy->Look(
      {asked.exchange, asked.sender, asked.from, asked.to, asked.claims, TimePoint()});
}

// Each look-up timed apart, in runs of 16 so that the clock's own cost does not count.
double MedianOf(const Sample& sample) {
  std::vector<double> nanoseconds;
  for (std::size_t run = 0; run < 20'000; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < 16; ++i) {
      const Cell* cell = &Look(sample, run * 7 + i * 31);
      benchmark::DoNotOptimize(cell);
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    nanoseconds.push_back(took.count() / 16);
  }
  std::ranges::nth_element(nanoseconds, nanoseconds.begin() + 10'000);
  return nanoseconds[10'000];
}

void Decide(benchmark::State& state, const Sample* sample) {
  std::size_t i = 0;
  for (auto _ : state) {  // NOLINT(clang-analyzer-deadcode.DeadStores): the library's own loop.
    const Cell* cell = &Look(*sample, i += 31);
    benchmark::DoNotOptimize(cell);
  }
  state.counters["cells"] = static_cast<double>(sample->cells);
  state.counters["p50_ns"] = MedianOf(*sample);
  state.counters["compile_ms"] = static_cast<double>(sample->compile.count()) / 1e6;
}

}  // namespace
}  // namespace havenline::policy

int main(int argc, char** argv) {
  using namespace havenline::policy;  // NOLINT(google-build-using-namespace): its own main.
  const Sample rotherham(Rotherham());
  const Sample large(Large());
  benchmark::RegisterBenchmark("Decide/rotherham", Decide, &rotherham);
  benchmark::RegisterBenchmark("Decide/large", Decide, &large);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
