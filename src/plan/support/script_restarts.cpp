#include "plan/support/script_parts.hpp"

namespace tq::plan::script {

const char* const kRestarts = R"(
:pending
set "TQ_PENDING=0"
"%TQ_REG%" query "%TQ_CBS%\RebootPending" >nul 2>nul
if not errorlevel 1 set "TQ_PENDING=1"
"%TQ_REG%" query "%TQ_CBS%\RebootInProgress" >nul 2>nul
if not errorlevel 1 set "TQ_PENDING=1"
"%TQ_REG%" query "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired" >nul 2>nul
if not errorlevel 1 set "TQ_PENDING=1"
if exist "%SystemRoot%\WinSxS\pending.xml" set "TQ_PENDING=1"
exit /b 0

:boot
rem Sets TQ_BOOT to the moment of the last start, so that a restart that did not happen is noticed. wmic writes UTF-16: type
rem turns it into what for can read.
set "TQ_BOOT=unknown"
%TQ_TOOL% "%TQ_WMIC%" os get LastBootUpTime /value > "%TQ_DIR%\boot.txt" 2>nul
type "%TQ_DIR%\boot.txt" > "%TQ_DIR%\boot2.txt"
for /f "usebackq tokens=2 delims==" %%B in ("%TQ_DIR%\boot2.txt") do set "TQ_BOOT=%%B"
set "TQ_BOOT=%TQ_BOOT:~0,21%"
exit /b 0

:restart
rem %1 = step, %2 = yes or if_absent
set "TQ_RC=0"
call :is_done %1
if "%TQ_DONE%"=="1" exit /b 0
call :pending
call :boot
set "TQ_BEFORE="
if exist "%TQ_STATE%" for /f "usebackq tokens=1-3" %%A in ("%TQ_STATE%") do if "%%A %%B"=="restart %1" set "TQ_BEFORE=%%C"
if defined TQ_BEFORE goto :restarted
if "%2"=="yes" goto :restart_ask
if "%TQ_PENDING%"=="1" goto :restart_ask
call :mark %1
call :say "step %1: no restart is needed"
exit /b 0
:restarted
if "%TQ_PENDING%"=="1" goto :restart_again
if "%TQ_BOOT%"=="unknown" goto :restart_done
if "%TQ_BOOT%"=="%TQ_BEFORE%" goto :restart_again
:restart_done
call :mark %1
call :say "step %1: the machine has restarted"
exit /b 0
:restart_again
set "TQ_RC=3010"
call :say "step %1: the machine has not finished its restart: restart it, then run this script again"
exit /b 0
:restart_ask
>> "%TQ_STATE%" echo restart %1 %TQ_BOOT%
set "TQ_RC=3010"
call :say "step %1: restart the machine now, then run this script again from the same folder"
set "TQ_ANSWER="
set /p "TQ_ANSWER=Type RESTART to restart in one minute, or press Enter to do it yourself: "
if /i "%TQ_ANSWER%"=="RESTART" %TQ_TOOL% "%TQ_SHUTDOWN%" /r /t 60
exit /b 0

:licence
rem %1 = step, %2 = ESU year, the rest = activation ids that cover it
set "TQ_RC=0"
call :is_done %1.%2
if "%TQ_DONE%"=="1" exit /b 0
set "TQ_STEP=%1.%2"
set "TQ_YEAR=%2"
:licence_next
if "%~3"=="" goto :licence_ask
%TQ_TOOL% "%TQ_WMIC%" path SoftwareLicensingProduct where "ID='%~3'" get LicenseStatus /value > "%TQ_DIR%\licence.txt" 2>nul
type "%TQ_DIR%\licence.txt" > "%TQ_DIR%\licence2.txt"
"%TQ_FIND%" "LicenseStatus=1" < "%TQ_DIR%\licence2.txt" >nul
if not errorlevel 1 goto :licence_there
shift /3
goto :licence_next
:licence_there
call :mark %TQ_STEP%
call :say "a licence for ESU year %TQ_YEAR% is active"
exit /b 0
:licence_ask
call :say "no licence for ESU year %TQ_YEAR% is active: install and activate the key with slmgr.vbs /ipk and /ato"
set "TQ_ANSWER="
set /p "TQ_ANSWER=Type LICENSED if the licence comes without a key (Azure), or press Enter to stop here: "
if /i "%TQ_ANSWER%"=="LICENSED" goto :licence_said
call :stop "without a licence for ESU year %TQ_YEAR% the next updates would be taken back at the restart"
exit /b 0
:licence_said
call :mark %TQ_STEP%
call :say "ESU year %TQ_YEAR%: licensed without a key, so the administrator says"
exit /b 0

:by_hand
rem %1 = step, %2 = KB: a service pack, recognised by the number of the service pack
set "TQ_RC=0"
call :value "HKLM\SYSTEM\CurrentControlSet\Control\Windows" CSDVersion
if /i "%TQ_VALUE%"=="%TQ_PACK_AFTER%" exit /b 0
call :stop "install the service pack KB%2 by hand, restart, then run this script again"
exit /b 0
)";

const char* const kTail = R"(
:is_done
set "TQ_DONE=0"
if exist "%TQ_STATE%" for /f "usebackq tokens=1-2" %%A in ("%TQ_STATE%") do if "%%A %%B"=="done %1" set "TQ_DONE=1"
exit /b 0
:mark
>> "%TQ_STATE%" echo done %1
exit /b 0
:say
echo %~1
>> "%TQ_LOG%" echo %DATE% %TIME% %~1
exit /b 0
:refuse
set "TQ_RC=2"
call :say "REFUSED: %~1"
exit /b 0
:stop
set "TQ_RC=1"
call :say "STOPPED: %~1"
exit /b 0
:ended
if "%TQ_RC%"=="3010" echo This is not the end: run the script again after the restart.
echo The log is "%TQ_LOG%".
exit /b %TQ_RC%
)";

}  // namespace tq::plan::script
