// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/state.h"

#include <array>
#include <charconv>

namespace holdfast::usage {
namespace {

// Numbers as one text, "12 3 0 1762437000": a table's row is many numbers, and Memory is flat.
std::string render_numbers(const std::vector<double>& numbers) {
  std::string out;
  for (const double number : numbers) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    if (!out.empty()) out += ' ';
    out.append(digits.data(), end);
  }
  return out;
}

/// Nothing when it is not all numbers: then the table begins anew.
std::optional<std::vector<double>> parse_numbers(std::string_view text) {
  std::vector<double> out;
  while (!text.empty()) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc()) return std::nullopt;
    out.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  return out;
}

constexpr std::size_t kTableNumbers = 6;

std::string render(const KnownTable& table) {
  std::vector<double> numbers{table.inserted, table.updated,   table.deleted,
                              table.rows,     table.last_rows, table.written_at.value_or(0)};
  for (const auto& mark : table.marks) {
    numbers.push_back(mark.clock);
    numbers.push_back(mark.rows);
  }
  return render_numbers(numbers);
}

std::optional<KnownTable> parse_table(std::string_view text) {
  const auto numbers = parse_numbers(text);
  if (!numbers || numbers->size() < kTableNumbers || numbers->size() % 2 != 0) return std::nullopt;
  const auto& n = *numbers;
  KnownTable table{.inserted = n[0], .updated = n[1], .deleted = n[2]};
  table.rows = n[3];
  table.last_rows = n[4];
  if (n[5] > 0) table.written_at = n[5];
  for (std::size_t i = kTableNumbers; i + 1 < n.size(); i += 2)
    table.marks.push_back({n[i], n[i + 1]});
  return table;
}

/// Calls `take(rest of the key, text)` for each text whose key begins with `prefix`.
template <class Take>
void each_text(const Memory& memory, std::string_view prefix, const Take& take) {
  for (const auto& [key, value] : memory.with_prefix(prefix))
    if (const auto* text = std::get_if<std::string>(&value)) take(key.substr(prefix.size()), *text);
}

std::map<std::string, Breach> load_breaches(const Memory& memory, std::string_view prefix) {
  std::map<std::string, Breach> out;
  each_text(memory, prefix, [&](std::string name, const std::string& text) {
    const auto numbers = parse_numbers(text);
    if (numbers && numbers->size() == 2) out[std::move(name)] = {numbers->at(0), numbers->at(1)};
  });
  return out;
}

void save_breaches(Memory& memory, const std::string& prefix,
                   const std::map<std::string, Breach>& breaches) {
  for (const auto& [name, breach] : breaches)
    memory.set(prefix + name, render_numbers({breach.seen_at, breach.count}));
}

}  // namespace

State State::load(const Memory& memory) {
  State state;
  state.looked_at = memory.number("look/at");
  state.baseline_at = memory.number("look/baseline_at").value_or(0);
  state.clock = memory.number("look/clock").value_or(0);
  state.counting = {.server = memory.text("server/id").value_or(""),
                    .started = memory.number("server/started").value_or(0),
                    .reset = memory.number("server/reset"),
                    .in_recovery = memory.number("server/in_recovery").value_or(0) > 0};
  state.used_at = memory.number("use/at");
  state.used_clock = memory.number("use/clock").value_or(0);
  state.used_by = memory.text("use/by").value_or("");
  each_text(memory, "table/", [&](std::string name, const std::string& text) {
    if (auto table = parse_table(text)) state.tables[std::move(name)] = *std::move(table);
  });
  constexpr std::string_view kApplication = "application/";
  for (const auto& [key, value] : memory.with_prefix(kApplication))
    if (const auto* clock = std::get_if<double>(&value))
      state.applications[key.substr(kApplication.size())] = *clock;
  state.sessions = load_breaches(memory, "breach/session/");
  state.writes = load_breaches(memory, "breach/table/");
  return state;
}

Memory State::save() const {
  Memory memory;
  if (looked_at) memory.set("look/at", *looked_at);
  memory.set("look/baseline_at", baseline_at);
  memory.set("look/clock", clock);
  memory.set("server/id", counting.server);
  memory.set("server/started", counting.started);
  if (counting.reset) memory.set("server/reset", *counting.reset);
  memory.set("server/in_recovery", counting.in_recovery ? 1.0 : 0.0);
  if (used_at) memory.set("use/at", *used_at);
  memory.set("use/clock", used_clock);
  if (!used_by.empty()) memory.set("use/by", used_by);
  for (const auto& [name, table] : tables) memory.set("table/" + name, render(table));
  for (const auto& [name, seen] : applications) memory.set("application/" + name, seen);
  save_breaches(memory, "breach/session/", sessions);
  save_breaches(memory, "breach/table/", writes);
  return memory;
}

}  // namespace holdfast::usage
