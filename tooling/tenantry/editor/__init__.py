"""Text of tenants' files: new ones, and edits that keep what people wrote. Touches no files.

What is asked, of whom, and where the text goes is left to `cli.new`.
"""

from tenantry.editor.addition import EditError, add_profile
from tenantry.editor.answers import Answers, Choices, Groups, choices_of, is_about, refusals, trial
from tenantry.editor.starter import create

__all__ = [
    "Answers",
    "Choices",
    "EditError",
    "Groups",
    "add_profile",
    "choices_of",
    "create",
    "is_about",
    "refusals",
    "trial",
]
