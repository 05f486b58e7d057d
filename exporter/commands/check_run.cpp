// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/check_run.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>

#include "exporter/commands/commands.h"

namespace holdfast {
namespace {

// A run needs far less: TLS handshakes take some 60 KiB.
constexpr std::size_t kStackBytes = 512 * 1024;

/// Threads with small stacks that run the checks side by side.
class Workers {
 public:
  Workers(std::vector<CheckRun>& runs, const RunCheck& run_check, const KindOf& kind_of)
      : runs_(runs), run_check_(run_check), kind_of_(kind_of) {}

  void run_all() {
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, kStackBytes);
    std::vector<pthread_t> threads;
    const std::size_t wanted = std::min(runs_.size(), kMaxConcurrentRuns);
    for (std::size_t i = 1; i < wanted; ++i) {
      pthread_t thread{};
      // Fewer threads only make it slower: this one works too.
      if (::pthread_create(&thread, &attributes, &Workers::enter, this) != 0) break;
      threads.push_back(thread);
    }
    ::pthread_attr_destroy(&attributes);
    work();
    for (const pthread_t thread : threads) ::pthread_join(thread, nullptr);
  }

 private:
  static void* enter(void* self) {
    static_cast<Workers*>(self)->work();
    return nullptr;
  }

  void work() {
    for (std::size_t i = next_++; i < runs_.size(); i = next_++) run(runs_[i]);
  }

  void run(CheckRun& run) const {
    std::vector<OptionError> errors;
    const Kind* kind = kind_of_(run.config.kind);
    const std::unique_ptr<Check> check =
        kind != nullptr && kind->make != nullptr ? kind->make(run.config, errors) : nullptr;
    if (check != nullptr) {
      run.outcome = run_check_(*check, run.config);
    } else {
      run.outcome.reading.failure =
          Error{Reason::internal, "make", "the check could not be made", ""};
    }
  }

  std::vector<CheckRun>& runs_;
  const RunCheck& run_check_;
  const KindOf& kind_of_;
  std::atomic<std::size_t> next_{0};
};

}  // namespace

std::vector<CheckRun> run_all(const std::vector<CheckConfig>& checks, const RunCheck& run_check,
                              const KindOf& kind_of) {
  std::vector<CheckRun> runs;
  runs.reserve(checks.size());
  for (const CheckConfig& check : checks) runs.push_back({check, {}});
  Workers(runs, run_check, kind_of).run_all();
  return runs;
}

Outcome run_confirmed(const std::function<Outcome()>& run, const CheckConfig& config,
                      const Kind& kind, const std::function<bool(Duration)>& wait) {
  const auto is_fact = [&](const Finding& finding) {
    return std::ranges::any_of(kind.findings, [&](const FindingSpec& spec) {
      return spec.is_fact && spec.code == finding.code;
    });
  };
  Outcome outcome = run();
  for (int bad = 1; bad < config.confirm; ++bad) {
    const bool is_certain = std::ranges::any_of(outcome.reading.findings, is_fact);
    if (outcome.status == Status::ok || is_certain || !wait(config.retry_interval)) break;
    outcome = run();
  }
  return outcome;
}

Status worst_of(const std::vector<CheckRun>& runs) {
  Status worst = Status::ok;
  for (const CheckRun& run : runs) worst = std::max(worst, run.outcome.status);
  return worst;
}

int exit_code_of(Status status) {
  switch (status) {
    case Status::ok:
      return kExitOk;
    case Status::warning:
      return kExitWarning;
    case Status::critical:
      return kExitCritical;
    case Status::unknown:
      break;
  }
  return kExitUnknown;
}

}  // namespace holdfast
