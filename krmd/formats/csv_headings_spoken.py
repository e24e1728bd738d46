"""Headings that say what they are, as people and small programs write them, in many languages."""

from __future__ import annotations

from collections.abc import Sequence

from krmd.formats.csv_headings import Vocabulary, best_vocabulary, heading_key, vocabulary

_SLOTS = (
    "name|given|family|middle|prefix|suffix|nickname|email|phone|phone=mobile|phone=work"
    "|phone=home|company|department|role|birthday|date=anniversary|category|note|town|country"
    "|street|code|region|url|met|introduced_by|relation|language|former_name|birth_year"
    "|birth_month|birth_day|died"
)
_HEADINGS = {
    "en": (
        "Name~Full Name~Fullname~Display Name~Contact~Contact Name|First Name~Firstname~Given Name"
        "~Forename~First|Last Name~Last~Lastname~Surname~Family Name|Middle Name~Middle"
        "|Prefix~Name Prefix|Suffix~Name Suffix|Nickname|Email~E-mail~Mail~Email Address~Emails"
        "|Phone~Telephone~Phone Number~Tel~Phones|Mobile~Mobile Phone~Cell~Cell Phone"
        "~Mobile Number|Work Phone~Business Phone~Office Phone|Home Phone|Company~Organization"
        "~Organisation~Employer|Department|Role~Job Title~Position~Occupation|Birthday"
        "~Date of Birth~Birth Date~Birthdate~DOB~Born|Anniversary~Wedding Anniversary"
        "|Category~Categories~Group~Groups~Tag~Tags~Label~Labels|Note~Notes~Comment~Comments"
        "~Remarks|Town~City|Country|Street~Street Address~Address|Postcode~Postal Code~Zip"
        "~Zip Code|Region~State~Province~County|URL~Website~Web~Homepage~Link|Met~Where we met"
        "|Introduced By~Referred By|Relation~Relationship|Language|Former Name~Maiden Name"
        "~Birth Name|Birth Year|Birth Month|Birth Day|Died~Deceased~Date of Death"
    ),
    "de": (
        "Name~Voller Name~Vollständiger Name~Anzeigename|Vorname|Nachname~Familienname~Zuname||"
        "|||E-Mail-Adresse~Mail-Adresse~E-Mail-Adressen|Telefon~Telefonnummer~Festnetz|Handy~Mobil"
        "~Mobiltelefon~Mobilnummer|Telefon dienstlich~Telefon geschäftlich~Telefon Arbeit"
        "|Telefon privat|Firma~Unternehmen~Organisation|Abteilung|Funktion~Beruf|Geburtstag"
        "~Geburtsdatum~geboren~geboren am|Hochzeitstag~Jahrestag|Kategorie~Kategorien~Gruppe"
        "~Gruppen~Schlagwort~Schlagworte|Notiz~Notizen~Bemerkung~Bemerkungen~Anmerkung|Ort~Stadt"
        "~Wohnort|Land|Straße~Anschrift~Adresse|PLZ~Postleitzahl|Bundesland|Webseite"
        "|Kennengelernt|Empfohlen von|Beziehung|Sprache|Geburtsname|Geburtsjahr|Geburtsmonat||"
        "Gestorben~Verstorben~Sterbedatum"
    ),
    "fr": (
        "Nom complet|Prénom|Nom~Nom de famille|||||Courriel~Adresse e-mail~Adresse électronique"
        "|Téléphone~Tél|Portable~Téléphone portable||"
        "|Société~Entreprise|Service|Fonction~Profession~Poste|Anniversaire~Date de naissance|"
        "|Catégorie~Catégories~Groupe~Groupes|Note~Remarques|Ville|Pays|Rue~Adresse|Code postal|"
        "|Site web|||Relation|Langue|Nom de jeune fille||||Décédé"
    ),
    "es": (
        "Nombre completo|Nombre|Apellidos~Apellido|||||Correo~Correo electrónico|Teléfono|Móvil||"
        "|Empresa|Departamento|Cargo~Puesto|Cumpleaños~Fecha de nacimiento|"
        "|Categoría~Categorías~Grupo~Grupos|Nota~Notas|Ciudad|País|Calle~Dirección|Código postal"
        "|Provincia|Sitio web|||Relación|Idioma|||||"
    ),
    "it": (
        "Nome completo|Nome|Cognome|||||Indirizzo email~Posta elettronica|Telefono|Cellulare||"
        "|Azienda~Società|Reparto|Ruolo~Posizione|Compleanno~Data di nascita|"
        "|Categoria~Categorie~Gruppo~Gruppi|Note|Città|Paese|Via~Indirizzo|CAP|Provincia"
        "|Sito web|||Relazione|Lingua|||||"
    ),
    "nl": (
        "Naam~Volledige naam|Voornaam|Achternaam|||||E-mailadres|Telefoon~Telefoonnummer"
        "|Mobiel~Mobiele telefoon|||Bedrijf~Organisatie|Afdeling|Functie"
        "|Verjaardag~Geboortedatum||Categorie~Categorieën~Groep~Groepen|Notitie~Notities|Plaats"
        "~Woonplaats|Land|Straat~Adres|Postcode|Provincie|Website|||Relatie|Taal|||||"
    ),
    "pt": (
        "Nome completo|Nome~Primeiro nome|Apelido~Sobrenome|||||Correio eletrónico"
        "~Endereço de e-mail|Telefone|Telemóvel~Celular|||Empresa|Departamento|Cargo"
        "|Aniversário~Data de nascimento||Categoria~Categorias~Grupo~Grupos|Nota~Notas|Cidade|País"
        "|Rua~Endereço|Código postal~CEP|Estado|Site|||Relação|Idioma|||||"
    ),
    "sv": (
        "Namn~Fullständigt namn|Förnamn|Efternamn|||||E-post~E-postadress|Telefon~Telefonnummer"
        "|Mobil~Mobiltelefon|||Företag|Avdelning|Titel~Befattning|Födelsedag~Födelsedatum|"
        "|Kategori~Kategorier~Grupp~Grupper|Anteckning~Anteckningar|Ort~Stad|Land|Gata~Adress"
        "|Postnummer||Webbplats|||Relation|Språk|||||"
    ),
    "pl": (
        "Imię i nazwisko|Imię|Nazwisko|||||Adres e-mail|Telefon|Komórka~Telefon komórkowy||"
        "|Firma|Dział|Stanowisko|Urodziny~Data urodzenia||Kategoria~Kategorie~Grupa~Grupy"
        "|Notatka~Notatki~Uwagi|Miasto~Miejscowość|Kraj|Ulica~Adres|Kod pocztowy|Województwo"
        "|Strona|||Relacja|Język|||||"
    ),
}

ENGLISH, *_OTHERS = (vocabulary(it, _SLOTS, headings) for it, headings in _HEADINGS.items())
SPOKEN = (ENGLISH, *_OTHERS)
WHERE_NAME_IS_FAMILY = frozenset(("de", "nl", "sv"))
"""In these languages `Name` beside `Vorname` is the family's."""


def spoken_language(headings: Sequence[str]) -> Vocabulary:
    """The language of most headings that aren't English, or English."""
    foreign = [it for it in headings if heading_key(it) not in ENGLISH.slots]
    best = best_vocabulary(foreign, _OTHERS)
    return best if any(heading_key(it) in best.slots for it in foreign) else ENGLISH
