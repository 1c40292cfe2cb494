"""The policy pages without script: what they show, what a form keeps, and what publishing asks for."""

import re
from typing import Any

from gateway.documents import load_document
from policies.difference import differences
from tests.builders.policy_pages import DRAFT, Visitor, policy, publish, shop, visit
from tests.builders.web import AT, House

RULE_2 = "/policy/draft/rule-2"


def draft_of(house: House, holder: str = "token:marketer") -> dict[str, Any]:
    draft = house.store.drafts.get(holder)
    assert draft is not None
    return draft.document


def shown_fields(page: str, action: str) -> dict[str, Any]:
    """What a browser would send of the form with this address, nothing changed."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form, action
    text = form[0]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found.get("type") == "checkbox" and " checked" not in tag:
            continue
        sent.setdefault(found["name"], []).append(found.get("value", ""))
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.DOTALL):
        sent[name] = [inner]
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        sent[name] = [chosen[1] if chosen else ""]
    return sent


def test_a_rule_is_a_sentence_with_an_anchor(house: House) -> None:
    publish(house, policy())
    page = visit(house).get("/policy")
    assert "For tag sneakers, by what ships: keep back 10 %, low at 25, healthy again at 30." in page
    assert 'id="rule-2"' in page
    assert "published by Ann" in page


def test_every_part_sent_back_as_it_was_shown_changes_nothing(house: House) -> None:
    whole = policy(
        restock={"causes": ["receipt"], "max_wave": 100},
        limits={"source_moves_percent": 12.5},
        time_zone="Europe/London",
    )
    whole["rules"][1]["from"] = "2026-11-27T00:00:00"
    whole["authority"]["levels_at"] = {"soho": "till"}
    publish(house, whole)
    marketer = visit(house)
    parts = ["head", "restock", "limits", "authority", "locations", "pool-ship", "rule-1", "rule-2", "guard-1"]
    for part in parts:
        address = f"/policy/draft/{part}"
        sent = shown_fields(marketer.get(f"/policy?edit={part}"), address)
        assert marketer.post(address, **sent).status_code == 200
    assert differences(load_document(whole), load_document(draft_of(house))) == ()
    assert set(draft_of(house)) == set(whole), "sections that were not there stay away"


def test_what_is_typed_is_kept_and_survives_signing_out(house: House) -> None:
    shop(house)
    marketer = visit(house)
    marketer.post(RULE_2, **DRAFT, **{"rules[1].set.low_at_units": "40", "rules[1].when.tags": "sneakers\nsale"})
    marketer.post("/sign-out")
    page = visit(house).get("/policy?edit=rule-2")
    assert "For tags sneakers or sale" in page
    assert 'value="40"' in page
    assert house.store.policies.current_number() == 1


def test_what_cannot_be_read_is_shown_again_with_its_problem(house: House) -> None:
    publish(house, policy())
    marketer = visit(house)
    page = marketer.post(RULE_2, **DRAFT, **{"rules[1].set.low_at_units": "a <b>few"}).text
    assert 'value="a &lt;b&gt;few"' in page
    assert "Must be a whole number" in page
    assert "Review and publish" not in page


def test_an_emptied_field_takes_the_setting_away(house: House) -> None:
    publish(house, policy())
    visit(house).post(RULE_2, **DRAFT, **{"rules[1].set.low_at_units": "", "rules[1].when.tags": ""})
    assert draft_of(house)["rules"][1]["set"] == {"buffer_percent": 10, "healthy_at_units": 30}
    assert draft_of(house)["rules"][1]["when"] == {"pools": ["ship"]}


def test_typing_answers_with_problems_a_preview_and_the_sentence(house: House) -> None:
    shop(house)
    answer = visit(house).type_in(RULE_2, **DRAFT, **{"rules[1].set.low_at_units": "35"}).text
    assert "low at 35" in answer
    assert 'id="preview"' in answer
    assert re.search(r'<b>\d+</b> <span class="band band-healthy">healthy</span>', answer)
    assert "Runner Size" in answer


def test_rules_are_moved_added_and_taken_out_by_buttons(house: House) -> None:
    publish(house, policy())
    marketer = visit(house)
    entry = {"kind": "rules", "key": "1"}
    marketer.post("/policy/arrange", **DRAFT, **entry, action="up")
    assert [rule["name"] for rule in draft_of(house)["rules"]] == ["Sneakers sell fast", "House"]
    marketer.post("/policy/arrange", **{**DRAFT, "arrangement": "1"}, kind="rules", action="add")
    marketer.post("/policy/arrange", **{**DRAFT, "arrangement": "2"}, kind="rules", key="0", action="take out")
    assert [rule["name"] for rule in draft_of(house)["rules"]] == ["House", "New rule"]
    assert "nothing is set yet" in marketer.get("/policy")


def test_a_window_that_is_behind_cannot_change_another_rule(house: House) -> None:
    publish(house, policy())
    marketer = visit(house)
    marketer.post("/policy/arrange", **DRAFT, kind="rules", key="1", action="up")
    late = marketer.type_in(RULE_2, **DRAFT, **{"rules[1].set.low_at_units": "1"})
    assert late.status_code == 409
    assert "Another window moved" in late.text
    assert [rule["set"]["low_at_units"] for rule in draft_of(house)["rules"]] == [25, 8]


def test_a_place_that_sources_report_is_mapped_with_one_button(house: House) -> None:
    publish(house, policy())
    house.send(
        {"variant": "v", "location": "kiosk", "quantities": {"available": 1}, "observed_at": "2026-11-23T11:59:00Z"}
    )
    marketer = visit(house)
    assert "Reported, and not here yet" in marketer.get("/policy")
    page = marketer.post("/policy/arrange", **DRAFT, kind="locations", key="kiosk", action="add").text
    assert "locations.kiosk.kind" in page
    assert "Reported, and not here yet" not in page


def test_publishing_needs_a_note_and_says_what_changes(house: House) -> None:
    publish(house, policy())
    marketer = visit(house)
    marketer.post(RULE_2, **DRAFT, **{"rules[1].set.buffer_units": "3"})
    review = marketer.get("/policy/publish")
    assert "Rule 'Sneakers sell fast': now sets buffer 3 units" in review
    refused = send_review(marketer, review, note=" ")
    assert refused.status_code == 422
    assert "Say what changes and why" in refused.text
    done = send_review(marketer, review, note="One more for carts")
    assert "Version 2 is in force" in done.text
    version = house.store.policies.current()
    assert version is not None
    assert (version.author, version.note, version.confirmed) == ("marketer", "One more for carts", False)
    assert house.store.drafts.get("token:marketer") is None


def test_a_large_change_is_published_only_with_its_number(house: House) -> None:
    shop(house)
    marketer = visit(house)
    marketer.post("/policy/draft/rule-1", **DRAFT, **{"rules[0].set.buffer_units": "1000"})
    review = marketer.get("/policy/publish")
    assert "Type <b>30</b>" in review
    for typed in ("", "29"):
        assert send_review(marketer, review, note="Close", typed=typed).status_code == 422
    assert house.store.policies.current_number() == 1
    assert "Version 2 is in force" in send_review(marketer, review, note="Close", typed="30").text
    version = house.store.policies.current()
    assert version is not None
    assert version.confirmed


def test_a_draft_is_carried_over_what_somebody_published_meanwhile(house: House) -> None:
    publish(house, policy())
    marketer = visit(house)
    marketer.post(RULE_2, **DRAFT, **{"rules[1].set.low_at_units": "26"})
    theirs = policy()
    theirs["rules"][0]["set"]["buffer_units"] = 4
    publish(house, theirs, author="Ann", note="More carts")
    page = marketer.get("/policy")
    assert "Ann published version 2" in page
    assert "Rule 'House': buffer 2 -> 4 units" in page
    assert marketer.client.get("/policy/publish").status_code == 302
    marketer.post("/policy/carry")
    assert draft_of(house)["rules"][0]["set"]["buffer_units"] == 4
    assert draft_of(house)["rules"][1]["set"]["low_at_units"] == 26
    send_review(marketer, marketer.get("/policy/publish"), note="Sneakers")
    assert house.store.policies.current_number() == 3


def test_an_old_version_is_brought_back_with_a_note(house: House) -> None:
    publish(house, policy())
    publish(house, policy(name="Other"))
    marketer = visit(house)
    assert "The policy's name: House -> Other" in marketer.get("/policy/versions")
    page = marketer.get("/policy/versions/1")
    sent = shown_fields(page, "/policy/versions/1/restore")
    assert marketer.post("/policy/versions/1/restore", **{**sent, "note": ""}).status_code == 422
    assert "Version 3 is in force" in marketer.post("/policy/versions/1/restore", **{**sent, "note": "Back"}).text
    version = house.store.policies.current()
    assert version is not None
    assert (version.restores, version.note) == (1, "Back")


def test_a_viewer_sees_everything_and_can_change_nothing(house: House) -> None:
    shop(house)
    publish(house, policy(name="Other"))
    viewer = visit(house, "reader")
    for path in ("/policy", "/policy?edit=rule-2", "/policy/versions", "/policy/versions/1", "/policy?preview=1"):
        page = viewer.get(path)
        assert "<form" not in page.partition("<main")[2], path
    assert "keep back 10 %" in viewer.get("/policy")
    posts = ["draft/rule-1", "arrange", "discard", "carry", "publish", "versions/1/restore"]
    for path in posts:
        assert viewer.post(f"/policy/{path}", **DRAFT).status_code == 403, path
    assert viewer.client.get("/policy/publish").status_code == 403
    assert house.store.drafts.get("token:reader") is None


def test_a_draft_that_was_published_before_its_answer_was_lost_is_no_draft(house: House) -> None:
    publish(house, policy())
    marketer = visit(house)
    marketer.post(RULE_2, **DRAFT, **{"rules[1].set.low_at_units": "26"})
    draft = house.store.drafts.get("token:marketer")
    assert draft is not None
    house.store.policies.publish(
        draft.document, based_on=1, author="marketer", note="n", at=AT, request=f"token:marketer {draft.id}"
    )
    assert "This is the policy in force" in marketer.get("/policy")
    assert house.store.drafts.get("token:marketer") is None


def test_the_first_policy_is_written_on_the_page(house: House) -> None:
    marketer = visit(house)
    assert "No policy is in force yet" in marketer.get("/policy")
    nothing = {"based_on": "0", "arrangement": "0"}
    marketer.post("/policy/draft/head", **nothing, name="House", default_pool="ship")
    marketer.post(
        "/policy/draft/authority", **nothing, **{f"authority.{k}": "erp" for k in ("products", "variants", "levels")}
    )
    marketer.post("/policy/arrange", **nothing, kind="locations", key="wh", action="add")
    marketer.post("/policy/arrange", **{**nothing, "arrangement": "1"}, kind="pools", key="ship", action="add")
    page = marketer.post(
        "/policy/draft/pool-ship", **{**nothing, "arrangement": "2"}, **{"pools.ship.kinds": ["", "warehouse"]}
    )
    assert "Review and publish" in page.text
    send_review(marketer, marketer.get("/policy/publish"), note="The first")
    assert house.store.policies.current_number() == 1


def test_hostile_addresses_and_forms_are_refused_in_words(house: House) -> None:
    publish(house, policy())
    marketer = visit(house)
    for part in ("rule-0", "rule-99", "rule-x", "pool-nobody", "schema", "guard-"):
        assert "Nothing was changed" in marketer.post(f"/policy/draft/{part}", **DRAFT).text, part
    assert marketer.post(RULE_2, based_on="x", arrangement="0").status_code == 400
    assert "Nothing was changed" in marketer.post(RULE_2, based_on="77", arrangement="0").text
    assert marketer.post("/policy/arrange", **DRAFT, kind="rules", key="0", action="fly").status_code == 400
    assert marketer.client.get("/policy?edit=rule-99").status_code == 200
    assert marketer.client.get("/policy/versions/999").status_code == 404
    assert marketer.client.get("/policy/versions?before=x").status_code == 200


def send_review(visitor: Visitor, review: str, **fields: str) -> Any:
    return visitor.post("/policy/publish", **{**shown_fields(review, "/policy/publish"), **fields})
