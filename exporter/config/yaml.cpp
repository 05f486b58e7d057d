// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "exporter/config/source_text.h"
#include "exporter/text.h"

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
  explicit TreeBuilder(std::vector<std::pair<YAML::Mark, const char*>>& faults) : faults_(faults) {}
  [[nodiscard]] YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { attach(node_at(mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    faults_.emplace_back(mark, "aliases (*name) are not taken here; write the value out");
    YamlNode node = node_at(mark);
    node.is_faulty = true;
    attach(std::move(node));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    YamlNode node = node_at(mark);
    const bool is_plain = tag == "?" || tag.empty();
    if (!is_plain && tag != "!")
      faults_.emplace_back(mark, "tags (!name) are not taken here; write the bare value");
    node.is_quoted = !is_plain;
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
    if (++count_ > kMaxConfigNodes) throw Refused{mark, "the file holds over 100,000 values"};
    YamlNode node;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Type type) {
    if (frames_.size() >= static_cast<std::size_t>(kMaxConfigDepth))
      throw Refused{mark, "the file is nested deeper than 32 levels"};
    if (tag != "?" && tag != "!" && !tag.empty())
      faults_.emplace_back(mark, "tags (!name) are not taken here; write the bare value");
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
    faults_.emplace_back(mark, "a key must be one word");
  }

  std::vector<std::pair<YAML::Mark, const char*>>& faults_;
  std::vector<Frame> frames_;
  YamlNode root_;
  std::size_t count_ = 0;
};

struct Translation {
  const char* theirs;
  const char* ours;
};

// What yaml-cpp means, by the beginning of its text; the rest of it may quote the file.
// No constants to the compiler in every version of it.
const std::array<Translation, 21> kTranslations{{
    {YAML::ErrorMsg::END_OF_MAP_FLOW, "a { is not closed, or a comma is missing"},
    {YAML::ErrorMsg::END_OF_MAP, "this does not line up with the keys above it"},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a [ is not closed, or a comma is missing"},
    {YAML::ErrorMsg::END_OF_SEQ, "this does not line up with the list above it"},
    {YAML::ErrorMsg::FLOW_END, "a ] or } closes nothing"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a list cannot begin here"},
    {YAML::ErrorMsg::MAP_KEY, "a key cannot stand here"},
    {YAML::ErrorMsg::MAP_VALUE, "a second colon in one line; put the value in quotes"},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "indent with spaces, not with tabs"},
    {YAML::ErrorMsg::EOF_IN_SCALAR, "a quote is opened and never closed"},
    {YAML::ErrorMsg::DOC_IN_SCALAR, "a quote is opened and never closed"},
    {YAML::ErrorMsg::INVALID_ESCAPE, "an unknown escape after a backslash; use single quotes"},
    {YAML::ErrorMsg::INVALID_HEX, "an unknown escape after a backslash; use single quotes"},
    {YAML::ErrorMsg::INVALID_UNICODE, "an unknown escape after a backslash; use single quotes"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "this character cannot begin a value; put it in quotes"},
    {YAML::ErrorMsg::CHAR_IN_SCALAR, "this character needs quotes around the value"},
    {YAML::ErrorMsg::CHAR_IN_BLOCK, "unexpected text after | or >"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "aliases (*name) are not taken here; write the value out"},
    {YAML::ErrorMsg::CHAR_IN_ALIAS, "a value that begins with * needs quotes"},
    {YAML::ErrorMsg::ALIAS_NOT_FOUND, "a value that begins with * needs quotes"},
    {YAML::ErrorMsg::ANCHOR_NOT_FOUND, "a value that begins with & needs quotes"},
}};

std::string translate(const std::string& theirs) {
  for (const Translation& row : kTranslations)
    if (theirs.starts_with(row.theirs)) return row.ours;
  return "this cannot be read as YAML";
}

void find_duplicates(const YamlNode& node, const std::string& file, const std::string& path,
                     std::vector<ConfigFault>& faults) {
  std::set<std::string_view> seen;
  for (const YamlEntry& entry : node.entries) {
    const std::string here = path_with(path, entry.key);
    if (!seen.insert(entry.key).second)
      faults.push_back({file, entry.line, entry.column, here, "stands here a second time"});
    find_duplicates(entry.value, file, here, faults);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i)
    find_duplicates(node.items[i], file, path_with(path, i), faults);
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
  out.faults = inspect(text, file);
  if (!out.faults.empty()) return out;
  const auto fault_at = [&](const YAML::Mark& mark, std::string what) {
    const int line = mark.line + 1;
    out.faults.push_back({file, line, lines.column(line, mark.column + 1), "", std::move(what)});
  };
  std::vector<std::pair<YAML::Mark, const char*>> small;
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    TreeBuilder builder(small);
    if (!parser.HandleNextDocument(builder)) {
      out.faults.push_back({file, 0, 0, "", "the file is empty"});
      return out;
    }
    out.root = builder.take_root();
    TreeBuilder rest(small);
    if (parser.HandleNextDocument(rest))
      out.faults.push_back({file, 0, 0, "", "the file holds a second document after ---"});
  } catch (const YAML::Exception& error) {
    out.root.reset();
    fault_at(error.mark, translate(error.msg));
    return out;
  } catch (const Refused& refused) {
    out.root.reset();
    fault_at(refused.mark, refused.text);
    return out;
  }
  for (const auto& [mark, what] : small) fault_at(mark, what);
  lines.place(*out.root);
  find_duplicates(*out.root, file, "", out.faults);
  return out;
}

}  // namespace holdfast
