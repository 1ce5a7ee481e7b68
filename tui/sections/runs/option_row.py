"""One option of a form: its name, the field, and its help or problem."""

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
    """Opens with Enter or Space only, because the arrow keys move through the form."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "show_overlay", "Choose")]


class Switch(Checkbox):
    """A checkbox that shows its value as a word."""

    def watch_value(self) -> None:
        """Show the new value."""
        super().watch_value()
        self.label = "yes" if self.value else "no"


class OptionRow(Horizontal):
    """A line of a form; only the focused line shows its whole help, or its problem.

    Args:
        field: the option.
        value: the initial content.
    """

    problem: reactive[str] = reactive("")

    class Changed(Message):
        """The value has changed."""

    def __init__(self, field: FormField, value: Typed | None = None) -> None:
        super().__init__(id=f"row-{field.name}")
        self.field = field
        self._first = field.typed if value is None else value

    def compose(self) -> ComposeResult:
        """Name, field and help, from left to right."""
        yield Static(self.field.label, classes="label")
        yield self._control()
        yield Static(classes="help")

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
        """The content of the field."""
        control = self.query_one(".control")
        if isinstance(control, Checkbox):
            return control.value
        if isinstance(control, Select):
            return "" if control.value is Select.NULL else str(control.value)
        assert isinstance(control, Input)
        return control.value

    def suggest(self, text: str) -> None:
        """Show the default of an empty field."""
        self.query_one(Input).placeholder = text

    def on_mount(self) -> None:
        """Show the help."""
        self._show_help()

    def on_descendant_focus(self) -> None:
        """Show the whole help."""
        self.set_class(True, "-here")
        self._show_help()

    def on_descendant_blur(self) -> None:
        """Show one line of the help."""
        self.set_class(False, "-here")
        self._show_help()

    def watch_problem(self) -> None:
        """Show the problem in place of the help."""
        if self.is_mounted:
            self._show_help()

    def on_input_changed(self) -> None:
        """Post that the value has changed."""
        self.post_message(self.Changed())

    def on_select_changed(self) -> None:
        """Post that the value has changed."""
        self.post_message(self.Changed())

    def on_checkbox_changed(self) -> None:
        """Post that the value has changed."""
        self.post_message(self.Changed())

    def _show_help(self) -> None:
        text = self.query_one(".help", Static)
        text.update(Content(f"✗ {self.problem}" if self.problem else self.field.help))
        text.set_class(bool(self.problem), "-problem")
        text.set_class(not self.problem and not self.has_class("-here"), "-brief")
