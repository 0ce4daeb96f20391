# What readers meet, in Korean: the keys, their order and the comments are those of en.ftl.

language-name = 한국어
# Whose habits dates follow where the language names no region.
language-formats = ko-KR-u-hc-h23
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = { "" }

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day } { $time }
date-time-zone = { $date }({ $place }, { $zone })
date-time-place = { $date } { $place }
today = 오늘
yesterday = 어제

## Every page

skip-link = 본문 바로가기
footer-links = 바로가기
archive = 지난 뉴스레터
sent-with = 발송

## Subscribing

subscribe = 구독하기
subscribe-heading = { $publication }의 새 소식을 메일로 받아보세요
subscribe-lead = 구독하시면 새 글을 이메일로 보내드립니다.
email-label = 이메일 주소
email-placeholder = 이메일 주소를 입력해 주세요
honeypot-label = 이 칸은 비워 두세요
# From abuse.
proof-heading = 한 단계만 더 남았습니다
proof-lead = 지금 구독 신청이 많이 들어와 사람이 직접 신청했는지 확인하고 있습니다. 10초 기다리신 뒤 계속해 주세요.
proof-button = 계속하기
proof-checking = 지금 구독 신청이 많이 들어와 사람이 직접 신청했는지 확인하고 있습니다. 몇 초 정도 걸립니다.
proof-early = 조금 일찍 누르셨습니다. 몇 초 더 기다리신 뒤 계속해 주세요.
proof-json = 챌린지를 풀고, 답을 ‘altcha’ 필드에 넣어 양식을 다시 보내 주세요.
proof-expired = 양식을 다시 작성해 주세요
proof-expired-lead = 이 단계는 브라우저에서 쿠키를 켠 채 15분 안에 마쳐야 합니다. 아직 아무것도 전송되지 않았습니다.
proof-large-lead = 기다리시는 동안 보관하기에는 양식이 너무 깁니다. 뉴스레터를 적게 선택하거나 답변을 줄여 주세요.
unsubscribe-any-time = 언제든지 수신거부하실 수 있습니다.
newsletters-legend = 뉴스레터
recent-issues = 최근 뉴스레터
recent-issues-none = 아직 보내드린 뉴스레터가 없습니다. 구독하시면 첫 호부터 받아보실 수 있습니다.
recent-issues-all = 뉴스레터 모두 보기

cadence-each = 새 기사마다
cadence-daily = 하루 1회
cadence-weekly = 주 1회
cadence-monthly = 월 1회
cadence-off = 받지 않음
cadence-legend = 얼마나 자주 보내드릴까요?

field-yes = 예
field-no = 아니요

check-inbox = 메일함을 확인해 주세요
check-inbox-lead = 메일을 보낼 수 있는 주소라면 곧 확인 메일이 도착합니다. 메일에 있는 버튼을 눌러 구독을 확인해 주세요.
check-inbox-from = 보낸 사람
check-inbox-valid = 링크 유효 시간
hours = { $hours }시간
check-inbox-captured = 이 서버는 메일을 보내지 않고 저장합니다. <a href="/mailbox">메일함 열기</a>
check-inbox-help = 메일이 오지 않았나요?
check-inbox-wait = 몇 분 기다리신 뒤 스팸함이나 프로모션함을 확인해 주세요.
check-inbox-retype = 주소를 바르게 입력했는지 확인해 주세요. <a href="/">다시 입력하기</a>
check-inbox-already = 이미 구독 중이신가요? 더 하실 일은 없습니다.
check-inbox-detail = 메일을 보낼 수 있는 주소라면 곧 확인 메일이 도착합니다. 메일에 있는 버튼을 눌러 구독을 확인해 주세요.

## Confirming

confirm = 구독 확인
confirm-heading = 구독을 확인해 주세요
confirm-lead = <strong>{ $address }</strong> 주소로 { $publication }의 뉴스레터를 보내드립니다: { $newsletters }
confirm-lead-bare = <strong>{ $address }</strong> 주소로 { $publication }의 메일을 보내드립니다.
confirm-meanwhile = 함께 신청하신 뉴스레터
confirm-button = 구독 확인하기
confirm-not-me = 직접 신청하지 않으셨나요? 이 페이지를 닫으시면 구독되지 않습니다.
confirmed = 구독이 시작되었습니다
confirmed-lead = { $publication }의 뉴스레터를 이메일로 보내드립니다: { $newsletters }
confirmed-past-issues = 지난 뉴스레터 읽기
confirm-left-since = 구독 중이 아닙니다
confirm-left-since-lead = 메일이 발송된 뒤 수신거부하셨습니다. 다시 받아보시려면 새로 구독해 주세요.
confirm-suppressed = 이 주소로는 메일을 보낼 수 없습니다
confirm-suppressed-lead = { $publication }에서는 이 주소로 메일을 보내지 않습니다. 다른 주소로 구독해 주세요.
confirm-expired = 링크가 만료되었습니다
confirm-expired-lead = 링크 유효 시간 { $hours }시간이 지났습니다. 다시 구독하시면 새 링크를 보내드립니다.
subscribe-again = 다시 구독하기

## Preferences

preferences = 수신 설정
preferences-heading = 구독 관리
preferences-for = <strong>{ $address }</strong> · { $date }부터 구독 중
preferences-suppressed = 이 주소로는 메일을 보내지 않으므로 여기서 선택하신 내용은 적용되지 않습니다.
preferences-newsletters = 뉴스레터
preferences-unconfirmed = 확인 전: 보내드린 메일에서 버튼을 눌러 주세요
# Under a newsletter's name: when its next mail comes.
preferences-next = 다음 호: { $time }
preferences-next-each = 다음 호: 새 기사가 발행될 때
preferences-next-comes = 다음 호는 { $time }에 보내드립니다.
preferences-paused = { $date }까지 일시정지
preferences-is-paused = 일시정지했습니다
preferences-is-resumed = 다시 보내드립니다
preferences-about-you = 내 정보
preferences-language = 언어
save = 저장
preferences-saved = 저장했습니다
preferences-unchanged = 변경된 내용이 없습니다
preferences-still-off = 이 주소로는 메일을 보내지 않으므로 수신을 시작하지 않았습니다
pause = 일시정지
pause-lead = 한동안 자리를 비우시나요? 뉴스레터를 몇 주간 쉬실 수 있습니다. 다시 받으실 때 밀린 메일이 한꺼번에 오지 않습니다.
pause-what = 일시정지할 뉴스레터
pause-all = 모든 뉴스레터
pause-for = 얼마 동안 쉬시겠어요?
pause-nothing = 일시정지할 뉴스레터가 없습니다. 지금 받고 계신 뉴스레터가 없습니다.
weeks = { $weeks }주
resume = 지금 다시 받기
resume-named = 지금 다시 받기: { $newsletter }
missed = 놓친 글
missed-lead = 쉬시는 동안 발행된 글입니다. 최신순으로 보여드립니다.
missed-none = 놓친 글이 없습니다.
unsubscribe-all-heading = 모두 수신거부
unsubscribe-all-lead = 한 번만 누르시면 더 이상 메일을 보내드리지 않습니다.

## Unsubscribing

unsubscribe = 수신거부
unsubscribe-heading = ‘{ $newsletter }’ 뉴스레터를 수신거부하시겠어요?
unsubscribe-lead = 이 뉴스레터를 더 이상 보내드리지 않습니다.
unsubscribe-all = 모두 수신거부
unsubscribed = ‘{ $newsletter }’ 뉴스레터를 수신거부했습니다
unsubscribed-lead = 이 뉴스레터를 더 이상 보내드리지 않습니다. 다른 뉴스레터를 구독 중이시라면 그대로 유지됩니다.
unsubscribed-all = 모든 메일을 수신거부했습니다
unsubscribed-all-lead = 더 이상 메일을 보내드리지 않습니다.
unsubscribed-already = ‘{ $newsletter }’ 뉴스레터를 구독하고 있지 않습니다
unsubscribed-already-lead = 이 뉴스레터의 메일을 보내드리지 않습니다.

## “This wasn’t me”

block-heading = 신청한 적 없음
block-lead = 다른 사람이 { $address } 주소를 입력했나요? 이 주소를 차단하시면 { $publication }에서 다시는 메일을 보내지 않습니다.
block-button = 이 주소 차단하기
blocked = 차단된 주소입니다
blocked-lead = 누군가 신청 양식에 { $address } 주소를 입력하더라도 { $publication }에서 다시는 메일을 보내지 않습니다.

## The archive

archive-heading = { $publication }의 지난 뉴스레터
archive-empty = 아직 보내드린 뉴스레터가 없습니다
archive-empty-lead = 첫 호가 발송되면 여기에 표시됩니다. <a href="/">구독하기</a>
archive-older = 이전 뉴스레터
archive-all = 뉴스레터 모두 보기
archive-subscribe = { $publication }의 소식을 메일로 받아보세요

## The subscribe box on other sites

# From box.
box-busy = 보내는 중…
box-continue = 계속 읽기
box-close = 닫기
box-failed = 보내지 못했습니다. 인터넷 연결을 확인하고 다시 시도해 주세요.
box-back = { $host } 사이트로 돌아가기

## What is wrong with a form

email-typo = 혹시 { $address } 주소인가요?
email-typo-yes = 네, 이 주소로 바꾸기
email-typo-no = 아니요, 입력한 주소가 맞습니다

form-wrong = 이 항목을 확인해 주세요
cadence-unknown = 수신 주기를 목록에서 선택해 주세요
no-newsletter = 뉴스레터를 하나 이상 선택해 주세요
email-empty = 이메일 주소를 입력해 주세요. 예: ines@example.org
email-no-at = 주소에 @가 없습니다. ines@example.org 형식으로 입력해 주세요
email-no-local-part = @ 앞에 아무것도 없습니다. ines@example.org 형식으로 입력해 주세요
email-no-domain = @ 뒤에 아무것도 없습니다. ines@example.org 형식으로 입력해 주세요
email-not-ascii = @ 앞에는 영문자, 숫자, . - _ + 같은 기호만 쓸 수 있습니다
email-local-part = 주소에 쓸 수 없는 문자가 있습니다. @ 앞부분을 확인해 주세요
email-local-part-long = @ 앞부분이 너무 깁니다. 64자까지 쓸 수 있습니다
email-domain = @ 뒷부분이 도메인이 아닙니다. 전체 주소를 ines@example.org 형식으로 입력해 주세요
email-long = 주소가 너무 깁니다. 254자까지 쓸 수 있습니다
refusal-list_unknown = ‘{ $list }’ 뉴스레터가 없습니다. 목록에서 선택해 주세요.
refusal-too_many_lists = 뉴스레터는 한 번에 { $max }개까지 선택할 수 있습니다.
refusal-no_list_open = 아직 구독할 수 있는 뉴스레터가 없습니다.
refusal-field_text_long = ‘{ $name }’ 항목이 너무 깁니다. { $max }자까지 쓸 수 있습니다.
refusal-field_number_wrong = ‘{ $name }’ 항목에는 1200이나 12.5처럼 숫자를 입력해 주세요.
refusal-field_number_ambiguous = ‘{ $name }’ 항목은 두 가지 숫자로 읽힐 수 있습니다. 쉼표 없이 1234처럼, 소수는 1.234처럼 입력해 주세요.
refusal-field_date_wrong = ‘{ $name }’ 항목에는 2026-11-24처럼 연-월-일 순서로 날짜를 입력해 주세요.
refusal-field_yes_no_wrong = ‘{ $name }’ 항목에는 예 또는 아니요를 선택해 주세요.
refusal-pause_too_long = 1주에서 { $max }주 사이로 선택해 주세요.
refusal-nothing_to_pause = 일시정지할 뉴스레터가 없습니다. 지금 받고 계신 뉴스레터가 없습니다.
refusal-reader_gone = 이 주소에 대한 기록이 없습니다. 주소가 삭제되었으므로 메일을 보내드리지 않습니다.

## Errors

error-not-found = 페이지를 찾을 수 없습니다
error-not-found-lead = 주소를 잘못 입력했거나 페이지가 없어졌을 수 있습니다.
error-method = 이 페이지에서는 처리할 수 없는 요청입니다
error-method-lead = 주소는 맞지만, 이 페이지에서는 이 요청 방식을 쓸 수 없습니다.
error-timeout = 시간이 초과되었습니다
error-timeout-lead = 요청이 제시간에 도착하지 않았습니다. 다시 시도해 주세요.
error-too-large = 양식이 너무 큽니다
error-too-large-lead = 양식은 { $kilobytes }KB까지 보낼 수 있습니다. 입력하신 내용을 줄여 다시 시도해 주세요.
error-media-type = 읽을 수 없는 요청입니다
error-media-type-lead = 양식(application/x-www-form-urlencoded)이나 JSON으로 보내 주세요.
error-compressed-lead = 압축된 요청입니다. 압축하지 않고 보내 주세요.
error-request = 읽을 수 없는 요청입니다
error-request-lead = 요청이 완전하지 않습니다. 뒤로 돌아가 다시 시도해 주세요.
error-unstorable-lead = 요청에 NUL 문자나 저장할 수 없는 숫자 또는 시각이 있습니다. 지우고 다시 시도해 주세요.
error-json = 읽을 수 없는 JSON입니다
error-json-lead = 다음 형식이어야 합니다: { $example }
error-ambiguous = 요청이 모호합니다
error-ambiguous-lead = { $header } 헤더가 서로 다른 값으로 두 번 들어 있거나 일반 텍스트가 아닙니다. 일반 텍스트로 한 번만 보내 주세요.
error-server = 서버에 문제가 생겼습니다
error-server-lead = 변경된 내용은 없습니다. 잠시 후 다시 시도해 주세요.
error-link = 링크 일부가 빠졌습니다
error-link-lead = 링크의 일부가 없거나 바뀌었습니다. 메일에서 링크를 다시 열거나 링크 전체를 복사해 주세요.
error-nobody = 이 주소에 대한 기록이 없습니다
error-nobody-lead = 주소가 삭제되었으므로 메일을 보내드리지 않습니다.
error-too-often = 이 네트워크에서 들어온 구독 신청이 너무 많습니다
error-too-often-lead = 구독 신청이 접수되지 않았습니다. { $minutes }분 후 다시 시도해 주세요.
error-invalid = 처리할 수 없습니다
error-forbidden = 이 작업을 할 권한이 없습니다
error-gone = 더 이상 존재하지 않습니다
error-conflict = 처리할 수 없습니다
error-too-soon = 나중에 다시 시도해 주세요
error-back = 양식으로 돌아가기

## Mails: what all have

mail-open-link = 버튼 대신 이 링크를 여셔도 됩니다:
mail-view-in-browser = 웹에서 보기
mail-manage = 구독 관리
mail-pause = 일시정지
mail-not-me = 직접 신청하지 않으셨나요?
mail-block = 이 주소로 오는 메일 차단하기

## Mails: an issue

mail-byline = 글 { $author } · { $date }
# Of one article among several.
mail-read-article = 더 보기
mail-correction = <strong>바로잡습니다:</strong> { $reason }
mail-read-more = { $publication }에서 더 보기
mail-cut = 메일에는 글의 일부만 실었습니다. 나머지는 사이트에 있습니다.
mail-read-in-browser = 나머지를 웹에서 보기
mail-read-in-browser-colon = 나머지를 웹에서 보기:
mail-reason = 이 메일은 { $address } 주소로 ‘{ $newsletter }’ 구독을 신청하신 분께 보내드립니다.
mail-reason-each = 이 메일은 { $date } { $address } 주소로 ‘{ $newsletter }’ 구독(새 기사마다)을 신청하신 분께 보내드립니다.
mail-reason-daily = 이 메일은 { $date } { $address } 주소로 ‘{ $newsletter }’ 구독(하루 1회)을 신청하신 분께 보내드립니다.
mail-reason-weekly = 이 메일은 { $date } { $address } 주소로 ‘{ $newsletter }’ 구독(주 1회)을 신청하신 분께 보내드립니다.
mail-reason-monthly = 이 메일은 { $date } { $address } 주소로 ‘{ $newsletter }’ 구독(월 1회)을 신청하신 분께 보내드립니다.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
   *[other] { $title } 외 { $more }건
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = 이번 호 차례
mail-digest-headlines = 다른 기사
mail-digest-left = { $publication }에서 { $left }건 더 보기

## Articles: in place of what no mail can show

article-watch = { $host }에서 보기
article-listen = { $host }에서 듣기
article-open = { $host }에서 열기
article-video = 동영상
article-picture = { $host }에서 이미지 보기
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = 듣기
article-file-video = 보기
article-file = { $name } 내려받기
article-file-details = { $file }: { $details }
article-file-time = { $minutes }분
article-file-time-hours = { $hours }시간 { $minutes }분
article-file-megabytes = { $size }MB
article-file-kilobytes = { $size }KB

## Mails: confirming

mail-confirm-subject = { $publication } 구독을 확인해 주세요
mail-confirm-preheader = 버튼을 눌러 확인해 주세요. 누르지 않으시면 구독되지 않습니다.
mail-confirm-lead = 다음 뉴스레터를 신청하셨습니다: { $newsletters }. 버튼을 눌러 구독을 확인해 주세요.
mail-confirm-lead-text = 다음 뉴스레터를 신청하셨습니다: { $newsletters }. 링크를 열어 구독을 확인해 주세요:
mail-confirm-expires = 링크는 { $time }까지 쓸 수 있습니다. 확인하지 않으시면 구독되지 않으며 다시 메일을 보내지 않습니다.
mail-confirm-expires-reminds = 링크는 { $time }까지 쓸 수 있습니다. 확인하지 않으시면 구독되지 않습니다. 한 번만 더 알려드립니다.
mail-remind-subject = 다시 알림: { $publication } 구독을 확인해 주세요
mail-remind-only = 구독을 신청하셨지만 아직 확인하지 않으셨습니다. 다시 알려드리는 메일은 이번 한 번뿐입니다.
newsletter-each = <strong>{ $newsletter }</strong>(새 기사마다)
newsletter-daily = <strong>{ $newsletter }</strong>(하루 1회)
newsletter-weekly = <strong>{ $newsletter }</strong>(주 1회)
newsletter-monthly = <strong>{ $newsletter }</strong>(월 1회)
newsletter-each-text = ‘{ $newsletter }’(새 기사마다)
newsletter-daily-text = ‘{ $newsletter }’(하루 1회)
newsletter-weekly-text = ‘{ $newsletter }’(주 1회)
newsletter-monthly-text = ‘{ $newsletter }’(월 1회)

## Mails: subscribed already

mail-subscribed-subject = 이미 { $publication } 구독 중이십니다
mail-subscribed-heading = 이미 구독 중이십니다
mail-subscribed-preheader = 누군가 신청 양식에 이 주소를 입력했습니다. 달라진 것은 없습니다.
mail-subscribed-lead = 누군가 신청 양식에 이 주소를 입력했습니다. 이 주소로는 이미 다음 뉴스레터를 보내드리고 있습니다: { $newsletters }. 달라진 것은 없습니다. 받으실 뉴스레터는 여기에서 바꾸실 수 있습니다:
mail-welcome-subject = { $publication } 구독을 환영합니다
mail-welcome-preheader = 구독이 확인되었습니다.
mail-welcome-lead = 구독이 확인되었습니다. 이제 다음 뉴스레터를 보내드립니다: { $newsletters }.
mail-welcome-latest = 최근 기사
mail-welcome-leave = ‘{ $newsletter }’ 수신거부
mail-subscribed-not-me = 직접 입력하지 않으셨나요? 이 메일을 무시하시거나 <a href="{ $url }">이 주소로 오는 메일을 차단</a>하실 수 있습니다.
mail-subscribed-not-me-text = 직접 입력하지 않으셨나요? 이 메일을 무시하시거나 다음 링크에서 이 주소로 오는 메일을 차단하실 수 있습니다:

## The archive: looking for something

# From pages.
archive-search = 지난 뉴스레터 검색
archive-search-button = 검색
archive-list = 뉴스레터
archive-every-list = 모든 뉴스레터
archive-nothing-found = 검색 결과가 없습니다
archive-nothing-yet = 지금까지 찾아본 뉴스레터에는 검색 결과가 없습니다

## Unsubscribing: undo, and the reason

unsubscribe-undo = 되돌리기
unsubscribe-undone = 다시 구독 중입니다
unsubscribe-undone-lead = 모두 이전 상태로 돌아왔습니다.
unsubscribe-not-undone = 되돌릴 내용이 없습니다
unsubscribe-not-undone-lead = 그 뒤에 구독 상태가 바뀌었습니다. 이 뉴스레터를 받으시려면 다시 구독해 주세요.
leave-reason-question = 수신거부하신 이유를 알려 주시겠어요?
leave-reason-too-often = 메일이 너무 많이 옵니다
leave-reason-not-for-me = 기대한 내용과 다릅니다
leave-reason-never-asked = 신청한 적이 없습니다
leave-reason-read-elsewhere = 다른 곳에서 읽고 있습니다
leave-reason-other = 기타
leave-reason-comment = 더 하실 말씀이 있나요? (선택)
leave-reason-send = 보내기
leave-reason-missing = 이유를 선택하거나 적어 주세요
leave-reason-thanks = 감사합니다
leave-reason-thanks-lead = 잘 읽어 보겠습니다. 이와 관련해 메일을 보내드리지는 않습니다.
refusal-undo_over = 이제 되돌릴 수 없습니다. 다시 구독해 주세요.
refusal-comment_long = 글이 너무 깁니다. { $max }자까지 쓸 수 있습니다.

## Address and data, by a link that was just mailed

manage-heading = 이메일 주소와 개인정보
manage-lead = 주소를 바꾸거나 내 정보를 내려받거나 삭제하시려면 메일로 링크를 받아 주세요. 전달된 메일에서는 누구나 이 페이지를 열 수 있기 때문입니다.
manage-link-button = 메일로 링크 받기
manage-link-sent = 메일함을 확인해 주세요
manage-link-sent-lead = { $address } 주소로 곧 링크가 도착합니다. 링크는 { $minutes }분 동안 쓸 수 있습니다.
manage-new-address = 새 이메일 주소
manage-change-address = 주소 변경
manage-export = 내 정보 내려받기
manage-erase = 내 정보 삭제
new-address-asked = 새 메일함을 확인해 주세요
new-address-asked-lead = 메일을 보낼 수 있는 주소라면 곧 링크가 도착합니다. 메일에 있는 버튼을 누르시면 주소가 변경됩니다.
new-address-heading = 새 주소를 확인해 주세요
new-address-lead = 앞으로 { $address } 주소로 뉴스레터를 보내드립니다.
new-address-button = 새 주소 확인하기
new-address-set = 주소가 변경되었습니다
new-address-set-lead = 이제 { $address } 주소로 뉴스레터를 보내드립니다.
erase-heading = 내 정보를 삭제하시겠어요?
erase-lead = { $address } 주소와 관련된 모든 정보를 삭제하며, 더 이상 메일을 보내드리지 않습니다. 이 작업은 되돌릴 수 없습니다. 다른 사람이 동의 없이 이 주소를 다시 등록하지 못하도록, 내용을 알아볼 수 없는 식별값만 보관합니다.
erase-button = 내 정보 삭제하기
erased = 정보가 삭제되었습니다
erased-lead = 이제 이 주소에 대한 기록이 없습니다.
refusal-link_old = 링크가 만료되었습니다. 수신 설정 페이지에서 새 링크를 받아 주세요.
refusal-new_address_same = 이미 사용 중인 주소입니다.
refusal-new_address_taken = 이미 따로 구독 중인 주소입니다. 대신 둘 중 하나를 수신거부해 주세요.
refusal-new_address_blocked = 이 주소로는 메일을 보내지 않습니다. 다른 주소를 입력해 주세요.

## Still interested?

keep-heading = ‘{ $newsletter }’ 뉴스레터를 계속 받으시겠어요?
keep-lead = 한 번만 누르시면 계속 보내드립니다.
keep-button = 계속 구독하기
kept = ‘{ $newsletter }’ 뉴스레터를 계속 보내드립니다
kept-lead = 감사합니다. 더 하실 일은 없습니다.

## Mails: address and data, still interested

mail-manage-link-heading = 주소와 정보를 변경할 수 있는 링크입니다
mail-manage-link-lead = { $publication }에 등록된 주소를 바꾸거나 내 정보를 내려받거나 삭제할 수 있는 링크를 요청하셨습니다.
mail-manage-link-button = 페이지 열기
mail-manage-link-expires = 링크는 { $time }까지 쓸 수 있습니다. 요청하신 적이 없다면 이 메일을 무시하셔도 됩니다.
mail-new-address-lead = { $publication }의 뉴스레터를 이 주소로 받겠다고 요청하셨습니다.
mail-new-address-expires = 링크는 { $time }까지 쓸 수 있습니다. 요청하신 적이 없다면 이 메일을 무시하셔도 됩니다. 아무것도 바뀌지 않습니다.
mail-address-changed-heading = 주소가 변경되었습니다
mail-address-changed-lead = 이제 { $publication }의 뉴스레터를 { $address } 주소로 보내드립니다.
mail-address-changed-note = 직접 변경하지 않으셨다면 이 메일에 답장해 주세요.
mail-keep-lead = { $publication }에서 ‘{ $newsletter }’ 뉴스레터를 보내드리고 있습니다. 계속 받기를 원하시는지 확인하고자 합니다.
mail-keep-until = { $date }까지 버튼을 누르지 않으시면 이 뉴스레터를 더 이상 보내드리지 않으며, 이와 관련해 다시 메일을 보내지 않습니다.
