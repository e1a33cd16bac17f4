#include "deploy/runtime/metrics_file.h"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/runtime/files.h"
#include "tests/fakes/scratch_directory.h"

namespace havenline {
namespace {

using Kind = Metric::Kind;

// As Prometheus' exposition format, version 0.0.4, wants it.
TEST(MetricsFileTest, IsWrittenAsPrometheusReadsIt) {
  EXPECT_EQ(MetricsText({{"written_seconds", Kind::kGauge, 1795355402.662},
                         {"answers_total", Kind::kCounter, 3, Metric::Label{"answer", "accepted"}},
                         {"answers_total", Kind::kCounter, 0, Metric::Label{"answer", "refused"}}}),
            "# TYPE written_seconds gauge\n"
            "written_seconds 1795355402.662\n"
            "# TYPE answers_total counter\n"
            "answers_total{answer=\"accepted\"} 3\n"
            "answers_total{answer=\"refused\"} 0\n");
}

TEST(MetricsFileTest, LargeCountsStayWhole) {
  EXPECT_EQ(MetricsText({{"bytes", Kind::kGauge, 74'833'592'320.0}}),
            "# TYPE bytes gauge\nbytes 74833592320\n");
}

TEST(MetricsFileTest, EverybodyMayReadItAndNothingIsLeftBeside) {
  const ScratchDirectory scratch;
  const auto path = scratch / "broker.prom";
  ASSERT_TRUE(WriteMetrics(path, {{"one", Kind::kGauge, 1}}));
  ASSERT_TRUE(WriteMetrics(path, {{"one", Kind::kGauge, 2}}));
  EXPECT_EQ(ToText(ReadFile(path, 1000).value()), "# TYPE one gauge\none 2\n");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
  EXPECT_EQ(ListDirectory(scratch.path(), 10)->entries.size(), 1U);
}

TEST(MetricsFileTest, AFolderThatIsNotThereIsAFault) {
  const ScratchDirectory scratch;
  EXPECT_FALSE(WriteMetrics(scratch / "none" / "broker.prom", {}));
}

}  // namespace
}  // namespace havenline
