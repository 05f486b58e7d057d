// SPDX-License-Identifier: Apache-2.0
// The daemon's history for commands: read from the file, never written.
#include <filesystem>

#include "exporter/history/evidence_reader.h"
#include "exporter/history/history.h"
#include "exporter/history/schema.h"

namespace holdfast {
namespace {

class ReadHistory : public History {
 public:
  explicit ReadHistory(const std::string& path) : path_(path) {
    if (path.empty()) return;
    std::error_code ignored;
    // No problem: the daemon has not run yet.
    if (!std::filesystem::exists(path, ignored)) return;
    auto file = Sqlite::open(path, FileUse::read_only);
    const auto fit = file ? accept_history(**file) : Result<Done>(file.error());
    if (!fit) facts_.problem = fit.error().text;
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
    auto file = Sqlite::open(path_, FileUse::read_only);
    if (!file) return file.error();
    if (const auto fit = accept_history(**file); !fit) return fit.error();
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

}  // namespace holdfast
