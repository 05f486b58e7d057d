// SPDX-License-Identifier: Apache-2.0
// Fakes of status store, scheduler and exposition that return what a test sets. Each is
// thread-safe; tests set it up before the server starts.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "exporter/web/web.h"

namespace holdfast::fakes {

class FakeBoard : public StatusStore {
 public:
  void configure(const Config& /*config*/) override {}
  Published publish(const std::string& /*check*/, const Outcome& /*outcome*/) override {
    return {};
  }
  void missed(const std::string& /*check*/, std::uint64_t /*runs*/) override {}
  [[nodiscard]] std::vector<CheckView> view() const override { return checks; }
  [[nodiscard]] std::optional<CheckView> view(const std::string& /*check*/) const override {
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::shared_ptr<const CheckPage>> pages() const override { return {}; }
  [[nodiscard]] std::uint64_t generation() const override { return grown; }

  std::vector<CheckView> checks;
  std::atomic<std::uint64_t> grown = 1;
};

/// Its probes wait while `hold` is set, until their deadline.
class FakeScheduler : public Scheduler {
 public:
  void configure(const Config& /*config*/) override {}
  void start() override {}
  void stop() override {}
  [[nodiscard]] Result<Outcome> probe(const std::string& check, const Deadline& deadline) override {
    asked_seconds = std::chrono::duration<double>(deadline.remaining()).count();
    if (failure) return *failure;
    if (check != "timeweb") return Error{Reason::missing, "", "", ""};
    ++waiting;
    while (hold && !deadline.is_over()) std::this_thread::yield();
    --waiting;
    if (deadline.is_over()) {
      return Error{deadline.remaining().count() > 0 ? Reason::stopped : Reason::timed_out, "", "",
                   ""};
    }
    return outcome;
  }
  [[nodiscard]] std::chrono::steady_clock::time_point heartbeat() const override {
    return std::chrono::steady_clock::now() - since_heartbeat.load();
  }
  [[nodiscard]] bool ready() const override { return is_ready; }
  [[nodiscard]] SchedulerFacts facts() const override { return {}; }

  std::optional<Error> failure;
  Outcome outcome;
  std::atomic<bool> hold = false;
  std::atomic<int> waiting = 0;
  std::atomic<bool> is_ready = true;
  std::atomic<double> asked_seconds = 0;
  std::atomic<std::chrono::seconds> since_heartbeat{};
};

class FakeExposition : public Exposition {
 public:
  [[nodiscard]] std::shared_ptr<const std::string> page(PageFormat format, bool gzip) override {
    if (gzip) return std::make_shared<const std::string>("\x1f\x8b squeezed");
    return format == PageFormat::openmetrics ? open_page : text_page;
  }
  [[nodiscard]] std::string probe_page(const std::string& check, PageFormat /*format*/,
                                       bool success, Duration /*took*/) override {
    return "# " + check + "\nprobe_success " + (success ? "1" : "0") + "\n";
  }
  void set_self(const SelfFacts& /*facts*/) override {}

  std::shared_ptr<const std::string> text_page =
      std::make_shared<const std::string>("holdfast_check_status 1\n");
  std::shared_ptr<const std::string> open_page = std::make_shared<const std::string>("# EOF\n");
};

}  // namespace holdfast::fakes
