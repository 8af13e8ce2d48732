from reference.fast.pair import Pair, pair
from reference.fast.plan import Plan, plan

__all__ = ["Pair", "Plan", "pair", "plan"]
