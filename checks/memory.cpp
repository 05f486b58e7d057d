// SPDX-License-Identifier: Apache-2.0
#include "checks/memory.h"

namespace holdfast {

std::optional<double> Memory::number(std::string_view key) const {
  const auto found = map_.find(key);
  if (found == map_.end()) return std::nullopt;
  const auto* value = std::get_if<double>(&found->second);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::string> Memory::text(std::string_view key) const {
  const auto found = map_.find(key);
  if (found == map_.end()) return std::nullopt;
  const auto* value = std::get_if<std::string>(&found->second);
  return value ? std::optional(*value) : std::nullopt;
}

void Memory::set(std::string key, double value) { map_.insert_or_assign(std::move(key), value); }

void Memory::set(std::string key, std::string value) {
  map_.insert_or_assign(std::move(key), std::move(value));
}

void Memory::erase(std::string_view key) {
  if (const auto found = map_.find(key); found != map_.end()) map_.erase(found);
}

std::map<std::string, Memory::Value> Memory::with_prefix(std::string_view prefix) const {
  std::map<std::string, Value> out;
  for (auto it = map_.lower_bound(prefix); it != map_.end() && it->first.starts_with(prefix); ++it)
    out.insert(*it);
  return out;
}

std::size_t Memory::bytes() const {
  std::size_t sum = 0;
  for (const auto& [key, value] : map_) {
    const auto* text = std::get_if<std::string>(&value);
    sum += key.size() + (text ? text->size() : sizeof(double));
  }
  return sum;
}

}  // namespace holdfast
