// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/status_store.h"

#include <algorithm>
#include <mutex>

#include "exporter/metrics/confirmation.h"
#include "exporter/metrics/series_store.h"

namespace holdfast {
namespace {

using SteadyPoint = std::chrono::steady_clock::time_point;

// Fine in the range of queries over TLS (1 to 500 ms), up to the usual timeouts.
std::vector<double> duration_bounds() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

// For checks of an unknown kind, so that they still have a page.
const Kind& no_kind() {
  static const Kind kind{.name = "none"};
  return kind;
}

// The state of one configured check, and its page.
class CheckState {
 public:
  CheckState(const CheckConfig& config, const Kind* kind)
      : kind_(kind ? *kind : no_kind()), store_(kind_) {
    page_.config = config;
    page_.kind = &kind_;
    page_.durations = HistogramValue(duration_bounds());
    page_.view.name = config.name;
    page_.view.kind = config.kind;
    page_.view.database = config.database.name;
    page_.view.interval = config.interval;
    for (const Reason reason : kind_.reasons) page_.failures[reason] = 0;
    page_.failures[Reason::internal] = 0;
    page_.failures[Reason::own_limit] = 0;
  }

  [[nodiscard]] const CheckConfig& config() const { return page_.config; }
  void miss(std::uint64_t runs) { page_.missed += runs; }
  Published take(const Outcome& outcome);
  /// Applies what changes with time alone; true when something changed.
  bool sweep(SteadyPoint now);
  [[nodiscard]] SteadyPoint next_sweep() const;
  [[nodiscard]] std::shared_ptr<const CheckPage> render();

 private:
  [[nodiscard]] SteadyPoint fresh_until() const {
    if (!page_.view.fresh || !page_.view.last_run) return SteadyPoint::max();
    return page_.view.last_run->steady + 2 * page_.config.interval + page_.config.timeout;
  }

  const Kind& kind_;
  SeriesStore store_;
  Confirmation confirmation_;
  CheckPage page_;
};

Published CheckState::take(const Outcome& outcome) {
  const Reading& reading = outcome.reading;
  CheckView& view = page_.view;
  Published change;
  change.before = view.confirmed;
  change.first_failure =
      reading.failure && (!view.failure || view.failure->reason != reading.failure->reason);

  confirmation_.take(
      reading, outcome.ended.wall, std::max(1, page_.config.confirm), [&](std::string_view code) {
        const auto spec = std::ranges::find(kind_.findings, code, &FindingSpec::code);
        return spec != kind_.findings.end() && spec->is_fact;
      });
  store_.take(reading.samples, outcome.ended.steady);
  page_.durations.observe(seconds(outcome.took()));
  if (reading.failure) ++page_.failures[reading.failure->reason];

  ++view.runs;
  view.raw = outcome.status;
  view.confirmed = confirmation_.status();
  view.since = confirmation_.since();
  view.success = !reading.failure;
  view.fresh = true;
  view.last_run = outcome.ended;
  if (view.success) view.last_success = outcome.ended;
  view.took = outcome.took();
  view.failure = reading.failure;
  view.findings = reading.findings;
  view.not_judged = reading.not_judged;
  view.notes = reading.notes;
  view.incidents = confirmation_.incidents();
  page_.labels_dropped = store_.dropped();

  change.after = view.confirmed;
  change.needs_retry = confirmation_.needs_retry();
  change.incidents = confirmation_.records(view.name);
  return change;
}

bool CheckState::sweep(SteadyPoint now) {
  bool changed = false;
  if (fresh_until() <= now) {
    CheckView& view = page_.view;
    view.fresh = false;
    view.success = false;
    view.raw = Status::unknown;
    // No reading for too long: ok and warning are no longer known to be true.
    view.confirmed = std::max(view.confirmed, Status::unknown);
    view.findings.clear();
    view.notes.clear();
    store_.drop_stale();
    changed = true;
  }
  if (store_.next_expiry() <= now) {
    store_.drop_expired(now);
    changed = true;
  }
  return changed;
}

SteadyPoint CheckState::next_sweep() const { return std::min(fresh_until(), store_.next_expiry()); }

std::shared_ptr<const CheckPage> CheckState::render() {
  page_.series = store_.series();
  return std::make_shared<const CheckPage>(page_);
}

class LatestStatusStore : public StatusStore {
 public:
  LatestStatusStore(const Clock& clock, FindKind find) : clock_(clock), find_(std::move(find)) {}

  void configure(const Config& config) override;
  Published publish(const std::string& check, const Outcome& outcome) override;
  void missed(const std::string& check, std::uint64_t runs) override;
  [[nodiscard]] std::vector<CheckView> view() const override;
  [[nodiscard]] std::optional<CheckView> view(const std::string& check) const override;
  [[nodiscard]] std::vector<std::shared_ptr<const CheckPage>> pages() const override;
  [[nodiscard]] std::uint64_t generation() const override;

 private:
  struct Entry {
    std::unique_ptr<CheckState> state;
    std::shared_ptr<const CheckPage> page;
  };
  void sweep() const;

  const Clock& clock_;
  const FindKind find_;
  // Readers sweep as well, since readings expire between runs; hence mutable.
  mutable std::mutex mutex_;
  mutable std::map<std::string, Entry> entries_;
  std::vector<std::string> order_;  // Of the configuration.
  mutable std::uint64_t generation_ = 1;
  mutable SteadyPoint next_sweep_ = SteadyPoint::max();
};

void LatestStatusStore::configure(const Config& config) {
  const std::lock_guard lock(mutex_);
  std::map<std::string, Entry> old;
  old.swap(entries_);
  order_.clear();
  for (const CheckConfig& check : config.checks) {
    order_.push_back(check.name);
    const auto known = old.find(check.name);
    if (known != old.end() && known->second.state->config() == check) {
      entries_.insert(old.extract(known));
      continue;
    }
    auto state = std::make_unique<CheckState>(check, find_(check.kind));
    auto page = state->render();
    entries_.insert_or_assign(check.name, Entry{std::move(state), std::move(page)});
  }
  ++generation_;
}

Published LatestStatusStore::publish(const std::string& check, const Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(check);
  if (at == entries_.end()) return {};
  Published change = at->second.state->take(outcome);
  at->second.page = at->second.state->render();
  next_sweep_ = std::min(next_sweep_, at->second.state->next_sweep());
  ++generation_;
  return change;
}

void LatestStatusStore::missed(const std::string& check, std::uint64_t runs) {
  const std::lock_guard lock(mutex_);
  const auto at = entries_.find(check);
  if (at == entries_.end()) return;
  at->second.state->miss(runs);
  at->second.page = at->second.state->render();
  ++generation_;
}

void LatestStatusStore::sweep() const {
  const SteadyPoint now = clock_.now().steady;
  if (now < next_sweep_) return;
  next_sweep_ = SteadyPoint::max();
  for (auto& [name, entry] : entries_) {
    if (entry.state->sweep(now)) {
      entry.page = entry.state->render();
      ++generation_;
    }
    next_sweep_ = std::min(next_sweep_, entry.state->next_sweep());
  }
}

std::vector<CheckView> LatestStatusStore::view() const {
  std::vector<CheckView> out;
  for (const auto& page : pages()) out.push_back(page->view);
  return out;
}

std::optional<CheckView> LatestStatusStore::view(const std::string& check) const {
  const std::lock_guard lock(mutex_);
  sweep();
  const auto at = entries_.find(check);
  if (at == entries_.end()) return std::nullopt;
  return at->second.page->view;
}

std::vector<std::shared_ptr<const CheckPage>> LatestStatusStore::pages() const {
  const std::lock_guard lock(mutex_);
  sweep();
  std::vector<std::shared_ptr<const CheckPage>> out;
  out.reserve(order_.size());
  for (const std::string& name : order_) out.push_back(entries_.at(name).page);
  return out;
}

std::uint64_t LatestStatusStore::generation() const {
  const std::lock_guard lock(mutex_);
  sweep();
  return generation_;
}

}  // namespace

std::unique_ptr<StatusStore> make_status_store(const Clock& clock, FindKind find) {
  return std::make_unique<LatestStatusStore>(clock, std::move(find));
}

}  // namespace holdfast
