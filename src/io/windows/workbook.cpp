#include "io/workbook.hpp"

namespace tq::io {

Result<std::string> write_workbook(const Workbook&) {
  return Error{
      ErrorCode::unsupported,          "xlsx", "the library that writes workbooks", "it is not part of the program for Windows", {},
      "--format csv has the same rows"};
}

}  // namespace tq::io
