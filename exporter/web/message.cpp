// SPDX-License-Identifier: Apache-2.0
// The only file that includes cpp-httplib's server. Its listen() is not used: its read timeout is
// per byte, and its idle connections hold threads. The library gets only the request line, which
// keeps its header code (regular expressions over Range, its own compression) out of use.
#include "exporter/web/message.h"

#include <httplib.h>

#include <algorithm>
#include <exception>

namespace holdfast {
namespace {

/// Reads the request line from memory and collects the response.
class MemoryStream : public httplib::Stream {
 public:
  explicit MemoryStream(std::string input) : input_(std::move(input)) {}
  [[nodiscard]] bool is_readable() const override { return position_ < input_.size(); }
  [[nodiscard]] bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const auto taken = input_.copy(to, size, position_);
    position_ += taken;
    return static_cast<ssize_t>(taken);
  }
  using httplib::Stream::write;
  ssize_t write(const char* from, size_t size) override {
    output_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  // Our handlers do not use the addresses.
  void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  [[nodiscard]] socket_t socket() const override { return INVALID_SOCKET; }
  [[nodiscard]] std::string take_output() { return std::move(output_); }

 private:
  std::string input_;
  std::size_t position_ = 0;
  std::string output_;
};

void fill(httplib::Response& to, const PageResponse& page) {
  to.status = page.status;
  to.set_header("Server", "holdfast");
  to.set_header("X-Content-Type-Options", "nosniff");
  to.set_header("X-Frame-Options", "DENY");
  to.set_header("Referrer-Policy", "no-referrer");
  for (const auto& [name, value] : page.headers) {
    to.headers.erase(name);
    to.set_header(name, value);
  }
  if (page.status != 304) to.set_content(*page.body, page.content_type);
}

/// Serves one request, so that requests share no state.
class OneRequestServer : public httplib::Server {
 public:
  OneRequestServer(const RequestHead& head, const Answer& answer) {
    set_keep_alive_timeout(kKeepAliveSeconds);
    set_keep_alive_max_count(kKeepAliveRequests);
    set_pre_routing_handler([&](const httplib::Request& from, httplib::Response& response) {
      fill(
          response,
          answer({head.method, from.path, {from.params.begin(), from.params.end()}, head.headers}));
      return HandlerResponse::Handled;  // Its routes are regular expressions: unused.
    });
    // Its own handler would show what() to the client (law 4).
    set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
          fill(response, text_page(500, "Internal error: the page could not be rendered."));
        });
  }

  void serve(MemoryStream& stream, bool close) {
    bool closed = false;
    // Debian 13's 0.18 takes the addresses here, Debian 12's 0.11 reads them from the stream.
    const auto process = [&](auto& given) {
      const std::string none;
      if constexpr (requires {
                      this->process_request(given, none, 0, none, 0, close, closed, nullptr);
                    }) {
        this->process_request(given, none, 0, none, 0, close, closed, nullptr);
      } else {
        this->process_request(given, close, closed, nullptr);
      }
    };
    process(stream);
  }

 private:
  static constexpr int kKeepAliveSeconds = 300;    // As ConnectionTimeouts::idle.
  static constexpr int kKeepAliveRequests = 1000;  // Only announced, not enforced.
};

PageResponse refusal_page(int status) {
  switch (status) {
    case 413:
      return text_page(status, "The request body exceeds 64 KiB.");
    case 414:
      return text_page(status, "The request URI exceeds 4 KiB.");
    case 431:
      return text_page(status, "The request headers exceed 16 KiB or 100 lines.");
    default:
      return text_page(status, "Malformed or unsupported HTTP request.");
  }
}

}  // namespace

std::string render_response(const Framing& request, const Answer& answer) {
  const RequestHead& head = request.head;
  // Unknown methods would get an error page made by the library.
  const std::string method = head.method == "HEAD" ? "HEAD" : "GET";
  MemoryStream stream(method + ' ' + head.target + " HTTP/1.1\r\n\r\n");
  const Answer refuse = [&](const PageRequest&) { return refusal_page(request.refusal); };
  OneRequestServer(head, request.refusal == 0 ? answer : refuse).serve(stream, !head.keep_alive);
  auto bytes = stream.take_output();
  // A 304 has no body, but the library always writes its length, and caches rely on it.
  constexpr std::string_view kNoBody = "Content-Length: 0\r\n";
  if (bytes.starts_with("HTTP/1.1 304")) {
    if (const auto at = bytes.find(kNoBody); at != std::string::npos)
      bytes.erase(at, kNoBody.size());
  }
  return bytes;
}

}  // namespace holdfast
