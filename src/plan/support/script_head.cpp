// What NT 6.0's own tools can do, and how they answer, is docs/plan.md. No block in parentheses reads a variable that it
// sets, so no delayed expansion is needed and a '!' in a path does no harm.
#include "plan/support/script_parts.hpp"

namespace tq::plan::script {

const char* const kHead = R"(setlocal EnableExtensions DisableDelayedExpansion
set "TQ_WUSA=%SystemRoot%\System32\wusa.exe"
set "TQ_PKGMGR=%SystemRoot%\System32\pkgmgr.exe"
set "TQ_CERTUTIL=%SystemRoot%\System32\certutil.exe"
set "TQ_WMIC=%SystemRoot%\System32\wbem\wmic.exe"
set "TQ_SHUTDOWN=%SystemRoot%\System32\shutdown.exe"
set "TQ_REG=%SystemRoot%\System32\reg.exe"
set "TQ_FIND=%SystemRoot%\System32\find.exe"
set "TQ_TOOL="
set TQ_RUN=start "" /wait
set "TQ_NT=HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
set "TQ_CBS=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
set "TQ_MEDIA=%~1"
if not defined TQ_MEDIA set "TQ_MEDIA=%~dp0"
if "%TQ_MEDIA:~-1%"=="\" set "TQ_MEDIA=%TQ_MEDIA:~0,-1%"
set "TQ_RC=0"
)";

const char* const kChecks = R"(
:machine
rem Refuses every machine but the one the plan was made for. On a later run the build may be one of those that the plan brings.
if not "%PROCESSOR_ARCHITEW6432%"=="" goto :wrong_cmd
if /i not "%PROCESSOR_ARCHITECTURE%"=="%TQ_ARCH%" goto :wrong_arch
call :value "%TQ_NT%" CurrentVersion
if not "%TQ_VALUE%"=="6.0" goto :wrong_windows
call :value "HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions" ProductType
set "TQ_OK="
for %%T in (%TQ_TYPES%) do if /i "%TQ_VALUE%"=="%%T" set "TQ_OK=1"
if not defined TQ_OK goto :wrong_product
if not defined TQ_STAMP goto :machine_build
call :value "%TQ_NT%" InstallDate
if /i not "%TQ_VALUE%"=="%TQ_STAMP%" goto :wrong_machine
:machine_build
set "TQ_ALLOWED=%TQ_BUILD%"
if exist "%TQ_STATE%" set "TQ_ALLOWED=%TQ_BUILDS%"
call :value "%TQ_NT%" CurrentBuildNumber
set "TQ_OK="
for %%B in (%TQ_ALLOWED%) do if "%TQ_VALUE%"=="%%B" set "TQ_OK=1"
if not defined TQ_OK goto :wrong_build
call :value "HKLM\SYSTEM\CurrentControlSet\Control\Windows" CSDVersion
set "TQ_OK="
for %%P in (%TQ_PACKS%) do if /i "%TQ_VALUE%"=="%%P" set "TQ_OK=1"
if not defined TQ_OK goto :wrong_pack
call :say "machine and state are those the plan was made for"
set "TQ_RC=0"
exit /b 0
:wrong_cmd
call :refuse "this is the 32-bit cmd of a 64-bit Windows: start the 64-bit one"
exit /b 0
:wrong_arch
call :refuse "this processor architecture is not the one the plan was made for"
exit /b 0
:wrong_windows
call :refuse "this is not Windows NT 6.0"
exit /b 0
:wrong_product
call :refuse "server and client are confused: the plan was made for the other"
exit /b 0
:wrong_machine
call :refuse "this is another machine: its installation date differs"
exit /b 0
:wrong_build
call :refuse "the build number is not the one the plan was made for: make a new plan"
exit /b 0
:wrong_pack
call :refuse "the service pack is not the one the plan was made for: make a new plan"
exit /b 0

:relies
rem %1 = KB that the plan took to be there. A later run may find it replaced by a step of the plan.
if not "%TQ_RC%"=="0" exit /b 0
if exist "%TQ_STATE%" exit /b 0
call :package %1
if "%TQ_PKG%"=="installed" exit /b 0
if "%TQ_PKG%"=="replaced" exit /b 0
call :refuse "KB%1 was taken to be installed and is not: make a new plan"
exit /b 0

:value
rem Sets TQ_VALUE to the first word of a registry value. The table of reg.exe is the same in every language.
set "TQ_VALUE="
"%TQ_REG%" query "%~1" /v %2 > "%TQ_DIR%\value.txt" 2>nul
"%TQ_FIND%" "REG_" < "%TQ_DIR%\value.txt" > "%TQ_DIR%\line.txt"
for /f "usebackq tokens=3" %%V in ("%TQ_DIR%\line.txt") do set "TQ_VALUE=%%V"
exit /b 0

:package
rem %1 = KB, %2 = beginning of the package version or nothing. Sets TQ_PKG: absent, replaced, pending, installed.
set "TQ_PKG=absent"
"%TQ_REG%" query "%TQ_CBS%\Packages" > "%TQ_DIR%\packages.txt" 2>nul
"%TQ_FIND%" "\Package_for_KB%1~" < "%TQ_DIR%\packages.txt" > "%TQ_DIR%\package.txt"
for /f "usebackq delims=" %%K in ("%TQ_DIR%\package.txt") do call :package_state "%%K" "%~2"
exit /b 0
:package_state
if "%~2"=="" goto :package_read
echo "%~1"| "%TQ_FIND%" "~%~2" >nul
if errorlevel 1 exit /b 0
:package_read
call :value "%~1" CurrentState
for %%S in (0x7 0x8 0x70 0x80) do if /i "%TQ_VALUE%"=="%%S" set "TQ_PKG=installed"
if "%TQ_PKG%"=="installed" exit /b 0
for %%S in (0x6 0x60) do if /i "%TQ_VALUE%"=="%%S" set "TQ_PKG=pending"
if "%TQ_PKG%"=="pending" exit /b 0
for %%S in (0x4 0x50) do if /i "%TQ_VALUE%"=="%%S" set "TQ_PKG=replaced"
exit /b 0
)";

}  // namespace tq::plan::script
