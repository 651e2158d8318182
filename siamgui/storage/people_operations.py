"""What can be asked of the people who are enrolled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from siamgui.core.energy import L2, Energy
from siamgui.core.pictures import SmallPhoto
from siamgui.core.types import Embedding, FaceReading, Photo, Pixels
from siamgui.live.gallery import Gallery
from siamgui.live.target import Target
from siamgui.storage.log_operations import expire, overdue
from siamgui.storage.people_errors import NobodyRead
from siamgui.storage.people_store import Person, PersonPhoto, Vectors
from siamgui.storage.removing import forget_labelled, remove_person, remove_photo
from siamgui.storage.store import Data, Operation, Topic, Topics

Photos = tuple[tuple[Photo | SmallPhoto, FaceReading], ...]
_PEOPLE: Topics = frozenset({Topic.PEOPLE})
_NAMES: Topics = frozenset({Topic.PEOPLE, Topic.LOG})  # the log shows the name that a person has now
_OWED: Topics = frozenset({Topic.NOTES})


# -- looking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListPeople(Operation[tuple[Person, ...]]):
    """All of them, by name."""

    def run(self, data: Data) -> tuple[Person, ...]:
        return data.people.list()


@dataclass(frozen=True, slots=True)
class FindPerson(Operation[Person]):
    """As PeopleStore.find()."""

    name_or_id: str | int

    def run(self, data: Data) -> Person:
        return data.people.find(self.name_or_id)


@dataclass(frozen=True, slots=True)
class ListPersonPhotos(Operation[tuple[PersonPhoto, ...]]):
    """In the order they were added; of nobody none."""

    person: int

    def run(self, data: Data) -> tuple[PersonPhoto, ...]:
        return data.people.photos(self.person)


@dataclass(frozen=True, slots=True)
class FirstCrop(Operation[Pixels]):
    """The aligned face of a person's first photograph, (112, 112, 3) uint8 RGB. Raises PersonUnknown."""

    person: int

    def run(self, data: Data) -> Pixels:
        data.people.find(self.person)
        return data.people.crop(data.people.photos(self.person)[0].id)


@dataclass(frozen=True, slots=True)
class ReadPersonCrops(Operation[tuple[Pixels, ...]]):
    """The aligned faces of all photographs of a person, (112, 112, 3) uint8 RGB each. Raises PersonUnknown."""

    person: int

    def run(self, data: Data) -> tuple[Pixels, ...]:
        data.people.find(self.person)
        return tuple(data.people.crop(photo.id) for photo in data.people.photos(self.person))


@dataclass(frozen=True, slots=True)
class LookUpPerson(Operation[Target]):
    """A person as encoder, "id version", sees the photographs. Raises PersonUnknown, NotReadYet."""

    person: int
    encoder: str

    def run(self, data: Data) -> Target:
        reference = data.people.reference(self.person, self.encoder)
        return Target(reference, reference.name, FirstCrop(self.person).run(data), self.person)


@dataclass(frozen=True, slots=True)
class LookUpEverybody(Operation[Target]):
    """Everybody whose photographs encoder, "id version", has all seen. Raises NobodyRead."""

    encoder: str

    def run(self, data: Data) -> Target:
        gallery = data.people.gallery(self.encoder)
        if not len(gallery):
            raise NobodyRead
        return Target(gallery, left_out=len(data.people.list()) - len(gallery))


@dataclass(frozen=True, slots=True)
class ReadGallery(Operation[Gallery]):
    """Everybody whose photographs encoder, "id version", has all seen."""

    encoder: str

    def run(self, data: Data) -> Gallery:
        return data.people.gallery(self.encoder)


@dataclass(frozen=True, slots=True, eq=False)
class FindAlike(Operation[tuple[Person, ...]]):
    """Who looks like the photographs with these (n, d) embeddings; as PeopleStore.alike()."""

    encoder: str
    vectors: Vectors
    threshold: float
    energy: Energy = L2

    def run(self, data: Data) -> tuple[Person, ...]:
        return data.people.alike(self.encoder, self.vectors, self.threshold, self.energy)


@dataclass(frozen=True, slots=True)
class FindUnlike(Operation[tuple[PersonPhoto, ...]]):
    """The photographs that do not look like the person's others; as PeopleStore.unlike()."""

    person: int
    encoder: str
    apart: float
    energy: Energy = L2

    def run(self, data: Data) -> tuple[PersonPhoto, ...]:
        return data.people.unlike(self.person, self.encoder, self.apart, self.energy)


# -- changes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class EnrolPerson(Operation[Person]):
    """Keep a new person; raises what PeopleStore.enrol() raises."""

    name: str
    consent: str
    retain_until: date | None
    photos: Photos
    changes: ClassVar[Topics] = _PEOPLE

    def run(self, data: Data) -> Person:
        return data.people.enrol(self.name, self.consent, self.retain_until, self.photos)


@dataclass(frozen=True, slots=True, eq=False)
class AddPersonPhotos(Operation[Person]):
    """Raises PersonUnknown, PhotoTooPoor."""

    person: int
    photos: Photos
    changes: ClassVar[Topics] = _PEOPLE

    def run(self, data: Data) -> Person:
        return data.people.add_photos(self.person, self.photos)


@dataclass(frozen=True, slots=True)
class PhotoRemoved:
    """person: whose it was. labelled: how many labelled photos went too."""

    person: Person
    labelled: int


@dataclass(frozen=True, slots=True)
class RemovePersonPhoto(Operation[PhotoRemoved]):
    """Raises PhotoUnknown, LastPhoto."""

    photo: int
    changes: ClassVar[Topics] = _NAMES

    def run(self, data: Data) -> PhotoRemoved:
        return PhotoRemoved(*remove_photo(data, self.photo))


@dataclass(frozen=True, slots=True)
class ChangeDetails(Operation[Person]):
    """What is kept beside the photographs, all of it or nothing; what is as it was is left alone.

    Raises PersonUnknown, NameEmpty, NameTooLong, NameUnprintable, NameTaken, NoteTooLong, RetentionOver.
    """

    person: int
    name: str
    consent: str
    retain_until: date | None
    changes: ClassVar[Topics] = _NAMES

    def run(self, data: Data) -> Person:
        person = data.people.find(self.person)
        before = person.name, person.consent
        if self.name != person.name:
            person = data.people.rename(person.id, self.name)
        if self.consent != person.consent:
            person = data.people.set_consent(person.id, self.consent)
        if self.retain_until != person.retain_until:
            person = data.people.set_retention(person.id, self.retain_until)
        if before != (person.name, person.consent):
            data.file.off_the_disk()  # what it was before
        return person


@dataclass(frozen=True, slots=True)
class RemovePerson(Operation[int]):
    """With all that was made of the photographs -> how many labelled photos went too. Raises PersonUnknown."""

    person: int
    changes: ClassVar[Topics] = _NAMES

    def run(self, data: Data) -> int:
        return remove_person(data, self.person)


@dataclass(frozen=True, slots=True)
class TakeAway(Operation[None]):
    """A person is to be removed, or with photo only that one; BringBack() undoes it as long as this process lives.

    However the process ends, whoever opens the library next does the rest.
    """

    person: int
    photo: int | None = None
    changes: ClassVar[Topics] = _OWED

    def run(self, data: Data) -> None:
        data.owed_removals.owe(self.person, self.photo)


@dataclass(frozen=True, slots=True)
class BringBack(Operation[None]):
    """What TakeAway() was asked for is not to be removed after all."""

    person: int
    photo: int | None = None
    changes: ClassVar[Topics] = _OWED

    def run(self, data: Data) -> None:
        data.owed_removals.take_back(self.person, self.photo)


@dataclass(frozen=True, slots=True)
class AnythingOverdue(Operation[bool]):
    """Whether ForgetOverdue would find anything; whoever only looks need not wait for those who write."""

    today: date

    def run(self, data: Data) -> bool:
        return bool(data.people.overdue(self.today)) or overdue(data, self.today)


@dataclass(frozen=True, slots=True)
class ForgetOverdue(Operation[tuple[str, ...]]):
    """Remove the people whose retention date has passed -> their names; and what the log is not to keep any longer."""

    today: date
    changes: ClassVar[Topics] = _NAMES | {Topic.COMPARISONS}

    def run(self, data: Data) -> tuple[str, ...]:
        expire(data, self.today)
        for person in data.people.overdue(self.today):
            forget_labelled(data, person)
            data.owed_removals.person_gone(person.id)
        return data.people.expire(self.today)


# -- another encoder -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhotosToRead(Operation[tuple[int, dict[int, Pixels]]]):
    """How many photographs encoder, "id version", has not seen, and the crops of at most so many of them."""

    encoder: str
    most: int

    def run(self, data: Data) -> tuple[int, dict[int, Pixels]]:
        missing = data.people.missing(self.encoder)
        return len(missing), {photo: data.people.crop(photo) for photo in missing[: self.most]}


@dataclass(frozen=True, slots=True, eq=False)
class KeepPhotoEmbeddings(Operation[None]):
    """What an encoder has made of some photographs. Those that were removed in the meantime are passed over.

    forget_others: what others saw goes once this one has seen all photographs; they can be read again.
    """

    embeddings: Mapping[int, Embedding]
    forget_others: bool = False
    changes: ClassVar[Topics] = _PEOPLE

    def run(self, data: Data) -> None:
        for encoder in {embedding.encoder for embedding in self.embeddings.values()}:
            some = {photo: one.vector for photo, one in self.embeddings.items() if one.encoder == encoder}
            data.people.put_vectors(encoder, some)
            if self.forget_others:
                ForgetOtherEncoders(encoder).run(data)


@dataclass(frozen=True, slots=True)
class ForgetOtherEncoders(Operation[None]):
    """Once encoder has seen all photographs, forget what all others saw; they can be read again."""

    encoder: str
    changes: ClassVar[Topics] = _PEOPLE

    def run(self, data: Data) -> None:
        if not data.people.missing(self.encoder):
            data.people.forget_vectors(self.encoder)
