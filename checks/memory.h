// SPDX-License-Identifier: Apache-2.0
// What a check keeps from one run to the next: one JSON object with the version of its shape, the
// digest of the target it describes and the kind's own state; "baseline" is the part that
// `baseline accept` removes. A value: `judge` gets one and returns the new one. Never holds a
// secret, a key or a key id. How states are converted: checks/memory_json.h.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace holdfast {

/// Of the JSON text; the runner rejects a larger one. 200 sessions with baselines by key type
/// over 24 hours fit twice.
inline constexpr std::size_t kMaxMemoryBytes = 1024 * 1024;

class Memory {
 public:
  Memory() = default;
  explicit Memory(nlohmann::json object);
  /// What `render` wrote; empty for any text that is not a bounded JSON object.
  [[nodiscard]] static Memory parse(std::string_view text);
  /// Empty for an empty memory. Bytes that are not UTF-8 are replaced.
  [[nodiscard]] std::string render() const;
  [[nodiscard]] std::size_t bytes() const { return render().size(); }
  [[nodiscard]] bool empty() const { return !object_; }
  /// The object; one without members for an empty memory.
  [[nodiscard]] const nlohmann::json& object() const;
  /// This memory if it describes that target, else an empty one.
  [[nodiscard]] Memory of_target(const std::string& digest) const;
  void set_target(const std::string& digest);
  void erase_baseline();
  bool operator==(const Memory& other) const;

 private:
  std::shared_ptr<const nlohmann::json> object_;  // Shared by copies, never changed.
};

}  // namespace holdfast
