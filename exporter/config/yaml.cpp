// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "checks/support/text/columns.h"
#include "exporter/config/source_text.h"

namespace holdfast {
namespace {

/// Ends the parsing from inside the event handler.
struct Refused {
  YAML::Mark mark;
  const char* text;
};

/// Builds the tree from yaml-cpp's events; its own Node would expand aliases and lose duplicates.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::vector<std::pair<YAML::Mark, const char*>>& errors) : errors_(errors) {}
  [[nodiscard]] YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { attach(node_at(mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    errors_.emplace_back(mark, "aliases (*name) are not supported; write out the value");
    YamlNode node = node_at(mark);
    node.has_error = true;
    attach(std::move(node));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    YamlNode node = node_at(mark);
    const bool is_plain = tag == "?" || tag.empty();
    if (!is_plain && tag != "!")
      errors_.emplace_back(mark, "tags (!name) are not supported; write the plain value");
    const bool is_null = is_plain && (value.empty() || value == "~" || value == "null");
    if (!is_null) node.type = YamlNode::Type::scalar;
    node.text = value;
    attach(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Type::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, YamlNode::Type::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    YamlNode node;
    YamlEntry key;
    bool has_key = false;
  };

  YamlNode node_at(const YAML::Mark& mark) {
    if (++count_ > kMaxConfigNodes) throw Refused{mark, "the file has over 100,000 values"};
    YamlNode node;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Type type) {
    if (frames_.size() >= static_cast<std::size_t>(kMaxConfigDepth))
      throw Refused{mark, "the file is nested deeper than 32 levels"};
    if (tag != "?" && tag != "!" && !tag.empty())
      errors_.emplace_back(mark, "tags (!name) are not supported; write the plain value");
    Frame frame;
    frame.node = node_at(mark);
    frame.node.type = type;
    frames_.push_back(std::move(frame));
  }

  void close() {
    YamlNode done = std::move(frames_.back().node);
    frames_.pop_back();
    attach(std::move(done));
  }

  void attach(YamlNode node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.type == YamlNode::Type::list) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      take_key(frame, node);
    } else {
      if (node.type == YamlNode::Type::null) {  // yaml-cpp places it at whatever comes next.
        node.line = frame.key.line;
        node.column = frame.key.column;
      }
      frame.key.value = std::move(node);
      frame.node.entries.push_back(std::move(frame.key));
      frame.has_key = false;
    }
  }

  void take_key(Frame& frame, const YamlNode& node) {
    frame.key = YamlEntry{node.text, node.line, node.column, {}};
    frame.has_key = true;
    if (node.type == YamlNode::Type::scalar) return;
    YAML::Mark mark;
    mark.line = node.line - 1;
    mark.column = node.column - 1;
    errors_.emplace_back(mark, "a key must be a single value");
  }

  std::vector<std::pair<YAML::Mark, const char*>>& errors_;
  std::vector<Frame> frames_;
  YamlNode root_;
  std::size_t count_ = 0;
};

struct Translation {
  const char* theirs;
  const char* ours;
};

// yaml-cpp's errors by the start of their text, the rest of which may quote the file. Not
// constexpr: not every version of yaml-cpp has them as constants.
const std::array<Translation, 21> kTranslations{{
    {YAML::ErrorMsg::END_OF_MAP_FLOW, "unclosed { or missing comma"},
    {YAML::ErrorMsg::END_OF_MAP, "the indentation does not match the keys above"},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, "unclosed [ or missing comma"},
    {YAML::ErrorMsg::END_OF_SEQ, "the indentation does not match the list above"},
    {YAML::ErrorMsg::FLOW_END, "unmatched ] or }"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a list is not allowed here"},
    {YAML::ErrorMsg::MAP_KEY, "a key is not allowed here"},
    {YAML::ErrorMsg::MAP_VALUE, "second colon on one line; quote the value"},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "tab in indentation; use spaces"},
    {YAML::ErrorMsg::EOF_IN_SCALAR, "unclosed quote"},
    {YAML::ErrorMsg::DOC_IN_SCALAR, "unclosed quote"},
    {YAML::ErrorMsg::INVALID_ESCAPE, "unknown escape sequence; use single quotes"},
    {YAML::ErrorMsg::INVALID_HEX, "unknown escape sequence; use single quotes"},
    {YAML::ErrorMsg::INVALID_UNICODE, "unknown escape sequence; use single quotes"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "a value cannot start with this character; quote it"},
    {YAML::ErrorMsg::CHAR_IN_SCALAR, "this character requires quotes around the value"},
    {YAML::ErrorMsg::CHAR_IN_BLOCK, "unexpected text after | or >"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "aliases (*name) are not supported; write out the value"},
    {YAML::ErrorMsg::CHAR_IN_ALIAS, "a value that starts with * must be quoted"},
    {YAML::ErrorMsg::ALIAS_NOT_FOUND, "a value that starts with * must be quoted"},
    {YAML::ErrorMsg::ANCHOR_NOT_FOUND, "a value that starts with & must be quoted"},
}};

std::string translate(const std::string& theirs) {
  for (const Translation& row : kTranslations)
    if (theirs.starts_with(row.theirs)) return row.ours;
  return "invalid YAML";
}

void find_duplicates(const YamlNode& node, const std::string& file, const std::string& path,
                     std::vector<ConfigError>& errors) {
  std::set<std::string_view> seen;
  for (const YamlEntry& entry : node.entries) {
    const std::string here = path_with(path, entry.key);
    if (!seen.insert(entry.key).second)
      errors.push_back({file, entry.line, entry.column, here, "duplicate key"});
    find_duplicates(entry.value, file, here, errors);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i)
    find_duplicates(node.items[i], file, path_with(path, i), errors);
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &YamlEntry::key);
  return found == entries.end() ? nullptr : &found->value;
}

std::string path_with(const std::string& path, std::string_view key) {
  const std::string shown = printable(key, 64);
  return path.empty() ? shown : path + "." + shown;
}

std::string path_with(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

YamlOutcome parse_yaml(const std::string& text, const std::string& file) {
  const SourceText lines(std::string_view(text).substr(0, kMaxConfigBytes));
  YamlOutcome out;
  out.errors = inspect(text, file);
  if (!out.errors.empty()) return out;
  const auto error_at = [&](const YAML::Mark& mark, std::string what) {
    const int line = mark.line + 1;
    out.errors.push_back({file, line, lines.column(line, mark.column + 1), "", std::move(what)});
  };
  std::vector<std::pair<YAML::Mark, const char*>> small;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    TreeBuilder builder(small);
    if (!parser.HandleNextDocument(builder)) {
      out.errors.push_back({file, 0, 0, "", "the file is empty"});
      return out;
    }
    out.root = builder.take_root();
    TreeBuilder rest(small);
    if (parser.HandleNextDocument(rest))
      out.errors.push_back({file, 0, 0, "", "the file contains a second document after ---"});
  } catch (const YAML::Exception& error) {
    out.root.reset();
    error_at(error.mark, translate(error.msg));
    return out;
  } catch (const Refused& refused) {
    out.root.reset();
    error_at(refused.mark, refused.text);
    return out;
  }
  for (const auto& [mark, what] : small) error_at(mark, what);
  lines.place(*out.root);
  find_duplicates(*out.root, file, "", out.errors);
  return out;
}

}  // namespace holdfast
