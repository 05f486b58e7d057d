// SPDX-License-Identifier: Apache-2.0
#include "checks/memory.h"

#include <nlohmann/json.hpp>

namespace holdfast {
namespace {

using nlohmann::json;

// No kind nests deeper than eight; copying and writing JSON recurses once a level.
constexpr int kMaxDepth = 32;

}  // namespace

Memory::Memory(json object) : object_(std::make_shared<const json>(std::move(object))) {}

Memory Memory::parse(std::string_view text) {
  if (text.size() > kMaxMemoryBytes) return {};
  bool is_too_deep = false;
  const auto accept = [&](int depth, json::parse_event_t, const json&) {
    is_too_deep = is_too_deep || depth > kMaxDepth;
    return !is_too_deep;
  };
  json object = json::parse(text, accept, false);
  return object.is_object() && !is_too_deep ? Memory(std::move(object)) : Memory();
}

std::string Memory::render() const {
  return object_ ? object_->dump(-1, ' ', false, json::error_handler_t::replace) : std::string();
}

const json& Memory::object() const {
  static const json none = json::object();
  return object_ ? *object_ : none;
}

Memory Memory::of_target(const std::string& digest) const {
  const auto target = object().find("target");
  return target != object().end() && *target == digest ? *this : Memory();
}

void Memory::set_target(const std::string& digest) {
  json changed = object();
  changed["target"] = digest;
  *this = Memory(std::move(changed));
}

void Memory::erase_baseline() {
  if (!object().contains("baseline")) return;
  json changed = object();
  changed.erase("baseline");
  *this = Memory(std::move(changed));
}

bool Memory::operator==(const Memory& other) const {
  return object_ == other.object_ || (object_ && other.object_ && *object_ == *other.object_);
}

}  // namespace holdfast
