// SPDX-License-Identifier: Apache-2.0
// The high water of the live keys of one type in one session, over 24 hours. What expired by its
// own date lowers it; what vanished never does. Pure values; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::whatsapp {

/// For each of these spans, how many live keys reach their date within it; the last is "ever".
/// Fine where looks are frequent, coarse where Holdfast was away.
inline constexpr std::array<double, 5> kHorizons{60, 600, 3600, 21'600, 86'400};
inline constexpr std::size_t kDayHorizon = 4;
using Due = std::array<double, kHorizons.size() + 1>;

/// The keys of one type as they are counted now.
struct KeyCount {
  double live = 0;
  double expired = 0;  ///< Past their date, and still there.
  Due due{};
  KeyCount& operator+=(const KeyCount& other);
  bool operator==(const KeyCount&) const = default;
};

class HighWaterMark {
 public:
  /// Takes a count made at `at` (the server's epoch seconds). A loss is explained by what was due
  /// to expire since the last count, or by what now lies there expired.
  void observe(const KeyCount& count, double at);
  /// Forgets what is older than 24 hours. Not to be called while a loss stands.
  void forget(double at);

  [[nodiscard]] bool is_new() const { return looks_ < 2; }
  [[nodiscard]] const KeyCount& count() const { return count_; }
  /// Live keys there would be if nothing had vanished; at least the live ones.
  [[nodiscard]] double high() const;
  [[nodiscard]] double lost() const { return high() - count_.live; }

  /// The last count and the marks, as two short texts; `parse` gives nothing for garbage. Without
  /// marks (a person accepted the loss) the next count is the new high water.
  [[nodiscard]] std::string render_count() const;
  [[nodiscard]] std::string render_marks() const;
  [[nodiscard]] static std::optional<HighWaterMark> parse(std::string_view count,
                                                          std::string_view marks);

 private:
  struct Mark {
    double hour;
    double height;  // Live keys and all that had expired until then.
  };
  KeyCount count_;
  double at_ = 0;
  double gone_ = 0;  // Keys that expired and left since the first count.
  int looks_ = 0;
  std::vector<Mark> marks_;  // Hours rise, heights fall: the first is the high water.
};

}  // namespace holdfast::whatsapp
