# What readers meet, in Polish: the keys, their order and the comments are those of en.ftl.

language-name = Polski
# Whose habits dates follow where the language names no region.
language-formats = pl-PL
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = { "" }

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }, godz. { $time }
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } { $place }
today = dzisiaj
yesterday = wczoraj

## Every page

skip-link = Przejdź do treści
footer-links = Więcej
archive = Archiwum
sent-with = Wysyłka:

## Subscribing

subscribe = Zapisz się
subscribe-heading = { $publication } w Twojej skrzynce
subscribe-lead = Zapisz się na newsletter, a najnowsze teksty przyjdą do Ciebie e-mailem.
email-label = Adres e-mail
email-placeholder = Wpisz adres e-mail…
honeypot-label = Zostaw to pole puste
# From abuse.
proof-heading = Jeszcze jeden krok
proof-lead = Dociera do nas teraz bardzo dużo zapisów, więc sprawdzamy, czy Twój pochodzi od człowieka. Odczekaj dziesięć sekund i przejdź dalej.
proof-button = Dalej
proof-checking = Dociera do nas teraz bardzo dużo zapisów, więc sprawdzamy, czy Twój pochodzi od człowieka. Potrwa to kilka sekund.
proof-early = To było trochę za wcześnie. Odczekaj jeszcze kilka sekund i przejdź dalej.
proof-json = Rozwiąż zadanie i wyślij formularz ponownie, z rozwiązaniem w polu „altcha”.
proof-expired = Wypełnij formularz jeszcze raz
proof-expired-lead = Ten krok odbywa się w przeglądarce, trzeba go wykonać w ciągu piętnastu minut i mieć włączone pliki cookie. Nic jeszcze nie zostało wysłane.
proof-large-lead = Formularz jest za długi, by przechować go na czas oczekiwania. Wybierz mniej newsletterów albo skróć odpowiedzi.
unsubscribe-any-time = Możesz wypisać się w każdej chwili.
newsletters-legend = Newslettery
recent-issues = Najnowsze wydania
recent-issues-none = Nie ma jeszcze żadnych wydań. Zapisz się, a pierwsze trafi do Ciebie.
recent-issues-all = Zobacz wszystkie wydania

cadence-each = Każdy artykuł
cadence-daily = Raz dziennie
cadence-weekly = Raz w tygodniu
cadence-monthly = Raz w miesiącu
cadence-off = Nie wysyłaj
cadence-legend = Jak często?

field-yes = Tak
field-no = Nie

check-inbox = Sprawdź skrzynkę
check-inbox-lead = Jeśli możemy pisać na ten adres, wiadomość z potwierdzeniem jest już w drodze. Kliknij w niej przycisk, aby potwierdzić zapis.
check-inbox-from = Nadawca
check-inbox-valid = Ważność linku
hours = { $hours ->
    [one] { $hours } godzina
    [few] { $hours } godziny
    [many] { $hours } godzin
   *[other] { $hours } godziny
}
check-inbox-captured = Ten serwer zapisuje wiadomości, zamiast je wysyłać. <a href="/mailbox">Otwórz skrzynkę</a>
check-inbox-help = Wiadomość nie dotarła?
check-inbox-wait = Odczekaj kilka minut i sprawdź folder ze spamem lub ofertami.
check-inbox-retype = Upewnij się, że podany adres jest poprawny. <a href="/">Wpisz go ponownie</a>
check-inbox-already = Dostajesz już ten newsletter? Nie musisz nic robić.
check-inbox-detail = Jeśli możemy pisać na ten adres, wiadomość z potwierdzeniem jest już w drodze. Kliknij w niej przycisk, aby potwierdzić zapis.

## Confirming

confirm = Potwierdź
confirm-heading = Potwierdź zapis
confirm-lead = { $publication } będzie wysyłać na adres <strong>{ $address }</strong>: { $newsletters }.
confirm-lead-bare = { $publication } będzie wysyłać wiadomości na adres <strong>{ $address }</strong>.
confirm-meanwhile = Zgłoszono też zapis na
confirm-button = Potwierdź zapis
confirm-not-me = To nie Twój zapis? Zamknij tę stronę, a nie zapiszemy Cię na newsletter.
confirmed = Zapisano
confirmed-lead = { $publication } będzie Ci wysyłać e-mailem: { $newsletters }.
confirmed-past-issues = Czytaj poprzednie wydania
confirm-left-since = Zapis nie jest aktywny
confirm-left-since-lead = Po wysłaniu tamtej wiadomości adres został wypisany. Aby wrócić, zapisz się ponownie.
confirm-suppressed = Nie możemy pisać na ten adres
confirm-suppressed-lead = { $publication } nie wysyła wiadomości na ten adres. Zapisz się, podając inny.
confirm-expired = Link wygasł
confirm-expired-lead = { $hours ->
    [one] Link był ważny { $hours } godzinę. Zapisz się ponownie, aby dostać nowy.
    [few] Link był ważny { $hours } godziny. Zapisz się ponownie, aby dostać nowy.
    [many] Link był ważny { $hours } godzin. Zapisz się ponownie, aby dostać nowy.
   *[other] Link był ważny { $hours } godziny. Zapisz się ponownie, aby dostać nowy.
}
subscribe-again = Zapisz się ponownie

## Preferences

preferences = Ustawienia
preferences-heading = Zarządzaj newsletterem
preferences-for = Adres <strong>{ $address }</strong>, zapis z { $date } r.
preferences-suppressed = Nie wysyłamy wiadomości na ten adres, więc te ustawienia nic nie zmienią.
preferences-newsletters = Twoje newslettery
preferences-unconfirmed = Czeka na potwierdzenie: kliknij przycisk w wiadomości od nas
# Under a newsletter's name: when its next mail comes.
preferences-next = Następne wydanie: { $time }
preferences-next-each = Następne wydanie: po publikacji kolejnego artykułu
preferences-next-comes = Następne wydanie: { $time }.
preferences-paused = Wstrzymano do { $date } r.
preferences-is-paused = Wstrzymano
preferences-is-resumed = Wznowiono
preferences-about-you = O Tobie
preferences-language = Język
save = Zapisz
preferences-saved = Zapisano
preferences-unchanged = Nic się nie zmieniło
preferences-still-off = Nie wysyłamy wiadomości na ten adres, więc nic nie zostało włączone
pause = Wstrzymaj
pause-lead = Wyjeżdżasz? Wstrzymaj newslettery na kilka tygodni. Po wznowieniu nie przyjdą żadne zaległe wiadomości.
pause-what = Co wstrzymać
pause-all = Wszystkie newslettery
pause-for = Na jak długo?
pause-nothing = Nie ma czego wstrzymać: obecnie nie wysyłamy Ci żadnych newsletterów.
weeks = { $weeks ->
    [one] { $weeks } tydzień
    [few] { $weeks } tygodnie
    [many] { $weeks } tygodni
   *[other] { $weeks } tygodnia
}
resume = Wznów teraz
resume-named = Wznów teraz: { $newsletter }
missed = Co Cię ominęło
missed-lead = Opublikowane w trakcie przerwy, od najnowszych.
missed-none = Nic Cię nie ominęło.
unsubscribe-all-heading = Wypisz się ze wszystkich newsletterów
unsubscribe-all-lead = Jedno kliknięcie i nie dostaniesz od nas więcej wiadomości.

## Unsubscribing

unsubscribe = Wypisz się
unsubscribe-heading = Wypisać się z newslettera „{ $newsletter }”?
unsubscribe-lead = Ten newsletter przestanie przychodzić.
unsubscribe-all = Wypisz się ze wszystkich
unsubscribed = Wypisano z newslettera „{ $newsletter }”
unsubscribed-lead = Ten newsletter nie będzie już przychodzić. Inne newslettery, jeśli je masz, pozostają bez zmian.
unsubscribed-all = Wypisano ze wszystkich newsletterów
unsubscribed-all-lead = Nie dostaniesz od nas więcej wiadomości.
unsubscribed-already = Brak zapisu na newsletter „{ $newsletter }”
unsubscribed-already-lead = Ten newsletter nie będzie przychodzić.

## “This wasn’t me”

block-heading = To nie ja
block-lead = Ktoś inny wpisał adres { $address }? Zablokuj go, a { $publication } już nigdy nic na niego nie wyśle.
block-button = Zablokuj ten adres
blocked = Adres zablokowany
blocked-lead = { $publication } nie wyśle już nic na adres { $address }, nawet jeśli ktoś wpisze go w formularzu.

## The archive

archive-heading = { $publication }: poprzednie wydania
archive-empty = Nie ma jeszcze żadnych wydań
archive-empty-lead = Pierwsze wydanie pojawi się tutaj po wysłaniu. <a href="/">Zapisz się</a>
archive-older = Starsze wydania
archive-all = Wszystkie wydania
archive-subscribe = { $publication } w Twojej skrzynce

## The subscribe box on other sites

# From box.
box-busy = Wysyłanie…
box-continue = Czytaj dalej
box-close = Zamknij
box-failed = Nie udało się. Sprawdź połączenie i spróbuj ponownie.
box-back = Wróć na { $host }

## What is wrong with a form

email-typo = Czy chodziło o { $address }?
email-typo-yes = Tak, użyj tego adresu
email-typo-no = Nie, mój jest poprawny

form-wrong = Sprawdź to pole
cadence-unknown = Wybierz częstotliwość spośród podanych
no-newsletter = Wybierz co najmniej jeden newsletter
email-empty = Wpisz adres e-mail, na przykład: ines@example.org
email-no-at = W adresie brakuje znaku @. Prawidłowa postać: ines@example.org
email-no-local-part = W adresie nie ma nic przed znakiem @. Prawidłowa postać: ines@example.org
email-no-domain = W adresie nie ma nic po znaku @. Prawidłowa postać: ines@example.org
email-not-ascii = Przed znakiem @ mogą stać tylko litery bez znaków diakrytycznych, cyfry i znaki takie jak . - _ +
email-local-part = W adresie jest niedozwolony znak. Sprawdź część przed znakiem @
email-local-part-long = Część przed znakiem @ jest za długa: limit to 64 znaki
email-domain = Część po znaku @ nie jest domeną. Prawidłowa postać całego adresu: ines@example.org
email-long = Adres jest za długi: limit to 254 znaki
refusal-list_unknown = Nie ma newslettera „{ $list }”. Wybierz jeden z podanych.
refusal-too_many_lists = Limit newsletterów wybieranych naraz: { $max }.
refusal-no_list_open = Nie ma jeszcze newsletterów, na które można się zapisać.
refusal-field_text_long = Tekst w polu „{ $name }” jest za długi. Limit znaków: { $max }.
refusal-field_number_wrong = W polu „{ $name }” wpisz liczbę, na przykład 1200 albo 12.5.
refusal-field_number_ambiguous = Liczbę w polu „{ $name }” można odczytać na dwa sposoby. Wpisz ją bez przecinka: 1234, a ułamek z kropką: 1.234.
refusal-field_date_wrong = W polu „{ $name }” wpisz datę w kolejności rok-miesiąc-dzień, na przykład 2026-11-24.
refusal-field_yes_no_wrong = W polu „{ $name }” wybierz tak albo nie.
refusal-pause_too_long = Wybierz od 1 do { $max } tygodni.
refusal-nothing_to_pause = Nie ma czego wstrzymać: obecnie nie wysyłamy Ci żadnych newsletterów.
refusal-reader_gone = Nie mamy tego adresu. Został usunięty, więc nie będziemy nic na niego wysyłać.

## Errors

error-not-found = Nie ma takiej strony
error-not-found-lead = Adres może zawierać błąd albo strona już nie istnieje.
error-method = Ta strona nie przyjmuje takiego żądania
error-method-lead = Adres jest poprawny, ale ta strona nie obsługuje tej metody żądania.
error-timeout = To trwało zbyt długo
error-timeout-lead = Żądanie nie dotarło na czas. Spróbuj ponownie.
error-too-large = Formularz jest za duży
error-too-large-lead = Formularz może mieć najwyżej { $kilobytes } KB. Skróć wpisany tekst i spróbuj ponownie.
error-media-type = Nie możemy tego odczytać
error-media-type-lead = Wyślij formularz (application/x-www-form-urlencoded) lub JSON.
error-compressed-lead = Żądanie jest skompresowane. Wyślij je bez kompresji.
error-request = Nie możemy tego odczytać
error-request-lead = Żądanie jest niepełne. Wróć i spróbuj ponownie.
error-unstorable-lead = Żądanie zawiera znak NUL albo liczbę lub czas, których nie da się zapisać. Usuń je i spróbuj ponownie.
error-json = Nie możemy odczytać tego kodu JSON
error-json-lead = Prawidłowa postać: { $example }
error-ambiguous = To żądanie jest niejednoznaczne
error-ambiguous-lead = Nagłówek { $header } występuje dwa razy z różnymi wartościami albo nie jest zwykłym tekstem. Wyślij go raz, jako zwykły tekst.
error-server = Coś poszło nie tak po naszej stronie
error-server-lead = Nic się nie zmieniło. Spróbuj ponownie za minutę.
error-link = Link jest niepełny
error-link-lead = Brakuje jego części albo została zmieniona. Otwórz link z wiadomości jeszcze raz lub skopiuj go w całości.
error-nobody = Nie mamy tego adresu
error-nobody-lead = Został usunięty, więc nie będziemy nic na niego wysyłać.
error-too-often = Zbyt wiele zapisów z Twojej sieci
error-too-often-lead = { $minutes ->
    [one] Zapis się nie powiódł. Spróbuj ponownie za { $minutes } minutę.
    [few] Zapis się nie powiódł. Spróbuj ponownie za { $minutes } minuty.
    [many] Zapis się nie powiódł. Spróbuj ponownie za { $minutes } minut.
   *[other] Zapis się nie powiódł. Spróbuj ponownie za { $minutes } minuty.
}
error-invalid = Nie da się tego zrobić
error-forbidden = Brak uprawnień do tej czynności
error-gone = To już nie istnieje
error-conflict = Nie da się tego zrobić
error-too-soon = Spróbuj ponownie później
error-back = Wróć do formularza

## Mails: what all have

mail-open-link = Możesz też otworzyć ten link:
mail-view-in-browser = Zobacz w przeglądarce
mail-manage = Zarządzaj newsletterem
mail-pause = Wstrzymaj
mail-not-me = To nie Ty?
mail-block = Zablokuj wiadomości na ten adres

## Mails: an issue

mail-byline = Tekst: { $author } · { $date }
# Of one article among several.
mail-read-article = Czytaj dalej
mail-correction = <strong>Sprostowanie:</strong> { $reason }
mail-read-more = Czytaj dalej: { $publication }
mail-cut = Ta wiadomość została skrócona. Reszta jest na stronie.
mail-read-in-browser = Przeczytaj resztę w przeglądarce
mail-read-in-browser-colon = Przeczytaj resztę w przeglądarce:
mail-reason = Otrzymujesz tę wiadomość, ponieważ adres { $address } zapisano na newsletter „{ $newsletter }”.
mail-reason-each = Otrzymujesz tę wiadomość, ponieważ { $date } r. adres { $address } zapisano na newsletter „{ $newsletter }” (każdy artykuł).
mail-reason-daily = Otrzymujesz tę wiadomość, ponieważ { $date } r. adres { $address } zapisano na newsletter „{ $newsletter }” (raz dziennie).
mail-reason-weekly = Otrzymujesz tę wiadomość, ponieważ { $date } r. adres { $address } zapisano na newsletter „{ $newsletter }” (raz w tygodniu).
mail-reason-monthly = Otrzymujesz tę wiadomość, ponieważ { $date } r. adres { $address } zapisano na newsletter „{ $newsletter }” (raz w miesiącu).

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } i jeszcze { $more } artykuł
    [few] { $title } i jeszcze { $more } artykuły
    [many] { $title } i jeszcze { $more } artykułów
   *[other] { $title } i jeszcze { $more } artykułu
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = W tym wydaniu
mail-digest-headlines = Więcej artykułów
mail-digest-left = { $left ->
    [one] I jeszcze { $left } artykuł na stronie { $publication }
    [few] I jeszcze { $left } artykuły na stronie { $publication }
    [many] I jeszcze { $left } artykułów na stronie { $publication }
   *[other] I jeszcze { $left } artykułu na stronie { $publication }
}

## Articles: in place of what no mail can show

article-watch = Obejrzyj na { $host }
article-listen = Posłuchaj na { $host }
article-open = Otwórz na { $host }
article-video = Wideo
article-picture = Zobacz zdjęcie na { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Posłuchaj
article-file-video = Obejrzyj
article-file = Pobierz { $name }
article-file-details = { $file }: { $details }
article-file-time = { $minutes } min
article-file-time-hours = { $hours } godz. { $minutes } min
article-file-megabytes = { $size } MB
article-file-kilobytes = { $size } KB

## Mails: confirming

mail-confirm-subject = Potwierdź zapis na newsletter { $publication }
mail-confirm-preheader = Kliknij przycisk, aby potwierdzić. Bez potwierdzenia nie zapiszemy Cię na newsletter.
mail-confirm-lead = Otrzymaliśmy prośbę, by wysyłać na ten adres: { $newsletters }. Kliknij przycisk, aby potwierdzić zapis.
mail-confirm-lead-text = Otrzymaliśmy prośbę, by wysyłać na ten adres: { $newsletters }. Otwórz ten link, aby potwierdzić zapis:
mail-confirm-expires = Link działa do: { $time }. Bez potwierdzenia nie zapiszemy Cię na newsletter i nie napiszemy ponownie.
mail-confirm-expires-reminds = Link działa do: { $time }. Bez potwierdzenia nie zapiszemy Cię na newsletter. Przypomnimy tylko raz.
mail-remind-subject = Przypomnienie: potwierdź zapis na newsletter { $publication }
mail-remind-only = Twój zapis czeka jeszcze na potwierdzenie. To jedyne przypomnienie, jakie wyślemy.
newsletter-each = każdy artykuł z newslettera <strong>{ $newsletter }</strong>
newsletter-daily = newsletter <strong>{ $newsletter }</strong> raz dziennie
newsletter-weekly = newsletter <strong>{ $newsletter }</strong> raz w tygodniu
newsletter-monthly = newsletter <strong>{ $newsletter }</strong> raz w miesiącu
newsletter-each-text = każdy artykuł z newslettera „{ $newsletter }”
newsletter-daily-text = newsletter „{ $newsletter }” raz dziennie
newsletter-weekly-text = newsletter „{ $newsletter }” raz w tygodniu
newsletter-monthly-text = newsletter „{ $newsletter }” raz w miesiącu

## Mails: subscribed already

mail-subscribed-subject = Ten adres jest już zapisany na newsletter { $publication }
mail-subscribed-heading = Ten adres jest już zapisany
mail-subscribed-preheader = Ktoś wpisał Twój adres w naszym formularzu. Nic się nie zmieniło.
mail-subscribed-lead = Ktoś wpisał ten adres w naszym formularzu, a wysyłamy już na niego: { $newsletters }. Nic się nie zmieniło. Tutaj możesz zmienić, co dostajesz:
mail-welcome-subject = Witamy w newsletterze { $publication }
mail-welcome-preheader = Zapis potwierdzony.
mail-welcome-lead = Zapis potwierdzony. Od teraz będziemy Ci wysyłać: { $newsletters }.
mail-welcome-latest = Najnowsze artykuły
mail-welcome-leave = Wypisz się z newslettera „{ $newsletter }”
mail-subscribed-not-me = To nie Ty? Możesz zignorować tę wiadomość albo <a href="{ $url }">zablokować wiadomości na ten adres</a>.
mail-subscribed-not-me-text = To nie Ty? Możesz zignorować tę wiadomość albo zablokować wiadomości na ten adres:

## The archive: looking for something

# From pages.
archive-search = Szukaj w poprzednich wydaniach
archive-search-button = Szukaj
archive-list = Newsletter
archive-every-list = Wszystkie newslettery
archive-nothing-found = Brak pasujących wydań
archive-nothing-yet = W przeszukanych dotąd wydaniach nic nie znaleziono

## Unsubscribing: undo, and the reason

unsubscribe-undo = Cofnij
unsubscribe-undone = Zapis przywrócony
unsubscribe-undone-lead = Wszystko jest jak wcześniej.
unsubscribe-not-undone = Nie ma czego cofnąć
unsubscribe-not-undone-lead = W międzyczasie coś się w tym zapisie zmieniło. Aby dostawać ten newsletter, zapisz się ponownie.
leave-reason-question = Jaki jest powód rezygnacji?
leave-reason-too-often = Za dużo wiadomości
leave-reason-not-for-me = To nie to, czego oczekuję
leave-reason-never-asked = To nie był mój zapis
leave-reason-read-elsewhere = Czytam to gdzie indziej
leave-reason-other = Inny powód
leave-reason-comment = Chcesz coś dodać? (opcjonalnie)
leave-reason-send = Wyślij
leave-reason-missing = Wybierz powód albo go opisz
leave-reason-thanks = Dziękujemy
leave-reason-thanks-lead = Przeczytamy to. Nie będziemy o tym do Ciebie pisać.
refusal-undo_over = Tego nie da się już cofnąć. Zapisz się ponownie.
refusal-comment_long = Tekst jest za długi. Limit znaków: { $max }.

## Address and data, by a link that was just mailed

manage-heading = Twój adres i dane
manage-lead = Aby zmienić adres, pobrać swoje dane lub je usunąć, poproś o link e-mailem. Tę stronę może otworzyć każdy, do kogo trafi przekazana dalej wiadomość.
manage-link-button = Wyślij mi link
manage-link-sent = Sprawdź skrzynkę
manage-link-sent-lead = { $minutes ->
    [one] Link jest w drodze na adres { $address }. Działa przez { $minutes } minutę.
    [few] Link jest w drodze na adres { $address }. Działa przez { $minutes } minuty.
    [many] Link jest w drodze na adres { $address }. Działa przez { $minutes } minut.
   *[other] Link jest w drodze na adres { $address }. Działa przez { $minutes } minuty.
}
manage-new-address = Nowy adres e-mail
manage-change-address = Zmień adres
manage-export = Pobierz swoje dane
manage-erase = Usuń swoje dane
new-address-asked = Sprawdź nową skrzynkę
new-address-asked-lead = Jeśli możemy pisać na ten adres, link jest już w drodze. Adres zmieni się po kliknięciu przycisku w tej wiadomości.
new-address-heading = Potwierdź nowy adres
new-address-lead = Od teraz newslettery będą przychodzić na adres { $address }.
new-address-button = Potwierdź nowy adres
new-address-set = Adres zmieniony
new-address-set-lead = Newslettery przychodzą teraz na adres { $address }.
erase-heading = Usunąć Twoje dane?
erase-lead = Usuniemy wszystko, co wiemy o adresie { $address }, i nie dostaniesz od nas więcej wiadomości. Tego nie da się cofnąć. Zachowamy tylko cyfrowy odcisk adresu, z którego nie da się go odczytać, aby nikt nie dodał tego adresu ponownie bez Twojej zgody.
erase-button = Usuń moje dane
erased = Twoje dane zostały usunięte
erased-lead = Nie mamy już Twojego adresu.
refusal-link_old = Link wygasł. Nowy dostaniesz na stronie ustawień.
refusal-new_address_same = To już jest Twój adres.
refusal-new_address_taken = Ten adres ma własny zapis. Zamiast tego wypisz jeden z dwóch adresów.
refusal-new_address_blocked = Nie wysyłamy wiadomości na ten adres. Wybierz inny.

## Still interested?

keep-heading = Nadal chcesz dostawać newsletter „{ $newsletter }”?
keep-lead = Wystarczy jedno kliknięcie, a będziemy wysyłać go dalej.
keep-button = Zachowaj zapis
kept = Newsletter „{ $newsletter }” będzie przychodzić dalej
kept-lead = Dziękujemy. To już wszystko.

## Mails: address and data, still interested

mail-manage-link-heading = Link do zmiany adresu lub danych
mail-manage-link-lead = Otrzymaliśmy prośbę o link, pod którym możesz zmienić adres ({ $publication }) oraz pobrać lub usunąć swoje dane.
mail-manage-link-button = Otwórz stronę
mail-manage-link-expires = Link działa do: { $time }. Jeśli to nie Twoja prośba, zignoruj tę wiadomość.
mail-new-address-lead = Otrzymaliśmy prośbę, by newslettery od { $publication } wysyłać na ten adres.
mail-new-address-expires = Link działa do: { $time }. Jeśli to nie Twoja prośba, zignoruj tę wiadomość, a nic się nie zmieni.
mail-address-changed-heading = Twój adres został zmieniony
mail-address-changed-lead = { $publication } wysyła teraz Twoje newslettery na adres { $address }.
mail-address-changed-note = Jeśli to nie Ty, odpowiedz na tę wiadomość.
mail-keep-lead = { $publication } wysyła Ci newsletter „{ $newsletter }”. Chcemy się upewnić, że nadal go chcesz.
mail-keep-until = Jeśli nie klikniesz przycisku do { $date } r., wypiszemy Cię i nie napiszemy więcej w tej sprawie.
