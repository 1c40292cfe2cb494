"""The pages of campaigns: what a marketer sees of a message, and every decision with what refuses it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from integrations.ports import Message
from tests.builders.campaign_pages import WITH_CAP, Visitor, text_of
from tests.builders.guard_house import GuardHouse, guard_house
from tests.builders.klaviyo_campaigns import TEE, static

FLOW_STEP = [{"id": "101", "html": TEE, "name": "Step one"}]


@pytest.fixture
def house(redis_url: str) -> Iterator[GuardHouse]:
    with guard_house(redis_url, mode="ask", release="ask") as made:
        yield made


@pytest.fixture
def ann(house: GuardHouse) -> Visitor:
    return Visitor(house)


def proposed(house: GuardHouse) -> None:
    """A campaign whose two heroes are out."""
    house.klaviyo.add(html=WITH_CAP, subject="The Tee")
    house.stock(tee_m=0, tee_l=0)
    house.turn()
    assert house.phase() == "proposed"


def held(house: GuardHouse, ann: Visitor) -> None:
    proposed(house)
    ann.send("hold", note="Sold out")
    house.turn(whole=False)
    assert house.phase() == "held"


# the list


def test_an_empty_list_says_what_to_do(house: GuardHouse, ann: Visitor) -> None:
    assert "Klaviyo was not asked yet what is scheduled." in ann.see("/campaigns")
    house.turn()
    assert "Nothing is scheduled in Klaviyo" in ann.see("/campaigns")


def test_what_waits_for_a_person_comes_first_with_its_reason_and_its_variants(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.add("MSG2", html='<a href="https://shop.example/products/cap">Cap</a>')
    house.klaviyo.order("flows", id="F1", name="Welcome", steps=FLOW_STEP)
    proposed(house)
    page = ann.see("/campaigns")
    order = ["Waits for you 2", "Campaign MSG1", "Next to send 1", "Campaign MSG2"]
    assert [page.index(one) for one in order] == sorted(page.index(one) for one in order)
    assert "should be held hold proposed" in page
    assert "2 of 2 hero variants are out; House holds from 50 %." in page
    assert "Tee / tee-l out 0 units Tee / tee-m out 0 units and 1 more" in page
    assert "Welcome / Step one" in page and "whenever somebody reaches it" in page


def test_the_list_is_narrowed_by_verdict_and_by_channel_and_the_address_says_so(
    house: GuardHouse, ann: Visitor
) -> None:
    house.klaviyo.add("MSG2", channel="sms", body="https://shop.example/products/cap")
    proposed(house)
    assert "Campaign MSG2" not in ann.see("/campaigns?verdict=hold")
    assert "Campaign MSG1" not in ann.see("/campaigns?channel=sms")
    assert "Nothing matches both filters. Show all 2" in ann.see("/campaigns?verdict=hold&channel=sms")
    assert "Campaign MSG1" in ann.see("/campaigns?verdict=nonsense")
    assert 'href="/campaigns?verdict=hold&amp;channel=sms"' in ann.html("/campaigns?channel=sms")


def test_the_poll_answers_only_when_something_changed(house: GuardHouse, ann: Visitor) -> None:
    proposed(house)
    mark = ann.html("/campaigns").partition("seen=")[2].partition('"')[0].partition("&")[0]
    assert ann.client.get(f"/console/campaigns/board?seen={mark}").status_code == 204
    house.stock(tee_m=50, tee_l=50)
    house.turn(whole=False)
    assert "may send" in ann.see(f"/console/campaigns/board?seen={mark}")


def test_expected_demand_is_set_against_units_in_the_list(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.add()
    house.turn()
    form = {"do": "demand", "recipients": "10,000", "click_to_buy_percent": "0.4", "demand_share_percent": "80"}
    assert "Kept as your word." in ann.follow("features", **form)
    house.stock(tee_m=20, tee_l=20)
    house.turn(whole=False)
    page = ann.see("/campaigns")
    assert "to 10,000 people" in page and "About 40 of 40 units expected to sell" in page


# one message


def test_the_page_tells_why_what_stands_how_and_where_it_was_found(house: GuardHouse, ann: Visitor) -> None:
    html = WITH_CAP + '<a href="https://shop.example/collections/new">New</a>{% for i in feeds.you %}x{% endfor %}'
    house.klaviyo.add(html=html, subject="The Tee")
    house.stock(tee_m=0, tee_l=0)
    house.turn()
    page = ann.see()
    assert "2 of 2 hero variants are out; House holds from 50 %." in page
    assert "Tee / tee-m is out (0 units)." in page
    assert "As its content shows. Only heroes count for the verdict." in page
    assert "Cap / cap-1 supporting healthy 50 " in page
    assert "link https://shop.example/products/tee (line 1, likely) Tee / tee-m, Tee / tee-l" in page
    assert "catalog tag cap (line 1, certain) Cap / cap-1" in page
    assert "Not resolved https://shop.example/collections/new (line 1): leads to a collection." in page
    assert "Chosen for each recipient feeds.you" in page
    assert "guard proposed to hold a message: 2 of 2 hero variants are out" in page


def test_the_verdict_on_the_page_is_of_this_very_moment(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.add()
    house.turn()
    assert "What the guard says may send" in ann.see()
    house.stock(tee_m=0, tee_l=0)  # and no turn of the guard
    assert "What the guard says should be held" in ann.see()
    assert house.phase() is None


def test_each_part_of_the_page_is_polled_for_itself(house: GuardHouse, ann: Visitor) -> None:
    proposed(house)
    path = "/console/campaigns/MSG1/now"
    mark = ann.html("/campaigns/MSG1").partition("part=verdict&amp;seen=")[2].partition('"')[0]
    assert ann.client.get(f"{path}?part=verdict&seen={mark}").status_code == 204
    house.stock(tee_m=50, tee_l=50)
    assert "may send" in ann.see(f"{path}?part=verdict&seen={mark}")
    assert "Your word" in ann.see(f"{path}?part=work&seen=old")
    assert "asked for a hold" not in ann.see(f"{path}?part=steps")
    ann.send("hold", note="Sold out")
    assert "marketer-ann asked for a hold: “Sold out”" in ann.see(f"{path}?part=steps&seen=old")
    for wrong in (f"{path}?part=whole", path, "/console/campaigns/NONE/now?part=work"):
        assert ann.client.get(wrong).status_code == 404


def test_a_message_that_nobody_knows_is_not_here(ann: Visitor) -> None:
    assert "it has sent, or it was deleted in Klaviyo" in ann.see("/campaigns/NONE", status=404)


def test_a_message_that_no_guard_watches_says_so(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.add()
    house.publish(channels=["sms"])
    house.turn()
    assert "No guard watches E-mail." in ann.see()


# holding


def test_before_holding_it_is_told_what_happens_in_klaviyo(house: GuardHouse, ann: Visitor) -> None:
    proposed(house)
    page = ann.see()
    assert "The guard proposes to hold it, and waits for your word." in page
    assert "Klaviyo takes it back to draft, so nobody gets it" in page
    assert "Klaviyo forgets its schedule. We keep it: on 25 November, 20:00 UTC." in page
    assert "A tag on the campaign says that we hold it" in page


def test_a_proposal_is_taken_up_with_a_note_and_stands_in_the_time_line(house: GuardHouse, ann: Visitor) -> None:
    proposed(house)
    page = ann.follow("hold", note="Sold out")
    assert "It is being held." in page and "this takes a second or two" in page
    house.turn(whole=False)
    assert house.klaviyo.message()["status"] == "draft"
    page = ann.see()
    assert "It is held by marketer-ann: nobody gets it until it is released." in page
    assert "“Sold out”" in page and "marketer-ann asked for a hold: “Sold out”" in page
    assert "It was to be sent on 25 November, 20:00 UTC." in page
    assert "Held 1" in ann.see("/campaigns")


@pytest.mark.parametrize(("action", "note"), [("hold", ""), ("hold", "x" * 2001), ("override", "   "), ("release", "")])
def test_no_decision_is_taken_without_a_note_and_what_was_typed_stays(
    house: GuardHouse, ann: Visitor, action: str, note: str
) -> None:
    held(house, ann) if action == "release" else proposed(house)
    before = house.phase()
    answer = ann.send(action, note=note)
    assert answer.status_code == 422 and "Say why, in a few words." in answer.text
    assert '<details class="decide" open>' in answer.text and note.strip() in answer.text
    assert house.phase() == before


def test_what_sends_already_cannot_be_held(house: GuardHouse, ann: Visitor) -> None:
    proposed(house)
    house.clock.forward(hours=9)
    page = ann.see()
    assert "Hold it" not in page
    assert "It sends now: it is too late to hold it." in ann.follow("hold", note="quick")


def test_what_was_decided_by_another_is_told_and_left(house: GuardHouse, ann: Visitor) -> None:
    held(house, ann)
    house.klaviyo.add("MSG2", html="<p>Nothing</p>")
    house.turn()
    assert "It is held already." in ann.follow("hold", note="again")
    assert "There is nothing to override" in ann.follow("override", "MSG2", note="x")
    assert "Nothing of this id is held." in ann.follow("release", "MSG2", note="x")
    assert house.phase() == "held" and house.klaviyo.message()["status"] == "draft"


def test_holding_a_step_of_a_flow_says_what_people_inside_experience(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.order("flows", id="F1", name="Welcome", steps=FLOW_STEP)
    house.stock(tee_m=0, tee_l=0)
    house.turn()
    page = ann.see("/campaigns/flow-101")
    assert "a step of a flow" in page and "waits under Needs review in Klaviyo" in page
    ann.send("hold", "flow-101", note="Sold out")
    house.turn(whole=False)
    assert house.phase("flow-101") == "held"
    assert "Those who came while it was held are not sent to by this." in ann.see("/campaigns/flow-101")
    ann.send("release", "flow-101", note="Back")
    house.turn(whole=False)
    assert house.klaviyo.see("messaging")["steps"]["101"]["definition"]["data"]["status"] == "live"
    assert "Welcome / Step one" in ann.see("/campaigns")


def test_what_klaviyo_cannot_schedule_again_is_held_by_hand_only_and_says_so(house: GuardHouse, ann: Visitor) -> None:
    later = static(house.clock.at)["send_time"]
    house.klaviyo.add(send_options={"send_strategy": "ab_send_time_test", "send_time": later})
    house.turn()
    assert "Klaviyo's interface cannot schedule it again as it is" in ann.see()
    ann.send("hold", note="Wrong price")
    house.turn(whole=False)
    assert house.phase() == "held"
    page = ann.see()
    assert "Klaviyo's interface cannot schedule it as it was: do that in Klaviyo." in page
    assert "There is nothing to decide now" in page
    assert "schedule it in Klaviyo yourself" in ann.follow("release", note="Go")


# dismissing


def test_a_dismissed_proposal_changes_nothing_in_klaviyo_and_does_not_come_back(
    house: GuardHouse, ann: Visitor
) -> None:
    proposed(house)
    assert "Nothing is changed in Klaviyo: it stays scheduled as it is." in ann.see()
    assert "the guard leaves it alone" in ann.follow("override", note="We take orders")
    house.turn()
    assert (house.phase(), house.klaviyo.message()["status"]) == ("overridden", "scheduled")
    assert "A person decided otherwise." in ann.see()


# releasing


def test_a_release_puts_it_back_to_its_own_time_and_the_list_shows_it_at_once(house: GuardHouse, ann: Visitor) -> None:
    held(house, ann)
    before = house.hold()
    assert before is not None and "Klaviyo schedules it again: on 25 November, 20:00 UTC." in ann.see()
    assert "It is being released." in ann.follow("release", note="Refilled")
    house.turn(whole=False)
    assert house.klaviyo.message()["status"] == "scheduled"
    page = ann.see("/campaigns")
    assert "Next to send 1" in page and "Campaign MSG1" in page


def test_a_release_to_another_time_is_read_in_the_time_zone_of_the_policy(house: GuardHouse, ann: Visitor) -> None:
    house.store.policies.publish(
        {**house.store.policies.current().document, "time_zone": "Europe/Berlin"},  # type: ignore[union-attr]
        based_on=1, author="t", note="t", at=house.clock.at,
    )  # fmt: skip
    house.settle()
    held(house, ann)
    assert "(Europe/Berlin)" in ann.see()
    ann.send("release", note="Tomorrow", send_at="2026-11-26T09:30")
    house.turn(whole=False)
    assert house.klaviyo.message()["send_options"]["send_time"] == "2026-11-26T08:30:00+00:00"


@pytest.mark.parametrize("send_at", ["tomorrow", "2026-13-40T10:00"])
def test_a_time_that_is_none_is_refused_in_its_form(house: GuardHouse, ann: Visitor, send_at: str) -> None:
    held(house, ann)
    answer = ann.send("release", note="Later", send_at=send_at)
    assert answer.status_code == 422 and "RFC 3339" not in text_of(answer.text)
    assert "There is no such time" in answer.text and house.phase() == "held"


def test_a_hold_whose_time_has_passed_asks_for_a_new_one(house: GuardHouse, ann: Visitor) -> None:
    held(house, ann)
    house.clock.forward(hours=9)
    house.turn()
    page = ann.see()
    assert "Its time passed while it was held" in page and "New time (UTC)" in page
    assert "Its time has passed: choose a new one" in ann.follow("release", note="Go")
    assert house.phase() == "held"


# what it features


def test_a_persons_word_wins_and_is_given_back(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.add()
    house.turn()
    assert 'name="variant" value="cap-1"' in ann.html("/campaigns/MSG1?find=cap")
    assert "No variant matches “nonsense”." in ann.see("/campaigns/MSG1?find=nonsense")
    page = ann.follow("features", do="hero", variant="cap-1", find="cap")
    assert "As marketer-ann said." in page and "Cap / cap-1 hero" in page and "Tee / tee-m hero" in page
    house.turn()
    assert [line.variant for line in house.store.campaigns.chosen()["MSG1"].lines] == ["tee-m", "tee-l", "cap-1"]
    page = ann.follow("features", do="remove", variant="tee-l")
    assert "Tee / tee-l" not in page.partition("What was found in it")[0]
    assert "Cap / cap-1 supporting" in ann.follow("features", do="supporting", variant="cap-1")
    assert "Given back: it features what its content shows." in ann.follow("features", do="give_back")
    assert house.store.campaigns.chosen() == {}
    assert "As its content shows." in ann.see()


def test_editing_keeps_the_order_and_the_expected_demand(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.add()
    house.turn()
    ann.send("features", do="demand", recipients="500", click_to_buy_percent="1.25", demand_share_percent="")
    ann.send("features", do="supporting", variant="tee-m")
    chosen = house.store.campaigns.chosen()["MSG1"]
    assert [(line.variant, line.role) for line in chosen.lines] == [("tee-m", "supporting"), ("tee-l", "hero")]
    assert chosen.demand is not None and str(chosen.demand.click_to_buy_percent) == "1.25"


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({"do": "hero", "variant": "ghost"}, 404, "No source has told of this variant."),
        ({"do": "hero", "variant": ""}, 422, "Must be 1 to 300"),
        ({"do": "dance", "variant": "cap-1"}, 400, "nothing that could be done"),
        ({"do": "demand", "recipients": "many", "click_to_buy_percent": "1"}, 422, "Must be a whole number."),
        ({"do": "demand", "recipients": "5", "click_to_buy_percent": ""}, 422, "Needs click_to_buy_percent"),
        ({"do": "demand", "recipients": "5", "click_to_buy_percent": "101"}, 422, "at most 100"),
    ],
)
def test_what_cannot_be_featured_is_refused(
    house: GuardHouse, ann: Visitor, form: dict[str, str], status: int, says: str
) -> None:
    house.klaviyo.add()
    house.turn()
    answer = ann.send("features", **form)
    assert (answer.status_code, says in text_of(answer.text)) == (status, True), text_of(answer.text)
    assert house.store.campaigns.chosen() == {}


def test_a_form_about_another_state_of_it_changes_nothing(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.add()
    house.turn()
    page = ann.follow("features", do="remove", variant="tee-m", seen="0123456789abcdef")
    assert "It changed a moment ago" in page
    assert house.store.campaigns.chosen() == {}


def test_a_variants_page_leads_to_the_campaigns_that_feature_it(house: GuardHouse, ann: Visitor) -> None:
    held(house, ann)
    page = ann.html("/stock/tee-m")
    assert '<a href="/campaigns/MSG1"><b>Campaign MSG1' in page and "held; hero" in page
    assert "/campaigns/MSG1" not in ann.html("/stock/cap-2") and 'href="/campaigns/MSG1"' in ann.html("/")


# who may


def test_a_viewer_sees_all_and_is_offered_nothing(house: GuardHouse) -> None:
    viewer = Visitor(house, "reader")
    proposed(house)
    page = viewer.see()
    assert "Tee / tee-m is out (0 units)." in page and "Marketers and admins decide; you may look." in page
    html = viewer.html("/campaigns/MSG1")
    for offer in ("/hold", "/override", "/features", "Take out"):
        assert offer not in html
    for action in ("hold", "release", "override", "features"):
        assert viewer.send(action, note="x", do="remove", variant="tee-m").status_code == 403
    assert house.phase() == "proposed" and house.store.campaigns.chosen() == {}


def test_names_of_people_outside_are_shown_as_text(house: GuardHouse, ann: Visitor) -> None:
    message = Message("MSG9", "C", "<script>x</script>", "email", "scheduled", "s", house.clock.at)
    house.store.campaigns.put_messages("campaigns", [message], house.clock.at + timedelta())
    for path in ("/campaigns", "/campaigns/MSG9"):
        assert "<script>x" not in ann.html(path) and "&lt;script&gt;x" in ann.html(path)


def test_a_message_of_later_is_listed_and_only_judged(house: GuardHouse, ann: Visitor) -> None:
    house.klaviyo.add("MSG1", send_options=static(house.clock.at, 60))
    house.stock(tee_m=0, tee_l=0)
    house.turn()
    assert house.phase() is None
    assert "not due yet" in ann.see()
