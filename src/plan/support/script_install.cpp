#include "plan/support/script_parts.hpp"

namespace tq::plan::script {

const char* const kInstall = R"(
:update
rem Installs one update: TQ_N, TQ_KB, TQ_FILE, TQ_BYTES, TQ_SHA256, TQ_SHA1, TQ_VERSION say which.
set "TQ_RC=0"
call :is_done %TQ_N%
if "%TQ_DONE%"=="1" goto :update_known
call :package %TQ_KB% "%TQ_VERSION%"
if "%TQ_PKG%"=="installed" goto :update_there
if "%TQ_PKG%"=="pending" goto :update_there
call :pending
if "%TQ_PENDING%"=="1" if "%TQ_ALONE%"=="1" goto :update_waits
call :file
if not "%TQ_RC%"=="0" exit /b 0
call :say "step %TQ_N%: installing KB%TQ_KB%"
call :install
call :meaning
call :say "step %TQ_N%: the installer of KB%TQ_KB% ended with %TQ_CODE%: %TQ_MEANS%"
if not "%TQ_GOOD%"=="1" goto :update_failed
call :package %TQ_KB% "%TQ_VERSION%"
if "%TQ_PKG%"=="installed" goto :update_done
if "%TQ_PKG%"=="pending" goto :update_done
if "%TQ_CODE%"=="2359302" goto :update_done
call :stop "the installer reported success and servicing does not list KB%TQ_KB%: look into %%SystemRoot%%\Logs\CBS\CBS.log"
exit /b 0
:update_done
call :mark %TQ_N%
call :say "step %TQ_N%: KB%TQ_KB% is in place"
exit /b 0
:update_known
call :say "step %TQ_N%: KB%TQ_KB% was done before"
exit /b 0
:update_there
call :mark %TQ_N%
call :say "step %TQ_N%: KB%TQ_KB% is there already"
exit /b 0
:update_waits
call :stop "a restart is pending: restart, then run this script again"
set "TQ_RC=3010"
exit /b 0
:update_failed
call :stop "KB%TQ_KB% was not installed: %TQ_MEANS%"
exit /b 0

:file
rem Finds the file of the step and checks it before anything is done with it.
set "TQ_RC=0"
if not defined TQ_FILE call :search
if not "%TQ_RC%"=="0" exit /b 0
set "TQ_PATH=%TQ_MEDIA%\%TQ_FILE%"
if not exist "%TQ_PATH%" goto :file_missing
if not defined TQ_BYTES goto :file_unchecked
set "TQ_FOUND="
for %%F in ("%TQ_PATH%") do set "TQ_FOUND=%%~zF"
if not "%TQ_FOUND%"=="%TQ_BYTES%" goto :file_size
call :digest SHA256 "%TQ_SHA256%" "%TQ_SHA256S%"
if "%TQ_HASH%"=="none" call :digest SHA1 "%TQ_SHA1%" "%TQ_SHA1S%"
if "%TQ_HASH%"=="none" goto :file_no_tool
if "%TQ_HASH%"=="differs" goto :file_digest
call :say "step %TQ_N%: the file of KB%TQ_KB% has the size and the %TQ_HASH% digest it should have"
exit /b 0
:file_missing
call :stop "the file of KB%TQ_KB% is not in the folder of media"
exit /b 0
:file_size
call :stop "the file of KB%TQ_KB% is not as long as it should be: copy it again"
exit /b 0
:file_digest
call :stop "the file of KB%TQ_KB% is damaged or another one: its digest differs"
exit /b 0
:file_no_tool
call :stop "certutil could not compute a digest of the file of KB%TQ_KB%"
exit /b 0
:file_unchecked
call :say "step %TQ_N%: no digest is known for KB%TQ_KB%: only the installer checks its signature"
exit /b 0

:search
rem The plan was made without the media: exactly one file must fit the KB and the processor.
set "TQ_COUNT=0"
for %%F in ("%TQ_MEDIA%\*KB%TQ_KB%*%TQ_FILE_ARCH%*.msu" "%TQ_MEDIA%\*KB%TQ_KB%*%TQ_FILE_ARCH%*.cab" "%TQ_MEDIA%\*KB%TQ_KB%*%TQ_FILE_ARCH%*.exe") do call :found "%%~nxF"
if "%TQ_COUNT%"=="1" exit /b 0
set "TQ_FILE="
call :stop "the folder of media must hold exactly one file of KB%TQ_KB% for this processor, and holds %TQ_COUNT%"
exit /b 0
:found
if not exist "%TQ_MEDIA%\%~1" exit /b 0
set /a TQ_COUNT+=1
set "TQ_FILE=%~1"
exit /b 0

:digest
rem certutil prints the digest with or without blanks, between lines in the language of the system. So it is searched for,
rem not read. Systems without the algorithm answer with an error: then TQ_HASH is none.
set "TQ_HASH=none"
%TQ_TOOL% "%TQ_CERTUTIL%" -hashfile "%TQ_PATH%" %1 > "%TQ_DIR%\digest.txt" 2>nul
if not "%ERRORLEVEL%"=="0" exit /b 0
set "TQ_HASH=differs"
"%TQ_FIND%" "%~2" < "%TQ_DIR%\digest.txt" >nul
if not errorlevel 1 set "TQ_HASH=%1"
"%TQ_FIND%" "%~3" < "%TQ_DIR%\digest.txt" >nul
if not errorlevel 1 set "TQ_HASH=%1"
exit /b 0

:install
set "TQ_EXT="
for %%F in ("%TQ_PATH%") do set "TQ_EXT=%%~xF"
if /i "%TQ_EXT%"==".msu" goto :install_msu
if /i "%TQ_EXT%"==".cab" goto :install_cab
%TQ_RUN% "%TQ_PATH%" /quiet /norestart
set "TQ_CODE=%ERRORLEVEL%"
exit /b 0
:install_cab
%TQ_RUN% "%TQ_PKGMGR%" /ip "/m:%TQ_PATH%" "/s:%TQ_DIR%\unpacked" /quiet /norestart
set "TQ_CODE=%ERRORLEVEL%"
exit /b 0
:install_msu
rem wusa hands the file to the service wuauserv and fails when that is disabled: said before, not after.
set "TQ_CODE=-2147023838"
call :value "HKLM\SYSTEM\CurrentControlSet\Services\wuauserv" Start
if "%TQ_VALUE%"=="0x4" exit /b 0
%TQ_RUN% "%TQ_WUSA%" "%TQ_PATH%" /quiet /norestart
set "TQ_CODE=%ERRORLEVEL%"
exit /b 0

:meaning
set "TQ_GOOD=0"
set "TQ_MEANS=a code this script does not know: see WindowsUpdate.log and CBS.log"
for %%C in (0 1641 3010 2359302) do if "%TQ_CODE%"=="%%C" set "TQ_GOOD=1"
if "%TQ_CODE%"=="0" set "TQ_MEANS=installed"
if "%TQ_CODE%"=="1641" set "TQ_MEANS=installed, the machine restarts now"
if "%TQ_CODE%"=="3010" set "TQ_MEANS=installed, a restart finishes it"
if "%TQ_CODE%"=="2359302" set "TQ_MEANS=already installed"
if "%TQ_CODE%"=="-2145124329" set "TQ_MEANS=not for this machine: wrong system, or something it needs is missing"
if "%TQ_CODE%"=="-2146498530" set "TQ_MEANS=not for this machine: the package applies to nothing here"
if "%TQ_CODE%"=="-2147023838" set "TQ_MEANS=the service wuauserv is disabled: set it to manual, then run this script again"
if "%TQ_CODE%"=="-2147024891" set "TQ_MEANS=access denied: run this script as administrator"
if "%TQ_CODE%"=="5" set "TQ_MEANS=access denied: run this script as administrator"
if "%TQ_CODE%"=="-2147024894" set "TQ_MEANS=a file was not found"
if "%TQ_CODE%"=="2" set "TQ_MEANS=a file was not found"
if "%TQ_CODE%"=="-2147024784" set "TQ_MEANS=the disk is full"
if "%TQ_CODE%"=="112" set "TQ_MEANS=the disk is full"
if "%TQ_CODE%"=="1618" set "TQ_MEANS=another installation is running: wait for it"
if "%TQ_CODE%"=="-2146885628" set "TQ_MEANS=the signature could not be checked: SHA-2 support is missing or waits for a restart"
if "%TQ_CODE%"=="-2146762496" set "TQ_MEANS=the file has no signature"
if "%TQ_CODE%"=="-2146762487" set "TQ_MEANS=the signature leads to no trusted root: install the root certificates"
if "%TQ_CODE%"=="-2146869232" set "TQ_MEANS=the signature does not fit the file: copy it again"
if "%TQ_CODE%"=="87" set "TQ_MEANS=the installer did not understand its command line"
if "%TQ_CODE%"=="1460" set "TQ_MEANS=it took too long"
exit /b 0
)";

}  // namespace tq::plan::script
