"""A private answer on the page: what became of it, and a person's word where nobody else can tell."""

from __future__ import annotations

from app.models import Outgoing
from app.services import moderating
from app.states import Actor
from tests.app import residents
from tests.app.residents import page
from tests.fixtures.web import Web, post


def test_an_unclear_private_answer_and_a_refused_delete_are_decided_on_the_page(web: Web) -> None:
    _, delivery = residents.public_post(web, residents.account(web))
    item = residents.item(web, delivery, "Suami saya memukul saya")
    by = Actor("Ibu Yanti", web.people["koordinator"])
    client = web.sign_in("koordinator")
    assert page(client, f"/kotak/{item}").select_one("#pribadi-text") is not None
    with web.parts.db.write() as session:
        private = moderating.private_reply(session, item, by, "Boleh kami telepon?")
        gone = moderating.delete(session, item, by, "Diminta penulisnya sendiri")
        private.state, gone.state, gone.error_code = "needs_person", "failed", "permission"
        private.wake_at = gone.wake_at = None
    soup = page(client, f"/kotak/{item}")
    assert soup.select_one("#pribadi-text") is None, "the platform takes one for a comment, and it may be there"
    private_row, delete_row = soup.select("li.say.waits")
    assert "Boleh kami telepon?" in private_row.get_text()
    assert "hanya dibaca warga ini" in private_row.get_text()
    assert [button["value"] for button in private_row.select("button[name=pilih]")] == ["sudah", "ulang"]
    assert "Diminta penulisnya sendiri" in delete_row.get_text()
    assert "Ubah dulu" not in delete_row.get_text()
    sent = {"pilih": "sudah", "balasan": str(private.id)}
    assert post(client, f"/kotak/{item}/putuskan", page=f"/kotak/{item}", **sent).status_code == 303
    states = {row.action: row.state for row in residents.rows(web, Outgoing)}
    assert states == {"private_reply": "published", "delete": "failed"}
    history = page(client, f"/kotak/{item}").select_one(".rope")
    assert history is not None
    assert "Balasan pribadi: dinyatakan terkirim" in history.get_text()
