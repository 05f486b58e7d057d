// SPDX-License-Identifier: Apache-2.0
// What a check remembers between two looks: a flat, ordered map of numbers and short texts.
// A value: `judge` gets one and returns the new one. Never holds a secret, a key or a key id.
// Bounded by kMaxMemoryBytes; the runner refuses a larger one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace holdfast {

/// The design allows 1 MiB a check: baselines of 200 sessions by type over 24 hours fit twice.
inline constexpr std::size_t kMaxMemoryBytes = 1024 * 1024;

class Memory {
 public:
  using Value = std::variant<double, std::string>;

  [[nodiscard]] std::optional<double> number(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  void set(std::string key, double value);
  void set(std::string key, std::string value);
  void erase(std::string_view key);
  /// All entries whose key begins with `prefix`, in key order.
  [[nodiscard]] std::map<std::string, Value> with_prefix(std::string_view prefix) const;
  [[nodiscard]] const std::map<std::string, Value, std::less<>>& entries() const { return map_; }
  [[nodiscard]] bool empty() const { return map_.empty(); }
  /// Bytes of keys and values, what the bound is about.
  [[nodiscard]] std::size_t bytes() const;
  bool operator==(const Memory&) const = default;

 private:
  std::map<std::string, Value, std::less<>> map_;
};

}  // namespace holdfast
