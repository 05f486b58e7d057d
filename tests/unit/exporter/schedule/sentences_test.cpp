// SPDX-License-Identifier: Apache-2.0
// What a person reads when a run fails, as a file that a person agreed on: each reason of each kind
// where the kind has nothing to add, and what is said of a database that cannot be reached.
#include <doctest/doctest.h>

#include <chrono>

#include "checks/support/pg/dial.h"
#include "checks/support/pg/failure.h"
#include "exporter/schedule/runner.h"
#include "tests/unit/checks/golden.h"
#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace holdfast::test;

namespace {

class Fails : public Check {
 public:
  explicit Fails(Error error) : error_(std::move(error)) {}
  Reading run(Run&) override {
    Reading reading;
    reading.failure = error_;
    return reading;
  }

 private:
  Error error_;
};

/// The finding of such a failure, as the daemon, the table and the page show it.
std::string finding_text(std::string_view kind, const std::string& title, Error error) {
  CheckConfig config = fake_check("demo");
  config.kind = kind;
  NoSeams none;
  Fails check(std::move(error));
  const Outcome outcome = run_once(check, config, Memory{}, none.dependencies());
  return holdfast::testing::render_findings(title, outcome.reading);
}

Database demo() {
  Database out;
  out.name = "demo";
  out.host = "db.example";
  out.port = "5432";
  out.dbname = "app";
  out.user = "holdfast";
  out.sslmode = "verify-full";
  return out;
}

}  // namespace

TEST_CASE("every reason of every kind reads as a sentence") {
  std::string out;
  for (const Kind* kind : all_kinds())
    for (const Reason reason : kind->reasons)
      out += finding_text(kind->name, std::string(kind->name), Error{reason, "read", "", ""});
  CHECK(out == holdfast::testing::golden("findings/reasons.txt", out));
}

TEST_CASE(
    "what is said of a database that cannot be reached names it, and where, and for how long") {
  const auto day = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000));
  std::string out;
  for (const Reason reason : find_kind("postgres")->reasons) {
    for (const char* phase : {"resolve", "tcp", "tls", "auth"}) {
      // Of the phases only a wait that ended, and an end, differ.
      const bool differs = reason == Reason::timed_out || reason == Reason::closed;
      if (!differs && phase != std::string_view("auth")) continue;
      Dialled dialled;
      dialled.refused_certificate = Certificate{"leaf", "db.example", day, day};
      dialled.error = Error{reason, phase, "", ""};
      const std::string text = describe_failure(demo(), dialled, std::chrono::seconds(5));
      out += finding_text("postgres", phase, Error{reason, phase, text, ""});
    }
  }
  CHECK(out == holdfast::testing::golden("findings/unreachable.txt", out));
}
