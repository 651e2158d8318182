"""Video files of every kind that people have, made from a real photograph; and why one is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siamgui.core import hdr
from siamgui.core.cv import cv2
from siamgui.core.errors import SiamguiError
from siamgui.core.film import Film
from siamgui.core.imaging import load_photo
from siamgui.core.resources import resource
from siamgui.core.source import (
    UnreadableVideo,
    VideoBlack,
    VideoEnded,
    VideoOfOneColour,
    VideoOfSound,
    VideoProtected,
    VideoUnknownCodec,
)
from siamgui.core.types import Pixels
from tests.builders import videos
from tests.builders.films import encode, woven

FINE = {"b": "8M"}


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return load_photo(resource("samples") / "obama1.jpg").pixels


@pytest.fixture(scope="module")
def clip(photo: Pixels) -> list[Pixels]:
    return videos.pan(photo, 12, size=(160, 128))


def frames(path: Path) -> list[Pixels]:
    found = []
    with Film(path) as film, pytest.raises(VideoEnded):  # noqa: PT012
        while True:
            found.append(film.next().pixels)
    return found


def apart(one: Pixels, other: Pixels) -> float:
    return float(cv2.absdiff(one, other).mean())


def combed(picture: Pixels) -> float:
    """How much each line differs from the two beside it, in comparison with those two from each other."""
    lines = picture.astype(float).mean(axis=2)
    beside = np.abs(lines[1:-1] - (lines[:-2] + lines[2:]) / 2).mean()
    return float(beside / np.abs(lines[:-2] - lines[2:]).mean())


@pytest.mark.parametrize("kind", ["camcorder.dv", "camcorder.avi"])
def test_tapes_of_camcorders_are_deinterlaced(kind: str, photo: Pixels, tmp_path: Path) -> None:
    """DV is always interlaced; its pixels are not square."""
    moving = videos.pan(photo, 12, reach=0.4, size=(720, 576))
    read = frames(encode(tmp_path / kind, "dvvideo", woven(moving)))
    assert len(read) == 6
    assert combed(woven(moving)[3]) > 1.0  # so it would look
    assert combed(read[3]) < 0.5
    assert apart(cv2.resize(read[3], (720, 576)), moving[7]) < 8  # of DV the lower half is the first


def test_discs_are_deinterlaced(photo: Pixels, tmp_path: Path) -> None:
    moving = videos.pan(photo, 12, reach=0.4, size=(352, 288))
    path = encode(tmp_path / "disc.mpg", "mpeg2video", woven(moving), options={"flags": "+ildct+ilme", "b": "8M"})
    assert combed(frames(path)[3]) < 0.5


def test_av1(clip: list[Pixels], tmp_path: Path) -> None:
    read = frames(encode(tmp_path / "new.mp4", "libsvtav1", clip[:4], options={"preset": "12"}))
    assert len(read) == 4
    assert apart(read[2], clip[2]) < 12


def test_ten_bits(clip: list[Pixels], tmp_path: Path) -> None:
    read = frames(encode(tmp_path / "ten.mkv", "ffv1", clip, "yuv420p10le"))
    assert apart(read[5], clip[5]) < 4


def test_pixels_that_are_not_square(photo: Pixels, tmp_path: Path) -> None:
    wide = videos.view(photo, size=(192, 128))
    narrow = cv2.resize(wide, (128, 128), interpolation=cv2.INTER_AREA)
    read = frames(encode(tmp_path / "wide.avi", "mpeg4", [narrow] * 2, aspect=Fraction(3, 2), options=FINE))
    assert read[0].shape == (128, 192, 3)
    assert apart(read[0], wide) < 8
    tall = frames(encode(tmp_path / "tall.avi", "mpeg4", [narrow] * 2, aspect=Fraction(2, 3), options=FINE))
    assert tall[0].shape == (192, 128, 3)


def test_a_mirrored_camera(clip: list[Pixels], tmp_path: Path) -> None:
    path = videos.write(tmp_path / "selfie.mp4", clip)
    data = path.read_bytes()
    straight, mirrored = ((side << 16).to_bytes(4, "big", signed=True) + bytes(12) for side in (1, -1))
    at = data.index(straight, data.index(b"tkhd"))
    path.write_bytes(data[:at] + mirrored + data[at + len(mirrored) :])
    assert apart(frames(path)[4], clip[4][:, ::-1]) < 6


@pytest.mark.parametrize("curve", [16, 18])
def test_what_was_filmed_for_brighter_screens(curve: int, clip: list[Pixels], tmp_path: Path) -> None:
    """Back to the picture that it was made of; without, everything is grey."""
    to_2020 = np.linalg.inv(hdr._TO_709)
    linear = (clip[0] / 255.0) ** 2.4 @ to_2020.T
    table = hdr._linear(hdr.CURVES[curve])
    if curve == 18:  # what a scene has to be for a screen to show this
        luminance = linear @ np.array([0.2627, 0.678, 0.0593])
        linear = linear * (hdr.WHITE / 1000) ** (1 / 1.2) * np.maximum(luminance, 1e-6)[..., None] ** (1 / 1.2 - 1)
    levels = np.searchsorted(table, np.clip(linear, 0, table[-1])).clip(0, 65535).astype(np.uint16)
    read = frames(encode(tmp_path / "bright.mkv", "ffv1", [levels] * 2, "yuv444p10le", curve=curve))
    dark = clip[0].max(axis=2) < 200  # what is brighter is bent
    assert np.abs(read[0].astype(int) - clip[0])[dark].mean() < 4


def test_times_are_those_of_the_file(clip: list[Pixels], tmp_path: Path) -> None:
    times = [0, 40, 500, 530, 4000, 19000]
    path = encode(tmp_path / "uneven.mkv", "ffv1", clip[:6], times=times)
    with Film(path) as film:
        found = [film.next().at for _ in times]
        assert found == pytest.approx([time / 1000 for time in times], abs=2e-3)
    with Film(path) as film:
        assert film.next_from(3.0).at == pytest.approx(4.0, abs=2e-3)


def test_pictures_that_are_coded_in_another_order_in_a_file_that_states_none(photo: Pixels, tmp_path: Path) -> None:
    """H.264 in AVI: its times are those of coding, and the film would run at half its speed."""
    clip = videos.pan(photo, 30, size=(160, 128))
    path = encode(tmp_path / "screen.avi", "libx264", clip, options={"bf": "3"})
    with Film(path) as film:
        assert [film.next().at for _ in clip] == pytest.approx([number / 25 for number in range(30)])


@pytest.mark.parametrize(("kind", "codec"), [("tape.avi", "dvvideo"), ("new.mkv", "ffv1"), ("old.ts", "mpeg2video")])
def test_a_jump_shows_what_is_seen_without_one(kind: str, codec: str, photo: Pixels, tmp_path: Path) -> None:
    path = encode(tmp_path / kind, codec, videos.pan(photo, 50, size=(720, 576)))
    with Film(path) as film:
        without = film.next_from(1.0)
    with Film(path) as film:
        if film.go_to(1.0):
            jumped = film.next_from(1.0)
            assert jumped.at == pytest.approx(without.at)
            assert apart(jumped.pixels, without.pixels) == 0
        else:
            assert kind == "old.ts"  # it has no index, and is gone through


def test_sparse_reading_gives_frames_of_the_film(photo: Pixels, tmp_path: Path) -> None:
    path = encode(tmp_path / "film.mp4", "libx264", videos.pan(photo, 60, size=(320, 256)), options={"preset": "fast"})
    with Film(path, sparse=True) as sparse, Film(path) as whole:
        for wanted in (0.0, 0.5, 1.0, 1.5):
            some = sparse.next_from(wanted)
            assert some.at >= wanted
            assert some.at - wanted < 0.25
            assert apart(whole.next_from(some.at - 1e-3).pixels, some.pixels) == 0


def test_a_film_that_shows_nothing_says_so(clip: list[Pixels], tmp_path: Path) -> None:
    def ends(path: Path) -> type[Exception]:
        with Film(path) as film, pytest.raises(SiamguiError) as told:  # noqa: PT012
            while True:
                film.next()
        return told.type

    black, grey = np.zeros_like(clip[0]), np.full_like(clip[0], 120)
    assert ends(videos.write(tmp_path / "black.mp4", [black] * 5)) is VideoBlack
    assert ends(videos.write(tmp_path / "grey.mp4", [black] * 2 + [grey] * 3)) is VideoOfOneColour
    assert ends(videos.write(tmp_path / "late.mp4", [black] * 5 + [clip[3]])) is VideoEnded


def test_why_a_file_is_refused(clip: list[Pixels], tmp_path: Path) -> None:
    strange = tmp_path / "strange.avi"
    strange.write_bytes(videos.write(tmp_path / "whole.avi", clip).read_bytes().replace(b"MJPG", b"ZZ9V"))
    with pytest.raises(VideoUnknownCodec, match=r"the kind of video in “strange.avi”\."):
        Film(strange)
    key = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "76" * 16, "encryption_kid": "a7" * 16}
    with pytest.raises(VideoProtected, match="encrypted against copying"):
        Film(encode(tmp_path / "locked.mp4", "libx264", clip, file_options=key))


def test_colours_that_are_decoded_and_cannot_be_converted(clip: list[Pixels], tmp_path: Path) -> None:
    """Some programs that record a screen write YCgCo."""
    path = encode(tmp_path / "screen.mkv", "libx264", clip[:2], options={"x264-params": "colormatrix=YCgCo"})
    with pytest.raises(VideoUnknownCodec, match=r"the kind of video in “screen.mkv”\."):
        Film(path)


def test_of_two_films_in_a_file_the_one_that_a_player_shows(clip: list[Pixels], tmp_path: Path) -> None:
    import av
    from av.stream import Disposition

    with av.open(str(tmp_path / "two.mkv"), "w") as file:
        for picture, shown in ((clip[0][:64, :64], Disposition(0)), (clip[0], Disposition.default)):
            stream: Any = file.add_stream("ffv1", rate=25)
            stream.height, stream.width = picture.shape[:2]
            stream.pix_fmt, stream.disposition = "yuv420p", shown
        for made, picture in zip(file.streams.video, (clip[0][:64, :64], clip[0]), strict=True):
            file.mux(made.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture))))
            file.mux(made.encode(None))
    assert frames(tmp_path / "two.mkv")[0].shape == clip[0].shape


def test_damage_in_the_middle_costs_what_is_damaged(photo: Pixels, tmp_path: Path) -> None:
    clip = videos.pan(photo, 40, size=(160, 128))
    data = bytearray(videos.write(tmp_path / "whole.mkv", clip).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    (tmp_path / "hurt.mkv").write_bytes(data)
    with Film(tmp_path / "hurt.mkv") as film, pytest.raises((VideoEnded, UnreadableVideo)):  # noqa: PT012
        times = []
        while True:
            times.append(film.next().at)
    assert len(times) > 10
    assert (np.diff(times) > 0).all()


def test_a_song_is_no_video(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "song.mkv"), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=8000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), "s16", "mono")
        silence.rate = 8000
        for packet in stream.encode(silence):
            file.mux(packet)
    with pytest.raises(VideoOfSound, match="holds sound and no pictures"):
        Film(tmp_path / "song.mkv")
