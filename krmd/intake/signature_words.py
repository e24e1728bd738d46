"""The words by which a signature is found and read, in the languages of Europe and a few more.

All in lower case. Whatever isn't here isn't recognised; what is, is hardly ever said elsewhere.
"""

from __future__ import annotations

from typing import Literal

CLOSINGS = (
    "best", "best regards", "best wishes", "kind regards", "warm regards", "regards", "sincerely",
    "yours sincerely", "yours truly", "yours", "cheers", "all the best", "many thanks", "thanks",
    "thank you", "thanks again", "with kind regards", "with best regards", "rgds", "br", "love",
    "mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß",
    "mit besten grüßen", "mit herzlichen grüßen", "freundliche grüße", "freundliche grüsse",
    "beste grüße", "beste grüsse", "viele grüße", "viele grüsse", "liebe grüße", "liebe grüsse",
    "herzliche grüße", "herzliche grüsse", "herzlichst", "schöne grüße", "grüße", "grüsse", "gruß",
    "gruss", "lg", "vg", "mfg", "hochachtungsvoll", "danke", "vielen dank", "besten dank", "dein",
    "deine", "ihr", "ihre", "cordialement", "bien cordialement", "bien à vous", "bien à toi",
    "amicalement", "salutations", "salutations distinguées", "sincères salutations", "merci",
    "meilleures salutations", "à bientôt", "un saludo", "saludos", "saludos cordiales",
    "cordialmente", "atentamente", "atentos saludos", "un abrazo", "gracias", "cordiali saluti",
    "distinti saluti", "un cordiale saluto", "saluti", "un saluto", "grazie", "a presto",
    "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet",
    "vriendelijke groeten", "met hartelijke groet", "hartelijke groet", "groeten", "groetjes",
    "groet", "bedankt", "atenciosamente", "com os melhores cumprimentos", "melhores cumprimentos",
    "cumprimentos", "abraço", "abraços", "obrigado", "obrigada", "med vänlig hälsning",
    "med vänliga hälsningar", "vänliga hälsningar", "hälsningar", "med venlig hilsen",
    "venlig hilsen", "med vennlig hilsen", "vennlig hilsen", "hilsen", "mvh", "vh", "kh",
    "ystävällisin terveisin", "terveisin", "z poważaniem", "pozdrawiam", "serdecznie pozdrawiam",
    "s pozdravem", "s pozdravom", "zdravím", "üdvözlettel", "tisztelettel", "üdv", "cu stimă",
    "cu respect", "saygılarımla", "sevgiler", "iyi çalışmalar", "με εκτίμηση", "φιλικά",
    "с уважением", "всего доброго", "з повагою", "s poštovanjem", "lp", "敬具",
    "よろしくお願いします", "よろしくお願いいたします", "此致", "祝好", "谢谢", "감사합니다",
)  # fmt: skip
"""The whole line, but for punctuation and a name after it."""

GREETINGS = (
    "hi", "hello", "dear", "hey", "hallo", "liebe", "lieber", "sehr", "guten", "bonjour", "salut",
    "cher", "chère", "hola", "estimado", "estimada", "querido", "querida", "ciao", "gentile",
    "buongiorno", "beste", "geachte", "hej", "kære", "kära", "hei", "cześć", "szanowny", "dobrý",
    "kedves", "привет", "здравствуйте", "olá", "caro", "cara", "ps", "p.s", "p.s.",
)  # fmt: skip
"""A line that begins so begins a letter, or goes on with one."""

PROSE = frozenset(
    "i you your we our my me is are was were have has had will would please if that this"
    " which ich du wir uns mich mir bitte wenn dass ist sind war habe je tu nous vous votre"
    " est sont si ik wij jij u uw zijn yo tú usted nosotros es son io noi lei sono è che".split()
)
"""Words of sentences: no role or company holds one."""

END = (
    "confidential", "privileged", "disclaimer", "intended recipient", "intended solely",
    "unauthorized", "unauthorised", "before printing", "environment before", "virus",
    "unsubscribe", "vertraulich", "rechtlich geschützt", "irrtümlich", "diese e-mail",
    "diese email", "diese nachricht", "this e-mail", "this email", "this message", "confidentiel",
    "ce message", "ce courriel", "confidencial", "este mensaje", "este correo", "esta mensagem",
    "riservat", "questo messaggio", "questa e-mail", "vertrouwelijk", "dit bericht", "deze e-mail",
    "konfidentiell", "fortrolig", "luottamuksell", "poufn", "důvěrn", "конфиденциальн",
    "registergericht", "amtsgericht", "handelsregister", "hrb ", "geschäftsführer:",
    "geschäftsführung:", "vorstand:", "aufsichtsrat", "sitz der", "registered in",
    "registered office", "company number", "company no", "registration n", "vat ", "ust-id",
    "ust.-id", "uid-n", "steuernummer", "iban", "bic ", "bic:", "siret", "rcs ", "p.iva",
    "partita iva", "kvk ", "data protection", "datenschutz", "privacy", "abmelden", "newsletter",
)  # fmt: skip
"""Where a line holds one of these, what is the sender's own ends."""

PhoneWord = Literal["mobile", "work", "home", "phone", "fax", "other"]

_KINDS_OF_PHONES: dict[PhoneWord, str] = {
    "mobile": (
        "mobile mobil mob mobiel móvil movil celular cellulare cellular cell cel handy gsm"
        " natel portable port m mobilnummer mobiltelefon mobilní komórka komórkowy kom моб"
        " мобильный whatsapp signal 手机 携帯 휴대폰"
    ),
    "work": (
        "office work büro buero direct direkt durchwahl dw d o bureau oficina ufficio kantoor"
        " zentrale switchboard main business geschäftlich dienstlich arbeit"
    ),
    "home": ("home private privat privé zuhause maison domicile casa"),
    "phone": (
        "tel telefon telephone phone fon festnetz landline fixe fijo fisso téléphone tél"
        " teléfono telefono telefoon telefone puhelin puh tlf t p ph телефон тел 电话 電話 전화"
    ),
    "fax": ("fax telefax f fx télécopie телефакс факс 传真 팩스"),
    "other": (
        "hotline support helpdesk emergency notruf notfall service servicenummer assistant"
        " assistenz assistentin sekretariat secretary secretariat vorzimmer pa conference"
    ),
}
PHONE_WORDS: dict[str, PhoneWord] = {
    word: kind for kind, words in _KINDS_OF_PHONES.items() for word in words.split()
}
"""What a word before a number says of it; `fax` and `other` are not the person's own phone."""

ROLE_WORDS = frozenset(
    "ceo cto cfo coo cio cmo cso ciso vp svp evp director manager head engineer developer"
    " consultant president vice-president partner founder co-founder cofounder owner analyst"
    " architect designer professor lecturer researcher scientist editor journalist attorney"
    " lawyer counsel solicitor accountant assistant coordinator secretary officer specialist"
    " associate advisor adviser representative teacher physician nurse realtor broker"
    " programmer administrator producer chairman chairwoman chairperson chair principal"
    " librarian curator photographer translator inhaber inhaberin geschäftsführer"
    " geschäftsführerin vorstand leiter leiterin leitung referent referentin berater beraterin"
    " entwickler entwicklerin ingenieur ingenieurin rechtsanwalt rechtsanwältin steuerberater"
    " steuerberaterin sachbearbeiter sachbearbeiterin assistentin assistenz prokurist"
    " prokuristin redakteur redakteurin architektin lehrer lehrerin arzt ärztin professorin"
    " gründer gründerin gesellschafter gesellschafterin vorsitzende vorsitzender fotograf"
    " fotografin übersetzer übersetzerin directeur directrice responsable gérant gérante"
    " ingénieur ingénieure avocat avocate président présidente conseiller conseillère chargé"
    " chargée consultante fondateur fondatrice chef professeur professeure médecin architecte"
    " traducteur traductrice directora gerente jefe jefa ingeniero ingeniera abogado abogada"
    " consultor consultora presidente presidenta asesor asesora coordinador coordinadora socio"
    " socia fundador fundadora profesor profesora direttore direttrice responsabile"
    " amministratore ingegnere avvocato consulente titolare fondatore professore professoressa"
    " architetto hoofd adviseur medewerker eigenaar ontwikkelaar advocaat bestuurder oprichter"
    " directie projectleider coördinator".split()
)
ROLE_ENDS = (
    "leiter", "leiterin", "leitung", "manager", "managerin", "entwickler", "entwicklerin",
    "ingenieur", "ingenieurin", "berater", "beraterin", "referent", "referentin", "assistentin",
    "direktor", "direktorin", "director", "leider", "medewerker", "adviseur",
)  # fmt: skip
"""How compound words for roles end (Vertriebsleiterin, projectleider)."""

LEGAL_FORMS = (
    "GmbH & Co. KG", "GmbH & Co KG", "GmbH", "gGmbH", "mbH", "AG", "KG", "OHG", "UG", "GbR", "e.V.",
    "eG", "KGaA", "SE", "Inc", "Inc.", "LLC", "Ltd", "Ltd.", "Limited", "PLC", "plc", "LLP", "LP",
    "Corp", "Corp.", "Corporation", "Pty Ltd", "Pte Ltd", "Pte. Ltd.", "Co., Ltd.", "S.A.", "SA",
    "SAS", "SASU", "SARL", "S.à r.l.", "Sàrl", "EURL", "S.r.l.", "Srl", "SRL", "S.p.A.", "SpA",
    "S.L.", "SL", "S.L.U.", "B.V.", "BV", "N.V.", "NV", "VOF", "AB", "A/S", "AS", "ASA", "ApS",
    "Oy", "Oyj", "Lda", "Lda.", "Ltda", "Ltda.", "Sp. z o.o.", "sp. z o.o.", "S.A", "s.r.o.",
    "a.s.", "d.o.o.", "Kft", "Kft.", "Zrt", "Zrt.", "K.K.", "A.Ş.", "ООО", "株式会社", "有限公司",
)  # fmt: skip
"""How a company's name ends, as it is spelled: AG is one, ag is not."""

COUNTRIES = frozenset(
    "germany deutschland allemagne austria österreich switzerland schweiz suisse svizzera france"
    " frankreich italy italia spain españa portugal netherlands nederland belgium belgique belgië"
    " luxembourg denmark danmark norway norge sweden sverige finland suomi poland polska hungary"
    " magyarország ireland uk usa canada australia japan india brasil brazil".split()
) | {"united kingdom", "great britain", "united states", "the netherlands", "czech republic"}
