// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/series_store.h"

#include <algorithm>
#include <cmath>

#include "checks/support/text/utf8.h"

namespace holdfast {
namespace {

constexpr std::string_view kOther = "_other";

}  // namespace

void HistogramValue::observe(double value) {
  if (!std::isfinite(value) || counts.empty()) return;
  const auto bound = std::ranges::lower_bound(bounds, value);
  ++counts.at(static_cast<std::size_t>(bound - bounds.begin()));
  sum += value;
  ++count;
}

SeriesStore::SeriesStore(const Kind& kind) : kind_(kind) {
  const std::string up = std::string(kind.name) + "_up";
  const auto found = std::ranges::find(kind.metrics, up, &MetricSpec::name);
  if (found != kind.metrics.end() && found->labels.empty()) up_ = &*found;
  keep_up();
}

void SeriesStore::keep_up() {
  if (up_) set_.try_emplace(Key{up_, {}});
}

bool SeriesStore::is_ours(const Sample& sample) const {
  const MetricSpec* spec = sample.spec;
  return std::ranges::any_of(kind_.metrics, [&](const MetricSpec& own) { return &own == spec; }) &&
         sample.labels.size() == spec->labels.size() &&
         (spec->type == MetricType::histogram) == (sample.kind == SampleKind::observe);
}

bool SeriesStore::admit(const Sample& sample, std::vector<std::string>& labels) {
  const auto& names = sample.spec->labels;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string value = plain_text(sample.labels.at(i), kMaxNameBytes);
    std::set<std::string>& known = label_values_[names.at(i)];
    if (known.contains(value)) {
      labels.push_back(std::move(value));
      continue;
    }
    if (known.size() < kMaxLabelValues) {
      known.insert(value);
      labels.push_back(std::move(value));
      continue;
    }
    ++dropped_;
    if (!sample.spec->additive) return false;
    labels.emplace_back(kOther);
  }
  return true;
}

void SeriesStore::take_one(const Sample& sample, TimePoint now, std::map<Key, Set>& fresh,
                           std::set<Key>& others) {
  if (std::isnan(sample.value)) return;  // Not a number: the kind reports a finding instead.
  Key key{sample.spec, {}};
  if (!admit(sample, key.second)) return;
  const bool is_other = std::ranges::find(key.second, kOther) != key.second.end();
  switch (sample.kind) {
    case SampleKind::set: {
      Set& entry = fresh[key];
      const bool sums = is_other && !others.insert(key).second;
      entry.value = sums ? entry.value + sample.value : sample.value;
      if (sample.valid_for > Duration{}) entry.valid_until = now + sample.valid_for;
      break;
    }
    case SampleKind::add:
      // Counters never decrease; a negative increment is an error of the kind.
      if (std::isfinite(sample.value) && sample.value >= 0) added_[key] += sample.value;
      break;
    case SampleKind::observe:
      observed_.try_emplace(key, sample.spec->buckets).first->second.observe(sample.value);
      break;
  }
}

void SeriesStore::take(const std::vector<Sample>& samples, TimePoint now) {
  drop_expired(now);
  std::erase_if(set_, [](const auto& entry) { return entry.second.valid_until == TimePoint{}; });
  release_labels(samples);
  dropped_ = 0;
  std::map<Key, Set> fresh;
  std::set<Key> others;
  for (const Sample& sample : samples) {
    if (is_ours(sample)) take_one(sample, now, fresh, others);
  }
  fresh.merge(set_);  // The newer value wins.
  set_ = std::move(fresh);
  keep_up();
}

void SeriesStore::drop_stale() {
  std::erase_if(set_, [](const auto& entry) { return entry.second.valid_until == TimePoint{}; });
  keep_up();
}

void SeriesStore::drop_expired(TimePoint now) {
  std::erase_if(set_, [&](const auto& entry) {
    return entry.second.valid_until != TimePoint{} && entry.second.valid_until <= now;
  });
  keep_up();
}

SeriesStore::TimePoint SeriesStore::next_expiry() const {
  TimePoint next = TimePoint::max();
  for (const auto& [key, entry] : set_) {
    if (entry.valid_until != TimePoint{}) next = std::min(next, entry.valid_until);
  }
  return next;
}

// Frees label values that neither a stored series nor this reading uses.
void SeriesStore::release_labels(const std::vector<Sample>& samples) {
  std::map<std::string_view, std::set<std::string>> used;
  const auto note = [&](const Key& key) {
    for (std::size_t i = 0; i < key.second.size(); ++i) {
      if (key.second[i] != kOther) used[key.first->labels.at(i)].insert(key.second[i]);
    }
  };
  for (const auto& [key, value] : set_) note(key);
  for (const auto& [key, value] : added_) note(key);
  for (const auto& [key, value] : observed_) note(key);
  for (const Sample& sample : samples) {
    if (!is_ours(sample)) continue;
    for (std::size_t i = 0; i < sample.labels.size(); ++i) {
      const std::string_view name = sample.spec->labels[i];
      std::string value = plain_text(sample.labels[i], kMaxNameBytes);
      if (label_values_[name].contains(value)) used[name].insert(std::move(value));
    }
  }
  label_values_ = std::move(used);
}

std::vector<Series> SeriesStore::series() const {
  std::vector<Series> out;
  out.reserve(set_.size() + added_.size() + observed_.size());
  for (const auto& [key, entry] : set_) out.push_back({key.first, key.second, entry.value, {}});
  for (const auto& [key, value] : added_) {
    if (!set_.contains(key)) out.push_back({key.first, key.second, value, {}});
  }
  for (const auto& [key, value] : observed_) out.push_back({key.first, key.second, 0, value});
  std::ranges::sort(out, [](const Series& a, const Series& b) {
    return std::tie(a.spec->name, a.labels) < std::tie(b.spec->name, b.labels);
  });
  return out;
}

}  // namespace holdfast
