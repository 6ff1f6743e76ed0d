"""What to do where a check is ill, and what to press where; English, then Thai."""

ADVICE = {
    "database": (
        "is the database running, DATABASE_URL right, and `flask migrate` done? "
        "/ ตรวจว่าฐานข้อมูลทำงาน ค่า DATABASE_URL ถูกต้อง และรัน `flask migrate` แล้ว"
    ),
    "schema": "run `flask migrate`, then restart every process / รัน `flask migrate` แล้วเริ่มทุกโปรเซสใหม่",
    "seal_key": (
        "put the SEAL_KEY that this database was made with back into .env; without it nothing in it can "
        "be read / ใส่ SEAL_KEY เดิมของฐานข้อมูลนี้กลับใน .env มิฉะนั้นอ่านข้อมูลไม่ได้"
    ),
    "line_account": (
        "LINE refuses our token: LINE Developers Console → your channel → Messaging API → Channel access "
        "token → Issue; put it into .env as LINE_CHANNEL_ACCESS_TOKEN and restart; what waits is sent then "
        "/ LINE ไม่รับโทเคน: LINE Developers Console → Messaging API → Channel access token → Issue "
        "ใส่ใน .env แล้วเริ่มระบบใหม่ ข้อความที่รอจะส่งต่อ"
    ),
    "quota": (
        "the month's messages are spent: replies and emergencies still go, the rest waits. LINE Official "
        "Account Manager → Settings → Plan: a larger plan, or raise the cap on extra messages / "
        "โควตาเดือนนี้หมด: LINE OA Manager → ตั้งค่า → แพ็กเกจ เลือกแพ็กเกจใหญ่ขึ้นหรือเพิ่มเพดานข้อความเสริม"
    ),
    "quota_outside": (
        "somebody sends outside Yaam (broadcasts or chats in LINE Official Account Manager, another tool) "
        "and spends the messages of alerts: LINE Official Account Manager → Settings → Account permissions: "
        "ask who may send / มีผู้ส่งข้อความนอกระบบยาม (บรอดแคสต์ใน LINE OA Manager หรือเครื่องมืออื่น) "
        "ตรวจสิทธิ์ที่ LINE OA Manager → ตั้งค่า → สิทธิ์แอดมิน"
    ),
    "inbox": "is the worker alive? Read its log / ตรวจว่า worker ทำงานอยู่และดูบันทึกของ worker",
    "outbox": (
        "is the sender alive, and does it reach LINE? Read its log / "
        "ตรวจว่า sender ทำงานอยู่และติดต่อ LINE ได้ ดูบันทึกของ sender"
    ),
    "parked": (
        "read the worker's log at that time; the events are kept for seven days / "
        "ดูบันทึกของ worker เวลานั้น ข้อมูลเก็บไว้เจ็ดวัน"
    ),
    "held": (
        "unsent messages of a restored backup wait for you: `flask outbox list`, then `release` or `drop` / "
        "มีข้อความค้างจากไฟล์สำรองรอการตัดสินใจ: `flask outbox list` แล้ว `release` หรือ `drop`"
    ),
    "processes": "start what is missing / เริ่มโปรเซสที่ขาด",
    "disk": (
        "make room: old logs and backups first; without room nothing can be stored and LINE gets 500 / "
        "ลบบันทึกและไฟล์สำรองเก่าเพื่อเพิ่มพื้นที่ ถ้าเต็มจะบันทึกข้อความไม่ได้"
    ),
    "line": (
        "check LINE_CHANNEL_ACCESS_TOKEN (LINE Developers Console → Messaging API → Channel access token) "
        "and that this machine reaches LINE / ตรวจโทเคนและเครือข่ายของเครื่องนี้"
    ),
    "chat_mode": (
        "LINE Official Account Manager → Settings → Response settings → Chat: off. With it on, every admin "
        "of the account reads names and tips there / ปิด “แชท” ที่ LINE OA Manager → ตั้งค่า → ตั้งค่าการตอบกลับ "
        "มิฉะนั้นผู้ดูแลบัญชีทุกคนเห็นชื่อและเบาะแส"
    ),
    "webhook_address": (
        "LINE Developers Console → Messaging API → Webhook URL: this server's PUBLIC_URL with /callback, and "
        "Use webhook: on / ตั้ง Webhook URL เป็น PUBLIC_URL ตามด้วย /callback และเปิด Use webhook"
    ),
    "webhook": (
        "LINE cannot deliver: is web running, the proxy passing /callback untouched, the certificate public, "
        "LINE_CHANNEL_SECRET the channel's? Then press Verify beside the webhook URL / LINE ส่งข้อมูลมาไม่ได้ "
        "ตรวจ web, พร็อกซี, ใบรับรอง และ LINE_CHANNEL_SECRET แล้วกด Verify"
    ),
    "clock": (
        "set this machine's clock: `timedatectl set-ntp true` / ตั้งนาฬิกาเครื่อง: `timedatectl set-ntp true`"
    ),
    "media_address": (
        "PUBLIC_URL must be https:// with a host name that phones reach: officers open photos there / "
        "PUBLIC_URL ต้องเป็น https:// และเป็นชื่อที่โทรศัพท์เข้าถึงได้ เพราะเจ้าหน้าที่เปิดรูปจากที่นั่น"
    ),
    "certificate": (
        "renew it (Caddy does by itself; certbot: `certbot renew`), else LINE stops delivering / "
        "ต่ออายุใบรับรอง (certbot: `certbot renew`) มิฉะนั้น LINE จะหยุดส่งข้อมูล"
    ),
}
