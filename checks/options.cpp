// SPDX-License-Identifier: Apache-2.0
#include "checks/options.h"

#include <stdexcept>

namespace holdfast {
namespace {

template <class T>
T value_or_zero(const std::map<std::string, OptionValue, std::less<>>& values,
                std::string_view name) {
  const auto found = values.find(name);
  if (found == values.end()) return T{};
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  throw std::logic_error("option asked for as another type than its table says");
}

}  // namespace

void Options::set(std::string name, OptionValue value) {
  values_.insert_or_assign(std::move(name), std::move(value));
}

bool Options::has(std::string_view name) const { return values_.contains(name); }
bool Options::flag(std::string_view name) const { return value_or_zero<bool>(values_, name); }
double Options::number(std::string_view name) const { return value_or_zero<double>(values_, name); }
Duration Options::duration(std::string_view name) const {
  return value_or_zero<Duration>(values_, name);
}
std::string Options::text(std::string_view name) const {
  return value_or_zero<std::string>(values_, name);
}
std::vector<std::string> Options::list(std::string_view name) const {
  return value_or_zero<std::vector<std::string>>(values_, name);
}
std::map<std::string, std::string> Options::map(std::string_view name) const {
  return value_or_zero<std::map<std::string, std::string>>(values_, name);
}
std::map<std::string, TextMap> Options::maps(std::string_view name) const {
  return value_or_zero<std::map<std::string, TextMap>>(values_, name);
}
Limit Options::limit(std::string_view name) const { return value_or_zero<Limit>(values_, name); }

}  // namespace holdfast
