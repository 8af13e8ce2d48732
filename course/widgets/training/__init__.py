"""Training while one watches: the journal of what happened, its judgement, and two views."""

from course.widgets.training.dashboard import TrainingDashboard
from course.widgets.training.epochs import Epochs

__all__ = ["Epochs", "TrainingDashboard"]
