"""The headings of Outlook's CSV exports, in the languages it writes them.

Classic Outlook translates them, in part (Spanish and Brazilian files mix in English ones); the web
and new Outlook write English. Each table has the slots' order.
"""

from __future__ import annotations

from krmd.formats.csv_headings import vocabulary

SLOTS = (
    "prefix|given|middle|family|suffix|company|department|role"
    "|street=work|street2=work|street3=work|town=work|region=work|code=work|country=work"
    "|street=home|street2=home|street3=home|town=home|region=home|code=home|country=home"
    "|street=other|street2=other|street3=other|town=other|region=other|code=other|country=other"
    "|phone=assistant|phone=work fax|phone=work|phone=work|phone=callback|phone=car|phone=main"
    "|phone=home fax|phone=home|phone=home|phone=isdn|phone=mobile|phone=other fax|phone=other"
    "|phone=pager|phone=primary|phone=radio|phone=text telephone|phone=telex"
    "|date=anniversary|relation=assistant|birthday|pobox=work|pobox=home|pobox=other"
    "|category|relation=child|email|email|email|relation=manager|note|introduced_by"
    "|relation=spouse|url|language"
    "|-|-|-|-|-|-|-|-|-|-|-|-"
)
"""The last are types and display names of the three addresses, gender, initials, free-busy
information, priority, sensitivity, and whether the entry is private.
"""

_EN = (
    "Title|First Name|Middle Name|Last Name|Suffix|Company|Department|Job Title"
    "|Business Street|Business Street 2|Business Street 3|Business City|Business State"
    "|Business Postal Code|Business Country/Region~Business Country"
    "|Home Street|Home Street 2|Home Street 3|Home City|Home State|Home Postal Code"
    "|Home Country/Region~Home Country"
    "|Other Street|Other Street 2|Other Street 3|Other City|Other State|Other Postal Code"
    "|Other Country/Region~Other Country"
    "|Assistant's Phone|Business Fax|Business Phone|Business Phone 2|Callback|Car Phone"
    "|Company Main Phone|Home Fax|Home Phone|Home Phone 2|ISDN|Mobile Phone|Other Fax|Other Phone"
    "|Pager|Primary Phone|Radio Phone|TTY/TDD Phone|Telex"
    "|Anniversary|Assistant's Name|Birthday|Business Address PO Box|Home Address PO Box"
    "|Other Address PO Box|Categories|Children|E-mail Address|E-mail 2 Address|E-mail 3 Address"
    "|Manager's Name|Notes|Referred By|Spouse|Web Page|Language"
    "|E-mail Type|E-mail Display Name|E-mail 2 Type|E-mail 2 Display Name|E-mail 3 Type"
    "|E-mail 3 Display Name|Gender|Initials|Internet Free Busy|Priority|Sensitivity|Private"
)
_DE = (
    "Anrede|Vorname|Weitere Vornamen|Nachname|Suffix|Firma|Abteilung|Position"
    "|Straße geschäftlich|Straße geschäftlich 2|Straße geschäftlich 3|Ort geschäftlich"
    "|Region geschäftlich|Postleitzahl geschäftlich|Land/Region geschäftlich~Land geschäftlich"
    "|Straße privat|Straße privat 2|Straße privat 3|Ort privat"
    "|Bundesland/Kanton privat~Region privat|Postleitzahl privat|Land/Region privat~Land privat"
    "|Weitere Straße|Weitere Straße 2|Weitere Straße 3|Weiterer Ort"
    "|Weiteres/r Bundesland/Kanton~Weitere Region|Weitere Postleitzahl"
    "|Weiteres/e Land/Region~Weiteres Land"
    "|Telefon Assistent|Fax geschäftlich|Telefon geschäftlich|Telefon geschäftlich 2|Rückmeldung"
    "|Autotelefon|Telefon Firma|Fax privat|Telefon privat|Telefon privat 2|ISDN|Mobiltelefon"
    "|Weiteres Fax|Weiteres Telefon|Pager|Haupttelefon|Mobiltelefon 2|Telefon für Hörbehinderte"
    "|Telex"
    "|Jahrestag|Name Assistent~Assistent(in)|Geburtstag|Postfach geschäftlich|Postfach privat"
    "|Weiteres Postfach|Kategorien|Kinder|E-Mail-Adresse|E-Mail 2: Adresse|E-Mail 3: Adresse"
    "|Name des/der Vorgesetzten|Notizen|Empfohlen von|Partner|Webseite|Sprache"
    "|E-Mail-Typ|E-Mail: Angezeigter Name|E-Mail 2: Typ|E-Mail 2: Angezeigter Name|E-Mail 3: Typ"
    "|E-Mail 3: Angezeigter Name|Geschlecht|Initialen|Internet-Frei/Gebucht|Priorität"
    "|Vertraulichkeit|Privat"
)
_FR = (
    "Titre|Prénom|Deuxième prénom|Nom|Suffixe|Société|Service|Titre~Fonction"
    "|Rue (bureau)|Rue (bureau) 2|Rue (bureau) 3|Ville (bureau)|Dép/Région (bureau)"
    "|Code postal (bureau)|Pays/Région (bureau)~Pays (bureau)"
    "|Rue (domicile)|Rue (domicile) 2|Rue (domicile) 3|Ville (domicile)|Dép/Région (domicile)"
    "|Code postal (domicile)|Pays/Région (domicile)~Pays (domicile)"
    "|Rue (autre)|Rue (autre) 2|Rue (autre) 3|Ville (autre)|Dép/Région (autre)"
    "|Code postal (autre)|Pays/Région (autre)~Pays (autre)"
    "|Téléphone de l'assistant(e)|Télécopie (bureau)|Téléphone (bureau)|Téléphone 2 (bureau)|Rappel"
    "|Téléphone (voiture)|Téléphone société|Télécopie (domicile)|Téléphone (domicile)"
    "|Téléphone 2 (domicile)|RNIS|Tél. mobile|Télécopie (autre)|Téléphone (autre)"
    "|Récepteur de radiomessagerie|Téléphone principal|Radio téléphone|Téléphone TDD/TTY|Télex"
    "|Anniversaire de mariage ou fête|Nom de l'assistant(e)|Anniversaire|B.P. professionnelle"
    "|Boîte postale du domicile|Autre boîte postale|Catégories|Enfants|Adresse de messagerie"
    "|Adresse de messagerie 2|Adresse de messagerie 3|Responsable|Notes|Recommandé par"
    "|Conjoint(e)|Page Web|Langue"
    "|Type de messagerie|Nom complet de l'adresse de messagerie|Type de messagerie 2"
    "|Nom complet de l'adresse de messagerie 2|Type de messagerie 3"
    "|Nom complet de l'adresse de messagerie 3|Sexe|Initiales|Disponibilité Internet|Priorité"
    "|Critère de diffusion|Privé"
)
_ES = (
    "Title~Tratamiento|Nombre|Segundo nombre|Apellidos|Suffix~Sufijo|Organización"
    "|Department~Departamento|Puesto"
    "|Calle del trabajo|Calle del trabajo 2|Calle del trabajo 3|Ciudad de trabajo"
    "|Provincia o estado de trabajo|Código postal del trabajo|País o región del trabajo"
    "|Home Street~Calle del domicilio|Home Street 2~Calle del domicilio 2"
    "|Home Street 3~Calle del domicilio 3|Home City~Ciudad del domicilio"
    "|Home State~Provincia o estado del domicilio|Home Postal Code~Código postal del domicilio"
    "|País o región del domicilio"
    "|Otra calle|Otra calle 2|Otra calle 3|Otra ciudad|Otra provincia o estado|Otro código postal"
    "|Otro país o región"
    "|Assistant's Phone~Teléfono del ayudante|Business Fax~Fax del trabajo|Teléfono del trabajo"
    "|Business Phone 2~Teléfono del trabajo 2|Devolución de llamada|Car Phone~Teléfono del coche"
    "|Número de centralita de la organización|Home Fax~Fax particular|Particular"
    "|Home Phone 2~Particular 2|ISDN~RDSI|Mobile Phone~Teléfono móvil|Otro fax|Otro teléfono"
    "|Pager~Buscapersonas|Teléfono principal|Radioteléfono|Número de teletipo|Télex"
    "|Anniversary~Aniversario|Assistant's Name~Nombre del ayudante|Birthday~Cumpleaños"
    "|Apartado postal de la dirección del trabajo|Apartado postal de la dirección personal"
    "|Otro apartado postal|Categorías|Hijos|E-mail Address~Dirección de correo electrónico"
    "|Dirección de correo electrónico 2"
    "|Dirección del correo electrónico 3~Dirección de correo electrónico 3"
    "|Nombre del director|Notes~Notas|Referred By~Recomendado por|Spouse~Cónyuge|Página web|Idioma"
    "|E-mail Type~Tipo de correo electrónico|Nombre de pantalla de correo electrónico"
    "|Tipo de correo electrónico 2|Nombre de pantalla de correo electrónico 2"
    "|Tipo de correo electrónico 3|Nombre de pantalla de correo electrónico 3|Género"
    "|Initials~Iniciales|Internet Free Busy|Prioridad|Confidencialidad|Privado"
)
_IT = (
    "Titolo|Nome|Secondo nome|Cognome|Titolo straniero|Società|Reparto|Posizione"
    "|Via (uff.)|Via (uff.) 2|Via (uff.) 3|Città (uff.)|Provincia (uff.)|CAP (uff.)"
    "|Paese/area geografica (uff.)~Paese (uff.)"
    "|Via (ab.)|Via (ab.) 2|Via (ab.) 3|Città (ab.)|Provincia (ab.)|CAP (ab.)"
    "|Paese/area geografica (ab.)~Paese (ab.)"
    "|Altra via|Altra via 2|Altra via 3|Altra città|Altra provincia|Altro CAP"
    "|Altro paese/area geografica~Altro paese"
    "|Telefono assistente|Fax (uff.)|Ufficio|Ufficio 2|Richiamata automatica|Telefono auto"
    "|Telefono principale società|Fax (ab.)|Abitazione|Abitazione 2|ISDN|Cellulare|Altro fax"
    "|Altro telefono|Cercapersone|Telefono principale|Radiotelefono|Telefono TTY/TDD|Telex"
    "|Anniversario|Nome assistente|Compleanno|Indirizzo (uff.) - Casella postale"
    "|Indirizzo (ab.) - Casella postale|Altro indirizzo - Casella postale|Categorie|Figli"
    "|Indirizzo posta elettronica|Indirizzo posta elettronica 2|Indirizzo posta elettronica 3"
    "|Nome manager|Notes~Note|Presentato da|Nome coniuge/partner~Nome coniuge|Pagina Web|Lingua"
    "|Tipo posta elettronica|Nome visualizzato posta elettronica|Tipo posta elettronica 2"
    "|Nome visualizzato posta elettronica 2|Tipo posta elettronica 3"
    "|Nome visualizzato posta elettronica 3|Sesso|Iniziali|Disponibilità Internet|Priorità"
    "|Riservatezza|Privato"
)
_NL = (
    "Titel|Voornaam|Middelste naam|Achternaam|Achtervoegsel|Bedrijf|Afdeling|Functie"
    "|Werkadres, straat|Werkadres 2, straat|Werkadres 3, straat|Werkadres, plaats"
    "|Werkadres, provincie|Werkadres, postcode|Land/regio (werk)"
    "|Huisadres, straat|Huisadres, straat 2|Huisadres, straat 3|Huisadres, plaats"
    "|Huisadres, provincie|Huisadres, postcode|Land/regio (thuis)"
    "|Ander adres, straat|Ander adres, straat 2|Ander adres, straat 3|Ander adres, plaats"
    "|Ander adres, provincie|Ander adres, postcode|Land/regio (anders)"
    "|Telefoon assistent|Fax op werk|Telefoon op werk|Telefoon op werk 2|Terugbellen|Autotelefoon"
    "|Hoofdtelefoon bedrijf|Fax thuis|Telefoon thuis|Telefoon thuis 2|ISDN|Mobiele telefoon"
    "|Andere fax|Andere telefoon|Pager|Hoofdtelefoon|Radiotelefoon|Teksttelefoon|Telex"
    "|Speciale datum|Naam assistent|Verjaardag|Werkadres, postbusnummer|Huisadres, postbusnummer"
    "|Ander adres, postbusnummer|Categorieën~Categorien|Kinderen|E-mailadres|E-mailadres 2"
    "|E-mailadres 3|Naam manager|Notities|Referentie van|Partner|Webpagina|Taal"
    "|E-mailtype|Weergavenaam voor e-mail|E-mailtype 2|E-mail, weergegeven naam 2|E-mailtype 3"
    "|E-mail, weergegeven naam 3|Geslacht|Initialen|Internet Beschikbaarheidsinfo|Prioriteit"
    "|Gevoeligheid|Privé~Priv"
)
_PL = (
    "Tytuł|Imię|Drugie imię|Nazwisko|Sufiks|Firma|Dział|Stanowisko"
    "|Adres służbowy - ulica|Adres służbowy - ulica 2|Adres służbowy - ulica 3"
    "|Adres służbowy - miejscowość|Adres służbowy - województwo|Adres służbowy - kod pocztowy"
    "|Adres służbowy - kraj/region"
    "|Adres domowy - ulica|Adres domowy - ulica (2)|Adres domowy - ulica (3)"
    "|Adres domowy - miejscowość|Adres domowy - województwo|Adres domowy - kod pocztowy"
    "|Adres domowy - kraj/region"
    "|Inny adres - ulica|Inny adres - ulica 2|Inny adres - ulica 3|Inny adres - miejscowość"
    "|Inny adres - województwo|Inny adres - kod pocztowy|Inny adres - kraj/region"
    "|Telefon asystenta|Faks służbowy|Telefon służbowy|Telefon służbowy 2|Wywołanie zwrotne"
    "|Telefon w samochodzie|Główny telefon do firmy|Faks domowy|Telefon domowy|Telefon domowy 2"
    "|ISDN|Telefon komórkowy|Inny faks|Inny telefon|Pager|Telefon podstawowy|Radiotelefon"
    "|Telefon TTY/TDD|Teleks"
    "|Rocznica|Imię i nazwisko asystenta|Urodziny|Służbowa skrzynka pocztowa"
    "|Domowa skrzynka pocztowa|Inna skrzynka pocztowa|Kategorie|Dzieci|Adres e-mail|Adres e-mail 2"
    "|Adres e-mail 3|Menedżer|Notatki|Polecony przez|Współmałżonek|Strona sieci Web|Język"
    "|Typ poczty e-mail|Wyświetlana nazwa e-mail|Rodzaj e-mail 2|Wyświetlana nazwa e-mail 2"
    "|Rodzaj e-mail 3|Wyświetlana nazwa e-mail 3|Płeć|Inicjały"
    "|Internetowe informacje wolny/zajęty|Priorytet|Charakter|Prywatne"
)
_PT = (
    "Título|Primeiro nome|Outros nomes/apelidos|Apelido|Sufixo|Empresa|Departamento|Cargo"
    "|Rua da empresa|Rua da empresa 2|Rua da empresa 3|Localidade da empresa"
    "|Distrito da empresa|Código postal da empresa|País/Região da Empresa"
    "|Rua da residência|Rua da residência (2)|Rua da residência (3)|Localidade da residência"
    "|Distrito da residência|Código postal da residência|País da Residência/Região"
    "|Rua do outro endereço|Rua do outro endereço 2|Rua do outro endereço 3"
    "|Localidade do outro endereço|Distrito do outro endereço|Código postal do outro endereço"
    "|Outro País/Região"
    "|Telefone do assistente|Fax da empresa|Telefone da empresa|2º telefone da empresa"
    "|Tel. de resposta|Telefone do carro|Telefone principal da empresa|Fax da residência"
    "|Telefone da residência|2º telefone da residência|RDIS|Telemóvel|Outro fax|Outro telefone"
    "|Pager|Telefone principal|Radiotelefone|Telefone TTY/TDD|Telex"
    "|Aniversário|Nome do assistente|Data de nascimento|Apartado da empresa"
    "|Apartado da residência|Apartado do outro endereço|Categorias|Filhos"
    "|Endereço de correio electrónico~Endereço de correio eletrónico"
    "|Endereço do correio electrónico 2~Endereço de correio eletrónico 2"
    "|Endereço do correio electrónico 3~Endereço de correio eletrónico 3"
    "|Nome do gestor|Notas|Recomendado por|Cônjuge|Página na Web|Idioma"
    "|Tipo de correio electrónico|Nome a apresentar para o correio electrónico"
    "|Tipo de correio electrónico 2|Nome a apresentar para o correio electrónico 2"
    "|Tipo de correio electrónico 3|Nome a apresentar para o correio electrónico 3|Sexo|Iniciais"
    "|Disponibilidade da Internet|Prioridade|Confidencialidade|Privado"
)
_PT_BR = (
    "Tratamento|Primeiro nome|Segundo nome|Sobrenome|Sufixo|Empresa|Departamento|Cargo"
    "|Business Street~Rua do endereço comercial|Rua do endereço comercial 2"
    "|Rua do endereço comercial 3|Business City|Business State|Business Postal Code"
    "|País/Região da Empresa"
    "|Endereço residencial|Endereço residencial 2|Endereço residencial 3"
    "|Cidade do endereço residencial|Estado|CEP do endereço residencial|País/Região de Residência"
    "|Outro endereço|Outro endereço 2|Outro endereço 3|Cidade|Outro Estado|CEP|Outro País/Região"
    "|Telefone do assistente|Fax comercial|Telefone comercial|Telefone comercial 2"
    "|Retorno de chamada|Telefone do carro|Telefone principal da empresa|Fax residencial"
    "|Telefone residencial|Telefone residencial 2|ISDN|Telefone celular|Outro fax|Outro telefone"
    "|Pager|Telefone principal|Radiofone|Telefone TTY/TDD|Telex"
    "|Datas especiais|Nome do assistente|Birthday~Aniversário|Caixa postal do endereço comercial"
    "|Caixa postal do endereço residencial|Caixa postal de outro endereço|Categorias|Filhos"
    "|E-mail Address~Endereço de email|Endereço de email 2|Endereço de email 3|Nome do gerenciador"
    "|Anotações|Indicado por|Spouse~Cônjuge|Página da Web|Idioma"
    "|Tipo de email|Nome para exibição do email|Tipo de email 2|Nome para exibição do email 2"
    "|Tipo de email 3|Nome para exibição do email 3|Sexo|Iniciais|Disponibilidade da Internet"
    "|Prioridade|Sensibilidade|Particular"
)
_SV = (
    "Titel|Förnamn|Mellannamn|Efternamn|Namnsuffix|Företag|Avdelning|Befattning"
    "|Gatuadress, arbete|Gatuadress 2, arbete|Gatuadress 3, arbete|Ort, arbete|Region, arbete"
    "|Postadress, arbete|Land, arbete"
    "|Gatuadress, hem|Gatuadress 2, hem|Gatuadress 3, hem|Hemort|Region, hem|Postnr, hem|Land, hem"
    "|Annan gata|Annan gata 2|Annan gata 3|Annan ort|Annan region|Annat postnummer|Annat land"
    "|Telefon, assistent|Fax arbete|Arbete|Telefon 2, arbete|Motringning|Biltelefon"
    "|Företag, växel|Fax, hem|Hem|Telefon 2, hem|ISDN|Mobiltelefon|Fax, annan|Telefon, annan"
    "|Personsökare|Telefon 1|Telefon 2|TTY/TDD-telefon|Telex"
    "|Årsdag|Namn, assistent|Födelsedag|Arbetsadress, box|Hemadress, box|Annan adress, box"
    "|Kategorier|Barn|E-postadress|E-postadress 2|E-postadress 3|Namn, chef|Anteckningar"
    "|Rekommenderad av|Make maka|Webbsida|Språk"
    "|E-posttyp|E-postnamn|E-posttyp 2|E-postnamn 2|E-posttyp 3|E-postnamn 3|Kön|Initialer"
    "|Ledig/upptagen-information för Internet|Prioritet|Känslighet|Privat"
)

# Headings that only the web, new Outlook and Hotmail have; they write English.
_WEB = vocabulary(
    "en",
    "nickname|-|-|-|url=home|url=work|custom|handle|phone=mobile|note|custom",
    "Nickname|Given Yomi|Surname Yomi|Company Yomi|Personal Web Page|Business Website|Schools"
    "|IMAddress|Mobile Phone 2|Note|Other PO Box",
)
OUTLOOK = tuple(
    vocabulary(language, SLOTS, headings)
    for language, headings in (
        ("en", _EN), ("de", _DE), ("fr", _FR), ("es", _ES), ("it", _IT), ("nl", _NL), ("pl", _PL),
        ("pt", _PT), ("pt-br", _PT_BR), ("sv", _SV),
    )
)  # fmt: skip
OUTLOOK_WEB = _WEB
