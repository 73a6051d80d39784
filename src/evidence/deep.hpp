// `check --deep`: what the drivers and programs that a machine loads make of the build number and of the year 2038.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "analysis/exposure.hpp"
#include "analysis/gates.hpp"
#include "model/facts.hpp"
#include "target/source.hpp"

namespace tq::evidence {

struct LoadedProgram;

/// Holds what it found by SHA-256: a file that a thousand machines share is analysed once.
class DeepReader {
 public:
  explicit DeepReader(analysis::GateOptions options, unsigned jobs) : options_(options), jobs_(jobs) {}
  /// Fills facts.drivers and facts.time32. Needs facts.configuration.services; without them, or without files, the coverage
  /// says what is missing.
  void collect(const target::Source& source, model::Facts& facts);

 private:
  struct Answer {
    analysis::GateReport gates;
    analysis::ExposureReport times;
  };
  struct Looked {
    model::DriverGate gate;
    model::TimeExposure time;
    std::optional<Error> unread;
  };
  Looked look(const target::Source& source, const LoadedProgram& program);
  std::shared_ptr<const Answer> answer(const std::string& sha256, Bytes file);

  analysis::GateOptions options_;
  unsigned jobs_;
  std::mutex reading_, mutex_;
  std::map<std::string, std::shared_ptr<const Answer>> known_;
};

/// Says in the coverage that nobody asked for the analysis of programs.
void skip_deep(model::Facts& facts);

}  // namespace tq::evidence
