// Words that reports for people share.
#pragma once

#include <string>

namespace tq::report {

/// "1 month", "12 months"
inline std::string months_text(int months) { return std::to_string(months) + (months == 1 ? " month" : " months"); }

}  // namespace tq::report
