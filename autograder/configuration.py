"""nbgrader's configuration: what this engine puts into it, and what all its files say together.

Classes are named, not imported, so that the files can be read in a moment: nbgrader takes longer to
import than a notebook to grade.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from jupyter_core.application import JupyterApp
from traitlets.config import Config

from autograder.rooms import PROJECT

PAGE = Path(__file__).resolve().parent / "feedback_page"


class ConfigurationError(ValueError):
    """A configuration file cannot be read; the text names what is wrong."""


class _Files(JupyterApp):
    """Reads nbgrader_config.py and .json where nbgrader looks for them: the classroom's wins."""

    name = "nbgrader"
    raise_config_file_errors = True
    folders: tuple[Path, ...] = ()

    @property
    def config_file_paths(self) -> list[str]:
        return [*map(str, self.folders), *super().config_file_paths]


@cache
def configuration(classroom: Path) -> Config:
    """Return what nbgrader's configuration files say; do not change it.

    Raises:
        ConfigurationError: a file raises an exception.
    """
    files = _Files()
    files.folders = (classroom, PROJECT)
    try:
        files.load_config_file(suppress_errors=False)
    except Exception as error:  # a file is a program, which may raise anything
        raise ConfigurationError(
            f"nbgrader's configuration cannot be read ({type(error).__name__}: {error}): mend "
            "nbgrader_config.py"
        ) from error
    return files.config


def own_gradebook(classroom: Path) -> None:
    """Let a classroom keep to a gradebook of its own, whatever the other files say."""
    url = f"sqlite:///{classroom}/gradebook.db"
    file = classroom / "nbgrader_config.py"
    file.write_text(f"c.CourseDirectory.db_url = {url!r}\n", encoding="utf-8")


def configure(c: Config) -> None:
    """Put this engine into nbgrader's configuration object.

    nbgrader_config.py calls it, so that the command line and formgrader's button both grade behind
    the wall.
    """
    c.GenerateAssignment.exporter_class = "autograder.release_exporter.ReleaseExporter"
    c.Autograde.exporter_class = "autograder.nbgrader_hooks.MendingExporter"
    c.Autograde.pre_convert_hook = "autograder.set_aside.before_copying"
    c.ExchangeFactory.collect = "autograder.collecting.Collect"
    c.MendingExporter.optimistic_validation = True  # once, not after every preprocessor
    # nbgrader's checks of cell metadata are left out: MendingExporter has just written it.
    c.Autograde.sanitize_preprocessors = [
        "autograder.nbgrader_hooks.VoidOldScores",
        "nbgrader.preprocessors.OverwriteCells",
    ]
    c.Autograde.autograde_preprocessors = [
        "autograder.nbgrader_hooks.Judge",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    _configure_feedback(c)
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {
        "markdown2html": "autograder.safe_html.markdown",
        "clean_html": "autograder.safe_html.clean",
        "highlight_code": "autograder.safe_html.highlight",
    }


def _configure_feedback(c: Config) -> None:
    """Let `nbgrader generate_feedback` and formgrader's button write our page."""
    spec = find_spec("nbgrader")
    assert spec is not None
    assert spec.origin is not None
    formgrader = Path(spec.origin).parent / "server_extensions" / "formgrader"
    templates = formgrader / "templates"
    styles = formgrader / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    c.GenerateFeedback.exporter_class = "autograder.feedback.FeedbackExporter"
    c.GenerateFeedback.preprocessors = [
        "autograder.feedback.Grades",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    c.FeedbackExporter.template_name = "course_feedback"
    c.FeedbackExporter.extra_template_basedirs = [str(PAGE), str(templates)]
    c.FeedbackExporter.extra_template_paths = [str(templates), str(styles)]
    c.FeedbackExporter.exclude_input_prompt = True
    c.FeedbackExporter.exclude_output_prompt = True
