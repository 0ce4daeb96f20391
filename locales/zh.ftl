# What readers meet, in simplified Chinese: the keys, their order and the comments are those of en.ftl.

language-name = 简体中文
# Whose habits dates follow where the language names no region.
language-formats = zh-CN
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = { "" }

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }{ $time }
date-time-zone = { $date }（{ $place }，{ $zone }）
date-time-place = { $date }（{ $place }）
today = 今天
yesterday = 昨天

## Every page

skip-link = 跳到正文
footer-links = 更多
archive = 往期
sent-with = 发送：

## Subscribing

subscribe = 订阅
subscribe-heading = { $publication }，直达您的邮箱
subscribe-lead = 订阅简报，最新文章将发送到您的邮箱。
email-label = 邮箱
email-placeholder = 请输入邮箱…
honeypot-label = 请将此栏留空
# From abuse.
proof-heading = 还差一步
proof-lead = 目前订阅申请很多，我们需要确认您的申请来自真人。请等待十秒，然后继续。
proof-button = 继续
proof-checking = 目前订阅申请很多，我们需要确认您的申请来自真人。这需要几秒钟。
proof-early = 操作过早。请再等几秒，然后继续。
proof-json = 请完成质询，并将结果填入“altcha”字段，再次提交表单。
proof-expired = 请重新填写表单
proof-expired-lead = 此步骤需在浏览器中启用Cookie，并在十五分钟内完成。目前尚未提交任何内容。
proof-large-lead = 表单内容过长，等待期间无法保留。请少选几份简报，或精简填写的内容。
unsubscribe-any-time = 可随时退订。
newsletters-legend = 简报
recent-issues = 最近几期
recent-issues-none = 还没有发过简报。订阅后即可收到第一期。
recent-issues-all = 查看全部往期

cadence-each = 每篇文章
cadence-daily = 每天一次
cadence-weekly = 每周一次
cadence-monthly = 每月一次
cadence-off = 不接收
cadence-legend = 多久收一次？

field-yes = 是
field-no = 否

check-inbox = 请查收邮件
check-inbox-lead = 如果我们可以向该邮箱发信，确认邮件很快就会送达。请点击邮件中的按钮，确认订阅。
check-inbox-from = 发件人
check-inbox-valid = 链接有效期
hours = { $hours }小时
check-inbox-captured = 此服务器只保存邮件，不会真正发送。<a href="/mailbox">打开信箱</a>
check-inbox-help = 没有收到？
check-inbox-wait = 请稍等几分钟，再看看垃圾邮件或推广邮件文件夹。
check-inbox-retype = 请检查邮箱是否填写正确。<a href="/">重新填写</a>
check-inbox-already = 已经订阅过？无需再做任何操作。
check-inbox-detail = 如果我们可以向该邮箱发信，确认邮件很快就会送达。请点击邮件中的按钮，确认订阅。

## Confirming

confirm = 确认
confirm-heading = 确认订阅
confirm-lead = { $publication }将向<strong>{ $address }</strong>发送{ $newsletters }。
confirm-lead-bare = { $publication }将向<strong>{ $address }</strong>发送邮件。
confirm-meanwhile = 同时申请订阅的简报
confirm-button = 确认订阅
confirm-not-me = 不是您申请的？关闭此页面即可，不会为您订阅。
confirmed = 订阅成功
confirmed-lead = 您将通过邮件收到{ $publication }的{ $newsletters }。
confirmed-past-issues = 阅读往期
confirm-left-since = 您目前没有订阅
confirm-left-since-lead = 那封邮件发出后，您已退订。如需再次接收，请重新订阅。
confirm-suppressed = 无法向该邮箱发送邮件
confirm-suppressed-lead = { $publication }不向该邮箱发送邮件。请换一个邮箱订阅。
confirm-expired = 链接已过期
confirm-expired-lead = 链接的有效期为{ $hours }小时，现已失效。请重新订阅，以获取新链接。
subscribe-again = 重新订阅

## Preferences

preferences = 订阅设置
preferences-heading = 管理订阅
preferences-for = <strong>{ $address }</strong>，{ $date }起订阅
preferences-suppressed = 我们不向该邮箱发送邮件，因此这里的设置不会生效。
preferences-newsletters = 您的简报
preferences-unconfirmed = 尚未确认：请点击我们所发邮件中的按钮
# Under a newsletter's name: when its next mail comes.
preferences-next = 下一期：{ $time }
preferences-next-each = 下一期：新文章发布时
preferences-next-comes = 下一期将于{ $time }发送。
preferences-paused = 暂停至{ $date }
preferences-is-paused = 已暂停
preferences-is-resumed = 已恢复接收
preferences-about-you = 您的信息
preferences-language = 语言
save = 保存
preferences-saved = 已保存
preferences-unchanged = 没有更改
preferences-still-off = 我们不向该邮箱发送邮件，因此没有开启任何简报
pause = 暂停
pause-lead = 要外出一段时间？可以将简报暂停几周。恢复后，不会一次收到积压的邮件。
pause-what = 暂停哪些简报
pause-all = 全部简报
pause-for = 暂停多久？
pause-nothing = 没有可暂停的内容：您目前没有接收任何简报。
weeks = { $weeks }周
resume = 立即恢复接收
resume-named = 立即恢复接收：{ $newsletter }
missed = 错过的文章
missed-lead = 暂停期间发布的文章，最新的在前。
missed-none = 您没有错过任何文章。
unsubscribe-all-heading = 退订全部简报
unsubscribe-all-lead = 只需点击一次，我们就不再向您发送任何邮件。

## Unsubscribing

unsubscribe = 退订
unsubscribe-heading = 要退订《{ $newsletter }》吗？
unsubscribe-lead = 您将不再收到这份简报。
unsubscribe-all = 全部退订
unsubscribed = 已退订《{ $newsletter }》
unsubscribed-lead = 您不会再收到这份简报。如果还订阅了其他简报，则不受影响。
unsubscribed-all = 已退订全部简报
unsubscribed-all-lead = 我们不会再向您发送任何邮件。
unsubscribed-already = 您没有订阅《{ $newsletter }》
unsubscribed-already-lead = 您不会收到这份简报的任何邮件。

## “This wasn’t me”

block-heading = 不是我操作的
block-lead = 是不是别人填写了{ $address }？屏蔽该邮箱后，{ $publication }永远不会再向它发送邮件。
block-button = 屏蔽该邮箱
blocked = 该邮箱已被屏蔽
blocked-lead = 即使有人在表单中填写{ $address }，{ $publication }也不会再向它发送邮件。

## The archive

archive-heading = { $publication }往期
archive-empty = 还没有发过简报
archive-empty-lead = 第一期发送后会显示在这里。<a href="/">订阅</a>
archive-older = 更早的往期
archive-all = 全部往期
archive-subscribe = 通过邮件接收{ $publication }

## The subscribe box on other sites

# From box.
box-busy = 正在发送…
box-continue = 继续阅读
box-close = 关闭
box-failed = 发送失败。请检查网络连接后重试。
box-back = 返回{ $host }

## What is wrong with a form

email-typo = 您要填写的是{ $address }吗？
email-typo-yes = 是，使用该邮箱
email-typo-no = 不，我填写的没有错

form-wrong = 请检查此栏
cadence-unknown = 请从所列选项中选择接收频率
no-newsletter = 请至少选择一份简报
email-empty = 请输入邮箱，例如ines@example.org
email-no-at = 邮箱中缺少“@”，正确格式如ines@example.org
email-no-local-part = “@”前面没有内容，正确格式如ines@example.org
email-no-domain = “@”后面没有内容，正确格式如ines@example.org
email-not-ascii = “@”前面只能包含不带变音符号的英文字母、数字以及 . - _ + 等字符
email-local-part = 邮箱中有不允许的字符，请检查“@”前面的部分
email-local-part-long = “@”前面的部分过长，最多64个字符
email-domain = “@”后面的部分不是域名，完整邮箱的格式如ines@example.org
email-long = 邮箱过长，最多254个字符
refusal-list_unknown = 没有名为《{ $list }》的简报。请从所列简报中选择。
refusal-too_many_lists = 一次最多可选择{ $max }份简报。
refusal-no_list_open = 目前还没有可订阅的简报。
refusal-field_text_long = “{ $name }”过长，最多{ $max }个字符。
refusal-field_number_wrong = “{ $name }”必须是数字，例如1200或12.5。
refusal-field_number_ambiguous = “{ $name }”可能表示两个不同的数字。请不要使用逗号：整数写作1234，小数写作1.234。
refusal-field_date_wrong = “{ $name }”必须是按“年-月-日”书写的日期，例如2026-11-24。
refusal-field_yes_no_wrong = “{ $name }”只能填是或否。
refusal-pause_too_long = 请选择1至{ $max }周。
refusal-nothing_to_pause = 没有可暂停的内容：您目前没有接收任何简报。
refusal-reader_gone = 我们没有该邮箱的记录。记录已删除，我们不会再向它发送邮件。

## Errors

error-not-found = 找不到页面
error-not-found-lead = 网址可能输错了，或者页面已不存在。
error-method = 此页面不接受该请求
error-method-lead = 网址没有问题，但此页面不允许使用这种请求方法。
error-timeout = 请求超时
error-timeout-lead = 您的请求没有及时送达。请重试。
error-too-large = 表单内容过大
error-too-large-lead = 表单最大为{ $kilobytes }KB。请精简填写的内容后重试。
error-media-type = 无法读取内容
error-media-type-lead = 请发送表单（application/x-www-form-urlencoded）或JSON。
error-compressed-lead = 请求经过压缩。请以未压缩的形式发送。
error-request = 无法读取内容
error-request-lead = 请求不完整。请返回后重试。
error-unstorable-lead = 请求中含有NUL字符，或者无法保存的数字或时间。请删除后重试。
error-json = 无法读取该JSON
error-json-lead = 正确格式如下：{ $example }
error-ambiguous = 请求有歧义
error-ambiguous-lead = 标头{ $header }出现了两次且值不同，或者不是纯文本。请以纯文本形式只发送一次。
error-server = 服务器出了问题
error-server-lead = 没有任何更改。请一分钟后重试。
error-link = 链接不完整
error-link-lead = 链接缺失了一部分，或者被改动过。请从邮件中重新打开链接，或复制完整的链接。
error-nobody = 我们没有该邮箱的记录
error-nobody-lead = 记录已删除，我们不会再向它发送邮件。
error-too-often = 来自您所在网络的订阅申请过多
error-too-often-lead = 订阅申请没有提交成功。请在{ $minutes }分钟后重试。
error-invalid = 无法执行此操作
error-forbidden = 您没有执行此操作的权限
error-gone = 内容已不存在
error-conflict = 无法执行此操作
error-too-soon = 请稍后再试
error-back = 返回表单

## Mails: what all have

mail-open-link = 或打开以下链接：
mail-view-in-browser = 在浏览器中查看
mail-manage = 管理订阅
mail-pause = 暂停
mail-not-me = 不是您本人操作？
mail-block = 屏蔽发往该邮箱的邮件

## Mails: an issue

mail-byline = 作者：{ $author } · { $date }
# Of one article among several.
mail-read-article = 阅读全文
mail-correction = <strong>更正：</strong>{ $reason }
mail-read-more = 在{ $publication }阅读全文
mail-cut = 邮件内容有删减，其余部分请到网站阅读。
mail-read-in-browser = 在浏览器中阅读其余部分
mail-read-in-browser-colon = 在浏览器中阅读其余部分：
mail-reason = 您收到此邮件，是因为{ $address }订阅了《{ $newsletter }》。
mail-reason-each = 您收到此邮件，是因为{ $address }于{ $date }订阅了《{ $newsletter }》（每篇文章）。
mail-reason-daily = 您收到此邮件，是因为{ $address }于{ $date }订阅了《{ $newsletter }》（每天一次）。
mail-reason-weekly = 您收到此邮件，是因为{ $address }于{ $date }订阅了《{ $newsletter }》（每周一次）。
mail-reason-monthly = 您收到此邮件，是因为{ $address }于{ $date }订阅了《{ $newsletter }》（每月一次）。

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
   *[other] { $title }，另有{ $more }篇
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = 本期内容
mail-digest-headlines = 更多文章
mail-digest-left = 另有{ $left }篇，请到{ $publication }阅读

## Articles: in place of what no mail can show

article-watch = 在{ $host }观看
article-listen = 在{ $host }收听
article-open = 在{ $host }打开
article-video = 视频
article-picture = 在{ $host }查看图片
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = 收听
article-file-video = 观看
article-file = 下载{ $name }
article-file-details = { $file }（{ $details }）
article-file-time = { $minutes }分钟
article-file-time-hours = { $hours }小时{ $minutes }分钟
article-file-megabytes = { $size }MB
article-file-kilobytes = { $size }KB

## Mails: confirming

mail-confirm-subject = 请确认订阅{ $publication }
mail-confirm-preheader = 点击按钮即可确认。如不操作，则不会订阅。
mail-confirm-lead = 您申请订阅{ $newsletters }。请点击按钮，确认订阅。
mail-confirm-lead-text = 您申请订阅{ $newsletters }。请打开以下链接，确认订阅：
mail-confirm-expires = 链接在{ $time }前有效。如不操作，则不会订阅，我们也不会再给您发邮件。
mail-confirm-expires-reminds = 链接在{ $time }前有效。如不操作，则不会订阅。我们会再提醒您一次。
mail-remind-subject = 提醒：请确认订阅{ $publication }
mail-remind-only = 您申请了订阅，但尚未确认。我们只会提醒这一次。
newsletter-each = <strong>{ $newsletter }</strong>（每篇文章）
newsletter-daily = <strong>{ $newsletter }</strong>（每天一次）
newsletter-weekly = <strong>{ $newsletter }</strong>（每周一次）
newsletter-monthly = <strong>{ $newsletter }</strong>（每月一次）
newsletter-each-text = 《{ $newsletter }》（每篇文章）
newsletter-daily-text = 《{ $newsletter }》（每天一次）
newsletter-weekly-text = 《{ $newsletter }》（每周一次）
newsletter-monthly-text = 《{ $newsletter }》（每月一次）

## Mails: subscribed already

mail-subscribed-subject = 您已订阅{ $publication }
mail-subscribed-heading = 您已订阅
mail-subscribed-preheader = 有人在订阅表单中填写了您的邮箱。一切照旧，没有更改。
mail-subscribed-lead = 有人在订阅表单中填写了该邮箱，而它已订阅{ $newsletters }。一切照旧，没有更改。如需调整接收内容，请打开：
mail-welcome-subject = 欢迎订阅{ $publication }
mail-welcome-preheader = 订阅已确认。
mail-welcome-lead = 订阅已确认。您将收到{ $newsletters }。
mail-welcome-latest = 最新文章
mail-welcome-leave = 退订《{ $newsletter }》
mail-subscribed-not-me = 不是您本人操作？可以忽略此邮件，或者<a href="{ $url }">屏蔽发往该邮箱的邮件</a>。
mail-subscribed-not-me-text = 不是您本人操作？可以忽略此邮件，或者屏蔽发往该邮箱的邮件：

## The archive: looking for something

# From pages.
archive-search = 搜索往期
archive-search-button = 搜索
archive-list = 简报
archive-every-list = 全部简报
archive-nothing-found = 没有符合条件的往期
archive-nothing-yet = 在目前搜索过的往期中没有找到

## Unsubscribing: undo, and the reason

unsubscribe-undo = 撤销
unsubscribe-undone = 已恢复订阅
unsubscribe-undone-lead = 一切照旧。
unsubscribe-not-undone = 没有可撤销的操作
unsubscribe-not-undone-lead = 此后您的订阅已有变化。如需接收这份简报，请重新订阅。
leave-reason-question = 您为什么退订？
leave-reason-too-often = 邮件太多
leave-reason-not-for-me = 和我预想的不一样
leave-reason-never-asked = 我没有申请过订阅
leave-reason-read-elsewhere = 我在别处阅读
leave-reason-other = 其他原因
leave-reason-comment = 还有什么想说的？（选填）
leave-reason-send = 提交
leave-reason-missing = 请选择或填写一个原因
leave-reason-thanks = 谢谢您
leave-reason-thanks-lead = 我们会认真阅读，但不会为此给您发邮件。
refusal-undo_over = 已无法撤销。请重新订阅。
refusal-comment_long = 内容过长，最多{ $max }个字符。

## Address and data, by a link that was just mailed

manage-heading = 您的邮箱和数据
manage-lead = 如需更换邮箱、下载或删除您的数据，请先通过邮件获取链接。因为邮件转发后，任何人都能打开此页面。
manage-link-button = 将链接发到我的邮箱
manage-link-sent = 请查收邮件
manage-link-sent-lead = 链接正在发往{ $address }，{ $minutes }分钟内有效。
manage-new-address = 新邮箱
manage-change-address = 更换邮箱
manage-export = 下载您的数据
manage-erase = 删除您的数据
new-address-asked = 请到新邮箱查收邮件
new-address-asked-lead = 如果我们可以向该邮箱发信，链接很快就会送达。点击邮件中的按钮后，邮箱才会更换。
new-address-heading = 确认新邮箱
new-address-lead = 今后您的简报将发送到{ $address }。
new-address-button = 确认新邮箱
new-address-set = 邮箱已更换
new-address-set-lead = 您的简报现在会发送到{ $address }。
erase-heading = 要删除您的数据吗？
erase-lead = 我们将删除与{ $address }有关的一切信息，您不会再收到任何邮件。此操作无法撤销。我们只保留该邮箱的一段无法还原的校验值，以免有人未经您同意再次添加它。
erase-button = 删除我的数据
erased = 您的数据已删除
erased-lead = 我们不再保留您邮箱的任何记录。
refusal-link_old = 链接已过期。请在订阅设置页面获取新链接。
refusal-new_address_same = 这就是您现在的邮箱。
refusal-new_address_taken = 该邮箱另有订阅。请改为退订其中一个。
refusal-new_address_blocked = 我们不向该邮箱发送邮件。请换一个邮箱。

## Still interested?

keep-heading = 还想继续接收《{ $newsletter }》吗？
keep-lead = 只需点击一次，即可继续接收。
keep-button = 继续订阅
kept = 您将继续收到《{ $newsletter }》
kept-lead = 谢谢您。无需再做任何操作。

## Mails: address and data, still interested

mail-manage-link-heading = 更改邮箱或数据的链接
mail-manage-link-lead = 您请求了一个链接，用于更换在{ $publication }使用的邮箱，或者下载、删除您的数据。
mail-manage-link-button = 打开页面
mail-manage-link-expires = 链接在{ $time }前有效。如果不是您本人请求的，请忽略此邮件。
mail-new-address-lead = 您申请用该邮箱接收{ $publication }的简报。
mail-new-address-expires = 链接在{ $time }前有效。如果不是您本人申请的，请忽略此邮件，不会有任何更改。
mail-address-changed-heading = 您的邮箱已更换
mail-address-changed-lead = { $publication }的简报现在会发送到{ $address }。
mail-address-changed-note = 如果不是您本人操作，请回复此邮件。
mail-keep-lead = 您正在接收{ $publication }的《{ $newsletter }》。我们想确认您是否愿意继续接收。
mail-keep-until = 如果您在{ $date }前没有点击按钮，我们将为您退订，之后也不会再为此给您发邮件。
