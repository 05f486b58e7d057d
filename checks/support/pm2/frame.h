// SPDX-License-Identifier: Apache-2.0
// PM2's reply framing (AMP): one byte 0x12, then twice a big-endian length and that many bytes:
// the JSON and the id of the request. A reply carries every environment value of every process,
// so it is held in memory that is wiped and never copied. One reader per reply; not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "checks/base/result.h"

namespace holdfast {

/// A PM2 of 200 processes with 8 KiB of environment each answers with about 4 MiB.
inline constexpr std::size_t kMaxPm2ReplyBytes = 32 * 1024 * 1024;

/// Overwrites memory; the compiler cannot remove it.
void wipe(std::span<char> bytes) noexcept;

/// A buffer that is wiped when it is reallocated, cleared or destroyed.
class WipedBuffer {
 public:
  WipedBuffer() = default;
  ~WipedBuffer();
  WipedBuffer(const WipedBuffer&) = delete;
  WipedBuffer& operator=(const WipedBuffer&) = delete;
  void append(std::span<const char> bytes);
  void clear() noexcept;
  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

class FrameReader {
 public:
  /// Reads the reply to the request of that id ("s:3"); `max_bytes` bounds its JSON.
  explicit FrameReader(std::string_view id, std::size_t max_bytes = kMaxPm2ReplyBytes)
      : id_(id), max_bytes_(max_bytes) {}

  /// Adds received bytes; true when the reply is complete. Errors: `too_large` as soon as the
  /// length is known; `garbage` for another frame, another id, or bytes after the end.
  [[nodiscard]] Result<bool> feed(std::span<const char> bytes);
  /// The JSON of a complete reply, without its "j:"; valid until more is fed.
  [[nodiscard]] std::string_view json() const { return json_; }
  /// Whether any byte was received: distinguishes no reply from an incomplete one.
  [[nodiscard]] bool has_begun() const { return !bytes_.view().empty(); }

 private:
  std::string_view id_;
  std::size_t max_bytes_;
  WipedBuffer bytes_;
  std::string_view json_;  // In bytes_.
};

}  // namespace holdfast
