// Short texts of every kind that is read, for fuzzing to begin with. Target, then what it reads.
#pragma once

#include <array>
#include <string_view>

namespace tq::fuzz {

struct SeedText {
  std::string_view target, text;
};

inline constexpr std::array kTexts = {
    SeedText{"systeminfo",
             "\r\nHost Name:                 SRV\r\nOS Name:                   Microsoftr Windows Serverr 2008 Standard \r\n"
             "OS Version:                6.0.6002 Service Pack 2 Build 6002\r\nOS Build Type:             Multiprocessor Free\r\n"
             "Original Install Date:     1/2/2010, 3:04:05 AM\r\nSystem Type:               x64-based PC\r\n"
             "Hotfix(s):                 2 Hotfix(s) Installed.\r\n                           [01]: KB955430\r\n"
             "                           [02]: KB968930\r\nNetwork Card(s):           N/A\r\n"},
    SeedText{"systeminfo",
             "\"Host Name\",\"OS Name\",\"OS Version\",\"Hotfix(s)\"\r\n"
             "\"SRV\",\"Microsoft Windows Server 2008\",\"6.0.6003 Service Pack 2 Build 6003\",\"1 Hotfix(s) Installed.,[01]: KB1\"\r\n"},
    SeedText{"systeminfo", "Hostname:  X\r\nBetriebssystemname: Microsoft Windows Server 2008\r\nBetriebssystemversion: 6.0.6002\r\n"},
    SeedText{"banner",
             "Windows Server (R) 2008 Standard 6003 Service Pack 2 (Windows Server (R) 2008 Standard 6.0)\n"
             "SMB  10.0.0.5  445  SRV  [*] Windows Server 2008 Standard 6003 Service Pack 2 x64 (name:SRV) (domain:air.example)\n"
             "Windows 6.0 Build 6002\n|   OS: Windows Vista (TM) Business 6002 Service Pack 2 (Windows Vista (TM) Business 6.0)\n"},
    SeedText{"qfe",
             "Caption  CSName  Description  FixComments  HotFixID  InstallDate  InstalledBy  InstalledOn  Name  ServicePackInEffect  "
             "Status  \r\n"
             "http://support.microsoft.com/?kbid=937286  SRV     Update                    KB937286               X\\a         "
             "01d4dfd0fb4eb361                                     \r\n"},
    SeedText{"qfe",
             "Source        Description      HotFixID      InstalledBy          InstalledOn\n------        -----------      --------\n"
             "SRV           Update           KB955430      X\\a                 4/19/2019 12:00:00 AM\n"},
    SeedText{"qfe",
             "[{\"CSName\":\"SRV\",\"Description\":\"Update\",\"HotFixID\":\"KB955430\",\"InstalledOn\":{\"value\":\"\\/Date(1)\\/\"}}]"},
    SeedText{"qfe", "\nCSName=SRV\nDescription=Update\nHotFixID=KB955430\nInstalledOn=4/19/2019\n\n"},
    SeedText{"inventory",
             "name,os,version,arch,hotfixes,site\nA,Windows Server 2008,6.0.6003,x64,KB4493730;KB1,north\n\"B\",x,6.0,x86,,\n"},
    SeedText{"inventory", "[{\"name\":\"A\",\"version\":\"6.0.6003\",\"updates\":[\"KB1\",{\"id\":2}],\"x\":{\"y\":[1,null,true]}}]"},
    SeedText{"inventory", "{\"name\":\"A\",\"version\":\"6.0.6002\"}\n{\"name\":\"B\",\"version\":\"6.0.6003\",\"arch\":\"ia64\"}\n"},
    SeedText{"fleet_chunks", "name;version;arch\nA;6.0.6002;x64\n\"B\n\";6.0.6003;x86\n"},
    SeedText{"fleet_chunks", "{\"name\":\"A\"}\n{\"name\":\"B\"}\n"},
    SeedText{
        "regtext",
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\r\n@=\"x\"\r\n"
        "\"CurrentBuildNumber\"=\"6003\"\r\n\"UBR\"=dword:00005009\r\n\"Path\"=\"C:\\\\x \\\"y\\\"\"\r\n\"E\"=hex(2):25,00,\\\r\n  "
        "00,00\r\n"
        "\"gone\"=-\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Old]\r\n"},
    SeedText{"regtext", "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\A]\n\"x\"=hex(7):61,00,00\n"},
    SeedText{"regtext",
             "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\r\n    CurrentBuild    REG_SZ    6003\r\n    n    REG_DWORD    0x10\r\n"
             "    (Default)    REG_MULTI_SZ    a\\0b\r\n"},
    SeedText{"reporting_events",
             "{5799BAC1-56F4-4944-862E-9DE7AFEAB1A2}\t2009-06-10 "
             "03:16:55:971+0100\t1\t183\t101\t{A8944CC2-C640-42AB-96EB-CA18473B3BD7}\t105\t0\t"
             "AutomaticUpdates\tSuccess\tContent Install\tInstallation Successful: Update for Windows Server 2008 (KB961501)\r\n"
             "{3FB452A9-013A-437A-91AF-2213D98700DE}\t2009-06-10 04:00:00:001+0000\t1\t182 [AGENT_INSTALLING_FAILED]\t102\t"
             "{00000000-0000-0000-0000-000000000000}\t0\t80070643\tAutomaticUpdates\tFailure\tContent Install\tReady:\r\n- (KB961371)\r\n"},
    SeedText{"cbs_log",
             "2019-04-10 03:00:00, Info                  CBS    Loaded Servicing Stack v6.0.6002.18005 with Core: "
             "C:\\Windows\\winsxs\\x\\cbscore.dll\r\n"
             "2019-04-10 03:00:02, Info                  CBS    Failed to resolve package "
             "'Package_for_KB1~31bf3856ad364e35~amd64~~6.0.1.2' [HRESULT = "
             "0x800f0831 - CBS_E_STORE_CORRUPTION]\r\n"
             "2019-04-10 03:00:05, Info                  CBS    Startup: Package: Package_for_KB1~31bf3856ad364e35~amd64~~6.0.1.2 "
             "completed startup "
             "processing, new state: Installed, original: Staged, targeted: Installed. hr = 0x0\r\n"},
    SeedText{
        "manifest",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><assembly xmlns=\"urn:schemas-microsoft-com:asm.v3\" manifestVersion=\"1.0\" "
        "description=\"d\">"
        "<assemblyIdentity name=\"Package_for_KB1\" version=\"6.0.1.2\" language=\"neutral\" processorArchitecture=\"amd64\" "
        "publicKeyToken=\"31bf3856ad364e35\"/><package identifier=\"KB1\" releaseType=\"Update\" "
        "restart=\"possible\"><parent><assemblyIdentity "
        "name=\"F\" version=\"6.0.6002.18005\"/></parent><update name=\"1\"><package integrate=\"hidden\"><assemblyIdentity name=\"P\" "
        "version=\"1\"/></package><component><assemblyIdentity name=\"C\"/></component></update></package></assembly>"},
    SeedText{
        "manifest",
        "<PendingTransaction Version=\"2.0\"><Transactions><Transaction TransactionId=\"1\"><Install Application=\"P, Culture=neutral, "
        "Version=6.0.1.2, PublicKeyToken=31bf3856ad364e35, ProcessorArchitecture=amd64, "
        "versionScope=NonSxS\"/></Transaction></Transactions>"
        "<POQ postAction=\"reboot\"><HardlinkFile source=\"\\SystemRoot\\WinSxS\\amd64_os-kernel_31bf3856ad364e35_6.0.6003.20489_none_"
        "89a35f80d52d451d\\ntoskrnl.exe\" destination=\"x\"/><SetKeyValue path=\"a\"/></POQ></PendingTransaction>"},
    SeedText{"task",
             "<Task version=\"1.2\"><Settings><Enabled>false</Enabled></Settings><Actions><Exec><Command>C:\\a.exe</Command><Arguments>/q "
             "&amp; x"
             "</Arguments></Exec><ComHandler><ClassId>{1}</ClassId></ComHandler></Actions></Task>"},
    SeedText{"update_manifest",
             "<unattend xmlns=\"urn:schemas-microsoft-com:unattend\"><servicing><package action=\"install\"><assemblyIdentity "
             "name=\"Package_for_KB1\" "
             "version=\"6.0.1.1\" language=\"neutral\" processorArchitecture=\"amd64\" publicKeyToken=\"31bf3856ad364e35\"/><source "
             "location=\"%configsetroot%\\Windows6.0-KB1-x64.CAB\"/></package></servicing></unattend>"},
    SeedText{"update_manifest", "KB Article Number=\"1\"\r\nProcessor Architecture=\"amd64\"\r\nBuild Date=\"2019/04/10\"\r\n"},
    SeedText{"kev", "CVE-2019-0001,2021-11-03,Known\nCVE-2019-0002,2022-01-01,Unknown\n"},
    SeedText{"kev", "1000002,ntoskrnl.exe,x64,ldr,6.0.6003.20489,x\n"},
    SeedText{"lists", "kb,status,date,by,note\nKB5073697,approved,2026-02-01,QA,\"tested; twice\"\n4493730,pending,,,\n"},
    SeedText{"lists", "{\"schema\": \"tourniquet.plan/1\", \"steps\": [{\"n\": 1, \"kb\": \"KB4493730\"}, {\"n\": 2, \"kb\": null}]}"},
    SeedText{"facts", "{\"schema\": \"tourniquet.facts/1\", \"machines\": []}\n"},
    SeedText{
        "vmdk",
        "# Disk DescriptorFile\nversion=1\nCID=1234abcd\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\nRW 2 FLAT \"a\" 0\nRW 2 ZERO\n"
        "ddb.adapterType = \"ide\"\n"},
};

}  // namespace tq::fuzz
