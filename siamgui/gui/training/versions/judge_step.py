"""Step 5: before against after, on held-out people and on others, what the gate says, and the choice to use it; and
error rates by group."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot

from siamgui.core.i18n import tr
from siamgui.gui.training.audit.controller import AuditController
from siamgui.gui.training.audit.panel import AuditPanel
from siamgui.gui.training.finetuning.run_controller import RunController
from siamgui.gui.training.step_view import StepView
from siamgui.gui.training.versions.judge_parts import Comparison, WorstPairs
from siamgui.gui.widgets.kit import Align, Icon, at, box, button, card, column, gap, grow, label, line, row, stretch
from siamgui.gui.widgets.question import Question
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.storage.training_runs import Judged
from siamgui.storage.training_steps import Step, step_name
from siamgui.versions.wording import change_words, decided_words, holdout_words, verdict_words


@dataclass(frozen=True, slots=True)
class JudgeViewState:
    """reason: for using it all the same, as far as it is typed; None while it is not asked."""

    reason: str | None


class JudgeStep(StepView[JudgeViewState]):
    """The view of a Judgement."""

    step_wanted = Signal(object)

    def __init__(self, runs: RunController, audit: AuditController) -> None:
        super().__init__()
        self._runs = runs
        self._shown: Judged | None = None
        self.symbol, self.headline = Icon(side=28), label(role="headline", wrap=True)
        self.decided, self.reasons = label(wrap=True), label(wrap=True)
        self.use_button = button(tr("Use this version"), self._use, "primary")
        self.override_button = button(tr("Use it all the same…"), self._ask)
        self.versions_button = button(tr("All versions"), self._go_to_versions, "quiet")
        self.reason = line(
            tr("Your reason for using it all the same"), hint=tr("Your reason; it stays on the version’s card")
        )
        self.question = Question(tr("Use it"), answer=self.reason)
        self.question.words.hide()
        self.question.confirmed.connect(self._use_all_the_same)
        self.holdout_words, self.reference_words = label(wrap=True), label(wrap=True)
        self.holdout, self.reference, self.worst = Comparison(), Comparison(), WorstPairs()
        worst = tr("Held-out pairs that are decided wrongly now, or that moved the wrong way. Look for a wrong label.")
        self._worst = box(
            column(
                gap(8),
                label(tr("The pairs that came out worst"), "title"),
                label(worst, wrap=True),
                self.worst,
                spacing=12,
            )
        )
        verdict = column(
            row(at(self.symbol, Align.AlignTop), grow(self.headline)),
            self.decided,
            self.reasons,
            row(self.use_button, self.override_button, self.versions_button, stretch()),
            self.question,
            margins=(16, 12, 16, 12),
        )
        self._judgement = box(
            column(
                card(verdict),
                gap(8),
                label(tr("Your pairs"), "title"),
                self.holdout_words,
                self.holdout,
                gap(8),
                label(tr("Other people"), "title"),
                self.reference_words,
                self.reference,
                self._worst,
                spacing=12,
            )
        )
        self.train_button = button(
            tr("Go to step {number}: {name}", number=Step.TRAIN.number, name=step_name(Step.TRAIN)), self._go_to_train
        )
        nothing = label(tr("There is nothing to judge yet: train first."))
        self._nothing = box(row(nothing, self.train_button, stretch(), spacing=12, margins=(0, 8, 0, 8)))
        self.audit = AuditPanel(audit)
        body = column(
            self._judgement,
            self._nothing,
            gap(8),
            label(tr("Audit by group"), "title"),
            self.audit,
            stretch(),
            spacing=12,
            margins=(0, 0, 8, 0),
        )
        self.scroll_area = scrolling(box(body))
        self.setLayout(column(self.scroll_area))

    def show_state(self) -> None:
        judged = self._runs.state.judged
        self._judgement.setVisible(judged is not None)
        self._nothing.setVisible(judged is None)
        if judged is None:
            return
        if judged is not self._shown:
            self._shown = judged
            self._show_verdict(judged)
            self._show_measures(judged)
        allowed = judged.judgement.gate.allowed
        in_use = any(version.active and version.id == judged.version for version in self._runs.state.versions or ())
        self.use_button.setVisible(allowed or in_use)
        self.use_button.setEnabled(not in_use)
        self.use_button.setText(tr("In use") if in_use else tr("Use this version"))
        self.override_button.setVisible(not allowed and not in_use)
        if in_use:
            self.question.hide()

    def _show_verdict(self, judged: Judged) -> None:
        judgement = judged.judgement
        self.symbol.show_icon(*(("same", "same") if judgement.gate.allowed else ("warning", "warning")))
        self.headline.setText(verdict_words(judgement, self._runs.state.name))
        holdout = judgement.holdout
        said = "" if holdout is None else decided_words(holdout.decided_before, holdout.decided)
        self.decided.setText(said)
        self.decided.setVisible(bool(said))
        self.reasons.setText("\n".join(reason.sentence for reason in judgement.gate.reasons) or change_words(judgement))
        self.setAccessibleDescription(f"{self.headline.text()} {said} {self.reasons.text()}")

    def _show_measures(self, judged: Judged) -> None:
        holdout, reference = judged.judgement.holdout, judged.judgement.reference
        self.holdout_words.setText(holdout_words(holdout))
        self.holdout.setVisible(holdout is not None)
        self._worst.setVisible(holdout is not None and bool(holdout.worst))
        if holdout is not None:
            self.holdout.show_measures(holdout.before, holdout.after)
            self.worst.show_pairs(holdout.worst, judged.pairs)
        self.reference_words.setText(reference.words if reference is not None else tr("They were not looked at."))
        self.reference.hide()
        if reference is not None and reference.before is not None and reference.after is not None:
            self.reference.show_measures(reference.before, reference.after)
            self.reference.show()

    @Slot()
    def _use(self) -> None:
        if self._shown is not None:
            self._runs.activate(self._shown.version)

    @Slot()
    def _ask(self) -> None:
        self.question.ask(self.override_button)

    @Slot()
    def _use_all_the_same(self) -> None:
        if self._shown is not None:
            self._runs.activate(self._shown.version, self.question.text)

    @Slot()
    def _go_to_train(self) -> None:
        self.step_wanted.emit(Step.TRAIN)

    @Slot()
    def _go_to_versions(self) -> None:
        self.step_wanted.emit(Step.ACTIVATE)

    def go_back(self) -> bool:
        """Out of the question."""
        return self.question.take_back()

    def keep(self) -> JudgeViewState:
        return JudgeViewState(self.reason.text() if self.question.asked else None)

    def restore(self, kept: JudgeViewState) -> None:
        if kept.reason is not None:
            self.question.ask(self.override_button, kept.reason)
