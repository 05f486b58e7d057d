// SPDX-License-Identifier: Apache-2.0
// Source `http`: the counts of a node-postgres pool from a JSON document of the application. The
// document is walked once and never built; only the four numbers are kept.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "checks/pool/sources.h"

namespace holdfast::pool {
namespace {

using nlohmann::json;

// Deeper than any status page; the walk costs a little memory a level.
constexpr std::size_t kMaxDepth = 64;

/// What stands at one pointer.
struct Place {
  std::string_view pointer;
  bool seen = false;
  std::optional<double> number{};
};

/// Keeps track of where it is and writes down the numbers that are asked for.
class Walk : public nlohmann::json_sax<json> {
 public:
  explicit Walk(std::array<Place, 4>& places) : places_(places) {}

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
    for (const char c : name) {  // As JSON pointers write them.
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
    return false;  // What it says quotes the document (law 4).
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
    for (Place& place : places_)
      if (!place.pointer.empty() && place.pointer == path_) {
        place.seen = true;
        place.number = number;
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

  std::array<Place, 4>& places_;
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
  std::array<Place, 4> places{{{settings.pointers.at("total")},
                               {settings.pointers.at("idle")},
                               {settings.pointers.at("waiting")},
                               {settings.pointers.at("max")}}};
  Walk walk(places);
  if (!json::sax_parse(text.begin(), text.end(), &walk)) {
    return garbage(settings, walk.is_too_deep() ? "sent JSON nested more than 64 deep"
                                                : "sent something that is no JSON");
  }
  for (const Place& place : places) {
    if (place.pointer.empty()) continue;
    const std::string name(place.pointer);
    if (!place.seen) return garbage(settings, "has nothing at " + name);
    if (!place.number || !std::isfinite(*place.number))
      return garbage(settings, "has something other than a number at " + name);
    if (*place.number < 0) return garbage(settings, "has a negative count at " + name);
  }
  Pool pool;
  pool.name = settings.check;
  pool.idle = places[1].number;
  pool.in_use = *places[0].number - *places[1].number;
  if (*pool.in_use < 0) return garbage(settings, "has more idle connections than there are");
  pool.taken = pool.in_use;
  pool.waiting = places[2].number;
  if (places[3].number && *places[3].number > 0) pool.max = places[3].number;
  Facts facts;
  facts.pools.push_back(std::move(pool));
  return facts;
}

Result<Facts> fetch_http(const Settings& settings, const HttpUrl& url, Run& run) {
  const auto secret =
      (settings.bearer_file.empty() ? Secret() : Secret::from_file(settings.bearer_file)).read();
  if (!secret) return secret.error();
  // A token that spans lines would be read as header fields of its own.
  if (std::ranges::any_of(*secret, [](unsigned char c) { return c < ' ' || c > '~'; })) {
    return Error{Reason::no_secret, "read",
                 "the token in bearer_file of " + settings.check + " is not one plain line", ""};
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
                "GET gave " + render_value(static_cast<double>(body->size()), Unit::bytes));
  return parse_http_pool(settings, *body);
}

}  // namespace holdfast::pool
