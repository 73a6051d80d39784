#include "format/manifest/manifest.hpp"

#include <doctest/doctest.h>

#include <random>

#include "core/text.hpp"

using namespace tq;
using namespace tq::format;

namespace {

/// In the shape of a real update.mum of NT 6.0 and 6.1.
const std::string kMum = R"(<?xml version="1.0" encoding="utf-8"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" description="Fix for KB4493471" supportInformation="http://support.microsoft.com/?kbid=4493471" creationTimeStamp="2019-04-03T15:14:44Z">
  <assemblyIdentity name="Package_for_KB4493471" version="6.0.1.2" language="neutral" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35"/>
  <package identifier="KB4493471" releaseType="Security Update" restart="possible">
    <parent buildCompare="EQ" serviceCompare="EQ" integrate="separate" disposition="detect">
      <assemblyIdentity name="Microsoft-Windows-Foundation-Package" language="neutral" version="6.0.6002.18005" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" buildType="release"/>
      <assemblyIdentity name="Microsoft-Windows-ServerCore-Package" language="neutral" version="6.0.6002.18005" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35"/>
    </parent>
    <installerAssembly name="Microsoft-Windows-ServicingStack" version="6.0.0.0" language="neutral" processorArchitecture="amd64" versionScope="nonSxS" publicKeyToken="31bf3856ad364e35"/>
    <update name="4493471-1_neutral_PACKAGE">
      <package integrate="hidden">
        <assemblyIdentity name="Package_1_for_KB4493471" version="6.0.1.2" language="neutral" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35"/>
      </package>
    </update>
    <update name="4493471-2_neutral_LDR">
      <applicable disposition="staged">
        <updateComponent elevate="distribution">
          <assemblyIdentity name="Microsoft-Windows-OS-Kernel" version="6.0.6003.20489" processorArchitecture="amd64" language="neutral" publicKeyToken="31bf3856ad364e35"/>
        </updateComponent>
      </applicable>
    </update>
  </package>
</assembly>
)";

const std::string kComponent = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<asmv3:assembly xmlns:asmv3="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">
  <asmv3:assemblyIdentity name="Microsoft-Windows-OS-Kernel" version="6.0.6003.20489" processorArchitecture="x86" language="neutral" publicKeyToken="31bf3856ad364e35" versionScope="nonSxS"/>
  <asmv3:dependency><asmv3:dependentAssembly dependencyType="install">
    <asmv3:assemblyIdentity name="Microsoft-Windows-OS-Kernel-Minimal" version="6.0.6003.20489"/>
  </asmv3:dependentAssembly></asmv3:dependency>
  <asmv3:file name="ntkrnlpa.exe" destinationPath="$(runtime.system32)\"/>
  <asmv3:file name="ntoskrnl.exe"/>
</asmv3:assembly>)";

const std::string kPending = R"(<?xml version='1.0' encoding='utf-8'?>
<PendingTransaction Version="2.0" Identifier="916ae75edb30da01">
  <Transactions><Transaction TransactionId="1">
    <Install Application="Package_1_for_KB4493471, Culture=neutral, Version=6.0.1.2, PublicKeyToken=31bf3856ad364e35, ProcessorArchitecture=amd64, versionScope=NonSxS" RefIdentifier="Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.2"/>
  </Transaction></Transactions>
  <POQ postAction="reboot">
    <BeginTransaction id="1"/>
    <CreateFile path="\SystemRoot\WinSxS\Temp\PendingRenames\x"/>
    <HardlinkFile source="\SystemRoot\WinSxS\amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6003.20489_none_89a35f80d52d451d\ntoskrnl.exe" destination="\??\C:\Windows\System32\ntoskrnl.exe"/>
    <HardlinkFile source="\SystemRoot\WinSxS\amd64_microsoft-windows-os-kernel_31bf3856ad364e35_6.0.6003.20489_none_89a35f80d52d451d\ntkrnlpa.exe" destination="\??\C:\x"/>
  </POQ>
  <POQ><SetKeyValue path="\Registry\Machine\X" name="a"/></POQ>
</PendingTransaction>)";

}  // namespace

TEST_CASE("manifest: a package file") {
  const auto m = manifest::parse_manifest(bytes_of(kMum));
  REQUIRE(m);
  CHECK(m->lost.empty());
  CHECK(m->is_package);
  CHECK(m->identity.name == "Package_for_KB4493471");
  CHECK(m->identity.version->text() == "6.0.1.2");
  CHECK(m->identity.package_form() == "Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.2");
  CHECK(m->package_identifier == "KB4493471");
  CHECK(m->release_type == "Security Update");
  CHECK(m->restart == "possible");
  CHECK(m->description == "Fix for KB4493471");
  CHECK(m->creation_time == "2019-04-03T15:14:44Z");
  REQUIRE(m->parents.size() == 1);
  CHECK(m->parents[0].build_compare == "EQ");
  CHECK(m->parents[0].revision_compare.empty());
  CHECK(m->parents[0].disposition == "detect");
  REQUIRE(m->parents[0].identities.size() == 2);
  CHECK(m->parents[0].identities[1].name == "Microsoft-Windows-ServerCore-Package");
  REQUIRE(m->installer);
  CHECK(m->installer->version_scope == "nonSxS");
  REQUIRE(m->updates.size() == 2);
  CHECK(m->updates[0].name == "4493471-1_neutral_PACKAGE");
  REQUIRE(m->updates[0].packages.size() == 1);
  CHECK(m->updates[0].packages[0].name == "Package_1_for_KB4493471");
  REQUIRE(m->updates[1].components.size() == 1);
  CHECK(m->updates[1].components[0].version->text() == "6.0.6003.20489");
  CHECK(m->packages.empty());
}

TEST_CASE("manifest: a component manifest with prefixed names") {
  const auto m = manifest::parse_manifest(bytes_of(kComponent));
  REQUIRE(m);
  CHECK_FALSE(m->is_package);
  CHECK(m->identity.architecture == "x86");
  CHECK(m->files == std::vector<std::string>{"ntkrnlpa.exe", "ntoskrnl.exe"});
  REQUIRE(m->dependencies.size() == 1);
  CHECK(m->dependencies[0].name == "Microsoft-Windows-OS-Kernel-Minimal");
}

TEST_CASE("manifest: UTF-16 is read as well") {
  std::vector<std::byte> wide;
  std::u16string text = u"\uFEFF" + utf8_to_utf16(kComponent);
  text.replace(text.find(u"UTF-8"), 5, u"UTF-16");
  for (const char16_t c : text) {
    wide.push_back(static_cast<std::byte>(c & 0xFF));
    wide.push_back(static_cast<std::byte>(c >> 8));
  }
  const auto m = manifest::parse_manifest(bytes_of(wide));
  REQUIRE(m);
  CHECK(m->files.size() == 2);
}

TEST_CASE("manifest: document types and entities are refused whole") {
  const std::string bomb =
      "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'xxxx'><!ENTITY y '&x;&x;&x;'>]>" + kMum.substr(kMum.find("<assembly"));
  const auto m = manifest::parse_manifest(bytes_of(bomb));
  REQUIRE_FALSE(m);
  CHECK(m.error().code == ErrorCode::unsupported);
  CHECK(m.error().found == "a document type");
  CHECK(manifest::parse_pending(bytes_of("<!DOCTYPE x><PendingTransaction/>")).error().code == ErrorCode::unsupported);
}

TEST_CASE("manifest: compressed, other and deep files say what they are") {
  CHECK(manifest::parse_manifest(bytes_of(std::string_view("DCM\x01PA30", 8))).error().code == ErrorCode::unsupported);
  CHECK(manifest::parse_manifest(bytes_of("<html/>")).error().found == "another root");
  CHECK(manifest::parse_manifest(bytes_of("<assembly/>")).error().found == "no identity");
  CHECK(manifest::parse_manifest(Bytes()).error().code == ErrorCode::truncated);
  std::string deep = "<assembly><assemblyIdentity name='a'/>";
  for (int i = 0; i < 100; ++i) deep += "<a>";
  CHECK(manifest::parse_manifest(bytes_of(deep)).error().found == "more than 64 levels");
}

TEST_CASE("manifest: too many items are cut off and named once") {
  std::string text = "<assembly><assemblyIdentity name='a'/>";
  for (int i = 0; i < 100010; ++i) text += "<file name='f'/>";
  text += "</assembly>";
  const auto m = manifest::parse_manifest(bytes_of(text));
  REQUIRE(m);
  CHECK(m->files.size() == 99999);
  REQUIRE(m->lost.size() == 1);
  CHECK(m->lost[0].place == "manifest.items");
}

TEST_CASE("manifest: cut at every length, it is an error or a part that says so") {
  const std::size_t end = kMum.find("</assembly>") + 11;
  bool saw_part = false;
  for (std::size_t n = 0; n < end; ++n) {
    const auto m = manifest::parse_manifest(bytes_of(std::string_view(kMum).substr(0, n)));
    if (!m) continue;
    saw_part = true;
    REQUIRE(m->lost.size() == 1);
    CHECK(m->identity.name == "Package_for_KB4493471");
  }
  CHECK(saw_part);
}

TEST_CASE("manifest: random mutations") {
  std::mt19937 rng(31);
  for (int i = 0; i < 4000; ++i) {
    std::string text = i % 3 == 0 ? kMum : i % 3 == 1 ? kComponent : kPending;
    for (std::size_t k = rng() % 5 + 1; k > 0; --k) text[rng() % text.size()] = static_cast<char>(rng() & 0xFF);
    if (const auto m = manifest::parse_manifest(bytes_of(text))) CHECK(m->updates.size() <= 2);
    if (const auto p = manifest::parse_pending(bytes_of(text))) CHECK(p->operations <= 10);
  }
}

TEST_CASE("manifest: pending.xml") {
  const auto p = manifest::parse_pending(bytes_of(kPending));
  REQUIRE(p);
  CHECK(p->lost.empty());
  CHECK(p->version == "2.0");
  CHECK(p->identifier == "916ae75edb30da01");
  CHECK(p->operations == 5);
  CHECK(p->operation_kinds.at("HardlinkFile") == 2);
  CHECK(p->operation_kinds.at("SetKeyValue") == 1);
  REQUIRE(p->installs.size() == 1);
  CHECK(p->installs[0].name == "Package_1_for_KB4493471");
  CHECK(p->installs[0].architecture == "amd64");
  CHECK(p->installs[0].version->text() == "6.0.1.2");
  REQUIRE(p->components.size() == 1);
  CHECK(p->components[0].version.text() == "6.0.6003.20489");
  REQUIRE(p->packages.size() == 1);
  CHECK(p->packages[0].name == "Package_for_KB4493471");
  CHECK(p->kbs == std::vector<std::uint32_t>{4493471});
  const auto cut = manifest::parse_pending(bytes_of(std::string_view(kPending).substr(0, kPending.find("<POQ><Set"))));
  REQUIRE(cut);
  CHECK(cut->operations == 4);
  CHECK(cut->lost.size() == 1);
  CHECK(manifest::parse_pending(bytes_of(kMum)).error().found == "another root");
}
