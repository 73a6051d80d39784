#include "evidence/support/role_witnesses.hpp"

namespace tq::evidence {

std::span<const RoleWitness> role_witnesses() {
  static constexpr RoleWitness kAll[] = {
      {"ad_ds", "Active Directory Domain Services", "", ""},
      {"adcs", "certification authority", "CertSvc", "ADCS-Cert-Authority"},
      {"adfs", "Active Directory Federation Services", "adfssrv;ifssvc", "ADFS-Federation;AD-Federation-Services"},
      {"adlds", "Active Directory Lightweight Directory Services", "", "ADLDS"},
      {"adrms", "Active Directory Rights Management Services", "", "ADRMS-Server;ADRMS"},
      {"cluster", "failover cluster node", "ClusSvc", "Failover-Clustering"},
      {"dhcp", "DHCP server", "DHCPServer", "DHCP"},
      {"dns", "DNS server", "DNS", "DNS"},
      {"file", "file server", "", "FS-FileServer;FS-DFS;FS-Resource-Manager"},
      {"hyper_v", "Hyper-V host", "vmms", "Hyper-V"},
      {"iis", "web server (IIS)", "W3SVC", "Web-Server;Web-WebServer"},
      {"iis6_management", "IIS 6 management console", "", "Web-Lgcy-Mgmt-Console"},
      {"nlb", "network load balancing", "", "NLB"},
      {"nps", "Network Policy Server", "IAS", "NPAS-Policy-Server;NPAS"},
      {"print", "print server", "", "Print-Server;Print-Services"},
      {"rds", "Remote Desktop (Terminal) Services", "TermServLicensing;TSGateway;Tssdis;TScPubRPC",
       "TS-Terminal-Server;TS-Licensing;TS-Gateway;TS-Session-Broker;TS-Web-Access;RDS-RD-Server;RDS-Licensing;RDS-Gateway;"
       "RDS-Connection-Broker"},
      {"rras", "Routing and Remote Access", "", "NPAS-RRAS;NPAS-RRAS-Services"},
      {"wds", "Windows Deployment Services", "WDSServer", "WDS"},
      {"wins", "WINS server", "WINS", "WINS-Server;WINS"},
      {"wsus", "Windows Server Update Services", "WsusService;Update Services", "OOB-WSUS;UpdateServices"},
  };
  return kAll;
}

}  // namespace tq::evidence
