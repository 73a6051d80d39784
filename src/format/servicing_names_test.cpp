#include "format/servicing_names.hpp"

#include <doctest/doctest.h>

using namespace tq;
using namespace tq::format;

TEST_CASE("servicing names: component folders") {
  const auto c =
      parse_component_name("amd64_microsoft-windows-i..rnational-timezones_31bf3856ad364e35_6.0.6002.18984_none_72f9fc71bf52f9f5");
  REQUIRE(c);
  CHECK(c->architecture == "amd64");
  CHECK(c->name == "microsoft-windows-i..rnational-timezones");
  CHECK(c->public_key_token == "31bf3856ad364e35");
  CHECK(c->version.text() == "6.0.6002.18984");
  CHECK(c->language == "none");
  CHECK(c->hash == "72f9fc71bf52f9f5");
  CHECK(parse_component_name("x86_a_b_31bf3856ad364e35_1.2.3.4_en-us_0123456789abcdef")->name == "a_b");
  for (const char* bad :
       {"", "Backup", "Manifests", "x86_a_31bf3856ad364e35_1.2.3_none_0123456789abcdef", "x86_a_31bf3856ad364e35_1.2.3.4_none_xyz",
        "_a_31bf3856ad364e35_1.2.3.4_none_0123456789abcdef", "x86__31bf3856ad364e35_1.2.3.4_none_0123456789abcdef",
        "x86_a_31bf_1.2.3.4_none_0123456789abcdef", "x86_a_31bf3856ad364e35_1.2.3.4.5_none_0123456789abcdef"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_component_name(bad));
  }
}

TEST_CASE("servicing names: a component in a path") {
  const auto c = component_in_path("\\??\\C:\\Windows\\WinSxS\\x86_n_31bf3856ad364e35_6.0.6002.18733_none_17106c7406cde965\\tzupd.exe");
  REQUIRE(c);
  CHECK(c->version.revision == 18733);
  CHECK_FALSE(component_in_path("C:\\Windows\\System32\\tzupd.exe"));
  CHECK_FALSE(component_in_path("C:\\Windows\\WinSxS\\Backup\\x"));
}

TEST_CASE("servicing names: package identities") {
  const auto p = parse_package_name("Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.2");
  REQUIRE(p);
  CHECK(p->name == "Package_for_KB4493471");
  CHECK(p->language.empty());
  CHECK(p->text() == "Package_for_KB4493471~31bf3856ad364e35~amd64~~6.0.1.2");
  CHECK(package_in_text("Failed to resolve package 'A-B~31bf3856ad364e35~x86~en-US~6.0.6002.18005.mum' [HRESULT]")->language == "en-US");
  CHECK(package_in_text("Package: P~31bf3856ad364e35~ia64~~6.0.1.0, current: Absent")->architecture == "ia64");
  CHECK_FALSE(package_in_text("a~b~c ~~~~ ~1~2~3~4"));
  CHECK_FALSE(parse_package_name("A~31bf3856ad364e35~x86~6.0.1.0"));
  CHECK_FALSE(parse_package_name(std::string(600, 'A') + "~31bf3856ad364e35~x86~~6.0.1.0"));
}

TEST_CASE("servicing names: KB numbers") {
  CHECK(kb_numbers("Windows6.0-KB4493471-x64, (KB4493458) kb4493471") == std::vector<std::uint32_t>{4493471, 4493458});
  CHECK(kb_numbers("Package_for_KB948465~31bf") == std::vector<std::uint32_t>{948465});
  CHECK(kb_numbers("SSLAssistant_KB\\x KB1234 XKB123456 KB123456789 KB").empty());
}
