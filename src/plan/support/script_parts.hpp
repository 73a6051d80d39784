// The fixed text of the generated script: its head and the routines that the steps call.
#pragma once

namespace tq::plan::script {

extern const char* const kHead;      ///< tools, folders; ends before the values of the plan
extern const char* const kChecks;    ///< routines: is this the machine, is it the state
extern const char* const kInstall;   ///< routines: file, digest, installer, meaning of codes
extern const char* const kRestarts;  ///< routines: restart, licence, work by hand
extern const char* const kTail;      ///< routines: log, state, ends

}  // namespace tq::plan::script
