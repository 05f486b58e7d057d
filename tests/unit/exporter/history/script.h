// SPDX-License-Identifier: Apache-2.0
// A script of readings of one check, for the tests that fail the disk or kill the process midway:
// each step is one reading with everything a reading can record.
#pragma once

#include <memory>
#include <string>

#include "exporter/history/history.h"

namespace holdfast::test {

class FaultyDisk;

/// A directory that is deleted with the test.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return name_; }
  [[nodiscard]] std::string file() const { return name_ + "/history.db"; }
  /// Whether a damaged file was set aside in it.
  [[nodiscard]] bool has_set_aside() const;

 private:
  std::string name_;
};

/// Clocks controlled by the test.
class HandClock : public HistoryClock {
 public:
  Moment moment{WallTime(std::chrono::seconds(1'700'000'000)), std::chrono::seconds(1000),
                std::chrono::seconds(1000)};
  std::string boot = "boot-1";
  [[nodiscard]] Moment now() const override { return moment; }
  [[nodiscard]] std::string boot_id() const override { return boot; }
  void pass(Duration time);
};

inline constexpr const char* kScriptCheck = "db";
/// The time of that step.
[[nodiscard]] WallTime script_time(int step);
/// The reading of that step, the first being 0; `filler` bytes of memory make its write longer.
[[nodiscard]] Observation script_step(int step, std::size_t filler);
/// A history in that file, on that disk or the system's, without its own writing thread.
[[nodiscard]] std::unique_ptr<History> open_on(const std::string& file, const HandClock& clock,
                                               const FaultyDisk* disk = nullptr);
/// Everything the history holds of the script, as one text.
[[nodiscard]] std::string script_state(History& history);

}  // namespace holdfast::test
