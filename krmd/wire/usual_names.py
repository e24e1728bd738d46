"""The names that folders usually have, by language: for servers and Maildirs that say no use.

Compared without regard to case, whole, in NFC.
"""

import unicodedata

from krmd.intake.mailbox import FolderRole

_SENT = """
Sent|Sent Mail|Sent Items|Sent Messages|Sent-Mail|Outgoing
Gesendet|Gesendete Objekte|Gesendete Elemente|Gesendete Nachrichten|Gesendete Mails
Envoyés|Messages envoyés|Éléments envoyés|Courriers envoyés|Objets envoyés
Enviados|Elementos enviados|Mensajes enviados|Correo enviado|Itens enviados|Mensagens enviadas
Inviati|Posta inviata|Elementi inviati|Messaggi inviati|Inviata
Verzonden|Verzonden items|Verzonden berichten|Verzonden objecten
Wysłane|Elementy wysłane|Wysłane elementy
Skickat|Skickade|Skickade objekt|Skickade meddelanden
Sendt|Sendte elementer|Sendt post|Sendte|Sende elementer
Lähetetyt|Lähetetyt viestit
Odeslané|Odeslaná pošta|Odoslané
Отправленные|Исходящие сообщения|Надіслані
送信済み|送信済みアイテム|送信済みメール|已发送|已发送邮件|已傳送|寄件備份|보낸 편지함|보낸편지함
Gönderilmiş Öğeler|Gönderilenler|Elküldött elemek|Elküldött|Απεσταλμένα
"""
_DRAFTS = """
Drafts|Draft|Draft Messages
Entwürfe|Brouillons|Borradores|Rascunhos|Bozze|Concepten|Klad
Wersje robocze|Robocze|Szkice|Utkast|Kladder|Kladde|Luonnokset|Koncepty|Rozepsané
Черновики|Чернетки|下書き|草稿|草稿箱|草稿匣|임시 보관함|임시보관함|Taslaklar|Piszkozatok|Πρόχειρα
"""
_JUNK = """
Junk|Junk Mail|Junk E-mail|Junk Email|Spam|Bulk Mail|Bulk
Unerwünscht|Unerwünschte Werbung|Werbung|Spamverdacht|Junk-E-Mail
Indésirables|Courrier indésirable|Pourriel|Correo no deseado|Lixo eletrônico|Lixo Eletrónico
Posta indesiderata|Indesiderata|Ongewenste e-mail|Ongewenste reclame
Wiadomości-śmieci|Niechciane|Skräppost|Søppelpost|Uønsket|Uønsket mail|Roskaposti
Nevyžádaná pošta|Nevyžádané|Спам|Нежелательная почта|迷惑メール|垃圾邮件|垃圾郵件|스팸 메일|스팸메일
Önemsiz|Gereksiz E-posta|Levélszemét|Ανεπιθύμητα
"""
_TRASH = """
Trash|Deleted|Deleted Items|Deleted Messages|Bin|Wastebasket|Recycle Bin
Papierkorb|Gelöscht|Gelöschte Objekte|Gelöschte Elemente|Gelöschte Nachrichten
Corbeille|Éléments supprimés|Messages supprimés|Papelera|Elementos eliminados|Eliminados
Lixeira|Lixo|Itens excluídos|Itens eliminados|Cestino|Posta eliminata|Elementi eliminati
Prullenbak|Prullenmand|Verwijderde items|Verwijderde objecten
Kosz|Elementy usunięte|Usunięte|Papperskorgen|Borttaget|Borttagna objekt
Papirkurv|Papirkurven|Slettet post|Slettede elementer|Roskakori|Poistetut
Koš|Odstraněná pošta|Корзина|Удаленные|Удалённые|Видалені|ゴミ箱|削除済みアイテム
已删除|已删除邮件|废件箱|垃圾桶|刪除的郵件|휴지통|지운 편지함|Çöp Kutusu|Silinmiş Öğeler|Kuka|Κάδος
"""
_ARCHIVE = """
Archive|Archives|Archived|Archiv|Archivés|Archivio|Archivo|Archivados|Arquivo|Arquivos|Archief
Archiwum|Arkiv|Arkisto|Archivní|Архив|Архів|アーカイブ|归档|存档|封存|보관|Arşiv|Archívum|Αρχείο
"""
_OUTBOX = """
Outbox|Postausgang|Boîte d'envoi|Bandeja de salida|Caixa de saída|Posta in uscita|Postvak UIT
Skrzynka nadawcza|Utkorgen|Udbakke|Utboks|Lähtevät|Pošta k odeslání|Исходящие
送信トレイ|发件箱|寄件匣|Giden Kutusu|보낼 편지함
"""
_WITHOUT_MAIL = """
Calendar|Contacts|Notes|Tasks|Journal|Suggested Contacts|Sync Issues
Kalender|Kontakte|Notizen|Aufgaben|Vorgeschlagene Kontakte|Synchronisierungsprobleme
Calendrier|Notes|Tâches|Contacts suggérés|Calendario|Contactos|Notas|Tareas|Diario
Calendário|Contatos|Contactos|Tarefas|Diário|Contatti|Note|Attività
Agenda|Contactpersonen|Notities|Taken|Logboek|Kalendarz|Kontakty|Notatki|Zadania|Dziennik
Kontakter|Anteckningar|Uppgifter|Kalender|Noter|Opgaver|Notater|Oppgaver|Journal
Kalenteri|Yhteystiedot|Muistiinpanot|Tehtävät|Kalendář|Poznámky|Úkoly|Deník
Календарь|Контакты|Заметки|Задачи|Дневник|予定表|連絡先|メモ|仕事|タスク|履歴
日历|联系人|便笺|任务|日记|行事曆|連絡人|記事|工作|日誌|일정|연락처|메모|작업
"""


def comparable(name: str) -> str:
    """A folder's name as it is compared."""
    return unicodedata.normalize("NFC", name).casefold().strip()


def _names(listed: str) -> frozenset[str]:
    return frozenset(comparable(name) for name in listed.replace("\n", "|").split("|") if name)


_LISTED: tuple[tuple[FolderRole, str], ...] = (
    ("outbox", _OUTBOX),
    ("archive", _ARCHIVE),
    ("trash", _TRASH),
    ("junk", _JUNK),
    ("drafts", _DRAFTS),
    ("sent", _SENT),
)

ROLE_OF_NAME = {name: role for role, listed in _LISTED for name in _names(listed)}
"""What a folder with that comparable name is for."""

WITHOUT_MAIL = _names(_WITHOUT_MAIL)
"""Comparable names of folders that hold no mail on Exchange; elsewhere a user's own may be so
called.
"""
