"""The organisation's own page from the command line: added without a key, named again, and refused in one sentence."""

from __future__ import annotations

from app.parts import build
from app.services import receiving
from app.settings import load
from tests.fixtures.line import Line


def test_a_page_is_added_like_any_account_and_needs_no_key(line: Line) -> None:
    ours = line.json("org", "add", "IPSM Leuwisadeng", "--category", "organisasi")["id"]
    words = (
        "account",
        "add",
        "website",
        "--org",
        str(ours),
        "--remote-id",
        "IPSM-Leuwisadeng",
        "--name",
        "Halaman kami",
    )
    made = line.json(*words, "--token-stdin", stdin="")
    assert made["health"] == "connected"
    line.refused(*words, says="sudah tersambung")
    line.refused(*words[:6], "lain-lagi", *words[7:], says="sudah punya halaman")
    assert line.json("account", "check", str(made["id"]))["health"] == "connected"
    post = line.json(
        "post", "add", "--org", str(ours), "--caption", "Posyandu", "--to", str(made["id"]), "--at", "now", "--approve"
    )
    assert [one["connector"] for one in post["deliveries"]] == ["website"]
    assert line.run("worker", "--until-idle").exit_code == 0
    [delivery] = line.json("post", "show", str(post["id"]))["deliveries"]
    assert (delivery["state"], delivery["attempts"]) == ("published", 1)
    assert delivery["permalink"] == f"/o/ipsm-leuwisadeng/{delivery['remote_id']}"
    assert line.json("engagement", "show", "--post", str(post["id"])) == {"readings": []}
    line.run("post", "withdraw", str(post["id"]), "--reason", "izin dicabut")
    line.run("worker", "--until-idle")
    assert line.json("post", "show", str(post["id"]))["state"] == "withdrawn"


def test_the_page_is_opened_and_named_again(line: Line) -> None:
    ours = line.json("org", "add", "IPSM Leuwisadeng", "--category", "organisasi")["id"]
    theirs = line.json("org", "add", "Desa Sadeng", "--category", "desa")["id"]
    first = line.json("org", "page", str(ours), "--slug", "ipsm-leuwisadeng")
    assert first["address"] == "/o/ipsm-leuwisadeng"
    again = line.json("org", "page", str(ours), "--slug", "leuwisadeng")
    assert again["account_id"] == first["account_id"]
    for taken in ("leuwisadeng", "ipsm-leuwisadeng"):
        line.refused("org", "page", str(theirs), "--slug", taken, says="sudah dipakai organisasi lain")
    line.refused("org", "page", str(theirs), "--slug", "Desa Sadeng", says="huruf kecil")
    line.refused("org", "page", "99", "--slug", "desa-sadeng", says="tidak ada")


def test_what_came_by_the_form_is_answered_on_our_page(line: Line) -> None:
    ours = line.json("org", "add", "IPSM Leuwisadeng", "--category", "organisasi")["id"]
    parts = build(load())
    with parts.db.write() as session:
        sent = receiving.Sent("n" * 22, "keluhan", "Lampu jalan mati tiga hari.")
        item = str(receiving.receive(session, parts.sealer, ours, sent).item_id)
    parts.db.close()
    assert line.json("inbox", "reply", item, "--text", "Besok kami cek.") == {"id": int(item), "outgoing_id": None}
    [shown] = line.json("inbox", "list", "--org", str(ours))
    assert (shown["status"], shown["source"], shown["kind"]) == ("sudah ditanggapi", "formulir", "keluhan")
    line.refused("inbox", "reply", item, "--text", "  ", says="masih kosong")
