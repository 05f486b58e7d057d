// SPDX-License-Identifier: Apache-2.0
// Stand-ins for the engine's tests: a clock that is stepped, seams that lead nowhere, and a kind
// whose checks do what a test says. Real targets are in tests/integration.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "exporter/config/config.h"
#include "exporter/metrics/status_store.h"
#include "exporter/schedule/runner.h"

namespace holdfast::test {

using namespace std::chrono_literals;

class StepClock : public Clock {
 public:
  [[nodiscard]] Now now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void step(Duration by) {
    const std::lock_guard lock(mutex_);
    now_.wall += std::chrono::duration_cast<std::chrono::system_clock::duration>(by);
    now_.steady += by;
  }

 private:
  mutable std::mutex mutex_;
  Now now_{std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)),
           std::chrono::steady_clock::time_point(std::chrono::hours(1))};
};

class NoDatabases : public Databases {
 public:
  Result<PgLease> lease(const Database&, const Deadline&, PgDialect) override {
    return Error{Reason::no_slot, "", "", ""};
  }
};

class NoResolver : public Resolver {
 public:
  Result<std::vector<std::string>> resolve(const std::string&, const Deadline&) override {
    return Error{Reason::name_not_found, "resolve", "", ""};
  }
};

/// All seams of one test.
struct NoSeams {
  NoDatabases databases;
  NoResolver resolver;
  StopEvent stop;
  [[nodiscard]] Dependencies dependencies(const Clock& clock = system_clock()) {
    return {databases, resolver, clock, stop};
  }
};

using Behaviour = std::function<Reading(Run&)>;

/// The kind `fake`: a check of it does what `behave` said for its name, else it reads well.
const Kind& fake_kind();
/// Finds `fake` and nothing else.
const Kind* find_fake(std::string_view name);
/// For the checks made after this call.
void behave(const std::string& check, Behaviour behaviour);

/// A check of the kind `fake`.
CheckConfig fake_check(std::string name, Duration interval = 15s, Duration timeout = 5s);

/// A failed reading.
Reading failing(Reason reason, std::string text = {});
/// A complete reading with one finding.
Reading finding(Severity severity, std::string code = "fake_sample");
/// An outcome of that reading that ended now.
Outcome outcome_of(Reading reading, const Clock& clock);

/// Waits for `condition` as long as anything sane may take; false when it never came.
bool eventually(const std::function<bool()>& condition, Duration patience = 60s);

}  // namespace holdfast::test
