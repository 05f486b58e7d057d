// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/expand.h"

#include <algorithm>

namespace holdfast {
namespace {

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && name.size() <= 64 && is_letter(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

class Expander {
 public:
  Expander(const Environment& environment, ConfigErrors& errors)
      : environment_(environment), errors_(errors) {}

  void walk(YamlNode& node, const std::string& path) {
    if (node.type == YamlNode::Type::scalar) expand(node, path);
    for (std::size_t i = 0; i < node.items.size(); ++i) walk(node.items[i], path_with(path, i));
    for (YamlEntry& entry : node.entries) walk(entry.value, path_with(path, entry.key));
  }

 private:
  void expand(YamlNode& node, const std::string& path) {
    std::string_view rest = node.text;
    if (rest.find("${") == std::string_view::npos) return;
    std::string out;
    while (!rest.empty() && !is_full_) {
      const std::size_t dollar = rest.find('$');
      out += rest.substr(0, dollar);
      if (dollar == std::string_view::npos) break;
      rest.remove_prefix(dollar);
      if (rest.starts_with("$${")) {
        out += "${";
        rest.remove_prefix(3);
      } else if (rest.starts_with("${")) {
        const std::size_t end = rest.find('}');
        if (end == std::string_view::npos) return error(node, path, "unclosed ${");
        out += value_of(node, path, rest.substr(2, end - 2));
        rest.remove_prefix(end + 1);
      } else {
        out += '$';
        rest.remove_prefix(1);
      }
      if (used_ + out.size() > kMaxExpandedBytes) {
        is_full_ = true;
        return error(node, path, "the file grows over 4 MiB when its variables are expanded");
      }
    }
    used_ += out.size();
    node.text = std::move(out);
  }

  std::string value_of(YamlNode& node, const std::string& path, std::string_view inside) {
    const std::size_t colon = inside.find(":-");
    const std::string name(inside.substr(0, colon));
    if (!is_variable_name(name)) {
      // Not quoted: a stray ${ may be part of a password.
      error(node, path, "${…} does not contain a variable name; write $${ for a literal ${");
      return {};
    }
    const std::optional<std::string> value = environment_(name);
    const bool has_default = colon != std::string_view::npos;
    if (value && !(value->empty() && has_default)) {
      node.from_variable = true;
      return *value;
    }
    if (has_default) return std::string(inside.substr(colon + 2));
    node.from_variable = true;
    error(node, path,
          "environment variable " + name + " is not set; set it or write ${" + name + ":-default}");
    return {};
  }

  void error(YamlNode& node, const std::string& path, std::string text) {
    errors_.add(node.line, node.column, path, std::move(text));
    node.type = YamlNode::Type::null;
    node.has_error = true;
  }

  const Environment& environment_;
  ConfigErrors& errors_;
  std::size_t used_ = 0;
  bool is_full_ = false;
};

}  // namespace

void expand_variables(YamlNode& root, const Environment& environment, ConfigErrors& errors) {
  Expander(environment, errors).walk(root, "");
}

}  // namespace holdfast
