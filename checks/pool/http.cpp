// SPDX-License-Identifier: Apache-2.0
// Source `http`: the counts of a node-postgres pool from a JSON document of the application. A SAX
// parser reads it in one pass and keeps only the four numbers.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "checks/pool/sources.h"

namespace holdfast::pool {
namespace {

using nlohmann::json;

// Deeper than any status page; the parser needs some memory per level.
constexpr std::size_t kMaxDepth = 64;

/// The value at one JSON pointer.
struct Location {
  std::string_view pointer;
  bool seen = false;
  std::optional<double> number{};
};

/// Tracks its position in the document and stores the numbers at the locations.
class NumberReader : public nlohmann::json_sax<json> {
 public:
  explicit NumberReader(std::array<Location, 4>& locations) : locations_(locations) {}

  bool null() override { return value(std::nullopt); }
  bool boolean(bool) override { return value(std::nullopt); }
  bool number_integer(number_integer_t n) override { return value(static_cast<double>(n)); }
  bool number_unsigned(number_unsigned_t n) override { return value(static_cast<double>(n)); }
  bool number_float(number_float_t n, const string_t&) override { return value(n); }
  bool string(string_t&) override { return value(std::nullopt); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    path_.resize(levels_.back().path_length);
    path_ += '/';
    for (const char c : name) {  // Escaped as in a JSON pointer.
      if (c == '~')
        path_ += "~0";
      else if (c == '/')
        path_ += "~1";
      else
        path_ += c;
    }
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;  // The exception's text quotes the document (law 4).
  }

  [[nodiscard]] bool is_too_deep() const { return too_deep_; }

 private:
  struct Level {
    std::size_t path_length;
    bool is_array;
    std::size_t index = 0;
  };

  void enter_element() {
    if (levels_.empty() || !levels_.back().is_array) return;
    path_.resize(levels_.back().path_length);
    path_ += '/' + std::to_string(levels_.back().index++);
  }
  void note(std::optional<double> number) {
    for (Location& location : locations_)
      if (!location.pointer.empty() && location.pointer == path_) {
        location.seen = true;
        location.number = number;
      }
  }
  bool value(std::optional<double> number) {
    enter_element();
    note(number);
    return true;
  }
  bool open(bool is_array) {
    enter_element();
    note(std::nullopt);
    too_deep_ = levels_.size() >= kMaxDepth;
    levels_.push_back({path_.size(), is_array});
    return !too_deep_;
  }
  bool close() {
    path_.resize(levels_.back().path_length);
    levels_.pop_back();
    return true;
  }

  std::array<Location, 4>& locations_;
  std::vector<Level> levels_;
  std::string path_;
  bool too_deep_ = false;
};

Error garbage(const Settings& settings, std::string text) {
  return {Reason::garbage, "read", "the pool endpoint of " + settings.check + " " + std::move(text),
          ""};
}

}  // namespace

Result<Facts> parse_http_pool(const Settings& settings, std::string_view text) {
  std::array<Location, 4> locations{{{settings.pointers.at("total")},
                                     {settings.pointers.at("idle")},
                                     {settings.pointers.at("waiting")},
                                     {settings.pointers.at("max")}}};
  NumberReader reader(locations);
  if (!json::sax_parse(text.begin(), text.end(), &reader)) {
    return garbage(settings, reader.is_too_deep() ? "sent JSON nested more than 64 deep"
                                                  : "sent invalid JSON");
  }
  for (const Location& location : locations) {
    if (location.pointer.empty()) continue;
    const std::string name(location.pointer);
    if (!location.seen) return garbage(settings, "has nothing at " + name);
    if (!location.number || !std::isfinite(*location.number))
      return garbage(settings, "has something other than a number at " + name);
    if (*location.number < 0) return garbage(settings, "has a negative count at " + name);
  }
  Pool pool;
  pool.name = settings.check;
  pool.idle = locations[1].number;
  pool.in_use = *locations[0].number - *locations[1].number;
  if (*pool.in_use < 0) return garbage(settings, "reports more idle connections than connections");
  pool.occupied = pool.in_use;
  pool.waiting = locations[2].number;
  if (locations[3].number && *locations[3].number > 0) pool.max = locations[3].number;
  Facts facts;
  facts.pools.push_back(std::move(pool));
  return facts;
}

Result<Facts> fetch_http(const Settings& settings, const HttpUrl& url, Run& run) {
  const auto secret =
      (settings.bearer_file.empty() ? Secret() : Secret::from_file(settings.bearer_file)).read();
  if (!secret) return secret.error();
  // A token with line breaks would add header fields to the request.
  if (std::ranges::any_of(*secret, [](unsigned char c) { return c < ' ' || c > '~'; })) {
    return Error{Reason::no_secret, "read",
                 "the token in bearer_file of " + settings.check +
                     " is not a single line of printable ASCII",
                 ""};
  }
  const auto begin = std::chrono::steady_clock::now();
  auto body = http_get(url, *secret, run.resolver, run.deadline);
  const auto took = std::chrono::steady_clock::now() - begin;
  if (!body) {
    Error error = std::move(body).error();
    const std::string what =
        error.text.empty() ? std::string(sentence_of(error.reason)) : "failed: " + error.text;
    error.text = "the pool endpoint of " + settings.check + " " + what;
    run.trace.add(error.phase, took, error.text);
    return error;
  }
  run.trace.add("read", took,
                "GET returned " + render_value(static_cast<double>(body->size()), Unit::bytes));
  return parse_http_pool(settings, *body);
}

}  // namespace holdfast::pool
