@echo off
rem Tourniquet collection script, version 2. Copies what "tourniquet check" needs from a live Windows (NT 6.0 and later)
rem into one folder. Installs nothing and changes nothing. It never takes SAM, SECURITY, user hives, keys or passwords.
rem   collect.cmd FOLDER [/y] [/drivers]     /y: do not ask     /drivers: take the drivers too (about 100 MB)
rem Ends with 0: all was taken   1: some parts could not be   2: wrong use, or declined   5: not run as administrator
setlocal EnableExtensions DisableDelayedExpansion
rem A 32-bit shell on a 64-bit Windows sees other files and another registry: start again in the real one.
if defined PROCESSOR_ARCHITEW6432 if not defined TQ_AGAIN (
  set TQ_AGAIN=1
  "%SystemRoot%\Sysnative\cmd.exe" /d /c ""%~f0" %*"
  goto :eof
)
set "PARENT=" & set "YES=" & set "DRIVERS=" & set "ANSWER=" & set "LOST=0"
:options
if "%~1"=="" goto ready
if /i "%~1"=="/y" (set YES=1) else if /i "%~1"=="/drivers" (set DRIVERS=1) else set "PARENT=%~1"
shift
goto options

:ready
rem Programs are called by their full path: whatever else lies on a medium or in the PATH is not run.
set "FILES=%SystemRoot%\System32"
set "REG=%FILES%\reg.exe"
echo Tourniquet: this script reads, and copies into a folder that you name:
echo   the registry hives SOFTWARE, SYSTEM and COMPONENTS (not SAM, not SECURITY, no user hive)
echo   the kernel and a few system files, for their versions; the names of the servicing stacks
echo   the servicing logs, the list of installed updates, and whether a restart is pending
if defined DRIVERS echo   the drivers in System32\drivers
echo Nothing is installed and nothing on this machine is changed.
"%REG%" query "HKU\S-1-5-19" >nul 2>&1
if errorlevel 1 (
  echo It has to be run as administrator: hives cannot be saved otherwise.
  exit /b 5
)
if not defined PARENT set /p "PARENT=Folder to write into, for example E:\ : "
if defined PARENT set "PARENT=%PARENT:"=%"
if not defined PARENT exit /b 2
set "OUT=%PARENT%\tourniquet-%COMPUTERNAME%"
if exist "%OUT%\" (
  echo "%OUT%" is there already: move it away first.
  exit /b 2
)
echo It will write to "%OUT%".
if not defined YES set /p "ANSWER=Go on? [y/N] "
if defined ANSWER set "ANSWER=%ANSWER:"=%"
if not defined YES if /i not "%ANSWER%"=="y" exit /b 2
set "W=%OUT%\Windows"
md "%W%\System32\config" >nul 2>&1
if not exist "%W%\System32\config\" (
  echo Nothing can be written there.
  exit /b 1
)
md "%W%\servicing\Version" "%W%\winsxs" >nul

echo Hives ...
for %%H in (SOFTWARE SYSTEM) do call :save %%H
"%REG%" query HKLM\COMPONENTS >nul 2>&1
if errorlevel 1 (
  rem Loaded only while something is being serviced; otherwise the file can be copied as it lies, with its logs.
  for %%F in (COMPONENTS COMPONENTS.LOG COMPONENTS.LOG1 COMPONENTS.LOG2) do call :take System32\config %%F
) else call :save COMPONENTS

echo Files ...
for %%F in (ntoskrnl.exe ntkrnlpa.exe hal.dll win32k.sys ntdll.dll kernel32.dll mshtml.dll wuaueng.dll) do call :take System32 %%F
for %%F in (tcpip.sys srv.sys srv2.sys http.sys termdd.sys) do call :take System32\drivers %%F
for %%D in (v2.0.50727 v4.0.30319) do for %%B in (Framework Framework64) do call :take Microsoft.NET\%%B\%%D mscorlib.dll
if defined DRIVERS call :all System32\drivers *.sys
for /d %%D in ("%SystemRoot%\servicing\Version\*") do md "%W%\servicing\Version\%%~nxD" 2>nul
for /d %%D in ("%SystemRoot%\winsxs\*microsoft-windows-servicingstack_*") do md "%W%\winsxs\%%~nxD" 2>nul
call :take winsxs pending.xml
call :all Logs\CBS *.log
call :take SoftwareDistribution ReportingEvents.log

echo Live state ...
set "LIVE=%OUT%\tourniquet-collect.txt"
>"%LIVE%" echo tourniquet-collect 1
set "CV=HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"
rem These keys are volatile: a saved hive does not hold them, so they are asked here.
call :live cbs_reboot_pending "%CV%\Component Based Servicing" RebootPending
call :live cbs_reboot_in_progress "%CV%\Component Based Servicing" RebootInProgress
call :live cbs_packages_pending "%CV%\Component Based Servicing" PackagesPending
call :live update_reboot_required "%CV%\WindowsUpdate\Auto Update" RebootRequired
"%FILES%\systeminfo.exe" >"%OUT%\systeminfo.txt" 2>nul <nul
"%FILES%\wbem\wmic.exe" qfe get HotFixID,InstalledOn /value >"%OUT%\qfe.txt" 2>nul <nul
rem Which licences are active, by their public ids. No key, not even a part of one, is asked for.
"%FILES%\wbem\wmic.exe" path SoftwareLicensingProduct where "LicenseStatus=1" get ID,LicenseStatus /value >"%OUT%\licences.txt" 2>nul <nul

echo Hashes ...
set ALGORITHM=SHA256
"%FILES%\certutil.exe" -hashfile "%W%\System32\config\SYSTEM" SHA256 >nul 2>&1
if errorlevel 1 set ALGORITHM=SHA1
>"%OUT%\hashes.txt" echo %ALGORITHM%
for %%F in ("%W%\System32\config\*" "%W%\System32\ntoskrnl.exe" "%LIVE%") do "%FILES%\certutil.exe" -hashfile "%%~fF" %ALGORITHM% >>"%OUT%\hashes.txt" 2>nul
>>"%LIVE%" echo lost=%LOST%
echo Done: "%OUT%". Parts that could not be read: %LOST%. Carry the folder away and run: tourniquet check FOLDER
if not "%LOST%"=="0" exit /b 1
exit /b 0

:save
"%REG%" save HKLM\%1 "%W%\System32\config\%1" >nul 2>&1
if not errorlevel 1 exit /b 0
echo   could not save the hive %1
set /a LOST+=1
exit /b 0

rem Folder below Windows, file name. A file that is not there is no loss; one that cannot be copied is.
:take
if not exist "%SystemRoot%\%~1\%~2" exit /b 0
if not exist "%W%\%~1\" md "%W%\%~1"
copy /b /y "%SystemRoot%\%~1\%~2" "%W%\%~1\%~2" >nul 2>&1
if not errorlevel 1 exit /b 0
echo   could not copy %~1\%~2
set /a LOST+=1
exit /b 0

rem Folder below Windows, pattern. The names found never stand in a "call", which would read them once more.
:all
if not exist "%SystemRoot%\%~1\%~2" exit /b 0
if not exist "%W%\%~1\" md "%W%\%~1"
for %%F in ("%SystemRoot%\%~1\%~2") do (
  copy /b /y "%%~fF" "%W%\%~1\" >nul 2>&1
  if errorlevel 1 set /a LOST+=1
)
exit /b 0

rem Name, key, key below it: writes name=present, name=absent, or name=unknown when not even the key above can be read.
:live
set "STATE=present"
"%REG%" query "%~2\%~3" >nul 2>&1
if errorlevel 1 set "STATE=absent"
"%REG%" query "%~2" >nul 2>&1
if errorlevel 1 set "STATE=unknown"
>>"%LIVE%" echo %1=%STATE%
exit /b 0
