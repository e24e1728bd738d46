"""The headings of Thunderbird's CSV exports, in the languages it writes them.

The order of the columns differs between versions and doesn't matter.
"""

from __future__ import annotations

from krmd.formats.csv_headings import vocabulary

SLOTS = (
    "given|family|name|nickname|email|email|handle=chat|phone=work|phone=home|phone=fax|phone=pager"
    "|phone=mobile"
    "|street=home|street2=home|town=home|region=home|code=home|country=home"
    "|street=work|street2=work|town=work|region=work|code=work|country=work"
    "|role|department|company|url=work|url=home|birth_year|birth_month|birth_day"
    "|custom|custom|custom|custom|note"
)

_EN = (
    "First Name|Last Name|Display Name|Nickname|Primary Email|Secondary Email|Screen Name"
    "|Work Phone|Home Phone|Fax Number|Pager Number|Mobile Number"
    "|Home Address|Home Address 2|Home City|Home State~Home County|Home ZipCode~Home Post Code"
    "|Home Country|Work Address|Work Address 2|Work City|Work State~Work County"
    "|Work ZipCode~Work Post Code|Work Country|Job Title|Department|Organization~Organisation"
    "|Web Page 1|Web Page 2|Birth Year|Birth Month|Birth Day|Custom 1|Custom 2|Custom 3|Custom 4"
    "|Notes"
)
_DE = (
    "Vorname|Nachname|Anzeigename|Spitzname|Primäre E-Mail-Adresse|Sekundäre E-Mail-Adresse"
    "|Messenger-Name|Tel. dienstlich|Tel. privat|Fax-Nummer|Pager-Nummer|Mobil-Tel.-Nr."
    "|Privat: Adresse|Privat: Adresse 2|Privat: Ort|Privat: Bundesland|Privat: PLZ|Privat: Land"
    "|Dienstlich: Adresse|Dienstlich: Adresse 2|Dienstlich: Ort|Dienstlich: Bundesland"
    "|Dienstlich: PLZ|Dienstlich: Land|Arbeitstitel|Abteilung|Organisation|Webseite 1|Webseite 2"
    "|Geburtsjahr|Geburtsmonat|Geburtstag|Benutzerdef. 1|Benutzerdef. 2|Benutzerdef. 3"
    "|Benutzerdef. 4|Notizen"
)
_FR = (
    "Prénom|Nom de famille~Nom|Nom à afficher|Surnom"
    "|Adresse e-mail principale~Adresse électronique principale"
    "|Adresse e-mail secondaire~Adresse électronique secondaire|Nom de l’écran"
    "|Tél. professionnel|Tél. personnel|Fax|Pager|Portable"
    "|Adresse privée|Adresse privée 2|Ville|Pays/État|Code postal|Pays/Région (domicile)~Région"
    "|Adresse professionnelle|Adresse professionnelle 2|Ville|Pays/État|Code postal"
    "|Pays/Région (bureau)~Région|Profession|Service|Société|Site web 1|Site web 2"
    "|Année de naissance|Mois|Jour|Divers 1|Divers 2|Divers 3|Divers 4|Notes"
)
_ES = (
    "Nombre|Apellidos|Nombre mostrado~Nombre en pantalla|Apodo"
    "|Dirección de correo electrónico principal|Dirección de correo electrónico secundaria"
    "|Nombre en pantalla|Teléfono (Trabajo)|Teléfono particular|Fax|Buscapersonas|Teléfono móvil"
    "|Dirección personal|Dirección personal 2|Ciudad donde vive|Provincia|Código postal"
    "|País de residencia|Dirección de trabajo|Dirección de trabajo 2|Ciudad (Trabajo)"
    "|Provincia (Trabajo)|Código postal (Trabajo)|País (Trabajo)|Puesto|Departamento|Organización"
    "|Página web 1|Página web 2|Año de nacimiento|Mes de nacimiento|Día de nacimiento"
    "|Personalizado 1|Personalizado 2|Personalizado 3|Personalizado 4|Notas"
)
_IT = (
    "Nome|Cognome|Nome visualizzato|Soprannome|Email primaria|Email secondaria"
    "|Nome Instant Messenger|Telefono lavoro|Telefono casa|Numero fax|Numero cercapersone"
    "|Numero cellulare|Indirizzo di casa|Indirizzo di casa 2|Città di residenza"
    "|Provincia di residenza|CAP di residenza|Nazione di residenza|Indirizzo di lavoro"
    "|Indirizzo di lavoro 2|Città di lavoro|Provincia di lavoro|CAP di lavoro|Nazione di lavoro"
    "|Qualifica|Reparto|Organizzazione|Pagina web 1|Pagina web 2|Anno di nascita|Mese di nascita"
    "|Giorno di nascita|Personalizzato 1|Personalizzato 2|Personalizzato 3|Personalizzato 4|Note"
)
_NL = (
    "Voornaam|Achternaam|Weergavenaam|Bijnaam|Primair e-mailadres|Secundair e-mailadres|Schermnaam"
    "|Telefoon werk|Telefoon thuis|Faxnummer|Piepernummer|Mobiel nummer"
    "|Adres|Adres 2|Woonplaats|Provincie|Postcode|Land|Werkadres|Werkadres 2|Werklocatie~Werkplaats"
    "|Werkprovincie|Werkpostcode|Werkland|Werkfunctie|Afdeling|Organisatie|Webpagina 1|Webpagina 2"
    "|Geboortejaar|Geboortemaand|Geboortedag|Overig 1|Overig 2|Overig 3|Overig 4|Aantekeningen"
)
_PL = (
    "Imię|Nazwisko|Wyświetlana nazwa|Pseudonim|Podstawowy e-mail|Dodatkowy e-mail|Komunikator AIM"
    "|Telefonu służbowy~Telefon służbowy|Telefon domowy|Numer faksu|Pager"
    "|Numer telefonu komórkowego|Adres domowy|Adres domowy 2|Miasto (dom)|Województwo (dom)"
    "|Kod pocztowy (dom)|Państwo (dom)|Adres służbowy|Adres służbowy 2|Miasto (praca)"
    "|Województwo (praca)|Kod pocztowy (praca)|Państwo (praca)|Stanowisko|Departament"
    "|Firma/Organizacja|Strona WWW 1|Strona WWW 2|Urodziny – Rok|Urodziny – Miesiąc"
    "|Urodziny – Dzień|Informacja 1|Informacja 2|Informacja 3|Informacja 4|Notatki"
)
_PT = (
    "Primeiro nome|Sobrenome~Último nome|Nome de exibição|Apelido|Email principal~E-mail primário"
    "|Email secundário~E-mail secundário|Nome de tela|Telefone comercial|Telefone residencial"
    "|Número do fax|Número do pager|Número do celular"
    "|Endereço|Endereço 2|Cidade|Estado|CEP|País|Endereço comercial|Endereço comercial 2"
    "|Cidade de trabalho|Estado de trabalho|CEP comercial|País de trabalho|Cargo|Setor|Organização"
    "|Página web 1|Página web 2|Ano de nascimento|Mês de nascimento"
    "|Data de nascimento~Dia de nascimento|Personalizado 1|Personalizado 2|Personalizado 3"
    "|Personalizado 4|Notas"
)
_SV = (
    "Förnamn|Efternamn|Visa|Smeknamn|E-post|Ytterligare e-post|Skärmnamn|Telefon arbete"
    "|Telefon privat|Faxnummer|Personsökare|Mobiltelefon|Adress privat (rad 1)"
    "|Adress privat (rad 2)|Stad privat|Landsdel (Stat) privat|Postnummer privat|Land privat"
    "|Adress arbete (rad 1)|Adress arbete (rad 2)|Stad arbete|Landsdel (Stat) arbete"
    "|Postnummer arbete|Land arbete|Titel|Avdelning|Organisation|Webbplats privat|Webbplats arbete"
    "|Född år|Född månad|Född dag|Annan uppgift 1|Annan uppgift 1~Annan uppgift 2"
    "|Annan uppgift 1~Annan uppgift 3|Annan uppgift 1~Annan uppgift 4|Anteckningar"
)
_JA = (
    "名|姓|表示名|ニックネーム|メールアドレス|別のメールアドレス|スクリーンネーム|勤務先の電話番号"
    "|自宅の電話番号|FAX 番号|ポケットベル番号|携帯電話番号|自宅の住所|自宅の住所 2|自宅の市区町村"
    "|自宅の都道府県|自宅の郵便番号|自宅の国|勤務先の住所|勤務先の住所 2|勤務先の市区町村"
    "|勤務先の都道府県|勤務先の郵便番号|勤務先の国|役職|部門|組織~会社名|Web ページ 1|Web ページ 2"
    "|誕生年|誕生月|誕生日|カスタム 1|カスタム 2|カスタム 3|カスタム 4|メモ"
)

THUNDERBIRD = tuple(
    vocabulary(language, SLOTS, headings)
    for language, headings in (
        ("en", _EN), ("de", _DE), ("fr", _FR), ("es", _ES), ("it", _IT), ("ja", _JA), ("nl", _NL),
        ("pl", _PL), ("pt", _PT), ("sv", _SV),
    )
)  # fmt: skip
