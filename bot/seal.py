"""`flask seal rotate`: everything sealed anew with the first key of SEAL_KEY."""

import sys
from collections.abc import Iterable
from dataclasses import asdict

import click

from bot import orders
from db import rotation
from db.media import MediaFolder
from db.rotation import Rotated
from db.seals import Seals

_DONE = (
    "All is sealed with the first key: the others can be taken out of SEAL_KEY, and every process "
    "restarted. Keep them for as long as you keep backups that they sealed. / "
    "ผนึกด้วยกุญแจแรกครบแล้ว ลบกุญแจเก่าออกจาก SEAL_KEY และเริ่มทุกโปรเซสใหม่ได้ "
    "แต่เก็บกุญแจเก่าไว้ตราบเท่าที่ยังเก็บไฟล์สำรองที่ผนึกด้วยกุญแจนั้น"
)
_AGAIN = (
    "Some values still carry an older key: restart every process with the new SEAL_KEY, then run "
    "this again. / ยังมีข้อมูลที่ผนึกด้วยกุญแจเก่า เริ่มทุกโปรเซสใหม่ด้วย SEAL_KEY ใหม่ แล้วสั่งซ้ำ"
)
_LOST = (
    "Some values open with none of the keys in SEAL_KEY: put the key that is missing behind the "
    "others, and run this again. / ข้อมูลบางส่วนเปิดด้วยกุญแจใดใน SEAL_KEY ไม่ได้ เติมกุญแจที่ขาดแล้วสั่งซ้ำ"
)


@click.group()
def seal() -> None:
    """The seals on LINE ids, words and media."""


@seal.command("rotate")
@click.option("--dry-run", is_flag=True, help="Only count what another key than the first sealed.")
@orders.as_json
def rotate(dry_run: bool, is_json: bool) -> None:
    """Seal everything anew with the first key of SEAL_KEY; processes may run meanwhile."""
    with orders.open_desk("seal") as desk:
        seals = Seals(desk.settings.seal_key)
        media = MediaFolder(desk.settings.media_dir, seals)
        if dry_run:
            _show(rotation.count_old(desk.database, seals, media), is_json)
            return
        done = _show(rotation.rotate(desk.database, seals, media), is_json)
        # A process that still seals with the old key writes behind our back.
        is_left = any(one.changed for one in rotation.count_old(desk.database, seals, media))
    is_lost = any(one.lost for one in done)
    click.echo(_LOST if is_lost else _AGAIN if is_left else _DONE, err=True)
    if is_lost or is_left:
        sys.exit(1)


def _show(found: Iterable[Rotated], is_json: bool) -> list[Rotated]:
    """Each line as it comes: a large table takes its time."""
    shown = []
    for one in found:
        orders.show(asdict(one), is_json)
        shown.append(one)
    return shown
