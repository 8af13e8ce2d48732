from reference.fast.pair import Pair, PairEnded, pair
from reference.fast.plan import Plan, plan

__all__ = ["Pair", "PairEnded", "Plan", "pair", "plan"]
