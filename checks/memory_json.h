// SPDX-License-Identifier: Apache-2.0
// States of kinds to and from a check's memory. A state is a struct with a constant kVersion and
// nlohmann's to_json and from_json in its own namespace. Heavy: included by .cpp files only.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "checks/memory.h"

namespace nlohmann {

/// An optional is its value or null.
template <class T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& out, const std::optional<T>& value) {
    out = value ? json(*value) : json();
  }
  static void from_json(const json& in, std::optional<T>& value) {
    value = in.is_null() ? std::nullopt : std::optional(in.get<T>());
  }
};

}  // namespace nlohmann

namespace holdfast {

/// The state in `memory`. A memory of another version or shape counts as none: a default state.
/// What the JSON library says of it is dropped, since it quotes values.
template <class State>
[[nodiscard]] State load_state(const Memory& memory) {
  const auto& object = memory.object();
  const auto version = object.find("version");
  if (version == object.end() || *version != State::kVersion) return {};
  try {
    return object.get<State>();
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

/// The memory that `load_state` reads. A state with a member `version` or `target`, which the
/// memory uses itself, is a programming error (std::logic_error).
template <class State>
[[nodiscard]] Memory save_state(const State& state) {
  nlohmann::json object = state;
  if (object.contains("version") || object.contains("target"))
    throw std::logic_error("a state has a member that its memory uses itself");
  object["version"] = State::kVersion;
  return Memory(std::move(object));
}

}  // namespace holdfast
