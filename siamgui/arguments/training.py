"""The arguments of pairs, train and models."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import (
    Parser,
    add_common,
    add_jobs,
    add_model_choice,
    command,
    not_negative,
    positive,
)
from siamgui.core.i18n import tr
from siamgui.finetuning.settings import LossName
from siamgui.versions.method import Method


def add_pairs(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "pairs",
        tr("collect photos and labels from which to train"),
        tr("They stay on this machine, and are the same that the window shows."),
        tr(
            "examples:\n"
            "  siamgui pairs import pairs.csv --images photos\n"
            "  siamgui pairs import people/\n"
            "  siamgui pairs import photos/ --unsorted\n"
            "  siamgui pairs next\n"
            "  siamgui pairs label A.jpg B.jpg same\n"
            "  siamgui pairs check"
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    wanted = {
        "import": tr("read a CSV list of pairs, a folder with one folder per person, or loose photos"),
        "status": tr("how many photos and labels there are, and what they are enough for"),
        "check": tr("what is wrong with them, and who is held out to judge by"),
        "next": tr("the two photos whose label would teach most"),
        "label": tr("say what two photos show"),
        "export": tr("write the labels as a CSV list"),
        "clear": tr("forget all photos and labels"),
    }
    subs = {
        name: actions.add_parser(name, help=text, description=text, allow_abbrev=False) for name, text in wanted.items()
    }
    subs["import"].add_argument("source", type=Path, nargs="+", metavar=tr("SOURCE"), help=tr("list, folder or photos"))
    subs["import"].add_argument("--images", type=Path, metavar=tr("DIR"), help=tr("where relative paths start"))
    subs["import"].add_argument("--unsorted", action="store_true", help=tr("folders do not stand for people"))
    add_jobs(subs["import"])
    subs["label"].add_argument("left", type=Path, metavar="A", help=tr("one photo"))
    subs["label"].add_argument("right", type=Path, metavar="B", help=tr("the other photo"))
    answers = ("same", "different", "unsure", "nothing")
    subs["label"].add_argument("label", choices=answers, help=tr("nothing takes a label back"))
    subs["export"].add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the file"))
    subs["clear"].add_argument("--yes", action="store_true", help=tr("do it"))
    for name in ("import", "check", "next", "label"):
        add_model_choice(subs[name])
    for sub in subs.values():
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
        add_common(sub, repeated=True)


def add_train(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "train",
        tr("fine-tune the encoder on labelled pairs, and judge the result"),
        tr(
            "Without SOURCE it trains on the pairs kept by “siamgui pairs”. A version that was judged worse than "
            "before is kept, and not used."
        ),
        tr(
            "examples:\n"
            "  siamgui train pairs.csv --name poor-camera --activate\n"
            "  siamgui train people/ --method head\n"
            "  siamgui train pairs.csv --prepare run/      only write the run, to train it elsewhere:\n"
            "  torchrun --nproc-per-node 2 -m siamgui.finetuning run/\n"
            "  siamgui train --resume run/                 go on with a run, and keep its result\n"
            "  siamgui train --recipe att-faces DATA       the experiment of the paper\n"
            "\n"
            "exit codes: 0 done, 2 bad input, 3 trained and judged worse than before, 130 stopped with Ctrl-C"
        ),
    )
    parser.add_argument(
        "source", nargs="?", type=Path, metavar=tr("SOURCE"), help=tr("a CSV list of pairs, or a folder per person")
    )
    parser.add_argument("--images", type=Path, metavar=tr("DIR"), help=tr("where relative paths start"))
    parser.add_argument("--name", metavar=tr("NAME"), help=tr("what the version is called"))
    parser.add_argument("--activate", action="store_true", help=tr("use the version at once, unless it was refused"))
    parser.add_argument(
        "--reference", type=Path, metavar=tr("DIR"), help=tr("a folder per person, to see what was forgotten")
    )
    parser.add_argument("--prepare", type=Path, metavar=tr("DIR"), help=tr("only write the run to this folder"))
    text = tr("remove the run in this folder, with the faces that it holds")
    parser.add_argument("--forget", type=Path, metavar=tr("DIR"), help=text)
    parser.add_argument("--resume", type=Path, metavar=tr("DIR"), help=tr("go on with the run in this folder"))
    parser.add_argument(
        "--recipe", choices=("att-faces",), help=tr("an experiment of the literature; SOURCE is its data")
    )
    parser.add_argument("--splits", type=positive, default=8, metavar="N", help=tr("splits of a recipe (default: 8)"))
    expert = parser.add_argument_group(tr("settings, each with a default that suits the method"))
    methods = ("auto", *(method.value for method in Method))
    expert.add_argument(
        "--method", choices=methods, default="auto", help=tr("auto takes what the amount of data allows")
    )
    expert.add_argument("--loss", type=LossName, choices=list(LossName), metavar="{" + ",".join(LossName) + "}")
    expert.add_argument("--epochs", type=positive, metavar="N", help=tr("passes over the training pairs"))
    expert.add_argument("--batch", type=positive, metavar="N", help=tr("pairs a step"))
    expert.add_argument("--learning-rate", type=float, metavar="X")
    expert.add_argument(
        "--rank", type=not_negative, metavar="N", help=tr("of the low-rank change; 0 for a full matrix")
    )
    expert.add_argument(
        "--contrast", type=float, metavar="X", help=tr("how firmly faces of other pairs are kept apart")
    )
    expert.add_argument(
        "--cohort", type=float, metavar="X", help=tr("how firmly a head learns from other people as well")
    )
    expert.add_argument(
        "--robust", type=float, metavar="X", help=tr("how firmly spoilt copies of good photos are held")
    )
    expert.add_argument("--anchor", type=float, metavar="X", help=tr("how firmly good photos hold the encoder"))
    expert.add_argument("--l2sp", type=float, metavar="X", help=tr("how firmly the weights are held (L2-SP)"))
    expert.add_argument(
        "--patience",
        type=not_negative,
        metavar="N",
        help=tr("passes worse than the best before it ends; 0: never"),
    )
    expert.add_argument("--energy", choices=("l2", "l1"), help=tr("the norm of the distance while training"))
    expert.add_argument("--q", type=float, metavar="Q", help=tr("Q of the loss of Chopra 2005"))
    expert.add_argument("--seed", type=not_negative, metavar="N", help=tr("of everything random (default: 0)"))
    expert.add_argument("--no-augment", action="store_true", help=tr("show the photos as they are"))
    add_model_choice(parser)
    add_jobs(parser)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def _add_input_of_network(sub: Parser) -> None:
    sub.add_argument(
        "--people",
        type=Path,
        required=True,
        metavar=tr("DIR"),
        help=tr("a folder per person; every claim of the encoder will rest on it"),
    )
    sub.add_argument(
        "--name", dest="as_name", metavar=tr("NAME"), help=tr("what it is called (default: the file's name)")
    )
    sub.add_argument(
        "--size", type=positive, default=112, metavar="N", help=tr("pixels of a side of the picture (default: 112)")
    )
    sub.add_argument(
        "--layout", choices=("nchw", "nhwc"), default="nchw", help=tr("order of its dimensions (default: nchw)")
    )
    sub.add_argument("--colour", choices=("rgb", "bgr"), default="rgb", help=tr("order of its colours (default: rgb)"))
    sub.add_argument(
        "--mean", type=float, default=127.5, metavar="X", help=tr("is taken from values of 0 to 255 (default: 127.5)")
    )
    sub.add_argument(
        "--scale", type=float, default=0.0078125, metavar="X", help=tr("then multiplies them (default: 0.0078125)")
    )
    sub.add_argument(
        "--licence", default="", metavar=tr("TEXT"), help=tr("under which it may be used; stays on its card")
    )


def add_models(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "models",
        tr("list, activate, export or import the model versions you trained"),
        tr("A version is named by its name or its id; “original” is the one that comes with siamgui."),
        tr(
            "examples:\n"
            "  siamgui models list\n"
            "  siamgui models activate poor-camera\n"
            "  siamgui models rollback\n"
            "  siamgui models compare original poor-camera\n"
            "  siamgui models export poor-camera poor-camera.siamgui\n"
            "  siamgui models add arcface.onnx --people people/ --size 112 --colour rgb --mean 127.5 --scale 0.0078125"
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    name, file = (tr("NAME"), tr("name or id of a version")), (tr("FILE"), tr("the file"))
    wanted: tuple[tuple[str, str, tuple[tuple[str, tuple[str, str]], ...]], ...] = (
        ("list", tr("all versions, newest first"), ()),
        ("show", tr("the card of a version"), (("name", name),)),
        ("activate", tr("use a version from now on"), (("name", name),)),
        ("rollback", tr("use again what was active before"), ()),
        ("rename", tr("give a version another name"), (("name", name), ("new_name", (tr("NEW"), tr("the new name"))))),
        ("export", tr("write a version as one file"), (("name", name), ("file", file))),
        ("import", tr("take in a version from a file"), (("file", file),)),
        (
            "add",
            tr("bring an encoder of your own, as an ONNX file, and measure it on a folder of people"),
            (("file", file),),
        ),
        ("delete", tr("delete a version that is not active"), (("name", name),)),
        ("compare", tr("two versions side by side"), (("name", name), ("other", name))),
        ("key", tr("under which name and with which key you sign versions"), ()),
    )
    for action, help_, positionals in wanted:
        sub = actions.add_parser(action, help=help_, description=help_, allow_abbrev=False)
        for key, (metavar, meaning) in positionals:
            sub.add_argument(key, metavar=metavar, help=meaning, type=Path if key == "file" else str)
        if action == "activate":
            sub.add_argument(
                "--reason",
                default="",
                metavar=tr("TEXT"),
                help=tr("why, if it was judged worse; stays on its card"),
            )
        if action == "export":
            sub.add_argument("--sign", action="store_true", help=tr("say that it comes from you (see “models key”)"))
        if action == "add":
            _add_input_of_network(sub)
        if action == "key":
            sub.add_argument("--name", dest="as_name", metavar=tr("NAME"), help=tr("sign under this name"))
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
        add_common(sub, repeated=True)
