// Words by which the languages of Windows name a domain controller, a server and the hotfix line. Everything else is read by
// form and position; these words only add what has no form.
#include <array>

#include "core/text.hpp"
#include "format/systeminfo/pieces.hpp"

namespace tq::format::systeminfo {
namespace {

// Parts of "Primary Domain Controller" and "Additional/Backup Domain Controller". ASCII parts are compared without case; the
// others start after a letter that may be a capital, so that no case table is needed.
constexpr std::array<std::string_view, 30> kDomainController = {"domain controller",    "ontroleur de domaine",  "ontrôleur de domaine",
                                                                "omänencontroller",     "ontrolador de dominio", "ontrolador de domínio",
                                                                "ontroller di dominio", "онтроллер домена",      "域控制器",
                                                                "網域控制站",           "ドメイン コントローラ", "도메인 컨트롤러",
                                                                "ontroler domeny",      "adič domény",           "omeincontroller",
                                                                "omänkontrollant",      "Alan Denetleyicisi",    "alanı denetleyicisi",
                                                                "artományvezérlő",      "oimialueen ohjauskone", "omænecontroller",
                                                                "omenekontroller",      "λεγκτής τομέα",         "онтролер домену",
                                                                "ontroler de domeniu",  "בקר קבוצת מחשבים",      "בקר תחום",
                                                                "وحدة تحكم المجال",     "ontroler domene",       "omeeni kontroller"};

constexpr std::array<std::string_view, 17> kServer = {"server",   "serveur", "servidor",  "szerver",     "serwer", "sunucu",
                                                      "palvelin", "сервер",  "Сервер",    "服务器",      "伺服器", "サーバー",
                                                      "サーバ",   "서버",    "ακομιστής", "poslužitelj", "שרת"};

constexpr std::array<std::string_view, 22> kHotfix = {
    "hotfix",    "correctif", "修补程序",   "修正程式",     "ホットフィックス", "修正プログラム",
    "핫픽스",    "справлени", "revisiones", "revisión(es)", "ggiornament",      "oprawki",
    "orrekce",   "avítás",    "üzeltmé",    "üzeltme",      "snabbkorrigering", "urtigreparation",
    "orjaukset", "επείγουσα", "تصحيح",      "תיקונים"};

template <std::size_t N>
bool has_any(std::string_view s, const std::array<std::string_view, N>& words) {
  for (const auto w : words)
    if (ifind(s, w) != std::string_view::npos) return true;
  return false;
}

}  // namespace

void take_role(SystemInfo& out) {
  if (has_any(out.configuration_line, kDomainController)) {
    out.product_type = ProductType::domain_controller;
  } else if (has_any(out.configuration_line, kServer) || ifind(out.product, "server") != std::string_view::npos) {
    out.product_type = ProductType::server;
  } else if (ifind(out.product, "windows") != std::string_view::npos) {
    out.product_type = ProductType::client;
  }
}

bool names_hotfixes(std::string_view label) { return has_any(label, kHotfix); }

}  // namespace tq::format::systeminfo
