// What the measuring programs of this folder share: rows of a truth table, files answered on every processor, and how long it took.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "analysis/processor_time.hpp"
#include "core/bytes.hpp"
#include "core/parallel.hpp"
#include "io/byte_source.hpp"

namespace tq::lanes {

/// The cells of each line of a CSV without quotes; the first cell, a path, is made relative to the table's own folder.
/// Empty when the table cannot be read.
inline std::vector<std::vector<std::string>> read_table(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  const auto raw = io::read_file(path, std::size_t{1} << 30);
  if (!raw) return rows;
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const auto text = bytes_of(*raw).chars();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::vector<std::string> cells(1, folder);
    for (; at < end; ++at) {
      if (text[at] == ',')
        cells.emplace_back();
      else
        cells.back() += text[at];
    }
    at = end + 1;
    rows.push_back(std::move(cells));
  }
  return rows;
}

/// Reads row.path and hands its bytes to `ask(row, bytes)`, for all rows on every processor. What asking alone took of a processor
/// goes to row.milliseconds, so that other work on the machine does not count; a file that cannot be read is not asked about.
template <class Row, class Ask>
void answer_all(std::vector<Row>& rows, const Ask& ask) {
  parallel(rows.size(), std::thread::hardware_concurrency(), [&](std::size_t i) {
    const auto file = io::read_file(rows[i].path, std::size_t{1} << 29);
    if (!file) return;
    const auto start = analysis::processor_time();
    ask(rows[i], bytes_of(*file));
    rows[i].milliseconds = std::chrono::duration<double, std::milli>(analysis::processor_time() - start).count();
  });
}

/// `what` says whose times they are: "a file".
inline void print_times(const std::string& what, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  if (!times.empty())
    fmt::print("milliseconds of the processor {} p50 {:.2f} p99 {:.2f} max {:.2f}\n", what, times[times.size() / 2],
               times[times.size() * 99 / 100], times.back());
}

/// x of y; 1 of nothing.
inline double part(std::size_t x, std::size_t y) { return y == 0 ? 1.0 : static_cast<double>(x) / static_cast<double>(y); }

}  // namespace tq::lanes
