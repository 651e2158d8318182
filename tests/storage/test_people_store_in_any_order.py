"""Changes of the people in any order, against a dictionary."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from siamgui.storage import people_errors
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.person_names import name_key
from tests.builders.labels import ENCODER
from tests.builders.people import OTHER, counts, embed, enrol, shots

NAMES = st.sampled_from(["Ann", "ann", "Bob", " Bob", "王", "", "x" * 101])
NUMBERS = st.lists(st.integers(0, 12), max_size=3)


class InAnyOrder(RuleBasedStateMachine):
    """People against a dictionary: name -> (set of photographs, by encoder: those that it has seen)."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.people = PeopleStore.open(Path(self.folder.name) / "people.sqlite")
        self.people._db.execute("PRAGMA synchronous = OFF")  # what is tested is not the disk
        self.model: dict[str, dict[str, set[str]]] = {}

    def teardown(self) -> None:
        if hasattr(self, "people"):
            self.people.close()
            self.folder.cleanup()

    @rule(name=NAMES, numbers=NUMBERS)
    def enrol(self, name: str, numbers: list[int]) -> None:
        allowed = name.strip() and len(name) <= 100 and numbers and name_key(name) not in map(name_key, self.model)
        try:
            enrol(self.people, name, *numbers)
        except (
            people_errors.NameEmpty,
            people_errors.NameTooLong,
            people_errors.NameTaken,
            people_errors.PhotosAbsent,
        ):
            assert not allowed
        else:
            assert allowed
            own = {f"{number}.png" for number in numbers}
            self.model[name.strip()] = {"": own, ENCODER: set(own), OTHER: set()}

    @precondition(lambda self: self.model)
    @rule(data=st.data(), numbers=NUMBERS)
    def add(self, data: st.DataObject, numbers: list[int]) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        self.people.add_photos(self.people.find(name).id, shots(*numbers))
        new = {f"{number}.png" for number in numbers} - self.model[name][""]
        self.model[name][""] |= new
        self.model[name][ENCODER] |= new

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove_photo(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        one = data.draw(st.sampled_from(self.people.photos(self.people.find(name).id)))
        try:
            self.people.remove_photo(one.id)
        except people_errors.LastPhoto:
            assert len(self.model[name][""]) == 1
        else:
            for seen in self.model[name].values():
                seen.discard(one.name)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), new=NAMES)
    def rename(self, data: st.DataObject, new: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        others = {name_key(other) for other in self.model if other != name}
        try:
            self.people.rename(self.people.find(name).id, new)
        except (people_errors.NameEmpty, people_errors.NameTooLong, people_errors.NameTaken):
            assert not new.strip() or len(new) > 100 or name_key(new) in others
        else:
            self.model[new.strip()] = self.model.pop(name)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        self.people.remove(self.people.find(name).id)
        del self.model[name]

    @rule(share=st.integers(0, 4))
    def read_again(self, share: int) -> None:
        missing = self.people.missing(OTHER)[: share or None]
        embed(self.people, OTHER, missing)
        for person in self.people.list():
            for one in self.people.photos(person.id):
                if one.id in missing:
                    self.model[person.name][OTHER].add(one.name)

    @rule()
    def forget(self) -> None:
        self.people.forget_vectors(ENCODER)
        for seen in self.model.values():
            seen[OTHER].clear()

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        if not hasattr(self, "people"):
            return
        everybody = {person.name: person for person in self.people.list()}
        assert everybody.keys() == self.model.keys()
        for name, person in everybody.items():
            assert {one.name for one in self.people.photos(person.id)} == self.model[name][""]
            assert person.photos == len(self.model[name][""])
        for encoder in (ENCODER, OTHER):
            complete = {name for name, seen in self.model.items() if seen[encoder] == seen[""]}
            gallery = self.people.gallery(encoder)
            assert set(gallery.names) == complete
            assert len(gallery.templates) == len(complete)
        kept = counts(self.people)
        assert kept["person"] == len(self.model)
        assert kept["person_photo"] == kept["person_image"]


InAnyOrder.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestInAnyOrder = InAnyOrder.TestCase
