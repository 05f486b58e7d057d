// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/history.h"

#include <charconv>
#include <filesystem>

#include "exporter/history/evidence_reader.h"
#include "exporter/history/history_file.h"

namespace holdfast {
namespace {

// The daemon's history for commands: read from the file, never written.
class ReadHistory : public History {
 public:
  explicit ReadHistory(const std::string& path) : path_(path) {
    if (path.empty()) return;
    std::error_code ignored;
    // No problem: the daemon has not run yet.
    if (!std::filesystem::exists(path, ignored)) return;
    auto file = open_existing_history(path, FileUse::read_only);
    if (!file) facts_.problem = file.error().text;
    if (!file) return;
    memories_ = read_memories(**file);
    notes_ = read_notes(**file);
  }

  Memory recall(const std::string& check) override {
    const auto found = memories_.find(check);
    return found == memories_.end() ? Memory{} : found->second;
  }
  std::optional<std::string> note(const std::string& key) override {
    const auto found = notes_.find(key);
    if (found == notes_.end()) return std::nullopt;
    return found->second;
  }
  Result<Evidence> evidence(const Span& range, const std::vector<std::string>& checks) override {
    if (path_.empty())
      return Error{Reason::missing, "history", "no history file is configured", ""};
    auto file = open_existing_history(path_, FileUse::read_only);
    if (!file) return file.error();
    return read_evidence(**file, range, checks);
  }
  void record(Observation) override {}
  void forget(const std::string&) override {}
  void keep_note(const std::string&, const std::string&) override {}
  void keep_limits(const std::map<std::string, std::string>&, WallTime) override {}
  void set_keep(Duration, std::optional<WallTime>) override {}
  [[nodiscard]] HistoryFacts facts() const override { return facts_; }

 private:
  const std::string path_;
  std::map<std::string, Memory> memories_;
  std::map<std::string, std::string> notes_;
  HistoryFacts facts_;
};

}  // namespace

std::unique_ptr<History> read_history(const std::string& path) {
  return std::make_unique<ReadHistory>(path);
}

WallTime parse_moment_note(const std::string& text) {
  std::int64_t at = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), at);
  return from_file_time(at);
}

WallTime window_start(History& history, const std::string& window, WallTime now) {
  const std::string key = "window_start/" + window;
  if (const auto known = history.note(key)) return parse_moment_note(*known);
  history.keep_note(key, std::to_string(to_file_time(now)));
  return from_file_time(to_file_time(now));
}

}  // namespace holdfast
