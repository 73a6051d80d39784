#include "tests/support/feed_builder.hpp"

namespace tq::test {
namespace {

std::string element(const std::string& name, const std::string& text) { return "<vuln:" + name + ">" + text + "</vuln:" + name + ">"; }

}  // namespace

CvrfBuilder& CvrfBuilder::product(const std::string& id, const std::string& name) {
  products_ += "<prod:FullProductName ProductID=\"" + id + "\">" + name + "</prod:FullProductName>\n";
  ids_.push_back(id);
  return *this;
}

CvrfBuilder& CvrfBuilder::cve(const std::string& cve, const std::string& title, const std::string& severity) {
  vulnerabilities_ += open_;
  vulnerabilities_ += "<vuln:Vulnerability Ordinal=\"1\">" + element("Title", title) +
                      "<vuln:Notes><vuln:Note Title=\"d\" Type=\"Description\">&lt;p&gt;long&lt;/p&gt;</vuln:Note><vuln:Note Title=\"t\" "
                      "Type=\"Tag\">Kernel</vuln:Note></vuln:Notes>" +
                      element("CVE", cve) + "<vuln:Threats>";
  for (const std::string& id : ids_)
    vulnerabilities_ += "<vuln:Threat Type=\"Severity\">" + element("Description", severity) + element("ProductID", id) +
                        "</vuln:Threat><vuln:Threat Type=\"Impact\">" + element("Description", "Spoofing") + element("ProductID", id) +
                        "</vuln:Threat>";
  vulnerabilities_ += "</vuln:Threats><vuln:Remediations>";
  open_ = "</vuln:Remediations><vuln:RevisionHistory><vuln:Revision><cvrf:Date>" + released_ +
          "T08:00:00</cvrf:Date></vuln:Revision></vuln:RevisionHistory></vuln:Vulnerability>\n";
  return *this;
}

CvrfBuilder& CvrfBuilder::fix(const std::string& kb, const std::vector<std::string>& products, const std::string& subtype,
                              const std::string& supersedes, const std::string& build, const std::string& url) {
  vulnerabilities_ +=
      "<vuln:Remediation Type=\"Vendor Fix\">" + element("Description", kb) + element("URL", url) + element("Supercedence", supersedes);
  for (const std::string& id : products) vulnerabilities_ += element("ProductID", id);
  vulnerabilities_ += element("SubType", subtype) + element("FixedBuild", build) + "</vuln:Remediation>";
  return *this;
}

CvrfBuilder& CvrfBuilder::prologue(std::string text) {
  prologue_ = std::move(text);
  return *this;
}

std::string CvrfBuilder::text() const {
  return prologue_ + "<cvrf:cvrfdoc xmlns:cvrf=\"c\" xmlns:vuln=\"v\" xmlns:prod=\"p\">\n<cvrf:DocumentTracking><cvrf:InitialReleaseDate>" +
         released_ + "T08:00:00</cvrf:InitialReleaseDate><cvrf:CurrentReleaseDate>" + released_ +
         "T09:00:00</cvrf:CurrentReleaseDate></cvrf:DocumentTracking>\n<prod:ProductTree>\n" + products_ + "</prod:ProductTree>\n" +
         vulnerabilities_ + open_ + "</cvrf:cvrfdoc>\n";
}

std::string wesng_header() {
  return "\"DatePosted\",\"CVE\",\"BulletinKB\",\"Title\",\"AffectedProduct\",\"AffectedComponent\",\"Severity\",\"Impact\",\"Supersedes\","
         "\"Exploits\"\r\n";
}

std::string wesng_row(const std::string& date, const std::string& cve, const std::string& kb, const std::string& product,
                      const std::string& component, const std::string& supersedes, const std::string& title) {
  std::string out;
  for (const std::string& cell :
       {date, cve, kb, title, product, component, std::string("Important"), std::string("Spoofing"), supersedes, std::string()})
    out += (out.empty() ? "\"" : ",\"") + cell + "\"";
  return out + "\r\n";
}

}  // namespace tq::test
