"""The headings of LinkedIn's `Connections.csv`, in the languages it writes them."""

from __future__ import annotations

from krmd.formats.csv_headings import vocabulary

SLOTS = "given|family|profile|email|company|role|connected=LinkedIn"

_HEADINGS = {
    "en": "First Name|Last Name|URL|Email Address|Company|Position|Connected On",
    "de": (
        "Vorname|Nachname|URL~Profil-URL|E-Mail-Adresse|Unternehmen~Firma|Position"
        "|Verbunden am~Vernetzt am~Kontakt seit~Verbunden seit"
    ),
    "fr": (
        "Prénom|Nom de famille~Nom|URL|Adresse e-mail|Entreprise~Société|Poste~Position"
        "|Connecté le~En relation depuis~Connexion établie le~Date de connexion"
    ),
    "es": (
        "Nombre|Apellidos~Apellido|URL|Dirección de correo electrónico~Correo electrónico~Email"
        "|Empresa|Cargo~Puesto|Conectado el~Conectados el~Fecha de conexión~Conexión desde"
    ),
    "it": (
        "Nome|Cognome|URL|Indirizzo email~Indirizzo e-mail~Email|Azienda~Società"
        "|Posizione~Qualifica~Ruolo|Collegato il~Connesso il~Data del collegamento"
    ),
    "pt": (
        "Nome|Sobrenome~Apelido|URL|Endereço de e-mail~Endereço de email~E-mail|Empresa"
        "|Cargo~Posição|Conectado em~Ligado em~Data de conexão~Data da conexão"
    ),
    "nl": (
        "Voornaam|Achternaam|URL|E-mailadres|Bedrijf~Bedrijfsnaam|Functie~Positie"
        "|Verbonden op~Connectie sinds~Connectie gemaakt op"
    ),
    "pl": (
        "Imię|Nazwisko|URL|Adres e-mail|Firma|Stanowisko"
        "|Data nawiązania kontaktu~Połączono~Kontakt od"
    ),
    "sv": (
        "Förnamn|Efternamn|URL|E-postadress~E-post|Företag|Befattning~Position"
        "|Kontakt sedan~Anslöts~Ansluten den"
    ),
}
LINKEDIN = tuple(vocabulary(language, SLOTS, headings) for language, headings in _HEADINGS.items())
"""English first."""
