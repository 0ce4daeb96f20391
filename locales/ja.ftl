# What readers meet, in Japanese: the keys, their order and the comments are those of en.ftl.

language-name = 日本語
# Whose habits dates follow where the language names no region.
language-formats = ja-JP
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = { "" }

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }{ $time }
date-time-zone = { $date }（{ $place }、{ $zone }）
date-time-place = { $date }（{ $place }）
today = 今日
yesterday = 昨日

## Every page

skip-link = 本文へ移動
footer-links = リンク
archive = バックナンバー
sent-with = 配信：

## Subscribing

subscribe = 登録する
subscribe-heading = { $publication }の最新記事をメールで
subscribe-lead = ご登録いただくと、最新の記事をメールでお届けします。
email-label = メールアドレス
email-placeholder = メールアドレスを入力
honeypot-label = この欄は空欄のままにしてください
# From abuse.
proof-heading = あと1ステップです
proof-lead = ただいま登録が集中しているため、人による登録かどうかを確認しています。10秒待ってから、次へ進んでください。
proof-button = 次へ進む
proof-checking = ただいま登録が集中しているため、人による登録かどうかを確認しています。数秒かかります。
proof-early = 少し早すぎました。あと数秒待ってから、次へ進んでください。
proof-json = チャレンジを解き、その答えを「altcha」フィールドに入れて、フォームをもう一度送信してください。
proof-expired = フォームにもう一度入力してください
proof-expired-lead = この手順は、Cookieを有効にしたブラウザーで15分以内に完了する必要があります。まだ何も送信されていません。
proof-large-lead = フォームの内容が長すぎるため、お待ちいただく間、保存しておけません。ニュースレターの数を減らすか、回答を短くしてください。
unsubscribe-any-time = 配信はいつでも停止できます。
newsletters-legend = ニュースレター
recent-issues = 最新号
recent-issues-none = まだ配信した号はありません。ご登録いただくと、創刊号からお届けします。
recent-issues-all = すべての号を見る

cadence-each = 記事ごと
cadence-daily = 1日1回
cadence-weekly = 週1回
cadence-monthly = 月1回
cadence-off = 受け取らない
cadence-legend = 配信の頻度

field-yes = はい
field-no = いいえ

check-inbox = メールをご確認ください
check-inbox-lead = このアドレスにお送りできる場合は、まもなく確認メールが届きます。メール内のボタンを押すと、登録が完了します。
check-inbox-from = 差出人
check-inbox-valid = リンクの有効期間
hours = { $hours }時間
check-inbox-captured = このサーバーはメールを送信せずに保存します。<a href="/mailbox">メールボックスを開く</a>
check-inbox-help = メールが届かない場合
check-inbox-wait = 数分待ってから、迷惑メールやプロモーションのフォルダーをご確認ください。
check-inbox-retype = 入力したアドレスに誤りがないかご確認ください。<a href="/">入力し直す</a>
check-inbox-already = ご登録済みの場合は、何もする必要はありません。
check-inbox-detail = このアドレスにお送りできる場合は、まもなく確認メールが届きます。メール内のボタンを押すと、登録が完了します。

## Confirming

confirm = 登録の確認
confirm-heading = 登録を完了してください
confirm-lead = <strong>{ $address }</strong>に、{ $publication }から{ $newsletters }をお届けします。
confirm-lead-bare = <strong>{ $address }</strong>に、{ $publication }からメールをお届けします。
confirm-meanwhile = 一緒にお申し込みのニュースレター
confirm-button = 登録を完了する
confirm-not-me = お心当たりのない場合は、このページを閉じてください。登録はされません。
confirmed = 登録が完了しました
confirmed-lead = { $publication }から{ $newsletters }をメールでお届けします。
confirmed-past-issues = バックナンバーを読む
confirm-left-since = 現在、ご登録がありません
confirm-left-since-lead = 確認メールをお送りした後に、配信を停止されています。再開するには、もう一度ご登録ください。
confirm-suppressed = このアドレスにはメールをお送りできません
confirm-suppressed-lead = { $publication }では、このアドレスへの配信を行っていません。別のアドレスでご登録ください。
confirm-expired = リンクの有効期限が切れています
confirm-expired-lead = リンクの有効期間は{ $hours }時間でした。もう一度ご登録いただくと、新しいリンクをお送りします。
subscribe-again = もう一度登録する

## Preferences

preferences = 配信設定
preferences-heading = 配信設定を変更
preferences-for = <strong>{ $address }</strong>（{ $date }にご登録）
preferences-suppressed = このアドレスへの配信は行っていないため、ここでの設定は反映されません。
preferences-newsletters = ニュースレター
preferences-unconfirmed = 登録未完了：お送りしたメール内のボタンを押してください
# Under a newsletter's name: when its next mail comes.
preferences-next = 次号：{ $time }
preferences-next-each = 次号：新しい記事の公開時
preferences-next-comes = 次号は{ $time }にお届けします。
preferences-paused = { $date }まで一時停止中
preferences-is-paused = 配信を一時停止しました
preferences-is-resumed = 配信を再開しました
preferences-about-you = ご登録情報
preferences-language = 言語
save = 保存
preferences-saved = 保存しました
preferences-unchanged = 変更はありません
preferences-still-off = このアドレスへの配信は行っていないため、配信は始まっていません
pause = 一時停止
pause-lead = しばらくお留守にされますか？ニュースレターを数週間お休みできます。再開後に、お休み中の分がまとめて届くことはありません。
pause-what = 一時停止するニュースレター
pause-all = すべてのニュースレター
pause-for = 一時停止の期間
pause-nothing = 現在お届けしているニュースレターがないため、一時停止するものはありません。
weeks = { $weeks }週間
resume = 今すぐ配信を再開
resume-named = 今すぐ配信を再開：{ $newsletter }
missed = お休み中の記事
missed-lead = お休みの間に公開された記事です。新しい順に並んでいます。
missed-none = お休みの間に公開された記事はありません。
unsubscribe-all-heading = すべての配信を停止
unsubscribe-all-lead = ボタンを押すだけで、今後メールは届かなくなります。

## Unsubscribing

unsubscribe = 配信を停止する
unsubscribe-heading = 「{ $newsletter }」の配信を停止しますか？
unsubscribe-lead = このニュースレターは届かなくなります。
unsubscribe-all = すべて停止する
unsubscribed = 「{ $newsletter }」の配信を停止しました
unsubscribed-lead = 今後、このニュースレターは届きません。ほかにご登録のニュースレターがある場合、そちらは変わりません。
unsubscribed-all = すべての配信を停止しました
unsubscribed-all-lead = 今後、メールは届きません。
unsubscribed-already = 「{ $newsletter }」は登録されていません
unsubscribed-already-lead = このニュースレターからのメールは届きません。

## “This wasn’t me”

block-heading = 心当たりがない
block-lead = 別の方が{ $address }を入力した可能性があります。このアドレスへの配信をブロックすると、{ $publication }からのメールは今後一切届きません。
block-button = このアドレスへの配信をブロックする
blocked = 配信を停止中のアドレスです
blocked-lead = 誰かがフォームに{ $address }を入力しても、{ $publication }からのメールは今後届きません。

## The archive

archive-heading = { $publication }のバックナンバー
archive-empty = まだ配信した号はありません
archive-empty-lead = 創刊号を配信すると、ここに表示されます。<a href="/">登録する</a>
archive-older = 以前の号
archive-all = すべての号
archive-subscribe = { $publication }をメールで受け取る

## The subscribe box on other sites

# From box.
box-busy = 送信中…
box-continue = 続きを読む
box-close = 閉じる
box-failed = 送信できませんでした。通信環境を確認して、もう一度お試しください。
box-back = { $host }に戻る

## What is wrong with a form

email-typo = { $address }の間違いではありませんか？
email-typo-yes = はい、そのアドレスにする
email-typo-no = いいえ、入力どおりで正しい

form-wrong = この項目をご確認ください
cadence-unknown = 配信の頻度は、表示された中からお選びください
no-newsletter = ニュースレターを1つ以上お選びください
email-empty = メールアドレスを入力してください。例：ines@example.org
email-no-at = アドレスに「@」がありません。ines@example.orgのように入力してください
email-no-local-part = 「@」の前に何もありません。ines@example.orgのように入力してください
email-no-domain = 「@」の後に何もありません。ines@example.orgのように入力してください
email-not-ascii = 「@」の前に使えるのは、半角の英字、数字、記号（. - _ + など）だけです
email-local-part = アドレスに使えない文字があります。「@」の前をご確認ください
email-local-part-long = 「@」の前が長すぎます。64文字まで入力できます
email-domain = 「@」の後がドメインになっていません。アドレス全体をines@example.orgのように入力してください
email-long = アドレスが長すぎます。254文字まで入力できます
refusal-list_unknown = 「{ $list }」というニュースレターはありません。表示された中からお選びください。
refusal-too_many_lists = 一度に選べるニュースレターは{ $max }件までです。
refusal-no_list_open = 登録できるニュースレターはまだありません。
refusal-field_text_long = 「{ $name }」が長すぎます。{ $max }文字まで入力できます。
refusal-field_number_wrong = 「{ $name }」には、1200や12.5のように数値を入力してください。
refusal-field_number_ambiguous = 「{ $name }」は2通りの数値に読めます。カンマを使わずに、1234、小数なら1.234のように入力してください。
refusal-field_date_wrong = 「{ $name }」には、2026-11-24のように年-月-日の順で日付を入力してください。
refusal-field_yes_no_wrong = 「{ $name }」には「はい」か「いいえ」を入力してください。
refusal-pause_too_long = 1週間から{ $max }週間の間でお選びください。
refusal-nothing_to_pause = 現在お届けしているニュースレターがないため、一時停止するものはありません。
refusal-reader_gone = このアドレスの登録情報はありません。削除されているため、今後メールは届きません。

## Errors

error-not-found = ページが見つかりません
error-not-found-lead = アドレスに誤りがあるか、ページがなくなった可能性があります。
error-method = このページでは受け付けられないリクエストです
error-method-lead = アドレスは正しいものの、このページではこのリクエスト方法を使えません。
error-timeout = 時間内に完了しませんでした
error-timeout-lead = リクエストが時間内に届きませんでした。もう一度お試しください。
error-too-large = フォームの内容が大きすぎます
error-too-large-lead = 送信できるのは{ $kilobytes }KBまでです。入力内容を短くして、もう一度お試しください。
error-media-type = 内容を読み取れません
error-media-type-lead = フォーム（application/x-www-form-urlencoded）かJSONで送信してください。
error-compressed-lead = リクエストが圧縮されています。圧縮せずに送信してください。
error-request = 内容を読み取れません
error-request-lead = リクエストが途中で切れています。前のページに戻って、もう一度お試しください。
error-unstorable-lead = リクエストに、NUL文字か、保存できない数値や日時が含まれています。取り除いて、もう一度お試しください。
error-json = JSONを読み取れません
error-json-lead = 次の形にしてください：{ $example }
error-ambiguous = リクエストがあいまいです
error-ambiguous-lead = { $header }ヘッダーに異なる値が2つあるか、プレーンテキストではありません。プレーンテキストで1つだけ送信してください。
error-server = サーバーで問題が発生しました
error-server-lead = 何も変更されていません。1分ほどおいて、もう一度お試しください。
error-link = リンクが途中で切れています
error-link-lead = 一部が欠けているか、変わっています。メールのリンクをもう一度開くか、リンク全体をコピーしてください。
error-nobody = このアドレスの登録情報はありません
error-nobody-lead = 削除されているため、今後メールは届きません。
error-too-often = お使いのネットワークからの登録が多すぎます
error-too-often-lead = 登録を受け付けられませんでした。{ $minutes }分後にもう一度お試しください。
error-invalid = この操作はできません
error-forbidden = この操作を行う権限がありません
error-gone = すでに存在しません
error-conflict = この操作はできません
error-too-soon = しばらくしてからお試しください
error-back = フォームに戻る

## Mails: what all have

mail-open-link = または、次のリンクを開いてください：
mail-view-in-browser = ブラウザーで見る
mail-manage = 配信設定を変更
mail-pause = 一時停止
mail-not-me = お心当たりのない方：
mail-block = このアドレスへの配信をブロックする

## Mails: an issue

mail-byline = 文：{ $author } · { $date }
# Of one article among several.
mail-read-article = 続きを読む
mail-correction = <strong>訂正：</strong>{ $reason }
mail-read-more = { $publication }で続きを読む
mail-cut = このメールでは記事を途中まで掲載しています。続きはサイトでお読みいただけます。
mail-read-in-browser = 続きをブラウザーで読む
mail-read-in-browser-colon = 続きをブラウザーで読む：
mail-reason = このメールは、{ $address }で「{ $newsletter }」にご登録の方にお送りしています。
mail-reason-each = このメールは、{ $date }に{ $address }で「{ $newsletter }」（記事ごと）にご登録の方にお送りしています。
mail-reason-daily = このメールは、{ $date }に{ $address }で「{ $newsletter }」（1日1回）にご登録の方にお送りしています。
mail-reason-weekly = このメールは、{ $date }に{ $address }で「{ $newsletter }」（週1回）にご登録の方にお送りしています。
mail-reason-monthly = このメールは、{ $date }に{ $address }で「{ $newsletter }」（月1回）にご登録の方にお送りしています。

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
   *[other] { $title }、ほか{ $more }本
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = 今号の内容
mail-digest-headlines = そのほかの記事
mail-digest-left = ほか{ $left }本を{ $publication }で読む

## Articles: in place of what no mail can show

article-watch = { $host }で見る
article-listen = { $host }で聴く
article-open = { $host }で開く
article-video = 動画
article-picture = { $host }で画像を見る
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = 聴く
article-file-video = 見る
article-file = { $name }をダウンロード
article-file-details = { $file }（{ $details }）
article-file-time = { $minutes }分
article-file-time-hours = { $hours }時間{ $minutes }分
article-file-megabytes = { $size }MB
article-file-kilobytes = { $size }KB

## Mails: confirming

mail-confirm-subject = { $publication }の登録を完了してください
mail-confirm-preheader = ボタンを押すと登録が完了します。何もしなければ、登録されません。
mail-confirm-lead = { $newsletters }のお申し込みをいただきました。ボタンを押して、登録を完了してください。
mail-confirm-lead-text = { $newsletters }のお申し込みをいただきました。次のリンクを開いて、登録を完了してください：
mail-confirm-expires = リンクの有効期限は{ $time }です。何もしなければ登録されず、今後メールも届きません。
mail-confirm-expires-reminds = リンクの有効期限は{ $time }です。何もしなければ登録されません。お知らせをもう一度だけお送りします。
mail-remind-subject = 再度のご案内：{ $publication }の登録を完了してください
mail-remind-only = お申し込みいただいた登録が、まだ完了していません。このお知らせをお送りするのは今回限りです。
newsletter-each = <strong>{ $newsletter }</strong>（記事ごと）
newsletter-daily = <strong>{ $newsletter }</strong>（1日1回）
newsletter-weekly = <strong>{ $newsletter }</strong>（週1回）
newsletter-monthly = <strong>{ $newsletter }</strong>（月1回）
newsletter-each-text = 「{ $newsletter }」（記事ごと）
newsletter-daily-text = 「{ $newsletter }」（1日1回）
newsletter-weekly-text = 「{ $newsletter }」（週1回）
newsletter-monthly-text = 「{ $newsletter }」（月1回）

## Mails: subscribed already

mail-subscribed-subject = { $publication }にはすでにご登録いただいています
mail-subscribed-heading = すでにご登録いただいています
mail-subscribed-preheader = 登録フォームにこのアドレスが入力されましたが、変更はありません。
mail-subscribed-lead = 登録フォームにこのアドレスが入力されましたが、すでに{ $newsletters }をお届けしています。変更はありません。配信設定はこちらで変更できます：
mail-welcome-subject = { $publication }へようこそ
mail-welcome-preheader = 登録が完了しました。
mail-welcome-lead = 登録が完了しました。これから{ $newsletters }をお届けします。
mail-welcome-latest = 最新の記事
mail-welcome-leave = 「{ $newsletter }」の配信を停止する
mail-subscribed-not-me = お心当たりのない場合は、このメールを無視するか、<a href="{ $url }">このアドレスへの配信をブロック</a>してください。
mail-subscribed-not-me-text = お心当たりのない場合は、このメールを無視するか、次のリンクからこのアドレスへの配信をブロックしてください：

## The archive: looking for something

# From pages.
archive-search = バックナンバーを検索
archive-search-button = 検索
archive-list = ニュースレター
archive-every-list = すべてのニュースレター
archive-nothing-found = 該当する号はありません
archive-nothing-yet = これまでに検索した号には、該当するものがありません

## Unsubscribing: undo, and the reason

unsubscribe-undo = 元に戻す
unsubscribe-undone = 配信を再開しました
unsubscribe-undone-lead = すべて元どおりです。
unsubscribe-not-undone = 元に戻すものはありません
unsubscribe-not-undone-lead = その後、登録の状態が変わっています。このニュースレターを受け取るには、もう一度ご登録ください。
leave-reason-question = 配信停止の理由をお聞かせください
leave-reason-too-often = メールが多すぎる
leave-reason-not-for-me = 期待した内容と違った
leave-reason-never-asked = 登録した覚えがない
leave-reason-read-elsewhere = ほかの場所で読んでいる
leave-reason-other = その他
leave-reason-comment = ほかにご意見があればお書きください（任意）
leave-reason-send = 送信
leave-reason-missing = 理由を選ぶか、ご記入ください
leave-reason-thanks = ありがとうございました
leave-reason-thanks-lead = 拝読いたします。この件についてメールをお送りすることはありません。
refusal-undo_over = もう元に戻すことはできません。あらためてご登録ください。
refusal-comment_long = 文章が長すぎます。{ $max }文字まで入力できます。

## Address and data, by a link that was just mailed

manage-heading = アドレスと登録データ
manage-lead = アドレスの変更、登録データのダウンロードや消去には、メールでお送りするリンクが必要です。転送されたメールからは、誰でもこのページを開けるためです。
manage-link-button = リンクをメールで受け取る
manage-link-sent = メールをご確認ください
manage-link-sent-lead = まもなく{ $address }にリンクが届きます。リンクの有効期間は{ $minutes }分です。
manage-new-address = 新しいメールアドレス
manage-change-address = アドレスを変更
manage-export = 登録データをダウンロード
manage-erase = 登録データを消去
new-address-asked = 新しいアドレスのメールをご確認ください
new-address-asked-lead = そのアドレスにお送りできる場合は、まもなくリンクが届きます。メール内のボタンを押すと、アドレスが変更されます。
new-address-heading = 新しいアドレスの確認
new-address-lead = 今後、ニュースレターは{ $address }にお届けします。
new-address-button = 新しいアドレスを確定する
new-address-set = アドレスを変更しました
new-address-set-lead = ニュースレターは{ $address }にお届けします。
erase-heading = 登録データを消去しますか？
erase-lead = { $address }に関するすべての情報を削除し、今後メールはお送りしません。この操作は取り消せません。断りなく再び登録されることがないよう、元のアドレスを読み取れない照合用の値だけを保管します。
erase-button = 登録データを消去する
erased = 登録データを消去しました
erased-lead = アドレスの登録情報はもうありません。
refusal-link_old = リンクの有効期限が切れています。配信設定のページで新しいリンクを受け取ってください。
refusal-new_address_same = すでにご登録のアドレスです。
refusal-new_address_taken = そのアドレスは別に登録されています。変更ではなく、どちらか一方の配信を停止してください。
refusal-new_address_blocked = そのアドレスへの配信は行っていません。別のアドレスをご入力ください。

## Still interested?

keep-heading = 「{ $newsletter }」を引き続きお届けしますか？
keep-lead = ボタンを押すだけで、引き続きお届けします。
keep-button = 登録を続ける
kept = 引き続き「{ $newsletter }」をお届けします
kept-lead = ありがとうございます。ほかに必要なお手続きはありません。

## Mails: address and data, still interested

mail-manage-link-heading = アドレスと登録データを変更するリンク
mail-manage-link-lead = { $publication }にご登録のアドレスの変更、登録データのダウンロードや消去のためのリンクをご請求いただきました。
mail-manage-link-button = ページを開く
mail-manage-link-expires = リンクの有効期限は{ $time }です。お心当たりのない場合は、このメールを無視してください。
mail-new-address-lead = { $publication }のニュースレターをこのアドレスで受け取るお申し込みをいただきました。
mail-new-address-expires = リンクの有効期限は{ $time }です。お心当たりのない場合は、このメールを無視してください。何も変更されません。
mail-address-changed-heading = アドレスが変更されました
mail-address-changed-lead = { $publication }のニュースレターは、{ $address }にお届けします。
mail-address-changed-note = お心当たりのない場合は、このメールにご返信ください。
mail-keep-lead = { $publication }から「{ $newsletter }」をお届けしています。引き続きご希望かどうか、確認させてください。
mail-keep-until = { $date }までにボタンを押されない場合は配信を停止し、この件について再びメールをお送りすることはありません。
