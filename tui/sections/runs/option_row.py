"""One option of a form: its name, the field, and what there is to say of it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Checkbox, Input, Select, Static

from minibert.tui.sections.runs.form import FormField, Typed


class Choice(Select[str], inherit_bindings=False):
    """Opens by enter alone, so that the arrow keys go through the form."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "show_overlay", "Choose")]


class Switch(Checkbox):
    """Says in words what it is."""

    def watch_value(self) -> None:
        """Say the new value."""
        super().watch_value()
        self.label = "yes" if self.value else "no"


class OptionRow(Horizontal):
    """A line of a form; the help of the one with the focus is shown whole, as is what is wrong.

    Args:
        field: the option.
        value: what is in it at first.
    """

    problem: reactive[str] = reactive("")

    class Changed(Message):
        """Something else is typed or chosen."""

    def __init__(self, field: FormField, value: Typed | None = None) -> None:
        super().__init__(id=f"row-{field.name}")
        self.field = field
        self._first = field.typed if value is None else value

    def compose(self) -> ComposeResult:
        """From left to right."""
        yield Static(self.field.label, classes="label")
        yield self._control()
        yield Static(classes="said")

    def _control(self) -> Input | Choice | Switch:
        field, first = self.field, self._first
        if field.kind is bool:
            return Switch("no", value=bool(first), compact=True, classes="control")
        if field.choices:
            blank = field.default is None
            return Choice(
                [(choice, choice) for choice in field.choices],
                value=str(first) if first else Select.NULL,
                allow_blank=blank,
                prompt="none",
                compact=True,
                classes="control",
            )
        return Input(str(first), compact=True, classes="control")

    @property
    def typed(self) -> Typed:
        """What is in the field now."""
        control = self.query_one(".control")
        if isinstance(control, Checkbox):
            return control.value
        if isinstance(control, Select):
            return "" if control.value is Select.NULL else str(control.value)
        assert isinstance(control, Input)
        return control.value

    def suggest(self, text: str) -> None:
        """Show in an empty field what it stands for."""
        self.query_one(Input).placeholder = text

    def on_mount(self) -> None:
        """Say what the option is."""
        self._say()

    def on_descendant_focus(self) -> None:
        """Show all that there is to say."""
        self.set_class(True, "-here")
        self._say()

    def on_descendant_blur(self) -> None:
        """Take no more room than a line."""
        self.set_class(False, "-here")
        self._say()

    def watch_problem(self) -> None:
        """Show it in place of the help, or the help again."""
        if self.is_mounted:
            self._say()

    def on_input_changed(self) -> None:
        """Tell the form."""
        self.post_message(self.Changed())

    def on_select_changed(self) -> None:
        """Tell the form."""
        self.post_message(self.Changed())

    def on_checkbox_changed(self) -> None:
        """Tell the form."""
        self.post_message(self.Changed())

    def _say(self) -> None:
        said = self.query_one(".said", Static)
        said.update(Content(f"✗ {self.problem}" if self.problem else self.field.help))
        said.set_class(bool(self.problem), "-problem")
        said.set_class(not self.problem and not self.has_class("-here"), "-brief")
