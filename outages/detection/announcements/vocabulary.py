"""The words that the announcement reader knows: topic → language → patterns.

A pattern is a regular expression on folded text (lower case, straight quotes, no links). Patterns in Latin script match
whole words; those in Chinese, Japanese and Korean match anywhere. Short hints of meaning, no whole sentences: a
pattern earns its place by being how people say it, not by being in one known post.
"""

from __future__ import annotations

from typing import Final

Topic = dict[str, tuple[str, ...]]

# Something does not work.
FAULT: Final[Topic] = {
    "en": (
        r"(?:partial |major |service |brief )?outages?", r"downtime", r"(?:is|are|was|were|went|goes|be|been|currently|still) down",
        r"un(?:available|reachable|responsive|usable)", r"degraded", r"degradation", r"disrupt\w*", r"interrupt\w*",
        r"(?:not|n't|stopped) (?:be )?(?:work|load|respond|connect|start|process|deliver|appear|updat|display)\w*", r"fail(?:s|ed|ing|ures?)?",
        r"errors?", r"50[0234]s?", r"5xx", r"time(?:d)?[ -]?outs?", r"issues?", r"problems?", r"trouble(?! in the cabin)", r"difficult(?:y|ies)",
        r"incidents?", r"unable to", r"(?:can't|cannot|can not|could not|couldn't|won't|wouldn't) \w+",
        r"intermittent(?:ly)?", r"latenc(?:y|ies)", r"slow(?:er|ness)?(?: (?:load|respons|login|performance)\w*)?", r"delay(?:s|ed)?", r"offline",
        r"impact(?:s|ed|ing)?", r"glitch\w*", r"bugs?", r"capacity constraints?", r"overload\w*", r"crash(?:es|ing)", r"stale", r"missing", r"stuck", r"brownout",
    ),
    "de": (
        r"\w*st(?:ö|oe)rung(?:en)?", r"\w*ausf(?:a|ä|ae)ll\w*", r"ausgefallen", r"fehler\w*", r"\w*problem\w*", r"nicht (?:erreichbar|verf(?:ü|ue)gbar|m(?:ö|oe)glich)",
        r"eingeschr(?:ä|ae)nkt\w*", r"einschr(?:ä|ae)nkung\w*", r"unterbr\w+", r"funktionier\w+ (?:\w+ ){0,3}nicht", r"schwierigkeiten", r"offline", r"beeintr(?:ä|ae)chtig\w*",
    ),
    "nl": (
        r"\w*storing(?:en)?", r"probleme?n?", r"onbereikbaar", r"niet (?:bereikbaar|beschikbaar|mogelijk)", r"foutmelding\w*", r"fouten?", r"uitgevallen", r"uitval",
        r"(?:ligt|lag) (?:eruit|plat)", r"werkt(?:en)? (?:\w+ ){0,3}niet", r"verstoord\w*", r"verstoring\w*", r"offline", r"hinder",
    ),
    "fr": (
        r"pannes?", r"incidents?", r"perturb\w+", r"indisponib\w+", r"injoignable\w*", r"erreurs?", r"probl(?:è|e)mes?", r"d(?:é|e)gradé\w*", r"d(?:é|e)gradation\w*",
        r"dysfonctionnement\w*", r"interrompu\w*", r"interruption\w*", r"ne (?:fonctionn|r(?:é|e)pond)\w+ (?:pas|plus)", r"hors service", r"difficult(?:é|e)s?", r"inaccessibl\w+", r"ralenti\w*",
    ),
    "no": (
        r"nedetid", r"\w*feil(?:melding\w*)?", r"problem(?:er|et|ene)?", r"utilgjengelig\w*", r"(?:er|var|ligger) nede", r"driftsforstyrrelse\w*", r"avbrudd\w*", r"virker ikke", r"fungerer ikke",
        r"forstyrrelse\w*", r"ustabil\w*", r"hendelse\w*", r"utfall", r"treg(?:t|e|het)?",
    ),
    "sv": (r"\w*st(?:ö|o)rning\w*", r"driftst(?:ö|o)rning\w*", r"\w*avbrott\w*", r"otillg(?:ä|a)nglig\w*", r"fungerar inte", r"(?:ligger|är) nere"),
    "da": (r"nedbrud\w*", r"driftsforstyrrelse\w*", r"virker ikke", r"utilg(?:æ|ae)ngelig\w*", r"\w*fejl\w*"),
    "es": (r"ca(?:í|i)da\w*", r"interrupci(?:ó|o)n\w*", r"fallos?", r"fallas?", r"aver(?:í|i)a\w*", r"incidencia\w*", r"no (?:est(?:á|a) disponible|funciona\w*|responde\w*)", r"errores", r"problemas?"),
    "it": (r"disservizi\w*", r"guast\w+", r"interruzion\w+", r"non (?:disponibil\w+|funziona\w*|raggiungibil\w+)", r"errori", r"malfunzionament\w+", r"problemi", r"problema"),
    "zh": ("故障", "中断", "中斷", "异常", "異常", "无法", "無法", "不可用", "宕机", "宕機", "错误", "錯誤", "问题", "問題", "不稳定", "不穩定", "瘫痪", "延迟"),
    "ja": ("障害", "不具合", "エラー", "停止して", "利用できない", "つながらない", "接続できない", "ログインできない", "発生して"),
    "ko": ("장애", "오류", "중단", "불가", "접속이 안", "문제가", "지연"),
}

# Somebody is looking for the cause.
INVESTIGATING: Final[Topic] = {
    "en": (
        r"invest\w*igat\w*", r"investing reports", r"looking (?:in ?to|at)", r"check(?:ing)? (?:on |into )?(?:the |these |this |your |some )?(?:reports?|problems?|issues?|why|what)", r"^checking\b",
        r"aware (?:of|that)", r"(?:have )?received reports", r"(?:seeing|getting|hearing) (?:\w+ ){0,2}reports", r"diagnos\w+", r"triag\w+", r"trying to (?:understand|find)",
        r"(?:may|might) (?:currently )?(?:be )?(?:see|seeing|experienc\w+|encounter\w*)", r"(?:is|are) (?:currently )?(?:seeing|experiencing|having|encountering)",
        r"on it", r"at present", r"right now", r"assess\w*",
    ),
    "de": (r"untersuch\w*", r"pr(?:ü|ue)f(?:en|t)", r"(?:wir )?gehen \w+ (?:\w+ )?nach", r"schauen (?:uns )?\w+ an", r"sind uns \w+ bewusst", r"bekannt(?! gegeben)", r"analysieren", r"liegen (?:uns )?(?:\w+ )?meldungen vor", r"derzeit", r"aktuell", r"momentan"),
    "nl": (r"onderzoek\w*", r"(?:wij|we) kijken (?:er|hier)?\w*", r"zoeken (?:dit |het )?uit", r"zijn op de hoogte", r"bekend met", r"meldingen", r"momenteel", r"op dit moment"),
    "fr": (r"enqu(?:ê|e)t\w*", r"investigu\w*", r"investigation\w*", r"examin\w+", r"analys(?:ons|ent|e en cours)", r"avons (?:été|ete) inform\w+", r"sommes (?:conscients|inform(?:é|e)s)", r"au courant", r"v(?:é|e)rifi(?:ons|ent)", r"nos (?:é|e)quipes (?:y )?travaillent", r"actuellement", r"en ce moment"),
    "no": (r"unders(?:ø|o)k\w*", r"ser p(?:å|a) (?:saken|det)", r"er klar over", r"er kjent med", r"sjekker", r"feils(?:ø|o)k\w*", r"har f(?:å|a)tt meldinger?", r"akkurat n(?:å|a)", r"for (?:ø|o)yeblikket"),
    "sv": (r"unders(?:ö|o)k\w*", r"utreder", r"tittar p(?:å|a)", r"k(?:ä|a)nner till", r"just nu"),
    "da": (r"unders(?:ø|o)ger", r"kigger p(?:å|a)", r"er klar over", r"lige nu"),
    "es": (r"investiga\w*", r"revisa(?:ndo|mos)", r"analiza(?:ndo|mos)", r"somos conscientes", r"estamos al tanto", r"actualmente", r"en este momento"),
    "it": (r"indaga\w*", r"stiamo (?:verificando|analizzando|esaminando|indagando)", r"siamo a conoscenza", r"al momento", r"attualmente"),
    "zh": ("调查", "調查", "排查", "核查", "正在检查", "正在檢查", "了解到", "收到", "我们注意到", "我們注意到", "正在了解", "目前"),
    "ja": ("調査", "確認して", "確認中", "把握して", "現在"),
    "ko": ("조사", "확인 중", "확인하고", "파악", "현재"),
}

# The cause is known, or a repair is being made.
IDENTIFIED: Final[Topic] = {
    "en": (
        r"identified", r"(?:found|know|located|pinpointed|isolated|determined) (?:\w+ ){0,2}(?:cause|source|issue|problem|reason|fault|bug)", r"root cause (?:is|was|has been)",
        r"work(?:ing|s)? (?:\w+ ){0,3}(?:to|on|towards?|with) (?:\w+ ){0,5}?(?:fix\w*|mitigat\w*|resol\w*|restor\w*|remed\w*|recover\w*|address\w*|repair\w*|solution|workaround|bring\w*|correct\w*|return\w*|reduc\w*|improv\w*)",
        r"(?:fix|patch|mitigation|repair|hotfix) is (?:on its way|underway|coming|in progress|being \w+|rolling)", r"(?:preparing|developing|implementing|deploying|applying|rolling out|shipping|testing|starting|beginning|pursuing) (?:\w+ ){0,3}(?:fix\w*|patch\w*|mitigat\w*|change|rollback|update|workaround|repair)",
        r"roll(?:ing|ed)? (?:\w+ ){0,3}back", r"mitigating", r"fixing", r"restoring", r"(?:begun|started|beginning|continuing|continue) (?:to )?(?:mitigat\w+|roll\w*|remediat\w+|deploy\w*)",
        r"caused by", r"due to an?", r"taking (?:\w+ )?(?:measures|steps|actions?) to", r"fail(?:ing|ed)? over", r"engineers? (?:are|is) (?:working|on it)", r"reverting",
    ),
    "de": (r"ursache (?:\w+ )?(?:gefunden|bekannt|identifiziert|ermittelt|erkannt)", r"identifiziert", r"arbeiten (?:\w+ ){0,5}(?:l(?:ö|oe)sung|behebung|daran|beheben|wiederherstellung)", r"beheben", r"(?:fehler|problem) gefunden", r"techniker (?:sind|arbeiten)"),
    "nl": (r"oorzaak (?:\w+ ){0,2}(?:gevonden|bekend|achterhaald)", r"(?:ge(?:ï|i)dentificeerd)", r"werken (?:\w+ ){0,5}(?:oplossing|herstel|hersteld|aan)", r"werken eraan", r"zijn (?:\w+ )?bezig (?:\w+ ){0,3}(?:oplossen|herstel\w*|oplossing)"),
    "fr": (r"cause (?:\w+ ){0,3}(?:identifi(?:é|e)e|trouv(?:é|e)e|connue)", r"identifi(?:é|e)", r"travaill\w+ (?:\w+ ){0,4}(?:r(?:é|e)solution|correct\w*|r(?:é|e)tabl\w*|solution|r(?:é|e)soudre|corriger)", r"correctif (?:est )?en cours", r"en cours de (?:r(?:é|e)solution|r(?:é|e)tablissement|correction)"),
    "no": (r"(?:å|a)rsaken? (?:er|har blitt) (?:funnet|kjent|identifisert)", r"(?:har )?(?:funnet|identifisert) (?:\w+ ){0,2}(?:feilen|(?:å|a)rsaken|problemet)", r"jobber (?:\w+ ){0,4}(?:l(?:ø|o)sning|rette|feilretting|l(?:ø|o)se)", r"retter feilen"),
    "sv": (r"orsaken (?:är|har)", r"arbetar (?:\w+ ){0,4}(?:l(?:ö|o)sning|(?:å|a)tg(?:ä|a)rda|l(?:ö|o)sa)", r"har hittat (?:felet|orsaken)"),
    "da": (r"(?:å|a)rsagen er", r"arbejder (?:\w+ ){0,4}(?:l(?:ø|o)sning|l(?:ø|o)se|rette)", r"har fundet (?:fejlen|(?:å|a)rsagen)"),
    "es": (r"identificad\w+", r"hemos (?:identificado|encontrado)", r"trabajando (?:\w+ ){0,4}(?:soluci(?:ó|o)n\w*|resolver\w*|restablecer|restaurar)"),
    "it": (r"individuat\w+", r"identificat\w+", r"lavorando (?:\w+ ){0,4}(?:soluzione|risolvere|risoluzione|ripristin\w+)"),
    "zh": ("已定位", "已找到", "原因是", "已确认原因", "已查明", "已查明原因", "正在修复", "正在修復", "抢修", "搶修", "正在恢复", "正在处理", "正在處理", "修复中"),
    "ja": ("原因を特定", "原因が判明", "復旧作業", "修正を進め", "修正中", "対応中", "復旧に向け"),
    "ko": ("원인을 파악", "원인을 확인", "원인이 확인", "복구 작업", "수정 중", "복구 중", "해결하기 위해"),
}

# A repair is in place, and watched.
MONITORING: Final[Topic] = {
    "en": (
        r"monitor(?:ing|ed|s)?", r"mitigated", r"recovering", r"(?:see|seeing|seen|observ\w+|show\w*|confirm\w*) (?:\w+ ){0,5}(?:recover\w*|improve\w*|return\w*)", r"(?:signs|start|indications) of (?:\w+ )?(?:recover\w*|improvement)",
        r"(?:fix|patch|mitigation|change|rollback|hotfix|update|workaround)\w* (?:has |have |was |were )?(?:now )?(?:been )?(?:implemented|deployed|applied|rolled out|in place|shipped|completed?|live)", r"(?:implemented|deployed|applied|shipped|released|rolled out|put|made) (?:\w+ ){0,4}(?:fix\w*|mitigations?|patch\w*|rollback|workaround|hotfix)",
        r"(?:is|are) (?:now |mostly |largely )?operating (?:as )?(?:normal\w*|expected)", r"operate normally", r"(?:coming|come) back (?:up|online)?", r"starting to (?:recover|return)", r"(?:gradual|partial|steady|initial|full|significant|substantial) (?:recovery|improvement)",
        r"keep(?:ing)? (?:a close |a watchful |an )eye", r"improving", r"catch(?:ing)? up", r"returning to normal", r"trending", r"backlog", r"recovered", r"validating", r"should (?:now )?(?:be )?(?:work|see|back)\w*",
    ),
    "de": (r"beobacht\w*", r"(?:ü|ue)berwach(?:en|t)", r"(?:fix|korrektur|l(?:ö|oe)sung) (?:\w+ ){0,3}(?:ausgerollt|eingespielt|umgesetzt|implementiert)", r"(?:kommt|kommen|kehrt|kehren) (?:\w+ ){0,4}zur(?:ü|ue)ck", r"erholt\w*", r"stabilisier\w*", r"normalisiert sich"),
    "nl": (r"monitoren", r"houden (?:\w+ ){0,4}(?:in de gaten|oog)", r"oplossing (?:is )?(?:uitgerold|doorgevoerd|toegepast)", r"(?:herstelt|herstellen) zich", r"komt? (?:\w+ ){0,3}terug", r"fix (?:is )?(?:\w+ )?(?:uitgerold|doorgevoerd)"),
    "fr": (r"surveill\w+", r"correctif (?:a (?:é|e)t(?:é|e) |est )?(?:d(?:é|e)ploy(?:é|e)|appliqu(?:é|e)|en place)", r"reviennent? (?:\w+ ){0,3}(?:progressivement|normale?)", r"(?:retour|r(?:é|e)tablissement) progressif", r"progressivement"),
    "no": (r"overv(?:å|a)ker", r"f(?:ø|o)lger (?:\w+ )?(?:med|situasjonen)", r"(?:rettelse|fiks|l(?:ø|o)sning)\w* (?:er )?(?:\w+ )?(?:rullet ut|på plass|implementert|tatt i bruk)", r"er p(?:å|a) vei tilbake", r"kommer tilbake", r"gradvis"),
    "sv": (r"(?:ö|o)vervakar", r"(?:å|a)terh(?:ä|a)mtar sig", r"f(?:ö|o)ljer l(?:ä|a)get"),
    "da": (r"overv(?:å|a)ger", r"f(?:ø|o)lger situationen", r"er ved at v(?:æ|ae)re tilbage"),
    "es": (r"monitorea\w*", r"monitoriza\w*", r"supervisa\w*", r"se est(?:á|a) recuperando", r"hemos (?:aplicado|implementado|desplegado)", r"gradualmente"),
    "it": (r"monitora\w*", r"stiamo monitorando", r"in fase di ripristino", r"gradualmente", r"abbiamo (?:applicato|implementato|distribuito)"),
    "zh": ("监控", "監控", "观察", "觀察", "逐步恢复", "逐步恢復", "陆续恢复", "陸續恢復", "修复已部署", "已部署", "持续关注"),
    "ja": ("監視", "様子を見", "徐々に", "順次復旧", "経過を"),
    "ko": ("모니터링", "지켜보", "점차", "순차적으로"),
}

# It works again.
RESOLVED: Final[Topic] = {
    "en": (
        r"(?:has|have|is|are|was|were|been|now|fully|issues?|incident|outage|problems?) (?:now |been |being |all |fully |completely |successfully |also )*(?:resolved|restored|fixed|solved|rectified|repaired)", r"^\W*(?:resolved|fixed|restored|solved)",
        r"we(?:'ve| have)? (?:now |fully |successfully )*(?:resolved|restored|fixed|solved)", r"(?:resolved|restored|fixed) (?:now|for (?:all|everyone))", r"back (?:to normal|online|up|in service|in operation)", r"(?:is|are|should be) back(?: now)?(?=[.!,;]|$| for)",
        r"(?:everything|all (?:\w+ )?(?:services|systems|components|regions|functions|features)) (?:is|are|has|have) (?:now )?(?:been )?(?:back|operating normal\w*|operational|up|restored|recovered|available|working|normal)",
        r"operating normally again", r"(?:available|working|operational|running|accessible|functioning|online) (?:normally )?again", r"(?:up and|fully) (?:running|operational|recovered|restored)", r"fully (?:resolved|recovered|mitigated)", r"return(?:ed)? to normal",
        r"all clear", r"(?:has|have) (?:fully |now |all )*recovered", r"is over", r"normal (?:service|operation)s? (?:has |have )?(?:been )?(?:resumed|restored)",
    ),
    "de": (r"behoben", r"wiederhergestellt", r"wieder (?:\w+ ){0,3}(?:verf(?:ü|ue)gbar|erreichbar|online|da|normal\w*|m(?:ö|oe)glich|nutzbar|stabil)", r"(?:l(?:ä|ae)uft|funktionier\w+|laufen) (?:\w+ ){0,3}wieder", r"gel(?:ö|oe)st", r"normalbetrieb", r"abgeschlossen"),
    "nl": (r"(?:is|zijn|nu|weer|volledig) (?:\w+ ){0,2}(?:opgelost|verholpen|hersteld)", r"opgelost", r"verholpen", r"weer (?:\w+ ){0,3}(?:beschikbaar|bereikbaar|online|normaal|operationeel|werkend)", r"(?:werkt|werken|doet het|doen het) (?:\w+ ){0,3}weer", r"doet het weer", r"afgerond", r"voltooid"),
    "fr": (r"r(?:é|e)solu\w*", r"r(?:é|e)tabli\w*", r"revenu\w* (?:à|a) la normale", r"retour (?:à|a) la normale", r"(?:à|a) nouveau (?:\w+ ){0,2}(?:disponible|accessible|op(?:é|e)rationnel|en ligne)\w*", r"(?:de nouveau|nouveau) (?:\w+ ){0,2}(?:disponible|accessible|op(?:é|e)rationnel|en ligne)\w*", r"fonctionn\w+ (?:\w+ ){0,2}normalement", r"est termin(?:é|e)e?", r"corrig(?:é|e)\w*"),
    "no": (r"(?:er|har blitt|ble|n(?:å|a)) (?:\w+ ){0,2}(?:l(?:ø|o)st|rettet|gjenopprettet|utbedret|fikset)", r"tilbake (?:til|i) normal\w*", r"(?:oppe|tilbake|tilgjengelig|virker|fungerer|normalt?) igjen", r"(?:virker|fungerer) (?:\w+ ){0,3}igjen", r"gjenopprettet", r"er ferdig", r"fullf(?:ø|o)rt"),
    "sv": (r"(?:är|har) (?:\w+ )?(?:l(?:ö|o)st|(?:å|a)tg(?:ä|a)rdat|(?:å|a)terst(?:ä|a)llt?\w*)", r"(?:fungerar|tillg(?:ä|a)nglig\w*|uppe) (?:\w+ )?igen", r"(?:å|a)tg(?:ä|a)rda[td]\w*", r"(?:å|a)terst(?:ä|a)lld?\w*"),
    "da": (r"(?:er|blevet) (?:\w+ )?(?:l(?:ø|o)st|rettet|genoprettet)", r"(?:virker|fungerer|oppe|tilg(?:æ|ae)ngelig\w*) (?:\w+ )?igen", r"afhjulpet"),
    "es": (r"resuelt[oa]s?", r"solucionad[oa]s?", r"restablecid[oa]s?", r"restaurad[oa]s?", r"vuelve\w* a (?:funcionar|estar)", r"ha vuelto a la normalidad", r"(?:finalizad|completad)[oa]"),
    "it": (r"risolt[oaie]", r"ripristinat[oaie]", r"(?:di nuovo|nuovamente) (?:\w+ )?(?:disponibil\w+|operativ\w+|attiv\w+|online)", r"tornat[oaie] alla normalit(?:à|a)", r"completat[oa]"),
    "zh": ("已恢复", "已恢復", "恢复正常", "恢復正常", "已解决", "已解決", "已修复", "已修復", "修复完成", "恢复使用", "已完成", "重新上线", "现已正常", "全面恢复"),
    "ja": ("復旧しました", "復旧いたしました", "解消", "解決しました", "正常に戻", "完了しました", "復旧済み", "再開しました"),
    "ko": ("복구되었", "복구됐", "해결되었", "해결됐", "정상화", "정상적으로 이용", "완료되었", "완료됐"),
}

# Work that somebody means to do.
PLANNED: Final[Topic] = {
    "en": (
        r"(?:planned|scheduled|routine|upcoming|essential|emergency|regular|overnight) (?:\w+ ){0,3}(?:maintenance|upgrades?|downtime|work|outage|interruption)", r"(?:undergo\w*|perform\w*|carry\w* out|conduct\w*|do\w*) (?:\w+ ){0,4}maintenance", r"maintenance (?:window|period|works?)", r"maintenance (?:is |has been )?(?:planned|scheduled|starts?|begins?|will|on|from|tonight|tomorrow)",
        r"(?:will|going to) (?:be |briefly |temporarily |proactively )*(?:in (?:a )?)?(?:maintenance|unavailable|offline|paused?|down|shut)", r"maintenance is (?:currently )?(?:in progress|under ?way|ongoing)", r"server maintenance", r"maintenance", r"upgrading our (?:servers?|systems?|databases?)",
    ),
    "de": (r"(?:geplante|planm(?:ä|ae)(?:ß|ss)ige|angek(?:ü|ue)ndigte)\w* (?:\w+ )?\w*(?:arbeiten|wartung\w*|unterbrechung\w*)", r"wartung\w*", r"(?:server)?wartungsfenster"),
    "nl": (r"gepland\w* (?:\w+ )?(?:onderhoud|werkzaamheden|onderbreking)", r"\w*onderhoud\w*", r"werkzaamheden"),
    "fr": (r"maintenance\w*", r"(?:intervention|op(?:é|e)ration|travaux|mise (?:à|a) jour)s? (?:\w+ )?(?:planifi|programm|pr(?:é|e)vu)\w+"),
    "no": (r"planlagt\w* (?:\w+ )?(?:vedlikehold|arbeid|nedetid)", r"\w*vedlikehold\w*"),
    "sv": (r"planerat? (?:\w+ )?(?:underh(?:å|a)ll|arbete)", r"\w*underh(?:å|a)ll\w*"),
    "da": (r"planlagt (?:\w+ )?(?:vedligehold\w*|arbejde)", r"\w*vedligehold\w*"),
    "es": (r"mantenimiento\w*",),
    "it": (r"manutenzion\w+",),
    "zh": ("维护", "維護", "系统升级", "系統升級", "停机升级"),
    "ja": ("メンテナンス", "保守作業"),
    "ko": ("점검", "유지보수"),
}

# Planned work that is done.
COMPLETED: Final[Topic] = {
    "en": (r"(?:is|are|was|has|have|been|now|successfully) (?:now |been )*(?:complete|completed|finished|concluded|done|over)", r"completed (?:successfully|ahead|early|as planned)"),
    "de": (r"abgeschlossen", r"beendet", r"fertig"),
    "nl": (r"afgerond", r"voltooid", r"klaar", r"afgelopen(?! (?:week|maand|nacht))"),
    "fr": (r"termin(?:é|e)e?s?", r"achev(?:é|e)e?s?"),
    "no": (r"ferdig\w*", r"fullf(?:ø|o)rt", r"avsluttet"),
    "sv": (r"(?:ä|a)r (?:klart|avslutat|slutf(?:ö|o)rt)",),
    "da": (r"er (?:f(?:æ|ae)rdig\w*|afsluttet|gennemf(?:ø|o)rt)",),
    "es": (r"(?:ha )?(?:finalizado|terminado|concluido|completado)",),
    "it": (r"(?:è|e) (?:terminat|completat|conclus)\w",),
    "zh": ("维护完成", "维护已完成", "维护结束", "维护已结束", "維護完成", "維護已完成", "升级完成", "已完成"),
    "ja": ("完了", "終了しました"),
    "ko": ("완료", "종료되었"),
}

# Something to like, buy, watch or join.
MARKETING: Final[Topic] = {
    "en": (
        r"new(?:est|ly)?(?! (?:connections?|sessions?|requests?|runs|logins?|jobs))", r"introducing", r"announc(?:e|ing)", r"now (?:open|available|live|shows?|supports?|lets?|comes?|includes?|with|works? (?:with|in)|rolling|in)\b(?! again)", r"(?:can|could) now", r"order(?: yours)? (?:now|today|online)", r"order today", r"buy", r"shop", r"watch(?=[:,!]| (?:how|the|our|as|live|this))",
        r"vote", r"thank(?:s| you) to (?:our|all|every|the)\b", r"celebrat\w*", r"congrat\w*", r"milestones?", r"behind the scenes", r"join us", r"discover", r"explore", r"meet the", r"coming soon", r"sneak peek", r"launch(?:ed|ing|es)?(?! (?:of )?new instances)", r"unveil\w*", r"deliver(?:y|ies) (?:before|by|event|of)", r"restocked?", r"referral",
        r"test drive", r"demo drive", r"free (?:months?|trial|supercharging)", r"save(?: up to)? \W?\d", r"\d+ ?% off", r"sale", r"lease", r"financing", r"games?", r"best[- ]selling", r"award\w*", r"did you know", r"pro tip", r"tip:", r"enjoy", r"love", r"gift\w*", r"merch\w*", r"billion|million (?:miles|vehicles|km|cars|owners)", r"hiring", r"careers?", r"factory tour", r"road ?trips?",
        r"get yours", r"reserve", r"sign up", r"learn more", r"update (?:brings|adds|includes)", r"release (?:brings|adds|includes|notes)", r"holiday update", r"spring update", r"book(?:ed|ing)?(?= (?:a|your|straight|now|online))", r"fun fact", r"happy \w+", r"giveaway", r"win a", r"never (?:been easier|worry|miss)", r"say goodbye", r"no more", r"ever wonder\w*", r"imagine",
    ),
    "de": (r"neu(?:e|er|es|en|em|este\w*)?", r"jetzt (?:bestellen|verf(?:ü|ue)gbar|entdecken|buchen|kaufen|testen|probe\w*|auch|mit|neu)", r"entdeck\w+", r"probefahrt\w*", r"vorstell\w+", r"danke an", r"feiern", r"ab sofort", r"gewinn\w+", r"angebot\w*", r"rabatt\w*", r"erlebe\w*", r"lieferung vor", r"freuen uns", r"erstmals", r"hinter den kulissen"),
    "nl": (r"nieuwe?(?:ste)?", r"nu (?:bestellen|verkrijgbaar|open|beschikbaar(?! weer)|te koop|leverbaar|ook|met)", r"ontdek\w*", r"proefrit\w*", r"bedankt aan", r"vier(?:en)?", r"winkel", r"bestel\w*", r"aanbieding\w*", r"korting\w*", r"kijk(?:je)? (?:hoe|achter)", r"achter de schermen", r"mijlpaal", r"stem"),
    "fr": (r"nouve(?:au|lle|aux|lles)\b(?! (?:disponible|accessible|op))", r"d(?:é|e)couvrez", r"commandez", r"essai(?:s|ez)?", r"offres?", r"d(?:é|e)sormais (?:ouvert|disponible|compatible)\w*", r"merci (?:à|a) (?:nos|tous)", r"c(?:é|e)l(?:é|e)br\w+", r"regardez", r"coulisses", r"livraison avant", r"r(?:é|e)servez", r"bient(?:ô|o)t", r"votez"),
    "no": (r"ny(?:e|tt|este|het\w*)?", r"bestill\w*", r"pr(?:ø|o)vekj(?:ø|o)r\w*", r"oppdag", r"tilbud", r"n(?:å|a) (?:tilgjengelig|(?:å|a)pen|(?:å|a)pne|med)(?! igjen)", r"takk til", r"feirer?", r"bak kulissene", r"se hvordan", r"stem p(?:å|a)", r"levering f(?:ø|o)r", r"kj(?:ø|o)p"),
    "sv": (r"nya?|nytt|nyaste", r"best(?:ä|a)ll\w*", r"provk(?:ö|o)r\w*", r"uppt(?:ä|a)ck", r"nu (?:tillg(?:ä|a)nglig|(?:ö|o)ppen)(?! igen)"),
    "da": (r"ny(?:e|t|este)?", r"bestil\w*", r"pr(?:ø|o)vek(?:ø|o)r\w*", r"nu tilg(?:æ|ae)ngelig(?! igen)"),
    "es": (r"nuev[oa]s?(?! disponible)", r"descubr\w+", r"pide|pedidos?", r"prueba de conducci(?:ó|o)n", r"ya (?:disponible|abiert\w)", r"gracias a"),
    "it": (r"nuov[oaie]", r"scopri", r"ordina", r"test drive", r"ora (?:disponibil\w+|apert\w+)", r"grazie a"),
    "zh": ("全新", "新款", "上市", "发布", "發布", "现已推出", "推出", "订购", "訂購", "试驾", "試駕", "优惠", "優惠", "购买", "感谢", "感謝", "庆祝", "慶祝", "里程碑", "交付", "开放", "開放", "新功能", "抽奖", "幕后", "欢迎", "一起", "新增", "活动"),
    "ja": ("新しい", "新型", "新機能", "発売", "ご予約", "試乗", "キャンペーン", "ご覧", "オープン", "追加されました"),
    "ko": ("새로운", "출시", "시승", "예약하세요", "이벤트", "오픈", "할인", "신형"),
}

# Rules, contracts and versions: nothing is broken, something changes.
POLICY: Final[Topic] = {
    "en": (
        r"deprecat\w+", r"sunset\w*", r"end[- ]of[- ](?:life|support)", r"no longer (?:be )?(?:supported|accepted|available to|offered|maintained|possible to)", r"retir(?:e|ed|ing|ement)", r"phas\w+ out", r"terms (?:of (?:service|use)|and conditions)", r"privacy (?:policy|notice)", r"pricing", r"pay[- ]per[- ]use", r"migrate to", r"switch to the", r"breaking changes?", r"changelog",
        r"rate limits? (?:will|are|have|of|change\w*|apply)", r"new (?:endpoints?|scopes?|fields?|parameters?|version|limits?)", r"(?:endpoints?|scopes?|fields?|parameters?) (?:\w+ ){0,3}(?:added|removed|renamed)", r"(?:minimum|required) (?:app )?version", r"third[- ]party (?:access|apps?|tokens?)", r"(?:api|access|endpoint)s? (?:\w+ ){0,3}(?:closed|closes|closing|discontinued|shut down)", r"discontinu\w+", r"only available (?:on|through|via)",
    ),
    "de": (r"eingestellt", r"abgek(?:ü|ue)ndigt", r"nicht mehr unterst(?:ü|ue)tzt", r"nutzungsbedingungen", r"datenschutz\w*", r"abschalt\w+", r"preis(?:e|anpassung|(?:ä|ae)nderung)\w*", r"veraltet\w*"),
    "nl": (r"niet (?:langer|meer) ondersteund", r"voorwaarden", r"privacybeleid", r"stopgezet", r"uitgefaseerd", r"prijs(?:wijziging\w*|en)"),
    "fr": (r"plus pris(?:e|es)? en charge", r"conditions (?:g(?:é|e)n(?:é|e)rales|d'utilisation)", r"obsol(?:è|e)te\w*", r"abandonn\w+", r"fin de prise en charge", r"politique de confidentialit(?:é|e)", r"tarif\w*"),
    "no": (r"ikke lenger (?:st(?:ø|o)ttet|st(?:ø|o)ttes)", r"vilk(?:å|a)r\w*", r"personvern\w*", r"fases ut", r"avvikles", r"avviklet", r"prisendring\w*"),
    "es": (r"obsolet[oa]s?", r"t(?:é|e)rminos", r"dejar(?:á|a) de"),
    "it": (r"deprecat[oaie]", r"termini (?:di|e)"),
    "zh": ("弃用", "棄用", "停止支持", "不再支持", "服务条款", "隐私政策", "下线旧", "价格调整", "更新条款"),
    "ja": ("廃止", "サポート終了", "利用規約", "提供終了"),
    "ko": ("지원 종료", "이용약관", "폐지"),
}

# Faults of other things: parts of a car, roads, money, mail.
OTHER_MATTER: Final[Topic] = {
    "en": (
        r"recall(?:s|ed|ing)?", r"seat ?belts?", r"brak(?:e|es|ing)", r"steering", r"airbags?", r"tires?", r"tyres?", r"windshield", r"wipers?", r"heat pump", r"suspension", r"paint", r"crash test", r"collision", r"accident", r"fire", r"stock(?:s| price| market)?", r"shares?", r"earnings", r"lawsuit", r"court", r"regulator\w*", r"nhtsa", r"strike", r"tariffs?", r"supply chain", r"algorithms?", r"timeline", r"spam", r"bots?", r"feed", r"climate change", r"drivers? (?:shortage|licen[cs]e)", r"production (?:line|issue|problem|ramp)\w*", r"shipping", r"parts? (?:delay|shortage)\w*", r"dog mode", r"traffic", r"elections?", r"news media", r"education", r"population",
    ),
    "de": (r"r(?:ü|ue)ckruf\w*", r"bremse\w*", r"aktien?\w*", r"unfall", r"algorithm\w+", r"klage", r"streik\w*", r"produktion\w*", r"stau"),
    "nl": (r"terugroep\w*", r"remmen", r"aandeel", r"aandelen", r"algoritme\w*", r"ongeval", r"rechtszaak", r"staking"),
    "fr": (r"rappel(?:s|le|ons)?", r"freins?", r"actions? en bourse", r"bourse", r"algorithme\w*", r"accident", r"gr(?:è|e)ve", r"proc(?:è|e)s"),
    "no": (r"tilbakekall\w*", r"bremse\w*", r"aksje\w*", r"algoritme\w*", r"ulykke", r"streik"),
    "zh": ("召回", "刹车", "股价", "算法", "演算法", "事故", "诉讼"),
    "ja": ("リコール", "株価", "アルゴリズム"),
    "ko": ("리콜", "주가", "알고리즘"),
}

# The thing that people use: makes "resolved", "down" and "maintenance" about a service.
SERVICE: Final[Topic] = {
    "en": (
        r"services?", r"(?:mobile )?app(?:s|lication)?", r"systems?", r"servers?", r"connectivity", r"connection\w*", r"log[ -]?ins?", r"log(?:ging)? in", r"sign[- ]?ins?", r"sign(?:ing)? in", r"accounts?", r"access", r"web ?site", r"api", r"network", r"platform", r"cloud", r"back ?end", r"authentication", r"remote commands?", r"online", r"everything",
    ),
    "de": (r"dienste?\w*", r"app", r"server\w*", r"verbindung\w*", r"anmeldung\w*", r"konto", r"systeme?", r"webseite", r"website", r"zugang", r"zugriff", r"alles", r"wartung\w*"),
    "nl": (r"diensten?", r"app", r"servers?", r"verbinding\w*", r"inloggen", r"aanmelden", r"account", r"systemen?", r"website", r"toegang", r"alles", r"onderhoud\w*"),
    "fr": (r"services?", r"applications?", r"app(?:li)?", r"serveurs?", r"connexions?", r"connecter", r"compte", r"syst(?:è|e)mes?", r"site", r"acc(?:è|e)s", r"tout", r"maintenance"),
    "no": (r"tjeneste\w*", r"app(?:en|er)?", r"server\w*", r"tilkobling\w*", r"innlogging\w*", r"p(?:å|a)logging\w*", r"konto", r"system\w*", r"nettside\w*", r"tilgang", r"alt", r"vedlikehold\w*"),
    "sv": (r"tj(?:ä|a)nst\w*", r"app(?:en)?", r"inloggning\w*", r"anslutning\w*", r"system\w*"),
    "da": (r"tjeneste\w*", r"app(?:en)?", r"login", r"forbindelse\w*", r"system\w*"),
    "es": (r"servicios?", r"aplicaci(?:ó|o)n\w*", r"app", r"servidor\w*", r"conexi(?:ó|o)n\w*", r"sistemas?", r"acceso", r"cuenta"),
    "it": (r"servizi\w*", r"app", r"applicazion\w+", r"server", r"connession\w+", r"sistem\w+", r"accesso", r"account"),
    "zh": ("服务", "服務", "应用", "應用", "服务器", "伺服器", "连接", "連接", "登录", "登入", "账户", "帳戶", "系统", "系統", "网站", "網站", "app", "手机"),
    "ja": ("サービス", "アプリ", "サーバ", "接続", "ログイン", "アカウント", "システム", "サイト"),
    "ko": ("서비스", "앱", "서버", "연결", "로그인", "계정", "시스템", "웹사이트"),
}

# It was, some time ago.
OLDER: Final[Topic] = {
    "en": (r"(?:last|previous|past) (?:week|month|year|night|summer|winter|monday|tuesday|wednesday|thursday|friday|saturday|sunday)(?:'s)?", r"(?:days?|weeks?|months?|years?) ago", r"yesterday(?:'s)?", r"post[- ]?mortem", r"root cause analysis", r"retrospective", r"look(?:ing)? back", r"lessons? (?:learned|learnt)", r"the other day", r"earlier this (?:week|month|year)", r"back in (?:\d{4}|\w+ \d{4})", r"anniversary"),
    "de": (r"(?:letzte|vergangene|vorige)\w* (?:woche|monat|jahr|nacht|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)", r"gestern\w*", r"vor (?:\w+ )?(?:tagen|wochen|monaten)", r"r(?:ü|ue)ckblick"),
    "nl": (r"(?:vorige|afgelopen) (?:week|maand|jaar|nacht|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)", r"gisteren", r"(?:dagen|weken|maanden) geleden", r"terugblik"),
    "fr": (r"(?:semaine|mois|an|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|nuit|ann(?:é|e)e) (?:derni(?:è|e)re?|pass(?:é|e)e?)", r"hier", r"il y a (?:\w+ )?(?:jours|semaines|mois)", r"r(?:é|e)trospective"),
    "no": (r"(?:forrige|sist) (?:uke|m(?:å|a)ned|natt|mandag|tirsdag|onsdag|torsdag|fredag|l(?:ø|o)rdag|s(?:ø|o)ndag)", r"i g(?:å|a)r", r"(?:dager|uker|m(?:å|a)neder) siden", r"tilbakeblikk"),
    "es": (r"ayer", r"la semana pasada", r"hace (?:\w+ )?(?:d(?:í|i)as|semanas|meses)"),
    "it": (r"ieri", r"(?:la )?(?:settimana|mese) scors[oa]", r"(?:giorni|settimane|mesi) fa"),
    "zh": ("上周", "上週", "昨天", "昨日", "上个月", "上個月", "天前", "回顾", "回顧", "复盘"),
    "ja": ("先週", "昨日", "先月", "日前に"),
    "ko": ("지난주", "어제", "지난달"),
}

# A person speaks of their own car, phone or day.
PERSONAL: Final[Topic] = {
    "en": (r"my(?:self)?", r"mine", r"i(?:'m|'ve|'d|'ll)?", r"me", r"any(?:one|body) else", r"is it (?:just|only) me", r"lol", r"wtf", r"smh", r"ugh", r"@tesla\w*[, ]+(?:please|pls|why|what|when|fix)"),
    "de": (r"mein(?:e|en|em|er|es)?", r"ich", r"mir", r"bei euch", r"noch jemand", r"geht's bei"),
    "nl": (r"mijn", r"ik", r"mij", r"bij jullie", r"nog iemand", r"iemand anders"),
    "fr": (r"mon|ma|mes", r"je", r"j'ai", r"moi", r"quelqu'un d'autre", r"chez vous", r"vous aussi"),
    "no": (r"min|mitt|mine", r"jeg", r"meg", r"noen andre", r"hos dere", r"flere som"),
    "sv": (r"min|mitt|mina", r"jag", r"n(?:å|a)gon annan"),
    "da": (r"min|mit|mine", r"jeg", r"andre der"),
    "es": (r"mi|mis", r"yo", r"me", r"alguien m(?:á|a)s"),
    "it": (r"mi[oa]|miei|mie", r"io", r"qualcun altro"),
    "zh": ("我的", "我家", "只有我", "有人也", "大家的", "我也"),
    "ja": ("私の", "うちの", "自分だけ", "僕の"),
    "ko": ("제 차", "내 차", "나만", "저만"),
}

# The maker's own voice.
MAKER_VOICE: Final[Topic] = {
    "en": (r"we(?:'re|'ve|'ll| are| have| will)?", r"our", r"us"),
    "de": (r"wir", r"unser\w*", r"uns"),
    "nl": (r"wij|we", r"onze|ons"),
    "fr": (r"nous", r"nos|notre"),
    "no": (r"vi", r"v(?:å|a)r(?:e|t)?", r"oss"),
    "sv": (r"vi", r"v(?:å|a)r(?:a|t)?"),
    "da": (r"vi", r"vores"),
    "es": (r"nosotros", r"nuestr[oa]s?", r"estamos|hemos"),
    "it": (r"noi", r"nostr[oaie]", r"stiamo|abbiamo"),
    "zh": ("我们", "我們"),
    "ja": ("当社", "弊社"),
    "ko": ("저희", "당사"),
}

# Not over yet, whatever else the text says.
ONGOING: Final[Topic] = {
    "en": (
        r"still", r"continu(?:e|es|ing) (?:to )?(?:work|monitor|investigat|mitigat|see|observ|experienc|watch|process|be|track|recover|restor|validat|roll|apply|deploy|keep|address|improv|update)\w*", r"but (?:we|some|there|a|users|customers)", r"remaining", r"not yet", r"monitor(?:ing)?", r"(?:small|limited|remaining|few|some) (?:\w+ )?(?:number|subset|users|customers)? ?(?:of users |of customers )?(?:are|may|might|will|could)? ?(?:still|continue)",
        r"working (?:on|to|towards|with)", r"next update", r"will (?:provide|share|post|keep|continue|update|follow)", r"(?:may|might) (?:still|continue|take)", r"partial\w*", r"in the (?:next|coming)", r"expect\w* (?:full|to|that)", r"recovering", r"backlog", r"confirming", r"validating", r"verifying",
    ),
    "de": (r"noch (?:nicht|immer|weiter\w*|vereinzelt|einzelne)", r"weiterhin", r"beobacht\w*", r"(?:ü|ue)berwach\w*", r"teilweise"),
    "nl": (r"nog (?:niet|steeds|altijd)", r"monitoren", r"in de gaten", r"gedeeltelijk\w*"),
    "fr": (r"encore", r"toujours", r"surveill\w+", r"partiel\w*", r"pas encore"),
    "no": (r"fortsatt", r"fremdeles", r"ikke enn(?:å|a)", r"overv(?:å|a)ker", r"delvis"),
    "es": (r"todav(?:í|i)a", r"a(?:ú|u)n", r"seguimos"),
    "it": (r"ancora", r"parzial\w+"),
    "zh": ("仍", "尚未", "部分用户仍", "继续观察", "持续监控", "监控"),
    "ja": ("まだ", "引き続き", "一部"),
    "ko": ("아직", "여전히", "일부"),
}

# Clauses that speak of an end to come, not of one that came: cut before "resolved" is looked for.
NOT_YET: Final[tuple[str, ...]] = (
    r"(?:until|till|once|when|whenever|as soon as|if|unless|before|after)\b[^.,;!?]{0,90}",
    r"(?:to|will|would|can|could|should|shall|must|not|n't|yet|never)\b (?:\w+ ){0,3}(?:be |been |get |have )?(?:fully |completely )?(?:resolve|restore|fix|solve|recover|repair|operating|return|back)\w*(?: to normal)?",
    r"(?:expect\w*|estimat\w*|hop(?:e|ing)|aim\w*|believe|anticipat\w*)\b[^.;!?]{0,90}",
    r"(?:bis|sobald|wenn|falls|bevor)\b[^.,;!?]{0,80}", r"(?:tot|zodra|totdat|als|wanneer)\b[^.,;!?]{0,80}", r"(?:jusqu'|d(?:è|e)s que|lorsque|quand|si|une fois)\b[^.,;!?]{0,80}",
    r"(?:inntil|n(?:å|a)r|hvis|s(?:å|a) snart)\b[^.,;!?]{0,80}", r"noch nicht (?:\w+ ){0,2}\w+", r"nog niet (?:\w+ ){0,2}\w+", r"pas encore (?:\w+ ){0,2}\w+", r"ikke (?:\w+ )?(?:l(?:ø|o)st|rettet)",
    r"(?:zu|te|de|(?:å|a)) (?:be|her|r(?:é|e)|gjen)\w+", r"尚未[^。，]{0,20}", r"尽快[^。，]{0,20}", r"恢复后", r"预计[^。，]{0,25}", r"まだ[^。、]{0,20}", r"아직[^.]{0,20}",
)

# Other services whose faults are not this one's; read only where the service itself is not named.
OTHER_SERVICES: Final[tuple[str, ...]] = (
    r"x", r"twitter", r"grok\w*", r"xai", r"starlink", r"spacex", r"neuralink", r"boring company", r"facebook", r"instagram", r"whatsapp", r"tiktok", r"youtube", r"chatgpt", r"openai", r"netflix", r"spotify",
    r"rivian", r"ford", r"bmw", r"volkswagen", r"vw", r"mercedes", r"polestar", r"nio", r"byd", r"xpeng", r"lucid", r"fordpass", r"electrify america", r"ionity", r"chargepoint", r"evgo", r"uber", r"paypal", r"visa", r"steam", r"playstation", r"dogecoin", r"microsoft", r"teams", r"outlook", r"github",
)
# Providers whose fault may be the cause of this service's: named together with "our", the post stays relevant.
UPSTREAM_SERVICES: Final[tuple[str, ...]] = (r"aws", r"amazon web services", r"azure", r"google cloud", r"cloudflare", r"akamai", r"fastly", r"at&t", r"verizon", r"t-mobile", r"vodafone", r"telekom")

# Words for parts that many services have; a catalogue's own words come on top.
COMMON_COMPONENT_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "app": ("app", "apps", "mobile app", "application", "smartphone app", "appen", "appli", "aplicación", "applicazione", "手机应用", "应用程序", "应用", "應用", "アプリ", "앱"),
    "login": ("login", "log in", "log-in", "logging in", "sign in", "sign-in", "signing in", "account", "accounts", "authentication", "anmeldung", "anmelden", "einloggen", "konto", "inloggen", "aanmelden", "connexion au compte", "se connecter", "compte", "innlogging", "innloggingen", "pålogging", "logge inn", "inloggning", "iniciar sesión", "accesso", "登录", "登入", "账户", "账号", "帳戶", "ログイン", "アカウント", "로그인", "계정"),
    "website": ("website", "web site", "webshop", "webseite", "site web", "site internet", "nettside", "nettsiden", "nettsidene", "hemsida", "hjemmeside", "sitio web", "sito", "官网", "网站", "網站", "ウェブサイト", "웹사이트"),
    "api": ("api", "apis"),
    "payment": ("payment", "payments", "checkout", "zahlung", "betaling", "paiement", "支付", "付款"),
}
